"""A large backlog: the duration of each query of a worker, of the status and of health while the outbox holds ten
million rows.

python -m benchmarks.outbox --rows 10000000
"""

from __future__ import annotations

import argparse
import statistics
import time
from typing import Any

import psycopg

from embedd_pg.database.migrate import script
from tests.support.postgres import running_cluster

SET_UP = """
    create table products (id int primary key, name text);
    select embedd.create_vector_table(name => 'v', source_table => 'products', embedder => 'local',
                                      columns => '[{"name": "name", "role": "embedding"}]');
    update embedd.vector_tables set sync_status = 'synced', last_synced_at = now();
    insert into embedd.instance (database_oid, table_oid)
    select database_oid, table_oid from embedd_internal.read_identity() where not exists (select from embedd.instance);
"""
BACKLOG = """
    insert into embedd.outbox (capture_id, kind, key, at)
    select (select capture_id from embedd.vector_tables), 'k', i::text,
           now() - interval '1 hour' + i * interval '100 us'
      from generate_series(1, %s) i
"""
LOOKS = {
    "find_work()": "select * from embedd_internal.find_work()",
    "ingest(5000), undone": "select * from embedd_internal.ingest(5000)",
    "ingest(5000) from the last id, undone": "select * from embedd_internal.ingest(5000,"
    " (select last_value from embedd.outbox_id_seq))",
    "sync_status()": "select * from embedd.sync_status('v')",
    "health()": "select * from embedd.health()",
    "look_at_keys(), 256 keys": "select * from embedd_internal.look_at_keys((select id from embedd.generations),"
    " array(select i::text from generate_series(1, 256) i))",
    "for comparison: counted": "select count(*) from embedd.outbox where capture_id = 1",
    "for comparison: oldest by id": "select at from embedd.outbox order by id limit 1",
}


def median_ms(connection: psycopg.Connection[Any], statement: str, *, times: int = 5) -> float:
    """Return the median duration. Each call is rolled back, so that the next finds the same rows."""
    took = []
    for _ in range(times):
        with connection.transaction(force_rollback=True):
            started = time.perf_counter()
            connection.execute(statement.encode()).fetchall()
            took.append(time.perf_counter() - started)
    return statistics.median(took) * 1000


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=10_000_000)
    rows = parser.parse_args().rows
    with (
        running_cluster(durable=True) as cluster,
        cluster.fresh_database() as dsn,
        psycopg.connect(dsn, autocommit=True) as connection,
    ):
        connection.execute(script().encode())
        connection.execute(SET_UP.encode())
        started = time.perf_counter()
        connection.execute(BACKLOG.encode(), [rows])
        connection.execute("vacuum analyze embedd.outbox")
        print(f"{rows:,} rows after {time.perf_counter() - started:.0f} s", flush=True)
        print("| Look | median ms |\n|---|---|")
        for name, statement in LOOKS.items():
            print(f"| {name} | {median_ms(connection, statement):.1f} |", flush=True)


if __name__ == "__main__":
    main()
