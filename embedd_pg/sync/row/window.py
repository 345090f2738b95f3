"""The number of concurrent requests to a provider, adapted as TCP adapts to a line: halve it when the provider asks to
slow down, and add one after every round that succeeds."""

from __future__ import annotations

import asyncio
import math
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager


class Window:
    """A bound on concurrent requests; infinite until the provider first asks to slow down."""

    def __init__(self) -> None:
        self.size = math.inf
        self._under_way = 0
        self._room = asyncio.Event()
        #: Requests started so far, and the value of this number when the window was last narrowed.
        self._begun = 0
        self._narrowed_at = 0

    @asynccontextmanager
    async def request(self) -> AsyncIterator[int]:
        """Wait for room, then hold it for one request. Yield the request's number."""
        while self._under_way + 1 > self.size:
            self._room.clear()
            await self._room.wait()
        self._under_way += 1
        self._begun += 1
        try:
            yield self._begun
        finally:
            self._under_way -= 1
            self._room.set()

    def slowed(self, request: int) -> None:
        """Narrow the window after a request to slow down. Concurrent requests narrow it only once."""
        if request > self._narrowed_at:
            self.size = max(1.0, min(self.size, self._under_way) / 2)
            self._narrowed_at = self._begun

    def went_well(self) -> None:
        self.size += 1 / self.size
