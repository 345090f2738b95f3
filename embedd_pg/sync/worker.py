"""The worker: looks for work, keeps a bounded number of attempts going, and minds everything around them.

LISTEN only makes it look sooner; polling is the truth. Any number of workers may run on one database: leases and tokens
there are all the coordination. Side jobs have names, and the worker stops if one of them dies.
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
    StoreBusyElsewhere,
)
from embedd_pg.failpoints import failpoint
from embedd_pg.generation import Generation, load_generation
from embedd_pg.resources.remote_triggers import drop_captures
from embedd_pg.sync.attempt import Attempt
from embedd_pg.sync.check.conditions import read_conditions
from embedd_pg.sync.check.count import Counter as SourceCounter
from embedd_pg.sync.check.physical_stores import ensure_aliases, ensure_store
from embedd_pg.sync.check.poll import Poller
from embedd_pg.sync.check.triggers import audit
from embedd_pg.sync.instance import InstanceGuard
from embedd_pg.sync.queue.doorbell import Doorbell
from embedd_pg.sync.queue.ledger import Ledger, Look, Work
from embedd_pg.sync.queue.outbox import OutboxMark
from embedd_pg.sync.queue.ranges import Ranges
from embedd_pg.sync.queue.remote_outbox import RemoteOutboxes
from embedd_pg.sync.range_attempt import LANE as RANGE
from embedd_pg.sync.range_attempt import RangeAttempt
from embedd_pg.sync.row.back_off import BackOff, Breaker
from embedd_pg.sync.tasks import TaskRunner

log = structlog.get_logger(__name__)

#: Outbox rows taken in one transaction.
INGEST = 5_000
#: Seconds that attempts under way have to end when the worker stops.
GRACE = 4.0
LIVE = "live"


class Worker:
    """One worker process's share of the work."""

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
        self._tasks = TaskRunner(clients.database, clients, worker=self.name, lease=settings.lease, queued=self._wake)
        self._poller = Poller(clients.database, clients)
        self._counter = SourceCounter(clients.database, clients)
        self._outboxes = RemoteOutboxes(
            clients.database, clients, worker=self.name, lease=settings.lease, queued=self._wake
        )
        self._stores = ["pgvector"]
        self._guard = InstanceGuard(clients, self._stores, interval=settings.audit_interval)
        self._listener = Listener(settings.database_url or "", self._wake)
        self._attempts: dict[asyncio.Task[None], Attempt | RangeAttempt] = {}
        self._running: dict[str, asyncio.Task[None]] = {}
        self._known: dict[int, tuple[str, Generation]] = {}
        self._ready: set[int] = set()
        self._back_offs: defaultdict[int, BackOff] = defaultdict(BackOff)
        self._breakers: defaultdict[Provider, Breaker] = defaultdict(Breaker)
        self._drop_again = 0.0
        #: Whether the last look found work that could not be begun then.
        self._left = False
        self._drain = False
        self._news: dict[str, str | None] = {}

    async def run(self, stop: asyncio.Event, *, drain: bool = False) -> None:
        """Work until `stop` is set, or with `drain` until nothing is left. Work under way is finished or released."""
        self._drain = drain
        await self._claim_stores()
        await self._guard.begin(strict=drain)
        side = [
            asyncio.create_task(job, name=name)
            for name, job in (
                ("listen", self._listener.run()),
                ("heartbeat", self._heartbeat()),
                ("upkeep", self._upkeep()),
                ("instance", self._guard.run()),
            )
        ]
        self.started.set()
        log.info("worker started", worker=self.name, stores=self._stores)
        main = asyncio.create_task(self._work(stop), name="work")
        stopped = asyncio.create_task(stop.wait(), name="stop")
        stopped.add_done_callback(lambda _: self._wake.set())
        try:
            done, _ = await asyncio.wait({main, stopped, *side}, return_when=asyncio.FIRST_COMPLETED)
            for task in done - {stopped}:
                task.result()
        finally:
            stop.set()
            await self._shut_down(main, [stopped, *side])

    async def _claim_stores(self) -> None:
        """Which stores this process can write to. The local one has a single owner; it is taken now or not at all."""
        try:
            await (await self._clients.qdrant()).ping()
            self._stores.append("qdrant")
        except ConfigurationError:
            log.warning("no store for managed vector tables here; only platform mode is served")
        except StoreBusyElsewhere:
            raise
        except EmbeddError as error:
            # A server that is down now may come back; its jobs wait meanwhile.
            log.warning("the vector store does not answer yet", error=error.message)
            self._stores.append("qdrant")

    async def _work(self, stop: asyncio.Event) -> None:
        """Look for work and begin it until told to stop; ends between two looks, so that no claim gets lost."""
        loop, outbox, bell = asyncio.get_running_loop(), OutboxMark(INGEST), Doorbell()
        while not stop.is_set():
            self._wake.clear()
            # Who hears no bell asks nobody to ring.
            heard = self._listener.heard
            armed = heard and bell.wanted
            try:
                look = await self._ledger.look(INGEST, start=outbox.start, arm=armed)
                begun = await self._start_attempts(look.work) + await self._start_others(look)
            except SchemaVersionError:
                raise  # it was uninstalled
            except EmbeddError as error:
                outbox, bell = OutboxMark(INGEST), Doorbell()  # it may be another server, whose events have lower ids
                if isinstance(error, InstanceConflict | InstanceMoved):
                    self._guard.look(self._ledger.highest)
                else:
                    log.warning("no look for work possible", error=error.message)
                with suppress(TimeoutError):
                    await asyncio.wait_for(stop.wait(), 1)
                continue
            outbox.looked(look, loop.time())
            bell.looked(look.events, armed=armed, now=loop.time())
            if begun or outbox.more:
                continue
            if self._drain and not (self._attempts or self._running or any(w.store in self._stores for w in look.work)):
                return
            if bell.certain or not (heard or look.events):
                # Who is sure to be woken looks half as often.
                with suppress(TimeoutError):
                    await asyncio.wait_for(self._wake.wait(), self._settings.poll_interval * (2 if heard else 1))

    async def _start_attempts(self, work: tuple[Work, ...]) -> int:
        """Claim for as many attempts as there are free slots. Each table has a slot of its own for either kind of work,
        so none waits for another, nor live changes for a backfill; shared ones go to whoever has the fewest."""
        busy = Counter((a.generation.id, a.lane) for a in self._attempts.values())
        begun = 0
        for item in sorted(work, key=lambda w: (w.lane != LIVE, busy[w.generation_id, w.lane])):
            own = not busy[item.generation_id, item.lane]
            if item.store in self._stores and (own or self._taken() < self._settings.concurrency):
                begun += await self._start_attempt(item)
        self._left = begun < len(work)
        return begun

    def _taken(self) -> float:
        """Slots taken: a few rows need not wait for a few others that wait for the provider."""
        return sum(attempt.share for attempt in self._attempts.values())

    async def _start_attempt(self, work: Work) -> bool:
        generation = await self._generation(work)
        back_off = self._back_offs[work.generation_id]
        if generation is None or back_off.rest():
            return False
        if generation.id not in self._ready:
            self._begin(f"prepare {generation.id}", self._prepare(generation, back_off))
            return False
        deadline = asyncio.get_running_loop().time() + self._settings.lease
        attempt = await self._claimed(work, generation, deadline)
        if attempt is None:
            return False
        task = asyncio.create_task(self._run_attempt(attempt), name=f"attempt {attempt.claim.token}")
        self._attempts[task] = attempt
        task.add_done_callback(self._attempt_ended)
        return True

    async def _claimed(self, work: Work, generation: Generation, deadline: float) -> Attempt | RangeAttempt | None:
        """An attempt at what could be leased; None when somebody else was faster."""
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
            self._ready.discard(attempt.generation.id)  # its store may be gone
        generation = attempt.generation
        if error is not None or generation.source.capture.reports:
            self._note(generation, error)

    def _attempt_ended(self, task: asyncio.Task[None]) -> None:
        attempt = self._attempts.pop(task)
        self._tasks.progress.set()
        if self._left or attempt.again or self._drain:
            self._wake.set()
        if not task.cancelled() and (error := task.exception()) is not None:
            log.error("attempt failed", exc_info=error)
            self._note(attempt.generation, "An internal error; the worker's log has it.")

    def _note(self, generation: Generation, error: str | None) -> None:
        """For the next report; one of several attempts that failed is what people should see."""
        vector_table = generation.vector_table.id
        self._news[vector_table] = error or self._news.get(vector_table)

    async def _generation(self, work: Work) -> Generation | None:
        """What is configured, loaded again when it has changed; a new configuration is tried without waiting."""
        version, generation = self._known.get(work.generation_id, ("", None))
        if generation is None or version != work.version:
            generation = await load_generation(self._database, work.generation_id)
            if generation is None:
                return None
            self._known[work.generation_id] = (work.version, generation)
            self._back_offs.pop(work.generation_id, None)
        return generation

    async def _prepare(self, generation: Generation, back_off: BackOff) -> None:
        """See that the physical store is there, beside other work: one that does not answer holds up only its own."""
        try:
            await ensure_store(self._database, self._clients, generation)
            self._ready.add(generation.id)
            self._wake.set()
        except EmbeddError as error:
            back_off.failed(error)
            self._note(generation, error.message)

    async def _start_others(self, look: Look) -> int:
        """Tasks, cycles over polled sources, counts, outboxes elsewhere, what is to drop: all that is due and not under
        way."""
        begun = 0
        while look.tasks and (task := await self._tasks.claim(self._stores)):
            # A task that was started over runs anew while its former run finds out.
            begun += self._begin(f"{task.id} from {task.start_token}", self._tasks.run(task))
        while look.polls and (cycle := await self._poller.claim(self._stores)):
            begun += self._begin(f"poll {cycle.generation_id}", self._poller.run(cycle))
        while look.counts and (count := await self._counter.claim()):
            begun += self._begin(f"count {count.generation_id}", self._counter.run(count))
        while look.outboxes and (connection := await self._outboxes.claim()):
            begun += self._begin(f"outbox {connection}", self._outboxes.run(connection, drain=self._drain))
        now = asyncio.get_running_loop().time()
        if (look.drops or look.captures) and now >= self._drop_again:
            # Some may be another worker's, or their store may be down: not in a circle.
            self._drop_again = now + 1
            if look.drops:
                begun += self._begin("drop", self._drop_stores())
            if look.captures:
                begun += self._begin("drop captures", drop_captures(self._database, self._clients))
        return begun

    def _begin(self, name: str, job: Coroutine[Any, Any, None]) -> int:
        """Run a job beside the attempts, one of each name."""
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
            log.warning("will be tried again", what=task.get_name(), error=error.message)
        else:
            log.error("failed", what=task.get_name(), exc_info=error)

    async def _heartbeat(self) -> None:
        """Renew the leases of what is under way, at a third of their length."""
        loop = asyncio.get_running_loop()
        while True:
            await asyncio.sleep(self._settings.lease / 3)
            for attempt in list(self._attempts.values()):
                asked = loop.time()
                with suppress(EmbeddError):
                    if attempt.left and await attempt.renew():
                        attempt.deadline = asked + self._settings.lease

    async def _upkeep(self) -> None:
        """Each second tell what went well or wrong; each minute look at the triggers, clear away old tombstones, see
        to the aliases, and sweep if it is time."""
        loop = asyncio.get_running_loop()
        audited = cleaned = 0.0
        while True:
            await asyncio.sleep(min(1, self._settings.audit_interval))
            await self._tell()
            if loop.time() - audited > self._settings.audit_interval:
                audited = loop.time()
                self._begin("audit", audit(self._database, self._settings.audit_interval))
            if loop.time() - cleaned > 60:
                cleaned = loop.time()
                self._begin("prune", self._prune())
                self._begin("aliases", self._ensure_aliases())
                if self._settings.cache_mb:
                    self._begin("prune cache", self._prune_cache())
                self._begin("sweep", self._request_sweep())
                self._begin("conditions", self._read_conditions())

    async def _tell(self) -> None:
        """What went well or wrong, and which errors are over: also those of workers that are gone."""
        while self._news:
            vector_table, error = self._news.popitem()
            try:
                await self._ledger.record_sync(vector_table, error)
            except EmbeddError:
                self._news.setdefault(vector_table, error)
                return
        with suppress(EmbeddError):
            await self._ledger.settle_errors()

    async def _prune(self) -> None:
        token = await self._database.value("prunable_token")
        if token is not None:
            for generation in await self._listed("list_generations"):
                with self._left_for_later(generation):
                    await (await self._clients.store(generation)).prune(generation.store.table, token)

    async def _read_conditions(self) -> None:
        await read_conditions(self._database, self._clients, await self._listed("unread_conditions"))

    async def _ensure_aliases(self) -> None:
        if "qdrant" not in self._stores:
            return
        try:
            await ensure_aliases(self._database, self._clients)
        except EmbeddError as error:
            log.warning("aliases left for later", error=error.message)

    async def _prune_cache(self) -> None:
        await self._clients.vector_cache.prune(self._settings.cache_mb * 1_000_000)

    async def _request_sweep(self) -> None:
        interval = timedelta(seconds=self._settings.sweep_interval)
        await self._database.value("request_sweep", p_stores=self._stores, p_interval=interval)

    async def _drop_stores(self) -> None:
        # First, for an alias goes with the collection it names.
        await self._ensure_aliases()
        for generation in await self._listed("list_dropped"):
            with self._left_for_later(generation):
                await (await self._clients.store(generation)).drop(generation.store.table)
                await failpoint("store_dropped")
                await self._database.value("finish_drop", p_generation_id=generation.id)

    async def _listed(self, function: str) -> list[Generation]:
        rows = [row for row in await self._database.rows(function) if row["store"] in self._stores]
        found = [await load_generation(self._database, row["generation_id"]) for row in rows]
        return [generation for generation in found if generation is not None]

    @contextmanager
    def _left_for_later(self, generation: Generation) -> Iterator[None]:
        """One store that does not answer keeps nobody from the others."""
        try:
            yield
        except EmbeddError as error:
            log.warning("store left for later", vector_table=generation.vector_table.id, error=error.message)

    async def _shut_down(self, main: asyncio.Task[None], others: list[asyncio.Task[Any]]) -> None:
        """Look for no more work, give attempts a moment to finish (leases are kept meanwhile), release the rest."""
        await asyncio.wait({main}, timeout=1)
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
        await self._tell()
        log.info("worker stopped", worker=self.name)


async def _end(tasks: list[asyncio.Task[Any]]) -> None:
    """Until tasks that were cancelled have ended. Python 3.11 loses a cancellation that meets the end of what
    `wait_for` waits for, here or in the driver: who goes on is told again."""
    late = set(tasks)
    while late:
        _, late = await asyncio.wait(late, timeout=1)
        for task in late:
            task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
