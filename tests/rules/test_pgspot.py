"""pgspot finds nothing in the installed SQL: no function or statement can be made to run foreign code."""

from __future__ import annotations

import re
from types import SimpleNamespace

import pytest
from pgspot.state import Counter, State
from pgspot.visitors import visit_sql

from embedd_pg.database.migrate import script
from embedd_pg.database.sql_files import functions, migrations

#: source_table must mean what it means to the caller, so these two keep the caller's search path; they have no rights
#: but the caller's.
CALLERS_PATH = {"create_vector_table", "describe_source"}
#: pgspot's parser takes no assignment to a field of a row here; the statements in those bodies are not looked into.
UNPARSED = {
    "apply_embedder_fields",
    "create_embedder_record",
    "replace_sealed",
    "update_connection",
    "update_embedder",
    "update_embedder_record",
}

PREAMBLE = "create schema embedd;\ncreate schema embedd_internal;\nset local search_path = pg_catalog, pg_temp;\n"
CREATED = re.compile(r"create or replace (function|procedure) embedd(?:_internal)?\.(\w+)\(")
ROUTINES = {CREATED.findall(text)[0]: text for text in functions()}
FUNCTIONS = {name: text for (kind, name), text in ROUTINES.items() if kind == "function"}
PROCEDURES = {name: text for (kind, name), text in ROUTINES.items() if kind == "procedure"}


class Findings(Counter):  # type: ignore[misc]
    """Keeps what would be printed."""

    def __init__(self, *, bodies: bool) -> None:
        super().__init__(
            SimpleNamespace(
                ignore=[], ignore_lang=[], plpgsql=bodies, summary_only=True, proc_without_search_path=[], sql_fn=[]
            )
        )
        self.found: list[str] = []

    def print_issue(self, code: str, context: str) -> None:
        self.found.append(f"{code} {context}")

    def unknown(self, message: str) -> None:
        self.found.append(message)


def findings(text: str, *, bodies: bool = True) -> list[str]:
    counter = Findings(bodies=bodies)
    visit_sql(State(counter), text, toplevel=True)
    return counter.found


def test_the_installation_script_is_clean() -> None:
    text = script()
    for body in ROUTINES.values():
        text = text.replace(body, "")
    assert findings(text) == []


@pytest.mark.parametrize("step", migrations(), ids=lambda step: f"{step.line}_{step.number:04}")
def test_a_migration_is_clean(step) -> None:  # type: ignore[no-untyped-def]
    """The script runs them out of strings, which are not looked into there."""
    assert findings(PREAMBLE + step.sql) == []


@pytest.mark.parametrize("name", sorted(set(FUNCTIONS) - CALLERS_PATH))
def test_a_function_is_clean(name: str) -> None:
    assert findings(PREAMBLE + FUNCTIONS[name], bodies=name not in UNPARSED) == []


def test_the_procedure_that_commits_is_clean_but_for_its_search_path() -> None:
    """PostgreSQL allows a procedure that commits no SET clause, so its search path is its caller's. It has no rights
    but the caller's, and names the schema of everything it uses: nothing else is found in it."""
    assert list(PROCEDURES) == ["prepare_search"]
    assert [line.split()[0] for line in findings(PREAMBLE + PROCEDURES["prepare_search"])] == ["PS005"]
    unqualified = PROCEDURES["prepare_search"].replace("pg_catalog.set_config(", "set_config(")
    assert len(findings(PREAMBLE + unqualified)) == 2


def test_unsafe_sql_is_found() -> None:
    unsafe = "create function public.f() returns int language plpgsql security definer as 'begin return g(); end'"
    assert any(line.startswith("PS") for line in findings(unsafe))
