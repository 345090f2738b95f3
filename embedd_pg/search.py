"""Search by meaning: text in, nearest rows out, filtered by metadata (contract, section 2.8)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from embedd_pg.clients import Clients
from embedd_pg.database.call import Actor
from embedd_pg.errors import ValidationError
from embedd_pg.filters.parse import parse
from embedd_pg.generation import Generation, parse_generation
from embedd_pg.providers.base import Provider
from embedd_pg.providers.tokens import estimate_tokens
from embedd_pg.stores.base import Hit

MAX_QUERY = 100_000


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
) -> SearchResult:
    """The rows of a vector table whose text is nearest in meaning to `query`.

    `limit` 1 to 100; `min_similarity_score` 0 to 1, a cosine similarity; `filters` as in section 3.7. Raises
    ValidationError, VectorTableNotFound, VectorTableNotReady, EmbeddingProviderError or StoreError.
    """
    if not query.strip():
        raise ValidationError("query must not be empty.", resolution="Say in words what to look for.")
    if len(query) > MAX_QUERY:
        raise ValidationError(f"query must have at most {MAX_QUERY} characters.")
    if not 1 <= limit <= 100:
        raise ValidationError("limit must be between 1 and 100.")
    if min_similarity_score is not None and not 0 <= min_similarity_score <= 1:
        raise ValidationError("min_similarity_score must be between 0 and 1.")
    row = await clients.database.value("searchable_generation", actor or Actor(), vector_table=vector_table)
    generation = parse_generation(row)
    condition = parse(filters, generation.table.fields)
    provider = await clients.provider(generation)
    text = query.replace("\x00", "")

    async def ask() -> NDArray[np.float32]:
        return await _embedded(clients, generation, provider, text)

    vector = await clients.query_vectors.vector(provider, text, ask)
    store = await clients.store(generation)
    hits = await store.search(
        generation.table, vector, limit=limit, filter=condition, min_score=min_similarity_score
    )
    columns = [column.name for column in generation.layout.columns]
    # Every configured column, in the order configured; what is NULL in the source is null here.
    shown = [replace(hit, metadata={name: hit.metadata.get(name) for name in columns}) for hit in hits]
    return SearchResult(generation.model, shown)


async def _embedded(clients: Clients, generation: Generation, provider: Provider, text: str) -> NDArray[np.float32]:
    """The vector of a query, counted. Queries wait for no limit, but what they take is taken into account."""
    if generation.paced:
        await clients.database.value(
            "take_rate", p_generation_id=generation.id, p_kind="query", p_tokens=estimate_tokens(text)
        )
    vectors, tokens = await provider.embed([text], "query")
    clients.usage.add(generation.id, "query", estimate_tokens(text) if tokens is None else tokens)
    vector: NDArray[np.float32] = vectors[0]
    return vector
