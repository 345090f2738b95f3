"""Joined calls: those who ask for the same at the same time share one call."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Hashable
from typing import Generic, TypeVar

T = TypeVar("T")


class Joined(Generic[T]):
    """Calls by identity. While a call is under way, all who ask for the same wait for the next one together. A call
    begins after everybody who shares it has asked, so its answer is never older than the question."""

    def __init__(self) -> None:
        self._next: dict[Hashable, asyncio.Task[T]] = {}
        self._under_way: dict[Hashable, asyncio.Task[T]] = {}

    async def call(self, identity: Hashable, make: Callable[[], Awaitable[T]]) -> T:
        """Return the result of a call that begins from now on. Errors reach all who share it."""
        shared = self._next.get(identity)
        if shared is None:
            shared = self._next[identity] = asyncio.create_task(self._make(identity, make))
            # Those who shared it may all have been cancelled: then nobody reads its error.
            shared.add_done_callback(lambda done: done.cancelled() or done.exception())
        # Shielded, so that one cancelled request does not cancel the call of the others.
        return await asyncio.shield(shared)

    async def _make(self, identity: Hashable, make: Callable[[], Awaitable[T]]) -> T:
        if (earlier := self._under_way.get(identity)) is not None:
            await asyncio.wait([earlier])
        self._under_way[identity] = self._next.pop(identity)
        try:
            return await make()
        finally:
            del self._under_way[identity]
