"""Search for the rows that match a text best, by meaning, by words or both, filtered by metadata (contract, section
2.8)."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Sequence
from dataclasses import MISSING, Field, asdict, dataclass, field, fields, replace
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from embedd_pg.clients import Clients
from embedd_pg.database.call import Actor
from embedd_pg.embedding.providers.base import Provider, request_vectors
from embedd_pg.embedding.providers.tokens import estimate_tokens
from embedd_pg.generation import Generation, SeenVersion
from embedd_pg.observed import timed
from embedd_pg.search.fusion import fuse
from embedd_pg.search.plan import SearchPlan, parse_plan, request_json
from embedd_pg.search.rerank import Rerank
from embedd_pg.stores.base import Filter, Hit, storable_text

SearchMode = Literal["vector", "lexical", "hybrid"]


#: The decimal places of scores as they are shown. Order and threshold use the whole score.
DIGITS = 6


@dataclass(frozen=True, slots=True)
class Result:
    """One row found; a higher `score` is better. In mode vector `score` is the cosine similarity, like
    `similarity_score`. With rerank, `score` is the reranker's and `similarity_score` stays the cosine similarity.
    Scores have six decimal places. The fields from `similarity_score` on can be left out by `select`."""

    id: str
    score: float
    metadata: dict[str, Any]
    similarity_score: float | None = None
    embedded_text: str = ""
    passage: str | None = field(
        default=None,
        metadata={"description": "The passage that matches best; only for vector tables with chunking."},
    )

    def as_json(self, select: Collection[str] | None = None) -> dict[str, Any]:
        """Return the fields as REST and the commands show them: all, or only those of `select` besides the ones that
        are always shown. The passage is left out if there is none."""
        shown = {one.name: getattr(self, one.name) for one in fields(self) if _is_shown(one, select)}
        if self.passage is None:
            shown.pop("passage", None)
        return shown


def _is_shown(one: Field[Any], select: Collection[str] | None) -> bool:
    return select is None or one.default is MISSING or one.name in select


@dataclass(frozen=True, slots=True)
class Partial:
    """How much of the backfill is done whose rows, or whose metadata, an answer still lacks."""

    rows_processed: int
    #: None until the rows are counted.
    rows_total: int | None


@dataclass(frozen=True, slots=True)
class SearchResult:
    """The hits of a query, best first, and the generation that they were found in."""

    generation: Generation
    hits: list[Hit]
    #: Present only while rows are missing.
    partial: Partial | None = None
    #: The columns and fields to show; None for all.
    select: Collection[str] | None = None

    @property
    def model(self) -> str:
        return self.generation.embedding.model

    def as_json(self) -> dict[str, Any]:
        """Return the hits as `results`, each in the form of `Result`, and `partial` while rows are missing."""
        results = (
            Result(
                id=hit.key,
                score=_shown_score(hit.score),
                metadata=hit.metadata,
                similarity_score=None if hit.similarity is None else _shown_score(hit.similarity),
                embedded_text=hit.text,
                passage=hit.passage,
            )
            for hit in self.hits
        )
        answer: dict[str, Any] = {"results": [result.as_json(self.select) for result in results]}
        return answer if self.partial is None else answer | {"partial": asdict(self.partial)}


def _shown_score(score: float) -> float:
    return round(score, DIGITS) + 0.0  # adding zero makes -0.0 zero


async def search(
    clients: Clients,
    vector_table: str,
    query: str,
    *,
    actor: Actor | None = None,
    limit: int = 10,
    min_similarity_score: float | None = None,
    filters: Any = None,
    search_mode: SearchMode = "vector",
    rerank: Rerank | None = None,
    select: Sequence[str] | None = None,
    seen: SeenVersion | None = None,
) -> SearchResult:
    """Return the rows of a vector table that match `query` best.

    `limit` is 1 to 100; `min_similarity_score` is a cosine similarity, 0 to 1; `filters` are as in section 3.7 of the
    contract. `search_mode` selects the ranking: `vector` ranks by meaning, with the cosine similarity as score;
    `lexical` ranks by words, without the provider, with a score like that of BM25; `hybrid` ranks by both, with a
    weighted mean of the two scores, each scaled to 0 to 1. With `rerank` a vendor's model orders the best rows, and the
    score is the model's. `select` names the columns and fields that results show. `seen` is the version of the
    generation, if the caller has just read it; it may spare a call of the database. Raise ValidationError,
    VectorTableNotFound, VectorTableNotReady, EmbedderNotFound, EmbeddingProviderError or StoreError.
    """
    text = storable_text(query)
    request = {
        "query": text,
        "limit": limit,
        "min_similarity_score": min_similarity_score,
        "filters": filters,
        "search_mode": search_mode,
        "rerank": rerank and asdict(rerank),
        "select": select,
    }
    actor = actor or Actor()
    with timed("query_step", step="plan"):
        generation, plan, partial = await _prepare(clients, vector_table, actor, request, seen)
    reranker = await rerank.open(clients, actor) if rerank else None
    asked = _Request(clients, generation, text, plan.filter)
    hits = await asked.hits(search_mode, plan)
    if reranker:
        with timed("query_step", step="rerank"):
            hits = await reranker.best(generation, text, hits, plan.limit)
    columns = [
        column.name for column in generation.source.layout.columns if plan.select is None or column.name in plan.select
    ]
    # Hits have every column asked for, in the configured order; a NULL of the source becomes None.
    shown = [replace(hit, metadata={name: hit.metadata.get(name) for name in columns}) for hit in hits]
    return SearchResult(generation, shown, partial, plan.select)


async def query_vector(
    clients: Clients, vector_table: str, query: str, *, actor: Actor
) -> tuple[Generation, NDArray[np.float32]]:
    """Return the generation that answers queries on a vector table, and the vector of a query, made with its model.
    Raise the errors of search()."""
    text = storable_text(query)
    request = {"query": text, "limit": 1, "search_mode": "vector"}
    generation, _, _ = await _prepare(clients, vector_table, actor, request, None)
    return generation, await _Request(clients, generation, text, None).vector()


async def _prepare(
    clients: Clients, vector_table: str, actor: Actor, request: dict[str, Any], seen: SeenVersion | None
) -> tuple[Generation, SearchPlan, Partial | None]:
    """Return the generation that answers queries now, how it carries out this request, and what it still lacks."""
    generations, asked = clients.known_generations, request_json(request)
    place = (actor.organization_id, actor.environment_id, vector_table)
    known = generations.get(place)
    # A version is seen only of generations that lack nothing.
    if known and seen and seen.version == known.version and seen.is_recent():
        plan = generations.plan(known.version, asked)
        if plan is not None:
            return known.generation, parse_plan(plan), None
    prepared = await clients.database.value(
        "prepare_search",
        actor,
        p_vector_table=vector_table,
        p_request=asked,
        p_known=known and known.version,
    )
    version, plan, partial = prepared["version"], prepared["plan"], _partial(prepared["partial"])
    if plan["reusable"]:
        generations.remember_plan(version, asked, plan)
    if known and prepared["generation"] is None:
        return known.generation, parse_plan(plan), partial
    return generations.remember(place, version, prepared["generation"]), parse_plan(plan), partial


def _partial(row: dict[str, Any] | None) -> Partial | None:
    return None if row is None else Partial(**row)


@dataclass(frozen=True, slots=True)
class _Request:
    """One query of one generation."""

    clients: Clients
    generation: Generation
    text: str
    filter: Filter | None

    async def hits(self, search_mode: SearchMode, plan: SearchPlan) -> list[Hit]:
        if search_mode == "lexical":
            return await self.by_words(plan.candidates)
        if search_mode == "hybrid":
            return await self.by_both(plan)
        return [replace(hit, similarity=hit.score) for hit in await self.by_vector(plan.candidates, plan.min_score)]

    async def by_vector(self, limit: int, min_score: float | None = None) -> list[Hit]:
        with timed("query_step", step="embed"):
            vector = await self.vector()
        store = await self.clients.store(self.generation)
        with timed("query_step", step="search"):
            return await store.search(
                self.generation.store.table, vector, limit=limit, filter=self.filter, min_score=min_score
            )

    async def vector(self) -> NDArray[np.float32]:
        provider = await self.clients.provider(self.generation.embedder)

        async def embed() -> NDArray[np.float32]:
            return await _embed(self.clients, self.generation, provider, self.text)

        organization = self.generation.vector_table.organization_id
        return await self.clients.query_vectors.vector(organization, provider, self.text, embed)

    async def by_words(self, limit: int) -> list[Hit]:
        store = await self.clients.store(self.generation)
        with timed("query_step", step="search"):
            return await store.search_lexical(self.generation.store.table, self.text, limit=limit, filter=self.filter)

    async def by_both(self, plan: SearchPlan) -> list[Hit]:
        by_vector, by_words = await asyncio.gather(self.by_vector(plan.depth), self.by_words(plan.depth))
        language = self.generation.store.table.language
        return fuse(by_vector, by_words, self.text, language=language, limit=plan.candidates, meaning=plan.meaning)


async def _embed(clients: Clients, generation: Generation, provider: Provider, text: str) -> NDArray[np.float32]:
    """Embed a query and count its usage. A query never waits for a rate limit, but its tokens are charged to it."""
    if generation.limits.paced:
        await clients.database.value(
            "take_rate", p_generation_id=generation.id, p_kind="query", p_tokens=estimate_tokens(text)
        )
    vectors, tokens = await request_vectors(provider, [text], "query")
    clients.usage.add(generation.id, "query", estimate_tokens(text) if tokens is None else tokens)
    vector: NDArray[np.float32] = vectors[0]
    return vector
