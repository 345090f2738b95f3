"""Uninstalling in SQL: one transaction removes all of embedd or nothing, and source tables are unchanged."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest
from psycopg import sql

from embedd_pg.database.migrate import script
from embedd_pg.database.sql_files import LINES, migrations
from embedd_pg.operate.uninstall.database import Part, StillUsed, leaving
from tests.conftest import MakeRole
from tests.migration.dump import program
from tests.sql.calls import PRODUCTS, Pg, refused, session, started, until, value, vector_table
from tests.support.postgres import Cluster

SOURCES = """
    create table products (id int primary key, name text, price numeric, stock int, note text);
    create trigger mine before update on products for each row execute function suppress_redundant_updates_trigger();
    create table parts (id int primary key, name text, price numeric) partition by range (id);
    create table parts_1 partition of parts for values from (0) to (100);
    create table parts_2 partition of parts for values from (100) to (200);
    create table animals (id int primary key, name text, price numeric);
    create table cats (lives int) inherits (animals);
    create view shown as select * from products;
    insert into products select i, 'name ' || i, i from generate_series(1, 9) i;
    insert into parts select i * 20, 'part', i from generate_series(1, 9) i;
    insert into cats values (1, 'cat', 2, 9);
"""
LEFT = """
    select (select count(*) from pg_namespace where nspname like 'embedd%')
         + (select count(*) from pg_trigger where tgname like '%embedd%')
         + (select count(*) from pg_class where relname like '%embedd%')
         + (select count(*) from pg_proc where proname like 'capture_%') as n
"""


def dumped(dsn: str, *, data: bool = True) -> str:
    """What pg_dump says of the database without our schemas."""
    options = ["--exclude-schema=embedd", "--exclude-schema=embedd_internal", *([] if data else ["--schema-only"])]
    done = subprocess.run([program("pg_dump"), *options, dsn], check=True, capture_output=True, text=True)
    return "\n".join(line for line in done.stdout.splitlines() if not line.startswith(("\\restrict", "\\unrestrict")))


def left(pg: Pg) -> int:
    """Return the number of objects of embedd."""
    return int(pg.execute(LEFT).fetchall()[0]["n"])


def removed(pg: Pg) -> list[tuple[str, str]]:
    """Kind and name of what uninstall() says it removed."""
    rows = pg.execute("select * from embedd.uninstall(confirm => true)").fetchall()
    return [(row["kind"], row["name"]) for row in rows if row["removed"]]


async def left_by_command(dsn: str) -> list[Part]:
    """What the command line does in the database."""
    async with leaving(dsn) as session:
        await session.parts()
        await session.installation()
        return await session.remove()


@pytest.fixture
def sources(alone: Pg) -> Pg:
    alone.execute(SOURCES)
    return alone


def test_uninstall_leaves_source_tables_of_every_kind_unchanged(sources: Pg) -> None:
    before = dumped(sources.info.dsn)
    vector_table(sources, "products")
    vector_table(sources, "products", name="again")
    vector_table(sources, "parts")
    vector_table(sources, "animals")
    vector_table(sources, "shown", primary_key_column="id", sync_mode="batch")
    assert dumped(sources.info.dsn) != before
    gone = removed(sources)
    assert ("trigger", "zz_embedd_2_row on public.parts") in gone
    assert ("schema", "embedd") in gone
    assert dumped(sources.info.dsn) == before
    assert left(sources) == 0


def test_uninstall_leaves_changed_source_tables_unchanged(sources: Pg) -> None:
    shape = dumped(sources.info.dsn, data=False)
    vector_table(sources, "products")
    vector_table(sources, "parts")
    sources.execute("update products set name = 'other' where id < 5; delete from parts where id = 20; truncate cats")
    rows = sources.execute("table products").fetchall(), sources.execute("table parts").fetchall()
    removed(sources)
    assert dumped(sources.info.dsn, data=False) == shape
    assert (sources.execute("table products").fetchall(), sources.execute("table parts").fetchall()) == rows
    sources.execute("update products set name = 'free' where id = 1")


def test_without_confirm_uninstall_only_shows_its_plan(sources: Pg) -> None:
    vector_table(sources, "products")
    before = left(sources)
    shown = sources.execute("select * from embedd.uninstall()").fetchall()
    assert left(sources) == before
    kinds = [row["kind"] for row in shown]
    assert kinds.count("trigger") == 4
    (collection,) = [row for row in shown if row["kind"] == "collection"]
    assert (collection["removed"], "embedd uninstall" in collection["note"]) == (False, True)


@pytest.mark.parametrize("first", range(len(migrations()) + 1))
async def test_an_installation_that_stopped_anywhere_is_removed(database: str, first: int) -> None:
    with session(database) as pg:
        pg.execute(script(only_first=first).encode())
        await left_by_command(database)
        assert left(pg) == 0


@pytest.mark.parametrize("lines", [("capture",), LINES])
async def test_either_line_is_removed(database: str, lines: tuple[str, ...]) -> None:
    with session(database) as pg:
        pg.execute(script(lines).encode())
        assert left(pg) > 0
        removed(pg)
        assert left(pg) == 0


@pytest.mark.parametrize(
    "damage",
    [
        "drop function embedd_internal.remove_capture, embedd_internal.instance_state;"
        " drop function embedd.uninstall, embedd.uninstall_parts",
        "drop table embedd.generations cascade",
        "drop table embedd.captures, embedd.outbox cascade",
        "drop table embedd.migrations, embedd.instance cascade",
        "alter table embedd.generations drop column store_schema",
        "drop function embedd.capture_1 cascade",
        "drop table products cascade",
        "drop table embedd.vector_tables cascade; drop function embedd.capture_1 cascade",
        "alter table products drop column name cascade",
        "drop schema embedd cascade",
    ],
)
async def test_a_broken_installation_is_removed(sources: Pg, damage: str) -> None:
    vector_table(sources, "products")
    vector_table(sources, "parts")
    sources.execute(damage.encode())
    await left_by_command(sources.info.dsn)
    assert left(sources) == 0
    sources.execute("insert into parts values (7, 'seven', 7)")


def test_an_owner_who_is_not_a_superuser_may_uninstall(owning: Pg) -> None:
    owning.execute("create schema mine; set search_path to mine")
    owning.execute(PRODUCTS)
    vector_table(owning, "mine.products")
    removed(owning)
    assert left(owning) == 0


def test_other_roles_may_not_uninstall_and_change_nothing(root: Pg, make_role: MakeRole) -> None:
    stranger = make_role()
    root.execute(PRODUCTS)
    vector_table(root, "products")
    before = left(root)
    root.execute(sql.SQL("grant usage on schema embedd to {0}; set role {0}").format(sql.Identifier(stranger)))
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        root.execute("select * from embedd.uninstall(true)")
    root.execute("reset role")
    assert left(root) == before


@pytest.mark.parametrize(
    "user_object",
    [
        "create view mine as select name from embedd.vector_tables",
        "create table mine (id int default nextval('embedd.fence'))",
        "create table mine (v embedd.vector_tables)",
        "create table mine (id text references embedd.vector_tables)",
        "create function mine() returns text language sql begin atomic select embedd.version(); end",
        "create table mine (id int); create policy mine on mine using (embedd.version() = '')",
    ],
)
def test_uninstall_drops_no_object_of_users(sources: Pg, user_object: str) -> None:
    sources.execute(user_object.encode())
    refusal = refused(sources, "uninstall", confirm=True)
    assert refusal.sqlstate == "2BP01"
    assert "mine" in str(refusal.message)


async def test_the_command_reports_dependent_objects(sources: Pg) -> None:
    sources.execute("create view mine as select name from embedd.vector_tables")
    with pytest.raises(StillUsed, match=r"view public\.mine"):
        await left_by_command(sources.info.dsn)


def test_only_our_own_tables_of_vectors_are_removed(sources: Pg) -> None:
    if not sources.execute("select from pg_available_extensions where name = 'vector'").fetchall():
        pytest.skip("this server has no pgvector")
    sources.execute("create extension vector")
    vector_table(sources, "products", mode="platform", name="a")
    store = sources.execute("select store_table from embedd.generations").fetchall()[0]["store_table"]
    columns = "(pk_value text primary key, embedded_text text, row_hash text, token bigint, dead boolean)"
    sources.execute(f"create table {store} {columns}; create view of_mine as select 1".encode())
    sources.execute(
        f"create table {store}_passages (pk_value text references {store}, passage int, first_character int)".encode()
    )
    sources.execute(f"create table {store}_texts (document bigint, pk_value text)".encode())
    sources.execute(f"create table {store}_words (word text, postings bigint[])".encode())
    sources.execute(
        f"create function {store}_words() returns trigger language plpgsql as 'begin return null; end';"
        f" create trigger embedd_words after insert on {store} execute function {store}_words()".encode()
    )
    sources.execute(f"create table embedd_vt_01234567_other {columns}".encode())
    parts = sources.execute("select * from embedd.uninstall_parts() where kind = 'vectors' order by name").fetchall()
    assert {(row["name"], row["removed"]) for row in parts} == {
        (f"public.{store}", True),
        (f"public.{store}_passages", True),
        (f"public.{store}_texts", True),
        (f"public.{store}_words", True),
        ("public.embedd_vt_01234567_other", False),
    }
    removed(sources)
    found = sources.execute("select relname from pg_class where relname like 'embedd%' and relkind = 'r'").fetchall()
    assert [row["relname"] for row in found] == ["embedd_vt_01234567_other"]
    assert not sources.execute("select from pg_proc where proname like 'embedd_vt%'").fetchall()


# Roles.


@pytest.fixture
def made(make_role: MakeRole, cluster: Cluster) -> Iterator[str]:
    """A role that the installation made; it is put back for the fixture that drops it."""
    name = make_role()
    with psycopg.connect(cluster.dsn(), autocommit=True) as root:
        root.execute(sql.SQL("comment on role {} is 'Made by embedd.'").format(sql.Identifier(name)))
        yield name
        if root.execute("select from pg_roles where rolname = %s", [name]).fetchall():
            root.execute(sql.SQL("comment on role {} is null").format(sql.Identifier(name)))
        else:
            root.execute(sql.SQL("create role {}").format(sql.Identifier(name)))


def test_roles_of_the_installation_are_removed_with_their_grants(sources: Pg, made: str, make_role: MakeRole) -> None:
    other = make_role()
    sources.execute(f"grant usage on schema embedd, public to {made}; grant select on products to {made}".encode())
    sources.execute(f"grant connect on database {sources.info.dbname} to {made}; grant {made} to {other}".encode())
    gone = removed(sources)
    assert ("role", made) in gone
    assert ("role", other) not in gone


def test_a_role_that_another_database_needs_stays_with_the_reason(sources: Pg, made: str, cluster: Cluster) -> None:
    with cluster.fresh_database() as elsewhere, session(elsewhere) as there:
        there.execute(f"create table needed (); grant select on needed to {made}".encode())
        rows = sources.execute("select * from embedd.uninstall(true) where kind = 'role' and name = %s", [made])
        (role,) = rows.fetchall()
        assert role["removed"] is False
        assert there.info.dbname in role["note"]
    assert left(sources) == 0


def test_a_role_that_owns_something_stays(sources: Pg, made: str) -> None:
    sources.execute(f"create table owned (); alter table owned owner to {made}".encode())
    assert ("role", made) not in removed(sources)
    sources.execute("drop table owned")


# A busy database.


def test_uninstall_waits_for_running_writers_and_retries(sources: Pg) -> None:
    vector_table(sources, "products")
    with session(sources.info.dsn) as writer:
        writer.execute("begin; update products set name = 'x' where id = 1")
        with started(sources.info.dsn, "select embedd.uninstall(true)") as leave:
            until(lambda: leave.is_blocked(sources))
            time.sleep(0.5)
            assert leave.is_blocked(sources)  # writers of a moment are waited for
            until(lambda: not leave.is_blocked(sources))  # it has given its locks back for a while
            assert not leave.future.done()
            writer.execute("commit")
            leave.future.result(20)
    assert left(sources) == 0


def test_a_table_that_stays_locked_leaves_everything_unchanged(sources: Pg) -> None:
    vector_table(sources, "products")
    vector_table(sources, "parts")
    before = left(sources)
    sources.execute("set lock_timeout = '50ms'")
    with session(sources.info.dsn) as writer, writer.transaction():
        writer.execute("select * from parts")
        refusal = refused(sources, "uninstall", confirm=True)
    assert (refusal.sqlstate, "long transactions" in str(refusal.message)) == ("EBP02", True)
    assert left(sources) == before
    assert value(sources, "version")


def test_no_writer_is_cancelled_by_a_deadlock(alone: Pg) -> None:
    """It holds the first table and waits for the second, while a writer of the third waits for the first: by the time
    it gets to the third, that writer has waited longer, and would be the one to fail."""
    for name in ("one", "two", "three"):
        alone.execute(PRODUCTS.replace("products", name).encode())
        vector_table(alone, name)
    write = "insert into {} (id) values (1)"
    with session(alone.info.dsn) as blocker, session(alone.info.dsn) as writer:
        blocker.execute(f"begin; {write.format('two')}".encode())
        writer.execute(f"begin; {write.format('three')}".encode())
        with started(alone.info.dsn, "select embedd.uninstall(true)") as leave, ThreadPoolExecutor(1) as threads:
            until(lambda: leave.is_blocked(alone))
            written = threads.submit(writer.execute, write.format("one").encode())
            time.sleep(0.5)
            blocker.execute("commit")
            written.result(20)  # no error
            writer.execute("commit")
            leave.future.result(20)
    assert left(alone) == 0


def test_an_installation_waits_for_a_running_removal(sources: Pg) -> None:
    with started(sources.info.dsn, "begin; select embedd.uninstall(true); select pg_sleep(1); commit") as leave:
        until(lambda: bool(sources.execute("select from pg_locks where locktype = 'advisory'").fetchall()))
        with session(sources.info.dsn) as installing:
            installing.execute(script().encode())
        assert leave.future.done()
    assert value(sources, "version")
