"""Embedding providers: Embedd's face of embedders (contract, section 2.6)."""

from __future__ import annotations

from typing import Any

from embedd_api.auth import Needs
from embedd_api.bodies import CreateEmbeddingProvider, EmbedText, UpdateEmbeddingProvider
from embedd_api.operation import Call, Operation
from embedd_api.pagination import listing
from embedd_api.shapes import Embedding, EmbeddingProvider, EmbeddingProviderList, ModelList, select_fields
from embedd_pg.errors import (
    ConfigurationError,
    EmbedderConflict,
    EmbedderExists,
    EmbedderNotFound,
    EmbeddingProviderError,
    TierLimitReached,
)
from embedd_pg.resources import embedder

_render = select_fields(EmbeddingProvider)


async def create_embedding_provider(call: Call) -> dict[str, Any]:
    body = call.body(CreateEmbeddingProvider)
    row = await embedder.create(
        call.clients,
        name=body.name,
        provider=body.provider,
        model=body.default_model,
        api_key=body.api_key,
        base_url=body.base_url,
        allow_duplicate_name=True,
        actor=call.actor,
    )
    return _render(row)


async def list_embedding_providers(call: Call) -> dict[str, Any]:
    page = await embedder.list_embedders(
        call.clients.database, limit=call.page.limit, after=call.page.after, actor=call.actor
    )
    return listing(page, call.page.limit, _render)


async def get_embedding_provider(call: Call) -> dict[str, Any]:
    return _render(await embedder.get(call.clients.database, call.path["embedding_provider_id"], actor=call.actor))


async def update_embedding_provider(call: Call) -> dict[str, Any]:
    body = call.body(UpdateEmbeddingProvider)
    row = await embedder.update(
        call.clients,
        call.path["embedding_provider_id"],
        name=body.name,
        model=body.default_model,
        api_key=body.api_key,
        allow_duplicate_name=True,
        allow_in_use=True,
        actor=call.actor,
    )
    return _render(row)


async def delete_embedding_provider(call: Call) -> None:
    await embedder.delete(call.clients.database, call.path["embedding_provider_id"], actor=call.actor)


async def embed_text(call: Call) -> dict[str, Any]:
    body = call.body(EmbedText)
    made = await embedder.embed(
        call.clients,
        call.path["embedding_provider_id"],
        body.text,
        model=body.model,
        dimensions=body.dimensions,
        actor=call.actor,
    )
    return {"embedding": made.vector.tolist(), "model": made.model, "dimensions": len(made.vector)}


async def list_models(call: Call) -> dict[str, Any]:
    return {"data": await embedder.list_models(call.clients.database)}


OPERATIONS = (
    Operation(
        name="list_models",
        method="GET",
        path="/v1/embedding-providers/models",
        summary="List the models of the catalogue, with the size of their vectors.",
        needs=Needs.READ,
        handler=list_models,
        answer=ModelList,
    ),
    Operation(
        name="create_embedding_provider",
        method="POST",
        path="/v1/embedding-providers",
        summary="Store an embedding configuration.",
        needs=Needs.WRITE,
        permission="CREATE_EMBEDDER",
        handler=create_embedding_provider,
        body=CreateEmbeddingProvider,
        answer=EmbeddingProvider,
        status=201,
        errors=(
            TierLimitReached,
            ConfigurationError,
        ),
    ),
    Operation(
        name="list_embedding_providers",
        method="GET",
        path="/v1/embedding-providers",
        summary="List embedding providers, oldest first.",
        needs=Needs.READ,
        handler=list_embedding_providers,
        answer=EmbeddingProviderList,
        paged=True,
    ),
    Operation(
        name="get_embedding_provider",
        method="GET",
        path="/v1/embedding-providers/{embedding_provider_id}",
        summary="Get an embedding provider, without its key.",
        needs=Needs.READ,
        handler=get_embedding_provider,
        answer=EmbeddingProvider,
        errors=(EmbedderNotFound,),
    ),
    Operation(
        name="update_embedding_provider",
        method="PUT",
        path="/v1/embedding-providers/{embedding_provider_id}",
        summary="Change the name, key or default model. Existing vector tables keep their model.",
        needs=Needs.WRITE,
        permission="UPDATE_EMBEDDER",
        handler=update_embedding_provider,
        body=UpdateEmbeddingProvider,
        answer=EmbeddingProvider,
        errors=(EmbedderNotFound, EmbedderExists, ConfigurationError),
    ),
    Operation(
        name="delete_embedding_provider",
        method="DELETE",
        path="/v1/embedding-providers/{embedding_provider_id}",
        summary="Delete an embedding provider that no vector table uses.",
        needs=Needs.WRITE,
        permission="DELETE_EMBEDDER",
        handler=delete_embedding_provider,
        status=204,
        errors=(EmbedderNotFound, EmbedderConflict),
    ),
    Operation(
        name="embed_text",
        method="POST",
        path="/v1/embedding-providers/{embedding_provider_id}/embed",
        summary="Embed a text, as for a query.",
        # The operation changes nothing, so read_only keys may use it.
        needs=Needs.READ,
        handler=embed_text,
        body=EmbedText,
        answer=Embedding,
        errors=(EmbedderNotFound, EmbeddingProviderError, ConfigurationError),
    ),
)
