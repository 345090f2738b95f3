"""Vectors of query texts asked before: the same words again cost no call and no wait."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Hashable

import numpy as np
from numpy.typing import NDArray

from embedd_pg.embedding.providers.base import Provider

#: Gets the vector of one text.
Ask = Callable[[], Awaitable[NDArray[np.float32]]]

#: Bytes of vectors kept, a few thousand of them.
BYTES = 32_000_000


class QueryVectors:
    """The vectors of the texts asked last, per embedder; also for those who ask while the answer is under way."""

    def __init__(self, bytes_kept: int = BYTES) -> None:
        self._bytes_kept = bytes_kept
        self._bytes = 0
        self._known: OrderedDict[Hashable, NDArray[np.float32]] = OrderedDict()
        self._asked: dict[Hashable, asyncio.Task[NDArray[np.float32]]] = {}

    async def vector(self, organization: str, provider: Provider, text: str, ask: Ask) -> NDArray[np.float32]:
        """float32 of shape (dimensions,). Raises what `ask` raises, which is called if need be; a failure is not
        remembered.

        A changed credential, model or size makes another provider object, and so another entry. What one organization
        asked tells another nothing, not even by answering sooner.
        """
        place = (organization, provider, text)
        if (known := self._known.get(place)) is not None:
            self._known.move_to_end(place)
            return known
        if place not in self._asked:
            self._asked[place] = asyncio.create_task(self._remember(place, ask))
            self._asked[place].add_done_callback(lambda _: self._asked.pop(place))
        # Shielded: whoever gives up waiting does not spoil it for the others.
        return await asyncio.shield(self._asked[place])

    async def _remember(self, place: Hashable, ask: Ask) -> NDArray[np.float32]:
        vector = await ask()
        self._known[place] = vector
        self._bytes += vector.nbytes
        while self._bytes > self._bytes_kept:
            self._bytes -= self._known.popitem(last=False)[1].nbytes
        return vector
