"""The application: `create_app` turns the declared operations into routes."""

from __future__ import annotations

from collections.abc import Sequence

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from embedd_api.face import EMBEDD
from embedd_api.frame import FrameMiddleware
from embedd_api.goodmem import routes as goodmem
from embedd_api.goodmem.face import GOODMEM
from embedd_api.operation import Address, Operation, refusal
from embedd_api.rate_limit import RateLimits
from embedd_api.routes import (
    api_keys,
    audit,
    connections,
    description,
    embedding_providers,
    environments,
    health,
    query,
    sync,
    tasks,
    usage,
    vector_tables,
)
from embedd_pg.clients import Clients
from embedd_pg.errors import EmbeddError, NotFound

#: The contracts that this service serves, each under its own paths.
FACES = (EMBEDD, GOODMEM)

OPERATIONS: tuple[Operation, ...] = (
    *health.OPERATIONS,
    *environments.OPERATIONS,
    *connections.OPERATIONS,
    *embedding_providers.OPERATIONS,
    *goodmem.OPERATIONS,
    *vector_tables.OPERATIONS,
    *query.OPERATIONS,
    *sync.OPERATIONS,
    *tasks.OPERATIONS,
    *usage.OPERATIONS,
    *api_keys.OPERATIONS,
    *audit.OPERATIONS,
)


def create_app(clients: Clients, limits: RateLimits | None = None) -> Starlette:
    """Return the REST API over these clients; the caller closes them."""
    operations = (*OPERATIONS, *description.operations(OPERATIONS))
    app = Starlette(
        routes=_routes(operations, clients, limits or RateLimits(clients.database)),
        middleware=[Middleware(FrameMiddleware, faces=FACES)],
        exception_handlers={EmbeddError: _refuse, 404: _refuse_path},
    )
    app.router.redirect_slashes = False
    return app


def _routes(operations: Sequence[Operation], clients: Clients, limits: RateLimits) -> list[Route]:
    by_path: dict[str, list[Operation]] = {}
    for operation in operations:
        by_path.setdefault(operation.path, []).append(operation)
    return [Route(path, Address(path, group, clients, limits)) for path, group in by_path.items()]


async def _refuse(request: Request, error: Exception) -> Response:
    """Answer with a declared error; the request log names it."""
    assert isinstance(error, EmbeddError)
    return refusal(request, error)


async def _refuse_path(request: Request, _error: Exception) -> Response:
    return refusal(request, NotFound())
