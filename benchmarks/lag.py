"""The time from COMMIT until a row can be found: single inserts into an idle system, a provider that takes 50 ms.

Run it with `make bench-lag` or `python -m benchmarks.lag [--samples 50] [--latency-ms 50] [--store pgvector|qdrant]`.
PostgreSQL is private to the run with fsync on; the stub speaks OpenAI's protocol over HTTP in a separate process; the
worker runs in this one. A row counts as found when the store itself shows the point alive.

`measure` is the scenario of `make bench`: pgvector, the worker in a separate process, then also 100 inserts a second.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg

from benchmarks.place import Place, Site
from benchmarks.report import OURS, Report
from embedd_pg.clients import Clients
from embedd_pg.database.call import Database, open_pool
from embedd_pg.database.migrate import migrate
from embedd_pg.generation import Generation, parse_generation
from embedd_pg.settings import Settings
from embedd_pg.stores.base import Store
from embedd_pg.sync.worker import Worker
from tests.support.postgres import running_cluster

DIMENSIONS = 384
SINGLE, LOADED = "Lag of one insert, idle", "Lag at {} inserts/s"


async def lags(database_url: str, stub_url: str, *, store: str, samples: int) -> list[float]:
    """Return the milliseconds from the return of COMMIT until the point is alive in the store, one per insert."""
    with tempfile.TemporaryDirectory(prefix="embedd-lag-") as directory:
        clients = Clients(
            Settings(database_url=database_url, data_dir=Path(directory)), Database(await open_pool(database_url))
        )
        stop = asyncio.Event()
        worker = asyncio.create_task(Worker(clients).run(stop))
        writer = await psycopg.AsyncConnection.connect(database_url, autocommit=True)
        generation = await _prepare(writer, clients, stub_url, store)
        measured = [await _one(writer, clients, generation, number) for number in range(samples)]
        stop.set()
        await worker
        await writer.close()
        await clients.close()
    return measured


async def _prepare(writer: psycopg.AsyncConnection, clients: Clients, stub_url: str, store: str) -> Generation:
    await writer.execute("create extension vector")
    await writer.execute("create table products (id bigint primary key, name text not null)")
    await writer.execute("insert into products select n, 'product ' || n from generate_series(1, 100) n")
    await writer.execute(
        "select embedd.create_embedder(name => 'stub', provider => 'openai', model => 'stub', base_url => %s)",
        (stub_url,),
    )
    await writer.execute(
        "select embedd.create_vector_table(name => 'p', source_table => 'public.products', embedder => 'stub',"
        ' embedding_dimensions => %s, mode => %s, columns => \'[{"name": "name", "role": "embedding"}]\')',
        (DIMENSIONS, "platform" if store == "pgvector" else "managed"),
    )
    await writer.execute("select embedd.backfill('p')")
    await until(lambda: _is_synced(clients), every=0.1)
    return parse_generation(await clients.database.value("get_searchable_generation", vector_table="p"))


async def _one(writer: psycopg.AsyncConnection, clients: Clients, generation: Generation, number: int) -> float:
    await asyncio.sleep(random.uniform(0.2, 1.2))
    key = str(1_000 + number)
    await writer.execute("insert into products values (%s, %s)", (int(key), f"inserted product {number}"))
    committed = time.perf_counter()
    store = await clients.store(generation)
    await until(lambda: _is_found(store, generation, key), every=0.001)
    return (time.perf_counter() - committed) * 1000


async def until(condition: Callable[[], Awaitable[bool]], *, every: float) -> None:
    """Wait until the condition holds, and check it at this interval in seconds."""
    while not await condition():  # noqa: ASYNC110 - what is waited for is in a database
        await asyncio.sleep(every)


async def _is_synced(clients: Clients) -> bool:
    status = await clients.database.row("sync_status", vector_table="p")
    return status is not None and status["sync_status"] == "synced"


async def _is_found(store: Store, generation: Generation, key: str) -> bool:
    return key in await store.marks(generation.store.table, [key])


def measure(place: Place, report: Report, *, samples: int = 100, rate: int = 100, seconds: float = 15) -> None:
    with place.site(rows=200) as site, psycopg.connect(site.url, autocommit=True) as writer:
        site.worker()
        site.until(lambda: site.done() >= 200 and not site.waiting(), "first rows")
        time.sleep(3)
        single = [_single(site, writer, number) for number in range(samples)]
        loaded = _loaded(site, writer, rate=rate, seconds=seconds)
    for name, measured, wanted in (
        (SINGLE, single, "p50 ≤ 65, p99 ≤ 110 ms"),
        (LOADED.format(rate), loaded, "p50 ≤ 75, p99 ≤ 120 ms"),
    ):
        middle, tail = statistics.median(measured), percentile(measured, 0.99)
        report.put(
            name,
            OURS,
            f"p50 {middle:.0f}, p99 {tail:.0f} ms",
            wanted=wanted,
            least=round(min(measured), 1),
            most=round(max(measured), 1),
            samples=len(measured),
        )


def _single(site: Site, writer: psycopg.Connection[Any], number: int) -> float:
    # Avoid being in step with anything that happens at intervals.
    time.sleep(random.uniform(0.2, 1.2))
    key = _insert(writer, number)
    committed = time.perf_counter()
    site.until(lambda: bool(site.value(site.adapter["lag_sql"], key)), "the row", seconds=30, every=0.002)
    return (time.perf_counter() - committed) * 1000


def _loaded(site: Site, writer: psycopg.Connection[Any], *, rate: int, seconds: float) -> list[float]:
    """Return the lags at this many inserts a second. One thread writes, this one watches."""
    committed: dict[int, float] = {}
    found: dict[int, float] = {}

    def write() -> None:
        start = time.perf_counter()
        for number in range(int(rate * seconds)):
            time.sleep(max(0.0, start + number / rate - time.perf_counter()))
            key = _insert(writer, number)
            committed[key] = time.perf_counter()

    # Search by key only: a query every few milliseconds must not keep the machine busy.
    query = f"select pk_value from {site.table} where pk_value = any(%s) and embedding is not null".encode()
    writing = threading.Thread(target=write)
    writing.start()
    while writing.is_alive() or len(found) < len(committed):
        awaited = [str(key) for key in list(committed) if key not in found]
        for (key,) in site.sql.execute(query, [awaited]).fetchall():
            found[int(key)] = time.perf_counter()
        time.sleep(0.004)
    return [(found[key] - committed[key]) * 1000 for key in found]


def _insert(writer: psycopg.Connection[Any], number: int) -> int:
    row = writer.execute(
        "insert into products (name, description, category, price) values (%s, %s, 'cat1', 1) returning id",
        [f"Lag {number}", f"lag row {number} " + "lorem ipsum dolor sit amet " * 8],
    ).fetchone()
    assert row
    return int(row[0])


def percentile(values: list[float], share: float) -> float:
    return sorted(values)[min(len(values) - 1, int(len(values) * share))]


@contextmanager
def stub_process(latency_ms: float) -> Iterator[str]:
    """Run the vendor stub in a separate process. Yield its base URL."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    command = [
        sys.executable,
        "-m",
        "tests.support.vendor_stub",
        "--port",
        str(port),
        "--latency-ms",
        str(latency_ms),
        "--dimensions",
        str(DIMENSIONS),
    ]
    process = subprocess.Popen(command)
    try:
        for _ in range(200):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.05)
        yield f"http://127.0.0.1:{port}/v1"
    finally:
        process.terminate()
        process.wait()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--samples", type=int, default=50)
    parser.add_argument("--latency-ms", type=float, default=50)
    parser.add_argument("--store", choices=["pgvector", "qdrant"], action="append")
    arguments = parser.parse_args()
    with running_cluster(durable=True) as cluster, stub_process(arguments.latency_ms) as stub_url:
        for store in arguments.store or ["pgvector", "qdrant"]:
            with cluster.fresh_database() as dsn:
                asyncio.run(migrate(dsn))
                measured = sorted(asyncio.run(lags(dsn, stub_url, store=store, samples=arguments.samples)))
            tail = percentile(measured, 0.99)
            print(
                f"store {store}: {len(measured)} inserts, provider {arguments.latency_ms:g} ms; lag median "
                f"{statistics.median(measured):.1f} ms, p99 {tail:.1f} ms, least {measured[0]:.1f} ms"
            )


if __name__ == "__main__":
    main()
