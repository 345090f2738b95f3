"""Every statement of embedd that locks a table for DDL is listed, with the bound on its wait. Add new ones here, and to
docs/reference/locks.md if they touch tables that others use."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
DDL = re.compile(
    r"\b(?:create\s+(?:unlogged\s+|temporary\s+|temp\s+|unique\s+)?(?:table|index|trigger|extension)"
    r"|alter\s+(?:table|index)|drop\s+(?:table|index|trigger|schema|extension)|truncate\s+(?!table\b)\w*\{|lock\s+table"
    r"|reindex|cluster\s+\w|vacuum\s+full)\b",
    re.IGNORECASE,
)

RETRIED = "at most 2 s for the first lock, given back and tried again"
NEW = "locks only what this transaction has made"
#: By file: how often it says such a statement, and what bounds the wait for its locks.
GUARDED = {
    "sql/capture/functions/internal/create_capture_triggers.sql": (2, RETRIED),  # by those who call it
    "sql/capture/functions/internal/remove_capture.sql": (1, RETRIED),
    "sql/capture/functions/internal/repair_capture.sql": (1, "2 s; the audit of the next minute tries again"),
    "sql/capture/functions/api/uninstall.sql": (5, RETRIED),
    "sql/capture/functions/internal/check_condition.sql": (3, NEW),
    "sql/capture/functions/internal/refuse_foreign_capture.sql": (2, "part of the installation"),
    "sql/control/functions/internal/instance/make_way.sql": (8, "part of the installation"),
    "sql/control/functions/internal/roles/protect_rows.sql": (1, "part of the installation"),
    "sql/control/functions/internal/audit/refuse_audit_change.sql": (2, "part of the installation"),
    "sql/control/functions/internal/vector_table/keep_condition.sql": (2, "part of the installation"),
    "embedd_pg/database/extension.py": (3, "what the files are for, not run here"),
    "embedd_pg/database/logins.py": (1, "2 s; `embedd up` says so and is started again"),
    "sql/install/head.sql": (1, RETRIED),
    "embedd_pg/database/plpython.py": (1, "locks no table"),
    "embedd_pg/sources/csv_file.py": (1, NEW),
    "embedd_pg/stores/pgvector/store.py": (7, "new tables; indexes concurrently; drop 2 s, the worker tries again"),
    "embedd_pg/stores/pgvector/index.py": (1, "concurrently"),
    "embedd_pg/stores/pgvector/passages.py": (1, NEW),
    "embedd_pg/stores/pgvector/words.py": (
        14,
        "new tables; triggers 2 s, then again; indexes concurrently",
    ),
    "embedd_pg/stores/pgvector/rights.py": (1, "2 s; whoever creates the store tries again"),
}


def statements(path: Path) -> list[str]:
    """What it says outside comments, docstrings of a line and messages for people."""
    said = r"(?m)^\s*(--|#).*$|(?i:comment on .*|raise .*|hint = .*|resolution=.*|If it is not used: .*)"
    text = re.sub(said, "", path.read_text())
    text = re.sub(r'(?s)^""".*?"""', "", text) if path.suffix == ".py" else text
    return DDL.findall(text)


SQL = [*(ROOT / "sql").rglob("functions/**/*.sql"), *(ROOT / "sql" / "install").glob("*.sql")]
FILES = sorted(
    path
    for path in [*SQL, *(ROOT / "embedd_pg").rglob("*.py")]
    # The doctor runs none, it only says which to run.
    if not {"cli", "embedded", "doctor"} & set(path.parts)
)


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_each_statement_that_locks_is_known_and_bounded(path: Path) -> None:
    known, _ = GUARDED.get(str(path.relative_to(ROOT)), (0, ""))
    assert len(statements(path)) == known, statements(path)


def test_the_list_names_no_file_that_is_gone() -> None:
    assert {str(path.relative_to(ROOT)) for path in FILES} >= set(GUARDED)


def test_an_index_on_a_table_in_use_is_made_and_dropped_concurrently() -> None:
    for path in (ROOT / "embedd_pg" / "stores").rglob("*.py"):
        found = re.findall(r"(?:create|drop) index (?!concurrently)[^\"]*", path.read_text())
        assert all("(dead) where dead" in statement for statement in found), found  # of a table made just before


def test_the_installation_bounds_its_waits_before_it_touches_a_table() -> None:
    text = (ROOT / "sql" / "install" / "head.sql").read_text()
    assert 0 < text.index("set local lock_timeout") < text.index("create schema embedd")
