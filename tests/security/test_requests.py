"""Limits of a single request, and secrets that answers and logs must not contain."""

from __future__ import annotations

import asyncio
import base64
import json
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from typing import Any

import httpx
import psycopg
import pytest
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import ignored_auth

from embedd_api.app import create_app
from embedd_api.rate_limit import RateLimits
from embedd_pg.cli import http_protocol
from embedd_pg.cli.api_server import serve_api
from embedd_pg.clients import Clients
from embedd_pg.database.call import request_databases
from embedd_pg.errors import DatabaseUnavailable
from tests.api.conftest import Served, Service, served
from tests.api.test_auth import bearer
from tests.api.test_errors import code_of
from tests.api.test_rate_limit import Clock, make_tenant, process
from tests.support.random_requests import Case, Operation, each_operation, send_random
from tests.support.vendor_stub import Stub

__all__ = ["served"]

#: Fields that only the server sets, in both faces of the API.
SERVER_SET = {
    "id": "x",
    "org_id": "org_x",
    "organization_id": "org_x",
    "environment_id": "env_x",
    "created_at": "2020-01-01",
    "created_by": "usr_x",
    "status": "connected",
    "sync_status": "synced",
    "tier": "enterprise",
    "key": "sk_live_x",
}


@asynccontextmanager
async def listening(clients: Clients) -> AsyncIterator[int]:
    """The API behind its own server; its port."""
    stop = asyncio.Event()
    with socket.create_server(("127.0.0.1", 0)) as listener:
        serving = asyncio.create_task(serve_api(clients, listener, stop))
        yield int(listener.getsockname()[1])
        stop.set()
        await serving


async def test_row_21_fields_that_only_the_server_sets_are_refused_by_name(service: Service) -> None:
    connection, provider = await service.connection(), await service.embedding_provider()
    whole: list[tuple[str, str, dict[str, Any]]] = [
        (
            "POST",
            "/v1/providers/postgresql/connections",
            {"name": "c", "mode": "managed", "credentials": service.credentials()},
        ),
        ("PUT", f"/v1/connections/{connection}", {"name": "c"}),
        ("POST", "/v1/embedding-providers", {"name": "e", "provider": "local"}),
        ("PUT", f"/v1/embedding-providers/{provider}", {"name": "e"}),
        ("POST", "/v1/api-keys", {"name": "k"}),
        ("POST", "/v1/environments", {"name": "staging"}),
        ("POST", "/v1/vector-tables", service.table_body(connection, provider)),
        ("POST", f"/v1/embedding-providers/{provider}/embed", {"text": "t"}),
    ]
    with psycopg.connect(service.dsn, autocommit=True) as session:
        count = "select count(*) from embedd.connections, embedd.embedders, embedd.environments, embedd.api_keys"
        before = session.execute(count).fetchone()
        for method, path, body in whole:
            for field, value in SERVER_SET.items():
                answer = await service.http.request(method, path, json=body | {field: value})
                assert answer.status_code == 422 and f"{field} is not a known field" in answer.text, (path, field)
        nested = service.table_body(connection, provider)
        nested["columns"] = [nested["columns"][0] | {"id": "x"}, *nested["columns"][1:]]
        assert code_of(await service.http.post("/v1/vector-tables", json=nested)) == "validation_error"
        assert session.execute(count).fetchone() == before


async def test_row_27_requests_that_are_too_large_or_too_deep_are_refused_early(service: Service) -> None:
    async with listening(service.clients) as port:
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", headers=service.http.headers) as http:
            large = await http.post("/v1/api-keys", content=b" " * 5_000_000)
            assert (large.status_code, code_of(large)) == (413, "request_too_large")
            deep = await http.post("/v1/api-keys", content=b'{"name":' + b"[" * 60 + b"]" * 60 + b"}")
            assert (deep.status_code, code_of(deep)) == (422, "validation_error")
            wordy = await http.post("/v1/vector-tables/vt_x/query", json={"query": "w" * 100_001})
            assert (wordy.status_code, code_of(wordy)) == (422, "validation_error")
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(b"GET /health HTTP/1.1\r\nHost: x\r\nX: " + b"x" * 200_000)
        async with asyncio.timeout(30):
            assert (await reader.readline()).startswith(b"HTTP/1.1 400")
        writer.close()


@pytest.mark.parametrize(
    "head",
    [
        b"",
        b"GET /health HT",
        b"GET /health HTTP/1.1\r\nHost: x\r\na: b\r\n",
        b"GET /health HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n",
    ],
    ids=["silent", "line", "head", "body nobody reads"],
)
async def test_row_27_a_request_that_does_not_arrive_times_out(
    service: Service, monkeypatch: pytest.MonkeyPatch, head: bytes
) -> None:
    """Each single byte is too little to continue with."""
    monkeypatch.setattr(http_protocol, "ARRIVAL", 0.5)
    async with listening(service.clients) as port, asyncio.timeout(30):
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(head)
        dripping = asyncio.create_task(_drip(writer))
        with suppress(ConnectionResetError):
            while await reader.read(1000):
                pass
        dripping.cancel()
        writer.close()


async def _drip(writer: asyncio.StreamWriter) -> None:
    for _ in range(8 * 20):
        await asyncio.sleep(0.2)
        writer.write(b"x")


async def test_row_27_an_answer_that_the_client_does_not_take_times_out(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(http_protocol, "DEPARTURE", 0.3)
    async with listening(service.clients) as port, asyncio.timeout(60):
        with socket.socket() as greedy:
            greedy.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            greedy.connect(("127.0.0.1", port))
            greedy.setblocking(False)
            with pytest.raises(OSError):
                while True:  # it asks and asks, and reads nothing
                    await asyncio.get_running_loop().sock_sendall(
                        greedy, b"GET /openapi.json HTTP/1.1\r\nHost: x\r\n\r\n" * 20
                    )
                    await asyncio.sleep(0.05)


async def test_row_28_connection_tests_and_addresses_without_a_key_are_counted(service: Service) -> None:
    tenant, clock = await make_tenant(service, "free"), Clock()
    async with process(service.clients, clock, failures=30) as http:
        headers = bearer(tenant.keys[0])
        answers = [await http.post("/v1/connections/conn_x/test", headers=headers) for _ in range(26)]
        assert [answer.status_code for answer in answers] == [404] * 25 + [429]
        assert int(answers[-1].headers["retry-after"]) >= 1
        answers = [await http.post("/v1/connections/conn_x/test") for _ in range(31)]
        assert [answer.status_code for answer in answers] == [401] * 30 + [429]
        assert int(answers[-1].headers["retry-after"]) >= 1
    app = create_app(service.clients, RateLimits(service.clients.database, clock=clock, failures_per_minute=3))
    seen = []
    for number, address in enumerate(["2001:db8::%x", "2001:db8:0:%x::1", "::ffff:192.0.2.%d"] * 5):
        transport = httpx.ASGITransport(app=app, client=(address % (number + 1), 1))
        async with httpx.AsyncClient(transport=transport, base_url="http://e") as http:
            seen.append((await http.get("/v1/tasks")).status_code)
    assert seen[::3] == [401, 401, 401, 429, 429], "the second half of an address is its owner's to choose"
    assert seen[1::3] == seen[2::3] == [401] * 5


async def test_row_29_a_request_costs_no_more_than_it_may(service: Service) -> None:
    """At most a hundred rows; statements here and in source databases end; so few requests at once."""
    for path in ("/v1/connections?limit=101", "/v1/tasks?limit=100000"):
        assert code_of(await service.http.get(path)) == "validation_error"
    asked = await service.http.post("/v1/vector-tables/vt_x/query", json={"query": "q", "limit": 101})
    assert code_of(asked) == "validation_error"
    clients = Clients(replace(service.clients.settings, statement_timeout=0.3), service.clients.database)
    async with request_databases(service.dsn, statement_timeout=0.3) as databases:
        requests = clients.for_requests(databases.work)
        for read_only in (True, False):
            pool = await requests.connections.pool("conn_local", read_only=read_only)
            async with pool.connection() as session:
                with pytest.raises(psycopg.errors.QueryCanceled):
                    await session.execute("select pg_sleep(60)")
        transport = httpx.ASGITransport(app=create_app(requests, RateLimits(databases.admission, at_once=2)))
        async with httpx.AsyncClient(transport=transport, base_url="http://e", headers=service.http.headers) as http:
            with psycopg.connect(service.dsn) as holder:
                holder.execute("lock table embedd.tasks in access exclusive mode")
                answers = await asyncio.gather(*(http.get("/v1/tasks") for _ in range(9)))
            assert sorted(answer.status_code for answer in answers) == [429] + [503] * 8
            assert {code_of(answer) for answer in answers} == {"rate_limit_exceeded", "database_unavailable"}
            assert (await http.get("/v1/tasks")).status_code == 200
    await clients.close()


async def test_point_08_the_api_does_not_start_without_a_first_session(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("embedd_pg.database.call.FIRST_PATIENCE", 0.3)
    with pytest.raises(DatabaseUnavailable):
        async with request_databases("host=/nowhere dbname=x", statement_timeout=1):
            raise AssertionError("there is no session")


async def test_row_30_31_messages_of_providers_and_databases_are_not_passed_on(
    service: Service, vendor: Stub, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither in an answer, where it would tell what lies behind an address, nor the text of users in the log."""
    provider = await service.embedding_provider()
    for status in (400, 401, 404, 500):
        vendor.fault(status=status, code="invalid")
        path = f"/v1/embedding-providers/{provider}/embed"
        answer = await service.http.post(path, json={"text": "canary question"})
        assert answer.status_code == 502 and "SECRET-VENDOR-TEXT" not in answer.text
    with psycopg.connect(service.dsn, autocommit=True) as session:
        row = session.execute(
            "select pg_get_functiondef(oid) from pg_proc where proname = 'list_environments'"
        ).fetchone()
        assert row is not None
        head = row[0].partition("AS $")[0].replace("LANGUAGE sql", "LANGUAGE plpgsql").replace(" STABLE", "")
        session.execute(f"{head} as $$ begin raise exception 'canary of the database'; end $$".encode())
    answer = await service.http.get("/v1/environments")
    assert answer.status_code == 500 and set(answer.json()) == {"error"}
    assert set(answer.json()["error"]) == {"code", "message", "resolution", "docs_url", "request_id"}
    refused = await service.http.post("/v1/connections/conn_x/test")
    logged = repr(service.logs.entries)
    for canary in ("canary of the database", "canary question", "SECRET-VENDOR-TEXT"):
        assert canary not in answer.text + refused.text
        assert canary not in logged


async def test_point_15_row_33_cursors_grant_no_access_and_invalid_ones_are_refused(service: Service) -> None:
    def forged(at: str, row: str) -> str:
        return base64.urlsafe_b64encode(json.dumps({"at": at, "id": row}).encode()).decode()

    mine, theirs = await make_tenant(service, "mine"), await make_tenant(service, "theirs")
    async with process(service.clients, Clock()) as http:
        others = (await http.get("/v1/api-keys", headers=bearer(theirs.keys[0]))).json()["data"]
        with psycopg.connect(service.dsn) as session:
            rows = session.execute("select id from embedd.api_keys where organization_id = %s", [mine.id]).fetchall()
        own = {row[0] for row in rows}
        for at in ("1970-01-01T00:00:00+00:00", others[0]["created_at"]):
            cursor = forged(at, others[0]["id"])
            page = await http.get(f"/v1/api-keys?cursor={cursor}", headers=bearer(mine.keys[0]))
            assert page.status_code == 200
            assert {row["id"] for row in page.json()["data"]} <= own
    for at in ("9999-12-31T23:59:59-23:59", "0001-01-01T00:00:00+23:59", "9999-12-31T23:59:59.999999-00:01"):
        for path in ("connections", "embedding-providers", "vector-tables", "tasks", "api-keys", "environments"):
            answer = await service.http.get(f"/v1/{path}?cursor={forged(at, 'conn_x')}")
            assert (answer.status_code, code_of(answer)) == (422, "validation_error"), (path, at)


#: Health takes nothing that could be wrong.
@each_operation(without="/health(/ready)?$")
def test_row_39_invalid_requests_break_nothing_and_all_need_a_key(operation: Operation, served: Served) -> None:
    """More of them, and right ones in sequences: tests/api/test_openapi.py, tests/api/test_stateful.py."""

    def check(case: Case) -> None:
        response = case.call(base_url=served.url, headers={"Authorization": f"Bearer {served.key}"})
        case.validate_response(response, checks=[not_a_server_error, ignored_auth])

    send_random(operation, check, examples=2, valid=False)
