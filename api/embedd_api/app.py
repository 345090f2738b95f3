"""The application: operations in, routes out. Everything it is made of is visible in `create_app`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from embedd_api import openapi
from embedd_api.auth import Needs
from embedd_api.errors import error_response, on_error
from embedd_api.frame import FrameMiddleware
from embedd_api.operation import Address, Call, Operation
from embedd_api.routes import (
    api_keys,
    connections,
    embedding_providers,
    health,
    query,
    sync,
    tasks,
    vector_tables,
)
from embedd_pg.clients import Clients
from embedd_pg.errors import EmbeddError, NotFound

OPERATIONS: tuple[Operation, ...] = (
    *health.OPERATIONS,
    *connections.OPERATIONS,
    *embedding_providers.OPERATIONS,
    *vector_tables.OPERATIONS,
    *query.OPERATIONS,
    *sync.OPERATIONS,
    *tasks.OPERATIONS,
    *api_keys.OPERATIONS,
)


def create_app(clients: Clients) -> Starlette:
    """The REST API over these clients, which stay the caller's to close."""
    operations = (*OPERATIONS, _description(OPERATIONS))
    app = Starlette(
        routes=_routes(operations, clients),
        middleware=[Middleware(FrameMiddleware)],
        exception_handlers={EmbeddError: on_error, 404: _not_found},
    )
    app.router.redirect_slashes = False
    return app


def _routes(operations: Sequence[Operation], clients: Clients) -> list[Route]:
    by_path: dict[str, list[Operation]] = {}
    for operation in operations:
        by_path.setdefault(operation.path, []).append(operation)
    return [Route(path, Address(path, group, clients)) for path, group in by_path.items()]


def _description(operations: Sequence[Operation]) -> Operation:
    async def get_openapi(_call: Call) -> dict[str, Any]:
        return described

    own = Operation(
        name="get_openapi",
        method="GET",
        path="/openapi.json",
        summary="This description.",
        needs=Needs.NOTHING,
        handler=get_openapi,
    )
    described = openapi.document((*operations, own))
    return own


async def _not_found(request: Request, _error: Exception) -> Response:
    frame = request.scope["embedd.frame"]
    frame.error = NotFound()
    return error_response(frame.error, frame.request_id)
