"""The SQL files follow the rules that make upgrades safe."""

from __future__ import annotations

import re
from pathlib import Path

import psycopg
import pytest
from psycopg.rows import DictRow

from embedd_pg.database.sql_files import LINES, procedure_files, schema_of, sql_directory

MIGRATIONS = {line: sorted((sql_directory() / line / "migrations").glob("*")) for line in LINES}
FUNCTIONS = sorted(path for line in LINES for path in (sql_directory() / line / "functions").rglob("*.sql"))
PROCEDURES = sorted(path for line in LINES for path in procedure_files(line))
VIEWS = sorted(path for line in LINES for path in (sql_directory() / line / "views").glob("*.sql"))

#: The functions that the documentation promises by name.
PUBLIC = """create_connection create_embedder update_embedder delete_embedder create_vector_table update_vector_table
  drop_vector_table backfill pause_sync resume_sync sync_status verify retry_dead_letters dead_letters tasks search
  prepare_search embed create_api_key revoke_api_key create_environment set_tier version uninstall"""


@pytest.mark.parametrize("line", LINES)
def test_migrations_are_numbered_without_gaps(line: str) -> None:
    names = [path.name for path in MIGRATIONS[line]]
    assert names
    for number, name in enumerate(names, 1):
        assert re.fullmatch(rf"{number:04}_[a-z_]+\.sql", name), name


@pytest.mark.parametrize("path", [path for paths in MIGRATIONS.values() for path in paths], ids=lambda path: path.stem)
def test_migrations_never_adopt_existing_objects(path: Path) -> None:
    text = re.sub(r"--.*", "", path.read_text())
    assert not re.search(r"if\s+not\s+exists|or\s+replace|create\s+function", text, re.IGNORECASE)


@pytest.mark.parametrize("path", FUNCTIONS, ids=lambda path: path.stem)
def test_a_function_file_holds_one_function_of_its_name(path: Path) -> None:
    lines = path.read_text().splitlines()
    created = [line for line in lines if re.match(r"create\b", line)]
    ours = [line for line in created if line != "create or replace function %s() returns trigger"]
    assert len(ours) == 1
    assert ours[0].startswith(f"create or replace function {schema_of(path)}.{path.stem}(")
    assert lines[0].startswith("-- "), "a comment says what it promises"


@pytest.mark.parametrize("path", PROCEDURES, ids=lambda path: path.stem)
def test_a_procedure_file_holds_one_public_procedure_of_its_name(path: Path) -> None:
    lines = path.read_text().splitlines()
    created = [line for line in lines if re.match(r"create\b", line)]
    assert created == [f"create or replace procedure embedd.{path.stem}("]
    assert lines[0].startswith("-- "), "a comment says what it promises"


@pytest.mark.parametrize("path", VIEWS, ids=lambda path: path.stem)
def test_a_view_file_holds_one_view_of_its_name_over_tables_alone(path: Path) -> None:
    """Functions in a view run with the rights of the reader; reading a view should need only SELECT on it."""
    lines = path.read_text().splitlines()
    assert [line for line in lines if re.match(r"create\b", line)] == [f"create or replace view embedd.{path.stem} as"]
    assert lines[0].startswith("-- "), "a comment says what it shows and what it costs"
    statement = path.read_text().partition("create or replace")[2].partition("comment on")[0]
    called = re.findall(r"embedd(?:_internal)?\.(\w+)\(", re.sub(r"--.*", "", statement))
    assert not {function.stem for function in FUNCTIONS} & set(called)


def test_view_names_are_unique_across_files(pg: psycopg.Connection[DictRow]) -> None:
    found = pg.execute("select viewname from pg_views where schemaname = 'embedd' order by 1").fetchall()
    assert [row["viewname"] for row in found] == sorted(path.stem for path in VIEWS) and VIEWS


def test_function_names_are_unique_across_files_and_have_no_overloads(pg: psycopg.Connection[DictRow]) -> None:
    stems = [path.stem for path in FUNCTIONS]
    found = pg.execute(
        "select prokind::text as kind, proname from pg_proc where pronamespace::regnamespace::text ~ '^embedd'"
    ).fetchall()
    assert sorted(row["proname"] for row in found if row["kind"] != "p") == sorted(stems)
    assert sorted(row["proname"] for row in found if row["kind"] == "p") == sorted(path.stem for path in PROCEDURES)
    assert len(set(stems)) == len(stems)


def test_every_public_function_has_a_description(pg: psycopg.Connection[DictRow]) -> None:
    found = pg.execute(
        "select proname, obj_description(oid, 'pg_proc') as said from pg_proc"
        " where pronamespace::regnamespace::text ~ '^embedd' and proname = any (%s)",
        [PUBLIC.split()],
    ).fetchall()
    assert len(found) >= 11
    assert [row["proname"] for row in found if not row["said"]] == []
