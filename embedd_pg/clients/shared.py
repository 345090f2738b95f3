"""The clients that are open in one process, each once, until the process closes them all."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Hashable
from typing import Any, TypeVar

T = TypeVar("T")


class Shared:
    """Open clients by identity: whatever tells one configuration from another.

    A configuration that changes has another identity and gets a new client. The old one stays open until the end, so
    work under way is never cut off.
    """

    def __init__(self) -> None:
        self._open: dict[Hashable, Any] = {}
        self._opening: dict[Hashable, asyncio.Lock] = {}

    async def get(self, identity: Hashable, open_client: Callable[[], Awaitable[T]]) -> T:
        """The client of this identity, opened when it is first asked for."""
        async with self._opening.setdefault(identity, asyncio.Lock()):
            if identity not in self._open:
                self._open[identity] = await open_client()
            client: T = self._open[identity]
            return client

    async def close(self) -> None:
        """Close all of them, the newest first, whatever state they are in."""
        clients = list(self._open.values())
        self._open.clear()
        await asyncio.gather(*(client.close() for client in reversed(clients)), return_exceptions=True)
