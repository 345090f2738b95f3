"""Embedders: GoodMem's face of embedding providers (docs/evidence/contract.md, rows G)."""

from __future__ import annotations

from typing import Any

from embedd_api.auth import Needs
from embedd_api.goodmem import embedders
from embedd_api.goodmem.bodies import (
    UUID_FORM,
    EmbedderCreationRequest,
    EndpointAuthentication,
    GoodmemBody,
    ProviderType,
    UpdateEmbedderRequest,
)
from embedd_api.goodmem.face import GOODMEM, MalformedEmbedderId
from embedd_api.goodmem.filters import parse_filters
from embedd_api.goodmem.shapes import EmbedderResponse, ListEmbeddersResponse, embedder_response
from embedd_api.operation import Call, Operation
from embedd_pg.errors import (
    ConfigurationError,
    EmbedderExists,
    EmbedderInUse,
    EmbedderNotFound,
    InsufficientPermission,
    TierLimitReached,
    ValidationError,
)

_FILTERS: dict[str, dict[str, Any]] = {
    "ownerId": {"type": "string", "pattern": UUID_FORM},
    "providerType": {"type": "string", "enum": list(ProviderType.__args__)},  # type: ignore[attr-defined]
    "label.*": {"type": "string", "description": "Write label.KEY=VALUE or label[KEY]=VALUE, once per key."},
}
#: Fields of the body that are passed as their own parameters.
_PARAMETERS = {"credentials", "provider_type", "owner_id", "embedder_id"}


async def create_embedder(call: Call) -> dict[str, Any]:
    body = call.body(EmbedderCreationRequest)
    row = await embedders.create(
        call.clients,
        provider_type=body.provider_type,
        fields=_fields(body),
        credentials=_credentials(body.credentials),
        owner_id=body.owner_id,
        embedder_id=body.embedder_id,
        actor=call.actor,
    )
    return embedder_response(row)


async def list_embedders(call: Call) -> dict[str, Any]:
    wanted = parse_filters(call.query)
    rows = await embedders.list_all(
        call.clients.database,
        owner_id=wanted.owner_id,
        provider_type=wanted.provider_type,
        labels=wanted.labels,
        actor=call.actor,
    )
    return {"embedders": [embedder_response(row) for row in rows]}


async def get_embedder(call: Call) -> dict[str, Any]:
    return embedder_response(await embedders.get(call.clients.database, call.path["embedder_id"], actor=call.actor))


async def update_embedder(call: Call) -> dict[str, Any]:
    body = call.body(UpdateEmbedderRequest)
    row = await embedders.update(
        call.clients,
        call.path["embedder_id"],
        fields=_fields(body),
        credentials=_credentials(body.credentials),
        actor=call.actor,
    )
    return embedder_response(row)


async def delete_embedder(call: Call) -> None:
    await embedders.delete(call.clients.database, call.path["embedder_id"], actor=call.actor)


def _fields(body: GoodmemBody) -> dict[str, Any]:
    """Return the given fields of the row. An empty list of modalities counts as absent."""
    found = body.model_dump(exclude_none=True, exclude=_PARAMETERS)
    return {name: value for name, value in found.items() if name != "supported_modalities" or value}


def _credentials(given: EndpointAuthentication | None) -> dict[str, Any] | None:
    return None if given is None else given.document()


OPERATIONS = (
    Operation(
        name="create_embedder",
        method="POST",
        path="/v1/embedders",
        summary="Store an embedder (GoodMem's shape of an embedding provider).",
        needs=Needs.WRITE,
        permission="CREATE_EMBEDDER",
        handler=create_embedder,
        body=EmbedderCreationRequest,
        answer=EmbedderResponse,
        status=201,
        location="/v1/embedders/{embedderId}",
        face=GOODMEM,
        errors=(TierLimitReached, EmbedderExists, ConfigurationError),
    ),
    Operation(
        name="list_embedders",
        method="GET",
        path="/v1/embedders",
        summary="List all embedders, oldest first, without pages.",
        needs=Needs.READ,
        handler=list_embedders,
        answer=ListEmbeddersResponse,
        query=_FILTERS,
        face=GOODMEM,
        errors=(ValidationError, InsufficientPermission),
    ),
    Operation(
        name="get_embedder",
        method="GET",
        path="/v1/embedders/{embedder_id}",
        summary="Get an embedder, without its credentials.",
        needs=Needs.READ,
        handler=get_embedder,
        answer=EmbedderResponse,
        face=GOODMEM,
        errors=(MalformedEmbedderId, EmbedderNotFound, InsufficientPermission),
    ),
    Operation(
        name="update_embedder",
        method="PUT",
        path="/v1/embedders/{embedder_id}",
        summary="Change the given fields of an embedder, all or none.",
        needs=Needs.WRITE,
        permission="UPDATE_EMBEDDER",
        handler=update_embedder,
        body=UpdateEmbedderRequest,
        answer=EmbedderResponse,
        face=GOODMEM,
        errors=(
            MalformedEmbedderId,
            EmbedderNotFound,
            EmbedderInUse,
            EmbedderExists,
            ConfigurationError,
        ),
    ),
    Operation(
        name="delete_embedder",
        method="DELETE",
        path="/v1/embedders/{embedder_id}",
        summary="Remove an embedder and its credentials; vectors made with it stay.",
        needs=Needs.WRITE,
        permission="DELETE_EMBEDDER",
        handler=delete_embedder,
        status=204,
        face=GOODMEM,
        errors=(MalformedEmbedderId, EmbedderNotFound),
    ),
)
