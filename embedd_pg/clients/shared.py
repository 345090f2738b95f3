"""The open clients of one process. Each client is opened once and stays open until the process closes all."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Hashable
from typing import Any, TypeVar

T = TypeVar("T")


class Shared:
    """Open clients by identity. The identity holds all values that distinguish one configuration from another.

    A changed configuration has another identity and gets a new client. The old client stays open until the end, so
    running work is never interrupted.
    """

    def __init__(self) -> None:
        self._open: dict[Hashable, Any] = {}
        self._opening: dict[Hashable, asyncio.Lock] = {}

    async def get(self, identity: Hashable, open_client: Callable[[], Awaitable[T]]) -> T:
        """Return the client of this identity; open it on first use."""
        async with self._opening.setdefault(identity, asyncio.Lock()):
            if identity not in self._open:
                self._open[identity] = await open_client()
            client: T = self._open[identity]
            return client

    async def close(self) -> None:
        """Close all clients, the newest first, whatever state they are in."""
        clients = list(self._open.values())
        self._open.clear()
        await asyncio.gather(*(client.close() for client in reversed(clients)), return_exceptions=True)
