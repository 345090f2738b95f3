"""CREATE EXTENSION and ALTER EXTENSION UPDATE install the same as `embedd migrate`, and do not interfere with it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
import pytest

import embedd_pg
from embedd_pg.database.extension import extension_files
from embedd_pg.database.migrate import migrate, script
from embedd_pg.database.sql_files import LINES, migrations
from embedd_pg.errors import SchemaVersionError
from tests.migration.dump import dump
from tests.migration.test_migrate import as_role, run
from tests.support.extension import available_extension, catalogue, members
from tests.support.postgres import Cluster

VERSION = embedd_pg.__version__
NEWEST = ", ".join(f"{line} {len(migrations((line,)))}" for line in LINES)
#: Ways to the newest version of the extension, as statements for an empty database.
WAYS = {
    "created": ["create extension embedd"],
    "updated": ["create extension embedd version '0.1.0'", "alter extension embedd update"],
    "from a plain installation": [
        script(),
        "create extension embedd version 'unpackaged'",
        "alter extension embedd update",
    ],
}
WATCHED = """
  create table products (id int primary key, name text, price int);
  insert into products select i, 'name ' || i, i from generate_series(1, 5) i;
  select embedd.create_vector_table(name => 'products', source_table => 'products', embedder => 'local',
    columns => '[{"name": "name", "role": "embedding", "ordinal": 1}]')"""
WRITES_NOTHING = """
  create or replace function embedd.capture_1() returns trigger language plpgsql as 'begin return null; end'"""
CAPTURE = "select prosrc, proowner::regrole::text from pg_proc where proname = 'capture_1'"


@pytest.fixture(scope="module")
def server(cluster: Cluster) -> Iterator[Cluster]:
    with available_extension(cluster.dsn()):
        yield cluster


@pytest.fixture
def empty(server: Cluster) -> Iterator[str]:
    with server.fresh_database() as dsn:
        yield dsn


@pytest.fixture
def extended(empty: str) -> str:
    """A database with the extension and a watched table."""
    run(empty, "create extension embedd")
    run(empty, WATCHED)
    return empty


@contextmanager
def refused(sqlstate: str, says: str) -> Iterator[None]:
    with pytest.raises(psycopg.Error) as caught:
        yield
    assert caught.value.sqlstate == sqlstate
    diagnosis = caught.value.diag
    assert says in f"{diagnosis.message_primary} {diagnosis.message_detail} {diagnosis.message_hint}"


@pytest.mark.parametrize("way", WAYS)
def test_every_way_leaves_the_catalogue_of_a_plain_installation(server: Cluster, empty: str, way: str) -> None:
    for statement in WAYS[way]:
        run(empty, statement)
    with server.fresh_database() as plain, server.fresh_database() as created:
        run(plain, script())
        assert catalogue(server, empty) == dump(plain, owners=True)
        run(created, "create extension embedd")
        assert members(empty) == members(created)
    assert run(empty, "select extversion from pg_extension where extname = 'embedd'") == [(VERSION,)]


def test_everything_is_a_member_and_all_rows_are_dumped(extended: str) -> None:
    """But trigger functions, which come with the triggers of users' tables, and the migrations, which scripts bring."""
    ours = """
      select p.proname from pg_proc p where pronamespace::regnamespace::text ~ '^embedd' and not exists
        (select from pg_depend where classid = 'pg_proc'::regclass and objid = p.oid and deptype = 'e')
      union all
      select relname from pg_class c
       where relnamespace = 'embedd'::regnamespace and relkind not in ('i', 't') and not exists
        (select from pg_depend where classid = 'pg_class'::regclass and objid = c.oid and deptype = 'e')"""
    assert run(extended, ours) == [("capture_1",)]
    undumped = """
      select relname from pg_class where relnamespace = 'embedd'::regnamespace and relkind in ('r', 'S')
         and oid <> all (array(select unnest(extconfig) from pg_extension where extname = 'embedd'))"""
    assert run(extended, undumped) == [("migrations",)]


def test_an_update_leaves_trigger_functions_to_the_next_capture_check(empty: str) -> None:
    run(empty, "create extension embedd version '0.1.0'")
    run(empty, WATCHED)
    run(empty, "select embedd.audit_capture(1)")
    run(empty, WRITES_NOTHING)
    run(empty, "update embedd.capture_audits set state = embedd.capture_state(1)")
    run(empty, "alter extension embedd update")
    assert run(empty, "select embedd_internal.captures_to_audit('1 hour')") == [(1,)]
    assert run(empty, "select embedd_internal.audit_capture(1)") == [], "it is no finding, so nothing is compared"
    written = run(empty, CAPTURE)
    assert "insert into embedd.outbox" in written[0][0]
    run(empty, "select embedd_internal.generate_capture(1)")
    assert run(empty, CAPTURE) == written, "it is written by the generator of this release"
    assert run(empty, "select has_function_privilege('public', 'embedd.capture_1()', 'execute')") == [(False,)]
    run(empty, "insert into products values (6, 'new', 6)")
    assert run(empty, "select key from embedd.outbox") == [("6",)]
    assert run(empty, "select embedd_internal.captures_to_audit('1 hour')") == []
    run(empty, "alter function embedd.capture_1() cost 1000 security invoker")
    assert run(empty, "select embedd_internal.audit_capture(1)") == [("The trigger function was changed.",)]


async def test_migrate_leaves_another_versions_extension_alone(empty: str) -> None:
    run(empty, "create extension embedd version '0.1.0'")
    before = members(empty)
    with pytest.raises(SchemaVersionError) as caught:
        await migrate(empty)
    assert caught.value.message == "The schema embedd of this database belongs to the extension embedd, version 0.1.0."
    assert caught.value.resolution.endswith("then run: alter extension embedd update")
    assert members(empty) == before


async def test_migrate_finds_nothing_to_do_where_the_extension_is_of_its_version(
    server: Cluster, extended: str
) -> None:
    before = catalogue(server, extended), members(extended)
    assert await migrate(extended) == NEWEST
    assert (catalogue(server, extended), members(extended)) == before


def test_the_extension_is_refused_over_a_plain_installation(empty: str) -> None:
    run(empty, script())
    before = dump(empty)
    with refused("42P06", "create extension embedd version 'unpackaged'"):
        run(empty, "create extension embedd")
    assert dump(empty) == before


@pytest.mark.parametrize(
    ("there", "says"),
    [
        ("select 1", "create extension embedd"),
        (script(only_first=20), f"Run 'embedd migrate' of version {VERSION} first."),
        (script() + "create role not_ours; alter schema embedd owner to not_ours", "belongs to not_ours, not to"),
    ],
)
def test_only_a_plain_installation_of_this_version_and_role_becomes_the_extension(
    empty: str, there: str, says: str
) -> None:
    run(empty, there)
    try:
        with refused("EBX01", says):
            run(empty, "create extension embedd version 'unpackaged'")
    finally:
        run(empty, "drop schema if exists embedd cascade")
        run(empty, "drop role if exists not_ours")


def test_creating_the_extension_needs_a_superuser(server: Cluster, empty: str) -> None:
    """The reason stands in the control file."""
    name = psycopg.conninfo.conninfo_to_dict(empty)["dbname"]
    run(empty, "create role an_owner")
    try:
        run(empty, f'alter database "{name}" owner to an_owner')
        with refused("42501", "superuser"):
            run(as_role(empty, "an_owner"), "create extension embedd")
    finally:
        run(empty, f'alter database "{name}" owner to postgres')
        run(empty, "drop role an_owner")


def test_another_superuser_does_not_update_it(empty: str) -> None:
    run(empty, "create extension embedd version '0.1.0'")
    run(empty, "create role another superuser")
    try:
        with refused("EBX01", "belongs to another role, not to another"):
            run(as_role(empty, "another"), "alter extension embedd update")
    finally:
        run(empty, "drop role another")


def test_drop_extension_removes_everything_and_refuses_while_a_table_is_watched(extended: str) -> None:
    before = run(extended, "table products")
    with refused("2BP01", "trigger zz_embedd_1_delete on table products depends on function embedd.capture_1()"):
        run(extended, "drop extension embedd")
    run(extended, "drop extension embedd cascade")
    assert run(extended, "select count(*) from pg_trigger where tgrelid = 'products'::regclass") == [(0,)]
    assert run(extended, "select to_regnamespace('embedd') is null") == [(True,)]
    assert run(extended, "table products") == before
    run(extended, "insert into products values (6, 'new', 6)")


def test_the_extension_can_be_dropped_when_no_table_is_watched(empty: str) -> None:
    run(empty, "create extension embedd")
    run(empty, "drop extension embedd")
    assert run(empty, "select to_regnamespace('embedd') is null") == [(True,)]


def test_no_script_controls_transactions() -> None:
    for name, text in extension_files().items():
        text = re.sub(r"\$\$.*?\$\$", "", text, flags=re.DOTALL)  # bodies of procedures may commit
        assert not any(line.strip().lower() in ("begin;", "commit;") for line in text.splitlines()), name
