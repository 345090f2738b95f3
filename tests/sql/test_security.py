"""Properties of all installed objects in the catalogue, for every kind of installation."""

from __future__ import annotations

import re
from typing import Any

import psycopg
import pytest
from psycopg import sql

from embedd_pg.database.migrate import script
from tests.conftest import MakeRole
from tests.sql.calls import PRODUCTS, Pg, session, vector_table

FUNCTIONS = """
  select p.oid::regprocedure::text as name, p.prosecdef as definer, p.proconfig as settings,
         p.proacl is null or has_function_privilege('public', p.oid, 'execute') as public,
         pg_get_userbyid(p.proowner) as owner
    from pg_proc p where p.pronamespace::regnamespace::text ~ '^embedd'"""
PINNED = ["search_path=pg_catalog, pg_temp"]
#: Constants of a condition are read in one way, whatever the session's settings.
READS_ALIKE = [
    "standard_conforming_strings=on",
    "TimeZone=UTC",
    "DateStyle=ISO, YMD",
    "IntervalStyle=postgres",
    "extra_float_digits=1",
]
#: Doubles of a filter are written with all their digits.
WRITES_ALIKE = ["extra_float_digits=1"]
#: What a session to a store beside the ledger calls sees our tables by policy.
BESIDE = ["row_security=on"]
#: Functions on the queues look by index whatever the statistics say.
BY_INDEX = ["enable_seqscan=off", "enable_hashjoin=off", "enable_mergejoin=off"]
#: What runs with its owner's rights, and why.
DEFINERS = {
    "generate_capture",
    "drop_capture_function",  # so that all trigger functions have one owner
    # Numbers of rows, and yes or no, for those who may not see which.
    "count_dead",
    "count_disabled",
    "count_jobs",
    "count_outbox",
    "count_states",
    "count_waiting",
    "oldest_event",
    "oldest_jobs",
    "list_metrics",
    "highest_token",
    "vector_budget",
    "is_fetched",
    "needed_columns",
    "oldest_program",
    # The condition in the words in which a worker has read it, which no worker may write otherwise.
    "store_condition",
    # What an audit tells all vector tables on a capture.
    "note_capture",
    # What may be done to the queues by those who have no rights on them.
    "cancel_task",
    "dead_letters",
    "forget_events",
    "retry_dead_letters",
    "set_token_budget",
    # Sealed credentials and digests, which nobody reads or writes otherwise.
    "authenticate",
    "create_api_key",
    "connection_secret",
    "create_connection",
    "update_connection",
    "list_sealed",
    "list_envelopes",
    "create_local_connection",
    "replace_sealed",
    "oldest_envelope",
    "retire_envelopes",
    "list_credentials",
    "load_embedder",
    "get_generation",
    "brief_generation",
    "plan_embedding",
    "create_embedder",
    "update_embedder",
    "create_embedder_record",
    "update_embedder_record",
    "delete_embedder",
    "set_rate_limits",
    "use_embedder",
    # The audit log, which nobody reads or writes otherwise.
    "record_audit",
    "list_audit",
    "count_failed_login",
    # Searches that sessions ask of workers, which nobody else reads.
    "request_search",
    "await_search",
    "prepared_search",
    # What the service does for whom it does not know yet, or for all organizations.
    "take_request",
    "take_rate",
    "record_usage",
    "record_embedding",
    "record_rerank",
    "finish_connection_test",
    "record_connection_test",
    # What the operator does with organizations, or with the stores of all of them.
    "create_organization",
    "list_organizations",
    "resolve_organization",
    "set_tier",
    "restart_ledger",
    "empty_stores",
    "disable_organization",
    "enable_organization",
    # Puts back what the worker may not write by itself.
    "abandon_generation",
    # Takes over what a user leaves, with what no two embedders have in common.
    "delete_user",
    # Ends what the worker may not, once it is empty.
    "forget_organizations",
}
#: An unqualified source_table must mean what it means to the caller, and a procedure that commits may have no SET
#: clause; these three qualify everything else.
CALLERS_PATH = {"create_vector_table", "describe_source", "prepare_search"}


@pytest.fixture(params=["a superuser's installation", "an owner's installation"])
def functions(request: pytest.FixtureRequest) -> list[dict[str, Any]]:
    """All functions of the schema, with a statement capture and a row capture among them."""
    pg: Pg = request.getfixturevalue("pg" if request.param.startswith("a superuser") else "owning")
    pg.execute(PRODUCTS)
    pg.execute("create table parted (id int primary key, name text, price int) partition by range (id)")
    vector_table(pg)
    vector_table(pg, "parted")
    found = pg.execute(FUNCTIONS).fetchall()
    assert len([f for f in found if f["name"].startswith("embedd.capture_") and f["definer"]]) == 2
    return found


def plain(function: dict[str, Any]) -> str:
    return str(function["name"]).partition("(")[0].removeprefix("embedd.").removeprefix("embedd_internal.")


def test_no_function_can_be_executed_by_everybody(functions: list[dict[str, Any]]) -> None:
    assert [f["name"] for f in functions if f["public"]] == []


def test_only_listed_functions_run_with_the_rights_of_their_owner(functions: list[dict[str, Any]]) -> None:
    definers = {plain(f) for f in functions if f["definer"]}
    assert {name for name in definers if not re.fullmatch(r"capture_\d+", name)} == DEFINERS


def test_every_function_except_three_pins_its_search_path(
    functions: list[dict[str, Any]],
) -> None:
    allowed = [PINNED + more for more in ([], BY_INDEX, BESIDE, BESIDE + BY_INDEX, READS_ALIKE, WRITES_ALIKE)]
    assert {plain(f) for f in functions if f["settings"] not in allowed} == CALLERS_PATH


def test_no_function_runs_with_a_superusers_rights(functions: list[dict[str, Any]], pg: Pg) -> None:
    for function in functions:
        if function["definer"]:
            (owner,) = pg.execute("select rolsuper from pg_roles where rolname = %s", [function["owner"]]).fetchall()
            assert owner == {"rolsuper": False}


def test_the_capture_role_can_do_nothing_but_write_to_the_outbox_and_make_the_functions_that_do(pg: Pg) -> None:
    (role,) = pg.execute("select * from pg_roles where rolname = 'embedd_capture'").fetchall()
    attributes = ("rolcanlogin", "rolsuper", "rolcreaterole", "rolcreatedb", "rolreplication", "rolbypassrls")
    assert {name: role[name] for name in attributes} == dict.fromkeys(attributes, False)
    tables = pg.execute(
        "select c.relname, p.privilege from pg_class c, unnest(%s::text[]) p (privilege)"
        " where c.relnamespace = 'embedd'::regnamespace and c.relkind in ('r', 'S')"
        " and case c.relkind when 'S' then has_sequence_privilege('embedd_capture', c.oid, 'usage')"
        "     else has_table_privilege('embedd_capture', c.oid, p.privilege) end",
        [["select", "insert", "update", "delete", "truncate"]],
    ).fetchall()
    assert {(t["relname"], t["privilege"]) for t in tables} == {
        ("outbox", "insert"),
        ("doorbell", "select"),
        ("captures", "select"),
    }
    (schema,) = pg.execute(
        "select has_schema_privilege('embedd_capture', 'embedd', 'usage') as usage,"
        " has_schema_privilege('embedd_capture', 'embedd', 'create') as make"
    ).fetchall()
    assert schema == {"usage": True, "make": True}


def test_no_other_role_may_use_the_schema(pg: Pg, make_role: MakeRole) -> None:
    stranger = make_role()
    (found,) = pg.execute(
        "select has_schema_privilege(%s, 'embedd', 'usage') as usage,"
        " array(select c.relname from pg_class c where c.relnamespace = 'embedd'::regnamespace and relkind = 'r'"
        "        and has_table_privilege(%s, c.oid, 'select, insert, update, delete')) as tables",
        [stranger, stranger],
    ).fetchall()
    assert found == {"usage": False, "tables": []}


@pytest.mark.parametrize(
    ("role", "trait"),
    [
        *(("embedd_capture", trait) for trait in ("login", "createrole", "superuser", "a member", "a membership")),
        ("embedd_definer", "a member"),
    ],
)
def test_an_owner_role_that_others_can_assume_is_not_adopted(
    template: str, database: str, make_role: MakeRole, role: str, trait: str
) -> None:
    """Its owner could change what runs inside other people's writes. The role is the cluster's, so all is undone."""
    assert template, "it has made the role"
    change = sql.SQL(f"alter role {role} " + trait)
    if trait.startswith("a "):
        parts = [sql.Identifier(role), sql.Identifier(make_role())]
        change = sql.SQL("grant {} to {}").format(*(parts if trait == "a member" else parts[::-1]))
    with session(database) as pg:
        with pytest.raises(psycopg.Error) as caught, pg.transaction(force_rollback=True):
            pg.execute(change)
            pg.execute(script().replace("begin;\n", "", 1).encode())
        assert caught.value.sqlstate == "EBX01"
        assert role in str(caught.value.diag.message_primary)
        assert pg.execute("select to_regnamespace('embedd') as schema").fetchall() == [{"schema": None}]
