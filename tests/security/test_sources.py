"""A tenant's server and its rows: no answer makes it embedd's own database, and nothing it sends is executed."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from structlog.testing import LogCapture

from embedd_pg.database import migrate as migrating
from embedd_pg.database.call import Actor
from embedd_pg.database.migrate import script
from embedd_pg.database.sql_files import LINES, Migration, migrations
from embedd_pg.generation import parse_generation
from embedd_pg.resources import access
from embedd_pg.sources.connect import open_source
from embedd_pg.sources.layout import Layout
from embedd_pg.sources.table import SourceTable
from tests.api.conftest import Service, credentials_of, logs, service_on, vendor
from tests.api.relay import relayed
from tests.sql.calls import acting_as, rows, value
from tests.support.hostile import MINTED, make_hostile
from tests.support.postgres import Cluster
from tests.support.servers import own_servers
from tests.support.vendor_stub import Stub
from tests.support.worker import ROOT

__all__ = ["logs", "vendor"]

COLUMNS = [{"name": "name", "role": "embedding", "ordinal": 1}]


@pytest.fixture(scope="module")
def hostile() -> Iterator[str]:
    """A server of an attacker's own."""
    with own_servers() as servers:
        yield make_hostile(servers.new())


@pytest.fixture(params=["owner", "roles"])
def control(
    request: pytest.FixtureRequest, cluster: Cluster, template: str, make_role: Callable[..., str]
) -> Iterator[str]:
    """Our database, and the role the API has in it: the owner of everything, or the manager of docs/how-to/dba.md."""
    owner = make_role("login")
    with cluster.fresh_database() as dsn:
        with psycopg.connect(dsn, autocommit=True) as root:
            name = sql.Identifier(str(conninfo_to_dict(dsn)["dbname"]))
            root.execute(sql.SQL("alter database {} owner to {}").format(name, sql.Identifier(owner)))
        with psycopg.connect(dsn, user=owner, autocommit=True) as session:
            session.execute(script().encode())
            session.execute(
                "create table salaries (id text primary key, name text, amount int);"
                " insert into salaries select i::text, 'row ' || i, i from generate_series(1, 5) i"
            )
        role = owner
        if request.param == "roles":
            role = make_role("login")
            with psycopg.connect(dsn, autocommit=True) as root:
                root.execute(f"grant embedd_admin to {role}".encode())
        yield make_conninfo(dsn, user=role)
        with psycopg.connect(dsn, autocommit=True) as root:
            root.execute(f"reassign owned by {owner} to current_user; drop owned by {owner}, {role}".encode())


@asynccontextmanager
async def attacker_on(
    control: str, hostile: str, directory: Path, logs: LogCapture
) -> AsyncIterator[tuple[Service, dict[str, Any]]]:
    """A tenant with a key and nothing else, and what it gives as credentials of its own server."""
    async with service_on(control, directory, logs) as service, relayed(hostile) as port:
        organization = await service.clients.database.value("create_organization", name="evil")
        made = await access.create_api_key(service.clients.database, name="evil", actor=Actor(organization))
        service.http.headers["Authorization"] = f"Bearer {made.key}"
        yield service, credentials_of(hostile, port)


def everything(cluster: Cluster, control: str) -> str:
    """How a superuser looks at a database: row security hides nothing."""
    return cluster.dsn(str(conninfo_to_dict(control)["dbname"]))


def ask(control: str, statement: str) -> list[Any]:
    with psycopg.connect(control, autocommit=True) as session:
        return [row[0] for row in session.execute(statement.encode()).fetchall()]


TRIGGERS = "select tgname from pg_trigger where tgname like 'zz\\_embedd%'"
KEYS = "select name from embedd.api_keys order by name"


async def test_point_01_row_41_a_server_that_says_it_sees_our_locks_gets_no_trigger_here(
    cluster: Cluster, control: str, hostile: str, tmp_path: Path, logs: LogCapture, vendor: Stub
) -> None:
    look = everything(cluster, control)
    async with attacker_on(control, hostile, tmp_path, logs) as (service, credentials):
        body = {"name": "mine", "mode": "managed", "credentials": credentials}
        connection = (await service.post("/v1/providers/postgresql/connections", body, 201))["id"]
        tested = await service.post(f"/v1/connections/{connection}/test")
        assert tested["status"] == "ok" and tested["capture"] != "trigger", tested
        # No body makes a connection that has no host, which alone is our database; that one is not the tenant's.
        for host in (None, "", " ", "/tmp", "@abstract"):
            changed = {"name": "local", "mode": "managed", "credentials": credentials | {"host": host}}
            refused = await service.http.post("/v1/providers/postgresql/connections", json=changed)
            assert refused.status_code == 422, host
            await service.http.put(f"/v1/connections/{connection}", json={"credentials": {"host": host}})
        assert ask(look, "select id from embedd.connections where host is null") == ["conn_local"]
        await service.get("/v1/connections/conn_local", 404)
        await service.post(f"/v1/connections/{connection}/test")
        provider = await service.embedding_provider()
        body = service.table_body(connection, provider, source_table="public.salaries", columns=COLUMNS)
        made = await service.post("/v1/vector-tables", body, 201)
        assert ask(look, TRIGGERS) == [] and ask(look, "select id from embedd.captures") == []
        # Nor when the row that the test left is made to say so.
        for statement in (
            f"select embedd_internal.record_connection_test('{connection}', 'trigger', null)",
            f"select embedd_internal.finish_connection_test('{connection}', '{{\"capture\": \"trigger\"}}', null)",
            f"update embedd.connections set capture = 'trigger' where id = '{connection}'",
        ):
            try:
                ask(look, statement)
            except psycopg.errors.CheckViolation:
                continue
        assert ask(look, "select capture from embedd.connections where host is not null") == ["poll"]
        again = await service.post("/v1/vector-tables", body | {"name": "again"}, 201)
        assert ask(look, TRIGGERS) == [] and again["id"] != made["id"]


async def test_point_02_row_42_what_a_server_returns_as_a_condition_is_not_executed_here(
    cluster: Cluster, control: str, hostile: str, tmp_path: Path, logs: LogCapture, vendor: Stub
) -> None:
    look = everything(cluster, control)
    async with attacker_on(control, hostile, tmp_path, logs) as (service, credentials):
        body = {"name": "mine", "mode": "managed", "credentials": credentials}
        connection = (await service.post("/v1/providers/postgresql/connections", body, 201))["id"]
        await service.post(f"/v1/connections/{connection}/test")
        provider = await service.embedding_provider()
        for source in ("public.salaries", "embedd.organizations"):
            body = service.table_body(connection, provider, source_table=source, columns=COLUMNS)
            made = await service.http.post(
                "/v1/vector-tables", json=body | {"name": source, "where": "name is not null"}
            )
        # Whatever was taken of it: those who look, in every way there is, execute none.
        for table in (await service.get("/v1/vector-tables"))["data"]:
            for path in ("", "/sync/status", "/schema"):
                await service.http.get(f"/v1/vector-tables/{table['id']}{path}")
            await service.http.put(f"/v1/vector-tables/{table['id']}", json={"where": "name is not null"})
        assert ask(look, KEYS) == ["evil", "first"]
        assert ask(look, TRIGGERS) == []
        refused = await service.http.get("/v1/tasks", headers={"Authorization": f"Bearer {MINTED.decode()}"})
        assert refused.status_code == 401
        assert made.status_code == 422 and "cannot be sources" in made.json()["error"]["message"]


async def test_row_08_code_run_by_reading_a_view_writes_nothing_and_leaves_nothing_in_the_session(
    installed: str, make_role: Callable[..., str]
) -> None:
    role, owner = make_role("login in role embedd_worker"), make_role("login")
    with psycopg.connect(installed, autocommit=True) as session:
        session.execute(f"create schema shop authorization {owner}".encode())
        session.execute(f"set session authorization {owner}".encode())
        session.execute(
            """create table shop.goods (id int primary key, name text);
               insert into shop.goods values (1, 'one');
               create function shop.evil(name text) returns text language plpgsql as $$
               begin
                 begin
                   update embedd.doorbell set enabled = false;
                 exception when read_only_sql_transaction then
                   perform set_config('default_transaction_read_only', 'off', false),
                           set_config('search_path', 'shop', false), set_config('statement_timeout', '0', false),
                           set_config('role', 'embedd_worker', false);
                   begin
                     perform set_config('transaction_read_only', 'off', false);
                   exception when others then
                     null;
                   end;
                 end;
                 return name;
               end $$;
               create view shop.shown as select id, shop.evil(name) as name from shop.goods"""
        )
        session.execute(f"grant usage on schema shop to {role}; grant select on shop.shown to {role}".encode())
        session.execute("reset session authorization")
    layout = Layout.parse(
        schema="shop",
        table="shown",
        key=[{"name": "id", "type": "integer"}],
        columns=[{"name": "name", "role": "embedding"}],
        text=[["name", ""]],
    )
    pool = await open_source(make_conninfo(installed, user=role), size=1)
    source = SourceTable(pool, layout, hashed=True)
    for _ in range(3):
        assert set(await source.read(["1"])) == {"1"} and await source.count() == 1
        await source.page_keys(None, 10)
    async with pool.connection() as conn:
        kept = await (await conn.execute(SETTINGS)).fetchone()
    await pool.close()
    assert kept == {"read_only": "on", "path": "pg_catalog,pg_temp", "time": "2min", "role": role}
    assert ask(installed, "select enabled from embedd.doorbell") == [True]
    with psycopg.connect(installed, autocommit=True) as session:
        session.execute("drop schema shop cascade")


SETTINGS = """
    select current_setting('default_transaction_read_only') as read_only, current_setting('search_path') as path,
           current_setting('statement_timeout') as time, current_user::text as role"""

#: Each might end a quoted name, be taken for a parameter, or be cut in the middle.
NAMES = (
    'a"b',
    "a'b",
    'x"; drop table public.victim; --',
    "$function$",
    "$$",
    "%s",
    "%(name)s",
    "{0}",
    "\\",
    " ",
    ".",
    "a.b",
    "a,b",
    "naïve ☃ 表",
    "表" * 21,
    "m" * 63,
    "n" * 70,
    "é" * 40,
    "select",
    "_e",
    "d[0]",
    "\u202eevil",
    "\t",
)


async def test_row_09_names_with_any_content_are_only_names(installed: str) -> None:
    with psycopg.connect(installed, autocommit=True) as session:
        session.execute("create table public.victim (id int primary key)")
        for place, name in enumerate(NAMES):
            id_of = sql.Identifier(name)
            text = sql.Identifier(name[:20] + "2")
            session.execute(sql.SQL("create schema if not exists {}").format(id_of))
            session.execute(sql.SQL("create table {0}.{0} ({0} text primary key, {1} text)").format(id_of, text))
            made = session.execute(
                "select embedd.create_vector_table(name => %s, source_table => %s, columns => %s)",
                (
                    f"fuzz {place}",
                    f"{id_of.as_string(session)}.{id_of.as_string(session)}",
                    json.dumps([{"name": name[:20] + "2", "role": "embedding"}]),
                ),
            ).fetchone()
            assert made is not None
            session.execute(sql.SQL("insert into {0}.{0} values ({1}, 'text')").format(id_of, sql.Literal(name)))
            session.execute(sql.SQL("update {0}.{0} set {1} = 'other'").format(id_of, text))
            row = session.execute("select embedd_internal.get_active_generation(%s)", (made[0],)).fetchone()
            assert row is not None
            generation = parse_generation(row[0])
            pool = await open_source(installed, size=1)
            source = SourceTable(pool, generation.source.layout, hashed=True)
            assert await source.page_keys(None, 10) == [name] == list(await source.read([name]))
            assert await source.range_end(None, 10, 1000) == name and await source.existing([name, "no"]) == {name}
            await pool.close()
        noted = session.execute(
            "select capture_id, count(*) from embedd.outbox where key is not null group by 1 order by 1"
        )
        assert [count for _, count in noted.fetchall()] == [2] * len(NAMES)
        assert session.execute("select count(*) from public.victim").fetchone() == (0,)


@pytest.mark.parametrize("schema", ["embedd", "pg_catalog", "information_schema", "pg_toast"])
def test_point_06_row_47_tables_of_embedd_and_postgresql_cannot_be_sources(
    pg: psycopg.Connection[dict[str, Any]], schema: str
) -> None:
    """For a superuser neither, and whatever case or quotes the name is written with."""
    tables = {
        "embedd": "api_keys",
        "pg_catalog": "pg_authid",
        "information_schema": "tables",
        "pg_toast": "pg_toast_1262",
    }
    for source in (f"{schema}.{tables[schema]}", f'"{schema}".{tables[schema]}', f"{schema.upper()}.{tables[schema]}"):
        for facts in (None, json.dumps({"schema": schema, "name": tables[schema], "kind": "r"})):
            with pytest.raises(psycopg.Error) as refused:
                pg.execute(
                    "select embedd.create_vector_table(name => 'v', source_table => %s, source_facts => %s,"
                    " columns => %s)",
                    (source, facts, json.dumps([{"name": "id", "role": "embedding"}])),
                )
            assert refused.value.sqlstate == "EBV01"
            expected = "there is no table" if schema == "pg_toast" and facts is None else "cannot be sources"
            assert expected in str(refused.value.diag.message_primary)
    assert pg.execute("select from embedd.vector_tables").fetchall() == []
    assert pg.execute("select from pg_trigger where tgname like 'zz\\_embedd%'").fetchall() == []


#: As an installation from before left them: what answered at a host was watched here, and so was a table of ours.
BEFORE = """
    create table t (id int primary key, name text);
    insert into embedd.connections (id, organization_id, environment_id, name, status, host, capture, created_by)
    select 'conn_far', organization_id, environment_id, 'far', 'connected', 'db.example', 'trigger', created_by
      from embedd.connections where id = 'conn_local';
    insert into embedd.captures (source_table, key_columns, tracked_columns, row_level)
    values ('t', '{id}', '{name}', false), ('embedd.organizations', '{id}', '{name}', false);
    create function embedd.capture_1() returns trigger language plpgsql as 'begin return null; end';
    create function embedd.capture_2() returns trigger language plpgsql as 'begin return null; end';
    create trigger zz_embedd_1_insert after insert on t execute function embedd.capture_1();
    create trigger zz_embedd_2_insert after insert on embedd.organizations execute function embedd.capture_2();
    insert into embedd.vector_tables (id, organization_id, environment_id, name, connection_id, embedder_id,
      sync_status, source_table, source_schema, source_name, primary_key_column, key_columns, key_types, mode,
      sync_mode, embedding_model, embedding_dimensions, columns, capture_id, created_by, last_synced_at, next_poll_at)
    select v.id, c.organization_id, c.environment_id, v.id, c.id, e.id, 'synced', v.source, v.schema, v.source, 'id',
           '{id}', '{text}', 'managed', 'cdc', 'all-MiniLM-L6-v2', 384, '[{"name": "name", "role": "embedding"}]',
           v.capture, c.created_by, now(), now() + interval '1 day'
      from (values ('vt_far', 'conn_far', 'public', 't', 1), ('vt_ours', 'conn_local', 'embedd', 'organizations', 2),
                   ('vt_here', 'conn_local', 'public', 't', 1)) v (id, connection, schema, source, capture)
      join embedd.connections c on c.id = v.connection cross join embedd.embedders e;
    insert into embedd.generations (vector_table_id, store, store_table, provider, embedding_model,
      embedding_dimensions, columns)
    select id, 'qdrant', id, 'local', embedding_model, embedding_dimensions, columns from embedd.vector_tables"""


async def test_point_01_row_47_tables_with_triggers_over_a_host_are_polled_after_the_upgrade(
    database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def older(lines: tuple[str, ...] = LINES) -> list[Migration]:
        return [step for step in migrations(lines) if step.name != "sources"]

    with monkeypatch.context() as context:
        context.setattr(migrating, "migrations", older)
        first = script(only_first=len(older()))
    with psycopg.connect(database, autocommit=True) as session:
        session.execute(first.encode())
        session.execute(BEFORE.encode())
        await migrating.migrate(database)
        shown = "select id, capture_id, dropped_at is null, next_poll_at <= now() from embedd.vector_tables order by id"
        assert session.execute(shown).fetchall() == [
            ("vt_far", None, True, True),
            ("vt_here", 1, True, False),
            ("vt_ours", None, False, False),
        ]
        notices = session.execute("select vector_table_id, message from embedd.notices order by id").fetchall()
        assert [table for table, _ in notices] == ["vt_far", None]
        assert "It is polled from now on" in notices[0][1] and "vt_ours" in notices[1][1]
        assert ask(database, "select state from embedd.generations where vector_table_id = 'vt_ours'") == ["dropped"]
        assert ask(database, "select capture from embedd.connections where id = 'conn_far'") == ["poll"]
        # A worker's audit removes the triggers that nobody needs, and mends those of the table that is watched.
        for capture in (1, 2):
            session.execute("select embedd_internal.audit_capture(%s)", (capture,))
        assert ask(database, TRIGGERS + " and tgname ~ '_2_'") == [] and len(ask(database, TRIGGERS)) == 4
        session.execute("delete from embedd.vector_tables where id = 'vt_here'")
        session.execute("select embedd_internal.audit_capture(1)")
        assert ask(database, TRIGGERS) == [] and ask(database, "select id from embedd.captures") == []


def test_point_01_only_the_operator_grants_our_own_database_to_an_environment_in_sql(
    pg: psycopg.Connection[dict[str, Any]],
) -> None:
    pg.execute("create table public.goods (id int primary key, name text)")
    made = value(pg, "create_organization", name="acme")
    acting_as(pg, organization=made)
    named = {"name": "v", "source_table": "goods", "columns": json.dumps(COLUMNS)}
    pg.execute("select embedd.create_embedder(name => 'local', provider => 'local', model => 'all-MiniLM-L6-v2')")
    with pytest.raises(psycopg.Error) as refused:
        value(pg, "create_vector_table", **named)
    assert refused.value.sqlstate == "EBN02"
    granted = value(pg, "create_local_connection")
    assert value(pg, "create_vector_table", **named)
    assert [row["capture"] for row in rows(pg, "get_connection", connection=granted)] == ["trigger"]
    called = [path for place in ("embedd_pg", "api") for path in (ROOT / place).rglob("*.py")]
    assert not [path for path in called if "create_local_connection" in path.read_text(encoding="utf-8")]
