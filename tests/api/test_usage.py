"""GET /v1/usage: the usage of embedding by day, vector table and embedding provider."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
import pytest

from tests.api.conftest import Service, eventually, working
from tests.api.test_auth import bearer, make_organization
from tests.api.test_errors import code_of
from tests.support.vendor_stub import Stub


async def used(service: Service, **parameters: str) -> list[Any]:
    answer = await service.http.get("/v1/usage", params=parameters)
    assert answer.status_code == 200, answer.text
    found: list[Any] = answer.json()["data"]
    return found


async def test_a_backfill_and_queries_are_counted_and_priced(service: Service, vendor: Stub) -> None:
    assert await used(service) == []
    table = await service.vector_table()
    async with working(service.clients):
        await service.synced(table)
        for _ in range(3):
            await service.post(f"/v1/vector-tables/{table}/query", {"query": "headphones"})
        rows = await eventually(lambda: used(service), lambda rows: len(rows) == 2)
    kinds = {row["kind"]: row for row in rows}
    assert kinds["query"]["requests"] == 1, "the same words are embedded once"
    one = kinds["document"]
    assert one["day"] == datetime.now(UTC).date().isoformat() and one["requests"] == 1
    assert (one["vector_table_id"], one["vector_table_name"]) == (table, "products-search")
    assert (one["embedding_provider_name"], one["provider"], one["model"]) == (
        "OpenAI",
        "openai",
        "text-embedding-3-small",
    )
    assert one["tokens"] > 20
    assert one["cost_usd"] == pytest.approx(one["tokens"] * 0.02 / 1_000_000, abs=1e-6)
    tomorrow = (datetime.now(UTC) + timedelta(days=1)).date().isoformat()
    assert await used(service, vector_table_id=table) == rows and await used(service, **{"from": tomorrow}) == []
    stranger = bearer(make_organization(service.dsn))
    assert (await service.http.get("/v1/usage", headers=stranger)).json() == {"data": []}


async def test_days_that_are_none_are_refused(service: Service) -> None:
    wrong = ["yesterday", "", "2026-13-01", "20260101", "2026-W01-1"]
    for parameters in (*({"from": day} for day in wrong), {"from": "2026-02-01", "to": "2026-01-01"}):
        refused = await service.http.get("/v1/usage", params=parameters)
        assert (refused.status_code, code_of(refused)) == (422, "validation_error")
    unknown = await service.http.get("/v1/usage", params={"vector_table_id": "vt_none"})
    assert (unknown.status_code, code_of(unknown)) == (404, "vector_table_not_found")


async def test_a_model_without_a_price_costs_nothing_that_is_known(service: Service) -> None:
    table = await service.vector_table()
    async with working(service.clients):
        await service.synced(table)
        await eventually(lambda: used(service), bool)
    with psycopg.connect(service.dsn, autocommit=True) as session:
        session.execute("select embedd.set_price('openai', 'text-embedding-3-small', null)")
    (row,) = await used(service)
    assert row["cost_usd"] is None and row["tokens"] > 0
