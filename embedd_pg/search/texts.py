"""The vectors of query texts: of one, or of several that are embedded in one request of the provider."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from functools import partial

import numpy as np
from numpy.typing import NDArray

from embedd_pg.clients import Clients
from embedd_pg.embedding.providers.base import InputRefused, ItemsRefused, Provider, request_vectors
from embedd_pg.embedding.providers.tokens import estimate_tokens
from embedd_pg.generation import Generation
from embedd_pg.search.request import SearchRequest

Vectors = dict[str, "NDArray[np.float32] | BaseException"]


async def text_vectors(clients: Clients, generation: Generation, texts: Sequence[str]) -> list[NDArray[np.float32]]:
    """Return the vectors of query texts, made with the model of a generation, or remembered."""
    provider = await clients.provider(generation.embedder)
    ask = partial(_embed, clients, generation, provider)
    return await clients.query_vectors.vectors(generation.vector_table.organization_id, provider, texts, ask)


async def _embed(
    clients: Clients, generation: Generation, provider: Provider, texts: Sequence[str]
) -> Sequence[NDArray[np.float32]]:
    """Embed texts and count their usage. A query never waits for a rate limit, but its tokens are charged to it."""
    estimate = sum(map(estimate_tokens, texts))
    if generation.limits.paced:
        await clients.database.value("take_rate", p_generation_id=generation.id, p_kind="query", p_tokens=estimate)
    vectors, tokens = await request_vectors(provider, texts, "query")
    clients.usage.add(generation.id, "query", estimate if tokens is None else tokens)
    return list(vectors)


class Together:
    """The texts of several requests of one call. The first one that needs a vector has all of them embedded."""

    def __init__(self, requests: Sequence[SearchRequest]) -> None:
        self._texts = list(dict.fromkeys(request.text for request in requests if request.is_embedded))
        self._made: dict[int, asyncio.Task[Vectors]] = {}

    async def vector(self, clients: Clients, generation: Generation, text: str) -> NDArray[np.float32]:
        """Return the vector of one of the texts. Raise what the provider raised."""
        if generation.id not in self._made:
            self._made[generation.id] = asyncio.create_task(self._embedded(clients, generation))
        made = (await asyncio.shield(self._made[generation.id]))[text]
        if isinstance(made, BaseException):
            raise made
        return made

    async def _embedded(self, clients: Clients, generation: Generation) -> Vectors:
        """Return the vector of each text, or the error that it has. If the provider refuses texts together, they are
        embedded one by one, so that one of them does not spoil the others."""
        size = max(1, (await clients.provider(generation.embedder)).limits.max_items)
        made: Vectors = {}
        for start in range(0, len(self._texts), size):
            texts = self._texts[start : start + size]
            vectors: Sequence[NDArray[np.float32] | BaseException]
            try:
                vectors = await text_vectors(clients, generation, texts)
            except (InputRefused, ItemsRefused) as refusal:
                alone = [text_vectors(clients, generation, [text]) for text in texts if len(texts) > 1]
                found = await asyncio.gather(*alone, return_exceptions=True)
                vectors = [one if isinstance(one, BaseException) else one[0] for one in found] or [refusal]
            made |= dict(zip(texts, vectors, strict=True))
        return made
