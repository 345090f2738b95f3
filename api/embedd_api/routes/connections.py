"""Connections (contract, section 2.5)."""

from __future__ import annotations

from typing import Any

from embedd_api.auth import Needs
from embedd_api.bodies import CreateConnection, UpdateConnection
from embedd_api.operation import Call, Operation
from embedd_api.pagination import listing
from embedd_api.shapes import Connection, ConnectionFails, ConnectionList, ConnectionWorks, select_fields
from embedd_pg.errors import ConfigurationError, ConnectionConflict, ConnectionNotFound, TierLimitReached
from embedd_pg.resources import connection

_render = select_fields(Connection)


async def create_connection(call: Call) -> dict[str, Any]:
    body = call.body(CreateConnection)
    row = await connection.create(
        call.clients,
        name=body.name,
        mode=body.mode,
        host=body.credentials.host,
        port=body.credentials.port,
        database=body.credentials.database,
        user=body.credentials.user,
        password=body.credentials.password,
        ssl_mode=body.credentials.ssl_mode,
        allow_duplicate_name=True,
        actor=call.actor,
    )
    return _render(row)


async def list_connections(call: Call) -> dict[str, Any]:
    page = await connection.list_connections(
        call.clients.database, limit=call.page.limit, after=call.page.after, actor=call.actor
    )
    return listing(page, call.page.limit, _render)


async def get_connection(call: Call) -> dict[str, Any]:
    return _render(await connection.get(call.clients.database, call.path["connection_id"], actor=call.actor))


async def update_connection(call: Call) -> dict[str, Any]:
    body = call.body(UpdateConnection)
    row = await connection.update(
        call.clients,
        call.path["connection_id"],
        name=body.name,
        credentials=body.credentials.model_dump(exclude_none=True) if body.credentials else None,
        allow_duplicate_name=True,
        actor=call.actor,
    )
    return _render(row)


async def delete_connection(call: Call) -> None:
    await connection.delete(call.clients.database, call.path["connection_id"], actor=call.actor)


async def test_connection(call: Call) -> dict[str, Any]:
    return await connection.test(call.clients, call.path["connection_id"], actor=call.actor)


OPERATIONS = (
    Operation(
        name="create_connection",
        method="POST",
        path="/v1/providers/{provider}/connections",
        summary="Store the address and login of a source database.",
        needs=Needs.WRITE,
        permission="CREATE_CONNECTION",
        handler=create_connection,
        body=CreateConnection,
        answer=Connection,
        status=201,
        errors=(
            TierLimitReached,
            ConfigurationError,
        ),
    ),
    Operation(
        name="list_connections",
        method="GET",
        path="/v1/connections",
        summary="List connections, oldest first.",
        needs=Needs.READ,
        handler=list_connections,
        answer=ConnectionList,
        paged=True,
    ),
    Operation(
        name="get_connection",
        method="GET",
        path="/v1/connections/{connection_id}",
        summary="Get a connection.",
        needs=Needs.READ,
        handler=get_connection,
        answer=Connection,
        errors=(ConnectionNotFound,),
    ),
    Operation(
        name="update_connection",
        method="PUT",
        path="/v1/connections/{connection_id}",
        summary="Change the name or the credentials. New credentials must be tested again.",
        needs=Needs.WRITE,
        permission="UPDATE_CONNECTION",
        handler=update_connection,
        body=UpdateConnection,
        answer=Connection,
        errors=(ConnectionNotFound, ConfigurationError),
    ),
    Operation(
        name="delete_connection",
        method="DELETE",
        path="/v1/connections/{connection_id}",
        summary="Delete a connection that no vector table uses.",
        needs=Needs.WRITE,
        permission="DELETE_CONNECTION",
        handler=delete_connection,
        status=204,
        errors=(ConnectionNotFound, ConnectionConflict),
    ),
    Operation(
        name="test_connection",
        method="POST",
        path="/v1/connections/{connection_id}/test",
        summary="Test the connection to the source database and store the outcome.",
        needs=Needs.WRITE,
        permission="UPDATE_CONNECTION",
        handler=test_connection,
        answer=(ConnectionWorks, ConnectionFails),
        errors=(ConnectionNotFound, ConfigurationError),
    ),
)
