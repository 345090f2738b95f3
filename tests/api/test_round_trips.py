"""A request reads each fact from the control database once."""

from __future__ import annotations

import pytest

from tests.api.conftest import Service, load_products
from tests.support.round_trips import recorded


@pytest.mark.parametrize("remote", [False, True])
async def test_creating_a_vector_table_reads_each_fact_once(
    service: Service, monkeypatch: pytest.MonkeyPatch, remote: bool
) -> None:
    provider = await service.embedding_provider()
    load_products(service.dsn)
    local = next(c["id"] for c in (await service.get("/v1/connections"))["data"] if c["name"] == "local")
    body = service.table_body(await service.connection() if remote else local, provider, mode="managed")
    called = recorded(monkeypatch)
    await service.post("/v1/vector-tables", body, 201)
    assert called == [
        "authenticate",
        "get_connection",
        *(["connection_secret"] if remote else []),
        "plan_vector_table",
        "create_vector_table",
        "get_active_generation",
        "get_vector_table",
        "record_audit",
    ]
