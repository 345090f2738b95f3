"""The seven steps of the guide, with the contract's exact fields, over each kind of source."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg.conninfo import make_conninfo
from structlog.testing import LogCapture

from tests.api.conftest import COLUMNS, Service, eventually, load_products, service_on, working
from tests.support.postgres import PASSWORD, Cluster, give_password
from tests.support.vendor_stub import Stub

TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")

CONNECTION = {"id", "name", "provider", "mode", "status", "created_at"}
TABLE = {
    "id",
    "name",
    "connection_id",
    "embedding_provider_id",
    "source_table",
    "mode",
    "sync_status",
    "embedding_model",
    "embedding_dimensions",
    "columns",
    "created_at",
}


async def step_2_here(service: Service) -> str:
    """The database embedd is installed in has its connection from the start."""
    tested = await service.post("/v1/connections/conn_local/test")
    assert tested["status"] == "ok" and tested["capture"] == "trigger" and "capture_refused" not in tested
    return "conn_local"


async def step_1_and_2(service: Service, mode: str, credentials: dict[str, Any], capture: str) -> str:
    body = {"name": "Shop", "mode": mode, "credentials": credentials}
    created = await service.post("/v1/providers/postgresql/connections", body, 201)
    assert created.keys() == CONNECTION | {"org_id", "environment_id", "last_tested_at"}
    assert created["status"] == "created"
    assert (created["name"], created["provider"], created["mode"]) == ("Shop", "postgresql", mode)
    assert created["id"].startswith("conn_") and TIME.fullmatch(created["created_at"])
    assert created["last_tested_at"] is None

    tested = await service.post(f"/v1/connections/{created['id']}/test")
    assert tested["status"] == "ok", tested
    assert tested["capture"] == capture and tested["readable_tables"] >= 1
    assert isinstance(tested["latency_ms"], int) and tested["latency_ms"] >= 0
    now = await service.get(f"/v1/connections/{created['id']}")
    assert now["status"] == "connected" and TIME.fullmatch(now["last_tested_at"])
    return str(created["id"])


async def step_3(service: Service) -> str:
    created = await service.post(
        "/v1/embedding-providers",
        {"name": "OpenAI", "provider": "openai", "api_key": "sk-proj-x", "default_model": "text-embedding-3-small"},
        201,
    )
    assert created.keys() >= {"id", "name", "provider", "default_model", "created_at"}
    assert "api_key" not in created and "sk-proj-x" not in str(created)
    assert created["id"].startswith("emb_") and TIME.fullmatch(created["created_at"])
    return str(created["id"])


async def step_4(service: Service, connection: str, provider: str, mode: str) -> str:
    created = await service.post("/v1/vector-tables", service.table_body(connection, provider), 201)
    more = {"primary_key_column", "sync_mode", "where", "language", "chunking", "store_settings"}
    assert created.keys() == TABLE | more | {"org_id", "environment_id"}
    assert created["mode"] == mode and created["sync_status"] == "pending"
    assert created["columns"] == COLUMNS
    assert [[*column] for column in created["columns"]] == [[*column] for column in COLUMNS]
    assert created["connection_id"] == connection and created["embedding_provider_id"] == provider
    assert created["embedding_dimensions"] == 1536 and created["source_table"] == "public.products"
    return str(created["id"])


async def step_5_and_6(service: Service, table: str) -> None:
    before = await eventually(
        lambda: service.get(f"/v1/vector-tables/{table}/sync/status"), lambda status: status["total_rows"] == 7
    )
    assert before["sync_status"] == "pending" and before["synced_rows"] == 0 and before["rows_pending"] == 7
    refused = await service.http.post(f"/v1/vector-tables/{table}/query", json={"query": "x"})
    assert refused.status_code == 422 and refused.json()["error"]["code"] == "vector_table_not_ready"

    asked = await service.post(f"/v1/vector-tables/{table}/backfill", status=202)
    assert asked.keys() >= {"task_id", "task_type", "target_id", "status", "created_at"}
    assert asked["task_type"] == "backfill" and asked["target_id"] == table and asked["status"] == "pending"
    assert asked["task_id"].startswith("task_") and asked["id"] == asked["task_id"]

    status = await eventually(
        lambda: service.get(f"/v1/vector-tables/{table}/sync/status"), lambda s: s["sync_status"] == "synced"
    )
    assert status.keys() == {
        "vector_table_id",
        "sync_status",
        "synced_rows",
        "total_rows",
        "last_synced_at",
        "last_sync_at",
        "rows_pending",
        "staleness_secs",
        "last_error",
        "last_error_at",
        "dead_rows",
        "skipped_rows",
    }
    assert status["synced_rows"] == status["total_rows"] == 7
    assert TIME.fullmatch(status["last_synced_at"]) and status["last_sync_at"] == status["last_synced_at"]
    assert status["rows_pending"] == 0 and status["last_error"] is None

    task = await service.get(f"/v1/tasks/{asked['task_id']}")
    assert task.keys() == {
        "id",
        "org_id",
        "task_type",
        "target_id",
        "status",
        "priority",
        "progress",
        "attempts",
        "max_attempts",
        "last_error",
        "created_at",
        "started_at",
        "finished_at",
    }
    assert task["status"] == "completed" and task["priority"] == 3 and task["progress"]["rows_processed"] == 7
    assert isinstance(task["progress"]["last_processed_pk"], str | None)


async def step_7(service: Service, table: str) -> None:
    found = await service.post(
        f"/v1/vector-tables/{table}/query",
        {
            "query": "noise cancelling headphones",
            "limit": 5,
            "filters": {"in_stock": {"eq": True}, "price": {"lte": 150}},
        },
    )
    results = found["results"]
    assert 0 < len(results) <= 5 and found["total_results"] == len(results)
    assert results[0]["metadata"]["name"] == "Wireless headphones" and results[0]["id"] == "1"
    scores = [result["score"] for result in results]
    assert scores == sorted(scores, reverse=True)
    for result in results:
        assert result.keys() == {"id", "score", "metadata", "similarity_score", "embedded_text"}
        assert isinstance(result["id"], str) and result["similarity_score"] == result["score"]
        assert result["metadata"].keys() == {"name", "description", "category", "price", "in_stock"}
        assert result["metadata"]["in_stock"] is True and result["metadata"]["price"] <= 150
    assert results[0]["embedded_text"].startswith("Product: Wireless headphones")
    assert found["query"] == "noise cancelling headphones" and found["model"] == "text-embedding-3-small"


async def changes_are_found(service: Service, table: str, source: str) -> None:
    async def names() -> set[str]:
        found = await service.post(f"/v1/vector-tables/{table}/query", {"query": "products", "limit": 100})
        return {result["metadata"]["name"] for result in found["results"]}

    with psycopg.connect(source, autocommit=True) as session:
        session.execute("insert into public.products (name, price, in_stock) values ('Submarine', 1e6, true)")
        session.execute("update public.products set name = 'Space suit' where name = 'Garden hose'")
        session.execute("delete from public.products where name = 'Desk lamp'")
    seen = await eventually(names, lambda n: {"Submarine", "Space suit"} <= n and "Desk lamp" not in n)
    assert "Garden hose" not in seen


async def pause_and_resume(service: Service, table: str) -> None:
    paused = await service.post(f"/v1/vector-tables/{table}/sync/pause")
    assert paused.keys() == {"vector_table_id", "sync_status", "message"}
    assert paused["vector_table_id"] == table and paused["sync_status"] == "paused"
    again = await service.http.post(f"/v1/vector-tables/{table}/sync/pause")
    assert again.status_code == 409 and again.json()["error"]["code"] == "sync_already_paused"
    await service.post(f"/v1/vector-tables/{table}/query", {"query": "shoes"})
    resumed = await service.post(f"/v1/vector-tables/{table}/sync/resume")
    assert resumed["sync_status"] == "synced"
    again = await service.http.post(f"/v1/vector-tables/{table}/sync/resume")
    assert again.status_code == 409 and again.json()["error"]["code"] == "sync_not_paused"


async def whole_guide(
    service: Service, source: str, *, mode: str, capture: str, credentials: dict[str, Any] | None
) -> None:
    """`credentials` None: over the connection local."""
    connection = await (step_1_and_2(service, mode, credentials, capture) if credentials else step_2_here(service))
    provider = await step_3(service)
    table = await step_4(service, connection, provider, mode)
    assert triggers(source) == (["delete", "insert", "truncate", "update"] if capture == "trigger" else [])
    async with working(service.clients):
        await step_5_and_6(service, table)
        await step_7(service, table)
        await changes_are_found(service, table, source)
        await pause_and_resume(service, table)
        deleted = await service.http.delete(f"/v1/vector-tables/{table}")
        assert deleted.status_code == 204 and deleted.content == b""
        await service.get(f"/v1/vector-tables/{table}", 404)
    assert triggers(source) == []


def triggers(source: str) -> list[str]:
    """Return the last words of the names of embedd's triggers on the products: the statements they fire for."""
    with psycopg.connect(source) as session:
        found = session.execute(
            "select tgname from pg_trigger where tgrelid = 'public.products'::regclass and tgname like 'zz\\_embedd%'"
        ).fetchall()
    return sorted(name.rpartition("_")[2] for (name,) in found)


@pytest.fixture
def reader(cluster: Cluster, database: str) -> Iterator[str]:
    """A database of products on which `embedd_reader` may SELECT and nothing else."""
    load_products(database)
    with psycopg.connect(database, autocommit=True) as session:
        session.execute("create role guide_reader login password 'guide'")
        session.execute("grant usage on schema public to guide_reader")
        session.execute("grant select on public.products to guide_reader")
        yield database
        session.execute("drop owned by guide_reader")
        session.execute("drop role guide_reader")


async def test_the_guide_works_on_the_database_embedd_is_installed_in(service: Service) -> None:
    """Over a host it is a database like any other, and the test says which connection does better."""
    load_products(service.dsn)
    await whole_guide(service, service.dsn, mode="managed", capture="poll", credentials=service.credentials())
    (connection, *_) = (await service.get("/v1/connections?limit=10"))["data"][1:]
    tested = await service.post(f"/v1/connections/{connection['id']}/test")
    assert "use its connection local" in tested["capture_refused"]


async def test_the_guide_works_over_the_connection_local(service: Service) -> None:
    load_products(service.dsn)
    await whole_guide(service, service.dsn, mode="managed", capture="trigger", credentials=None)


@pytest.mark.parametrize("mode", ["managed", "platform"])
async def test_the_guide_works_for_a_role_in_embedd_admin_that_owns_only_its_tables(
    installed: str,
    tmp_path: Path,
    vendor: Stub,
    logs: LogCapture,
    monkeypatch: pytest.MonkeyPatch,
    make_role: Callable[..., str],
    mode: str,
) -> None:
    vendor.reset()
    monkeypatch.setenv("OPENAI_BASE_URL", f"{vendor.url}/v1")
    role = make_role("login in role embedd_admin, embedd_worker")  # the service and its worker in one process
    with psycopg.connect(installed, autocommit=True) as session:
        session.execute("create extension vector")
        session.execute(f"grant create on schema public to {role}".encode())
        give_password(session, role, PASSWORD)
    dsn = make_conninfo(installed, user=role, password=PASSWORD)
    load_products(dsn)
    async with service_on(dsn, tmp_path, logs) as service:
        if mode == "managed":
            await whole_guide(service, dsn, mode=mode, capture="trigger", credentials=None)
        else:
            await whole_guide(service, dsn, mode=mode, capture="poll", credentials=service.credentials())


async def test_the_guide_works_with_select_on_another_database(service: Service, reader: str) -> None:
    credentials = service.credentials(reader, user="guide_reader", password="guide")
    await whole_guide(service, reader, mode="managed", capture="poll", credentials=credentials)


async def test_the_guide_works_in_platform_mode(service: Service, database: str) -> None:
    load_products(database)
    with psycopg.connect(database, autocommit=True) as session:
        session.execute("create extension vector")
    await whole_guide(service, database, mode="platform", capture="poll", credentials=service.credentials(database))


async def test_a_connection_with_a_host_puts_no_triggers_on_a_namesake(service: Service, database: str) -> None:
    for dsn in (service.dsn, database):
        load_products(dsn)
    connection = await service.connection()
    moved = service.credentials(database)["database"]
    with psycopg.connect(service.dsn, autocommit=True) as session:
        session.execute("update embedd.connections set database = %s where id = %s", (moved, connection))
    body = service.table_body(connection, await service.embedding_provider())
    await service.post("/v1/vector-tables", body, 201)
    assert triggers(service.dsn) == triggers(database) == []
