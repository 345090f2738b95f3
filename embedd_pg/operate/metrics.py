"""Metrics in the format of Prometheus: what this process counts and times, and what the database knows of its tables.

Labels have few values: routes and not paths, classes of errors and not their texts, at most TABLES vector tables. No
label and no value is taken from a row, a query or a secret.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from time import monotonic
from typing import Any

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.platform_collector import PlatformCollector
from prometheus_client.process_collector import ProcessCollector

from embedd_pg import observed
from embedd_pg.database.call import Database
from embedd_pg.errors import EmbeddError

#: The most vector tables with metrics of their own; those with errors come first.
TABLES = 200
#: Seconds for which the database's answer is used again, so that many scrapers cost no more than one.
FRESH = 5.0
#: Seconds that the database may take. Prometheus waits ten.
PATIENCE = 5.0
CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"

_FAST = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)
_LAG = (0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 900, 3600)

#: Counters of this process: what each counts, and its labels.
COUNTERS = {
    "http_requests": ("Requests to the API that were answered.", ("route", "method", "status")),
    "provider_requests": ("Requests to embedding providers, by outcome.", ("kind", "outcome")),
    "provider_tokens": ("Tokens that embedding providers counted, or estimates where they count none.", ("kind",)),
    "attempts": ("Attempts of the worker at a batch of changed rows, by outcome.", ("lane", "outcome")),
    "rows": ("Changed rows that attempts finished: written to the store, or found unchanged.", ("lane", "result")),
    "rows_set_aside": ("Rows that were set aside because they cannot be embedded or stored.", ("code",)),
}
#: Histograms of this process, in seconds: what each times, its labels, and its buckets.
TIMES = {
    "http_request": ("Time from a request's head to the end of its answer.", ("route",), _FAST),
    "query_step": ("Time of each step of a query: plan, embed, search, rerank.", ("step",), _FAST),
    "provider_request": ("Time of a request to an embedding provider.", ("kind",), _FAST),
    "attempt": ("Time of an attempt, from its claim to its end.", ("lane",), _LAG),
    "lag": ("Time from the commit of a change until the store had it and the ledger knew.", ("lane",), _LAG),
}
#: Values from embedd_internal.list_metrics(), and their labels.
_TABLE = ("organization", "environment", "vector_table", "id")
FROM_DATABASE = {
    "vector_tables": ("Vector tables by sync_status.", ("state",)),
    "in_error": ("1 while the sync_status of a vector table is error.", _TABLE),
    "pending_rows": ("Changes of a vector table that wait.", _TABLE),
    "dead_rows": ("Rows of a vector table that were set aside.", _TABLE),
    "staleness_seconds": ("Time since a vector table was last up to date; 0 while no change waits.", _TABLE),
    "drift_rows": ("Differences between source and store that the last verification found.", _TABLE),
    "month_tokens": ("Tokens used this month, by provider, model and kind.", ("provider", "model", "kind")),
    "month_cost_usd": ("Cost of these tokens, where the model has a price.", ("provider", "model", "kind")),
    "health": ("The measurements of embedd.health(). Ages are in seconds.", ("subject",)),
    "alert": ("1 while embedd.health() says that something is wrong.", ("subject",)),
}
#: Values that parts of this process yield when they are asked, and their labels.
MEASURED = {
    "sessions": ("Sessions with databases, by state: in_use, idle.", ("pool", "state")),
    "sessions_waited_for": ("Calls that wait for a session of a full pool.", ("pool",)),
    "providers_resting": ("1 for each embedding provider that failed and is not asked for a while.", ("cause",)),
}


class Metrics:
    """The metrics of one process. It is the collector of `observed`."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._registry = CollectorRegistry()
        self._asked = asyncio.Lock()
        self._rows: list[dict[str, Any]] = []
        self._read_at = -FRESH
        self._reachable = Gauge(
            "embedd_database_up",
            "Whether the database of embedd answered; without an answer what it knows is left out.",
            registry=self._registry,
        )
        self._counters = {
            name: Counter(f"embedd_{name}", text, labels, registry=self._registry)
            for name, (text, labels) in COUNTERS.items()
        }
        self._times = {
            name: Histogram(f"embedd_{name}_seconds", text, labels, buckets=buckets, registry=self._registry)
            for name, (text, labels, buckets) in TIMES.items()
        }
        ProcessCollector(registry=self._registry)
        PlatformCollector(registry=self._registry)
        self._registry.register(self)

    def count(self, name: str, by: float, labels: dict[str, str]) -> None:
        self._counters[name].labels(**labels).inc(by)

    def seconds(self, name: str, value: float, labels: dict[str, str]) -> None:
        self._times[name].labels(**labels).observe(value)

    async def text(self) -> bytes:
        """Return all metrics as text, without those of the database if it does not answer in time."""
        async with self._asked:
            if monotonic() - self._read_at >= FRESH:
                await self._read()
        return generate_latest(self._registry)

    async def _read(self) -> None:
        try:
            async with asyncio.timeout(PATIENCE):
                self._rows = await self._database.rows("list_metrics", p_tables=TABLES)
            self._reachable.set(1)
        except (EmbeddError, TimeoutError):
            self._rows = []
            self._reachable.set(0)
        self._read_at = monotonic()

    def describe(self) -> Iterator[Metric]:
        """Return no metrics: their names are known, and asking for them would cost a measurement."""
        return iter(())

    def collect(self) -> Iterator[Metric]:
        """Yield what the database said last, and what parts of this process measure now."""
        values = [(row["name"], row["labels"], row["value"]) for row in self._rows]
        yield from _families(FROM_DATABASE, values)
        yield from _families(MEASURED, observed.measured())


def _families(defined: dict[str, tuple[str, tuple[str, ...]]], values: Any) -> Iterator[Metric]:
    families = {
        name: GaugeMetricFamily(f"embedd_{name}", text, labels=labels) for name, (text, labels) in defined.items()
    }
    for name, labels, value in values:
        families[name].add_metric([str(labels[label]) for label in defined[name][1]], float(value))
    yield from families.values()
