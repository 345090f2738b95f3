"""The health checks: that the service runs, and that a worker looks for changes."""

from __future__ import annotations

import httpx

from tests.api.conftest import Service, eventually, working


async def test_ready_means_that_a_worker_looks_for_changes(service: Service) -> None:
    async def ready() -> httpx.Response:
        return await service.http.get("/health/ready", headers={"Authorization": ""})

    refused = await ready()
    assert refused.status_code == 503
    error = refused.json()["error"]
    assert error["code"] == "workers_missing" and "embedd worker" in error["message"]
    async with working(service.clients):
        answer = await eventually(ready, lambda answer: answer.status_code == 200)
        assert answer.json() == {"status": "ready"}
    await eventually(ready, lambda answer: answer.status_code == 503)
    assert (await service.http.get("/health")).status_code == 200


async def test_the_database_is_not_asked_each_time(service: Service) -> None:
    asked = []
    value = service.clients.database.value

    async def counted(function: str, /, *given: object, **named: object) -> object:
        asked.append(function)
        return await value(function, *given, **named)  # type: ignore[arg-type]

    service.clients.database.value = counted  # type: ignore[method-assign]
    for _ in range(20):
        await service.http.get("/health/ready")
    assert 1 <= asked.count("standstill_reason") <= 10
