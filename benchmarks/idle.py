"""The cost of an idle worker: transactions a second in the database, and its share of a core."""

from __future__ import annotations

import time

from benchmarks.place import Place
from benchmarks.report import OURS, Report

QUESTION = "Idle: transactions/s, share of a core"
COUNT = "select xact_commit + xact_rollback from pg_stat_database where datname = current_database()"


def measure(place: Place, report: Report, *, seconds: float = 60) -> None:
    with place.site(rows=200) as site:
        worker = site.worker()
        site.until(lambda: site.done() >= 200 and not site.waiting(), "first rows")
        # Let PostgreSQL finish its own work in the new database, which is not the worker's.
        site.sql.execute("vacuum analyze")
        # Idle sessions report their statistics within ten seconds, and this one with its next query.
        time.sleep(12)
        site.value(COUNT)
        time.sleep(2)
        before, cpu, started = site.value(COUNT), worker.used(), time.perf_counter()
        time.sleep(seconds)
        # The query of this program is one of them.
        transactions = site.value(COUNT) - before - 1
        took = time.perf_counter() - started
        core = (worker.used() - cpu) / took
    report.put(
        QUESTION,
        OURS,
        f"{transactions / took:.2f}, {core:.2%}",
        wanted="≤ 1, ≤ 0.5 %",
        seconds=round(took),
    )
