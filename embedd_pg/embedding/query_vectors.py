"""A cache of vectors of recent query texts: a repeated query needs no call of the provider."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from embedd_pg.embedding.providers.base import Provider

#: A function that requests the vectors of texts.
Ask = Callable[[Sequence[str]], Awaitable[Sequence[NDArray[np.float32]]]]

#: The organization and the provider that a vector belongs to, and its text.
Place = tuple[str, Provider, str]

#: Bytes of vectors to keep: a few thousand vectors.
BYTES = 32_000_000


class QueryVectors:
    """The vectors of recent texts of each embedder. Concurrent queries for one text share one request."""

    def __init__(self, bytes_kept: int = BYTES) -> None:
        self._bytes_kept = bytes_kept
        self._bytes = 0
        self._known: OrderedDict[Place, NDArray[np.float32]] = OrderedDict()
        self._asked: dict[Place, asyncio.Task[dict[Place, NDArray[np.float32]]]] = {}

    async def vectors(
        self, organization: str, provider: Provider, texts: Sequence[str], ask: Ask
    ) -> list[NDArray[np.float32]]:
        """Return the vectors of texts, float32 of shape (dimensions,), and call `ask` once, for all that are unknown.

        Errors of `ask` are raised and not cached. A changed credential, model or size creates another provider object,
        and so another entry. Organizations share no entries, so that response times reveal nothing about others.
        """
        places = [(organization, provider, text) for text in texts]
        unknown = [place for place in dict.fromkeys(places) if place not in self._known and place not in self._asked]
        if unknown:
            self._asked |= dict.fromkeys(unknown, asyncio.create_task(self._request(unknown, ask)))
        requests = {self._asked[place] for place in places if place in self._asked}
        found = {place: self._known[place] for place in places if place in self._known}
        for place in found:
            self._known.move_to_end(place)
        # Shielded, so that one cancelled query does not cancel the requests that others wait for.
        for made in await asyncio.gather(*map(asyncio.shield, requests)):
            found |= made
        return [found[place] for place in places]

    async def _request(self, places: Sequence[Place], ask: Ask) -> dict[Place, NDArray[np.float32]]:
        try:
            # Copied, for a row of a matrix would keep all of it.
            vectors = [np.array(vector) for vector in await ask([text for _, _, text in places])]
        finally:
            for place in places:
                del self._asked[place]
        made = dict(zip(places, vectors, strict=True))
        self._known |= made
        for vector in vectors:
            self._bytes += vector.nbytes
        while self._bytes > self._bytes_kept:
            self._bytes -= self._known.popitem(last=False)[1].nbytes
        return made
