"""The cost of changes at the provider: an update of metadata only, and a row that the provider always refuses."""

from __future__ import annotations

import math
import time

from benchmarks.place import Place
from benchmarks.report import OURS, Report

REFUSED = "POISONPILL"
BATCH = 256
METADATA = "Update of metadata only, 2,000 rows: texts embedded"
POISONED = "One refused row in 501: rows done, extra requests, then"


def measure(place: Place, report: Report) -> None:
    _metadata(place, report)
    _refused(place, report)


def _metadata(place: Place, report: Report, *, rows: int = 2000) -> None:
    with place.site(rows=rows) as site:
        site.worker()
        site.until(lambda: site.done() >= rows and not site.waiting(), "first rows")
        place.stub.call("/_reset")
        started = time.perf_counter()
        site.sql.execute("update products set price = price + 1")
        # The worker may take the work and empty the queue between two queries of this program.
        fresh = (
            f"select count(*) = {rows} from {site.table} v join products p on p.id::text = v.pk_value"
            " where (v.metadata ->> 'price')::numeric = p.price"
        )
        site.until(lambda: bool(site.value(fresh)) and not site.waiting(), "metadata in the store")
        seconds, seen = time.perf_counter() - started, place.stub.seen
    report.put(
        METADATA,
        OURS,
        f"{seen['inputs']}",
        wanted="0",
        seconds=round(seconds, 2),
        requests=seen["requests"],
    )


def _refused(place: Place, report: Report) -> None:
    with place.site(rows=500, register=False) as site:
        site.sql.execute(
            "insert into products (id, name, description, category, price) values (250000, 'bad', %s, 'cat1', 1)",
            [f"{REFUSED} text"],
        )
        # Put it in the middle of the keys, so that it is among good ones.
        site.sql.execute("update products set id = id + 500000 where id between 251 and 500")
        site.take("register")
        place.stub.call("/_config", refused=REFUSED)
        try:
            site.worker()
            site.until(lambda: site.done() >= 500, "good rows", seconds=60)
            time.sleep(3)
            settled = place.stub.seen["requests"]
            time.sleep(10)
            later = place.stub.seen["requests"] - settled
        finally:
            place.stub.call("/_config", refused=None)
        done = site.done()
    batches = math.ceil(501 / BATCH)
    report.put(
        POISONED,
        OURS,
        f"{done} done, {settled - batches} extra, then {later}",
        wanted=f"500, ≤ {2 * math.ceil(math.log2(BATCH))}, 0",
    )
