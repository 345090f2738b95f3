"""A site where the real worker runs: a database with source tables, a stub vendor and a store, in this process or in
worker processes that may be killed. `difference` compares the store with the source."""

from __future__ import annotations

import asyncio
import copy
import inspect
import json
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager, nullcontext
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import psutil
import psycopg
import pytest
from psycopg import sql
from psycopg.conninfo import make_conninfo
from psycopg.rows import dict_row

from embedd_pg.clients import Clients
from embedd_pg.database.call import Database, open_pool
from embedd_pg.embedding.usage import Usage
from embedd_pg.settings import Settings
from embedd_pg.stores.base import Mark
from embedd_pg.sync.worker import Worker
from tests.support.difference import active, difference
from tests.support.postgres import Cluster, give_password
from tests.support.qdrant_server import real_server
from tests.support.vendor_stub import Stub, running

DIMENSIONS = 64
ROOT = Path(__file__).parents[2]
COLUMNS = [
    {"name": "title", "role": "embedding", "ordinal": 1, "name_prefix": "Title: "},
    {"name": "body", "role": "embedding", "ordinal": 2},
    {"name": "price", "role": "metadata", "filter_type": "float"},
]
#: Cuts texts longer than a sentence.
PASSAGES = '{"strategy": "recursive", "max_tokens": 16, "overlap_tokens": 4}'
Condition = Callable[[], Awaitable[Any] | Any]


async def wait_until(condition: Condition, what: str = "", *, seconds: float = 40.0) -> Any:
    """Wait until the condition is true, and return its value. Look less often the longer it takes."""
    begun = time.monotonic()
    while True:
        found = condition()
        if inspect.isawaitable(found):
            found = await found
        if found:
            return found
        waited = time.monotonic() - begun
        if waited > seconds:
            raise AssertionError(f"waited {seconds} s in vain: {what or inspect.getsource(condition).strip()}")
        await asyncio.sleep(min(0.02 + waited / 40, 0.1))


@dataclass
class WorkerProcess:
    """A worker in a process of its own."""

    pid: int
    log: Path

    @property
    def alive(self) -> bool:
        return psutil.pid_exists(self.pid)

    @property
    def stopped(self) -> bool:
        return self.alive and psutil.Process(self.pid).status() == psutil.STATUS_STOPPED

    def signal(self, number: int) -> None:
        if self.alive:
            os.kill(self.pid, number)

    async def kill(self) -> None:
        self.signal(signal.SIGKILL)
        await self.gone()

    async def gone(self, *, seconds: float = 20.0) -> None:
        await wait_until(lambda: not self.alive, "the worker process ends", seconds=seconds)


@dataclass
class Running:
    """A worker in this process. `clients` share its connections and may call more functions of the database."""

    worker: Worker
    clients: Clients
    stop: asyncio.Event
    task: asyncio.Task[None]


@dataclass
class Site:
    """One database, one store, one vendor. `sql` is a user's session in the database."""

    dsn: str
    mode: str
    stub: Stub
    directory: Path
    sql: psycopg.AsyncConnection[dict[str, Any]]
    nursery: subprocess.Popen[str]
    environment: dict[str, str] = field(default_factory=dict)
    processes: list[WorkerProcess] = field(default_factory=list)
    #: The local store has one owner: the clients of the worker that runs in this process.
    owner: Clients | None = None
    #: The server for managed tables, if one is named, instead of local mode.
    qdrant_url: str | None = None
    #: The role that workers log in as; None: the superuser of `dsn`.
    role: str | None = None

    @property
    def worker_dsn(self) -> str:
        return make_conninfo(self.dsn, user=self.role) if self.role else self.dsn

    async def do(self, statement: str, *values: Any) -> list[dict[str, Any]]:
        cursor = await self.sql.execute(statement.encode(), values or None)
        return await cursor.fetchall() if cursor.description else []

    async def one(self, statement: str, *values: Any) -> Any:
        rows = await self.do(statement, *values)
        return next(iter(rows[0].values())) if rows else None

    # Objects that users create.

    async def create_source(self, name: str = "articles", rows: int = 0) -> None:
        await self.do(f"create table {name} (id int primary key, title text, body text, price numeric, notes text)")
        await self.insert(name, rows)

    async def insert(self, name: str, rows: int, *, first: int = 1, word: str = "text") -> None:
        await self.do(
            f"insert into {name} select i, 'title ' || i, '{word} of ' || i, i, null"
            f" from generate_series({first}, {first + rows - 1}) i"
        )

    async def create_embedder(self, name: str = "stub", *, url: str | None = None, key_ref: str | None = None) -> None:
        await self.do(
            "select embedd.create_embedder(name => %s, provider => 'openai', model => 'small', base_url => %s,"
            " api_key_ref => %s)",
            name,
            url or self.stub.url + "/v1",
            key_ref,
        )

    async def create_vector_table(
        self,
        name: str = "articles",
        source: str | None = None,
        *,
        embedder: str = "stub",
        columns: list[dict[str, Any]] | None = None,
        connection: str = "local",
        **more: Any,
    ) -> str:
        named = {"embedding_model": "small", "embedding_dimensions": DIMENSIONS, "mode": self.mode} | more
        row = await self.one(
            "select embedd.create_vector_table(name => %s, source_table => %s, embedder => %s, columns => %s,"
            " connection => %s, " + ", ".join(f'"{key}" => %s' for key in named) + ")",
            name,
            source or f"public.{name}",
            embedder,
            json.dumps(columns or COLUMNS),
            connection,
            *named.values(),
        )
        return str(row)

    async def set_up(self, rows: int = 3, *, name: str = "articles", embedder: str = "stub", **more: Any) -> str:
        """Create a source table with rows and its vector table, and request a backfill."""
        await self.create_source(name, rows)
        made = await self.create_vector_table(name, embedder=embedder, **more)
        await self.backfill(name)
        return made

    async def backfill(self, name: str = "articles") -> None:
        await self.do("select embedd.backfill(%s)", name)

    # Progress.

    async def status(self, name: str = "articles") -> dict[str, Any]:
        return (await self.do("select * from embedd.sync_status(%s)", name))[0]

    async def is_quiet(self) -> bool:
        """Return whether no work is left: no event, job or task."""
        return bool(
            await self.one(
                "select not exists (select from embedd.outbox)"
                " and not exists (select from embedd.jobs where state = 'queued')"
                " and not exists (select from embedd.tasks where status in ('pending', 'running'))"
            )
        )

    async def quiet(self, *, seconds: float = 60.0) -> None:
        try:
            await wait_until(self.is_quiet, "nothing left to do", seconds=seconds)
        except AssertionError as error:
            jobs = await self.do("select key, lane, state, leased_until, run_at, error from embedd.jobs limit 5")
            tasks = await self.do("select task_type, status, phase, last_error, worker from embedd.tasks")
            raise AssertionError(f"{error}; jobs {jobs}; tasks {tasks}") from None

    async def synced(self, name: str = "articles", *, seconds: float = 60.0) -> None:
        """Wait until it is settled, and check that the store equals the source."""
        await self.settled(name, seconds=seconds)
        differing = await self.difference(name)
        assert not differing, differing

    async def settled(self, name: str = "articles", *, seconds: float = 60.0) -> None:
        """Wait until no work is left and the status is synced, and check that there are no dead letters."""
        await self.quiet(seconds=seconds)
        try:
            await wait_until(self._is_synced(name), f"{name} synced")
        except AssertionError as error:
            raise AssertionError(f"{error}; {await self.status(name)}") from None
        dead = await self.do("select key, error from embedd.jobs")
        assert not dead, dead

    def _is_synced(self, name: str) -> Condition:
        async def look() -> bool:
            return bool((await self.status(name))["sync_status"] == "synced")

        return look

    async def error(self, name: str = "articles", *, seconds: float = 40.0) -> str:
        """Wait until the status of a table is error, and return the message."""

        async def look() -> Any:
            row = await self.status(name)
            return row["last_error"] if row["sync_status"] == "error" else None

        return str(await wait_until(look, f"{name} in error", seconds=seconds))

    async def hurry(self) -> None:
        """Make all waiting jobs, ranges and tasks due."""
        await self.do("update embedd.jobs set run_at = now() where state = 'queued'")
        await self.do("update embedd.ranges set run_at = now()")
        await self.do("update embedd.tasks set run_at = now() where status in ('pending', 'running')")

    def texts(self) -> Counter[str]:
        """Return how often each text was sent to the vendor."""
        return Counter(self.stub.stats.texts)

    # Workers.

    def settings(self, **changes: Any) -> Settings:
        usual = Settings(
            database_url=self.dsn,
            data_dir=self.directory if self.mode == "managed" else None,
            qdrant_url=self.qdrant_url,
            poll_interval=0.1,
            lease=5.0,
            batch_interval=0.2,
            cdc_interval=0.2,
            secret_key=self.environment.get("EMBEDD_SECRET_KEY"),
            secret_references=self.environment.get("EMBEDD_SECRET_REFERENCES"),
        )
        return replace(usual, **changes)

    @asynccontextmanager
    async def worker(
        self, *, drain: bool = False, every: timedelta | None = None, **changes: Any
    ) -> AsyncIterator[Running]:
        """Run a worker in this process for the block. It must not end by itself unless it drains."""
        stop = asyncio.Event()
        async with (
            self.clients(**{"database_url": self.worker_dsn} | changes) as clients,
            self._asking(clients) as asking,
        ):
            made = Worker(clients)
            task = asyncio.create_task(made.run(stop, drain=drain, every=every))
            started = asyncio.create_task(made.started.wait())
            await asyncio.wait({task, started}, return_when=asyncio.FIRST_COMPLETED)
            before, self.owner = self.owner, asking
            try:
                yield Running(made, asking, stop, task)
                assert drain or stop.is_set() or not task.done(), task
            finally:
                self.owner = before
                stop.set()
                started.cancel()
                await task

    @asynccontextmanager
    async def _asking(self, clients: Clients) -> AsyncIterator[Clients]:
        """Return the same clients, stores and providers with the rights of roles that manage and search."""
        pool = await open_pool(self.dsn)
        asking = copy.copy(clients)
        asking.database = Database(pool)
        asking.usage = Usage(asking.database)
        try:
            yield asking
        finally:
            await asking.usage.close()
            await pool.close()

    @asynccontextmanager
    async def clients(self, **changes: Any) -> AsyncIterator[Clients]:
        settings = self.settings(**changes)
        pool = await open_pool(settings.database_url or "")
        clients = Clients(settings, Database(pool))
        try:
            yield clients
        finally:
            await clients.close()
            await pool.close()

    def process(self, failpoints: str = "", **environment: str) -> WorkerProcess:
        """Start a worker in a process of its own. It is killed at the end of the test at the latest."""
        log = self.directory / f"worker-{len(self.processes)}.log"
        wanted = {
            "EMBEDD_DATABASE_URL": self.worker_dsn,
            "EMBEDD_POLL_INTERVAL": "0.1",
            "EMBEDD_LEASE": "1",
            "EMBEDD_BATCH_INTERVAL": "0.2",
            "EMBEDD_FAILPOINTS": failpoints,
            "WORKER_LOG": str(log),
        }
        if self.mode == "managed":
            wanted["EMBEDD_DATA_DIR"] = str(self.directory)
        if self.qdrant_url:
            wanted["EMBEDD_QDRANT_URL"] = self.qdrant_url
        assert self.nursery.stdin is not None
        assert self.nursery.stdout is not None
        self.nursery.stdin.write(json.dumps(wanted | self.environment | environment) + "\n")
        self.nursery.stdin.flush()
        started = WorkerProcess(int(self.nursery.stdout.readline()), log)
        self.processes.append(started)
        return started

    # Comparison of store and source.

    async def difference(self, name: str = "articles") -> list[str]:
        """Return all differences between store and source; empty if they are equal."""
        if self.owner is not None:
            return await difference(self.owner, name)
        async with self.clients() as clients:
            return await difference(clients, name)

    async def marks(self, name: str = "articles") -> dict[str, Mark]:
        """Return the store's marks of every key, tombstones included."""

        async def read(clients: Clients) -> dict[str, Mark]:
            generation = await active(clients, name)
            store = await clients.store(generation)
            return {key: mark async for page in store.scan(generation.store.table) for key, mark in page}

        if self.owner is not None:
            return await read(self.owner)
        async with self.clients() as clients:
            return await read(clients)

    async def live(self, name: str = "articles") -> set[str]:
        return {key for key, mark in (await self.marks(name)).items() if not mark.dead}


@contextmanager
def nursery_running() -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-m", "tests.support.worker_process"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT) as process:
        yield process
        process.kill()


@asynccontextmanager
async def open_site(
    dsn: str, mode: str, *, vendor: Stub, nursery: subprocess.Popen[str], directory: Path
) -> AsyncIterator[Site]:
    vendor.reset()
    vendor.settings.dimensions = DIMENSIONS
    with real_server() if mode == "managed" else nullcontext() as qdrant_url:
        async with await psycopg.AsyncConnection.connect(dsn, autocommit=True, row_factory=dict_row) as session:
            await session.execute("create extension if not exists vector schema public")
            made = Site(dsn, mode, vendor, directory, session, nursery, qdrant_url=qdrant_url)
            # Keys named by tests are for the stub.
            made.environment["EMBEDD_SECRET_REFERENCES"] = f"env:*={vendor.url},file:/*={vendor.url}"
            await made.create_embedder()
            try:
                yield made
            finally:
                for process in made.processes:
                    await process.kill()


# Fixtures. A conftest.py imports those it needs.


@pytest.fixture(scope="session")
def vendor() -> Iterator[Stub]:
    with running() as stub:
        yield stub


@pytest.fixture(scope="session")
def nursery() -> Iterator[subprocess.Popen[str]]:
    with nursery_running() as process:
        yield process


@pytest.fixture(scope="session")
def furnished(cluster: Cluster, template: str) -> Iterator[str]:
    """Return the template with pgvector, which takes a while to create."""
    name = cluster.create_database(template=template)
    with psycopg.connect(cluster.dsn(name), autocommit=True) as connection:
        connection.execute("create extension vector schema public")
    yield name
    cluster.drop_database(name)


@pytest.fixture(scope="session")
def worker_role(make_role: Callable[..., str], template: str) -> str:
    """Return the role of workers in production, with embedd_worker and no other rights."""
    assert template, "its installation makes the group"
    return make_role("login in role embedd_worker")


async def grant_sources(made: Site, role: str) -> None:
    """Grant a worker the rights in docs/how-to/dba.md besides embedd_worker, for all later tables of schema public:
    SELECT on source tables, and CREATE on their schema for co-located vectors."""
    await made.do(f"alter default privileges in schema public grant select on tables to {role}")
    if made.mode == "platform":
        await made.do(f"grant create on schema public to {role}")
    made.role = role


@pytest.fixture
async def site(
    request: pytest.FixtureRequest,
    cluster: Cluster,
    furnished: str,
    vendor: Stub,
    nursery: subprocess.Popen[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    worker_role: str | None,
) -> AsyncIterator[Site]:
    """Return a site in platform mode (pgvector), unless parametrised with `managed` (Qdrant: local mode, or the real
    server where one is named)."""
    monkeypatch.setattr("embedd_pg.sync.worker.GRACE", 0.3)  # no test waits for a provider that hangs
    mode = getattr(request, "param", "platform")
    with cluster.fresh_database(furnished) as dsn:
        async with open_site(dsn, mode, vendor=vendor, nursery=nursery, directory=tmp_path) as made:
            if worker_role:
                await grant_sources(made, worker_role)
            if made.qdrant_url:
                monkeypatch.setenv("EMBEDD_QDRANT_URL", made.qdrant_url)  # of commands
            yield made


both_stores = pytest.mark.parametrize("site", ["platform", "managed"], indirect=True)


async def create_role(cluster: Cluster, dsn: str, name: str, password: str | None = None) -> None:
    """Create a role that may log in and nothing more. One of the same name from another test is reused."""
    async with await psycopg.AsyncConnection.connect(dsn, autocommit=True) as session:
        cursor = await session.execute("select 1 from pg_roles where rolname = %s", [name])
        if not await cursor.fetchone():
            await session.execute(sql.SQL("create role {} login").format(sql.Identifier(name)))
        if password is not None:
            with psycopg.connect(dsn, autocommit=True) as root:
                give_password(root, name, password)
