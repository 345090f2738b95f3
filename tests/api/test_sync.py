"""Sync: both documented bodies in one, the statuses in which pausing is allowed, and staleness."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from tests.api.conftest import Service, eventually, working
from tests.api.test_errors import code_of
from tests.api.test_tasks import change, sync_status


async def test_pause_is_refused_until_a_table_was_filled(service: Service) -> None:
    table = await service.vector_table()
    path = f"/v1/vector-tables/{table}/sync"
    for state in ("pending", "backfilling", "pending_rebackfill"):
        change(service, "update embedd.vector_tables set sync_status = %s", state)
        refused = await service.http.post(f"{path}/pause")
        assert refused.status_code == 409 and code_of(refused) == "sync_not_running", state
        assert state in refused.json()["error"]["message"]
    change(service, "update embedd.vector_tables set sync_status = 'error'")
    assert code_of(await service.http.post(f"{path}/pause")) == "sync_not_running"
    await service.post(f"/v1/vector-tables/{table}/backfill", status=202)
    change(service, "update embedd.tasks set status = 'completed'")
    change(service, "update embedd.vector_tables set sync_status = 'error'")
    assert (await service.post(f"{path}/pause"))["sync_status"] == "paused"


async def test_a_table_in_error_whose_backfill_continues_cannot_be_paused(service: Service) -> None:
    table = await service.vector_table()
    path = f"/v1/vector-tables/{table}"
    await service.post(f"{path}/backfill", status=202)
    change(service, "update embedd.vector_tables set sync_status = 'error', last_synced_at = now()")
    refused = await service.http.post(f"{path}/sync/pause")
    assert code_of(refused) == "sync_not_running" and "backfill" in refused.json()["error"]["message"]


async def test_only_a_paused_table_is_resumed(service: Service) -> None:
    table = await service.vector_table()
    path = f"/v1/vector-tables/{table}/sync/resume"
    for state in ("pending", "backfilling", "pending_rebackfill", "synced", "error"):
        change(service, "update embedd.vector_tables set sync_status = %s", state)
        refused = await service.http.post(path)
        assert refused.status_code == 409 and code_of(refused) == "sync_not_paused", state


async def test_a_paused_table_counts_waiting_changes_and_catches_up_when_resumed(service: Service) -> None:
    table = await service.vector_table(connection_id="conn_local")
    path = f"/v1/vector-tables/{table}"
    async with working(service.clients):
        first = await service.synced(table)
        assert first["rows_pending"] == 0 and first["staleness_secs"] == 0
        await service.post(f"{path}/sync/pause")
        change(service, "update products set name = 'Space suit' where id = 3")
        status = await sync_status(service, table)
        assert status["sync_status"] == "paused" and status["rows_pending"] >= 1
        assert code_of(await service.http.post(f"{path}/backfill")) == "sync_already_paused"
        found = await service.post(f"{path}/query", {"query": "garden hose", "limit": 1})
        assert found["results"][0]["metadata"]["name"] == "Garden hose"
        resumed = await service.post(f"{path}/sync/resume")
        assert resumed["vector_table_id"] == table and resumed["sync_status"] == "synced" and resumed["message"]
        await eventually(
            lambda: service.post(f"{path}/query", {"query": "space suit", "limit": 1}),
            lambda found: found["results"][0]["metadata"]["name"] == "Space suit",
        )


async def test_staleness_counts_from_the_last_time_everything_was_in_sync(service: Service) -> None:
    table = await service.vector_table()
    assert (await sync_status(service, table))["staleness_secs"] is None
    change(
        service,
        "update embedd.vector_tables set sync_status = 'paused', last_synced_at = clock_timestamp() - interval '90 s'",
    )
    status = await sync_status(service, table)
    assert status["staleness_secs"] == pytest.approx(90, abs=10)
    at = datetime.fromisoformat(status["last_synced_at"])
    assert (datetime.now(UTC) - at).total_seconds() == pytest.approx(90, abs=12)
    assert status["last_sync_at"] == status["last_synced_at"]


async def test_pending_rows_are_those_that_the_store_lacks(service: Service) -> None:
    table = await service.vector_table()
    status = await sync_status(service, table)
    assert (status["synced_rows"], status["total_rows"], status["rows_pending"]) == (0, 0, 0), "nobody has counted"
    async with working(service.clients):
        status = await eventually(lambda: sync_status(service, table), lambda status: status["total_rows"] > 0)
    assert (status["synced_rows"], status["total_rows"], status["rows_pending"]) == (0, 7, 7)
    assert status["vector_table_id"] == table and status["last_synced_at"] is None
    assert (status["dead_rows"], status["skipped_rows"]) == (0, 0)
    assert code_of(await service.http.get("/v1/vector-tables/vt_none/sync/status")) == "vector_table_not_found"
