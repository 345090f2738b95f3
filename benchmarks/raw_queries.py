"""The same searches without embedd: SQL that somebody would write by hand, over a pool of psycopg.

    python -m benchmarks.raw_queries --database-url URL --stub URL --table NAME --clients 16 --text '...' ...

The vectors of the texts are at hand, statements are prepared, the event loop is uvloop's, and the rows are read. The
statement finds the ten nearest, with `--category` those of a category. Prints one line of JSON.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
import time
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

import numpy as np
import psycopg
import uvloop
from psycopg_pool import AsyncConnectionPool

from benchmarks.load_client import WARM
from benchmarks.straight_line import embedder

SQL = """
select pk_value, 1 - (embedding <=> %s::vector) as score, metadata, embedded_text from {table}
where not dead{condition} order by embedding <=> %s::vector limit 10"""
CATEGORY = """ and metadata @> '{"category": "cat7"}'"""
#: The settings of the store's searches, so that both look at as many candidates.
SCAN = "select set_config('hnsw.iterative_scan', 'strict_order', false), set_config('hnsw.ef_search', '64', false)"
#: As many sessions as the API has for searches by default.
SESSIONS = 4


async def repeat(search: Callable[[int], Awaitable[int]], clients: int, seconds: float) -> dict[str, float]:
    """Search for some seconds. Return queries per second, and the median and the 99th percentile in ms.

    `search` takes the number of the search and returns how many rows it found, which must be ten.
    """
    times: list[float] = []
    counting, ended = False, False

    async def client(number: int) -> None:
        while not ended:
            started = time.perf_counter()
            if (rows := await search(number)) != 10:
                sys.exit(f"ten rows were asked for, and {rows} found")
            number += 1
            if counting:
                times.append(time.perf_counter() - started)

    working = [asyncio.create_task(client(number)) for number in range(clients)]
    await asyncio.sleep(WARM)
    print("warm", flush=True)
    counting, start = True, time.perf_counter()
    await asyncio.sleep(seconds)
    counting, ended, took = False, True, time.perf_counter() - start
    await asyncio.gather(*working)
    times.sort()
    p50, p99 = (times[int(len(times) * part)] * 1000 for part in (0.5, 0.99))
    return {"queries": len(times), "queries_s": len(times) / took, "p50_ms": p50, "p99_ms": p99}


async def load(given: argparse.Namespace) -> dict[str, float]:
    vectors = [str(vector.tolist()) for vector in embedder(given.stub, 384)(given.text).astype(np.float32)]
    statement = SQL.format(table=given.table, condition=CATEGORY if given.category else "").encode()

    async def prepare(session: psycopg.AsyncConnection[Any]) -> None:
        session.prepare_threshold = 0
        await session.execute("select '[1]'::vector")  # Loads the library, which defines the settings.
        await session.execute(SCAN)

    async def search(number: int) -> int:
        vector = vectors[number % len(vectors)]
        async with pool.connection() as session:
            return len(await (await session.execute(statement, [vector, vector])).fetchall())

    pool: AsyncConnectionPool[Any] = AsyncConnectionPool(
        given.database_url,
        min_size=SESSIONS,
        max_size=SESSIONS,
        configure=prepare,
        kwargs={"autocommit": True},
        open=False,
    )
    async with pool:
        return await repeat(search, given.clients, given.seconds)


def start(load: Callable[[argparse.Namespace], Coroutine[Any, Any, dict[str, float]]], address: str, said: str) -> None:
    """Run a loop with the arguments of the command line, and print its figures. `address` is the option of a server."""
    parser = argparse.ArgumentParser(description=said)
    for name in (address, "--stub", "--table"):
        parser.add_argument(name, required=True)
    parser.add_argument("--category", action="store_true")
    parser.add_argument("--clients", type=int, default=16)
    parser.add_argument("--seconds", type=float, default=5)
    parser.add_argument("--text", action="append", required=True)
    print(json.dumps(uvloop.run(load(parser.parse_args()))))


if __name__ == "__main__":
    start(load, "--database-url", "The same searches without embedd.")
