"""The rate at which 5,000 changes are processed while another session holds a snapshot, against the rate without.

A snapshot keeps every dead row of the queue in the way of those who read it; the more rounds, the more. So several
rounds of changes are worked off under one snapshot, and the last of them counts.
"""

from __future__ import annotations

import statistics
import time

import psycopg

from benchmarks.place import Place, Site
from benchmarks.report import OURS, Report, rate


def measure(place: Place, report: Report, *, rows: int = 5_000, rounds: int = 3) -> None:
    with place.site(rows=rows) as site:
        site.worker()
        site.until(lambda: site.done() >= rows and not site.waiting(), "first rows")
        _round(site)
        free = [_round(site) for _ in range(rounds)]
        with psycopg.connect(site.url) as other:
            other.execute("set transaction isolation level repeatable read")
            # The first query takes the snapshot, which is kept until the block ends.
            other.execute("select count(*) from products")
            pinned = [_round(site) for _ in range(rounds)]
        # And once more after it is gone: without it the rate must be what it was.
        # Of the queue alone: to clear an HNSW index of so many dead vectors takes minutes, and is not the question.
        site.sql.execute("vacuum embedd.jobs, embedd.outbox, embedd.row_states")
        free += [_round(site) for _ in range(rounds)]
    report.put(
        "Drain rate while another session holds a snapshot, of the rate without",
        OURS,
        f"{pinned[-1] / statistics.median(free):.0%}",
        wanted="≥ 80 %",
        free=[rate(r) for r in free],
        pinned=[rate(r) for r in pinned],
    )


def _round(site: Site) -> float:
    """Return the rows a second from the commit that changes every text until the queue is empty."""
    started = time.perf_counter()
    rows = site.sql.execute("update products set description = description || '!'").rowcount
    started = time.perf_counter()
    site.until(lambda: not site.waiting(), "the queue is empty", every=0.02)
    return rows / (time.perf_counter() - started)
