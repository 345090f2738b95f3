"""Lexical search on pgvector: PostgreSQL's CPU of a query beside vector search, and of a write with and without lists.

python -m benchmarks.lexical --rows 100000

Texts of some 180 words follow Zipf's law, and repeat words as texts do. Vectors are clustered, as those of texts are:
each is one of 200 subjects plus noise as large as the subject. An HNSW index finds neighbours among them sooner than
among vectors spread evenly. Questions of 3 words take words that 0.5 % to 1 % of the rows have; questions of 18 words
are pieces of texts. A vector, 3 words and 18 words are asked in turn, so that the machine is as busy for one kind as
for another. The figures without lists come from one question, because each parses all texts.

Writes come in batches of 50 rows, with all indexes, first with the triggers that keep the lists and then without. The
worker's part is merging the lists after these writes.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import statistics
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from psycopg_pool import AsyncConnectionPool

from embedd_pg.stores.base import Point, StoreTable
from embedd_pg.stores.pgvector import words as lists
from embedd_pg.stores.pgvector.store import PgvectorStore
from tests.support.postgres import running_cluster

DIMENSIONS, VOCABULARY = 384, 60_000
#: The rows of a batch of the first fill, and of later writes.
FILL, BATCH = 1_000, 50
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

    async def cost(self, rows: int, work: Awaitable[Any]) -> float:
        """Await some work on rows, and return the milliseconds of PostgreSQL's CPU per row."""
        before = self.cpu()
        await work
        return (self.cpu() - before) / rows

    async def insert(self, given: Sequence[str], first: int, *, token: int, batch: int = BATCH) -> None:
        for at in range(0, len(given), batch):
            async with self.store.transaction() as (store, _):
                await store.insert(TABLE, token, points(given[at : at + batch], first + at))

    async def update(self, given: Sequence[str], first: int, *, token: int) -> None:
        for at in range(0, len(given), BATCH):
            await self.store.upsert(TABLE, token, points(given[at : at + BATCH], first + at))

    async def delete(self, count: int, first: int, *, token: int) -> None:
        for at in range(first, first + count, BATCH):
            await self.store.delete(TABLE, token, [f"row-{n}" for n in range(at, at + BATCH)])

    async def medians(self, kinds: Mapping[str, tuple[Ask, Sequence[Any]]]) -> dict[str, float]:
        """Ask a question of each kind in turn, and return the median milliseconds of CPU of each kind."""
        for ask, asked in kinds.values():
            for one in asked[:6]:
                await ask(one)
        took: dict[str, list[float]] = {kind: [] for kind in kinds}
        for n in range(2 * max(len(asked) for _, asked in kinds.values())):
            for kind, (ask, asked) in kinds.items():
                before = self.cpu()
                await ask(asked[n % len(asked)])
                took[kind].append(self.cpu() - before)
        return {kind: statistics.median(times) for kind, times in took.items()}


def questions(given: Sequence[str]) -> tuple[list[str], list[str]]:
    """Return questions of 3 seldom words, and pieces of 18 words of texts."""
    rnd, counts = random.Random(3), Counter[str]()
    for text in given:
        counts.update(set(text.split()))
    seldom = [word for word, count in counts.items() if 0.005 * len(given) <= count < 0.01 * len(given)]
    three = [" ".join(rnd.sample(seldom, 3)) for _ in range(30)]
    cut = [text.split() for text in rnd.sample(given, 40) if len(text.split()) >= 40]
    return three, [" ".join(words[at : at + 18]) for words in cut for at in [rnd.randrange(len(words) - 18)]]


async def measure(site: Site, rows: int) -> None:
    given = texts(rows)
    await site.store.create(TABLE)
    filled = await site.cost(rows, site.insert(given, 0, token=1, batch=FILL))
    print(f"first fill, without indexes and lists: {filled:.3f} ms of CPU a row", flush=True)

    async def by_words(query: str) -> Any:
        return await site.store.search_lexical(TABLE, query, limit=10)

    async def by_vector(vector: Any) -> Any:
        return await site.store.search(TABLE, vector, limit=10)

    three, eighteen = questions(given)
    kinds = {"3 words": (by_words, three), "18 words": (by_words, eighteen)}
    without = await site.medians({kind: (ask, asked[:1]) for kind, (ask, asked) in kinds.items()})
    built = await site.cost(1000, site.store.index(TABLE))
    print(f"indexes and lists: {built:.0f} s of CPU", flush=True)
    await site.one("vacuum analyze benchmark, benchmark_words, benchmark_texts")
    await print_searches(
        site, {"vector search": (by_vector, [p.vector for p in points([""] * 30, 10_000_000)]), **kinds}
    )
    for kind, median in without.items():
        print(f"{kind} without lists: {median:.0f} ms")
    await print_writes(site, rows)


async def print_searches(site: Site, kinds: Mapping[str, tuple[Ask, Sequence[Any]]]) -> None:
    print("| PostgreSQL's CPU a query | median ms | : vector search |\n|---|---|---|")
    for _ in range(3):
        medians = await site.medians(kinds)
        for kind, median in medians.items():
            print(f"| {kind} | {median:.2f} | {median / medians['vector search']:.1f} |", flush=True)


async def print_writes(site: Site, rows: int) -> None:
    table, words, numbers = [
        await site.one(f"select pg_total_relation_size('benchmark{part}')") for part in ("", "_words", "_texts")
    ]
    print(f"bytes a row: table with indexes {table / rows:.0f}, lists {words / rows:.0f} + {numbers / rows:.0f}")
    new = texts(max(BATCH * lists.WRITES, rows // 20))
    print("| PostgreSQL's CPU, ms a row | insert | new text | delete | merge |\n|---|---|---|---|---|")
    for token, kept in ((10, True), (20, False)):
        first = rows + token * len(new)
        if not kept:
            await site.one("alter table benchmark disable trigger user")
        costs = [
            await site.cost(len(new), work)
            for work in (
                site.insert(new, first, token=token),
                site.update(new[1:] + new[:1], first, token=token + 1),
                site.delete(len(new), first, token=token + 2),
                site.store.tend(TABLE),
            )
        ]
        print(f"| {'with' if kept else 'without'} lists | {' | '.join(f'{cost:.2f}' for cost in costs)} |", flush=True)


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
