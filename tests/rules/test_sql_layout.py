"""The layout of SQL files: lines that fit the width of the code, and a comment first."""

from __future__ import annotations

from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
WIDTH = 120
#: Migrations are frozen once they have landed, and so is their layout.
SQL = [path for path in sorted((ROOT / "sql").rglob("*.sql")) if path.parent.name != "migrations"]
FUNCTIONS = [path for path in SQL if "functions" in path.parts]


def too_wide(text: str) -> list[int]:
    """Return the numbers of lines that are too long."""
    return [number for number, line in enumerate(text.splitlines(), 1) if len(line) > WIDTH]


def named(path: Path) -> str:
    return str(path.relative_to(ROOT / "sql"))


@pytest.mark.parametrize("path", SQL, ids=named)
def test_no_line_of_sql_is_too_long(path: Path) -> None:
    assert too_wide(path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize("path", FUNCTIONS, ids=named)
def test_a_function_file_begins_with_a_comment(path: Path) -> None:
    assert path.read_text(encoding="utf-8").startswith("-- ")


def test_a_line_that_is_too_long_is_found() -> None:
    assert too_wide("select 1;\n" + "-" * 121 + "\n" + "-" * 120) == [2]
