"""Start-up: seconds from exec to the first row of a new worker, CPU seconds of `embedd --help`, and seconds until
`embedd up` is ready on a directory that it has used before. Medians; CPU includes the end of the process.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from benchmarks.place import NotMeasured, Place, Process, embedd
from benchmarks.report import OURS, Report


def measure(place: Place, report: Report, *, repeats: int = 7) -> None:
    def put(question: str, one: Callable[[], tuple[float, float]], wanted: str) -> None:
        seconds, cpu = zip(*(one() for _ in range(repeats)), strict=True)
        middle = f"{statistics.median(seconds):.2f}, {statistics.median(cpu):.2f}"
        report.put(question, OURS, middle, wanted=wanted, seconds=seconds, cpu=cpu)

    put("Start of a worker: seconds to the first row, CPU seconds", lambda: first_row(place), "≤ 0.7, ")
    put("embedd --help: seconds, CPU seconds", listing, " , ≤ 0.25")
    with tempfile.TemporaryDirectory(prefix="embedd-up-") as directory:
        ready(Path(directory))  # the first start initialises the directory
        put("embedd up on an initialised directory: seconds, CPU seconds", lambda: ready(Path(directory)), "≤ 3, ")


def first_row(place: Place) -> tuple[float, float]:
    with place.site(rows=200) as site:
        started = time.perf_counter()
        worker = site.worker(drain=True)
        site.until(lambda: site.done() > 0, "first row", seconds=60, every=0.005)
        seconds = time.perf_counter() - started
        worker.wait(60)
        return seconds, worker.cpu


def listing() -> tuple[float, float]:
    started = time.perf_counter()
    process = Process(subprocess.Popen([embedd(), "--help"], stdout=subprocess.DEVNULL), Path(os.devnull))
    process.wait(60)
    return time.perf_counter() - started, process.cpu


def ready(directory: Path) -> tuple[float, float]:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("EMBEDD_")}
    command = [embedd(), "up", "--json", "--port", "0", "--data-dir", str(directory)]
    started = time.perf_counter()
    popen = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    process = Process(popen, Path(os.devnull))
    try:
        assert popen.stdout is not None
        line = popen.stdout.readline()
        seconds, cpu = time.perf_counter() - started, process.used() if process.running else 0.0
    finally:
        process.stop()
    if not line or "api_url" not in json.loads(line):
        raise NotMeasured("embedd up did not get ready")
    return seconds, cpu
