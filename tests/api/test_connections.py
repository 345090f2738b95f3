"""Connections: the changes of PUT and their effects, refusals of DELETE, and the list."""

from __future__ import annotations

from typing import Any

import psycopg

from tests.api.conftest import Service, eventually, load_products, working
from tests.api.test_errors import code_of

SHOWN = {"id", "name", "provider", "mode", "status", "created_at", "org_id", "environment_id", "last_tested_at"}


def stored(service: Service, connection: str) -> dict[str, Any]:
    with psycopg.connect(service.dsn, row_factory=psycopg.rows.dict_row) as session:
        row = session.execute("select * from embedd.connections where id = %s", [connection]).fetchone()
    assert row is not None
    return dict(row)


async def test_a_new_name_changes_nothing_else(service: Service) -> None:
    connection = await service.connection()
    before = await service.get(f"/v1/connections/{connection}")
    response = await service.http.put(f"/v1/connections/{connection}", json={"name": "Shop"})
    assert response.status_code == 200 and response.json() == before | {"name": "Shop"}
    assert response.json().keys() == SHOWN and response.json()["status"] == "connected"


async def test_new_credentials_complete_the_old_ones_and_must_be_tested(service: Service) -> None:
    load_products(service.dsn)
    connection = await service.connection()
    before = stored(service, connection)
    credentials = {"ssl_mode": "disable", "password": service.credentials()["password"]}
    changed = await service.http.put(f"/v1/connections/{connection}", json={"credentials": credentials})
    assert changed.status_code == 200 and changed.json()["status"] == "created"
    now = stored(service, connection)
    assert now["ssl_mode"] == "disable"
    for column in ("host", "port", "database", "username", "name", "mode"):
        assert now[column] == before[column], column

    body = service.table_body(connection, await service.embedding_provider())
    refused = await service.http.post("/v1/vector-tables", json=body)
    assert refused.status_code == 422 and code_of(refused) == "connection_not_ready"
    await service.post(f"/v1/connections/{connection}/test")
    assert (await service.get(f"/v1/connections/{connection}"))["status"] == "connected"
    await service.post("/v1/vector-tables", body, 201)


async def test_a_new_password_is_sealed_again_and_never_shown(service: Service) -> None:
    connection = await service.connection()
    before = stored(service, connection)
    answer = await service.http.put(
        f"/v1/connections/{connection}", json={"credentials": {"password": "canary-password"}}
    )
    assert answer.status_code == 200
    now = stored(service, connection)
    assert now["password"] != before["password"] and now["host"] == before["host"]
    assert "canary" not in answer.text + str(now) + str(service.logs.entries)


async def test_a_connection_that_failed_its_test_is_fixed_by_put(service: Service) -> None:
    body = {"name": "x", "mode": "managed", "credentials": service.credentials(database="nothing_here")}
    made = await service.post("/v1/providers/postgresql/connections", body, 201)
    path = f"/v1/connections/{made['id']}"
    assert (await service.post(f"{path}/test"))["status"] == "failed"
    assert (await service.get(path))["status"] == "failed"
    right = service.credentials()["database"]
    assert (await service.http.put(path, json={"credentials": {"database": right}})).json()["status"] == "created"
    assert (await service.post(f"{path}/test"))["status"] == "ok"
    assert (await service.get(path))["status"] == "connected"


async def test_an_invalid_change_is_refused_completely(service: Service) -> None:
    connection = await service.connection()
    before = stored(service, connection)
    wrong: list[dict[str, Any]] = [
        {"name": ""},
        {"name": " "},
        {"name": "x" * 101},
        {"mode": "platform"},
        {"provider": "postgresql"},
        {"name": "new", "credentials": {"host": "/var/run"}},
        {"credentials": {"port": 0}},
        {"credentials": {"ssl_mode": "off"}},
        {"credentials": {"options": "-c x"}},
        {"credentials": "x"},
    ]
    for body in wrong:
        response = await service.http.put(f"/v1/connections/{connection}", json=body)
        assert code_of(response) == "validation_error", body
    assert stored(service, connection) == before
    for body in ({}, {"credentials": {}}, {"name": None, "credentials": None}):
        assert (await service.http.put(f"/v1/connections/{connection}", json=body)).status_code == 200, body
    assert stored(service, connection) == before


async def test_a_connection_without_vector_tables_is_deleted(service: Service) -> None:
    connection = await service.connection()
    path = f"/v1/connections/{connection}"
    response = await service.http.delete(path)
    assert response.status_code == 204 and response.content == b""
    again = (service.http.get(path), service.http.put(path, json={"name": "x"}), service.http.delete(path))
    for request in (*again, service.http.post(f"{path}/test")):
        assert code_of(await request) == "connection_not_found"


async def test_a_connection_in_use_is_a_conflict_that_names_its_vector_tables(service: Service) -> None:
    table = await service.vector_table()
    connection = (await service.get(f"/v1/vector-tables/{table}"))["connection_id"]
    path = f"/v1/connections/{connection}"
    refused = await service.http.delete(path)
    assert refused.status_code == 409 and code_of(refused) == "connection_conflict"
    assert "products-search" in refused.json()["error"]["message"]

    assert (await service.http.delete(f"/v1/vector-tables/{table}")).status_code == 204
    # The vectors are still there, and only over the connection can they be removed.
    assert code_of(await service.http.delete(path)) == "connection_conflict"
    async with working(service.clients):
        await eventually(lambda: service.http.delete(path), lambda response: response.status_code == 204)


async def test_connections_are_listed_oldest_first_in_pages(service: Service) -> None:
    body = {"name": "same", "mode": "managed", "credentials": service.credentials()}
    for _ in range(4):
        await service.post("/v1/providers/postgresql/connections", body, 201)
    whole = await service.get("/v1/connections")
    assert whole["pagination"] == {"limit": 20, "has_more": False, "next_cursor": None}
    assert [row["name"] for row in whole["data"]] == ["local", "same", "same", "same", "same"]
    assert all(row.keys() == SHOWN for row in whole["data"])
    first = await service.get("/v1/connections?limit=3")
    assert first["pagination"]["has_more"] is True
    rest = await service.get(f"/v1/connections?limit=3&cursor={first['pagination']['next_cursor']}")
    assert first["data"] + rest["data"] == whole["data"]
    assert rest["pagination"] == {"limit": 3, "has_more": False, "next_cursor": None}


async def test_fields_with_a_default_of_postgresql_are_optional(service: Service) -> None:
    credentials = service.credentials()
    del credentials["port"]
    body = {"name": "n" * 100, "mode": "platform", "credentials": credentials}
    made = await service.post("/v1/providers/postgresql/connections", body, 201)
    now = stored(service, made["id"])
    assert (now["port"], now["ssl_mode"], now["mode"]) == (5432, "prefer", "platform")
    assert made["status"] == "created" and made["last_tested_at"] is None
