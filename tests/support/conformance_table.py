"""Results of the conformance suites as tables: a row for each case, a column for each implementation."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from urllib.parse import urlsplit

import pytest

from tests.support import qdrant_real

#: The parameters and fixtures over which the suites are repeated: one table for each.
TABLES = {"store": "stores", "vendor": "providers", "any_provider": "providers"}
OUTCOMES = ("passed", "failed", "error", "skipped")

PROPERTY = "conformance"
#: (table, case, implementation) of a test, by its node id.
Place = tuple[str, str, str]


def met() -> str:
    """Return which Qdrant the tests use."""
    if not qdrant_real.URL:
        return "Qdrant: its engine in a directory, and stand-ins for a server: EMBEDD_TEST_QDRANT_URL is not set"
    address = urlsplit(qdrant_real.URL)
    return f"Qdrant: the server {address.hostname}, port {address.port or 6333}, and {qdrant_real.GRPC_PORT} for gRPC"


def mark(items: Sequence[pytest.Item]) -> None:
    """Mark the tests that are repeated for each implementation. The mark is in their reports, even from other
    processes."""
    for item in items:
        if not isinstance(item, pytest.Function) or not hasattr(item, "callspec"):
            continue
        for name, value in item.callspec.params.items():
            if name in TABLES and isinstance(value, str):
                item.user_properties.append((PROPERTY, (TABLES[name], item.originalname, value)))


def lines(stats: dict[str, list[object]]) -> Iterator[str]:
    """Return the tables. A cell shows how many tests passed, and the other outcomes, if any."""
    cells: dict[Place, Counter[str]] = defaultdict(Counter)
    for outcome in OUTCOMES:
        for report in stats.get(outcome, []):
            for name, place in getattr(report, "user_properties", ()):
                if name == PROPERTY:
                    table, case, implementation = place
                    cells[table, case, implementation][outcome] += 1
    tables = dict.fromkeys(table for table, _, _ in cells)
    if "stores" in tables:
        yield f"\n{met()}"
    for table in tables:
        columns = list(dict.fromkeys(name for each, _, name in cells if each == table))
        yield ""
        yield " ".join([f"{f'case of {table}':88}", *columns])
        for case in dict.fromkeys(case for each, case, _ in cells if each == table):
            shown = [_cell(cells[table, case, name]).ljust(len(name)) for name in columns]
            yield " ".join([f"{case.removeprefix('test_').replace('_', ' '):88}", *shown]).rstrip()


def _cell(found: Counter[str]) -> str:
    if not found:
        return "-"
    wrong = found["failed"] + found["error"]
    if wrong:
        return f"{wrong} FAILED"
    return str(found["passed"]) if found["passed"] else "skipped"
