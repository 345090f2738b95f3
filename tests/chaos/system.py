"""The real system, with a breakable connection between any two parts: writers, PostgreSQL, worker processes, relays, a
store, a provider."""

from __future__ import annotations

import asyncio
import random
import subprocess
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg.conninfo import make_conninfo
from psycopg.rows import dict_row

from embedd_pg.database.migrate import migrate
from tests.chaos.clients import Client, make_client
from tests.chaos.parts import has
from tests.chaos.servers import Postgres, Qdrant, running_qdrant
from tests.chaos.writers import Writers
from tests.support.changes import FORMER
from tests.support.debian import provide_only
from tests.support.difference import difference
from tests.support.pgbouncer import pgbouncer
from tests.support.postgres import Cluster
from tests.support.relay import HttpRelay, Relay, opened
from tests.support.released import COMMITS, RELEASED, checkout, start_worker
from tests.support.vendor_stub import Stub
from tests.support.worker import PASSAGES, Site, WorkerProcess, open_site, wait_until

LEASE = 2.0
WORKERS = 3
REVIVE = """
    select embedd_internal.enqueue_keys(generation_id, array_agg(key), 'live') from embedd.jobs
     where state = 'dead' and error_class = 'crash' group by generation_id"""
REPORTED = {
    "outbox": "select * from embedd.outbox limit 20",
    "jobs": "select key, lane, state, want, token, worker, crashes, run_at - now() as due_in,"
    " leased_until - now() as leased_for, error_class, error from embedd.jobs limit 20",
    "tasks": "select task_type, status, phase, worker, run_at - now() as due_in, leased_until - now() as leased_for,"
    " last_error from embedd.tasks order by created_at desc limit 5",
    "sessions": "select pid, application_name, state, wait_event, now() - state_change as since, query"
    " from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()",
}


@dataclass
class System:
    """The system. `dsn` leads to the database directly; workers use the relays."""

    dsn: str
    postgres: Postgres
    site: Site
    relays: list[Relay]
    #: Connection strings of the workers, through a relay, and of some through a pooler as well.
    ways: list[str]
    qdrant: Qdrant | None = None
    workers: list[WorkerProcess] = field(default_factory=list)
    client: Client | None = None

    @property
    def direct(self) -> dict[str, Any]:
        """Return settings of clients that do not use the relays."""
        return {"qdrant_url": self.qdrant.url, "data_dir": None} if self.qdrant else {}

    def start_worker(self, number: int | None = None) -> None:
        """Start a new worker, or the one with this number again. Each number has its own connection string."""
        place = len(self.workers) if number is None else number
        started = self.site.process(EMBEDD_DATABASE_URL=self.ways[place % len(self.ways)])
        if number is None:
            self.workers.append(started)
        else:
            self.workers[number] = started

    async def at_rest(self, *, seconds: float) -> None:
        """Wait until no work is left, without intervention. Only rows that killed three workers may be set aside; these
        are retried. The previous session ended with the server."""
        async with await psycopg.AsyncConnection.connect(self.dsn, autocommit=True, row_factory=dict_row) as session:
            self.site.sql = session
            await wait_until(self._is_quiet, "nothing left to do", seconds=seconds)
            await wait_until(self._is_synced, "status synced", seconds=30)
            dead = await self.site.do("select key, error from embedd.jobs")
            assert not dead, dead

    async def _is_quiet(self) -> bool:
        await self.site.do(REVIVE)
        return await self.site.is_quiet()

    async def _is_synced(self) -> bool:
        return bool((await self.site.status())["sync_status"] == "synced")

    async def landed(self) -> None:
        """Wait until all data held back by the network has arrived, and check that nothing changed."""
        for relay in self.relays:
            if isinstance(relay, HttpRelay):
                await relay.landed()

    async def differing(self) -> list[str]:
        async with self.site.clients(**self.direct) as clients:
            return await difference(clients, "articles")

    async def report(self) -> str:
        """Return the information for finding the cause of a failure."""
        parts = []
        async with await psycopg.AsyncConnection.connect(self.dsn, autocommit=True, row_factory=dict_row) as session:
            for table, query in REPORTED.items():
                rows = await (await session.execute(query.encode())).fetchall()
                parts.append("\n  ".join([f"{table}:", *(str({k: str(v) for k, v in row.items()}) for row in rows)]))
        parts += [f"differing: {await self.differing()}"]
        for process in self.workers:
            tail = process.log.read_text().splitlines()[-15:]
            parts.append("\n  ".join([f"worker {process.pid}{'' if process.alive else ' (dead)'}:", *tail]))
        return "\n".join(parts)


@asynccontextmanager
async def running_system(
    store: str,
    postgres: Postgres,
    vendor: Stub,
    nursery: subprocess.Popen[str],
    directory: Path,
    chance: random.Random,
    *,
    upgraded: bool,
) -> AsyncIterator[System]:
    """Run the system for the block. If it is `upgraded`, its first worker is one of an earlier release."""
    cluster = Cluster(postgres.dsn)
    async with AsyncExitStack() as stack:
        dsn = stack.enter_context(cluster.fresh_database())
        program = _earlier_program(dsn, directory) if upgraded else None
        if program is None:
            await migrate(dsn)
        relay = await stack.enter_async_context(opened(Relay(dsn, chance=chance)))
        mode = "platform" if store == "pgvector" else "managed"
        site = await stack.enter_async_context(
            open_site(dsn, mode, vendor=vendor, nursery=nursery, directory=directory)
        )
        vendor.settings.latency_ms = 20
        relayed = make_conninfo(dsn, host="127.0.0.1", port=relay.port)
        pooled = _pooled(relayed, stack) if has("poolers") else []
        system = System(dsn, postgres, site, [relay], [relayed, *pooled])
        site.environment = {
            "EMBEDD_LEASE": str(LEASE),
            "EMBEDD_BATCH_SIZE": "8",
        }
        if store == "qdrant":
            system.qdrant = stack.enter_context(_qdrant(directory))
            before = await _relayed(system, f"127.0.0.1:{system.qdrant.port}", stack, chance)
            site.environment["EMBEDD_QDRANT_URL"] = f"http://127.0.0.1:{before.port}"
        before = await _relayed(system, vendor.url.removeprefix("http://"), stack, chance)
        await site.create_embedder("relayed", url=f"http://127.0.0.1:{before.port}/v1")
        await site.set_up(rows=30, chunking=chance.choice([None, PASSAGES]), embedder="relayed")
        await site.do(FORMER)
        if program is not None:
            await _upgrade(system, program, chance)
        for _ in range(WORKERS - len(system.workers)):
            system.start_worker()
        if has("api"):
            settings = {"database_url": system.ways[-1], "data_dir": None} | _store(site)
            clients = await stack.enter_async_context(site.clients(**settings))
            system.client = await make_client(clients, str(await site.one("select id from embedd.vector_tables")))
        yield system


def _store(site: Site) -> dict[str, Any]:
    url = site.environment.get("EMBEDD_QDRANT_URL")
    return {"qdrant_url": url} if url else {}


async def _relayed(system: System, target: str, stack: AsyncExitStack, chance: random.Random) -> HttpRelay:
    relay = await stack.enter_async_context(opened(HttpRelay(target, chance=chance)))
    system.relays.append(relay)
    return relay


def _earlier_program(dsn: str, directory: Path) -> Path | None:
    """Install the schema of the oldest release. Return its program; None if the history of the repository lacks it."""
    version = min(COMMITS)
    try:
        program = checkout(version, directory)
    except pytest.skip.Exception as reason:
        print(f"no worker of this round is of an earlier release: {reason}")
        return None
    with psycopg.connect(dsn, autocommit=True) as session:
        session.execute((RELEASED / f"{version}.sql").read_bytes())
    return program


async def _upgrade(system: System, program: Path, chance: random.Random) -> None:
    """Let a worker of the earlier release fill the store, and upgrade the schema under it while rows change."""
    log = system.site.directory / "earlier.log"
    started = await start_worker(system.ways[0], program, log, **system.site.environment)
    system.workers.append(WorkerProcess(started.pid, log))
    system.site.processes.append(system.workers[0])
    await system.site.settled()
    writers = Writers(system.dsn, random.Random(chance.random()))
    async with asyncio.TaskGroup() as group:
        group.create_task(writers.run())
        await migrate(system.dsn)
        writers.stop.set()


def _pooled(dsn: str, stack: AsyncExitStack) -> list[str]:
    """Run poolers in session and transaction mode. Return the connection strings through them; none without the
    package."""
    try:
        provide_only("pgbouncer")
    except pytest.skip.Exception as reason:
        print(f"no process of this round uses a pooler: {reason}")
        return []
    # After a failed login PgBouncer waits, by default longer than the faults last.
    made = [pgbouncer(dsn, mode, server_login_retry=1, query_timeout=30) for mode in ("session", "transaction")]
    return [stack.enter_context(pooler).dsn for pooler in made]


def _qdrant(directory: Path) -> Any:
    kept = directory / "qdrant"
    kept.mkdir()
    return running_qdrant(kept)
