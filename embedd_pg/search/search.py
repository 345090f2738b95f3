"""Search for the rows that match a text best, by meaning, by words or both, filtered by metadata (contract, section
2.8)."""

from __future__ import annotations

import asyncio
from collections.abc import Collection
from dataclasses import MISSING, Field, asdict, dataclass, field, fields, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from embedd_pg.clients import Clients
from embedd_pg.database.call import Actor
from embedd_pg.generation import Generation, SeenVersion
from embedd_pg.observed import timed
from embedd_pg.search.fusion import fuse
from embedd_pg.search.like import given_vector, like_vector
from embedd_pg.search.pages import Page, page_of, shown_before
from embedd_pg.search.plan import SearchPlan, parse_plan, request_json
from embedd_pg.search.request import SearchRequest
from embedd_pg.search.texts import Together, text_vectors
from embedd_pg.stores.base import Hit

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
    #: Present only if the request asks for pages.
    page: Page | None = None

    @property
    def model(self) -> str:
        return self.generation.embedding.model

    def as_json(self) -> dict[str, Any]:
        """Return the hits as `results`, each in the form of `Result`, `partial` while rows are missing, and `cursor` if
        the request asks for pages."""
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
        if self.partial is not None:
            answer["partial"] = asdict(self.partial)
        return answer if self.page is None else answer | asdict(self.page)


def _shown_score(score: float) -> float:
    return round(score, DIGITS) + 0.0  # adding zero makes -0.0 zero


async def search(
    clients: Clients,
    vector_table: str,
    request: SearchRequest,
    *,
    actor: Actor | None = None,
    seen: SeenVersion | None = None,
    together: Together | None = None,
) -> SearchResult:
    """Return the rows of a vector table that match a request best.

    `seen` is the version of the generation, if the caller has just read it; it may spare a call of the database.
    `together` has the texts of other requests to embed with this one. Raise ValidationError, VectorTableNotFound,
    VectorTableNotReady, EmbedderNotFound, EmbeddingProviderError or StoreError.
    """
    actor = actor or Actor()
    shown = shown_before(vector_table, request)
    with timed("query_step", step="plan"):
        generation, plan, partial = await _prepare(clients, vector_table, actor, request.as_plannable(shown), seen)
    reranker = await request.rerank.open(clients, actor) if request.rerank else None
    hits = await _Search(clients, generation, request, plan, together).hits()
    if reranker:
        with timed("query_step", step="rerank"):
            hits = await reranker.best(generation, request.text, hits, plan.limit + len(plan.without))
    columns = [column.name for column in generation.source.layout.columns if plan.shows(column.name)]
    # Hits have every column asked for, in the configured order; a NULL of the source becomes None.
    hits = [replace(hit, metadata={name: hit.metadata.get(name) for name in columns}) for hit in plan.results(hits)]
    page = page_of(vector_table, request, shown, [hit.key for hit in hits])
    return SearchResult(generation, hits, partial, plan.select, page)


async def vector_of_query(
    clients: Clients, vector_table: str, query: str, *, actor: Actor
) -> tuple[Generation, NDArray[np.float32]]:
    """Return the generation that answers queries on a vector table, and the vector of a query, made with its model.
    Raise the errors of search()."""
    request = SearchRequest(query)
    generation, _, _ = await _prepare(clients, vector_table, actor, request.as_plannable(), None)
    return generation, (await text_vectors(clients, generation, [request.text]))[0]


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
class _Search:
    """One request, on its way through the store of one generation."""

    clients: Clients
    generation: Generation
    request: SearchRequest
    plan: SearchPlan
    together: Together | None

    async def hits(self) -> list[Hit]:
        plan = self.plan
        if self.request.search_mode == "lexical":
            return await self.by_words(plan.candidates)
        if self.request.search_mode == "vector":
            return [replace(hit, similarity=hit.score) for hit in await self.by_vector(plan.candidates, plan.min_score)]
        by_vector, by_words = await asyncio.gather(self.by_vector(plan.depth), self.by_words(plan.depth))
        language = self.generation.store.table.language
        return fuse(
            by_vector, by_words, self.request.text, language=language, limit=plan.candidates, meaning=plan.meaning
        )

    async def by_vector(self, limit: int, min_score: float | None = None) -> list[Hit]:
        with timed("query_step", step="embed"):
            vector = await self.vector()
        store = await self.clients.store(self.generation)
        table = self.generation.store.table
        with timed("query_step", step="search"):
            return await store.search(table, vector, limit=limit, filter=self.plan.filter, min_score=min_score)

    async def by_words(self, limit: int) -> list[Hit]:
        store = await self.clients.store(self.generation)
        table = self.generation.store.table
        with timed("query_step", step="search"):
            return await store.search_lexical(table, self.request.text, limit=limit, filter=self.plan.filter)

    async def vector(self) -> NDArray[np.float32]:
        """Return the vector to search by: that of rows, the caller's, or that of the text."""
        if self.plan.like is not None:
            return await like_vector(self.clients, self.generation, self.plan.like)
        if self.request.query_vector is not None:
            return given_vector(self.generation, self.request.query_vector)
        if self.together is not None:
            return await self.together.vector(self.clients, self.generation, self.request.text)
        return (await text_vectors(self.clients, self.generation, [self.request.text]))[0]
