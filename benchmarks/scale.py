"""The cost of one row in each part of the system, measured, and what that makes for a thousand million rows, computed.

    python -m benchmarks.scale [--rows 100000] [--plan 1000000000]

CPU is that of the worker's process and of all processes of PostgreSQL. Bytes are those of tables and indexes, divided
by the rows. The plan multiplies: it knows nothing of networks, of memory that is too small, or of a provider's limits.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import psutil  # type: ignore[import-untyped]

from benchmarks.many_tables import _of_all
from benchmarks.place import Place, Process, Site, running_place

#: Rows that are changed, and queries that are asked.
CHANGED, QUERIES = 20_000, 300
#: What a node of the plan has: memory for the index of the vectors, and processors.
MEMORY, CORES = 48 * 2**30, 16
#: The share of rows that change on a day of the plan.
CHURN = 0.01
BYTES = {
    "recorded state": "select pg_total_relation_size('embedd.row_states')",
    "vector, text and metadata": "select pg_table_size({table}) + pg_relation_size({table} || '_pkey')",
    "index of the vectors": "select sum(pg_relation_size(indexrelid)) from pg_index join pg_class i on i.oid ="
    " indexrelid join pg_am a on a.oid = i.relam and a.amname = 'hnsw' where indrelid = {table}::regclass",
    "lists of words": "select pg_total_relation_size({table} || '_words') +"
    " pg_total_relation_size({table} || '_texts')",
}


class Costs:
    """What was measured, by name: milliseconds of CPU or bytes, of one row."""

    def __init__(self, site: Site) -> None:
        self._site, self._server = site, psutil.Process(site.value("select pg_backend_pid()")).parent()
        self.found: dict[str, float] = {}

    @contextmanager
    def of(self, what: str, rows: int, worker: Process | None = None) -> Iterator[None]:
        """Count what PostgreSQL uses in the block, and the worker, which ends in it."""
        before = _of_all(self._server)
        yield
        self.put(f"{what}, PostgreSQL", (_of_all(self._server) - before) * 1000 / rows)
        if worker is not None:
            self.put(f"{what}, worker", worker.cpu * 1000 / rows)

    def put(self, what: str, cost: float) -> None:
        self.found[what] = cost
        sys.stdout.write(f"{what:40} {cost:12,.4g}\n")
        sys.stdout.flush()


def measure(place: Place, rows: int) -> dict[str, float]:
    with place.site(rows=rows) as site:
        costs = Costs(site)
        worker = site.worker(drain=True)
        with costs.of("fill and index", rows, worker):
            worker.wait()
        table = site.table
        site.sql.execute("vacuum analyze")
        for what, query in BYTES.items():
            costs.put(f"bytes: {what}", float(site.value(query.format(table=f"'{table}'")) or 0) / rows)
        alive = f"select pk_value from {table} where not dead and embedding is not null"
        nearest = f"{alive} order by embedding <=> %s limit 10".encode()
        some = f"select embedding from {table} tablesample system (5) limit {QUERIES}"
        vectors = site.sql.execute(some.encode()).fetchall()
        with costs.of("query", len(vectors)):
            for vector in vectors:
                site.sql.execute(nearest, vector)
        site.sql.execute("select embedd.verify('products')")
        worker = site.worker(drain=True)
        with costs.of("verify", rows, worker):
            worker.wait()
        changed = min(CHANGED, rows)
        with costs.of("write a change", changed):
            for first in range(1, changed, 100):
                change = "update products set name = name || '!' where id >= %s and id < %s"
                site.sql.execute(change, [first, first + 100])
        worker = site.worker(drain=True)
        with costs.of("sync a change", changed, worker):
            worker.wait()
        return costs.found


def plan(costs: dict[str, float], rows: int) -> None:
    """Print what the costs make for so many rows."""
    index, kept = costs["bytes: index of the vectors"], costs["bytes: vector, text and metadata"]
    shards = -(-int(rows * index) // MEMORY)
    hours = {what: rows * cost / 3_600_000 for what, cost in costs.items() if not what.startswith("bytes")}
    changes = rows * CHURN
    lines = {
        "shards, so that each index fits into memory": f"{shards}",
        "rows of a shard": f"{rows / shards:,.0f}",
        "disk, all shards": f"{rows * (index + kept + costs['bytes: lists of words']) / 2**40:.1f} TiB",
        "recorded states": f"{rows * costs['bytes: recorded state'] / 2**30:,.0f} GiB",
        "CPU hours to fill: workers": f"{hours['fill and index, worker']:,.0f}",
        "CPU hours to fill: PostgreSQL": f"{hours['fill and index, PostgreSQL']:,.0f}",
        f"hours to fill with {CORES} cores a shard": f"{hours['fill and index, PostgreSQL'] / (shards * CORES):.1f}",
        "CPU hours of a verification: workers": f"{hours['verify, worker']:,.0f}",
        "CPU hours of a verification: PostgreSQL": f"{hours['verify, PostgreSQL']:,.0f}",
        f"changes a day ({CHURN:.0%})": f"{changes:,.0f}, {changes / 86_400:,.0f} a second",
        "workers for the changes, of a core each": f"{changes * costs['sync a change, worker'] / 86_400_000:.2f}",
        "PostgreSQL for the changes, cores": f"{changes * costs['sync a change, PostgreSQL'] / 86_400_000:.2f}",
    }
    for what, value in lines.items():
        sys.stdout.write(f"{what:50} {value}\n")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--plan", type=int, default=1_000_000_000)
    given = parser.parse_args()
    with running_place() as place:
        plan(measure(place, given.rows), given.plan)


if __name__ == "__main__":
    main()
