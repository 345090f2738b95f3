"""API keys (contract, section 2.3)."""

from __future__ import annotations

from typing import Any

from embedd_api.auth import Needs
from embedd_api.bodies import CreateApiKey
from embedd_api.operation import Call, Operation
from embedd_api.pagination import listing
from embedd_api.shapes import ApiKey, ApiKeyCreated, ApiKeyList, shown
from embedd_pg import access
from embedd_pg.errors import ApiKeyNotFound

_shown = shown(ApiKey)


async def create_api_key(call: Call) -> dict[str, Any]:
    body = call.body(CreateApiKey)
    made = await access.create_api_key(
        call.clients.database, name=body.name, permission=body.permission, actor=call.actor
    )
    return {"key": made.key, "api_key": _shown(made.api_key)}


async def list_api_keys(call: Call) -> dict[str, Any]:
    page = await access.list_api_keys(
        call.clients.database, limit=call.page.limit, after=call.page.after, actor=call.actor
    )
    return listing(page, call.page.limit, _shown)


async def revoke_api_key(call: Call) -> None:
    await access.revoke_api_key(call.clients.database, call.path["key_id"], actor=call.actor)


OPERATIONS = (
    Operation(
        name="create_api_key",
        method="POST",
        path="/v1/api-keys",
        summary="Make an API key; it is shown in this answer and never again.",
        needs=Needs.WRITE,
        permission="CREATE_API_KEY",
        handler=create_api_key,
        body=CreateApiKey,
        answer=ApiKeyCreated,
        status=201,
    ),
    Operation(
        name="list_api_keys",
        method="GET",
        path="/v1/api-keys",
        summary="List API keys, revoked ones included, oldest first.",
        needs=Needs.READ,
        handler=list_api_keys,
        answer=ApiKeyList,
        paged=True,
    ),
    Operation(
        name="revoke_api_key",
        method="DELETE",
        path="/v1/api-keys/{key_id}",
        summary="Revoke an API key at once.",
        needs=Needs.WRITE,
        permission="DELETE_API_KEY",
        handler=revoke_api_key,
        status=204,
        errors=(ApiKeyNotFound,),
    ),
)
