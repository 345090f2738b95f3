"""Verification: does the store equal the source? The command, embedd.verify() and the daily sweep are all this.

`source` compares every row with the store's mark of it, `store` looks for points without a row. Rows that are being
synced differ for a moment, and that is no drift: a difference counts when the ledger knew of nothing to do for the key
before both sides were read once more and after, and no attempt has acknowledged it in between. A change that only one
of the two reads saw would have left a trace. Keys the ledger is busy with are looked at again later; once an attempt
has acknowledged one, it is as its row was, and what came since has a job of its own.

Nothing is written or deleted here. Differences become jobs, which re-read the row and decide.
"""

from __future__ import annotations

import asyncio
import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

import structlog

from embedd_pg.clients import Clients
from embedd_pg.database.call import Database
from embedd_pg.failpoints import failpoint
from embedd_pg.generation import load_generation
from embedd_pg.sync.check.compare import Comparison, Difference, Kind
from embedd_pg.sync.check.physical_stores import ensure_store
from embedd_pg.sync.task_state import TaskLost, TaskState

log = structlog.get_logger(__name__)

#: Keys the ledger is busy with that are remembered at most; more than that are waited for.
WAITING = 5_000
#: Seconds without any of them getting done, after which they are only counted: their provider may be down.
PATIENCE = 20.0
#: Example keys kept of each kind.
EXAMPLES = 10
#: Seconds between two looks at what waits.
LOOK_AGAIN = 0.2


@dataclass(frozen=True, slots=True)
class Look:
    """What the ledger knows of a key: whether there is something to do, and the state it believes in."""

    busy: bool
    dead: bool
    token: int | None
    checked: int | None
    source_hash: str | None


@dataclass(slots=True)
class Step:
    """What was found since the last checkpoint."""

    counts: defaultdict[str, int] = field(default_factory=lambda: defaultdict(int))
    examples: defaultdict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    #: To be queued: keys whose point is not what the ledger believes, and keys it knows nothing of.
    suspects: list[str] = field(default_factory=list)
    new: list[str] = field(default_factory=list)

    def add(self, kind: str, keys: Sequence[str]) -> None:
        if keys:
            self.counts[kind] += len(keys)
            self.examples[kind] = (self.examples[kind] + list(keys))[:EXAMPLES]


class Verification:
    """One claimed task of this kind, from where it is to its end."""

    def __init__(self, database: Database, clients: Clients, task: TaskState, *, worker: str, lease: timedelta) -> None:
        self._database = database
        self._clients = clients
        self._task = task
        self._worker = worker
        self._lease = lease
        self._phase = task.phase
        self._last = task.last_processed_pk
        self._step = Step()
        #: Keys that differ and that the ledger is busy with, and the token of the state it believed in then.
        self._waiting: dict[str, int | None] = {}
        self._patience = PATIENCE
        self._begun = self._renewed = asyncio.get_running_loop().time()

    async def run(self) -> None:
        """Raises TaskLost, or what keeps source and store from being compared."""
        begun = await self._database.row("begin_verification", p_task=self._task.id)
        generation = await load_generation(self._database, self._task.generation_id)
        if begun is None or generation is None:
            raise TaskLost
        self._generation, self._repair, self._sweep = generation, begun["repair"], begun["sweep"]
        if generation.source.capture.compared:
            settings = self._clients.settings
            interval = settings.cdc_interval if generation.vector_table.sync_mode == "cdc" else settings.batch_interval
            self._patience = max(PATIENCE, 3 * interval)
        await self._note_lost(await ensure_store(self._database, self._clients, generation))
        store = await self._clients.store(generation)
        self._comparison = Comparison(generation, await self._clients.source(generation), store)
        if self._phase == "source":
            await self._compare_source(begun["waiting_keys"])
        if self._phase == "store":
            await self._compare_store()
        if self._phase == "settle":
            await self._settle()
        await self._database.value("complete_task", p_task=self._task.id, p_worker=self._worker)
        log.info("verification completed", task=self._task.id, vector_table=generation.vector_table.id)

    async def _note_lost(self, rows: int) -> None:
        """The store was gone. All of it is queued by now, asked for or not; a sweep need not watch."""
        if rows:
            self._step.counts[Kind.MISSING] += rows
            self._step.counts["repaired"] += rows
            await self._checkpoint(phase="finish" if self._sweep else None)

    async def _compare_source(self, waiting: Sequence[str]) -> None:
        kinds = {Kind.MISSING, Kind.STALE, Kind.UNREADABLE}
        # Left by a worker that was interrupted.
        await self._examine(waiting, kinds)
        while page := await self._comparison.page(self._last):
            unreadable = [key for key, found in page.differences.items() if found.kind is Kind.UNREADABLE]
            await self._note_unreadable(unreadable)
            await self._examine([key for key in page.differences if key not in unreadable], kinds)
            await self._end_page(kinds, rows=page.rows, last=page.last)
        await self._drain(kinds)
        await self._checkpoint(phase="store")

    async def _compare_store(self) -> None:
        kinds = {Kind.ORPHANED}
        async for page in self._comparison.store.scan(self._generation.store.table):
            await self._note_strays([key for key, mark in page if mark.stray])
            alive = [key for key, mark in page if not mark.dead and not mark.stray]
            await self._examine(await self._comparison.orphans(alive), kinds)
            await self._end_page(kinds)
        await self._drain(kinds)
        await self._checkpoint(phase="settle" if self._repair and not self._sweep else "finish")

    async def _settle(self) -> None:
        """Wait for what was queued, as long as it gets done."""
        loop = asyncio.get_running_loop()
        moved, before = loop.time(), None
        while True:
            queued = await self._database.value(
                "count_queued", p_generation_id=self._generation.id, p_task_type="verify"
            )
            moved = moved if queued == before else loop.time()
            if not queued or loop.time() - moved >= self._patience:
                break
            before = queued
            await self._keep()
            await asyncio.sleep(LOOK_AGAIN)
        await self._checkpoint(phase="finish")

    async def _end_page(self, kinds: set[Kind], *, rows: int = 0, last: str | None = None) -> None:
        if len(self._waiting) > WAITING:
            await self._drain(kinds)
        await self._checkpoint(rows=rows, last=last)
        await failpoint("verify_page")
        # A sweep takes its share of the time and leaves the rest to everybody else.
        loop = asyncio.get_running_loop()
        if self._sweep:
            share = self._clients.settings.sweep_share
            rest = (loop.time() - self._begun) * (1 / share - 1)
            await asyncio.sleep(min(rest, self._lease.total_seconds() / 3))
        self._begun = loop.time()

    # Which differences are drift.

    async def _examine(self, keys: Sequence[str], kinds: set[Kind]) -> None:
        """Look at keys that differ; whatever the ledger is busy with waits."""
        looks = await self._look([key for key in keys if key not in self._waiting])
        self._waiting |= {key: look.token for key, look in looks.items()}
        await self._look_again(list(looks), kinds)

    async def _drain(self, kinds: set[Kind]) -> None:
        """Until nothing waits any more, or none of it has got done for too long: then it is counted as waiting."""
        loop = asyncio.get_running_loop()
        moved = loop.time()
        while self._waiting:
            before = len(self._waiting)
            await self._look_again(list(self._waiting), kinds)
            if len(self._waiting) < before:
                moved = loop.time()
            elif loop.time() - moved >= self._patience:
                self._step.add("waiting", sorted(self._waiting))
                self._waiting.clear()
                self._patience = 0.0  # what comes now waits for the same
            else:
                await self._keep()
                await asyncio.sleep(LOOK_AGAIN)

    async def _look_again(self, keys: Sequence[str], kinds: set[Kind]) -> None:
        before = await self._look(keys)
        idle = []
        for key, look in before.items():
            if look.dead or look.token != self._waiting[key]:
                del self._waiting[key]  # set aside, or an attempt has been there meanwhile
            elif not look.busy:
                idle.append(key)
        found = await self._comparison.differences(idle) if idle else {}
        after = await self._look(list(found))
        drift: defaultdict[Kind, dict[str, Look]] = defaultdict(dict)
        for key in idle:
            difference = found.get(key)
            if difference is None or difference.kind not in kinds:
                del self._waiting[key]
            elif before[key] == after[key] and not self._left_to_poller(difference, after[key]):
                del self._waiting[key]
                drift[difference.kind][key] = after[key]
        for kind, looks in drift.items():
            await self._note(kind, looks)

    def _left_to_poller(self, difference: Difference, look: Look) -> bool:
        """Whether the next cycle over a polled source will see the same: then it is only not synced yet."""
        if not self._generation.source.capture.compared or difference.kind is Kind.UNREADABLE:
            return False
        if difference.kind is Kind.ORPHANED:
            return look.token is not None
        return look.token is None or look.source_hash != difference.source_hash

    async def _look(self, keys: Sequence[str]) -> dict[str, Look]:
        if not keys:
            return {}
        rows = await self._database.rows("look_at_keys", p_generation_id=self._generation.id, p_keys=list(keys))
        return {row.pop("key"): Look(**row) for row in rows}

    # What becomes of them.

    async def _note(self, kind: Kind, looks: Mapping[str, Look]) -> None:
        keys = list(looks)
        unknown = [key for key in keys if looks[key].token is None and kind is Kind.MISSING]
        if unknown and self._generation.limits.metered and await self._is_full():
            # Left out on purpose, until there is room again.
            self._step.add("skipped", unknown)
            keys = [key for key in keys if key not in unknown]
            unknown = []
        self._step.add(kind, keys)
        if self._repair and kind is not Kind.UNREADABLE:
            self._step.counts["repaired"] += len(keys)
            self._step.new += unknown
            self._step.suspects += [key for key in keys if key not in unknown]

    async def _note_unreadable(self, keys: Sequence[str]) -> None:
        """A fact whatever else goes on with the row. It is not queued: a job could not read it either."""
        looks = await self._look(keys)
        self._step.add(Kind.UNREADABLE, [key for key in keys if not looks[key].dead])

    async def _note_strays(self, ids: Sequence[str]) -> None:
        """Points that belong to no key. No attempt writes them, so no job can remove them."""
        self._step.add(Kind.ORPHANED, [f"point {one}" for one in ids])
        if ids and self._repair:
            await self._comparison.store.discard(self._generation.store.table, ids)
            self._step.counts["repaired"] += len(ids)

    async def _is_full(self) -> bool:
        remaining = await self._database.value("remaining_vectors", p_generation_id=self._generation.id)
        return remaining is not None and remaining <= 0

    async def _keep(self) -> None:
        """Renew the lease while waiting."""
        if asyncio.get_running_loop().time() - self._renewed > self._lease.total_seconds() / 3:
            await self._checkpoint()

    async def _checkpoint(self, *, phase: str | None = None, rows: int = 0, last: str | None = None) -> None:
        """Keep what was found and queue what is to be repaired, and where to go on."""
        step, self._step = self._step, Step()
        self._phase, self._last = phase or self._phase, self._last if last is None else last
        ours = await self._database.value(
            "checkpoint_verification",
            p_task=self._task.id,
            p_worker=self._worker,
            p_start_token=self._task.start_token,
            p_phase=self._phase,
            p_last=self._last,
            p_rows=rows,
            p_counts=json.dumps(step.counts),
            p_examples=json.dumps(step.examples),
            p_suspects=step.suspects,
            p_new=step.new,
            p_waiting=sorted(self._waiting) if self._phase == "source" else [],
            p_lease=self._lease,
        )
        if not ours:
            raise TaskLost
        self._renewed = asyncio.get_running_loop().time()
