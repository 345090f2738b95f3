"""POST /v1/embedding-providers/{id}/embed, an addition to the contract for SQL."""

from __future__ import annotations

from typing import Any

import pytest

from tests.api.conftest import Service, eventually
from tests.api.test_auth import bearer
from tests.api.test_usage import used
from tests.support.vendor_stub import Stub, vector_of
from tests.support.vendor_wire import Fault


async def embed(service: Service, provider: str, status: int = 200, **body: Any) -> Any:
    return await service.post(f"/v1/embedding-providers/{provider}/embed", body, status)


async def test_a_text_gets_the_same_vector_as_a_query(service: Service, vendor: Stub) -> None:
    provider = await service.embedding_provider()
    made = await embed(service, provider, text="warm light")
    assert (made["model"], made["dimensions"], len(made["embedding"])) == ("text-embedding-3-small", 1536, 1536)
    assert made["embedding"] == pytest.approx([float(n) for n in vector_of("warm light", 1536)], abs=1e-6)
    short = await embed(service, provider, text="warm light", model="text-embedding-3-large", dimensions=256)
    assert (short["model"], short["dimensions"], len(short["embedding"])) == ("text-embedding-3-large", 256, 256)


async def test_a_read_only_key_may_embed_and_the_request_is_counted_once(service: Service) -> None:
    provider, key = await service.embedding_provider(), await service.make_key("read_only")
    for _ in range(2):
        asked = await service.http.post(
            f"/v1/embedding-providers/{provider}/embed", json={"text": "warm"}, headers=bearer(key)
        )
        assert asked.status_code == 200
    (row,) = await eventually(lambda: used(service), bool)
    assert (row["vector_table_id"], row["vector_table_name"], row["kind"], row["requests"]) == ("", None, "query", 1)
    assert row["embedding_provider_id"] == provider and row["tokens"] > 0


@pytest.mark.parametrize(
    ("body", "named"),
    [
        ({"text": ""}, "text"),
        ({"text": " "}, "text must not be empty"),
        ({"text": "x", "model": "none-of-theirs"}, "none-of-theirs"),
        ({"text": "x", "dimensions": 383}, "dimensions"),
        ({"text": "x", "kind": "document"}, "kind"),
    ],
)
async def test_invalid_requests_are_refused(service: Service, body: dict[str, Any], named: str) -> None:
    listed = await service.get("/v1/embedding-providers")
    error = (await embed(service, listed["data"][0]["id"], 422, **body))["error"]
    assert error["code"] == "validation_error" and named in error["message"]


async def test_an_unknown_model_needs_a_size(service: Service, vendor: Stub) -> None:
    body = {"name": "own", "provider": "openai", "base_url": f"{vendor.url}/v1"}
    own = (await service.post("/v1/embedding-providers", body, 201))["id"]
    assert "model must be given" in (await embed(service, own, 422, text="x"))["error"]["message"]
    assert "the size of its vectors" in (await embed(service, own, 422, text="x", model="m"))["error"]["message"]
    assert len((await embed(service, own, text="x", model="m", dimensions=8))["embedding"]) == 8


async def test_a_missing_provider_and_a_failing_one_have_different_errors(service: Service, vendor: Stub) -> None:
    missing = await embed(service, "emb_" + "0" * 32, 404, text="x")
    assert missing["error"]["code"] == "embedding_provider_not_found"
    provider = await service.embedding_provider()
    vendor.settings.faults.append(Fault(status=401))
    failed = await embed(service, provider, 502, text="something else")
    assert failed["error"]["code"] == "embedding_provider_error" and "sk-canary" not in str(failed)
