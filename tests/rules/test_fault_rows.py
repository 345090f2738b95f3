"""The page docs/evidence/faults.md: each fault has a test that names its number.

A test names a number at the start of its name (test_05_06_…) or in its docstring (Fault 5). A row without one says
`none:` and why in the last column.
"""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
ROW = re.compile(r"^\| (\d+) \| ([^|]+) \| ([^|]+) \| ([^|]+) \|$", re.MULTILINE)
PAGE = ROOT / "docs" / "evidence" / "faults.md"
ROWS = {int(row[0]): row[3] for row in ROW.findall(PAGE.read_text(encoding="utf-8"))}


def numbers(test: ast.FunctionDef | ast.AsyncFunctionDef) -> set[int]:
    """The faults a test names."""
    said = re.findall(r"\bFaults? (\d+(?:(?:, | and )\d+)*)", ast.get_docstring(test) or "")
    named = re.match(r"test_((?:\d\d_)*)", test.name)
    return {int(number) for number in re.findall(r"\d+", " ".join([*said, named[1] if named else ""]))}


@cache
def faults_of_tests() -> list[tuple[str, set[int]]]:
    """Return each test of the suite with the faults it names. Reading takes a second, so no other process does it."""
    return [
        (node.name, numbers(node))
        for path in (ROOT / "tests").rglob("test_*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name.startswith("test_")
    ]


def test_every_fault_has_its_row() -> None:
    assert sorted(ROWS) == list(range(1, len(ROWS) + 1)) and len(ROWS) >= 73


@pytest.mark.parametrize("number", ROWS)
def test_every_fault_has_a_test_that_names_it(number: int) -> None:
    column = ROWS[number]
    having = {name for name, named in faults_of_tests() if number in named}
    if column.startswith("none: "):
        assert not having, "it has one by now"
        return
    written = set(re.findall(r"`(\w+)`", column))
    assert written
    assert written <= having


def test_no_test_names_a_fault_that_has_no_row() -> None:
    assert not {name: named for name, named in faults_of_tests() if named - ROWS.keys()}


def test_every_test_that_the_page_names_exists() -> None:
    named = set(re.findall(r"`(test_\w+)`", PAGE.read_text(encoding="utf-8")))
    assert named <= {name for name, _ in faults_of_tests()}
