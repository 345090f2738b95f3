"""Queries over REST under load: queries per second, CPU and latency, beside a raw loop in the same run.

50,000 rows in pgvector, and as many in Qdrant (managed.py says which). 16 clients, then 64, ask for the ten nearest of
texts whose vectors are cached, without a filter and within a category. In turn with them, a loop without embedd sends
the same searches to the same store: SQL over psycopg's pool, or the calls of Qdrant's client. CPU is that of the
process of the API, or of the loop; the details have that of PostgreSQL's processes, too.
"""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from typing import Any
from urllib.parse import urlsplit

import psutil  # type: ignore[import-untyped]

from benchmarks.managed import register_managed, server
from benchmarks.place import ROOT, NotMeasured, Place, Site
from benchmarks.query import Api
from benchmarks.report import LINE, OURS, Report, rate

TEXTS = [f"words to look for, number {number}" for number in range(20)]
CATEGORY = {"category": "cat7"}
CLIENTS = (16, 64)
WANTED = {16: "≤ 1.2 ms CPU, ≥ 0.5 of the loop", 64: "p99 ≤ 3 × p50"}

Figures = dict[str, float]


def measure(place: Place, report: Report, *, rows: int = 50_000, seconds: float = 4, repeats: int = 3) -> None:
    with place.site(rows=rows) as site:
        _fill(site)
        site.sql.execute(f"vacuum analyze {site.table}".encode())
        raw = ["benchmarks.raw_queries", "--database-url", site.url]
        _measure(site, report, Api(site), raw, f"{rows:,} rows in pgvector", seconds, repeats)
    with server() as (url, name), place.site(rows=rows, register=False) as site:
        register_managed(site)
        _fill(site, qdrant_url=url)
        raw = ["benchmarks.raw_qdrant", "--url", url]
        _measure(site, report, Api(site, EMBEDD_QDRANT_URL=url), raw, f"{rows:,} rows in {name}", seconds, repeats)


def _fill(site: Site, **settings: str) -> None:
    worker = site.worker(drain=True, **settings)
    site.until(lambda: not worker.running, "backfill")


def _measure(
    site: Site, report: Report, api: Api, raw: Sequence[str], where: str, seconds: float, repeats: int
) -> None:
    site.stub.call("/_config", latency_ms=0)
    for text in TEXTS:
        api.query(text)
    loop = [*raw, "--stub", site.stub.url, "--table", site.table, *_many("--text", TEXTS)]
    for filters, kind in ((None, "ten nearest"), (CATEGORY, "ten nearest of a category")):
        bodies = [json.dumps({"query": text, "limit": 10, "filters": filters}) for text in TEXTS]
        ours = ["benchmarks.load_client", "--port", str(urlsplit(api.url).port), "--path", api.path, "--key", api.key]
        ours += _many("--body", bodies)
        for clients in CLIENTS:
            more = ["--clients", str(clients), "--seconds", str(seconds)]
            found: dict[str, list[Figures]] = {OURS: [], LINE: []}
            for _ in range(repeats):
                found[OURS].append(_run(site, [*ours, *more], api.server.popen.pid))
                found[LINE].append(_run(site, [*loop, *more, *(["--category"] if filters else [])], None))
            _report(report, f"Queries, {kind} in {where}, {clients} clients", found, wanted=WANTED[clients])


def _many(option: str, values: Sequence[str]) -> list[str]:
    return [part for value in values for part in (option, value)]


def _run(site: Site, arguments: Sequence[str], pid: int | None) -> Figures:
    """Run a client. `pid` is the process whose CPU counts; None for that of the client itself."""
    command = [sys.executable, "-W", "ignore", "-m", *arguments]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT) as client:
        assert client.stdout is not None
        if client.stdout.readline() != "warm\n":
            raise NotMeasured(f"{arguments[0]} did not start")
        process, postgres = psutil.Process(pid or client.pid), _postgres(site)
        began, before, server_before = time.perf_counter(), _cpu([process]), _cpu(postgres())
        line = client.stdout.readline()
        took, used, server_used = time.perf_counter() - began, _cpu([process]), _cpu(postgres())
    if not line:
        raise NotMeasured(f"{arguments[0]} ended without figures")
    figures: Figures = json.loads(line)
    queries = figures["queries_s"] * took
    figures["cpu_ms"] = (used - before) * 1000 / queries
    figures["postgres_cpu_ms"] = (server_used - server_before) * 1000 / queries
    return figures


def _postgres(site: Site) -> Callable[[], list[Any]]:
    """Return a function that returns the processes of the server of the site."""
    first = psutil.Process(site.value("select pg_backend_pid()")).parent()
    return lambda: list(first.children())


def _cpu(processes: Sequence[Any]) -> float:
    used = 0.0
    for process in processes:
        try:
            times = process.cpu_times()
        except psutil.NoSuchProcess:
            continue
        used += times.user + times.system
    return used


def _report(report: Report, question: str, found: dict[str, list[Figures]], *, wanted: str) -> None:
    middle = {
        who: {name: statistics.median(one[name] for one in runs) for name in runs[0]} for who, runs in found.items()
    }
    share = statistics.median(
        ours["queries_s"] / loop["queries_s"] for ours, loop in zip(found[OURS], found[LINE], strict=True)
    )
    for who, figures in middle.items():
        shown = (
            f"{rate(figures['queries_s'])}/s, {figures['cpu_ms']:.2f} ms CPU,"
            f" p50 {figures['p50_ms']:.0f} ms, p99 {figures['p99_ms']:.0f} ms"
        )
        if who == OURS:
            report.put(question, who, f"{shown}, {share:.2f} of the loop", wanted=wanted, repeats=found[who])
        else:
            report.put(question, who, shown, repeats=found[who])
