"""The texts of several queries, embedded in one request of the provider."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from functools import partial

import numpy as np
from numpy.typing import NDArray

from embedd_pg.clients import Clients
from embedd_pg.embedding.providers.base import InputRefused, ItemsRefused, Provider
from embedd_pg.embedding.providers.tokens import estimate_tokens
from embedd_pg.generation import Generation

Vectors = dict[str, "NDArray[np.float32] | BaseException"]


async def embed_queries(
    clients: Clients, generation: Generation, provider: Provider, texts: Sequence[str]
) -> list[NDArray[np.float32]]:
    """Embed queries and count their usage. A query never waits for a rate limit, but its tokens are charged to it."""
    estimate = sum(map(estimate_tokens, texts))
    if generation.limits.paced:
        await clients.database.value("take_rate", p_generation_id=generation.id, p_kind="query", p_tokens=estimate)
    vectors, tokens = await provider.embed(texts, "query")
    clients.usage.add(generation.id, "query", estimate if tokens is None else tokens)
    return list(vectors)


class Together:
    """The texts of the queries of one call. The first query that needs a vector has all of them embedded."""

    def __init__(self, texts: Sequence[str]) -> None:
        self._texts = list(dict.fromkeys(texts))
        self._made: dict[int, asyncio.Task[Vectors]] = {}

    async def vector(self, clients: Clients, generation: Generation, text: str) -> NDArray[np.float32]:
        """Return the vector of one of the texts. Raise what the provider raised."""
        if generation.id not in self._made:
            self._made[generation.id] = asyncio.create_task(_embedded(clients, generation, self._texts))
        made = (await asyncio.shield(self._made[generation.id]))[text]
        if isinstance(made, BaseException):
            raise made
        return made


async def _embedded(clients: Clients, generation: Generation, texts: Sequence[str]) -> Vectors:
    """Return the vector of each text, or the error that it has. If the provider refuses the texts together, they are
    embedded one by one, so that one of them does not spoil the others."""
    provider = await clients.provider(generation.embedder)
    known, organization = clients.query_vectors, generation.vector_table.organization_id
    size = max(1, provider.limits.max_items)
    ask = partial(embed_queries, clients, generation, provider)
    made: Vectors = {}
    for start in range(0, len(texts), size):
        page = texts[start : start + size]
        vectors: Sequence[NDArray[np.float32] | BaseException]
        try:
            vectors = await known.vectors(organization, provider, page, ask)
        except (InputRefused, ItemsRefused):
            if len(texts) == 1:
                raise
            alone = [known.vectors(organization, provider, [text], ask) for text in page]
            found = await asyncio.gather(*alone, return_exceptions=True)
            vectors = [one if isinstance(one, BaseException) else one[0] for one in found]
        made |= dict(zip(page, vectors, strict=True))
    return made
