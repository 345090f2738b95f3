"""Fair turns: of each organization so many at once; its others wait in a queue of its own, in the order they came, so
that whoever asks for a thousand things at once waits for itself."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field


class QueueFull(Exception):
    """An organization has as many waiting as may wait."""


@dataclass(slots=True)
class _Queue:
    free: asyncio.Semaphore
    #: Those whose turn it is and those who wait.
    inside: int = field(default=0)


class Turns:
    """The turns of one process. `waiting`: how many of an organization may wait; None for any number."""

    def __init__(self, at_once: int, *, waiting: int | None = None) -> None:
        self.at_once = at_once
        self._most = None if waiting is None else at_once + waiting
        self._queues: dict[str, _Queue] = {}

    @asynccontextmanager
    async def turn(self, organization_id: str) -> AsyncIterator[None]:
        """Wait for a turn and keep it for the block. QueueFull."""
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
