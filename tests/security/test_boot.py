"""Nothing serves as a superuser: programs refuse to, and `embedd up` creates its own roles instead."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import httpx
import psycopg
import pytest
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict
from psycopg.rows import dict_row

from embedd_pg.credentials import SecretBox, new_key_text
from embedd_pg.database.logins import provide_logins
from embedd_pg.database.migrate import migrate
from embedd_pg.database.powers import refuse_excess
from embedd_pg.embedded.postgres import PrivatePostgres
from embedd_pg.errors import ConfigurationError, InstanceConflict
from tests.acceptance.test_cli import Up, embedd, started
from tests.conftest import MakeRole
from tests.support.postgres import Cluster
from tests.support.worker import Site, wait_until
from tests.support.worker import furnished as furnished
from tests.support.worker import nursery as nursery
from tests.support.worker import site as site
from tests.support.worker import vendor as vendor
from tests.support.worker import worker_role as worker_role

Pg = psycopg.Connection[dict[str, Any]]
COLUMNS = '[{"name": "title", "role": "embedding"}, {"name": "pages", "role": "metadata", "filter_type": "integer"}]'
#: Who serves, and what the catalogue says of them.
SERVING = """
    select distinct r.rolname as name, a.application_name like 'embedd source%%' as reads, rolsuper, rolcreaterole,
           rolbypassrls, rolreplication, rolpassword is null or rolpassword like 'SCRAM-SHA-256%%' as scram
      from pg_stat_activity a join pg_authid r on r.oid = a.usesysid
     where a.datname = %s and a.application_name like 'embedd%%'"""


def url(dsn: str) -> str:
    return "postgresql:///?" + urlencode(conninfo_to_dict(dsn))


def connect(place: str) -> Pg:
    return psycopg.connect(place, autocommit=True, row_factory=dict_row)


def wait_for(pg: Pg, statement: str) -> None:
    end = time.monotonic() + 40
    while not pg.execute(statement.encode()).fetchall():
        assert time.monotonic() < end, pg.execute("select * from embedd.status").fetchall()
        time.sleep(0.05)


def traits_of_who_serves(pg: Pg, superuser: str, database: str) -> set[str]:
    """The names of the roles that serve, none of which has any power over the server."""
    with connect(superuser) as looking:
        found = looking.execute(SERVING, [database]).fetchall()
    assert found, "somebody serves"
    for role in found:
        powers = {name: role[name] for name in ("rolsuper", "rolcreaterole", "rolbypassrls", "rolreplication")}
        assert not any(powers.values()), role
        assert role["scram"]
    return {role["name"] for role in found}


# The programs.


@pytest.mark.parametrize(("program", "grant"), [("serve", "embedd_admin"), ("worker", "embedd_worker")])
def test_point_04_row_44_a_program_that_serves_refuses_a_superuser(installed: str, program: str, grant: str) -> None:
    arguments = ("--port", "0") if program == "serve" else ()
    refused = embedd(program, *arguments, EMBEDD_DATABASE_URL=url(installed), timeout=20)
    assert refused.returncode == 1
    assert "is a superuser" in refused.stderr
    assert f"grant {grant} to search_" in refused.stderr
    assert "listens" not in refused.stderr


def test_point_04_row_44_a_superuser_may_serve_a_disposable_database(installed: str) -> None:
    drained = embedd("worker", "--drain", EMBEDD_DATABASE_URL=url(installed), EMBEDD_ALLOW_SUPERUSER="1")
    assert drained.returncode == 0, drained.stderr
    assert "is a superuser" in drained.stderr, "the log says so"


@pytest.mark.parametrize(
    ("attributes", "grant", "says"),
    [
        ("login", "grant pg_execute_server_program to {}", "a member of pg_execute_server_program"),
        ("login", "grant pg_read_server_files to {}", "a member of pg_read_server_files"),
        ("login noinherit", "grant pg_write_server_files to {}", "a member of pg_write_server_files"),
        ("login", "grant {superuser} to {}", "can become the superuser"),
        ("login superuser", "alter role {} set role = 'pg_monitor'", "is a superuser"),
    ],
)
async def test_row_05_powers_over_the_server_are_found_however_a_role_got_them(
    installed: str, make_role: MakeRole, attributes: str, grant: str, says: str
) -> None:
    role, superuser = make_role(attributes), make_role("superuser nologin")
    with connect(installed) as pg:
        pg.execute(grant.format(role, superuser=superuser).encode())
    with pytest.raises(ConfigurationError, match=says):
        await refuse_excess(url(installed) + f"&user={role}", allowed=False)


# `embedd up` on a superuser's URL.


@pytest.fixture
def books(database: str) -> Iterator[str]:
    """A database of a user who has only one role, the superuser, and a table."""
    with connect(database) as pg:
        pg.execute("create extension vector; create schema shop; create schema locked")
        pg.execute("create table shop.books (id int primary key, title text, pages int)")
        pg.execute("insert into shop.books values (1, 'Growing tomatoes', 120), (2, 'Sailing alone', 300)")
    yield database


def make_searchable(pg: Pg, table: str, mode: str) -> str:
    """Create and fill a vector table of the same name as its source, as people do in SQL; its id."""
    made = pg.execute(
        "select embedd.create_vector_table(%s, %s, %s, mode => %s) as id", [table, table, COLUMNS, mode]
    ).fetchone()
    pg.execute("select embedd.backfill(%s)", [table])
    wait_for(pg, f"select from embedd.status where name = '{table}' and sync_status = 'synced'")
    assert made is not None
    return str(made["id"])


def found(up: Up, vector_table: str, text: str) -> list[str]:
    asked = httpx.post(
        f"{up.ready['api_url']}/v1/vector-tables/{vector_table}/query",
        json={"query": text},
        timeout=30,
        headers={"Authorization": f"Bearer {up.ready['api_key']}"},
    )
    assert asked.status_code == 200, asked.text
    return [row["id"] for row in asked.json()["results"]]


def test_point_04_row_05_row_44_up_given_a_superuser_serves_as_its_own_roles(books: str, tmp_path: Path) -> None:
    given, directory = url(books), tmp_path / "data"
    with connect(books) as pg:
        database = str(pg.info.dbname)
        (oid,) = pg.execute("select oid from pg_database where datname = current_database()").fetchall()
        names = {f"embedd_api_{oid['oid']}", f"embedd_worker_{oid['oid']}"}
        try:
            with started(directory, EMBEDD_DATABASE_URL=given) as up:
                assert up.ready["database_url"] == given
                table = make_searchable(pg, "shop.books", "platform")
                # A table that came later is readable, too.
                pg.execute("create table shop.late as table shop.books; alter table shop.late add primary key (id)")
                late = make_searchable(pg, "shop.late", "managed")
                assert [found(up, one, "gardening")[0] for one in (table, late)] == ["1", "1"]
                assert traits_of_who_serves(pg, books, database) == names
                log = up.log.read_text()
            # Again with the same roles, and tables of vectors that a worker made as a superuser become its own.
            (kept,) = pg.execute("select store_schema, store_table from embedd.generations where store = 'pgvector'")
            pg.execute(
                sql.SQL("alter table {}.{} owner to {}").format(
                    sql.Identifier(kept["store_schema"]),
                    sql.Identifier(kept["store_table"]),
                    sql.Identifier(pg.info.user),
                )
            )
            with started(directory, EMBEDD_DATABASE_URL=given) as up:
                pg.execute("update shop.books set title = 'Potatoes in pots' where id = 2")
                wait_for(pg, "select from embedd.status where name = 'shop.books' and pending_rows = 0")
                assert set(found(up, table, "potatoes")) == {"1", "2"}
                assert traits_of_who_serves(pg, books, database) == names
                for name in names:
                    with pytest.raises(psycopg.errors.InsufficientPrivilege):
                        pg.execute(f"set role {name}".encode())
                        pg.execute("select rolpassword from pg_authid")
                    pg.execute("reset role")
            removed = embedd("uninstall", "--yes", "--data-dir", directory, EMBEDD_DATABASE_URL=given)
            assert removed.returncode == 0, removed.stderr
            left = pg.execute("select rolname from pg_roles where rolname = any (%s)", [list(names)]).fetchall()
            assert left == [], removed.stdout
        finally:
            for name in names:
                if pg.execute("select from pg_roles where rolname = %s", [name]).rowcount:
                    pg.execute(f"drop owned by {name}; drop role {name}".encode())
    assert "SCRAM" not in log and "password" not in log


async def test_point_04_a_foreign_role_with_our_name_is_not_used(installed: str) -> None:
    with connect(installed) as pg:
        (made,) = pg.execute(
            "select 'embedd_api_' || oid as name from pg_database where datname = current_database()"
        ).fetchall()
        pg.execute(f"create role {made['name']} login superuser password 'known'".encode())
        try:
            with pytest.raises(ConfigurationError, match="embedd did not create"):
                await provide_logins(url(installed), SecretBox.from_text(new_key_text()))
            (kept,) = pg.execute("select rolsuper from pg_roles where rolname = %s", [made["name"]]).fetchall()
            assert kept["rolsuper"], "nothing was done to it"
        finally:
            pg.execute(f"drop role {made['name']}".encode())


# The private server.


def test_point_04_row_44_a_directory_of_an_earlier_version_is_handed_to_an_ordinary_owner(tmp_path: Path) -> None:
    directory = tmp_path / "data"

    async def earlier() -> str:
        """Set up the database as previous versions did: one role, the superuser, owns everything."""
        server = PrivatePostgres(directory / "postgres")
        superuser = await server.start()
        try:
            await migrate(superuser)
            with connect(superuser) as pg:
                pg.execute("create schema shop; create type shop.kind as enum ('a'); create domain shop.pages as int")
                pg.execute(
                    "create table shop.books (id int generated always as identity primary key, title text,"
                    " pages shop.pages); create table shop.serial (id serial primary key, kind shop.kind)"
                )
                pg.execute("insert into shop.books (title, pages) values ('Growing tomatoes', 120)")
                pg.execute("create view shop.titles as select title from shop.books")
                pg.execute("create function shop.one() returns int language sql as 'select 1'")
                pg.execute("select embedd.create_vector_table('old', 'shop.books', %s, mode => 'platform')", [COLUMNS])
        finally:
            await server.stop()
        return superuser

    superuser = asyncio.run(earlier())
    with started(directory) as up, connect(up.ready["database_url"]) as pg, connect(superuser) as root:
        assert traits_of_who_serves(pg, superuser, "embedd") == {pg.info.user} != {"embedd"}
        theirs = root.execute(
            "select c.oid::regclass::text as name from pg_class c"
            " where c.oid >= 16384 and c.relowner = 'embedd'::regrole and c.relkind in ('r', 'v', 'S')"
            " union all select oid::regtype::text from pg_type where oid >= 16384"
            " and typowner = 'embedd'::regrole and typtype in ('e', 'd')"
        ).fetchall()
        assert theirs == []
        pg.execute("select embedd.backfill('old')")
        wait_for(pg, "select from embedd.status where name = 'old' and sync_status = 'synced'")
        # What people do in SQL and over REST with the URL that was printed, as ever.
        pg.execute("create table public.notes (id int primary key, title text)")
        pg.execute("insert into notes values (1, 'A kettle that sings')")
        headers = {"Authorization": f"Bearer {up.ready['api_key']}"}
        with httpx.Client(base_url=up.ready["api_url"] + "/v1", headers=headers, timeout=30) as http:
            local = next(row["id"] for row in http.get("/connections").json()["data"])
            (embedder,) = pg.execute("select id::text from embedd.embedders where name = 'local'").fetchall()
            body = {
                "name": "notes",
                "source_table": "public.notes",
                "connection_id": local,
                "primary_key_column": "id",
                "columns": [{"name": "title", "role": "embedding"}],
                "mode": "platform",
                "embedding_provider_id": embedder["id"],
                "embedding_model": "all-MiniLM-L6-v2",
                "embedding_dimensions": 384,
            }
            made = http.post("/vector-tables", json=body)
            assert made.status_code == 201, made.text
            http.post(f"/vector-tables/{made.json()['id']}/backfill")
        wait_for(pg, "select from embedd.status where name = 'notes' and sync_status = 'synced'")
        assert found(up, made.json()["id"], "tea") == ["1"]
        for forbidden in (
            "select rolpassword from pg_authid",
            "select pg_read_file('/etc/hostname')",
            "create role mine superuser",
        ):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                pg.execute(forbidden.encode())
        assert (directory / "postgres" / "owner.password").stat().st_mode & 0o077 == 0
        assert str(conninfo_to_dict(up.ready["database_url"])["password"]) not in up.log.read_text()


# Installing.


def test_row_07_an_ordinary_database_owner_can_install_the_schema(cluster: Cluster, make_role: MakeRole) -> None:
    owner = make_role("login")
    with cluster.fresh_database() as dsn:
        with connect(dsn) as root:
            root.execute(
                sql.SQL("alter database {} owner to {}").format(sql.Identifier(root.info.dbname), sql.Identifier(owner))
            )
        asyncio.run(migrate(url(dsn) + f"&user={owner}"))
        asyncio.run(refuse_excess(url(dsn) + f"&user={owner}", allowed=False))
        with connect(url(dsn) + f"&user={owner}") as pg:
            pg.execute("create table books (id int primary key, title text, pages int)")
            pg.execute("select embedd.create_vector_table('books', 'public.books', %s)", [COLUMNS])
            pg.execute("insert into books values (1, 'a', 1)")
            assert pg.execute("select key from embedd.outbox").fetchall() == [{"key": "1"}]
            assert pg.execute("select extname from pg_extension").fetchall() == [{"extname": "plpgsql"}]
            owners = pg.execute(
                "select distinct pg_get_userbyid(proowner) as name from pg_proc"
                " where pronamespace::regnamespace::text ~ '^embedd'"
            ).fetchall()
            assert owners == [{"name": owner}], "nothing runs with another's rights"


# A copy.


@pytest.mark.parametrize("site", ["managed"], indirect=True)
async def test_row_40_a_copy_of_the_database_writes_nothing_to_the_stores_of_the_original(site: Site) -> None:
    await site.set_up(rows=3)
    async with site.worker():
        await site.synced()
    before = await site.marks()
    # What a restored dump or a clone sees: it is not the database that the installation remembers.
    await site.do("update embedd.instance set database_oid = 1")
    await site.do("delete from articles where id < 3; update articles set body = 'of the copy'")
    async with site.worker():
        await wait_until(lambda: site.one("select state = 'foreign' from embedd.instance_status()"))
        await asyncio.sleep(1)
        assert await site.marks() == before
    with pytest.raises(InstanceConflict):
        async with site.worker(drain=True) as running:
            await running.task
