"""Search: text in, best rows out, by meaning, by words or both, filtered by metadata (contract, section 2.8)."""

from __future__ import annotations

import asyncio
from dataclasses import asdict, dataclass, replace
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from embedd_pg.clients import Clients
from embedd_pg.database.call import Actor
from embedd_pg.embedding.providers.base import Provider
from embedd_pg.embedding.providers.tokens import estimate_tokens
from embedd_pg.filters.tree import Filter
from embedd_pg.generation import Generation, parse_generation
from embedd_pg.search.fusion import fused
from embedd_pg.search.plan import Plan, parse_plan, request_json
from embedd_pg.search.rerank import Rerank
from embedd_pg.stores.base import Hit, storable_text

SearchMode = Literal["vector", "lexical", "hybrid"]


@dataclass(frozen=True, slots=True)
class SearchResult:
    """What a query found, best first, and the model it was compared with."""

    model: str
    hits: list[Hit]


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
) -> SearchResult:
    """The rows of a vector table that answer `query` best.

    `limit` 1 to 100; `min_similarity_score` 0 to 1, a cosine similarity; `filters` as in section 3.7. `search_mode`:
    `vector` ranks by meaning, the score is the cosine similarity; `lexical` by words, without asking the provider, the
    score is like BM25's; `hybrid` by both, the score is a mean of the two, each brought to 0 to 1. With `rerank` a
    vendor's model orders the best of them anew, the score is its own. Raises ValidationError, VectorTableNotFound,
    VectorTableNotReady, EmbedderNotFound, EmbeddingProviderError or StoreError.
    """
    text = storable_text(query)
    request = {
        "query": text,
        "limit": limit,
        "min_similarity_score": min_similarity_score,
        "filters": filters,
        "search_mode": search_mode,
        "rerank": rerank and asdict(rerank),
    }
    actor = actor or Actor()
    prepared = await clients.database.value(
        "prepare_search", actor, p_vector_table=vector_table, p_request=request_json(request)
    )
    generation, plan = parse_generation(prepared["generation"]), parse_plan(prepared["plan"])
    reranker = await rerank.opened(clients, actor) if rerank else None
    asked = _Request(clients, generation, text, plan.filter)
    hits = await asked.hits(search_mode, plan)
    if reranker:
        hits = await reranker.best(generation, text, hits, plan.limit)
    columns = [column.name for column in generation.source.layout.columns]
    # Every configured column, in the order configured; what is NULL in the source is null here.
    shown = [replace(hit, metadata={name: hit.metadata.get(name) for name in columns}) for hit in hits]
    return SearchResult(generation.embedding.model, shown)


@dataclass(frozen=True, slots=True)
class _Request:
    """One query of one generation."""

    clients: Clients
    generation: Generation
    text: str
    filter: Filter | None

    async def hits(self, search_mode: SearchMode, plan: Plan) -> list[Hit]:
        if search_mode == "lexical":
            return await self.by_words(plan.candidates)
        if search_mode == "hybrid":
            return await self.by_both(plan)
        return [replace(hit, similarity=hit.score) for hit in await self.by_vector(plan.candidates, plan.min_score)]

    async def by_vector(self, limit: int, min_score: float | None = None) -> list[Hit]:
        provider = await self.clients.provider(self.generation.embedder)

        async def ask() -> NDArray[np.float32]:
            return await _embedded(self.clients, self.generation, provider, self.text)

        vector = await self.clients.query_vectors.vector(
            self.generation.vector_table.organization_id, provider, self.text, ask
        )
        store = await self.clients.store(self.generation)
        return await store.search(
            self.generation.store.table, vector, limit=limit, filter=self.filter, min_score=min_score
        )

    async def by_words(self, limit: int) -> list[Hit]:
        store = await self.clients.store(self.generation)
        return await store.search_lexical(self.generation.store.table, self.text, limit=limit, filter=self.filter)

    async def by_both(self, plan: Plan) -> list[Hit]:
        by_vector, by_words = await asyncio.gather(self.by_vector(plan.depth), self.by_words(plan.depth))
        language = self.generation.store.table.language
        return fused(by_vector, by_words, self.text, language=language, limit=plan.candidates, meaning=plan.meaning)


async def _embedded(clients: Clients, generation: Generation, provider: Provider, text: str) -> NDArray[np.float32]:
    """The vector of a query, counted. Queries wait for no limit, but what they take is taken into account."""
    if generation.limits.paced:
        await clients.database.value(
            "take_rate", p_generation_id=generation.id, p_kind="query", p_tokens=estimate_tokens(text)
        )
    vectors, tokens = await provider.embed([text], "query")
    clients.usage.add(generation.id, "query", estimate_tokens(text) if tokens is None else tokens)
    vector: NDArray[np.float32] = vectors[0]
    return vector
