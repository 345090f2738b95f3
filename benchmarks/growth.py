"""Growth: the rate at many rows against the rate at 20,000, and the memory of the worker meanwhile."""

from __future__ import annotations

import time
from typing import Any

from benchmarks.place import Place
from benchmarks.report import OURS, Report, rate

#: Rows that are there: each range adds its own as it commits.
FILLED = "select coalesce(max(rows_processed), 0) from embedd.tasks"


def measure(place: Place, report: Report, *, rows: int = 20_000, many: int = 1_000_000) -> None:
    small, large = _fill(place, rows), _fill(place, many)
    question = f"Growth: rows/s at {many:,} rows, of those at {rows:,}, from start to end and steady; peak memory"
    rates = (f"{rate(large[kind])}, {large[kind] / small[kind]:.0%}" for kind in ("rows_s", "steady"))
    figure = f"{'; '.join(rates)}; {large['peak_mb']} MB"
    report.put(question, OURS, figure, wanted="≥ 90 %, ≤ 300 MB", small=small, large=large)


def _fill(place: Place, rows: int) -> dict[str, Any]:
    with place.site(rows=rows) as site:
        started = time.perf_counter()
        worker = site.worker()
        moments = [(started, 0)]

        def complete() -> bool:
            moments.append((time.perf_counter(), int(site.value(FILLED))))
            return moments[-1][1] >= rows

        site.until(complete, f"{rows} rows", seconds=7200, every=0.05)
        # Leave out building the index, which takes the same time however the table was filled.
        worker.stop()
        # Measure from the first to the last row seen, without the start of the process.
        first, last = next(moment for moment in moments if moment[1]), moments[-1]
        parts = [_slope(moments, rows * n // 5, rows * (n + 1) // 5) for n in range(5)] if rows >= 100_000 else []
        return {
            "rows": rows,
            "steady": round((last[1] - first[1]) / max(0.01, last[0] - first[0])),
            "rows_s": round(rows / (last[0] - started)),
            "rows_s_by_fifth": parts,
            "rows_per_cpu_s": round(rows / worker.cpu),
            "peak_mb": worker.peak >> 20,
        }


def _slope(moments: list[tuple[float, int]], low: int, high: int) -> int:
    """Return the rows a second between the moments at which `low` and `high` rows existed."""
    inside = [moment for moment in moments if low <= moment[1] <= high]
    if len(inside) < 2 or inside[-1][0] == inside[0][0]:
        return 0
    return round((inside[-1][1] - inside[0][1]) / (inside[-1][0] - inside[0][0]))
