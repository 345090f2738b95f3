"""The open catalogue of models over REST: any model with its dimensions, tried if there is a key."""

from __future__ import annotations

from typing import Any

import psycopg
import pytest

from embedd_pg.resources import model_trial
from tests.api.conftest import Service, eventually, load_products
from tests.api.test_usage import used
from tests.support.vendor_stub import Stub

UNKNOWN = "a-model-of-tomorrow"


async def make(service: Service, status: int = 201, *, provider: str | None = None, **changes: Any) -> Any:
    """Make a vector table with a model that is not in the catalogue."""
    load_products(service.dsn)
    provider = provider or await service.embedding_provider()
    unknown = {"embedding_model": UNKNOWN, "embedding_dimensions": 64}
    body = service.table_body(await service.connection(), provider, **(unknown | changes))
    return await service.post("/v1/vector-tables", body, status)


async def without_key(service: Service, vendor: Stub) -> str:
    body = {"name": "own", "provider": "openai", "base_url": f"{vendor.url}/v1"}
    return str((await service.post("/v1/embedding-providers", body, 201))["id"])


async def test_a_known_model_is_not_tried_and_gives_no_warning(service: Service, vendor: Stub) -> None:
    made = await make(service, embedding_model="text-embedding-3-small", embedding_dimensions=1536)
    assert "warnings" not in made and vendor.stats.requests == 0


async def test_an_unknown_model_is_tried_with_one_request_which_is_counted(service: Service, vendor: Stub) -> None:
    vendor.settings.dimensions = 64
    made = await make(service)
    (warning,) = made["warnings"]
    assert f"'{UNKNOWN}' of the provider openai is not in the catalogue" in warning
    assert "It was tried, and yields 64 dimensions." in warning
    assert (vendor.stats.requests, vendor.stats.texts) == (1, list(model_trial.TEXTS))
    (row,) = await eventually(lambda: used(service), bool)
    assert (row["model"], row["tokens"], row["cost_usd"]) == (UNKNOWN, vendor.stats.tokens, None)
    assert "warnings" not in await service.get(f"/v1/vector-tables/{made['id']}")


async def test_a_model_of_another_size_is_refused_with_both_numbers(service: Service, vendor: Stub) -> None:
    vendor.settings.dimensions, vendor.settings.honours_size = 96, False
    error = (await make(service, 422))["error"]
    assert error["code"] == "validation_error"
    assert "yields 96 dimensions, not 64" in error["message"] and UNKNOWN in error["message"]
    assert (await service.get("/v1/vector-tables"))["data"] == []


@pytest.mark.parametrize(
    ("fault", "cause"),
    [
        ({"status": 401}, "refuses the key"),
        ({"status": 404}, "refuses the key, the model"),
        ({"status": 500}, "failed (HTTP 500)"),
        ({"status": 429}, "asks to slow down"),
        ({"spoil": "nan"}, "unusable vectors"),
    ],
)
async def test_a_trial_that_fails_is_refused_with_its_cause(
    service: Service, vendor: Stub, fault: dict[str, Any], cause: str
) -> None:
    vendor.settings.dimensions = 64
    vendor.fault(**fault)
    error = (await make(service, 422))["error"]
    assert error["code"] == "validation_error" and cause in error["message"], error
    assert "sk-canary" not in str(error)
    assert (await service.get("/v1/vector-tables"))["data"] == []


async def test_a_vendor_that_does_not_answer_is_not_waited_for_indefinitely(
    service: Service, vendor: Stub, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(model_trial, "PATIENCE", 0.2)
    vendor.fault(hang=2.0)
    assert "did not answer within" in (await make(service, 422))["error"]["message"]


async def test_without_a_key_nothing_is_tried_and_a_warning_says_so(service: Service, vendor: Stub) -> None:
    (warning,) = (await make(service, provider=await without_key(service, vendor)))["warnings"]
    assert "It was not tried, as the embedding provider has no key." in warning
    assert vendor.stats.requests == 0


async def test_a_key_that_only_another_process_can_read_does_not_fail_the_request(
    service: Service, vendor: Stub
) -> None:
    with psycopg.connect(service.dsn, autocommit=True) as session:
        session.execute("select embedd.create_embedder('named', 'openai', api_key_ref => 'env:ONLY_THE_WORKER_HAS_IT')")
    provider = (await service.get("/v1/embedding-providers"))["data"][-1]["id"]
    (warning,) = (await make(service, provider=provider))["warnings"]
    assert "It was not tried: " in warning and vendor.stats.requests == 0


async def test_a_changed_model_is_tried_before_anything_changes(service: Service, vendor: Stub) -> None:
    made = await make(service, embedding_model="text-embedding-3-small", embedding_dimensions=1536)
    path = f"/v1/vector-tables/{made['id']}"
    vendor.fault(status=401)
    refused = await service.http.put(path, json={"embedding_model": UNKNOWN, "embedding_dimensions": 64})
    assert refused.status_code == 422 and "refuses the key" in refused.text
    assert (await service.get(path))["embedding_model"] == "text-embedding-3-small"
    vendor.settings.dimensions = 64
    changed = await service.http.put(path, json={"embedding_model": UNKNOWN, "embedding_dimensions": 64})
    assert changed.status_code == 200 and "yields 64 dimensions" in changed.json()["warnings"][0]
    renamed = await service.http.put(path, json={"name": "renamed"})
    assert renamed.status_code == 200 and "warnings" not in renamed.json()


async def test_a_retired_model_is_warned_about_and_not_refused(service: Service, vendor: Stub) -> None:
    body = {"name": "g", "provider": "gemini", "api_key": "k"}
    provider = (await service.post("/v1/embedding-providers", body, 201))["id"]
    retired = {"embedding_model": "text-embedding-004", "embedding_dimensions": 768}
    (warning,) = (await make(service, provider=provider, **retired))["warnings"]
    assert "was retired on 2026-01-14. Its vendor recommends gemini-embedding-001." in warning
    assert vendor.stats.requests == 0


async def test_every_vendor_can_be_an_embedding_provider(service: Service) -> None:
    listed = {one["provider"] for one in (await service.get("/v1/embedding-providers/models"))["data"]}
    for provider in ("cohere", "jina", "voyage"):
        assert provider in listed
        body = {"name": provider, "provider": provider, "api_key": "k"}
        await service.post("/v1/embedding-providers", body, 201)
    told = await service.post("/v1/embedding-providers", {"name": "t", "provider": "tei"}, 422)
    assert "needs a base_url" in told["error"]["message"]
