"""The time that a query over REST adds to the unavoidable parts: embedding the text, and the SQL with a given vector.

50,000 rows, the ten nearest of a category. The three are asked in turn with the same text, the provider answering at
once, so that its 50 ms do not hide milliseconds; and the SQL is what somebody would write by hand, prepared, over an
open connection. Then the same text again, which must not be embedded again.
"""

from __future__ import annotations

import base64
import http.client
import json
import re
import statistics
import subprocess
import time
from typing import Any
from urllib.parse import urlsplit

import numpy as np

from benchmarks.place import NotMeasured, Place, Process, Site, embedd
from benchmarks.report import OURS, Report

SQL = """
select pk_value, 1 - (embedding <=> %s::vector) as score, metadata, embedded_text from {table}
where not dead and metadata @> '{{"category": "cat7"}}' order by embedding <=> %s::vector limit 10"""

#: As the store searches, so that both look at as many candidates.
SCAN = "select set_config('hnsw.iterative_scan', 'strict_order', true), set_config('hnsw.ef_search', '64', true)"


def measure(place: Place, report: Report, *, rows: int = 50_000, queries: int = 200) -> None:
    with place.site(rows=rows) as site:
        worker = site.worker(drain=True)
        site.until(lambda: not worker.running, "backfill")
        table = site.table
        site.sql.execute(f"vacuum analyze {table}".encode())
        place.stub.call("/_config", latency_ms=0)
        try:
            api = Api(site)
            provider = Caller(place.stub.url, {})
            for number in range(20):
                _ask(site, table, api, provider, f"warm {number}")
            found = [_ask(site, table, api, provider, f"words to look for, number {n}") for n in range(queries)]
            place.stub.call("/_reset")
            for _ in range(20):
                api.query("asked again and again")
            embedded = place.stub.seen["inputs"]
        finally:
            place.stub.call("/_config", latency_ms=place.stub.latency_ms)
    added = [rest - embed - sql for rest, embed, sql in found]
    middle = [statistics.median(part) for part in zip(*found, strict=True)]
    report.put(
        f"Query, ten nearest of a category in {rows:,} rows: added by the API; a text asked 20 times is embedded",
        OURS,
        f"{statistics.median(added):.1f} ms; {embedded} time(s)",
        wanted="≤ 3 ms; 1",
        rest_ms=round(middle[0], 2),
        embedding_call_ms=round(middle[1], 2),
        raw_sql_ms=round(middle[2], 2),
        added_p95_ms=round(sorted(added)[int(len(added) * 0.95)], 2),
    )


class Caller:
    """A client that sends JSON over one open connection."""

    def __init__(self, url: str, headers: dict[str, str]) -> None:
        address = urlsplit(url)
        self._connection = http.client.HTTPConnection(address.hostname or "", address.port)
        self._headers = {"content-type": "application/json", **headers}

    def post(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        self._connection.request("POST", path, json.dumps(body).encode(), self._headers)
        reply = self._connection.getresponse()
        answer: dict[str, Any] = json.loads(reply.read())
        if reply.status != 200:
            raise NotMeasured(f"{path} answered {reply.status}: {answer}")
        return answer


class Api:
    """`embedd serve` on a free port, and a key for it."""

    def __init__(self, site: Site, **more: str) -> None:
        environment = site.adapter["worker"]["env"] | {"EMBEDD_DATABASE_URL": site.url, **more}
        command = [embedd(), "keys", "create", "benchmark", "--json"]
        made = subprocess.run(command, check=True, capture_output=True, env=site.environment(environment))
        self.key = json.loads(made.stdout)["key"]
        self.server = site.start([embedd(), "serve", "--port", "0"], environment)
        self.url = _address(site, self.server)
        self._caller = Caller(self.url, {"authorization": f"Bearer {self.key}"})
        self.path = f"/v1/vector-tables/{site.value('select id from embedd.vector_tables')}/query"

    def query(self, text: str) -> list[dict[str, Any]]:
        body = {"query": text, "limit": 10, "filters": {"category": "cat7"}}
        results: list[dict[str, Any]] = self._caller.post(self.path, body)["results"]
        return results


def _address(site: Site, server: Process) -> str:
    """Return the address that the API reports."""
    found: list[str] = []

    def told() -> bool:
        found[:] = re.findall(r"http://\S+?:\d+", server.log.read_text(errors="replace"))
        return bool(found)

    site.until(told, "the API's address", seconds=60)
    return found[0]


def _ask(site: Site, table: str, api: Api, provider: Caller, text: str) -> tuple[float, float, float]:
    """Return the milliseconds of the query over REST, of the embedding call alone and of the SQL alone."""
    started = time.perf_counter()
    results = api.query(text)
    rest = time.perf_counter()
    asked = {"model": "stub-embed", "input": [text], "dimensions": site.dimensions, "encoding_format": "base64"}
    encoded = provider.post("/v1/embeddings", asked)["data"][0]["embedding"]
    embed = time.perf_counter()
    vector = str(np.frombuffer(base64.b64decode(encoded), "<f4").tolist())
    statement = SQL.format(table=table).encode()
    ready = time.perf_counter()
    with site.sql.transaction():
        site.sql.execute(SCAN)
        rows = site.sql.execute(statement, [vector, vector], prepare=True).fetchall()
    end = time.perf_counter()
    if len(rows) != 10 or len(results) != 10:
        raise NotMeasured(f"ten rows were asked for; SQL found {len(rows)}, the API {len(results)}")
    return (rest - started) * 1000, (embed - rest) * 1000, (end - ready) * 1000
