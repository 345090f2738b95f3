"""Roles of the database: members of embedd's roles, and owners of other tables, get no further rights."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

import psycopg
import pytest

from embedd_pg.database.migrate import script
from embedd_pg.database.sql_files import migrations
from tests.conftest import MakeRole
from tests.rules.test_pgspot import FUNCTIONS, PREAMBLE, UNPARSED, findings
from tests.sql.calls import Pg, session, taken
from tests.support.postgres import Cluster

REFUSED = psycopg.errors.InsufficientPrivilege
SSN = "123-45-6789"


@dataclass(frozen=True, slots=True)
class Place:
    """A database in which people are kept, and the roles around it."""

    dsn: str
    keeper: str
    worker: str
    reader: str
    admin: str
    writer: str


@pytest.fixture(scope="module")
def place(cluster: Cluster, template: str, make_role: MakeRole) -> Iterator[Place]:
    """The keeper owns the tables and manages vector tables over names; the worker may read ids and names alone."""
    with cluster.fresh_database(template) as dsn:
        of_ours = {name: make_role(f"login in role embedd_{name}") for name in ("worker", "reader", "admin")}
        made = Place(dsn, keeper=make_role("login in role embedd_admin"), writer=make_role("login"), **of_ours)
        with session(dsn) as root:
            root.execute(
                f"grant create on schema public to {made.keeper}, {made.worker}; set role {made.keeper};"
                " create table people (id int primary key, name text, ssn text not null unique);"
                " create table parted (id int primary key, name text) partition by range (id);"
                " create table parted_1 partition of parted for values from (0) to (1000);"
                f" grant select (id, name) on people to {made.worker};"
                f" grant select, insert, update on people, parted to {made.writer}; reset role".encode()
            )
        with session(dsn, made.keeper) as keeping:
            for table in ("people", "parted"):
                keeping.execute(
                    "select embedd.create_vector_table(name => %s, source_table => %s,"
                    ' columns => \'[{"name": "name", "role": "embedding"}]\')',
                    [table, table],
                )
            keeping.execute("update embedd.vector_tables set sync_status = 'synced', last_synced_at = now()")
        yield made


@pytest.fixture
def root(place: Place) -> Iterator[Pg]:
    """A superuser's session; what a test leaves in the queues is taken away."""
    with session(place.dsn) as connection:
        yield connection
        connection.execute("delete from embedd.outbox")


def refused(pg: Pg, statement: str) -> str:
    """Why a statement that must fail for want of a right did."""
    with pytest.raises(REFUSED) as caught, pg.transaction():
        pg.execute(statement.encode())
    return str(caught.value.diag.message_primary)


def change_somebody(root: Pg) -> None:
    root.execute(
        "insert into people values (7, 'Ann', %s) on conflict (id) do update set name = people.name || '.'", [SSN]
    )


def test_point_10_row_51_a_worker_role_cannot_widen_what_is_captured(place: Place, root: Pg) -> None:
    with session(place.dsn, place.worker) as working:
        assert "permission denied" in refused(working, "select ssn from people")
        for attack in (
            "update embedd.captures set key_columns = '{ssn}' where source_table = 'people'::regclass",
            "update embedd.captures set tracked_columns = tracked_columns || array['ssn']",
            "insert into embedd.captures (source_table, key_columns, tracked_columns, row_level)"
            " values ('people', '{ssn}', '{name}', false)",
            "select embedd_internal.install_capture('people', '{ssn}', '{name}')",
            # What others would capture later, with their rights.
            "update embedd.vector_tables set key_columns = '{ssn}'",
            'update embedd.vector_tables set columns = \'[{"name": "ssn", "role": "embedding"}]\'',
            'update embedd.generations set columns = \'[{"name": "ssn", "role": "embedding"}]\'',
        ):
            refused(working, attack)
        working.execute("select embedd_internal.generate_capture(id) from embedd.captures")
    change_somebody(root)
    assert taken(root) == ["7"]


def test_point_10_row_51_set_role_does_not_let_it_widen_what_is_captured(place: Place, root: Pg) -> None:
    """The worker's own function, which the owner of the table happens to call: it has the worker's rights, and
    who began the session does not count."""
    with session(place.dsn, place.worker) as working:
        working.execute(
            "create function public.harmless() returns void language sql security definer as $$"
            " insert into embedd.captures (source_table, key_columns, tracked_columns, row_level)"
            " values ('people', '{ssn}', '{name}', false) $$"
        )
    with session(place.dsn, place.keeper) as keeping:
        assert "does not own the table" in refused(keeping, "select public.harmless()")
        # The owner adds columns, and every role that may write the row may remove them again.
        with keeping.transaction(force_rollback=True):
            keeping.execute("select embedd_internal.install_capture('people', '{id}', '{ssn}')")
    assert root.execute("select count(*) from embedd.captures").fetchall() == [{"count": 2}]


@pytest.mark.parametrize("role", ["reader", "admin"])
def test_point_10_row_51_other_roles_see_how_many_rows_wait_never_which(place: Place, root: Pg, role: str) -> None:
    change_somebody(root)
    root.execute("select embedd_internal.ingest(100)")
    change_somebody(root)
    with session(place.dsn, getattr(place, role)) as looking:
        for table in ("outbox", "jobs", "row_states", "ranges"):
            refused(looking, f"select from embedd.{table}")
        counts = looking.execute("select pending_rows, dead_rows, synced_rows from embedd.status where name = 'people'")
        assert counts.fetchall() == [{"pending_rows": 2, "dead_rows": 0, "synced_rows": 0}]
        if role == "reader":
            assert "dead_letters" in refused(looking, "select * from embedd.dead_letters()")
        (found,) = looking.execute("select value from embedd.health() where subject = 'outbox_age'").fetchall()
        assert found["value"] > 0
        (found,) = looking.execute(
            "select embedd_internal.count_outbox(id) as waiting from embedd.captures"
            if role == "admin"
            else "select embedd_internal.count_outbox(1) as waiting"
        ).fetchall()[:1]
        assert found["waiting"] == 1
        if role == "reader":
            looking.execute("set role none")
    root.execute("delete from embedd.jobs")


def test_row_01_pgspot_finds_nothing_in_security_definer_functions() -> None:
    """tests/rules/test_pgspot.py checks all files; this test checks functions that run with other rights."""
    powerful = {name: text for name, text in FUNCTIONS.items() if re.search(r"security definer|returns trigger", text)}
    assert len(powerful) > 15
    for name, text in powerful.items():
        assert findings(PREAMBLE + text, bodies=name not in UNPARSED) == [], name
    assert [line for step in migrations() for line in findings(PREAMBLE + step.sql)] == []


def test_row_02_public_may_execute_no_function(root: Pg) -> None:
    found = root.execute(
        "select p.oid::regprocedure from pg_proc p join pg_namespace n on n.oid = p.pronamespace"
        " where nspname = 'embedd' and (proacl is null or has_function_privilege('public', p.oid, 'execute'))"
    ).fetchall()
    assert found == []
    (made,) = root.execute("select count(*) from pg_proc where proname ~ '^capture_\\d+$'").fetchall()
    assert made["count"] == 2


def test_row_03_a_writer_needs_no_right_on_embedd_and_reads_nothing(place: Place, root: Pg) -> None:
    with session(place.dsn, place.writer) as writing:
        writing.execute("insert into people values (11, 'Bob', '1'); insert into parted values (12, 'Cy')")
        for forbidden in ("select from embedd.outbox", "select embedd.version()", "select embedd_internal.ingest(1)"):
            schema = "embedd_internal" if "embedd_internal" in forbidden else "embedd"
            assert refused(writing, forbidden) == f"permission denied for schema {schema}"
    assert taken(root) == ["11", "12"]


def test_row_04_objects_that_shadow_our_names_have_no_effect(place: Place, root: Pg) -> None:
    """A catalogue of the writer's own and functions of the names that triggers use, ahead in the search path."""
    root.execute("create schema evil; create table evil.stolen (what text)")
    root.execute(
        f"grant usage, create on schema evil to {place.writer}; grant all on evil.stolen to {place.writer}".encode()
    )
    with session(place.dsn, place.writer) as writing:
        writing.execute(
            "create temp table pg_attribute (attrelid oid, attname name, attnum int, attisdropped bool, atttypid oid);"
            "create temp table outbox (capture_id int, kind text, key text, keys text[]);"
            "create function evil.array_agg(text) returns text[] language plpgsql as"
            " 'begin insert into evil.stolen values (current_user); return null; end';"
            "create function evil.pg_notify(text, text) returns void language plpgsql as"
            " 'begin insert into evil.stolen values (current_user); end';"
            "create function evil.count() returns bigint language plpgsql as"
            " 'begin insert into evil.stolen values (current_user); return 0; end';"
            "set search_path = evil, pg_temp, public, pg_catalog"
        )
        writing.execute("insert into people select 20 + i, 'x', 'ssn ' || i from generate_series(1, 30) i")
        writing.execute("update people set name = 'y' where id = 21; insert into parted values (60, 'z')")
    assert root.execute("select * from evil.stolen").fetchall() == []
    assert taken(root) == sorted({*(str(20 + i) for i in range(1, 31)), "60"})


#: Objects that may exist before a migration: none of embedd's, except the role that belongs to the whole cluster.
ADOPTED = re.compile(r"\bif not exists\b|\bor replace\b", re.IGNORECASE)


def test_row_06_the_installation_adopts_no_foreign_object(database: str, make_role: MakeRole) -> None:
    assert [step.name for step in migrations() if ADOPTED.search(re.sub(r"--.*", "", step.sql))] == []
    stranger = make_role("login")
    with session(database) as root:
        root.execute(
            f"create schema embedd authorization {stranger}; set role {stranger};"
            " create function embedd.version() returns text language sql as $$ select 'evil' $$;"
            " create table embedd.migrations (line text, number int, name text); reset role".encode()
        )
        before = root.execute(
            "select oid, proname from pg_proc where pronamespace::regnamespace::text ~ '^embedd'"
        ).fetchall()
        with pytest.raises(psycopg.Error) as caught:
            root.execute(script().encode())
        assert (caught.value.sqlstate, "belongs to another role" in str(caught.value)) == ("EBX01", True)
        root.execute("rollback")
        root.execute(b"alter schema embedd owner to current_user; drop table embedd.migrations")
        with pytest.raises(psycopg.Error) as caught:
            root.execute(script().encode())
        assert (caught.value.sqlstate, "was not installed by embedd" in str(caught.value)) == ("EBX01", True)
        root.execute("rollback")
        after = root.execute(
            "select oid, proname from pg_proc where pronamespace::regnamespace::text ~ '^embedd'"
        ).fetchall()
        assert after == before
