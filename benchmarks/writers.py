"""The cost of capture for writers: the same statements with embedd's triggers on and off, in pairs, without a worker.

Measured are CPU of the writer's backend and WAL per row: unlike the wall clock, the kernel's account of one process is
not affected by other work of the machine. WAL is counted with every page already written once since the checkpoint, so
that no arm pays for whole pages."""

from __future__ import annotations

import statistics
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.place import ROW, Place, Site
from benchmarks.report import OURS, Report

ROWS = 20_000
#: Rows a statement.
BULK = 1000
INSERT = f"insert into products (name, description, category, price) select {ROW} from generate_series(1, {BULK}) g"
UPDATE = "update products set price = price + 1 where id between {first} and {last}"
BURST = 20
INSERTED, UNTRACKED = (
    f"Cost on writers, {what}, added a row" for what in ("1,000-row insert", "1,000-row update of an untracked column")
)


@dataclass(frozen=True)
class Cost:
    """The cost per row in one burst: microseconds of CPU, microseconds of wall clock, bytes of WAL."""

    cpu: float
    wall: float
    wal: float


def measure(place: Place, report: Report, *, pairs: int = 15) -> None:
    updates = [UPDATE.format(first=n + 1, last=n + BULK) for n in range(0, ROWS, BULK)]
    _compare(place, report, INSERTED, [INSERT] * BURST, pairs, "≤ 1 µs")
    _compare(place, report, UNTRACKED, updates, pairs, "≤ 0.6 µs, no WAL")


def _compare(place: Place, report: Report, question: str, statements: Sequence[str], pairs: int, wanted: str) -> None:
    with place.site(rows=ROWS, more_columns="") as site:
        # Leave out the flush at commit, which depends on the disk, and autovacuum, which writes at any time.
        site.sql.execute("set synchronous_commit = off")
        site.sql.execute("alter table products set (autovacuum_enabled = off)")
        for on in (False, True):
            _burst(site, statements, on=on)
        off, on_ = list[Cost](), list[Cost]()
        for number in range(pairs):
            for on in (True, False) if number % 2 else (False, True):
                (on_ if on else off).append(_burst(site, statements, on=on))
    added = [Cost(b.cpu - a.cpu, b.wall - a.wall, b.wal - a.wal) for a, b in zip(off, on_, strict=True)]
    cpu, wal = (statistics.median(getattr(cost, figure) for cost in added) for figure in ("cpu", "wal"))
    report.put(
        question,
        OURS,
        f"{cpu:.2f} µs, {wal:.0f} bytes of WAL",
        wanted=wanted,
        cpu_without=round(statistics.median(cost.cpu for cost in off), 2),
        best_wall_added=round(min(cost.wall for cost in on_) - min(cost.wall for cost in off), 2),
        pairs=[round(cost.cpu, 2) for cost in added],
    )


def _burst(site: Site, statements: Sequence[str], *, on: bool) -> Cost:
    """Run the statements, each with a commit. Afterwards the tables are as large as before."""
    for (trigger,) in site.sql.execute(_OURS).fetchall():
        site.sql.execute(f'alter table products {"enable always" if on else "disable"} trigger "{trigger}"'.encode())
    place = Path(f"/proc/{site.value('select pg_backend_pid()')}/schedstat")
    start, used, started = site.value(_WAL), _cpu(place), time.perf_counter()
    for statement in statements:
        site.sql.execute(statement.encode())
    wall, cpu = time.perf_counter() - started, _cpu(place) - used
    wal = float(site.value("select pg_wal_lsn_diff(pg_current_wal_insert_lsn(), %s)", start))
    site.sql.execute(f"delete from products where id > {ROWS}")
    site.sql.execute("delete from embedd.outbox")
    site.sql.execute("vacuum products, embedd.outbox")
    rows = len(statements) * BULK
    return Cost(cpu / rows * 1e6, wall / rows * 1e6, wal / rows)


def _cpu(schedstat: Path) -> float:
    """Return the seconds that a process has spent on a processor (Linux)."""
    return int(schedstat.read_text().split()[0]) / 1e9


_WAL = "select pg_current_wal_insert_lsn()"
_OURS = "select tgname from pg_trigger where tgrelid = 'products'::regclass and tgname like 'zz_embedd%'"
