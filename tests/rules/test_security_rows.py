"""The page docs/explanation/security.md: each listed attack has a test in tests/security.

The start of a test's name names its attack: `test_point_05_…` one of the closed vulnerabilities (P5), `test_row_12_…`
one of the checks. A row without a test says `none:` and why in the last column."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
ROW = re.compile(r"^\| (P?\d+) \| ([^|]+) \| ([^|]+) \| ([^|]+) \|$", re.MULTILINE)
PAGE = ROOT / "docs" / "explanation" / "security.md"
ROWS = {row[0]: row[3].strip() for row in ROW.findall(PAGE.read_text(encoding="utf-8"))}
POINTS = [f"P{number}" for number in range(18)]
CHECKS = [str(number) for number in range(1, 53)]


def attacked(name: str) -> set[str]:
    """The rows a test stands for, read off its name."""
    head = re.match(r"test_((?:(?:point|row)_(?:\d\d_)+)*)", name)
    found = set()
    for kind, numbers in re.findall(r"(point|row)_((?:\d\d_)+)", head[1] if head else ""):
        found |= {("P" if kind == "point" else "") + str(int(number)) for number in re.findall(r"\d\d", numbers)}
    return found


@cache
def rows_of_tests() -> dict[str, set[str]]:
    """Return the rows that each test stands for."""
    return {
        node.name: attacked(node.name)
        for folder in ("security", "unit")
        for path in (ROOT / "tests" / folder).glob("test_*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name.startswith("test_")
    }


def test_every_closed_hole_and_every_check_has_its_row() -> None:
    assert list(ROWS) == [*POINTS, *CHECKS]


@pytest.mark.parametrize("row", [*POINTS, *CHECKS])
def test_every_row_has_its_attacks(row: str) -> None:
    having = {name for name, rows in rows_of_tests().items() if row in rows}
    if ROWS[row].startswith("none: "):
        assert not having, "it has one by now"
        return
    written = set(re.findall(r"`(test_\w+)`", ROWS[row]))
    assert written
    assert written == having, "the page lists the tests of this row, all of them"


def test_no_attack_names_a_row_that_is_not_there() -> None:
    assert not {name: rows - ROWS.keys() for name, rows in rows_of_tests().items() if rows - ROWS.keys()}
