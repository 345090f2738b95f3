"""32 writers with a worker listening, against the same with the wake-up switched off; alternating, one row per commit.

The worker does its ordinary work in both arms; between the bursts it empties its queue. Without the bell it may sleep
through the first two seconds of a burst, so these count in neither arm.
"""

from __future__ import annotations

import statistics

from benchmarks.place import Place
from benchmarks.report import OURS, Report, rate

INSERT = """insert into products (name, description, category, price)
values ('Product x', 'Product number x ' || repeat('lorem ipsum dolor sit amet ', 12), 'cat3', 9.99);"""


def measure(place: Place, report: Report, *, pairs: int = 5, seconds: int = 6, clients: int = 32) -> None:
    rates: dict[bool, list[float]] = {True: [], False: []}
    with place.site(rows=1000) as site:
        site.worker()
        site.until(lambda: site.done() >= 1000 and not site.waiting(), "first rows")
        for number in range(pairs):
            for enabled in (True, False) if number % 2 else (False, True):
                site.sql.execute("update embedd.doorbell set enabled = %s", [enabled])
                rates[enabled].append(place.pgbench(site.url, INSERT, seconds=seconds, clients=clients, after=3))
                site.until(lambda: not site.waiting(), "the queue is empty again")
    shares = [on / off for on, off in zip(rates[True], rates[False], strict=True)]
    report.put(
        f"{clients} writers with a worker listening, of the rate without wake-up",
        OURS,
        f"{statistics.median(shares):.0%}",
        wanted="≥ 90 %",
        with_wake_up=[rate(r) for r in rates[True]],
        without=[rate(r) for r in rates[False]],
    )
