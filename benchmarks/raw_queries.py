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
from collections.abc import Sequence
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
SESSIONS = 4


async def load(url: str, statement: str, vectors: Sequence[str], clients: int, seconds: float) -> dict[str, float]:
    """Search for some seconds. Return queries per second, and the median and the 99th percentile in ms."""
    times: list[float] = []
    counting, ended = False, False

    async def prepare(session: psycopg.AsyncConnection[Any]) -> None:
        session.prepare_threshold = 0
        await session.execute("select '[1]'::vector")  # Loads the library, which defines the settings.
        await session.execute(SCAN)

    async def client(number: int) -> None:
        while not ended:
            vector = vectors[number % len(vectors)]
            number += 1
            started = time.perf_counter()
            async with pool.connection() as session:
                rows = await (await session.execute(statement.encode(), [vector, vector])).fetchall()
            if len(rows) != 10:
                sys.exit(f"ten rows were asked for, and {len(rows)} found")
            if counting:
                times.append(time.perf_counter() - started)

    options = {"autocommit": True}
    async with AsyncConnectionPool(
        url, min_size=SESSIONS, max_size=SESSIONS, configure=prepare, kwargs=options, open=False
    ) as pool:
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


def main() -> None:
    parser = argparse.ArgumentParser(description="The same searches without embedd.")
    for name in ("--database-url", "--stub", "--table"):
        parser.add_argument(name, required=True)
    parser.add_argument("--category", action="store_true")
    parser.add_argument("--clients", type=int, default=16)
    parser.add_argument("--seconds", type=float, default=5)
    parser.add_argument("--text", action="append", required=True)
    given = parser.parse_args()
    found = embedder(given.stub, 384)(given.text).astype(np.float32)
    vectors = [str(vector.tolist()) for vector in found]
    statement = SQL.format(table=given.table, condition=CATEGORY if given.category else "")
    print(json.dumps(uvloop.run(load(given.database_url, statement, vectors, given.clients, given.seconds))))


if __name__ == "__main__":
    main()
