"""The worker: looks for due work, keeps a bounded number of attempts running, and does the upkeep.

LISTEN only wakes the worker sooner; polling finds all work. Any number of workers may run on one database: leases and
tokens in the database are their only coordination. Side jobs have names, and the worker stops if one of them fails.
"""

from __future__ import annotations

import asyncio
import os
import secrets
import socket
from collections import Counter, defaultdict
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from time import monotonic
from typing import Any

import structlog

from embedd_pg.clients import Clients
from embedd_pg.database.listen import Listener
from embedd_pg.embedding.providers.base import Provider
from embedd_pg.errors import (
    ConfigurationError,
    EmbeddError,
    InstanceConflict,
    InstanceMoved,
    SchemaVersionError,
)
from embedd_pg.failpoints import failpoint
from embedd_pg.generation import Generation, load_generation
from embedd_pg.resources.remote_triggers import drop_captures
from embedd_pg.sync.attempt import Attempt
from embedd_pg.sync.check.conditions import read_conditions
from embedd_pg.sync.check.count import Counter as SourceCounter
from embedd_pg.sync.check.physical_stores import ensure_aliases, ensure_store
from embedd_pg.sync.check.poll import Poller
from embedd_pg.sync.check.triggers import check_captures
from embedd_pg.sync.instance import InstanceGuard
from embedd_pg.sync.queue.doorbell import Doorbell
from embedd_pg.sync.queue.ledger import Ledger, Work, WorkFound
from embedd_pg.sync.queue.looks import PROMISE, Looks
from embedd_pg.sync.queue.outbox import OutboxMark
from embedd_pg.sync.queue.peers import Peers
from embedd_pg.sync.queue.ranges import Ranges
from embedd_pg.sync.queue.remote_outbox import RemoteOutboxes
from embedd_pg.sync.range_attempt import LANE as RANGE
from embedd_pg.sync.range_attempt import RangeAttempt
from embedd_pg.sync.row.back_off import BackOff, Breaker
from embedd_pg.sync.searches import Searches
from embedd_pg.sync.tasks import TaskRunner

log = structlog.get_logger(__name__)

#: The largest number of outbox rows taken in one transaction.
INGEST = 5_000
#: Seconds that running attempts have to end when the worker stops.
GRACE = 4.0
LIVE = "live"


class Worker:
    """One worker process."""

    def __init__(self, clients: Clients) -> None:
        settings = clients.settings
        self.name = f"{socket.gethostname()}-{os.getpid()}-{secrets.token_hex(3)}"
        self.started = asyncio.Event()
        self._clients = clients
        self._database = clients.database
        self._settings = settings
        self._ledger = Ledger(clients.database, worker=self.name, lease=settings.lease)
        self._ranges = Ranges(clients.database, worker=self.name, lease=settings.lease)
        self._wake = asyncio.Event()
        self._tasks = TaskRunner(
            clients.database,
            clients,
            worker=self.name,
            lease=settings.lease,
            queued=self._wake,
            prepare=self._prepare,
        )
        self._poller = Poller(clients.database, clients)
        self._counter = SourceCounter(clients.database, clients)
        self._outboxes = RemoteOutboxes(
            clients.database, clients, worker=self.name, lease=settings.lease, queued=self._wake
        )
        self._stores = ["pgvector"]
        self._guard = InstanceGuard(clients, self._stores, interval=settings.audit_interval)
        self._searches = Searches(clients, worker=self.name, stores=self._stores)
        self._listener = Listener(settings.database_url or "", self._wake, asked=self._searches.asked)
        self._looks = Looks(self._ledger, self._listener, settings)
        self._peers = Peers(clients.database, self._looks, worker=self.name, freed=self._wake)
        self._attempts: dict[asyncio.Task[None], Attempt | RangeAttempt] = {}
        self._running: dict[str, asyncio.Task[None]] = {}
        self._known: dict[int, tuple[str, Generation]] = {}
        self._ready: set[int] = set()
        self._back_offs: defaultdict[int, BackOff] = defaultdict(BackOff)
        self._breakers: defaultdict[Provider, Breaker] = defaultdict(Breaker)
        self._drop_again = 0.0
        #: Whether the last look found work that could not be started.
        self._left = False
        self._drain = False
        #: Whether all attempts gave back the leases that they did not need.
        self._released = True
        self._news: dict[str, str | None] = {}
        #: Generations whose stores are to be tended, and when all of them are, by monotonic().
        self._untended: set[int] = set()
        self._tend_all = 0.0

    async def run(self, stop: asyncio.Event, *, drain: bool = False, every: timedelta | None = None) -> None:
        """Work until `stop` is set or, with `drain`, until no work is left. Finish or release the work under way.

        `every` promises that such a run begins again within this time.
        """
        self._drain = drain
        await self._claim_stores()
        await self._guard.begin(strict=drain)
        if every is not None:
            await self._looks.promise(every)
        main = asyncio.create_task(self._work(stop), name="work")
        side = [
            asyncio.create_task(job, name=name)
            for name, job in (
                ("listen", self._listener.run()),
                ("searches", self._searches.run()),
                ("heartbeat", self._heartbeat()),
                ("peers", self._peers.run()),
                ("upkeep", self._upkeep()),
                ("instance", self._guard.run()),
            )
        ]
        self.started.set()
        log.info("worker_started", worker=self.name, stores=self._stores)
        stopped = asyncio.create_task(stop.wait(), name="stop")
        stopped.add_done_callback(lambda _: self._wake.set())
        try:
            done, _ = await asyncio.wait({main, stopped, *side}, return_when=asyncio.FIRST_COMPLETED)
            for task in done - {stopped}:
                task.result()
        finally:
            stop.set()
            await self._shut_down(main, [stopped, *side])

    async def check(self) -> str | None:
        """Return why this worker may miss changes, or None."""
        return self._looks.reason()

    async def _claim_stores(self) -> None:
        """Determine the stores this process can write to. A local store is opened by the first table that needs it."""
        try:
            store = await self._clients.qdrant()
            if self._settings.qdrant_url:
                await store.ping()
            self._stores.append("qdrant")
        except ConfigurationError as error:
            log.warning("managed_store_missing", message=f"{error.message} This worker serves platform mode only.")
        except EmbeddError as error:
            # A server that is down now may come back; its jobs wait meanwhile.
            log.warning("managed_store_unreachable", error=error.message)
            self._stores.append("qdrant")

    async def _work(self, stop: asyncio.Event) -> None:
        """Look for work and start it until stopped. The loop ends between two looks, so that no claim is lost."""
        loop, outbox, bell = asyncio.get_running_loop(), OutboxMark(INGEST), Doorbell()
        while not stop.is_set():
            self._wake.clear()
            # Do not ask writers for NOTIFY unless the listener is connected.
            heard = self._listener.heard
            armed = heard and bell.wanted
            self._looks.begin()
            try:
                look = await self._ledger.look(INGEST, start=outbox.start, arm=armed)
                begun = await self._start_attempts(look.work) + await self._start_others(look)
            except SchemaVersionError:
                raise  # the schema was uninstalled
            except EmbeddError as error:
                outbox, bell = OutboxMark(INGEST), Doorbell()  # after a failover, events may have lower ids
                if isinstance(error, InstanceConflict | InstanceMoved):
                    self._guard.look(self._ledger.highest)
                with suppress(TimeoutError):
                    async with asyncio.timeout(self._looks.failed(error)):
                        await stop.wait()
                continue
            self._looks.succeeded()
            outbox.looked(look, loop.time())
            bell.looked(look.events, armed=armed, now=loop.time())
            if begun or outbox.more:
                continue
            if self._drain and not (self._attempts or self._running or any(w.store in self._stores for w in look.work)):
                return
            if bell.certain or not (heard or look.events):
                # A worker that is sure to be notified polls half as often.
                with suppress(TimeoutError):
                    async with asyncio.timeout(self._settings.poll_interval * (2 if heard else 1)):
                        await self._wake.wait()

    async def _start_attempts(self, work: tuple[Work, ...]) -> int:
        """Claim work for the free slots, and return the number of attempts started.

        Each table has one slot of its own for live changes and one for backfills, so that no table waits for another,
        and live changes do not wait for a backfill. Shared slots go to the tables with the fewest attempts.
        """
        busy = Counter((a.generation.id, a.lane) for a in self._attempts.values())
        begun = 0
        for item in sorted(work, key=lambda w: (w.lane != LIVE, busy[w.generation_id, w.lane])):
            own = not busy[item.generation_id, item.lane]
            if item.store in self._stores and (own or self._taken() < self._settings.concurrency):
                begun += await self._start_attempt(item)
        self._left = begun < len(work)
        return begun

    def _taken(self) -> float:
        """Return the number of slots in use. Small attempts count as parts of a slot, so they need not wait."""
        return sum(attempt.share for attempt in self._attempts.values())

    async def _start_attempt(self, work: Work) -> bool:
        generation = await self._generation(work)
        back_off = self._back_offs[work.generation_id]
        if generation is None or back_off.rest():
            return False
        if generation.id not in self._ready:
            self._begin(f"prepare {generation.id}", self._prepare_or_rest(generation, back_off))
            return False
        deadline = asyncio.get_running_loop().time() + self._settings.lease
        attempt = await self._claim(work, generation, deadline)
        if attempt is None:
            return False
        task = asyncio.create_task(self._run_attempt(attempt), name=f"attempt {attempt.claim.token}")
        self._attempts[task] = attempt
        self._untended.add(generation.id)
        task.add_done_callback(self._attempt_ended)
        return True

    async def _claim(self, work: Work, generation: Generation, deadline: float) -> Attempt | RangeAttempt | None:
        """Lease due work and return an attempt at it, or None if another worker was faster."""
        back_off = self._back_offs[work.generation_id]
        if work.lane == RANGE:
            if (claimed := await self._ranges.claim(work.generation_id)) is None:
                return None
            return RangeAttempt(
                generation=generation,
                clients=self._clients,
                deadline=deadline,
                back_off=back_off,
                breakers=self._breakers,
                claim=claimed,
                ranges=self._ranges,
            )
        if (claim := await self._ledger.claim(work, self._settings.batch_size)) is None:
            return None
        return Attempt(
            generation=generation,
            clients=self._clients,
            deadline=deadline,
            back_off=back_off,
            breakers=self._breakers,
            claim=claim,
            ledger=self._ledger,
        )

    async def _run_attempt(self, attempt: Attempt | RangeAttempt) -> None:
        error = await attempt.run()
        if error is not None:
            self._ready.discard(attempt.generation.id)  # its store may be gone, so ensure it again
        generation = attempt.generation
        if error is not None or generation.source.capture.reports:
            self._note(generation, error)

    def _attempt_ended(self, task: asyncio.Task[None]) -> None:
        attempt = self._attempts.pop(task)
        self._released &= not attempt.kept
        self._tasks.progress.set()
        if self._left or attempt.again or self._drain:
            self._wake.set()
        if not task.cancelled() and (error := task.exception()) is not None:
            log.error("attempt_broke", exc_info=error)
            self._note(attempt.generation, "An internal error; the worker's log has it.")

    def _note(self, generation: Generation, error: str | None) -> None:
        """Keep a result for the next report. If any of several attempts failed, its error is reported."""
        vector_table = generation.vector_table.id
        self._news[vector_table] = error or self._news.get(vector_table)

    async def _generation(self, work: Work) -> Generation | None:
        """Return the generation, loaded again if its configuration changed; a new configuration ends any back-off."""
        version, generation = self._known.get(work.generation_id, ("", None))
        if generation is None or version != work.version:
            generation = await load_generation(self._database, work.generation_id)
            if generation is None:
                return None
            self._known[work.generation_id] = (work.version, generation)
            self._back_offs.pop(work.generation_id, None)
        return generation

    async def _prepare_or_rest(self, generation: Generation, back_off: BackOff) -> None:
        """Prepare the work on a generation as a side job, so that a slow store delays only its own work."""
        try:
            await self._prepare(generation)
            self._wake.set()
        except EmbeddError as error:
            back_off.failed(error)
            self._note(generation, error.advice)

    async def _prepare(self, generation: Generation) -> None:
        """Ensure that the physical store exists, and open the provider meanwhile."""
        self._begin(f"open provider {generation.id}", self._open_provider(generation))
        await ensure_store(self._database, self._clients, generation)
        self._ready.add(generation.id)

    async def _open_provider(self, generation: Generation) -> None:
        """Open the provider, whose code takes a while to load."""
        with suppress(EmbeddError):  # an attempt that needs the provider reports the error
            await self._clients.provider(generation.embedder)

    async def _start_others(self, look: WorkFound) -> int:
        """Start all other work that is due: tasks, poll cycles, counts, remote outboxes, and removals."""
        begun = 0
        if look.searches:
            self._searches.asked.set()
        while look.tasks and (task := await self._tasks.claim(self._stores)):
            # A task that was started over runs again before its former run notices that it is lost.
            begun += self._begin(f"{task.id} from {task.start_token}", self._tasks.run(task))
        while look.polls and (cycle := await self._poller.claim(self._stores)):
            begun += self._begin(f"poll {cycle.generation_id}", self._poller.run(cycle))
        while look.counts and (count := await self._counter.claim()):
            begun += self._begin(f"count {count.generation_id}", self._counter.run(count))
        while look.outboxes and (connection := await self._outboxes.claim()):
            begun += self._begin(f"outbox {connection}", self._outboxes.run(connection, drain=self._drain))
        now = asyncio.get_running_loop().time()
        if (look.drops or look.captures) and now >= self._drop_again:
            # Wait a second between tries: another worker may hold the rest, or its store may be down.
            self._drop_again = now + 1
            if look.drops:
                begun += self._begin("drop", self._drop_stores())
            if look.captures:
                begun += self._begin("drop captures", drop_captures(self._database, self._clients))
        return begun

    def _begin(self, name: str, job: Coroutine[Any, Any, None]) -> int:
        """Run a job concurrently with the attempts, unless one of the same name is running."""
        if name in self._running:
            job.close()
            return 0
        running = asyncio.create_task(job, name=name)
        self._running[name] = running
        running.add_done_callback(self._other_ended)
        return 1

    def _other_ended(self, task: asyncio.Task[None]) -> None:
        self._running.pop(task.get_name(), None)
        self._wake.set()
        if task.cancelled() or (error := task.exception()) is None:
            return
        if isinstance(error, EmbeddError):
            log.warning("side_job_failed", job=task.get_name(), error=error.message)
        else:
            log.error("side_job_broke", job=task.get_name(), exc_info=error)

    async def _heartbeat(self) -> None:
        """Renew the leases of running attempts, at a third of their length."""
        loop = asyncio.get_running_loop()
        while True:
            await asyncio.sleep(self._settings.lease / 3)
            for attempt in list(self._attempts.values()):
                asked = loop.time()
                with suppress(EmbeddError):
                    if attempt.left and await attempt.renew():
                        attempt.deadline = asked + self._settings.lease

    async def _upkeep(self) -> None:
        """Do the regular upkeep: report results each second; check captures, tend stores, ensure aliases
        and request a sweep each minute."""
        loop = asyncio.get_running_loop()
        checked = cleaned = 0.0
        begun = loop.time()
        while True:
            await asyncio.sleep(min(1, self._settings.audit_interval))
            await self._report()
            if loop.time() - begun > PROMISE:  # work that was due before this worker began is no stall
                with suppress(EmbeddError):
                    await self._ledger.note_stalls()
            if loop.time() - checked > self._settings.audit_interval:
                checked = loop.time()
                self._begin("capture check", check_captures(self._database, self._settings.audit_interval))
            if loop.time() - cleaned > 60:
                cleaned = loop.time()
                self._begin("tend stores", self._tend_stores())
                self._begin("aliases", self._ensure_aliases())
                if self._settings.cache_mb:
                    self._begin("prune cache", self._prune_cache())
                self._begin("sweep", self._request_sweep())
                self._begin("forget searches", self._forget_searches())
                self._begin("conditions", self._read_conditions())

    async def _report(self) -> None:
        """Record results of attempts, and end errors that no longer apply, including those of stopped workers."""
        while self._news:
            vector_table, error = self._news.popitem()
            try:
                await self._ledger.record_sync(vector_table, error)
            except EmbeddError:
                self._news.setdefault(vector_table, error)
                return
        with suppress(EmbeddError):
            await self._ledger.settle_errors()

    async def _tend_stores(self) -> None:
        """Remove old tombstones, and tend the stores that were written: all of them at first, and once an hour."""
        token = await self._database.value("prunable_token")
        generations = await self._load_listed("list_generations")
        if monotonic() > self._tend_all:
            self._tend_all = monotonic() + 3600
            self._untended.update(generation.id for generation in generations)
        for generation in generations:
            if token is None and generation.id not in self._untended:
                continue
            with self._skip_on_error(generation):
                store = await self._clients.store(generation)
                if token is not None:
                    await store.prune(generation.store.table, token)
                if generation.id in self._untended:
                    await store.tend(generation.store.table)
                    self._untended.discard(generation.id)

    async def _read_conditions(self) -> None:
        await read_conditions(self._database, self._clients, await self._load_listed("unread_conditions"))

    async def _ensure_aliases(self) -> None:
        if "qdrant" not in self._stores:
            return
        try:
            await ensure_aliases(self._database, self._clients)
        except EmbeddError as error:
            log.warning("aliases_failed", error=error.message)

    async def _prune_cache(self) -> None:
        await self._clients.vector_cache.prune(self._settings.cache_mb * 1_000_000)

    async def _request_sweep(self) -> None:
        interval = timedelta(seconds=self._settings.sweep_interval)
        await self._database.value("request_sweep", p_stores=self._stores, p_interval=interval)

    async def _forget_searches(self) -> None:
        await self._database.value("forget_searches")

    async def _drop_stores(self) -> None:
        # Update aliases first, because Qdrant removes an alias together with its collection.
        await self._ensure_aliases()
        for generation in await self._load_listed("list_dropped"):
            with self._skip_on_error(generation):
                await (await self._clients.store(generation)).drop(generation.store.table)
                await failpoint("store_dropped")
                await self._database.value("finish_drop", p_generation_id=generation.id)

    async def _load_listed(self, function: str) -> list[Generation]:
        rows = [row for row in await self._database.rows(function) if row["store"] in self._stores]
        found = [await load_generation(self._database, row["generation_id"]) for row in rows]
        return [generation for generation in found if generation is not None]

    @contextmanager
    def _skip_on_error(self, generation: Generation) -> Iterator[None]:
        """Log an error of one store, so that the others are still processed."""
        try:
            yield
        except EmbeddError as error:
            log.warning("store_skipped", vector_table=generation.vector_table.id, error=error.message)

    async def _shut_down(self, main: asyncio.Task[None], others: list[asyncio.Task[Any]]) -> None:
        """Stop looking for work, let attempts finish within GRACE while their leases are kept, and release the rest."""
        ended, _ = await asyncio.wait({main}, timeout=1)
        self._released &= bool(ended)  # a claim that is cut off may have its leases
        main.cancel()
        running = list(self._running.values())
        for task in running:
            task.cancel()
        if attempts := list(self._attempts):
            _, late = await asyncio.wait(attempts, timeout=GRACE)
            for task in late:
                task.cancel()
        for task in others:
            task.cancel()
        await _end([main, *others, *running, *attempts])
        await self._report()
        with suppress(EmbeddError):
            await self._looks.end(released=self._released)
        log.info("worker_stopped", worker=self.name)


async def _end(tasks: list[asyncio.Task[Any]]) -> None:
    """Wait until cancelled tasks have ended. Cancel them again each second, because Python 3.11 loses a cancellation
    that arrives as `wait_for` of a library returns."""
    late = set(tasks)
    while late:
        _, late = await asyncio.wait(late, timeout=1)
        for task in late:
            task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
