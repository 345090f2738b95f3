"""Many vector tables in one database: the cost of an idle worker, `embedd status`, and the lag of one change."""

from __future__ import annotations

import os
import random
import statistics
import subprocess
import time

import psutil  # type: ignore[import-untyped]

from benchmarks.place import Place, Process, Site, embedd
from benchmarks.report import OURS, Report

QUESTION = "{:,} vector tables: idle worker and PostgreSQL, share of a core; `embedd status`; lag of one change, p50"
MAKE = """do $$ begin
  for n in 1..{tables} loop
    execute format('create table source_%s (id bigint primary key, name text not null)', n);
    execute format('insert into source_%s select g, ''row '' || g from generate_series(1, {rows}) g', n);
  end loop;
end $$"""
REGISTER = """select embedd.create_vector_table(name => 'table-{n}', source_table => 'public.source_{n}',
  embedder => 'stub', mode => 'platform', embedding_dimensions => 96,
  columns => '[{{"name": "name", "role": "embedding"}}]'), embedd.backfill('table-{n}')"""
#: The vector tables that are not yet synced.
BEHIND = "select count(*) from embedd.status where sync_status <> 'synced'"


def measure(place: Place, report: Report, *, tables: int = 1000, rows: int = 10, seconds: float = 60) -> None:
    with place.site(rows=10, register=False) as site:
        _prepare(site, tables, rows)
        worker = site.worker()
        site.until(lambda: not site.value(BEHIND), f"{tables} tables", seconds=3600, every=2)
        site.sql.execute("vacuum analyze")
        time.sleep(20)
        ours, theirs = _idle(site, worker, seconds)
        statuses = [_status(site) for _ in range(3)]
        lags = [_lag(site, number, tables) for number in range(20)]
    report.put(
        QUESTION.format(tables),
        OURS,
        f"{ours:.1%}, {theirs:.1%}; {statistics.median(statuses):.1f} s; {statistics.median(lags):.2f} s",
        wanted="≤ 1 %; ≤ 2 s; ≤ 0.3 s",
        peak_mb=worker.peak >> 20,
        lag_worst=round(max(lags), 2),
    )


def _prepare(site: Site, tables: int, rows: int) -> None:
    site.sql.execute(MAKE.format(tables=tables, rows=rows).encode())
    site.sql.execute(site._filled(site.adapter["register"][0]["sql"]).encode())
    for n in range(1, tables + 1):
        site.sql.execute(REGISTER.format(n=n).encode())


def _idle(site: Site, worker: Process, seconds: float) -> tuple[float, float]:
    """Return the worker's and PostgreSQL's share of a core."""
    server = psutil.Process(site.value("select pg_backend_pid()")).parent()
    before, used, started = _of_all(server), worker.used(), time.perf_counter()
    time.sleep(seconds)
    took = time.perf_counter() - started
    return (worker.used() - used) / took, (_of_all(server) - before) / took


def _of_all(server: psutil.Process) -> float:
    """Return the CPU seconds of a PostgreSQL server, ended sessions included."""
    own = server.cpu_times()
    each = [child.cpu_times() for child in server.children()]
    return float(own.children_user + own.children_system + sum(one.user + one.system for one in [own, *each]))


def _status(site: Site) -> float:
    environment = {**os.environ, "EMBEDD_DATABASE_URL": site.url, "EMBEDD_LOG_LEVEL": "warning"}
    started = time.perf_counter()
    subprocess.run([embedd(), "status"], env=environment, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - started


def _lag(site: Site, number: int, tables: int) -> float:
    """Return the seconds from COMMIT of a new row, in a table chosen at random, until its vector is in the store."""
    time.sleep(random.uniform(0.2, 1.2))
    n, key = random.randint(1, tables), 1000 + number
    store = site.value(
        "select g.store_table from embedd.generations g join embedd.vector_tables v on v.id = g.vector_table_id"
        f" where v.name = 'table-{n}'"
    )
    site.sql.execute(f"insert into source_{n} values ({key}, 'new row')".encode())
    committed = time.perf_counter()
    found = f"select 1 from {store} where pk_value = '{key}' and embedding is not null"
    site.until(lambda: bool(site.value(found)), "the row", seconds=60, every=0.005)
    return time.perf_counter() - committed
