"""Errors are declared once: SQL raises what errors.py declares, and the documentation lists it."""

from __future__ import annotations

import ast
import re
from pathlib import Path

from embedd_api.app import FACES, OPERATIONS
from embedd_api.face import EMBEDD, face_of
from embedd_api.openapi import errors_of
from embedd_pg.errors import EmbeddError, MethodNotAllowed, NotFound, SchemaVersionError
from tests.support.errors import all_errors

ROOT = Path(__file__).parents[2]
#: Files that raise errors in SQL: functions, and what the installation runs around them.
IN_SQL = [*(ROOT / "sql").rglob("*.sql"), *(ROOT / "embedd_pg").rglob("*.py")]
RAISE = re.compile(r"raise exception using\s+(.*?);\s*$", re.DOTALL | re.MULTILINE)
SQLSTATE = re.compile(r"['\"](EB[A-Z][0-9]{2})['\"]")
#: Errors that no operation declares: they are met before one is found, or in each.
COMMON = {NotFound, MethodNotAllowed, SchemaVersionError}
DECLARED = ROOT / "embedd_pg" / "errors.py"


def sqlstates() -> set[str]:
    return {state for path in IN_SQL if path != DECLARED for state in SQLSTATE.findall(path.read_text("utf-8"))}


def raised_in_python() -> set[str]:
    """Names of the classes that Python makes an error of."""
    found = set()
    for folder in ("embedd_pg", "api"):
        for path in (ROOT / folder).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text("utf-8"))):
                made = node.func if isinstance(node, ast.Call) else node.exc if isinstance(node, ast.Raise) else None
                found |= {made.id} if isinstance(made, ast.Name) else set()
    return found


def table(page: str) -> list[list[str]]:
    """The cells of the rows of the page's list of errors."""
    text = (ROOT / "docs" / "reference" / page).read_text("utf-8")
    rows = re.search(r"^\| (?:Status \| Codes|SQLSTATE \| Code)[^\n]*\n\|[-|]+\n((?:\|[^\n]*\n)+)", text, re.MULTILINE)
    assert rows
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in rows[1].splitlines()]


def test_sql_raises_only_declared_errors() -> None:
    assert sqlstates() == set(EmbeddError.by_sqlstate)


def test_every_error_of_sql_has_a_hint() -> None:
    without = [
        f"{path.relative_to(ROOT)}: {raised[:60]}"
        for path in IN_SQL
        for raised in RAISE.findall(path.read_text("utf-8"))
        if not re.search(r"\bhint = ", raised)
    ]
    assert not without


def test_an_error_has_a_default_resolution_where_python_raises_it_and_there_alone() -> None:
    python = raised_in_python()
    for error in EmbeddError.by_sqlstate.values():
        assert ("resolution" in error.__dict__) == (error.__name__ in python), error


def test_errors_of_one_code_have_one_status() -> None:
    by_code: dict[str, set[int | None]] = {}
    for error in all_errors():
        by_code.setdefault(error.code, set()).add(error.status)
    assert {code: found for code, found in by_code.items() if len(found) > 1} == {}
    assert by_code["internal_error"] == {None}


def test_the_reference_of_rest_lists_what_operations_answer_with() -> None:
    answered = {error for operation in OPERATIONS for error in errors_of(operation)} | COMMON
    listed = {
        (status, code)
        for statuses, codes in table("rest-api.md")
        for status in re.findall(r"\d{3}", statuses)
        for code in re.findall(r"`(\w+)`", codes)
    }
    assert listed == {(str(EMBEDD.status_of(error)), error.code) for error in answered}


def test_the_reference_of_sql_lists_each_sqlstate() -> None:
    listed = {state.strip("`"): (code.strip("`"), said) for state, code, said in table("sql-api.md")}
    assert listed == {
        state: (error.code, (error.__doc__ or "").strip()) for state, error in EmbeddError.by_sqlstate.items()
    }


def test_every_operation_is_under_the_prefix_of_its_face() -> None:
    assert [operation.name for operation in OPERATIONS if operation.face is not face_of(operation.path, FACES)] == []
