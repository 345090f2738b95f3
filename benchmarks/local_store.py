"""The local store, beside that of earlier releases (the Qdrant client's local mode): load, queries with and without a
filter, queries during a load, opening, memory.

    python -m benchmarks.local_store [--rows 20000] [--dimensions 384] [--only now]

CPU is that of the processes: this one, and the one that has the directory open. It is counted over many rows or
queries, because systems count it in hundredths of a second; rows and vectors are made before. `queries during a load`
asks every 20 ms while another task writes batches of 256. Vectors are random, which is the hardest case for an index.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import statistics
import sys
import tempfile
import time
from collections.abc import Awaitable, Sequence
from pathlib import Path

import numpy as np
import psutil
from numpy.typing import NDArray

from embedd_pg.stores.base import Filter, Point, StoreTable
from embedd_pg.stores.qdrant.store import QdrantStore
from tests.support.earlier_store import EarlierEngine
from tests.support.local_store import closed, processes

BATCH = 256
#: Queries of each kind. The earlier store takes half a second for one.
QUERIES = {"now": 400, "earlier": 40}
#: Rows that are written while queries are measured.
LOADED = {"now": 20_000, "earlier": 2_560}
#: A condition that one row in twenty meets.
FILTER = Filter({"in": {"field": "category", "type": "keyword", "values": ["c7"]}}, condition="")
WORDS = np.array([f"word{number}" for number in range(2_000)])


class Measured:
    """One kind of store with a directory, and the CPU of the processes that work for it."""

    def __init__(self, kind: str, directory: Path, rows: int, dimensions: int) -> None:
        self._kind, self._directory, self._rows, self._dimensions = kind, directory, rows, dimensions
        self._table = StoreTable("embedd_bench", "vt_bench", dimensions, {"category": "keyword", "price": "float"})
        self._random = np.random.default_rng(7)
        self._store = self._opened()

    async def run(self) -> dict[str, float]:
        await self._store.create(self._table)
        points = self._points(self._rows)
        wall, cpu = await self._timed(self._load(points, 1))
        found = {"rows_s": self._rows / wall, "rows_per_cpu_s": self._rows / cpu}
        for name, filter_ in (("query", None), ("filtered", FILTER)):
            times: list[float] = []
            _, cpu = await self._timed(self._queries(filter_, times))
            found |= _times(name, times)
            found[f"{name}_cpu_ms"] = cpu * 1000 / len(times)
        found |= _times("loading_filtered", await self._during_a_load(points[: LOADED[self._kind]]))
        del points
        await self._end()
        self._store = self._opened()
        found["open_s"], found["open_cpu_s"] = await self._timed(self._query(self._vector(), FILTER))
        found["memory_mb"] = sum(one.memory_info().rss for one in self._processes()) / 2**20
        await self._end()
        return found

    def _opened(self) -> QdrantStore:
        return (
            QdrantStore.local(self._directory) if self._kind == "now" else QdrantStore(EarlierEngine(self._directory))
        )

    async def _end(self) -> None:
        await self._store.close()
        await closed(self._directory)

    def _processes(self) -> list[psutil.Process]:
        return [psutil.Process(), *processes(self._directory)]

    async def _timed(self, work: Awaitable[None]) -> tuple[float, float]:
        """Return the seconds that it takes, and those of CPU."""
        before, start = {one.pid: sum(one.cpu_times()[:2]) for one in self._processes()}, time.perf_counter()
        await work
        wall = time.perf_counter() - start
        after = {one.pid: sum(one.cpu_times()[:2]) for one in self._processes()}
        return wall, sum(used - before.get(pid, 0.0) for pid, used in after.items())

    def _points(self, rows: int) -> list[Point]:
        return [self._point(number, self._vector()) for number in range(rows)]

    def _vector(self) -> NDArray[np.float32]:
        return self._random.normal(size=self._dimensions).astype(np.float32)

    async def _load(self, points: Sequence[Point], token: int) -> None:
        for start in range(0, len(points), BATCH):
            await self._store.upsert(self._table, token, points[start : start + BATCH])

    def _point(self, number: int, vector: NDArray[np.float32]) -> Point:
        text = " ".join(self._random.choice(WORDS, 30))
        metadata = {"category": f"c{number % 20}", "price": number * 1.5}
        return Point(str(number), vector, text, f"t{number}", f"m{number}", metadata)

    async def _queries(self, filter_: Filter | None, times: list[float]) -> None:
        for vector in [self._vector() for _ in range(QUERIES[self._kind])]:
            start = time.perf_counter()
            await self._query(vector, filter_)
            times.append(time.perf_counter() - start)

    async def _query(self, vector: NDArray[np.float32], filter_: Filter | None) -> None:
        assert len(await self._store.search(self._table, vector, limit=10, filter=filter_)) == 10

    async def _during_a_load(self, points: Sequence[Point]) -> list[float]:
        loading, times = asyncio.create_task(self._load(points, 2)), []
        while not loading.done():
            vector, start = self._vector(), time.perf_counter()
            await self._query(vector, FILTER)
            times.append(time.perf_counter() - start)
            await asyncio.sleep(0.02)
        await loading
        return times


def _times(name: str, seconds: list[float]) -> dict[str, float]:
    ordered = sorted(seconds)
    return {
        f"{name}_p50_ms": statistics.median(ordered) * 1000,
        f"{name}_p99_ms": ordered[int(len(ordered) * 0.99)] * 1000,
        f"{name}_longest_ms": ordered[-1] * 1000,
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=20_000)
    parser.add_argument("--dimensions", type=int, default=384)
    parser.add_argument("--only", choices=["now", "earlier"])
    parser.add_argument("--kind", help=argparse.SUPPRESS)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="embedd-bench-") as directory:
        if given.kind:
            measured = Measured(given.kind, Path(directory), given.rows, given.dimensions)
            sys.stdout.write(json.dumps(asyncio.run(measured.run())) + "\n")
            return
    asyncio.run(compare(given))


async def compare(given: argparse.Namespace) -> None:
    """Measure each kind in a process of its own, so that neither has the memory of the other."""
    found: dict[str, dict[str, float]] = {}
    for kind in [given.only] if given.only else ["earlier", "now"]:
        program = ["-m", "benchmarks.local_store", "--kind", kind]
        sizes = ["--rows", str(given.rows), "--dimensions", str(given.dimensions)]
        process = await asyncio.create_subprocess_exec(sys.executable, *program, *sizes, stdout=asyncio.subprocess.PIPE)
        found[kind] = json.loads((await process.communicate())[0])
    for name in next(iter(found.values())):
        sys.stdout.write(f"{name:28}" + "".join(f"{kind}: {one[name]:<12.4g}" for kind, one in found.items()) + "\n")


if __name__ == "__main__":
    main()
