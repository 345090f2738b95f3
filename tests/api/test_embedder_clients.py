"""GoodMem's published clients call all five operations and decode every answer. Each test needs its package."""

from __future__ import annotations

import asyncio
import inspect
import socket
import uuid
import warnings
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
import uvicorn

from embedd_api.app import create_app
from tests.api.conftest import Service

KEY = {"kind": "CREDENTIAL_KIND_API_KEY", "apiKey": {"inlineSecret": "sk-canary-client"}}
BODY: dict[str, Any] = {
    "displayName": "Client's",
    "providerType": "OPENAI",
    "endpointUrl": "https://API.openai.com:443/v1/",
    "modelIdentifier": "text-embedding-3-small",
    "dimensionality": 1536,
    "distributionType": "DENSE",
    "labels": {"env": "prod", "team": "nlp"},
    "credentials": KEY,
}


def package(name: str) -> Any:
    """The package, or the test is skipped. The older one says on import that it is deprecated."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return pytest.importorskip(name, reason=f"{name} is not installed")


@pytest.fixture
async def address(service: Service) -> AsyncIterator[str]:
    """The application behind a real server."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        config = uvicorn.Config(create_app(service.clients), lifespan="off", log_level="error", access_log=False)
        server = uvicorn.Server(config)
        serving = asyncio.create_task(server.serve(sockets=[listener]))
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        server.should_exit = True
        await serving


async def test_the_generated_client_does_everything(service: Service, address: str) -> None:
    generated = package("goodmem_client")
    await asyncio.to_thread(drive_generated, generated, address, service.key)


def drive_generated(generated: Any, address: str, key: str) -> None:
    from goodmem_client.api.embedders_api import EmbeddersApi  # type: ignore[import-not-found]
    from goodmem_client.exceptions import ApiException  # type: ignore[import-not-found]

    with generated.ApiClient(generated.Configuration(host=address)) as client:
        client.set_default_header("x-api-key", key)
        api = EmbeddersApi(client)
        # A request made from a dictionary sends every unset field as null.
        made = api.create_embedder_with_http_info(generated.EmbedderCreationRequest.from_dict(BODY))
        embedder = made.data
        said = {name.lower(): value for name, value in made.headers.items()}
        assert made.status_code == 201 and said["location"] == f"/v1/embedders/{embedder.embedder_id}"
        assert (embedder.endpoint_url, embedder.api_path) == ("https://api.openai.com/v1", "/embeddings")
        assert api.get_embedder(embedder.embedder_id) == embedder
        assert embedder in api.list_embedders().embedders
        assert api.list_embedders(owner_id=embedder.owner_id, provider_type="OPENAI").embedders == [embedder]
        for labels, found in (({"env": "prod", "team": "nlp"}, [embedder]), ({"env": "test"}, [])):
            assert api.list_embedders(**spelt(api, labels)).embedders == found
        update = generated.UpdateEmbedderRequest.from_dict({"displayName": "Other", "mergeLabels": {"env": "test"}})
        changed = api.update_embedder(embedder.embedder_id, update)
        assert (changed.display_name, changed.labels) == ("Other", {"env": "test", "team": "nlp"})
        assert changed.created_at == embedder.created_at and changed.updated_at > embedder.updated_at
        for status, call in (
            (409, lambda: api.create_embedder(generated.EmbedderCreationRequest.from_dict(BODY))),
            (400, lambda: api.get_embedder("no-uuid")),
            (404, lambda: api.get_embedder(str(uuid.uuid4()))),
        ):
            with pytest.raises(ApiException) as caught:
                call()
            assert caught.value.status == status and "message" in caught.value.body
        assert api.delete_embedder_with_http_info(embedder.embedder_id).status_code == 204
        client.set_default_header("x-api-key", "gm_unknown")
        with pytest.raises(ApiException) as caught:
            api.list_embedders()
        assert caught.value.status == 401


def spelt(api: Any, labels: dict[str, str]) -> dict[str, Any]:
    """The label filter as this release takes it: the older ones know one text only."""
    if "label" in inspect.signature(api.list_embedders).parameters:
        return {"label": labels}
    return {"label_": "?" + "&".join(f"label.{key}={value}" for key, value in labels.items())}


async def test_the_current_client_does_everything(service: Service, address: str) -> None:
    package("goodmem")
    await asyncio.to_thread(drive_current, address, service.key)


def drive_current(address: str, key: str) -> None:
    from goodmem import Goodmem  # type: ignore[import-not-found]
    from goodmem.errors import APIError  # type: ignore[import-not-found]

    with Goodmem(base_url=address, api_key=key) as client:
        own = {
            "display_name": "Own",
            "model_identifier": "mine",
            "provider_type": "VLLM",
            "dimensionality": 8,
            "endpoint_url": "http://127.0.0.1:9/v1",
            "labels": {"a.b": "c", "env": "x"},
        }
        made = client.embedders.create(**own)
        assert made.distribution_type == "DENSE" and made.supported_modalities == ["TEXT"]
        assert client.embedders.get(id=made.embedder_id) == made
        assert made in client.embedders.list()
        assert client.embedders.list(label={"a.b": "c", "env": "x"}, provider_type="VLLM") == [made]
        assert client.embedders.list(label={"a.b": "d"}) == []
        assert client.embedders.list(owner_id=str(uuid.uuid4())) == []
        changed = client.embedders.update(id=made.embedder_id, request={"replaceLabels": {}, "apiPath": ""})
        assert (changed.labels, changed.api_path) == ({}, "/embeddings")
        with pytest.raises(APIError) as caught:
            client.embedders.create(**own)
        assert "already exists" in str(caught.value)
        client.embedders.delete(id=made.embedder_id)
        with pytest.raises(APIError) as caught:
            client.embedders.get(id=made.embedder_id)
        assert "There is no embedder" in str(caught.value)


async def test_a_request_with_a_content_type_but_no_body_is_served(service: Service, address: str) -> None:
    """The client @pairsystems/goodmem-mcp sends such requests."""
    headers = {"x-api-key": service.key, "Content-Type": "application/json"}
    async with httpx.AsyncClient(base_url=address, headers=headers, follow_redirects=False) as http:
        made = (await http.post("/v1/embedders", json=BODY)).json()
        for path in ("", "?ownerId=" + made["ownerId"], "?label%5Benv%5D=prod", f"/{made['embedderId']}"):
            found = await http.get(f"/v1/embedders{path}")
            assert found.status_code == 200 and "application/json" in found.headers["content-type"]
        assert (await http.delete(f"/v1/embedders/{made['embedderId']}")).status_code == 204
