"""Refusals are equal through REST and through the SQL function: the same code, by SQLSTATE, and the same message."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

import psycopg
import pytest
from psycopg import sql

from embedd_pg.database.sql_files import qualify
from embedd_pg.errors import EmbeddError
from tests.api.conftest import COLUMNS, Service, load_products
from tests.api.test_errors import code_of

NAME = COLUMNS[0]
EMB = "emb_" + "0" * 32
TABLE, TABLES = "/v1/vector-tables/{table}", "/v1/vector-tables"
CONNECTION, CONNECTIONS = "/v1/connections/{connection}", "/v1/providers/postgresql/connections"
PROVIDER, PROVIDERS = "/v1/embedding-providers/{provider}", "/v1/embedding-providers"


@dataclass(frozen=True)
class Case:
    """One refusal, asked for at both doors. `body` and `sql` hold what differs from a request that would be accepted;
    `state` is done to the database before. Where the body's own types refuse first, `names` is the part of the message
    that both have in common."""

    code: str
    request: tuple[str, str]
    function: str
    sql: dict[str, Any] = field(default_factory=dict)
    body: dict[str, Any] | None = None
    state: str = ""
    names: str = ""


def table(code: str, *, names: str = "", state: str = "", sql: dict[str, Any] | None = None, **body: Any) -> Case:
    return Case(code, ("POST", TABLES), "create_vector_table", body if sql is None else sql, body, state, names)


def change(code: str, *, names: str = "", state: str = "", **body: Any) -> Case:
    named = {("embedder" if key == "embedding_provider_id" else key): value for key, value in body.items()}
    return Case(code, ("PUT", TABLE), "update_vector_table", {"vector_table": "{table}"} | named, body, state, names)


def connection(code: str, *, names: str = "", sql: dict[str, Any], **body: Any) -> Case:
    return Case(code, ("POST", CONNECTIONS), "create_connection", sql, body, "", names)


def act(
    code: str, path: str, function: str, argument: str, value: str, *, state: str = "", method: str = "POST"
) -> Case:
    return Case(code, (method, path), function, {argument: value}, None, state)


def column(**changes: Any) -> list[dict[str, Any]]:
    return [{**NAME, **changes}]


CASES = {
    # Names.
    "a table's name of spaces": table("validation_error", name="   "),
    "a table's name that is empty": table("validation_error", name="", names="name"),
    "a table's name of 101 characters": table("validation_error", name="x" * 101, names="name"),
    "a table renamed to spaces": change("validation_error", name=" "),
    "a connection's name of spaces": connection("validation_error", name=" ", sql={"name": " "}),
    "a connection renamed to spaces": Case(
        "validation_error",
        ("PUT", CONNECTION),
        "update_connection",
        {"connection": "{connection}", "name": " "},
        {"name": " "},
    ),
    "a provider's name of spaces": Case(
        "validation_error",
        ("POST", PROVIDERS),
        "create_embedder",
        {"name": " ", "provider": "local"},
        {"name": " ", "provider": "local"},
    ),
    # Connections.
    "a host that is a path": connection("validation_error", credentials={"host": "/var/run"}, sql={"host": "/var/run"}),
    "a list of hosts": connection("validation_error", credentials={"host": "a,b"}, sql={"host": "a,b"}),
    "a port out of range": connection(
        "validation_error", credentials={"port": 65536}, sql={"port": 65536}, names="credentials.port"
    ),
    "an unknown mode of a connection": connection(
        "validation_error", mode="hosted", sql={"mode": "hosted"}, names="mode"
    ),
    "an unknown ssl_mode": connection(
        "validation_error", credentials={"ssl_mode": "off"}, sql={"ssl_mode": "off"}, names="credentials.ssl_mode"
    ),
    "a connection changed to a host that is a path": Case(
        "validation_error",
        ("PUT", CONNECTION),
        "update_connection",
        {"connection": "{connection}", "host": "/x"},
        {"credentials": {"host": "/x"}},
    ),
    "credentials for the database embedd is installed in": Case(
        "validation_error",
        ("PUT", "/v1/connections/conn_local"),
        "update_connection",
        {"connection": "conn_local", "host": "db"},
        {"credentials": {"host": "db"}},
    ),
    # Vector tables.
    "a source table that is not there": table("validation_error", source_table="public.nothing"),
    "a source table that is no name": table("validation_error", source_table="a b c"),
    "a key that is not there": table("validation_error", primary_key_column="nothing"),
    "a key that is not unique": table("validation_error", primary_key_column="name"),
    "a column that is not there": table("validation_error", columns=column(name="gone")),
    "a column twice": table("validation_error", columns=[NAME, NAME]),
    "an unknown role": table("validation_error", columns=column(role="text"), names="columns[0].role"),
    "a column without a role": table("validation_error", columns=[{"name": "name"}], names="columns[0].role"),
    "an unknown filter type": table(
        "validation_error", columns=[NAME, COLUMNS[2] | {"filter_type": "date"}], names="columns[1].filter_type"
    ),
    "a metadata column without filter type": table(
        "validation_error", columns=[NAME, {"name": "price", "role": "metadata"}]
    ),
    "a filter type that does not fit": table(
        "validation_error", columns=[NAME, {"name": "category", "role": "metadata", "filter_type": "integer"}]
    ),
    "no embedding column": table("validation_error", columns=COLUMNS[2:]),
    "no column at all": table("validation_error", columns=[], names="columns"),
    "an ordinal that is a text": table("validation_error", columns=column(ordinal="1"), names="ordinal"),
    "another mode than the connection's": table(
        "validation_error",
        connection_id="{connection}",
        mode="platform",
        sql={"connection": "{connection}", "mode": "platform"},
    ),
    "an unknown mode": table("validation_error", mode="hosted", names="mode"),
    "an unknown sync mode": table("validation_error", sync_mode="stream", names="sync_mode"),
    "a model of another provider": table("validation_error", embedding_model="voyage-3.5"),
    "a model that only reranks": table("validation_error", embedding_model="rerank-2.5"),
    "a size the model does not have": table("validation_error", embedding_dimensions=1535),
    "a size of nothing": table("validation_error", embedding_dimensions=0, names="embedding_dimensions"),
    "an embedder that is not there": table(
        "embedding_provider_not_found", embedding_provider_id=EMB, sql={"embedder": EMB}
    ),
    "a connection that is not there": table(
        "connection_not_found", connection_id="conn_none", sql={"connection": "conn_none"}
    ),
    "a connection that was not tested": table(
        "connection_not_ready",
        connection_id="{connection}",
        sql={"connection": "{connection}"},
        state="update embedd.connections set status = 'created' where id = %(connection)s",
    ),
    # Changing one.
    "a change to a column that is not there": change("validation_error", columns=column(name="gone")),
    "a change to columns without text": change("validation_error", columns=COLUMNS[2:]),
    "a change to a model of another provider": change("validation_error", embedding_model="voyage-3.5"),
    "a change to a size the model does not have": change("validation_error", embedding_dimensions=8),
    "a change to an embedder that is not there": change("embedding_provider_not_found", embedding_provider_id=EMB),
    "a change to an unknown sync mode": change("validation_error", sync_mode="x", names="sync_mode"),
    "a change while a backfill runs": change("backfill_in_progress", columns=column(), state="backfill"),
    "a filter type that a running worker cannot read": table(
        "worker_outdated",
        columns=[NAME, {"name": "released", "role": "metadata", "filter_type": "datetime"}],
        state="insert into embedd.looks (worker) values ('of an earlier version')",
    ),
    "a change while paused": change("sync_already_paused", columns=column(), state="paused"),
    # Nothing of that name.
    "a connection to delete that is not there": act(
        "connection_not_found",
        "/v1/connections/conn_none",
        "delete_connection",
        "connection",
        "conn_none",
        method="DELETE",
    ),
    "an embedder to delete that is not there": act(
        "embedding_provider_not_found",
        f"/v1/embedding-providers/{EMB}",
        "delete_embedder",
        "embedder",
        EMB,
        method="DELETE",
    ),
    "a table to drop that is not there": act(
        "vector_table_not_found",
        "/v1/vector-tables/vt_none",
        "drop_vector_table",
        "vector_table",
        "vt_none",
        method="DELETE",
    ),
    "a table to backfill that is not there": act(
        "vector_table_not_found", "/v1/vector-tables/vt_none/backfill", "backfill", "vector_table", "vt_none"
    ),
    "a table to pause that is not there": act(
        "vector_table_not_found", "/v1/vector-tables/vt_none/sync/pause", "pause_sync", "vector_table", "vt_none"
    ),
    "a status of a table that is not there": act(
        "vector_table_not_found",
        "/v1/vector-tables/vt_none/sync/status",
        "sync_status",
        "vector_table",
        "vt_none",
        method="GET",
    ),
    "a task that is not there": act(
        "task_not_found", "/v1/tasks/task_none", "get_task", "task", "task_none", method="GET"
    ),
    "a task to cancel that is not there": act(
        "task_not_found", "/v1/tasks/task_none/cancel", "cancel_task", "task", "task_none"
    ),
    # Refusals that depend on the present state.
    "a second backfill": act(
        "backfill_in_progress", TABLE + "/backfill", "backfill", "vector_table", "{table}", state="backfill"
    ),
    "a backfill while paused": act(
        "sync_already_paused", TABLE + "/backfill", "backfill", "vector_table", "{table}", state="paused"
    ),
    "a backfill over a connection to be tested": act(
        "connection_not_ready",
        TABLE + "/backfill",
        "backfill",
        "vector_table",
        "{table}",
        state="update embedd.connections set status = 'failed'",
    ),
    "pausing before a backfill": act(
        "sync_not_running", TABLE + "/sync/pause", "pause_sync", "vector_table", "{table}"
    ),
    "pausing a table in error that was never filled": act(
        "sync_not_running",
        TABLE + "/sync/pause",
        "pause_sync",
        "vector_table",
        "{table}",
        state="update embedd.vector_tables set sync_status = 'error'",
    ),
    "pausing twice": act(
        "sync_already_paused", TABLE + "/sync/pause", "pause_sync", "vector_table", "{table}", state="paused"
    ),
    "resuming what is not paused": act(
        "sync_not_paused", TABLE + "/sync/resume", "resume_sync", "vector_table", "{table}"
    ),
    "deleting a connection in use": act(
        "connection_conflict",
        "/v1/connections/conn_local",
        "delete_connection",
        "connection",
        "conn_local",
        method="DELETE",
    ),
    "deleting an embedder in use": act(
        "embedding_provider_conflict", PROVIDER, "delete_embedder", "embedder", "{provider}", method="DELETE"
    ),
    "cancelling a task that ended": act(
        "task_ended", "/v1/tasks/{task}/cancel", "cancel_task", "task", "{task}", state="ended"
    ),
}

STATES = {
    "": "select",
    "backfill": "select embedd.backfill(%(table)s)",
    "paused": "update embedd.vector_tables set sync_status = 'paused'",
    "ended": "with t as (select embedd.backfill(%(table)s) as id) select embedd.cancel_task(id) from t",
}


@dataclass(frozen=True)
class Said:
    """The error that a caller receives."""

    code: str
    message: str
    resolution: str


async def test_rest_and_sql_refuse_the_same_requests_with_the_same_errors(service: Service) -> None:
    load_products(service.dsn)
    provider = await service.embedding_provider()
    ids = {"connection": await service.connection(), "provider": provider}
    made = await service.post(TABLES, service.table_body("conn_local", provider), 201)
    ids["table"] = made["id"]
    different = []
    with psycopg.connect(service.dsn, autocommit=True) as session:
        session.execute("alter table products add released date")
        for name, case in CASES.items():
            ids["task"] = _put(session, ids, case.state)
            over_rest = await _over_rest(service, case, ids)
            in_sql = _in_sql(session, case, ids)
            _take_back(session)
            alike = over_rest.code == in_sql.code == case.code
            if case.names:
                alike = alike and case.names in over_rest.message and case.names.split(".")[-1] in in_sql.message
            else:
                alike = alike and over_rest == in_sql
            if not alike:
                different.append((name, over_rest, in_sql))
    assert not different, "\n".join(map(str, different))


def test_every_code_of_connections_vector_tables_and_tasks_is_among_the_cases() -> None:
    by_code = {error.code: state for state, error in EmbeddError.by_sqlstate.items()}
    elsewhere = {
        # Permissions and limits: test_permissions.py, test_environments.py, tests/sql/test_tenancy.py.
        "permission_denied",
        "tier_limit_reached",
        "insufficient_permission",
        "environment_not_found",
        "environment_conflict",
        "api_key_not_found",
        "org_not_found",
        "user_not_found",
        "rate_limit_exceeded",
        "org_deleting",
        # Names may repeat over REST, and in SQL they may not.
        "name_taken",
        # The other face of embedders: test_embedders.py.
        "embedding_provider_exists",
        "embedding_provider_in_use",
        # Asked by SQL of the role that calls, over REST of the connection's: test_errors.py, tests/sql/test_rights.py.
        "source_table_access_denied",
        # A query is no SQL function: test_query.py.
        "vector_table_not_ready",
        "embedding_provider_missing",
        "schema_version",
        # No operation of REST raises it: tests/sql/test_verify.py. Refused to workers: tests/faults/test_instance.py.
        "verification_in_progress",
        "instance_conflict",
        "instance_moved",
        # Errors of SQL functions that call the service: test_plpython.py.
        "service_missing",
        "service_refused",
        "service_unreachable",
    }
    assert by_code.keys() - elsewhere == {case.code for case in CASES.values()}


async def _over_rest(service: Service, case: Case, ids: dict[str, str]) -> Said:
    method, path = case.request
    body = None if case.body is None else _filled(_accepted(service, case, ids) | case.body, ids)
    if case.body is not None and "credentials" in case.body and method == "POST":
        body = {**(body or {}), "credentials": service.credentials() | case.body["credentials"]}
    response = await service.http.request(method, path.format(**ids), json=body)
    assert response.status_code >= 400, (case, response.text)
    error = response.json()["error"]
    return Said(code_of(response), error["message"], error["resolution"])


def _accepted(service: Service, case: Case, ids: dict[str, str]) -> dict[str, Any]:
    """A body that would be accepted if nothing in it were changed."""
    match case.request:
        case ("POST", "/v1/vector-tables"):
            return service.table_body("conn_local", ids["provider"])
        case ("POST", "/v1/providers/postgresql/connections"):
            return {"name": "x", "mode": "managed", "credentials": service.credentials()}
        case _:
            return {}


def _in_sql(session: psycopg.Connection[tuple[Any, ...]], case: Case, ids: dict[str, str]) -> Said:
    named: dict[str, Any] = _filled(_arguments(case, ids) | case.sql, ids)
    named = {key: json.dumps(value) if key == "columns" else value for key, value in named.items()}
    arguments = sql.SQL(", ").join(
        sql.SQL("{} => {}").format(sql.Identifier(key), sql.Placeholder(key)) for key in named
    )
    statement = sql.SQL("select * from {}({})").format(sql.Identifier(*qualify(case.function).split(".")), arguments)
    with pytest.raises(psycopg.Error) as caught:
        session.execute(statement, named)
    declared = EmbeddError.by_sqlstate.get(caught.value.sqlstate or "")
    assert declared is not None, (case, caught.value)
    said = caught.value.diag
    return Said(declared.code, said.message_primary or "", said.message_hint or declared.resolution)


def _arguments(case: Case, ids: dict[str, str]) -> dict[str, Any]:
    """Arguments that would be accepted if nothing in them were changed."""
    match case.function:
        case "create_vector_table":
            return {
                "name": "x",
                "source_table": "public.products",
                "columns": COLUMNS,
                "embedder": ids["provider"],
                "primary_key_column": "id",
                "embedding_model": "text-embedding-3-small",
                "embedding_dimensions": 1536,
            }
        case "create_connection":
            return {"name": "x", "mode": "managed", "host": "127.0.0.1", "database": "d", "username": "u"}
        case _:
            return {}


def _filled(given: dict[str, Any], ids: dict[str, str]) -> dict[str, Any]:
    return {key: value.format(**ids) if isinstance(value, str) else value for key, value in given.items()}


def _put(session: psycopg.Connection[tuple[Any, ...]], ids: dict[str, str], state: str) -> str:
    """Bring the database into a state; the id of the newest task, if there is one."""
    session.execute(STATES.get(state, state).encode(), ids)
    newest = session.execute("select id from embedd.tasks order by created_at desc limit 1").fetchone()
    return newest[0] if newest else ""


def _take_back(session: psycopg.Connection[tuple[Any, ...]]) -> None:
    session.execute("delete from embedd.tasks")
    session.execute("delete from embedd.looks")
    session.execute("update embedd.connections set status = 'connected'")
    session.execute("update embedd.vector_tables set sync_status = 'pending', last_synced_at = null")
