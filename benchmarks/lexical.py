"""Lexical search on pgvector: PostgreSQL's CPU of a query beside vector search, with lists of words and without.

python -m benchmarks.lexical --rows 100000

Texts of some 180 words follow Zipf's law, and repeat words as texts do. Questions of 3 words take words that 0.5 % to
1 % of the rows have; questions of 18 words are pieces of texts. Each kind is asked in turn within one run. The figures
without lists come from fewer questions, because each parses all texts.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import statistics
import time
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from psycopg_pool import AsyncConnectionPool

from embedd_pg.stores.base import Point, StoreTable
from embedd_pg.stores.pgvector.store import PgvectorStore
from tests.support.postgres import running_cluster

DIMENSIONS, VOCABULARY, BATCH = 384, 60_000, 1_000
TABLE = StoreTable("benchmark", "vt_benchmark", DIMENSIONS)
STOP = [*("the", "of", "and", "a", "in", "to", "is", "for", "that", "with", "as", "are", "on", "by", "this", "be")]
Ask = Callable[[Any], Awaitable[Any]]


def texts(rows: int) -> list[str]:
    """Return texts whose words are as frequent as those of a language; two fifths are stop words."""
    rng = np.random.default_rng(5)
    shares = 1 / (np.arange(VOCABULARY) + 12.0) ** 1.05
    below = np.cumsum(shares / shares.sum())
    made = []
    for length in np.maximum(20, rng.lognormal(5.05, 0.5, rows)).astype(int):
        words = np.minimum(VOCABULARY - 1, np.searchsorted(below, rng.random(int(length * 0.6))))
        earlier = (rng.random(len(words)) * np.arange(len(words))).astype(int)
        words = np.where(rng.random(len(words)) < 0.3, words[earlier], words)
        text = [f"w{number}k" for number in words]
        text += [STOP[int(n)] for n in rng.random(length - len(words)) ** 2 * len(STOP)]
        rng.shuffle(text)
        made.append(" ".join(text))
    return made


def points(given: Sequence[str], first: int) -> list[Point]:
    rng = np.random.default_rng(first)
    # Around 200 subjects, because vectors of texts are not spread evenly: an index finds their neighbours sooner.
    subjects = np.random.default_rng(1).normal(size=(200, DIMENSIONS))
    vectors = subjects[rng.integers(200, size=len(given))] + rng.normal(size=(len(given), DIMENSIONS))
    return [
        Point(f"row-{first + n}", vector, text, "t", "m", {"number": first + n})
        for n, (vector, text) in enumerate(zip(vectors.astype(np.float32), given, strict=True))
    ]


class Site:
    """A store whose only session is known, so that its CPU can be read."""

    def __init__(self, pool: AsyncConnectionPool[Any], pid: int) -> None:
        self.store, self.pool, self._pid = PgvectorStore(pool, "public"), pool, pid

    def cpu(self) -> float:
        return int(Path(f"/proc/{self._pid}/schedstat").read_text().split()[0]) / 1e6

    async def one(self, statement: str) -> Any:
        async with self.pool.connection() as connection:
            cursor = await connection.execute(statement.encode())
            row = await cursor.fetchone() if cursor.description else None
            return row and row[0]

    async def write(self, given: Sequence[str], first: int, *, token: int) -> float:
        """Write rows in batches, and return the milliseconds of PostgreSQL's CPU per row."""
        before = self.cpu()
        for at in range(0, len(given), BATCH):
            batch = points(given[at : at + BATCH], first + at)
            async with self.store.transaction() as (store, _):
                await store.insert(TABLE, token, batch)
        return (self.cpu() - before) / len(given)

    async def median(self, ask: Ask, asked: Sequence[Any]) -> float:
        for one in asked[:6]:
            await ask(one)
        took = []
        for one in asked:
            before = self.cpu()
            await ask(one)
            took.append(self.cpu() - before)
        return statistics.median(took)


async def measure(site: Site, rows: int) -> None:
    given = texts(rows)
    rnd = random.Random(3)
    await site.store.create(TABLE)
    print(f"load without lists: {await site.write(given, 0, token=1):.3f} ms of CPU a row", flush=True)
    counts: dict[str, int] = {}
    for text in given:
        for word in set(text.split()):
            counts[word] = counts.get(word, 0) + 1
    seldom = [word for word, count in counts.items() if 0.005 * rows <= count < 0.01 * rows]
    three = [" ".join(rnd.sample(seldom, 3)) for _ in range(30)]
    cut = [text.split() for text in rnd.sample(given, 40) if len(text.split()) >= 40]
    eighteen = [" ".join(words[at : at + 18]) for words in cut for at in [rnd.randrange(len(words) - 18)]]
    vectors = [point.vector for point in points([""] * 30, 10_000_000)]

    async def by_words(query: str) -> Any:
        return await site.store.search_lexical(TABLE, query, limit=10)

    async def by_vector(vector: Any) -> Any:
        return await site.store.search(TABLE, vector, limit=10)

    before = [await site.median(by_words, asked[:2]) for asked in (three, eighteen)]
    began, used = time.perf_counter(), site.cpu()
    await site.store.index(TABLE)
    print(f"indexes and lists: {time.perf_counter() - began:.0f} s, {(site.cpu() - used) / 1000:.0f} s of CPU")
    size = await site.one(
        "select pg_total_relation_size('benchmark_words') + pg_total_relation_size('benchmark_texts')"
    )
    print(f"lists: {size / rows:.0f} bytes a row")
    await site.one("vacuum analyze benchmark, benchmark_words, benchmark_texts")
    print("| PostgreSQL's CPU, median ms | lists | texts | lists : vector |\n|---|---|---|---|")
    for _ in range(2):
        vector = await site.median(by_vector, vectors)
        print(f"| vector search | {vector:.2f} | | 1 |")
        for name, asked, without in (("3 words", three, before[0]), ("18 words", eighteen, before[1])):
            median = await site.median(by_words, asked)
            print(f"| {name} | {median:.2f} | {without:.0f} | {median / vector:.1f} |", flush=True)
    new = texts(rows // 20)
    print(f"insert with all indexes: {await site.write(new, rows, token=2):.3f} ms of CPU a row", flush=True)
    async with site.pool.connection() as connection:
        await connection.execute("alter table benchmark disable trigger user")
    print(f"the same without lists: {await site.write(new, 2 * rows, token=3):.3f} ms of CPU a row", flush=True)


async def run(dsn: str, rows: int) -> None:
    async with AsyncConnectionPool(dsn, open=False, min_size=1, max_size=1, kwargs={"autocommit": True}) as pool:
        async with pool.connection() as connection:
            await connection.execute("create extension vector")
            await connection.execute("set max_parallel_maintenance_workers = 0")
            await connection.execute("set max_parallel_workers_per_gather = 0")
            pid = connection.info.backend_pid
        await measure(Site(pool, pid), rows)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=100_000)
    rows = parser.parse_args().rows
    with running_cluster(durable=True) as cluster, cluster.fresh_database() as dsn:
        asyncio.run(run(dsn, rows))


if __name__ == "__main__":
    main()
