"""The real worker code on virtual time, with an in-memory ledger, source, provider and store: hundreds of lives, each
decided by its seed alone. `EMBEDD_SEEDS=10000` plays more of them, `EMBEDD_SEED=17` plays one."""

from __future__ import annotations

import asyncio
import itertools
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import pytest
import structlog

from embedd_pg.stores.base import Point, StoreTable
from embedd_pg.sync.queue.ledger import WorkFound
from embedd_pg.sync.queue.outbox import OutboxMark
from tests.simulation.ledger import Job, MemoryLedger
from tests.simulation.scenario import Violation, play
from tests.simulation.world import MemoryStore, Points
from tests.support.worker import ROOT

SEEDS = int(os.environ.get("EMBEDD_SEEDS") or 300)


class Idle:
    """A stand-in for parts outside the protocol: no notification, no change of the database or its triggers."""

    heard = False

    def __init__(self, *_: object, **__: object) -> None: ...

    async def begin(self, **_: object) -> None: ...

    async def run(self) -> None:
        await asyncio.Event().wait()

    def look(self, *_: object) -> None: ...


async def _nothing(*_: object) -> None: ...


def _drop(*_: object) -> dict[str, object]:
    raise structlog.DropEvent


@contextmanager
def alone() -> Iterator[None]:
    """Run only the protocol, without the log, which takes longer than all the rest."""
    before = structlog.get_config()
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("embedd_pg.sync.worker.Listener", Idle)
        patched.setattr("embedd_pg.sync.worker.InstanceGuard", Idle)
        patched.setattr("embedd_pg.sync.worker.check_captures", _nothing)
        structlog.configure(processors=[_drop])
        yield
    structlog.configure(**before)


@pytest.fixture(autouse=True)
def simulation() -> Iterator[None]:
    with alone():
        yield


def test_12_every_simulated_run_ends_with_the_store_equal_to_the_source() -> None:
    given = os.environ.get("EMBEDD_SEED")
    for seed in [int(given)] if given else range(SEEDS):
        play(seed)


def test_a_seed_decides_all_that_happens() -> None:
    """The same holds in another process, whose hashes differ."""
    story = play(5)
    assert play(5) == story
    assert len(story) > 20
    # The order of texts in a set must not matter.
    script = "from tests.simulation.test_simulation import alone, play\nwith alone():\n    print('\\n'.join(play(5)))"
    environment = os.environ | {"PYTHONHASHSEED": "7"}
    told = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, env=environment, capture_output=True, text=True, check=True
    )
    assert told.stdout.splitlines() == story


# Each defect of the sync protocol, section 4, is found. The lives that find nothing of it are as good as the others.


def _ignoring_want(acknowledge: Any) -> Any:
    def acknowledged(self: MemoryLedger, **named: Any) -> int:
        named["p_wants"] = [self.jobs[key].want if key in self.jobs else 0 for key in named["p_keys"]]
        return int(acknowledge(self, **named))

    return acknowledged


def _without_tombstone(self: Points, token: int, keys: Sequence[str]) -> None:
    for key in keys:
        if not self.refuses(key, token):
            self.held.pop(key, None)


def _token_when_writing() -> Any:
    tokens = itertools.count(10**9)

    async def upsert(self: MemoryStore, table: StoreTable, token: int, points: Sequence[Point]) -> None:
        await self._write(lambda some: self.points.upsert(next(tokens), some), points)

    return upsert


def _held_by_anybody(self: MemoryLedger, token: int, keys: Sequence[str]) -> list[Job]:
    return [self.jobs[key] for key in keys if key in self.jobs]


def _sequence_that_falls_back(self: MemoryLedger) -> int:
    self.fence += -12 if self.fence > 30 and self.fence % 17 == 0 else 1
    return self.fence


def _cursor(self: OutboxMark, look: WorkFound, _: float) -> None:
    self.start = self._settled = max(self.start, (look.last_id or 0) + 1)


DEFECTS: dict[str, list[tuple[str, Any]]] = {
    "no token check at the store": [("tests.simulation.world.Points.refuses", lambda *_: False)],
    "delete without tombstone": [("tests.simulation.world.Points.delete", _without_tombstone)],
    "token drawn when writing": [("tests.simulation.world.MemoryStore.upsert", _token_when_writing())],
    "acknowledgement ignores want": [
        ("tests.simulation.ledger.MemoryLedger.acknowledge_jobs", _ignoring_want(MemoryLedger.acknowledge_jobs))
    ],
    "acknowledgement ignores the token": [("tests.simulation.ledger.MemoryLedger._held", _held_by_anybody)],
    "a cursor decides what is consumed": [("embedd_pg.sync.queue.outbox.OutboxMark.looked", _cursor)],
    "sequence falls back": [("tests.simulation.ledger.MemoryLedger.next_token", _sequence_that_falls_back)],
    "skipping on a stale cache": [
        ("embedd_pg.sync.attempt.needs_mark", lambda _: False),
        ("embedd_pg.sync.row.plan.needs_mark", lambda _: False),
    ],
}


@pytest.mark.parametrize("defect", DEFECTS)
def test_every_defect_of_the_protocol_is_found(defect: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, replacement in DEFECTS[defect]:
        monkeypatch.setattr(name, replacement)
    with pytest.raises(Violation):
        for seed in range(100):
            play(seed)
