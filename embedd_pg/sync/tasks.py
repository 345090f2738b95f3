"""The runner of tasks: backfill, reconcile and verification.

A backfill or reconcile queues keys page by page and waits for the jobs, which follow the ordinary sync protocol. Phase
`source` queues every key of the source. When those jobs are done (`settle`), phase `known` queues the keys that no
attempt has handled since the task began: rows that are gone. Each page and its checkpoint are one transaction, so that
another worker can resume the task after a crash.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from typing import Any, TypeVar

import structlog

from embedd_pg.clients import Clients
from embedd_pg.database.call import Database
from embedd_pg.embedding.providers.base import Limits
from embedd_pg.embedding.providers.tokens import CHARACTERS_A_TOKEN
from embedd_pg.errors import EmbeddError, SourceChanged, SourceTableAccessDenied
from embedd_pg.failpoints import failpoint
from embedd_pg.generation import Generation, load_generation
from embedd_pg.sources.table import SourceTable
from embedd_pg.sync.check.physical_stores import ensure_aliases
from embedd_pg.sync.check.verify import Verification
from embedd_pg.sync.leased import PORTION_BYTES
from embedd_pg.sync.task_state import TaskLost, TaskState

log = structlog.get_logger(__name__)

T = TypeVar("T")
PAGE = 2_000
#: The largest number of keys queued ahead of the workers, so that the job table stays small for a table of any size.
AHEAD = 20_000
#: The largest range in batches of rows, and the number of ranges ahead of the workers.
RANGE_BATCHES = 4
RANGES_AHEAD = 32


class TaskRunner:
    """The runner of claimed tasks. Several workers may run tasks at once; one worker holds each task."""

    def __init__(
        self,
        database: Database,
        clients: Clients,
        *,
        worker: str,
        lease: float,
        queued: asyncio.Event,
        prepare: Callable[[Generation], Awaitable[None]],
    ) -> None:
        self._database = database
        self._clients = clients
        self._worker = worker
        self._lease = timedelta(seconds=lease)
        #: Set by the worker when jobs are done: waiting tasks check their queue again.
        self.progress = asyncio.Event()
        #: Set by tasks when they queue keys: the worker looks for work at once.
        self._queued = queued
        #: Ensures that the store of a generation exists, and opens what an attempt at its rows needs.
        self._prepare = prepare

    async def claim(self, stores: list[str]) -> TaskState | None:
        """Claim the next task for this worker, or return None."""
        row = await self._database.row("claim_task", p_worker=self._worker, p_stores=stores, p_lease=self._lease)
        return TaskState(**row) if row else None

    async def run(self, task: TaskState) -> None:
        """Complete a task, or release it with the reason."""
        try:
            await self._phases(task)
        except TaskLost:
            log.info("task_lost", task=task.id)
        except EmbeddError as error:
            log.warning("task_interrupted", task=task.id, error=error.message)
            # An outage ends, so it costs no attempt; a table that cannot be read as it is fails for good. A reconcile
            # never fails for good: it stands for changes that are recorded nowhere else. A verification may fail on any
            # error, because the error answers the question that it was started for.
            burn = isinstance(error, SourceTableAccessDenied | SourceChanged) and task.task_type != "reconcile"
            burn = burn or task.task_type == "verify"
            await self._give_back(task, error.advice, delay=5, burn=burn)
        except asyncio.CancelledError:
            await asyncio.shield(self._give_back(task, None))
            raise

    async def _phases(self, task: TaskState) -> None:
        if task.task_type == "verify":
            await Verification(self._database, self._clients, task, worker=self._worker, lease=self._lease).run()
            return
        generation = await load_generation(self._database, task.generation_id)
        if generation is None:
            raise TaskLost
        # Create the store even for a source without rows, so that queries find it.
        await self._prepare(generation)
        source = await self._clients.source(generation)
        if task.rows_total is None:
            task = await self._checkpoint(task, total=await self._keep_lease_during(task, source.count()))
        if task.phase == "source":
            # A table that fits into one batch gains nothing from ranges.
            ranged = task.ranged and (task.rows_total or 0) > self._clients.settings.batch_size
            if ranged:
                task = await self._add_ranges(task, source, generation)
            else:
                task = await self._queue_source(task, source)
        if task.phase == "settle":
            task = await self._settle(task, "known")
        if task.phase == "known":
            task = await self._queue_known(task)
        task = await self._settle(task, "finish")
        store = await self._clients.store(generation)
        await self._keep_lease_during(task, store.index(generation.store.table))
        await self._database.value("complete_task", p_task=task.id, p_worker=self._worker)
        log.info("task_completed", task=task.id, type=task.task_type)
        if generation.store.kind == "qdrant":
            with suppress(EmbeddError):  # the worker's upkeep repairs it
                await ensure_aliases(self._database, self._clients)

    async def _keep_lease_during(self, task: TaskState, work: Coroutine[Any, Any, T]) -> T:
        """Await work that takes long for a large table, and renew the lease meanwhile."""
        running = asyncio.ensure_future(work)
        try:
            while not running.done():
                await asyncio.wait({running}, timeout=self._lease.total_seconds() / 3)
                if not running.done():
                    await self._checkpoint(task)
            return await running
        finally:
            running.cancel()

    async def _queue_source(self, task: TaskState, source: SourceTable) -> TaskState:
        while True:
            task = await self._wait_below(task, AHEAD)
            keys = await source.page_keys(task.last_processed_pk, PAGE)
            if not keys:
                return await self._checkpoint(task, phase="settle")
            task = await self._checkpoint(task, keys=keys, last=keys[-1])
            await failpoint("backfill_page")

    async def _add_ranges(self, task: TaskState, source: SourceTable, generation: Generation) -> TaskState:
        # A range is written as a whole. It is not larger than what the provider embeds at once: rows appear steadily.
        limits = generation.embedder.limits if generation.embedder else Limits()
        rows = min(RANGE_BATCHES * self._clients.settings.batch_size, limits.max_items * limits.max_requests)
        size = min(PORTION_BYTES, CHARACTERS_A_TOKEN * limits.max_tokens * limits.max_requests)
        while True:
            task = await self._wait_below(task, RANGES_AHEAD)
            after = task.last_processed_pk
            last = await source.range_end(after, rows, size)
            if last is None:
                return await self._checkpoint(task, phase="settle")
            if not await self._database.value(
                "add_range",
                p_task=task.id,
                p_worker=self._worker,
                p_start_token=task.start_token,
                p_after=after,
                p_last=last,
                p_lease=self._lease,
            ):
                raise TaskLost
            self._queued.set()
            task = replace(task, last_processed_pk=last)
            await failpoint("backfill_page")

    async def _queue_known(self, task: TaskState) -> TaskState:
        after: str | None = None
        while True:
            task = await self._wait_below(task, AHEAD)
            keys = [
                row["known_keys"]
                for row in await self._database.rows(
                    "known_keys",
                    p_generation_id=task.generation_id,
                    p_after=after,
                    p_limit=PAGE,
                    p_unchecked_since=task.start_token,
                )
            ]
            if not keys:
                return await self._checkpoint(task, phase="finish")
            after = keys[-1]
            await self._checkpoint(task, keys=keys)

    async def _settle(self, task: TaskState, phase: str) -> TaskState:
        task = await self._wait_below(task, 1)
        return await self._checkpoint(task, phase=phase)

    async def _wait_below(self, task: TaskState, bound: int) -> TaskState:
        """Wait until fewer than `bound` of the task's jobs are queued; renew the lease meanwhile."""
        loop = asyncio.get_running_loop()
        renewed = loop.time()
        while True:
            self.progress.clear()
            queued = await self._database.value(
                "count_queued", p_generation_id=task.generation_id, p_task_type=task.task_type
            )
            if queued < bound:
                return task
            if loop.time() - renewed > self._lease.total_seconds() / 3:
                task, renewed = await self._checkpoint(task), loop.time()
            try:
                async with asyncio.timeout(1):
                    await self.progress.wait()
            except TimeoutError:
                continue
            await asyncio.sleep(0.02)

    async def _checkpoint(
        self,
        task: TaskState,
        *,
        keys: list[str] | None = None,
        phase: str | None = None,
        last: str | None = None,
        total: int | None = None,
    ) -> TaskState:
        moved = replace(
            task,
            phase=phase or task.phase,
            last_processed_pk=task.last_processed_pk if last is None else last,
            rows_total=total if total is not None else task.rows_total,
        )
        ours = await self._database.value(
            "checkpoint_task",
            p_task=task.id,
            p_worker=self._worker,
            p_start_token=task.start_token,
            p_keys=keys or [],
            p_phase=moved.phase,
            p_last=moved.last_processed_pk,
            p_rows_total=total,
            p_lease=self._lease,
        )
        if not ours:
            raise TaskLost
        if keys:
            self._queued.set()
        return moved

    async def _give_back(self, task: TaskState, error: str | None, *, delay: float = 0, burn: bool = False) -> None:
        await self._database.value(
            "release_task",
            p_task=task.id,
            p_worker=self._worker,
            p_error=error,
            p_delay=timedelta(seconds=delay),
            p_burn=burn,
        )
