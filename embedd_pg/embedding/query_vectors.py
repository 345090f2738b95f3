"""A cache of vectors of recent query texts: a repeated query needs no call of the provider."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Hashable, Sequence
from functools import partial

import numpy as np
from numpy.typing import NDArray

from embedd_pg.embedding.providers.base import Provider

#: A function that requests the vector of one text.
Ask = Callable[[], Awaitable[NDArray[np.float32]]]

#: A function that requests the vectors of several texts.
AskMany = Callable[[Sequence[str]], Awaitable[Sequence[NDArray[np.float32]]]]

#: Bytes of vectors to keep: a few thousand vectors.
BYTES = 32_000_000


class QueryVectors:
    """The vectors of recent texts of each embedder. Concurrent queries for one text share one request."""

    def __init__(self, bytes_kept: int = BYTES) -> None:
        self._bytes_kept = bytes_kept
        self._bytes = 0
        self._known: OrderedDict[Hashable, NDArray[np.float32]] = OrderedDict()
        self._asked: dict[Hashable, asyncio.Task[NDArray[np.float32]]] = {}

    async def vector(self, organization: str, provider: Provider, text: str, ask: Ask) -> NDArray[np.float32]:
        """Return the vector of a text, float32 of shape (dimensions,), and call `ask` if it is unknown.

        Errors of `ask` are raised and not cached. A changed credential, model or size creates another provider object,
        and so another entry. Organizations share no entries, so that response times reveal nothing about others.
        """
        place = (organization, provider, text)
        if (known := self._known.get(place)) is not None:
            self._known.move_to_end(place)
            return known
        if place not in self._asked:
            self._asked[place] = asyncio.create_task(self._remember(place, ask))
            self._asked[place].add_done_callback(lambda _: self._asked.pop(place))
        # Shielded, so that one cancelled query does not cancel the request that others wait for.
        return await asyncio.shield(self._asked[place])

    async def vectors(
        self, organization: str, provider: Provider, texts: Sequence[str], ask: AskMany
    ) -> list[NDArray[np.float32]]:
        """Return the vectors of different texts as `vector` does, and call `ask` once, for all that are unknown."""
        places = {text: (organization, provider, text) for text in texts}
        unknown = [text for text, place in places.items() if place not in self._known and place not in self._asked]
        request = asyncio.ensure_future(ask(unknown)) if unknown else None

        async def one(text: str) -> NDArray[np.float32]:
            if request is not None and text in unknown:
                return (await request)[unknown.index(text)]
            return (await ask([text]))[0]  # it was forgotten meanwhile

        found = [self.vector(organization, provider, text, partial(one, text)) for text in texts]
        return await asyncio.gather(*found)

    async def _remember(self, place: Hashable, ask: Ask) -> NDArray[np.float32]:
        vector = await ask()
        self._known[place] = vector
        self._bytes += vector.nbytes
        while self._bytes > self._bytes_kept:
            self._bytes -= self._known.popitem(last=False)[1].nbytes
        return vector
