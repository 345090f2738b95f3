"""Search: text in, best rows out, by meaning, by words or both, filtered by metadata (contract, section 2.8)."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from typing import Any, Literal, get_args

import numpy as np
from numpy.typing import NDArray

from embedd_pg.clients import Clients
from embedd_pg.database.call import Actor
from embedd_pg.embedding.providers.base import Provider
from embedd_pg.embedding.providers.tokens import estimate_tokens
from embedd_pg.errors import ValidationError
from embedd_pg.filters.parse import parse
from embedd_pg.filters.tree import Filter
from embedd_pg.generation import Generation, parse_generation
from embedd_pg.search.fusion import fused
from embedd_pg.search.rerank import Rerank
from embedd_pg.stores.base import Hit

MAX_QUERY = 100_000
#: Rows that each ranking brings to a hybrid search, at least: a row good in both is often the first in neither.
DEPTH = 50

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
    VectorTableNotReady, EmbeddingProviderNotFound, EmbeddingProviderError or StoreError.
    """
    _check(query, limit, min_similarity_score, search_mode)
    depth = rerank.depth(limit) if rerank else limit
    row = await clients.database.value("get_searchable_generation", actor or Actor(), vector_table=vector_table)
    generation = parse_generation(row)
    request = _Request(clients, generation, query.replace("\x00", ""), parse(filters, generation.store.table.fields))
    reranker = await rerank.opened(clients, actor or Actor()) if rerank else None
    if search_mode == "vector":
        found = await request.by_vector(depth, min_similarity_score)
        hits = [replace(hit, similarity=hit.score) for hit in found]
    elif search_mode == "lexical":
        hits = await request.by_words(depth)
    else:
        hits = await request.by_both(depth)
    if reranker:
        hits = await reranker.best(generation, request.text, hits, limit)
    columns = [column.name for column in generation.source.layout.columns]
    # Every configured column, in the order configured; what is NULL in the source is null here.
    shown = [replace(hit, metadata={name: hit.metadata.get(name) for name in columns}) for hit in hits]
    return SearchResult(generation.embedding.model, shown)


def _check(query: str, limit: int, min_similarity_score: float | None, search_mode: SearchMode) -> None:
    if not query.strip():
        raise ValidationError("query must not be empty.", resolution="Say in words what to look for.")
    if len(query) > MAX_QUERY:
        raise ValidationError(f"query must have at most {MAX_QUERY} characters.")
    if not 1 <= limit <= 100:
        raise ValidationError("limit must be between 1 and 100.")
    if min_similarity_score is not None and not 0 <= min_similarity_score <= 1:
        raise ValidationError("min_similarity_score must be between 0 and 1.")
    if search_mode not in get_args(SearchMode):
        raise ValidationError(f"search_mode must be one of {', '.join(get_args(SearchMode))}.")
    if min_similarity_score is not None and search_mode != "vector":
        raise ValidationError(
            f"min_similarity_score is for search_mode vector; rows found by words have no similarity ({search_mode}).",
            resolution="Leave min_similarity_score out, or search with search_mode vector.",
        )


@dataclass(frozen=True, slots=True)
class _Request:
    """One query of one generation."""

    clients: Clients
    generation: Generation
    text: str
    filter: Filter | None

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

    async def by_both(self, limit: int) -> list[Hit]:
        depth = max(DEPTH, limit)
        by_vector, by_words = await asyncio.gather(self.by_vector(depth), self.by_words(depth))
        return fused(by_vector, by_words, self.text, language=self.generation.store.table.language, limit=limit)


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
