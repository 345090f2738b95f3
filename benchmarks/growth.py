"""Growth: the rate at many rows against the rate at 20,000, and what the worker's memory does meanwhile."""

from __future__ import annotations

import time
from typing import Any

from benchmarks.place import Place
from benchmarks.report import OURS, Report, rate

#: Cheap however many rows there are; sessions report their work once a second.
WRITTEN = "select coalesce(max(n_tup_ins), 0) from pg_stat_user_tables where relname = %s"


def measure(place: Place, report: Report, *, rows: int = 20_000, many: int = 1_000_000) -> None:
    small, large = _fill(place, rows), _fill(place, many)
    question = f"Growth: rows/s at {many:,} rows, of those at {rows:,}; peak memory"
    figure = f"{rate(large['steady'])}, {large['steady'] / small['steady']:.0%}; {large['peak_mb']} MB"
    report.put(question, OURS, figure, wanted="≥ 90 %, ≤ 300 MB", small=small, large=large)


def _fill(place: Place, rows: int) -> dict[str, Any]:
    with place.site(rows=rows) as site:
        started = time.perf_counter()
        worker = site.worker(drain=True)
        moments = [(started, 0)]

        def complete() -> bool:
            moments.append((time.perf_counter(), int(site.value(WRITTEN, site.table))))
            return not worker.running

        site.until(complete, f"{rows} rows", seconds=7200, every=0.25)
        done = site.done()
        # From the first to the last of what was seen; start and end of the process are not the question.
        first = next(moment for moment in moments if moment[1])
        last = next(moment for moment in moments if moment[1] == moments[-1][1])
        parts = [_slope(moments, rows * n // 5, rows * (n + 1) // 5) for n in range(5)] if rows >= 100_000 else []
        return {
            "rows": rows, "done": done, "steady": round((last[1] - first[1]) / max(0.01, last[0] - first[0])),
            "rows_s": round(done / (last[0] - started)), "rows_s_by_fifth": parts,
            "rows_per_cpu_s": round(done / worker.cpu), "peak_mb": worker.peak >> 20,
            "until_the_worker_ended_s": round(time.perf_counter() - started, 1),
        }  # fmt: skip


def _slope(moments: list[tuple[float, int]], low: int, high: int) -> int:
    """Rows a second between the moments at which `low` and `high` rows were there."""
    inside = [moment for moment in moments if low <= moment[1] <= high]
    if len(inside) < 2 or inside[-1][0] == inside[0][0]:
        return 0
    return round((inside[-1][1] - inside[0][1]) / (inside[-1][0] - inside[0][0]))
