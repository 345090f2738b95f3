"""A search by text in SQL that a worker prepares, beside the same query over REST.

The ten nearest of a category, the provider answering at once. Both are asked in turn with the same new text, which each
process embeds for itself; then SQL is asked again with a text that is prepared. Each has one open connection.
"""

from __future__ import annotations

import statistics
import time

from benchmarks.place import NotMeasured, Place, Site
from benchmarks.query import Api
from benchmarks.report import OURS, Report

PREPARE = "call embedd.prepare_search('bench', %s)"
SEARCH = """select pk_value from embedd.search('bench', %s, filters => '{"category": "cat7"}')"""


def measure(place: Place, report: Report, *, rows: int = 20_000, queries: int = 200) -> None:
    with place.site(rows=rows) as site:
        filling = site.worker(drain=True)
        site.until(lambda: not filling.running, "backfill")
        name = str(site.value("update embedd.vector_tables set name = 'bench' returning name"))
        site.sql.execute(f"vacuum analyze {site.table}".encode())
        site.worker()
        site.until(lambda: not site.value("select exists (select from embedd.standstill)"), "a worker", seconds=60)
        place.stub.call("/_config", latency_ms=0)
        try:
            api = Api(site)
            for number in range(20):
                _ask(site, api, f"warm {name} {number}")
            found = [_ask(site, api, f"words to look for, number {n}") for n in range(queries)]
        finally:
            place.stub.call("/_config", latency_ms=place.stub.latency_ms)
    rest, prepare, search, again = ([one[part] for one in found] for part in range(4))
    added = statistics.median(p + s - r for r, p, s, _ in found)
    report.put(
        f"A new text searched in SQL with prepare_search(), {rows:,} rows: more than over REST",
        OURS,
        f"{added:.1f} ms",
        wanted="≤ 20 ms",
        rest_ms=round(statistics.median(rest), 2),
        prepare_ms=round(statistics.median(prepare), 2),
        prepare_p95_ms=round(sorted(prepare)[int(len(prepare) * 0.95)], 2),
        search_ms=round(statistics.median(search), 2),
        prepare_again_ms=round(statistics.median(again), 2),
    )


def _ask(site: Site, api: Api, text: str) -> tuple[float, float, float, float]:
    """Return the milliseconds of the query over REST, of the preparation, of the search, and of preparing it again."""
    started = time.perf_counter()
    results = api.query(text)
    rest = time.perf_counter()
    site.sql.execute(PREPARE, [text])
    prepared = time.perf_counter()
    found = site.sql.execute(SEARCH, [text]).fetchall()
    searched = time.perf_counter()
    site.sql.execute(PREPARE, [text])
    again = time.perf_counter()
    if len(found) != 10 or len(results) != 10:
        raise NotMeasured(f"ten rows were asked for; SQL found {len(found)}, the API {len(results)}")
    return (rest - started) * 1000, (prepared - rest) * 1000, (searched - prepared) * 1000, (again - searched) * 1000
