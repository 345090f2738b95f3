"""Verification of one vector table: check that the store equals the source.

The verify command, embedd.verify() and the daily sweep all run this task. Phase `source` compares every row with the
store's mark of it; phase `store` looks for points without a row.

Rows that are being synced differ for a moment, and that is no drift. A difference counts as drift only if the ledger
had no work for the key both before and after a second read of source and store, and no attempt acknowledged the key in
between. A change seen by only one of the two reads would have left a trace in the ledger. Keys for which the ledger
has work are examined again later. Once an attempt has acknowledged a key, its point equals the row as read, and each
later change has its own job.

Verification writes and deletes nothing except points that belong to no key. It queues differences as jobs, which read
the row again and decide.
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

#: The largest number of busy keys to remember; a page that exceeds it waits for them.
WAITING = 5_000
#: Seconds without progress after which busy keys are only counted: their provider may be down.
PATIENCE = 20.0
#: The number of example keys kept for each kind.
EXAMPLES = 10
#: Seconds between two looks at the busy keys.
LOOK_AGAIN = 0.2


@dataclass(frozen=True, slots=True)
class LedgerRecord:
    """The ledger's record of a key: whether work is due for it, and the state that the ledger believes in."""

    busy: bool
    dead: bool
    token: int | None
    checked: int | None
    source_hash: str | None


@dataclass(slots=True)
class Findings:
    """The findings since the last checkpoint."""

    counts: defaultdict[str, int] = field(default_factory=lambda: defaultdict(int))
    examples: defaultdict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    #: Keys to queue: those whose point differs from the ledger's belief, and those that the ledger does not know.
    suspects: list[str] = field(default_factory=list)
    new: list[str] = field(default_factory=list)

    def add(self, kind: str, keys: Sequence[str]) -> None:
        if keys:
            self.counts[kind] += len(keys)
            self.examples[kind] = (self.examples[kind] + list(keys))[:EXAMPLES]


class Verification:
    """One claimed verification task, from its last checkpoint to its end."""

    def __init__(self, database: Database, clients: Clients, task: TaskState, *, worker: str, lease: timedelta) -> None:
        self._database = database
        self._clients = clients
        self._task = task
        self._worker = worker
        self._lease = lease
        self._phase = task.phase
        self._last = task.last_processed_pk
        self._step = Findings()
        #: Keys that differ and are busy in the ledger, each with the token of the state it believed in at the time.
        self._waiting: dict[str, int | None] = {}
        self._patience = PATIENCE
        self._begun = self._renewed = asyncio.get_running_loop().time()

    async def run(self) -> None:
        """Run the task. Raise TaskLost, or the error that prevents the comparison of source and store."""
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
        log.info("verification_completed", task=self._task.id, vector_table=generation.vector_table.id)

    async def _note_lost(self, rows: int) -> None:
        """Record that the store was missing: all its rows are queued by now, and a sweep need not watch them."""
        if rows:
            self._step.counts[Kind.MISSING] += rows
            self._step.counts["repaired"] += rows
            await self._checkpoint(phase="finish" if self._sweep else None)

    async def _compare_source(self, waiting: Sequence[str]) -> None:
        kinds = {Kind.MISSING, Kind.STALE, Kind.UNREADABLE}
        # These keys were left by a worker that was interrupted.
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
        """Wait for the queued jobs, as long as their number changes."""
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
        # A sweep uses only its share of the time, so that the other work is not slowed down.
        loop = asyncio.get_running_loop()
        if self._sweep:
            share = self._clients.settings.sweep_share
            rest = (loop.time() - self._begun) * (1 / share - 1)
            await asyncio.sleep(min(rest, self._lease.total_seconds() / 3))
        self._begun = loop.time()

    # Distinguishing drift from work in progress.

    async def _examine(self, keys: Sequence[str], kinds: set[Kind]) -> None:
        """Examine keys that differ. Keys for which the ledger has work are kept for later."""
        records = await self._look([key for key in keys if key not in self._waiting])
        self._waiting |= {key: look.token for key, look in records.items()}
        await self._look_again(list(records), kinds)

    async def _drain(self, kinds: set[Kind]) -> None:
        """Wait until no busy key is left. Without progress for too long, count the rest as waiting."""
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
                self._patience = 0.0  # keys that follow wait for the same cause
            else:
                await self._keep()
                await asyncio.sleep(LOOK_AGAIN)

    async def _look_again(self, keys: Sequence[str], kinds: set[Kind]) -> None:
        before = await self._look(keys)
        idle = []
        for key, look in before.items():
            if look.dead or look.token != self._waiting[key]:
                del self._waiting[key]  # a dead letter, or an attempt has acknowledged it meanwhile
            elif not look.busy:
                idle.append(key)
        found = await self._comparison.differences(idle) if idle else {}
        after = await self._look(list(found))
        drift: defaultdict[Kind, dict[str, LedgerRecord]] = defaultdict(dict)
        for key in idle:
            difference = found.get(key)
            if difference is None or difference.kind not in kinds:
                del self._waiting[key]
            elif before[key] == after[key] and not self._left_to_poller(difference, after[key]):
                del self._waiting[key]
                drift[difference.kind][key] = after[key]
        for kind, records in drift.items():
            await self._note(kind, records)

    def _left_to_poller(self, difference: Difference, look: LedgerRecord) -> bool:
        """Return whether the next cycle over a polled source will find this difference: then it is merely unsynced."""
        if not self._generation.source.capture.compared or difference.kind is Kind.UNREADABLE:
            return False
        if difference.kind is Kind.ORPHANED:
            return look.token is not None
        return look.token is None or look.source_hash != difference.source_hash

    async def _look(self, keys: Sequence[str]) -> dict[str, LedgerRecord]:
        if not keys:
            return {}
        rows = await self._database.rows("look_at_keys", p_generation_id=self._generation.id, p_keys=list(keys))
        return {row.pop("key"): LedgerRecord(**row) for row in rows}

    # Recording drift.

    async def _note(self, kind: Kind, records: Mapping[str, LedgerRecord]) -> None:
        keys = list(records)
        unknown = [key for key in keys if records[key].token is None and kind is Kind.MISSING]
        if unknown and self._generation.limits.metered and await self._is_full():
            # These rows are left out on purpose, until the tier has room again.
            self._step.add("skipped", unknown)
            keys = [key for key in keys if key not in unknown]
            unknown = []
        self._step.add(kind, keys)
        if self._repair and kind is not Kind.UNREADABLE:
            self._step.counts["repaired"] += len(keys)
            self._step.new += unknown
            self._step.suspects += [key for key in keys if key not in unknown]

    async def _note_unreadable(self, keys: Sequence[str]) -> None:
        """Record unreadable rows. They are not queued, because a job could not read them either."""
        records = await self._look(keys)
        self._step.add(Kind.UNREADABLE, [key for key in keys if not records[key].dead])

    async def _note_strays(self, ids: Sequence[str]) -> None:
        """Record points that belong to no key, and remove them on repair: attempts never write them, so no job can."""
        self._step.add(Kind.ORPHANED, [f"point {one}" for one in ids])
        if ids and self._repair:
            await self._comparison.store.discard(self._generation.store.table, ids)
            self._step.counts["repaired"] += len(ids)

    async def _is_full(self) -> bool:
        remaining = await self._database.value("remaining_vectors", p_generation_id=self._generation.id)
        return remaining is not None and remaining <= 0

    async def _keep(self) -> None:
        """Renew the lease while waiting, if it is time."""
        if asyncio.get_running_loop().time() - self._renewed > self._lease.total_seconds() / 3:
            await self._checkpoint()

    async def _checkpoint(self, *, phase: str | None = None, rows: int = 0, last: str | None = None) -> None:
        """Store the findings and the position, and queue the keys to repair. Raise TaskLost if the lease is lost."""
        step, self._step = self._step, Findings()
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
