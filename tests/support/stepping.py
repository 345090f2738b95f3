"""The real worker, step by step.

Each attempt halts before one of its failpoints, until it is told to go on, is cancelled as by SIGTERM, or is killed.
Several attempts may be halted at once, even past their leases.
"""

from __future__ import annotations

import asyncio
import sys
from contextvars import ContextVar
from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from embedd_pg.clients import Clients
from embedd_pg.sync.queue.ledger import Work
from embedd_pg.sync.worker import Worker
from tests.support.worker import wait_until


@dataclass(eq=False)
class Leash:
    """The number of failpoints that an attempt may pass; None lets it run to its end."""

    passes: int | None
    halted_at: str = ""
    _go_on: asyncio.Event = field(default_factory=asyncio.Event)

    async def at(self, name: str) -> None:
        if self.passes == 0:
            self.halted_at = name
            self._go_on.clear()
            await self._go_on.wait()
            self.halted_at = ""
        if self.passes:
            self.passes -= 1

    def loosen(self, passes: int | None) -> None:
        self.passes = None if passes is None else passes + 1
        self._go_on.set()


_leash: ContextVar[Leash | None] = ContextVar("leash", default=None)


async def _failpoint(name: str, about: object = "") -> None:
    leash = _leash.get()
    if leash is not None:
        await leash.at(name)


def halt_at_failpoints(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make failpoints halt the attempts that are on a leash."""
    for name, module in sys.modules.copy().items():  # other threads import meanwhile
        if name.startswith("embedd_pg.") and hasattr(module, "failpoint"):
            monkeypatch.setattr(module, "failpoint", _failpoint)


@dataclass(eq=False)
class Halted:
    """A running attempt and its worker."""

    worker: Worker
    task: asyncio.Task[None]
    leash: Leash

    @property
    def in_transaction(self) -> bool:
        """Return whether the attempt holds a transaction: a co-located store is written in the one that acknowledges.
        It must not be halted longer than other sessions wait for its rows."""
        (attempt,) = self.worker._attempts.values()
        return attempt.generation.store.co_located and self.leash.halted_at == "before_ack"

    async def settled(self) -> bool:
        """Let it work. Return whether it has ended rather than halted."""
        await wait_until(lambda: self.task.done() or self.leash.halted_at, "the attempt ends or halts", seconds=60)
        return self.task.done()

    async def go_on(self, passes: int | None) -> bool:
        self.leash.loosen(passes)
        self.leash.halted_at = ""
        return await self.settled()

    async def cancel(self) -> None:
        """Cancel it as when its worker stops: its leases are released."""
        self.task.cancel()
        await asyncio.wait({self.task})

    async def kill(self) -> None:
        """Kill it as when its process dies: nothing is released or reported."""

        async def unsaid(*_: Any, **__: Any) -> None:
            return None

        self.worker._ledger.release = unsaid  # type: ignore[method-assign]
        self.worker._ranges.release = unsaid  # type: ignore[method-assign]
        await self.cancel()


async def begin(clients: Clients, *, passes: int | None, limit: int) -> list[Halted]:
    """Let a new worker take the events of the outbox and begin one attempt of at most `limit` keys for each generation
    and lane with due work. Each runs as far as `passes` allows. Return the halted attempts."""
    begun: list[Halted] = []
    worker = Worker(clients)
    look = await worker._ledger.look(1000, start=0, arm=False)
    for work in look.work:
        if await _prepared(worker, work):
            begun += await _begin_one(clients, work, passes, limit)
    return [attempt for attempt in begun if not await attempt.settled()]


async def _begin_one(clients: Clients, work: Work, passes: int | None, limit: int) -> list[Halted]:
    """Begin one attempt with a worker of its own, so that it can be killed alone."""
    worker, leash = Worker(clients), Leash(passes)
    worker._settings = replace(clients.settings, batch_size=limit)
    await _prepared(worker, work)
    token = _leash.set(leash)
    try:
        await worker._start_attempts((work,))
    finally:
        _leash.reset(token)
    return [Halted(worker, task, leash) for task in worker._attempts]


async def _prepared(worker: Worker, work: Work) -> bool:
    """Ensure the store for this worker. Return False if the store does not answer."""
    generation = await worker._generation(work)
    if generation is None:
        return False
    worker._stores = ["pgvector", "qdrant"]
    await worker._prepare_or_rest(generation, worker._back_offs[generation.id])
    return generation.id in worker._ready
