"""The real worker, step by step: each attempt halts before one of its failpoints, and waits there until it is told to
go on, is cancelled as by SIGTERM, or is killed. Several may be halted at once, past their leases too."""

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
    """How many failpoints an attempt may pass; None lets it run to its end."""

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
    """From now on failpoints halt the attempts that are on a leash."""
    for name, module in sys.modules.copy().items():  # other threads import meanwhile
        if name.startswith("embedd_pg.") and hasattr(module, "failpoint"):
            monkeypatch.setattr(module, "failpoint", _failpoint)


@dataclass(eq=False)
class Halted:
    """An attempt under way, and the worker whose it is."""

    worker: Worker
    task: asyncio.Task[None]
    leash: Leash

    @property
    def in_transaction(self) -> bool:
        """A store beside the ledger is written to in the transaction that acknowledges. Everybody who wants the same
        rows waits for it, so it must not be halted for longer than others would wait."""
        (attempt,) = self.worker._attempts.values()
        return attempt.generation.store.co_located and self.leash.halted_at == "before_ack"

    async def settled(self) -> bool:
        """Let it work; whether it has come to its end rather than to a halt."""
        await wait_until(lambda: self.task.done() or self.leash.halted_at, "the attempt ends or halts", seconds=60)
        return self.task.done()

    async def go_on(self, passes: int | None) -> bool:
        self.leash.loosen(passes)
        self.leash.halted_at = ""
        return await self.settled()

    async def cancel(self) -> None:
        """As when its worker is told to stop: its leases are released."""
        self.task.cancel()
        await asyncio.wait({self.task})

    async def kill(self) -> None:
        """As when its process dies: nothing is released, nobody is told."""

        async def unsaid(*_: Any, **__: Any) -> None:
            return None

        self.worker._ledger.release = unsaid  # type: ignore[method-assign]
        self.worker._ranges.release = unsaid  # type: ignore[method-assign]
        await self.cancel()


async def begin(clients: Clients, *, passes: int | None, limit: int) -> list[Halted]:
    """A fresh worker takes what is in the outbox and begins one attempt of at most `limit` keys for each generation
    and lane with work due; each goes as far as `passes` lets it. Returns those that have halted."""
    begun: list[Halted] = []
    worker = Worker(clients)
    look = await worker._ledger.look(1000, start=0, arm=False)
    for work in look.work:
        if await _prepared(worker, work):
            begun += await _begin_one(clients, work, passes, limit)
    return [attempt for attempt in begun if not await attempt.settled()]


async def _begin_one(clients: Clients, work: Work, passes: int | None, limit: int) -> list[Halted]:
    """Each attempt has a worker of its own, so that it can be killed alone."""
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
    """The store is there and this worker knows it; false if the store does not answer."""
    generation = await worker._generation(work)
    if generation is None:
        return False
    worker._stores = ["pgvector", "qdrant"]
    await worker._prepare(generation, worker._back_offs[generation.id])
    return generation.id in worker._ready
