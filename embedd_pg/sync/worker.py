"""The worker: looks for work, keeps a bounded number of attempts going, and minds everything around them.

LISTEN only makes it look sooner; polling is the truth. Any number of workers may run on one database: leases and tokens
there are all the coordination. Side jobs have names, and the worker stops if one of them dies.
"""

from __future__ import annotations

import asyncio
import os
import secrets
import socket
from collections.abc import Coroutine
from contextlib import suppress
from typing import Any

import structlog

from embedd_pg.clients import Clients
from embedd_pg.database.listen import Listener
from embedd_pg.errors import ConfigurationError, EmbeddError, StoreBusyElsewhere
from embedd_pg.generation import Generation, load_generation
from embedd_pg.sync.attempt import Attempt, BackOff
from embedd_pg.sync.backfill import TaskRunner
from embedd_pg.sync.ledger import Ledger, Look, Work
from embedd_pg.sync.poll import Poller

log = structlog.get_logger(__name__)

#: Outbox rows taken in one transaction.
INGEST = 5_000
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
        self._tasks = TaskRunner(clients.database, clients, worker=self.name, lease=settings.lease)
        self._poller = Poller(clients.database, clients)
        self._stores = ["pgvector"]
        self._wake = asyncio.Event()
        self._attempts: dict[asyncio.Task[None], Attempt] = {}
        self._running: dict[str, asyncio.Task[None]] = {}
        self._known: dict[int, tuple[str, Generation]] = {}
        self._ready: set[int] = set()
        self._back_offs: dict[str, BackOff] = {}
        self._news: dict[str, str | None] = {}

    async def run(self, stop: asyncio.Event, *, drain: bool = False) -> None:
        """Work until `stop` is set, or with `drain` until nothing is left. Work under way is finished or released."""
        await self._claim_stores()
        listener = Listener(self._settings.database_url or "", self._wake)
        side = [
            asyncio.create_task(job, name=name)
            for name, job in (
                ("listen", listener.run()),
                ("heartbeat", self._heartbeat()),
                ("upkeep", self._upkeep()),
            )
        ]
        self.started.set()
        log.info("worker started", worker=self.name, stores=self._stores)
        main = asyncio.create_task(self._work(drain=drain), name="work")
        stopped = asyncio.create_task(stop.wait(), name="stop")
        try:
            done, _ = await asyncio.wait({main, stopped, *side}, return_when=asyncio.FIRST_COMPLETED)
            for task in done - {stopped}:
                task.result()
        finally:
            await self._shut_down([main, stopped, *side])

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

    async def _work(self, *, drain: bool) -> None:
        start, armed = 0, False
        while True:
            self._wake.clear()
            try:
                look = await self._ledger.look(INGEST, start=start, arm=armed)
            except EmbeddError as error:
                log.warning("no look for work possible", error=error.message)
                await asyncio.sleep(1)
                continue
            # A full page: go on behind it. Otherwise start over, for rows that committed late with a lower id.
            start = look.last_id + 1 if look.events >= INGEST else 0
            begun = await self._start_attempts(look.work) + await self._start_others(look)
            if begun or start:
                armed = False
            elif drain and not (self._attempts or self._running or look.work):
                return
            elif not armed:
                armed = True  # one more look, with the doorbell armed, before sleeping
            else:
                with suppress(TimeoutError):
                    await asyncio.wait_for(self._wake.wait(), self._settings.poll_interval)
                armed = not self._wake.is_set()

    async def _start_attempts(self, work: tuple[Work, ...]) -> int:
        """Claim for as many attempts as there are free slots; one slot is the live lane's own. Tables take turns."""
        begun = 0
        for item in work:
            bound = self._settings.concurrency + (item.lane == LIVE)
            if item.store not in self._stores or len(self._attempts) >= bound:
                continue
            try:
                begun += await self._start_attempt(item)
            except EmbeddError as error:
                self._news[item.vector_table_id] = error.message
                log.warning("table skipped", vector_table=item.vector_table_id, error=error.message)
        return begun

    async def _start_attempt(self, work: Work) -> bool:
        generation = await self._generation(work)
        if generation is None:
            return False
        deadline = asyncio.get_running_loop().time() + self._settings.lease
        claim = await self._ledger.claim(work, self._settings.batch_size)
        if claim is None:
            return False
        back_off = self._back_offs.setdefault(generation.embedder_id, BackOff())
        attempt = Attempt(generation, claim, self._clients, self._ledger, deadline, back_off)
        task = asyncio.create_task(self._run_attempt(attempt, back_off), name=f"attempt {claim.token}")
        self._attempts[task] = attempt
        task.add_done_callback(self._attempt_ended)
        return True

    async def _run_attempt(self, attempt: Attempt, back_off: BackOff) -> None:
        error = await attempt.run()
        if error is None:
            back_off.succeeded()
        if error is not None or not attempt.generation.polled:
            self._news[attempt.generation.vector_table_id] = error

    def _attempt_ended(self, task: asyncio.Task[None]) -> None:
        self._attempts.pop(task, None)
        self._tasks.progress.set()
        self._wake.set()
        if not task.cancelled() and (error := task.exception()) is not None:
            log.error("attempt failed", exc_info=error)

    async def _generation(self, work: Work) -> Generation | None:
        """What is configured, loaded again when it has changed; its physical store is there after this."""
        version, generation = self._known.get(work.generation_id, ("", None))
        if generation is None or version != work.version:
            generation = await load_generation(self._database, work.generation_id)
            if generation is None:
                return None
            self._known[work.generation_id] = (work.version, generation)
        if generation.id not in self._ready:
            await (await self._clients.store(generation)).create(generation.table)
            self._ready.add(generation.id)
        return generation

    async def _start_others(self, look: Look) -> int:
        """Tasks, cycles over polled sources, stores to drop: whatever is due and not under way here."""
        begun = 0
        while look.tasks and len(self._running) < 8 and (task := await self._tasks.claim(self._stores)):
            begun += self._begin(task.id, self._tasks.run(task))
        if look.polls:
            begun += self._begin("poll", self._poller.run(self._stores))
        if look.drops:
            begun += self._begin("drop", self._drop_stores())
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
                asked, keys = loop.time(), attempt.open_keys
                with suppress(EmbeddError):
                    if keys and await self._ledger.extend(attempt.generation.id, attempt.claim.token, keys) == len(keys):
                        attempt.deadline = asked + self._settings.lease

    async def _upkeep(self) -> None:
        """Each second tell what went well or wrong; each minute clear away old tombstones."""
        loop = asyncio.get_running_loop()
        cleaned = 0.0
        while True:
            await asyncio.sleep(1)
            with suppress(EmbeddError):
                news, self._news = self._news, {}
                for vector_table, error in news.items():
                    await self._ledger.record_sync(vector_table, error)
                if loop.time() - cleaned > 60:
                    cleaned = loop.time()
                    await self._prune()

    async def _prune(self) -> None:
        token = await self._database.value("prunable_token")
        if token is None:
            return
        for row in await self._database.rows("list_generations"):
            generation = await load_generation(self._database, row["generation_id"])
            if generation is not None and generation.store in self._stores:
                await (await self._clients.store(generation)).prune(generation.table, token)

    async def _drop_stores(self) -> None:
        for row in await self._database.rows("list_dropped"):
            generation = await load_generation(self._database, row["generation_id"])
            if row["store"] in self._stores and generation is not None:
                await (await self._clients.store(generation)).drop(generation.table)
                await self._database.value("finish_drop", p_generation_id=generation.id)

    async def _shut_down(self, others: list[asyncio.Task[Any]]) -> None:
        """Stop looking for work, give attempts a moment to finish, release the rest."""
        others += self._running.values()
        for task in others:
            task.cancel()
        attempts = list(self._attempts)
        if attempts:
            _, late = await asyncio.wait(attempts, timeout=5)
            for task in late:
                task.cancel()
        await asyncio.gather(*others, *attempts, return_exceptions=True)
        with suppress(EmbeddError):
            for vector_table, error in self._news.items():
                await self._ledger.record_sync(vector_table, error)
        log.info("worker stopped", worker=self.name)
