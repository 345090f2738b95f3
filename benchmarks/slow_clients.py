"""The delays of honest callers while others hold connections without using them: 300 that say nothing, 400 that drip a
request's head and 100 that drip a body with a good key, against a server whose process may open 256 files.

Each honest request is a connection of its own, in turn `/health` and a query of another tenant (the provider answers at
once). Everything is on loopback; the slow clients are a process of their own and end with this one.

    python -m benchmarks.slow_clients [--seconds 30]

EMBEDD_BIN names another `embedd` than that of this Python.
"""

from __future__ import annotations

import argparse
import http.client
import json
import re
import subprocess
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from benchmarks.place import Process, Site, embedd, running_place
from tests.support.slow_clients import holding

FILES, SILENT, DRIPPING, SLOW = 256, 300, 400, 100
#: Seconds after which an honest caller gives up.
PATIENCE = 10.0


@dataclass
class Honest:
    """A caller that repeats its request; `took` has the seconds of each answer, `failed` the failures."""

    port: int
    key: str
    took: dict[str, list[float]] = field(default_factory=lambda: {"/health": [], "query": []})
    failed: Counter[str] = field(default_factory=Counter)

    def ask_for(self, seconds: float) -> None:
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            self._timed("/health", lambda: self._ask("GET", "/health"))
            self._timed("query", lambda: self._ask("POST", "/v1/vector-tables/vt_benchmark/query", query="Product 7"))
            time.sleep(0.02)

    def _timed(self, name: str, ask: Callable[[], None]) -> None:
        started = time.perf_counter()
        try:
            ask()
        except (OSError, http.client.HTTPException) as error:
            self.failed[f"{name}: {type(error).__name__}"] += 1
        self.took[name].append(time.perf_counter() - started)

    def _ask(self, method: str, path: str, **body: Any) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        try:
            headers = {"authorization": f"Bearer {self.key}"}
            connection.request(method, path, json.dumps(body) if body else None, headers)
            reply = connection.getresponse()
            reply.read()
            if reply.status != 200:
                raise http.client.HTTPException(str(reply.status))
        finally:
            connection.close()

    def told(self) -> str:
        parts = []
        for name, times in self.took.items():
            middle, last = (sorted(times)[int(len(times) * part)] * 1000 for part in (0.5, 0.99))
            parts.append(f"{name} p50 {middle:.0f} ms, p99 {last:.0f} ms of {len(times)}")
        return "; ".join(parts) + (f"; failed: {dict(self.failed)}" if self.failed else "; none failed")


def measure(site: Site, seconds: float) -> None:
    worker = site.worker(drain=True)
    site.until(lambda: not worker.running, "backfill")
    environment = site.adapter["worker"]["env"] | {"EMBEDD_DATABASE_URL": site.url, "EMBEDD_ALLOW_SUPERUSER": "1"}

    def run(*arguments: str) -> Any:
        command = [embedd(), *arguments, "--json"]
        done = subprocess.run(command, check=True, capture_output=True, env=site.environment(environment))
        return json.loads(done.stdout)

    key = run("keys", "create", "honest")["key"]
    run("orgs", "create", "others", "--tier", "enterprise")
    other = run("keys", "create", "slow", "--organization", "others")["key"]
    limited = f'ulimit -n {FILES}; exec "$0" serve --port 0'
    port = _port(site, site.start(["/bin/sh", "-c", limited, embedd()], environment))
    Honest(port, key).ask_for(2)  # until everything is open
    alone = Honest(port, key)
    alone.ask_for(seconds)
    print(f"alone: {alone.told()}", flush=True)
    with holding(port, other, silent=SILENT, dripping=DRIPPING, slow=SLOW):
        time.sleep(5)  # until all are there
        held = Honest(port, key)
        held.ask_for(seconds)
    print(f"{SILENT} silent, {DRIPPING} dripping, {SLOW} slow, {FILES} files: {held.told()}", flush=True)


def _port(site: Site, server: Process) -> int:
    found: list[str] = []

    def told() -> bool:
        found[:] = re.findall(r"http://\S+?:(\d+)", server.log.read_text(errors="replace"))
        return bool(found)

    site.until(told, "the API's address", seconds=60)
    return int(found[0])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=30)
    given = parser.parse_args()
    with running_place(latency_ms=0) as place, place.site(rows=1000) as site:
        measure(site, given.seconds)


if __name__ == "__main__":
    main()
