"""Fair turns: each organization has a bounded number at once, and its own queue for the rest, in order of arrival.
An organization that sends a thousand requests at once therefore delays only its own."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field


class QueueFull(Exception):
    """The queue of an organization is full."""


@dataclass(slots=True)
class _Queue:
    free: asyncio.Semaphore
    #: The number of turns in use and of those that wait.
    inside: int = field(default=0)


class Turns:
    """The turns of one process. `waiting` bounds the queue of an organization; None for no bound."""

    def __init__(self, at_once: int, *, waiting: int | None = None) -> None:
        self.at_once = at_once
        self._most = None if waiting is None else at_once + waiting
        self._queues: dict[str, _Queue] = {}

    @asynccontextmanager
    async def turn(self, organization_id: str) -> AsyncIterator[None]:
        """Wait for a turn and hold it for the block. Raise QueueFull."""
        queue = self._queues.get(organization_id)
        if queue is None:
            queue = self._queues[organization_id] = _Queue(asyncio.Semaphore(self.at_once))
        if queue.inside == self._most:
            raise QueueFull
        queue.inside += 1
        try:
            async with queue.free:
                yield
        finally:
            queue.inside -= 1
            if not queue.inside:
                del self._queues[organization_id]
