"""Embedding providers: Embedd's face of embedders (contract, section 2.6)."""

from __future__ import annotations

from typing import Any

from embedd_api.auth import Needs
from embedd_api.bodies import CreateEmbeddingProvider
from embedd_api.operation import Call, Operation
from embedd_api.pagination import listing
from embedd_api.shapes import EmbeddingProvider, EmbeddingProviderList, shown
from embedd_pg import embedder
from embedd_pg.errors import ConfigurationError, EmbeddingProviderNotFound

_shown = shown(EmbeddingProvider)


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
    return _shown(row)


async def list_embedding_providers(call: Call) -> dict[str, Any]:
    page = await embedder.list_embedders(
        call.clients.database, limit=call.page.limit, after=call.page.after, actor=call.actor
    )
    return listing(page, call.page.limit, _shown)


async def get_embedding_provider(call: Call) -> dict[str, Any]:
    return _shown(await embedder.get(call.clients.database, call.path["embedding_provider_id"], actor=call.actor))


OPERATIONS = (
    Operation(
        name="create_embedding_provider",
        method="POST",
        path="/v1/embedding-providers",
        summary="Store an embedding configuration.",
        needs=Needs.WRITE,
        handler=create_embedding_provider,
        body=CreateEmbeddingProvider,
        answer=EmbeddingProvider,
        status=201,
        errors=(ConfigurationError,),
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
        summary="One embedding provider, without its key.",
        needs=Needs.READ,
        handler=get_embedding_provider,
        answer=EmbeddingProvider,
        errors=(EmbeddingProviderNotFound,),
    ),
)
