"""Tasks: their progress and estimated end, cancelling, and failing after the last attempt."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import psycopg
import pytest

from tests.api.conftest import Service, eventually, working
from tests.api.test_errors import code_of
from tests.support.vendor_stub import Stub


def change(service: Service, statement: str, *values: Any) -> None:
    with psycopg.connect(service.dsn, autocommit=True) as session:
        session.execute(statement.encode(), values or None)


async def asked(service: Service, table: str) -> str:
    """The path of a backfill's task."""
    return f"/v1/tasks/{(await service.post(f'/v1/vector-tables/{table}/backfill', status=202))['task_id']}"


async def sync_status(service: Service, table: str) -> Any:
    return await service.get(f"/v1/vector-tables/{table}/sync/status")


async def test_a_pending_task_has_no_progress_and_is_the_next_by_priority(service: Service) -> None:
    table = await service.vector_table()
    task = await service.get(await asked(service, table))
    assert task["status"] == "pending" and task["task_type"] == "backfill" and task["target_id"] == table
    assert (task["priority"], task["attempts"], task["max_attempts"], task["last_error"]) == (3, 0, 3, None)
    assert task["started_at"] is None and task["finished_at"] is None
    assert task["progress"] == {
        "last_processed_pk": None,
        "rows_processed": 0,
        "rows_total": None,
        "rate": None,
        "estimated_end": None,
    }
    assert (await service.get("/v1/tasks"))["data"] == [task]


async def test_a_running_task_shows_its_rate_and_its_estimated_end(service: Service) -> None:
    path = await asked(service, await service.vector_table())
    change(
        service,
        "update embedd.tasks set status = 'running', started_at = clock_timestamp() - interval '100 s',"
        " rows_processed = 500, rows_total = 2000, last_processed_pk = '500'",
    )
    progress = (await service.get(path))["progress"]
    assert progress["last_processed_pk"] == "500" and progress["rows_processed"] == 500
    assert progress["rate"] == pytest.approx(5.0, abs=0.5)
    end = datetime.fromisoformat(progress["estimated_end"])
    assert (end - datetime.now(UTC)).total_seconds() == pytest.approx(300, abs=30)


async def test_a_completed_task_keeps_its_rate_and_estimates_nothing(service: Service) -> None:
    table = await service.vector_table()
    async with working(service.clients):
        path = await asked(service, table)
        task = await eventually(lambda: service.get(path), lambda task: task["status"] == "completed")
    assert task["progress"]["rows_processed"] == task["progress"]["rows_total"] == 7
    assert task["progress"]["rate"] > 0 and task["progress"]["estimated_end"] is None
    assert isinstance(task["progress"]["last_processed_pk"], str)
    assert task["created_at"] <= task["started_at"] <= task["finished_at"] and task["last_error"] is None


async def test_a_cancelled_first_backfill_leaves_the_table_as_it_was(service: Service) -> None:
    table = await service.vector_table()
    path = await asked(service, table)
    cancelled = await service.post(f"{path}/cancel")
    assert cancelled["status"] == "cancelled" and cancelled["finished_at"] and cancelled == await service.get(path)
    assert (await sync_status(service, table))["sync_status"] == "pending"
    again = await service.http.post(f"{path}/cancel")
    assert again.status_code == 409 and code_of(again) == "task_ended"
    async with working(service.clients):
        assert (await service.synced(table))["synced_rows"] == 7
    (ended,) = (await service.get("/v1/tasks?limit=1"))["data"]
    assert ended["status"] == "completed"
    assert code_of(await service.http.post(f"/v1/tasks/{ended['id']}/cancel")) == "task_ended"
    assert code_of(await service.http.post("/v1/tasks/task_none/cancel")) == "task_not_found"


async def test_a_running_task_is_cancelled_and_its_worker_continues(service: Service, vendor: Stub) -> None:
    table = await service.vector_table()
    async with working(service.clients):
        await service.synced(table)
        change(service, "update products set name = name || ' again'")
        vendor.settings.latency_ms = 500
        path = await asked(service, table)
        await eventually(lambda: service.get(path), lambda task: task["status"] == "running")
        assert (await service.post(f"{path}/cancel"))["status"] == "cancelled"
        assert (await sync_status(service, table))["sync_status"] == "synced"
        vendor.settings.latency_ms = 0
        await service.synced(table)
        assert (await service.get(path))["status"] == "cancelled"


async def test_a_backfill_waits_for_rows_that_changed_before_it(service: Service, vendor: Stub) -> None:
    table = await service.vector_table()
    async with working(service.clients):
        await service.synced(table)
        vendor.settings.latency_ms = 1000
        change(service, "update products set name = 'Solar lantern' where id = 3")
        path = await asked(service, table)
        await eventually(lambda: service.get(path), lambda task: task["status"] == "running")
        vendor.settings.latency_ms = 0
        progress = (await eventually(lambda: service.get(path), lambda task: task["status"] == "completed"))["progress"]
        found = await service.post(f"/v1/vector-tables/{table}/query", {"query": "Product: Solar lantern", "limit": 1})
    assert found["results"][0]["metadata"]["name"] == "Solar lantern"
    assert progress["rows_processed"] == progress["rows_total"] == 7


async def test_a_first_backfill_cancelled_on_its_way_does_not_count_as_synced(service: Service, vendor: Stub) -> None:
    table = await service.vector_table()
    change(service, "insert into products (name) select 'thing ' || i from generate_series(1, 3000) i")
    async with working(service.clients):
        vendor.settings.latency_ms = 400
        path = await asked(service, table)
        # Some rows are there.
        await eventually(lambda: sync_status(service, table), lambda status: status["synced_rows"])
        await service.post(f"{path}/cancel")
        status = await sync_status(service, table)
        assert status["last_synced_at"] is None
        assert status["sync_status"] == "pending" and 0 < status["synced_rows"] < status["total_rows"] == 3007
        refused = await service.http.post(f"/v1/vector-tables/{table}/query", json={"query": "x"})
        assert code_of(refused) == "vector_table_not_ready"
        vendor.settings.latency_ms = 0
        assert (await service.synced(table))["synced_rows"] == 3007


async def test_a_task_fails_after_its_last_attempt_and_the_reason_is_in_task_and_status(service: Service) -> None:
    table = await service.vector_table()
    change(service, "alter table products rename id to ident")
    async with working(service.clients):
        path = await asked(service, table)

        async def hurried() -> Any:
            change(service, "update embedd.tasks set run_at = now() where status in ('pending', 'running')")
            return await service.get(path)

        task = await eventually(hurried, lambda task: task["status"] == "failed")
        assert task["attempts"] == task["max_attempts"] == 3 and task["finished_at"]
        assert "column" in task["last_error"]
        status = await sync_status(service, table)
        assert status["sync_status"] == "error" and status["last_error_at"]
        assert status["last_error"] == task["last_error"]
        refused = await service.http.post(f"/v1/vector-tables/{table}/query", json={"query": "x"})
        assert code_of(refused) == "vector_table_not_ready"

        change(service, "alter table products rename ident to id")
        status = await service.synced(table)
        assert status["last_error"] is None and status["last_error_at"] is None and status["synced_rows"] == 7
        assert (await service.get(path))["status"] == "failed"
