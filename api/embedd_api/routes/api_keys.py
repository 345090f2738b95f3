"""API keys (contract, section 2.3)."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from starlette.responses import Response

from embedd_api.auth import Needs
from embedd_api.bodies import CreateApiKey
from embedd_api.operation import Call, Operation
from embedd_api.pagination import listing
from embedd_api.shapes import ApiKey, ApiKeyCreated, ApiKeyList, select_fields
from embedd_pg.errors import ApiKeyNotFound, TierLimitReached, ValidationError
from embedd_pg.resources import access

_render = select_fields(ApiKey)


async def create_api_key(call: Call) -> dict[str, Any]:
    body = call.body(CreateApiKey)
    made = await access.create_api_key(
        call.clients.database,
        name=body.name,
        permission=body.permission,
        expires_at=None if body.expires_at is None else _moment(body.expires_at),
        actor=call.actor,
    )
    return {"key": made.key, "api_key": _render(made.api_key)}


async def list_api_keys(call: Call) -> dict[str, Any]:
    page = await access.list_api_keys(
        call.clients.database, limit=call.page.limit, after=call.page.after, actor=call.actor
    )
    return listing(page, call.page.limit, _render)


async def revoke_api_key(call: Call) -> Response:
    """Revoke a key. The contract allows no body, so a header lists the keys that were created with this one."""
    minted = await access.revoke_api_key(call.clients.database, call.path["key_id"], actor=call.actor)
    headers = {"X-Minted-Keys": ", ".join(key["id"] for key in minted)} if minted else None
    return Response(status_code=204, headers=headers)


def _moment(said: str) -> datetime:
    try:
        return datetime.fromisoformat(said).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise ValidationError(
            f"expires_at: {said} is not a valid time.", resolution="Write it as 2026-03-13T10:00:00Z."
        ) from error


OPERATIONS = (
    Operation(
        name="create_api_key",
        method="POST",
        path="/v1/api-keys",
        summary="Create an API key; it is shown only in this answer.",
        needs=Needs.WRITE,
        permission="CREATE_API_KEY",
        handler=create_api_key,
        body=CreateApiKey,
        answer=ApiKeyCreated,
        status=201,
        errors=(TierLimitReached,),
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
        summary="Revoke an API key at once. Keys created with it stay valid; X-Minted-Keys lists them.",
        needs=Needs.WRITE,
        permission="DELETE_API_KEY",
        handler=revoke_api_key,
        status=204,
        errors=(ApiKeyNotFound,),
    ),
)
