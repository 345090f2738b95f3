"""The same scenarios for other products, through the peer harness: a program that runs each product, embedd included,
against the same database and stub. The harness is not part of this repository; its README says how to install peers.

PEER_PYTHON is the Python it runs with, PEER_PGAI and PEER_COCOINDEX the virtual environments of the peers; by default
~/.cache/peer-bench/bin/python, ~/.cache/peer-pgai, ~/.cache/peer-coco. A missing peer is left out.
"""

from __future__ import annotations

import json
import os
import subprocess
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from benchmarks import backfill, changes, idle, lag, writers
from benchmarks.place import ADAPTER, PRICE, NotMeasured, embedd
from benchmarks.report import COCOINDEX, OURS_IN_HARNESS, PEER, Report, rate

Results = list[dict[str, Any]]


@dataclass
class Peers:
    """The harness in `directory`; `programs` are PostgreSQL's, unless PGBIN names others."""

    directory: Path
    programs: Path = Path()
    python: Path = field(default_factory=lambda: _path("PEER_PYTHON", "peer-bench/bin/python"))
    pgai: Path = field(default_factory=lambda: _path("PEER_PGAI", "peer-pgai"))
    cocoindex: Path = field(default_factory=lambda: _path("PEER_COCOINDEX", "peer-coco"))

    def __post_init__(self) -> None:
        for path in (self.directory / "run.py", self.python):
            if not path.exists():
                raise NotMeasured(f"There is no {path}; the README of the peer harness says how it is set up.")

    @property
    def columns(self) -> list[str]:
        """Return the products that it can measure on this machine."""
        peers = {PEER: self.pgai / "bin" / "pgai", COCOINDEX: self.cocoindex / "bin" / "python"}
        return [OURS_IN_HARNESS, *(column for column, program in peers.items() if program.exists())]

    def ask(
        self,
        column: str,
        scenario: str,
        *options: str,
        more_columns: str = PRICE,
        settings: Mapping[str, int] | None = None,
    ) -> Results:
        """Run one scenario of the harness for one product. Return its results."""
        peer = {OURS_IN_HARNESS: "embedd-pg", PEER: "pgai", COCOINDEX: "cocoindex"}[column]
        environment = {
            **os.environ,
            "PGBIN": os.environ.get("PGBIN", str(self.programs)),
            "EMBEDD_BIN": embedd(),
            "EMBEDD_MORE_COLUMNS": more_columns,
            **{f"EMBEDD_{k.upper()}": str(v) for k, v in (settings or {}).items()},
        }
        with tempfile.TemporaryDirectory() as directory:
            out = Path(directory) / "results.json"
            command = [
                str(self.python),
                "-B",
                "run.py",
                "--peer",
                peer,
                "--scenarios",
                scenario,
                "--out",
                str(out),
                "--pgai-venv",
                str(self.pgai),
                "--coco-venv",
                str(self.cocoindex),
                *options,
            ]
            if column == OURS_IN_HARNESS:
                command += ["--adapter-file", str(ADAPTER)]
            done = subprocess.run(command, cwd=self.directory, env=environment, capture_output=True, text=True)
            if done.returncode or not out.exists():
                raise NotMeasured(f"{column}, {scenario}: {done.stderr.strip()[-500:]}")
            results: Results = json.loads(out.read_text())["runs"][-1]["results"]
            return results

    def backfill(self, report: Report, *, rows: int) -> None:
        for dimensions in (384, 1536):
            found = {column: self._backfills(column, dimensions, rows) for column in self.columns}
            for name in ("default", "tuned"):
                of_peer = max((r["rows_s_wall"] for r in found.get(PEER, {}).get(name, [])), default=0)
                for column, by_name in found.items():
                    if not by_name[name]:
                        continue
                    best = max(by_name[name], key=lambda result: float(result["rows_s_wall"]))
                    figure = f"{rate(best['rows_s_wall'])} ({rate(best['rows_s_steady'] or 0)})"
                    if column == OURS_IN_HARNESS and of_peer:
                        figure += f", {best['rows_s_wall'] / of_peer:.1f} × pgai"
                    report.put(backfill.RATE.format(dimensions, name), column, figure, results=by_name[name])
            _per_cpu(report, dimensions, found)

    def _backfills(self, column: str, dimensions: int, rows: int) -> dict[str, Results]:
        options = ["--rows", str(rows), "--dims", str(dimensions), "--latency-ms", "50"]
        found = {"default": self.ask(column, "backfill", *options, "--configs", "default"), "tuned": []}
        if column == OURS_IN_HARNESS:
            found["tuned"] = self.ask(column, "backfill", *options, settings=backfill.TUNED[dimensions])
        elif column == PEER:
            found["tuned"] = self.ask(column, "backfill", *options, "--configs", "500:4,2048:4")
        for result in found["default"] + found["tuned"]:
            if result["done"] < rows:
                raise NotMeasured(f"{column} did {result['done']} of {rows} rows.")
        return found

    def writers(self, report: Report) -> None:
        kinds = {"insert_1000": writers.INSERTED, "update_price_1000": writers.UNTRACKED}
        for column in self.columns:
            options = ["--sync-commit", "off", "--clients", "1", "--repeats", "5", "--bench-seconds", "2"]
            for result in self.ask(column, "overhead", *options, more_columns=""):
                if result["kind"] in kinds:
                    wal = result["wal_bytes_per_row_with"] - result["wal_bytes_per_row_without"]
                    figure = f"{result['added_us_per_row_best']} µs, {wal} bytes of WAL"
                    report.put(kinds[result["kind"]], column, figure, result=result)

    def lag(self, report: Report) -> None:
        for column in self.columns:
            # A second is the shortest interval of pgai; embedd is woken and keeps its default.
            poll = "" if column == OURS_IN_HARNESS else "1s"
            single, *loaded = self.ask(column, "lag", "--polls", poll)
            for question, result in zip((lag.SINGLE, lag.LOADED.format(100)), (single, *loaded), strict=False):
                figure = f"p50 {result['p50_ms']:.0f}, p99 {result['p99_ms']:.0f} ms" if result.get("n") else "none"
                report.put(question, column, figure, result=result)
            report.put(idle.QUESTION, column, f"{single['idle_txn_per_s']}, {single['idle_cpu_pct']} %")

    def changes(self, report: Report) -> None:
        for column in self.columns:
            embedded = self.ask(column, "update")[0]
            report.put(changes.METADATA, column, f"{embedded['embedded_inputs']:,}", result=embedded)
            refused = self.ask(column, "poison")[0]
            figure = f"{refused['done']} done, {refused['requests']} requests in {refused['seconds']} s"
            report.put(changes.POISONED, column, figure, result=refused)

    def scenario(self, name: str) -> Callable[..., None] | None:
        """Return the comparison that corresponds to one of our scenarios, if the harness has one."""
        known: dict[str, Callable[..., None]] = {
            "backfill": self.backfill,
            "writers": self.writers,
            "lag": self.lag,
            "changes": self.changes,
        }
        return known.get(name)


def _per_cpu(report: Report, dimensions: int, found: dict[str, dict[str, Results]]) -> None:
    best = {c: max(_all(r), key=lambda result: float(result["rows_per_cpu_s"])) for c, r in found.items()}
    for column, result in best.items():
        figure = rate(result["rows_per_cpu_s"])
        if column == OURS_IN_HARNESS and PEER in best:
            figure += f", {result['rows_per_cpu_s'] / best[PEER]['rows_per_cpu_s']:.1f} × pgai"
        report.put(backfill.PER_CPU.format(dimensions), column, figure)


def _all(by_name: dict[str, Results]) -> Sequence[dict[str, Any]]:
    return [result for results in by_name.values() for result in results]


def _path(variable: str, usual: str) -> Path:
    return Path(os.environ.get(variable) or Path.home() / ".cache" / usual).expanduser()
