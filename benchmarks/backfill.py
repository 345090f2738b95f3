"""Backfill: rows per second from the start of the worker to the last row found, and per CPU second of its process;
alternating with the straight line on the same rows, so that a slow minute affects both.

`steady` leaves out the time before the first row is found: the start of the process and of its first batches.
"""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import time
from typing import Any

from benchmarks.place import ROOT, Place
from benchmarks.report import LINE, OURS, Report, rate

#: Settings for each, found by trying: concurrency and batch size.
TUNED = {384: {"concurrency": 8, "batch_size": 1000}, 1536: {"concurrency": 8, "batch_size": 512}}
DEFAULT: dict[str, int] = {}
RATE = "Backfill, {:,} dimensions, {}, rows/s (steady)"
PER_CPU = "Backfill, {:,} dimensions, rows per CPU second of the worker"


def measure(place: Place, report: Report, *, rows: int, repeats: int) -> None:
    for dimensions in (384, 1536):
        found: dict[str, list[dict[str, Any]]] = {"default": [], "tuned": [], "line": []}
        for _ in range(repeats):
            found["default"].append(backfill(place, rows=rows, dimensions=dimensions, settings=DEFAULT))
            found["tuned"].append(backfill(place, rows=rows, dimensions=dimensions, settings=TUNED[dimensions]))
            found["line"].append(straight_line(place, rows=rows, dimensions=dimensions))
        _put(report, dimensions, found)


def _put(report: Report, dimensions: int, found: dict[str, list[dict[str, Any]]]) -> None:
    def middle(name: str, figure: str) -> float:
        return statistics.median(float(one[figure]) for one in found[name])

    share = 0.5 if dimensions == 384 else 0.6
    for name in ("default", "tuned"):
        question = RATE.format(dimensions, name)
        wanted = f"≥ 5 × pgai, ≥ {share} of the line" if name == "tuned" else "≥ 20 × pgai" if dimensions == 384 else ""
        figure = f"{rate(middle(name, 'rows_s'))} ({rate(middle(name, 'steady'))})"
        report.put(question, OURS, figure, wanted=wanted, repeats=found[name])
        if name == "tuned":
            line = middle("line", "rows_s")
            report.put(question, LINE, f"{rate(line)}, {middle(name, 'steady') / line:.0%}", repeats=found["line"])
    question = PER_CPU.format(dimensions)
    report.put(question, OURS, rate(middle("default", "rows_per_cpu_s")), wanted="≥ 5 × pgai")
    report.put(question, LINE, rate(middle("line", "rows_per_cpu_s")))


def backfill(place: Place, *, rows: int, dimensions: int, settings: dict[str, int]) -> dict[str, Any]:
    """Measure one backfill into an empty store by a worker started for it."""
    with place.site(rows=rows, dimensions=dimensions) as site:
        started = time.perf_counter()
        worker = site.worker(drain=True, **settings)
        seen = [(started, 0)]

        def complete() -> bool:
            seen.append((time.perf_counter(), site.done()))
            return seen[-1][1] >= rows

        site.until(complete, f"backfill of {rows} rows", seconds=3600)
        worker.wait(120)
        first = next(moment for moment in seen if moment[1])
        last = next(moment for moment in seen if moment[1] >= rows)
        stub = place.stub.seen
        return {
            "rows": rows,
            **settings,
            "rows_s": round(rows / (last[0] - started)),
            "steady": round((last[1] - first[1]) / (last[0] - first[0])) if last[0] > first[0] else 0,
            "first_s": round(first[0] - started, 2),
            "rows_per_cpu_s": round(rows / worker.cpu),
            "cpu_s": round(worker.cpu, 2),
            "peak_mb": worker.peak >> 20,
            "inputs_a_request": round(stub["inputs"] / max(1, stub["requests"])),
            "in_flight": stub["peak_in_flight"],
        }


def straight_line(place: Place, *, rows: int, dimensions: int, **options: Any) -> dict[str, Any]:
    """Measure the same rows without any sync, in a separate process."""
    with place.site(rows=rows, dimensions=dimensions, register=False) as site:
        settings = {"dimensions": dimensions, **TUNED[dimensions], **options}
        command = [sys.executable, "-m", "benchmarks.straight_line", "--database-url", site.url]
        command += ["--stub", site.stub.url]
        for name, value in settings.items():
            command += [f"--{name.replace('_', '-')}", str(value)]
        output = subprocess.run(command, check=True, capture_output=True, text=True, cwd=ROOT).stdout
        measured: dict[str, Any] = json.loads(output)
        return measured
