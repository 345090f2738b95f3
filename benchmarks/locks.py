"""The delays of writers and readers of a busy table while embedd is installed, upgraded, set up, changed and removed:
the longest wait during each operation. docs/reference/locks.md has the figures of one run.

python -m benchmarks.locks --rows 1000000
"""

from __future__ import annotations

import argparse
import asyncio
import random
import statistics
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg

from embedd_pg.database.migrate import migrate
from tests.support.postgres import running_cluster

RELEASED = Path(__file__).parents[1] / "tests" / "migration" / "released" / "0.1.0.sql"
WRITERS, READERS = 4, 2
SOURCE = """
    create table products (id int primary key, name text, description text, price numeric);
    insert into products select i, 'product ' || i, repeat(md5(i::text), 4), i from generate_series(1, %s) i;
    vacuum analyze products;
"""
COLUMNS = '[{"name": "name", "role": "embedding"}, {"name": "price", "role": "metadata", "filter_type": "float"}]'
MORE = '[{"name": "name", "role": "embedding"}, {"name": "description", "role": "embedding", "ordinal": 2}]'


@dataclass
class Traffic:
    """Sessions that write and read single rows; `spans` has the start and end of each statement, by kind."""

    dsn: str
    rows: int
    spans: dict[str, list[tuple[float, float]]] = field(default_factory=lambda: defaultdict(list))
    stop: threading.Event = field(default_factory=threading.Event)

    def session(self, kind: str, statement: str) -> None:
        with psycopg.connect(self.dsn, autocommit=True) as connection:
            while not self.stop.is_set():
                started = time.perf_counter()
                connection.execute(statement.encode(), [random.randint(1, self.rows)])
                self.spans[kind].append((started, time.perf_counter()))
                time.sleep(0.002)

    @contextmanager
    def running(self) -> Iterator[None]:
        write = "update products set price = price + 1, name = name where id = %s"
        read = "select * from products where id = %s"
        kinds = [("write", write)] * WRITERS + [("read", read)] * READERS
        threads = [threading.Thread(target=self.session, args=kind) for kind in kinds]
        for thread in threads:
            thread.start()
        try:
            yield
        finally:
            self.stop.set()
            for thread in threads:
                thread.join()

    def longest(self, kind: str, since: float, until: float) -> float:
        """Return the duration in ms of the longest statement that overlaps with this time."""
        return max((b - a for a, b in self.spans[kind] if b > since and a < until), default=0) * 1000


def operations(dsn: str) -> dict[str, Callable[[], object]]:
    def sql(statement: str) -> Callable[[], object]:
        def call() -> None:
            with psycopg.connect(dsn, autocommit=True) as connection:
                connection.execute(statement.encode())

        return call

    def named(function: str, columns: str) -> str:
        return f"select embedd.{function}, columns => '{columns}')"

    def upgrade() -> None:
        asyncio.run(migrate(dsn))

    create = named("create_vector_table(name => 'v', source_table => 'products', embedder => 'local'", COLUMNS)
    return {
        "nothing, for comparison": lambda: time.sleep(1),
        "install 0.1.0": sql(RELEASED.read_text()),
        "create_vector_table": sql(create),
        "upgrade": upgrade,
        "install again": upgrade,
        "update_vector_table": sql(named("update_vector_table('v'", MORE)),
        "repair of a trigger": sql(
            "drop trigger zz_embedd_1_update on products; select embedd_internal.repair_capture(1)"
        ),
        "drop_vector_table": sql("select embedd.drop_vector_table('v')"),
        "create_vector_table again": sql(create),
        "uninstall": sql("select embedd.uninstall(confirm => true)"),
    }


def measure(rows: int, rounds: int) -> dict[str, list[tuple[float, ...]]]:
    """Return for each operation its duration, the longest write and the longest read meanwhile, in ms, for each
    round."""
    found: dict[str, list[tuple[float, ...]]] = defaultdict(list)
    with running_cluster(durable=True) as cluster, cluster.fresh_database() as dsn:
        with psycopg.connect(dsn, autocommit=True) as connection:
            for statement in SOURCE.split(";")[:-1]:
                connection.execute(statement.encode(), [rows] if "%s" in statement else None)
        for _ in range(rounds):
            traffic = Traffic(dsn, rows)
            windows = {}
            with traffic.running():
                for name, operation in operations(dsn).items():
                    time.sleep(1)
                    started = time.perf_counter()
                    operation()
                    windows[name] = (started, time.perf_counter())
                time.sleep(0.5)
            for name, (a, b) in windows.items():
                longest = (traffic.longest("write", a, b), traffic.longest("read", a, b))
                found[name].append(((b - a) * 1000, *longest))
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=5)
    given: Any = parser.parse_args()
    print("| Operation | takes ms | longest write ms | longest read ms |\n|---|---|---|---|")
    for name, rounds in measure(given.rows, given.rounds).items():
        medians = [statistics.median(column) for column in zip(*rounds, strict=True)]
        print(f"| {name} | {' | '.join(f'{value:.0f}' for value in medians)} |", flush=True)


if __name__ == "__main__":
    main()
