"""How many requests at once a provider is sent. Its best rate is found as TCP finds a line's: half as many when it asks
to slow down, one more after every round that went well."""

from __future__ import annotations

import asyncio
import math
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager


class Window:
    """Bounds the requests under way; without a bound until the provider first asks to slow down."""

    def __init__(self) -> None:
        self.size = math.inf
        self._under_way = 0
        self._room = asyncio.Event()
        #: Requests begun so far, and how many they were when the window last became smaller.
        self._begun = 0
        self._narrowed_at = 0

    @asynccontextmanager
    async def request(self) -> AsyncIterator[int]:
        """One request, begun once there is room; its number."""
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
        """The provider asked this request to slow down. Those under way at once count as one."""
        if request > self._narrowed_at:
            self.size = max(1.0, min(self.size, self._under_way) / 2)
            self._narrowed_at = self._begun

    def went_well(self) -> None:
        self.size += 1 / self.size
