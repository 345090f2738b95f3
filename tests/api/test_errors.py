"""Every error code that can occur, the envelope, and the frame of a request."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import httpx
import psycopg
import pytest
from psycopg.conninfo import make_conninfo

from embedd_api.app import create_app
from embedd_api.face import EMBEDD
from embedd_pg.clients import Clients
from embedd_pg.database.call import Database, open_pool
from embedd_pg.errors import StoreError
from tests.api.conftest import COLUMNS, Service, load_products, working
from tests.support.errors import declared
from tests.support.postgres import Cluster, give_password
from tests.support.vendor_stub import Stub

NAME_AND_MODE = {"name": "x", "mode": "managed"}


def code_of(response: httpx.Response) -> str:
    error = response.json()["error"]
    assert response.json().keys() == {"error"}
    assert error.keys() == {"code", "message", "resolution", "docs_url", "request_id"}
    assert error["docs_url"] == f"https://embedd.to/errors/{error['code']}"
    assert error["request_id"] == response.headers["x-request-id"]
    assert all(isinstance(value, str) and value for value in error.values())
    assert EMBEDD.status_of(declared(error["code"])) == response.status_code
    return str(error["code"])


async def test_addresses_and_methods_that_do_not_exist_answer_in_the_envelope(service: Service) -> None:
    for path in ("/", "/v1", "/v1/nothing", "/v1/connections/", "/v1/connections//test", "/health/"):
        assert code_of(await service.http.get(path)) == "not_found", path
    response = await service.http.put("/v1/connections", json={})
    assert code_of(response) == "method_not_allowed"
    assert response.headers["allow"] == "GET, HEAD, OPTIONS"


async def test_head_and_options_say_what_get_would(service: Service) -> None:
    head = await service.http.head("/v1/connections")
    assert head.status_code == 200 and head.content == b"" and int(head.headers["content-length"]) > 0
    options = await service.http.options("/v1/vector-tables")
    assert options.status_code == 204 and options.headers["allow"] == "GET, HEAD, OPTIONS, POST"
    assert "access-control-allow-origin" not in options.headers


async def test_a_request_id_is_kept_or_created(service: Service) -> None:
    given = await service.http.get("/health", headers={"X-Request-Id": "my-id_1"})
    assert given.headers["x-request-id"] == "my-id_1" and given.json() == {"status": "ok"}
    for odd in ("a b", "x" * 65, "<script>", ""):
        made = await service.http.get("/v1/nothing", headers={"X-Request-Id": odd})
        assert re.fullmatch("req_[0-9a-f]{24}", made.headers["x-request-id"])
        assert code_of(made) == "not_found"


async def test_unknown_and_wrong_fields_are_named(service: Service) -> None:
    path = "/v1/providers/postgresql/connections"
    good: dict[str, Any] = {**NAME_AND_MODE, "credentials": service.credentials()}
    wrong: list[tuple[dict[str, Any], str]] = [
        (good | {"nmae": 1}, "nmae is not a known field"),
        (good | {"credentials": {**good["credentials"], "options": "-c x"}}, "credentials.options"),
        ({"name": "x"}, "mode is required"),
        (good | {"mode": "hosted"}, "mode: input should be 'managed' or 'platform'"),
        (good | {"name": ""}, "name:"),
        (good | {"name": "x" * 101}, "name:"),
        (good | {"name": "   "}, "name must have"),
        (good | {"credentials": service.credentials(port="5432")}, "credentials.port"),
        (good | {"credentials": service.credentials(port=0)}, "credentials.port"),
        (good | {"credentials": service.credentials(port=10**30)}, "credentials.port"),
        (good | {"credentials": service.credentials(host="/var/run")}, "credentials.host"),
        (good | {"credentials": service.credentials(host="a,b")}, "credentials.host"),
        (good | {"credentials": service.credentials(ssl_mode="off")}, "credentials.ssl_mode"),
        (good | {"credentials": service.credentials(password="a\0b")}, "NUL"),
        (good | {"name": "\ud800"}, "surrogate"),
        (good | {"\0": 1}, "NUL"),
    ]
    for body, part in wrong:
        response = await service.http.post(path, content=json.dumps(body))
        assert response.status_code == 422, body
        assert code_of(response) == "validation_error"
        assert part in response.json()["error"]["message"], response.text
    other = await service.http.post("/v1/providers/snowflake/connections", json=good)
    assert code_of(other) == "validation_error" and "postgresql" in other.text


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"null",
        b"[]",
        b'"x"',
        b"name=x",
        b"\xff\xfe",
        b"\xef\xbb\xbf{}",
        b'{"name": NaN}',
        b'{"name": 1e999}',
        b'{"name": ' + b"1" * 5000 + b"}",
        b'{"name":' + b"[" * 100_000,
        b'{"name":' + b"[" * 40 + b"]" * 40 + b"}",
        '{"name": "x"}'.encode("utf-16"),
    ],
    ids=range(14),
)
async def test_bodies_that_are_not_usable_json_are_refused(service: Service, content: bytes) -> None:
    response = await service.http.post("/v1/api-keys", content=content)
    assert code_of(response) == "validation_error"


async def test_bodies_above_one_megabyte_are_refused_with_and_without_a_length(service: Service) -> None:
    async def chunks() -> AsyncIterator[bytes]:
        for _ in range(20):
            yield b" " * 100_000

    for content in (b" " * 1_000_001, chunks()):
        response = await service.http.post("/v1/api-keys", content=content)
        assert response.status_code == 413 and code_of(response) == "request_too_large"


async def test_a_body_that_does_not_arrive_times_out(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    async def stalled() -> AsyncIterator[bytes]:
        yield b"{"
        await asyncio.Event().wait()

    monkeypatch.setattr("embedd_api.body.PATIENCE", 0.05)
    response = await service.http.post("/v1/api-keys", content=stalled())
    assert response.status_code == 408 and code_of(response) == "request_timeout"


async def test_limits_and_cursors_are_checked(service: Service) -> None:
    for query in (
        "limit=0",
        "limit=101",
        "limit=-1",
        "limit=x",
        "limit=",
        "limit=1.0",
        "limit=%D9%A5",
        "cursor=x",
        "cursor=",
        "cursor=eyJpZCI6ICIxMjMifQ==",
        "cursor=W10=",
        "cursor=%00",
    ):
        for path in ("connections", "embedding-providers", "vector-tables", "tasks", "api-keys", "environments"):
            response = await service.http.get(f"/v1/{path}?{query}")
            assert code_of(response) == "validation_error", (path, query)


async def test_lists_come_in_pages(service: Service) -> None:
    for number in range(5):
        await service.post("/v1/api-keys", {"name": f"k{number}"}, 201)
        await service.post("/v1/embedding-providers", {"name": "same", "provider": "local"}, 201)
    for path in ("api-keys", "embedding-providers"):
        whole = await service.get(f"/v1/{path}")
        assert whole["pagination"] == {"limit": 20, "has_more": False, "next_cursor": None}
        seen, cursor = [], ""
        for _ in range(10):
            page = await service.get(f"/v1/{path}?limit=2{cursor}")
            assert page["pagination"]["limit"] == 2
            seen += page["data"]
            if not page["pagination"]["has_more"]:
                assert page["pagination"]["next_cursor"] is None
                break
            cursor = f"&cursor={page['pagination']['next_cursor']}"
        assert seen == whole["data"] and len(seen) == 6


async def test_tasks_come_newest_first_in_pages(service: Service) -> None:
    table = await service.vector_table()
    asked = []
    for _ in range(3):
        asked.append((await service.post(f"/v1/vector-tables/{table}/backfill", status=202))["task_id"])
        with psycopg.connect(service.dsn, autocommit=True) as session:
            session.execute("update embedd.tasks set status = 'failed'")
    first = await service.get("/v1/tasks?limit=2")
    rest = await service.get(f"/v1/tasks?limit=2&cursor={first['pagination']['next_cursor']}")
    assert [task["id"] for task in first["data"] + rest["data"]] == asked[::-1]
    assert rest["pagination"]["has_more"] is False


async def test_invalid_vector_tables_are_refused_with_the_reason(service: Service) -> None:
    load_products(service.dsn)
    connection, provider = await service.connection(), await service.embedding_provider()

    async def refused(status: int, code: str, part: str, **changes: Any) -> None:
        body = service.table_body(connection, provider, **changes)
        response = await service.http.post("/v1/vector-tables", json=body)
        assert response.status_code == status and code_of(response) == code, response.text
        assert part in response.json()["error"]["message"], response.text

    first = COLUMNS[0]
    await refused(422, "validation_error", "there is no table", source_table="public.nothing")
    await refused(422, "validation_error", "not a table name", source_table="a.b.c.d")
    await refused(422, "validation_error", "columns[1]", columns=[first, {"name": "gone", "role": "metadata"}])
    await refused(422, "validation_error", "columns[0].rank", columns=[{**first, "rank": 1}])
    await refused(422, "validation_error", "columns[0].role", columns=[{"name": "name", "role": "text"}])
    await refused(422, "validation_error", "at least one column", columns=COLUMNS[2:])
    await refused(422, "validation_error", "filter_type", columns=[first, {"name": "price", "role": "metadata"}])
    await refused(422, "validation_error", "columns", columns=[])
    await refused(422, "validation_error", "primary_key_column", primary_key_column="name")
    await refused(422, "validation_error", "embedding_dimensions", embedding_dimensions=1535)
    await refused(422, "validation_error", "embedding_model", embedding_model="voyage-3.5")
    await refused(422, "validation_error", "mode", mode="platform")
    await refused(422, "validation_error", "sync_mode", sync_mode="stream")
    await refused(404, "connection_not_found", "connection", connection_id="conn_nothing")
    await refused(404, "connection_not_found", "connection", connection_id="source")
    await refused(404, "embedding_provider_not_found", "embedding provider", embedding_provider_id="emb_x")
    body = {**NAME_AND_MODE, "credentials": service.credentials()}
    connection = (await service.post("/v1/providers/postgresql/connections", body, 201))["id"]
    await refused(422, "connection_not_ready", "created")
    assert (await service.get("/v1/vector-tables"))["data"] == []


async def test_models_must_belong_to_their_provider_and_providers_to_the_catalogue(service: Service) -> None:
    for body, part in (
        ({"provider": "acme", "api_key": "k"}, "provider"),
        ({"provider": "openai", "api_key": "k", "default_model": "voyage-3.5"}, "embedding_model"),
        ({"provider": "openai"}, "api_key"),
        ({"provider": "openai", "api_key": ""}, "api_key"),
        ({"provider": "openai", "api_key": "k", "base_url": "ftp://x"}, "base_url"),
        ({"provider": "openai", "api_key": "k", "model": "m"}, "model is not a known field"),
    ):
        response = await service.http.post("/v1/embedding-providers", json={"name": "x", **body})
        assert code_of(response) == "validation_error" and part in response.text, response.text
    for provider, model in (("gemini", "gemini-embedding-001"), ("voyage", "voyage-3.5-lite")):
        body = {"name": "x", "provider": provider, "api_key": "k", "default_model": model}
        made = await service.post("/v1/embedding-providers", body, 201)
        assert made == await service.get(f"/v1/embedding-providers/{made['id']}")


async def test_a_table_without_a_model_takes_the_providers_default(service: Service) -> None:
    load_products(service.dsn)
    body = service.table_body(await service.connection(), await service.embedding_provider())
    del body["embedding_model"]
    made = await service.post("/v1/vector-tables", body, 201)
    assert made["embedding_model"] == "text-embedding-3-small"


async def test_connection_tests_fail_with_a_reason_in_our_words(service: Service, cluster: Cluster) -> None:
    for changes, part in (
        ({"port": 1}, "Nothing listens"),
        ({"database": "nothing_here", "password": service.credentials()["password"]}, "does not exist"),
        ({"user": "guide_reader"}, "refused the user or the password"),
        ({"host": "nothing.invalid"}, "host name is not known"),
        ({"host": "a..b"}, "host name is not known"),
        ({"host": "169.254.169.254"}, "not an allowed target"),
        ({"ssl_mode": "require"}, "encrypted connection"),
        ({"ssl_mode": "verify-ca"}, "encrypted connection"),
    ):
        body = {**NAME_AND_MODE, "credentials": service.credentials(**{"password": "canary-password"} | changes)}
        created = await service.post("/v1/providers/postgresql/connections", body, 201)
        tested = await service.post(f"/v1/connections/{created['id']}/test")
        assert tested.keys() == {"status", "error", "resolution"} and tested["status"] == "failed"
        assert part in tested["error"] and "canary" not in str(tested), tested
        now = await service.get(f"/v1/connections/{created['id']}")
        assert now["status"] == "failed" and now["last_tested_at"]


async def test_a_table_the_role_may_not_read_is_access_denied(service: Service, database: str) -> None:
    load_products(database)
    with psycopg.connect(database, autocommit=True) as session:
        session.execute("create role blind_reader login")
        give_password(session, "blind_reader", service.credentials()["password"])
        try:
            connection = await service.connection(dsn=database, user="blind_reader")
            body = service.table_body(connection, await service.embedding_provider())
            response = await service.http.post("/v1/vector-tables", json=body)
            assert response.status_code == 403 and code_of(response) == "source_table_access_denied"
        finally:
            session.execute("drop role blind_reader")


async def test_an_unreachable_source_is_an_error_that_leaves_nothing_behind(service: Service, cluster: Cluster) -> None:
    name = cluster.create_database()
    connection = await service.connection(dsn=cluster.dsn(name))
    cluster.drop_database(name)
    body = service.table_body(connection, await service.embedding_provider())
    response = await service.http.post("/v1/vector-tables", json=body)
    assert response.status_code == 502 and code_of(response) == "source_unreachable"


async def test_platform_mode_without_its_requirements_fails_and_leaves_nothing_behind(
    service: Service, database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    load_products(database)
    connection = await service.connection(mode="platform", dsn=database)
    body = service.table_body(connection, await service.embedding_provider())
    response = await service.http.post("/v1/vector-tables", json=body)
    assert code_of(response) == "validation_error" and "pgvector" in response.text
    with psycopg.connect(database, autocommit=True) as session:
        session.execute("create extension vector")

    async def broken(*_: object) -> None:
        raise StoreError("The vector store (pgvector) failed at creating.")

    monkeypatch.setattr("embedd_pg.stores.pgvector.store.PgvectorStore.create", broken)
    response = await service.http.post("/v1/vector-tables", json=body)
    assert response.status_code == 503 and code_of(response) == "vector_store_error"
    assert (await service.get("/v1/vector-tables"))["data"] == []


async def test_backfills_and_sync_refuse_requests_that_do_not_fit_the_status(service: Service) -> None:
    table = await service.vector_table()
    path = f"/v1/vector-tables/{table}"
    assert code_of(await service.http.post(f"{path}/sync/pause")) == "sync_not_running"
    assert code_of(await service.http.post(f"{path}/sync/resume")) == "sync_not_paused"
    await service.post(f"{path}/backfill", status=202)
    assert code_of(await service.http.post(f"{path}/backfill")) == "backfill_in_progress"


async def test_invalid_queries_are_refused_and_a_failing_vendor_is_named(service: Service, vendor: Stub) -> None:
    table = await service.vector_table()
    path = f"/v1/vector-tables/{table}"
    async with working(service.clients):
        await service.synced(table)
    wrong: list[dict[str, Any]] = [
        {},
        {"query": ""},
        {"query": "  "},
        {"query": 1},
        {"query": "x", "limit": 0},
        {"query": "x", "limit": 101},
        {"query": "x", "limit": True},
        {"query": "x", "min_similarity_score": 1.1},
        {"query": "x", "min_similarity_score": 10**400},
        {"query": "x", "top_k": 3},
        {"query": "a\0b"},
        {"query": "x", "filters": []},
        {"query": "x", "filters": {"name": "Desk lamp"}},
        {"query": "x", "filters": {"price": {"like": 1}}},
        {"query": "x", "filters": {"price": None}},
        {"query": "x", "filters": {"category": {"gt": 1}}},
        {"query": "x", "filters": {"$or": []}},
    ]
    for body in wrong:
        response = await service.http.post(f"{path}/query", content=json.dumps(body))
        assert response.status_code == 422 and code_of(response) == "validation_error", body
    vendor.fault(status=401, code="invalid_api_key")
    response = await service.http.post(f"{path}/query", json={"query": "lamp"})
    assert response.status_code == 502 and code_of(response) == "embedding_provider_error"
    assert "SECRET-VENDOR-TEXT" not in response.text


async def test_without_a_secret_key_nothing_is_stored_and_the_log_says_why(service: Service) -> None:
    settings = replace(service.clients.settings, secret_key=None)
    transport = httpx.ASGITransport(app=create_app(Clients(settings, service.clients.database)))
    async with httpx.AsyncClient(transport=transport, base_url="http://embedd", headers=service.http.headers) as http:
        body = {"name": "x", "provider": "openai", "api_key": "k"}
        response = await http.post("/v1/embedding-providers", json=body)
    assert response.status_code == 500 and code_of(response) == "configuration_error"
    assert "EMBEDD_SECRET_KEY" in response.text
    assert any("EMBEDD_SECRET_KEY" in line.get("message", "") for line in service.logs.entries)


async def test_a_managed_table_can_be_created_while_its_store_is_unreachable(service: Service) -> None:
    """The worker that has the store makes the collection."""
    load_products(service.dsn)
    connection, provider = await service.connection(), await service.embedding_provider()
    clients = Clients(replace(service.clients.settings, data_dir=None), service.clients.database)
    transport = httpx.ASGITransport(app=create_app(clients))
    async with httpx.AsyncClient(transport=transport, base_url="http://embedd", headers=service.http.headers) as http:
        made = await http.post("/v1/vector-tables", json=service.table_body(connection, provider))
    assert made.status_code == 201 and made.json()["sync_status"] == "pending"


async def test_unexpected_failures_are_hidden_and_logged(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    async def broken(*_: object, **__: object) -> None:
        raise RuntimeError("canary: a row's text")

    monkeypatch.setattr("embedd_pg.resources.connection.list_connections", broken)
    response = await service.http.get("/v1/connections")
    assert response.status_code == 500 and code_of(response) == "internal_error"
    line = next(line for line in service.logs.entries if line["event"] == "request_broke")
    assert line["error"] == "RuntimeError" and "canary" not in str(line)
    assert line["request_id"] == response.headers["x-request-id"]


async def test_a_database_that_is_gone_is_503(service: Service, cluster: Cluster) -> None:
    pool = await open_pool(make_conninfo(cluster.dsn("postgres"), host="/nowhere"), timeout=0.1)
    transport = httpx.ASGITransport(app=create_app(Clients(service.clients.settings, Database(pool))))
    async with httpx.AsyncClient(transport=transport, base_url="http://embedd", headers=service.http.headers) as http:
        response = await http.get("/v1/connections")
    assert response.status_code == 503 and code_of(response) == "database_unavailable"
    await pool.close()
