"""Planted secrets appear nowhere: in no answer, not in the log, not in a dump of the database."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from typing import Any

import httpx
import psycopg
from psycopg import sql

from embedd_pg.clients import Clients
from tests.api.conftest import Service, working

PASSWORD, API_KEY = "canary-database-password", "sk-canary-vendor-key"
QUERY, ROW = "canary question of a user", "canary text of a row"


def dump(dsn: str) -> str:
    """All rows of all tables of schema embedd, as text."""
    found = io.StringIO()
    with psycopg.connect(dsn) as session:
        tables = session.execute("select tablename from pg_tables where schemaname = 'embedd'").fetchall()
        for (table,) in tables:
            rows = session.execute(sql.SQL("select t::text from embedd.{} t").format(sql.Identifier(table)))
            found.writelines(f"{row[0]}\n" for row in rows)
    return found.getvalue()


async def test_planted_secrets_appear_in_no_answer_log_or_dump(service: Service, make_role: Callable[..., str]) -> None:
    user = make_role(f"superuser login password '{PASSWORD}'")
    answers: list[str] = []

    async def keep(response: httpx.Response) -> None:
        answers.append(f"{response.headers!r} {(await response.aread()).decode()}")

    service.http.event_hooks["response"].append(keep)
    connection = await service.connection(user=user, password=PASSWORD)
    provider = await service.post(
        "/v1/embedding-providers", {"name": "p", "provider": "openai", "api_key": API_KEY}, 201
    )
    made = await service.post("/v1/api-keys", {"name": "k"}, 201)
    answers.remove(next(answer for answer in answers if made["key"] in answer))
    with psycopg.connect(service.dsn, autocommit=True) as session:
        session.execute("create table products (id int primary key, name text not null, price numeric)")
        session.execute("insert into products values (1, %s, 2)", (ROW,))
    columns = [{"name": "name", "role": "embedding"}, {"name": "price", "role": "metadata", "filter_type": "float"}]
    body = service.table_body(connection, provider["id"], columns=columns)
    table = (await service.post("/v1/vector-tables", body, 201))["id"]
    await everything_that_can_go_wrong(service)
    async with working(service.clients):
        await service.synced(table)
        before = len(answers)
        await service.post(f"/v1/vector-tables/{table}/query", {"query": QUERY})
        del answers[before:]
    for path in ("connections", "embedding-providers", "vector-tables", "tasks", "api-keys"):
        await service.get(f"/v1/{path}")

    log, dumped = repr(service.logs.entries), dump(service.dsn)
    for secret in (PASSWORD, API_KEY, service.key, made["key"]):
        assert not [answer for answer in answers if secret in answer], secret
        assert secret not in log and secret not in dumped
    assert QUERY not in log and ROW not in log and ROW not in dumped
    assert PASSWORD not in repr(service.clients.settings) and service.clients.settings.secret_key
    assert service.clients.settings.secret_key not in repr(service.clients.settings) + log + dumped


async def everything_that_can_go_wrong(service: Service) -> None:
    """Requests that are refused while they carry a secret."""
    wrong: list[tuple[str, dict[str, Any]]] = [
        ("embedding-providers", {"name": "p", "provider": "openai", "api_key": {"k": API_KEY}}),
        ("embedding-providers", {"name": "p", "provider": "openai", "api_key": API_KEY, "default_model": "no" * 300}),
        ("embedding-providers", {"name": 1, "provider": API_KEY, "api_key": API_KEY}),
        ("providers/postgresql/connections", {"name": "c", "mode": "managed", "credentials": PASSWORD}),
        (
            "providers/postgresql/connections",
            {
                "name": "c",
                "mode": "managed",
                "credentials": service.credentials(password=PASSWORD, host="/x"),
            },
        ),
        (
            "providers/postgresql/connections",
            {
                "name": "c",
                "mode": "managed",
                "credentials": service.credentials(password=[PASSWORD]),
            },
        ),
    ]
    for path, body in wrong:
        response = await service.http.post(f"/v1/{path}", json=body)
        assert response.status_code == 422, body
    refused = await service.http.post("/v1/api-keys", content=json.dumps({"name": PASSWORD})[:-1])
    assert refused.status_code == 422
    failing = {"name": "c", "mode": "managed", "credentials": service.credentials(password=PASSWORD)}
    created = await service.post("/v1/providers/postgresql/connections", failing, 201)
    assert (await service.post(f"/v1/connections/{created['id']}/test"))["status"] == "failed"


async def test_a_request_logs_one_line_for_the_operator(service: Service) -> None:
    await service.http.get("/v1/connections/conn_none?x=canary", headers={"X-Request-Id": "abc"})
    lines = [line for line in service.logs.entries if line["event"] == "request"]
    assert len(lines) == 1
    line = lines[0]
    assert line["log_level"] == "info" and line["method"] == "GET" and line["request_id"] == "abc"
    assert line["route"] == "/v1/connections/{connection_id}" and line["status"] == 404
    assert line["key_id"].startswith("key_") and line["ms"] > 0
    assert "conn_none" not in str(line) and "canary" not in str(line)


async def test_stored_secrets_open_only_in_their_own_place(service: Service) -> None:
    body = {"name": "c", "mode": "managed", "credentials": service.credentials()}
    first, second = [
        (await service.post("/v1/providers/postgresql/connections", body | {"name": name}, 201))["id"]
        for name in ("one", "two")
    ]
    with psycopg.connect(service.dsn, autocommit=True) as session:
        session.execute(
            "update embedd.connections set password = (select password from embedd.connections where id = %s)"
            " where id = %s",
            (first, second),
        )
    fresh = Clients(service.clients.settings, service.clients.database)
    assert await fresh.connections.address(first)
    response = await service.http.post(f"/v1/connections/{second}/test")
    assert response.status_code == 500 and response.json()["error"]["code"] == "configuration_error"
