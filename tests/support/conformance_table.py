"""What the conformance suites have found, as tables: a row for each case, a column for each implementation."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence

import pytest

#: The parameters and fixtures by which the suites are repeated: one table each.
TABLES = {"store": "stores", "vendor": "providers", "any_provider": "providers"}
OUTCOMES = ("passed", "failed", "error", "skipped")

#: (table, case, implementation) of a test, by its node id.
Place = tuple[str, str, str]


def places(items: Sequence[pytest.Item]) -> Iterator[tuple[str, Place]]:
    """The tests that are repeated for each implementation, and where they belong."""
    for item in items:
        if not isinstance(item, pytest.Function) or not hasattr(item, "callspec"):
            continue
        for name, value in item.callspec.params.items():
            if name in TABLES and isinstance(value, str):
                yield item.nodeid, (TABLES[name], item.originalname, value)


def lines(known: dict[str, Place], stats: dict[str, list[object]]) -> Iterator[str]:
    """The tables; a cell says how many tests passed, and whatever else became of others."""
    cells: dict[Place, Counter[str]] = defaultdict(Counter)
    for outcome in OUTCOMES:
        for report in stats.get(outcome, []):
            place = known.get(getattr(report, "nodeid", ""))
            if place is not None:
                cells[place][outcome] += 1
    for table in dict.fromkeys(table for table, _, _ in cells):
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
