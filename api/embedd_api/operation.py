"""Operations of the API, each declared once. The declaration yields the route, the permission check, the parsing of the
body and the entry in /openapi.json; a handler only translates between JSON and function calls."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from pydantic import BaseModel
from starlette.datastructures import Headers, QueryParams
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from embedd_api import audit, auth
from embedd_api.answer import json_response
from embedd_api.auth import Needs
from embedd_api.body import check_length, read_json, validate
from embedd_api.face import EMBEDD, Face
from embedd_api.pagination import PageRequest, parse_page
from embedd_api.presence import while_present
from embedd_api.rate_limit import RateLimits
from embedd_pg.clients import Clients
from embedd_pg.database.call import Actor
from embedd_pg.errors import (
    EmbeddError,
    MethodNotAllowed,
    PermissionDenied,
)
from embedd_pg.generation import SeenVersion
from embedd_pg.resources.access import Principal, Sought

B = TypeVar("B", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class Call:
    """One request to an operation, authorized and parsed. `sent` is the body before it became a model."""

    clients: Clients
    actor: Actor
    path: Mapping[str, str]
    page: PageRequest
    query: QueryParams
    parsed: BaseModel | None
    sent: Any
    #: For an operation that searches: the version of the generation, read together with the key.
    seen: SeenVersion | None = None

    def body(self, model: type[B]) -> B:
        assert isinstance(self.parsed, model)
        return self.parsed


Handler = Callable[[Call], Awaitable[Any]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """One method at one path.

    `errors` are the operation's own; errors_of() adds the common ones. An operation with `in_environment` acts in the
    environment that the header X-Environment-Id names; the others ignore the header.
    """

    name: str
    method: str
    path: str
    summary: str
    needs: Needs
    handler: Handler = field(repr=False)
    #: The permission that the caller's role needs, for example UPDATE_CONNECTION: the suffix _OWN covers the caller's
    #: own objects, _ANY those of others. has_permission() decides in SQL. Every operation that writes must declare one.
    permission: str | None = None
    answer: type[BaseModel] | tuple[type[BaseModel], ...] | None = None
    status: int = 200
    body: type[BaseModel] | None = None
    paged: bool = False
    in_environment: bool = True
    #: How many requests a body counts as, for the rate limit.
    counts: Callable[[Any], int] | None = None
    #: The path parameter with the vector table that the operation searches.
    searches: str | None = None
    media_type: str = "application/json"
    #: Query parameters other than those of pages, each with its schema.
    query: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    #: The template of a `Location` header, filled with the fields of the answer.
    location: str | None = None
    #: The contract that the operation serves.
    face: Face = field(default=EMBEDD, repr=False)
    errors: tuple[type[EmbeddError], ...] = ()

    def __post_init__(self) -> None:
        if self.needs is Needs.WRITE and self.permission is None:
            raise TypeError(f"{self.name} writes, so it must name the permission it needs.")

    @property
    def parameters(self) -> list[str]:
        """Return the names of the path parameters."""
        return re.findall(r"{(\w+)}", self.path)


class Address:
    """The operations of one path, as an ASGI application."""

    def __init__(self, path: str, operations: Sequence[Operation], clients: Clients, limits: RateLimits) -> None:
        self.path = path
        self._clients = clients
        self._limits = limits
        self._methods = {operation.method: operation for operation in operations}
        self._allowed = ", ".join(sorted({*self._methods, "OPTIONS", *(["HEAD"] if "GET" in self._methods else [])}))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        frame = scope["embedd.frame"]
        frame.route = self.path
        if request.method == "OPTIONS":
            response = Response(status_code=204, headers={"Allow": self._allowed})
        else:
            operation = self._methods.get("GET" if request.method == "HEAD" else request.method)
            if operation is None:
                response = await self._refuse(request)
            else:
                frame.operation = operation.name
                response = await self._answer(request, operation)
        await response(scope, receive, send)

    async def _refuse(self, request: Request) -> Response:
        response = refusal(request, MethodNotAllowed(f"This address does not answer {request.method[:20]}."))
        response.headers["Allow"] = self._allowed
        return response

    async def _answer(self, request: Request, operation: Operation) -> Response:
        if operation.needs is Needs.NOTHING:
            result = await self._handle(request, operation, None)
        else:
            principal = await self._admit(request, operation)
            handle = self._handle_audited if operation.needs is Needs.WRITE else self._handle
            async with self._limits.turn(principal):
                result = await handle(request, operation, principal)
        response = result if isinstance(result, Response) else json_response(result, operation.status)
        if operation.location is not None:
            response.headers["Location"] = operation.location.format(**result)
        if request.method == "HEAD":
            response.body = b""
        return response

    async def _admit(self, request: Request, operation: Operation) -> Principal:
        """Authenticate the request and charge it to the rate limit. Return its principal."""
        frame, sought = request.scope["embedd.frame"], None
        if operation.searches is not None:
            sought = Sought(request.path_params[operation.searches], request.headers.get("x-environment-id", ""))
        principal = await self._limits.authenticate(request.headers, frame.address, sought)
        frame.key_id = principal.key_id
        await self._limits.take(principal, frame)
        return principal

    async def _handle_audited(self, request: Request, operation: Operation, principal: Principal) -> Any:
        """Handle the request and record its result or its error in the audit log."""
        database, frame, result = self._clients.database, request.scope["embedd.frame"], None
        failure: BaseException | None = None
        try:
            result = await self._handle(request, operation, principal)
        except BaseException as error:
            failure = error
            raise
        finally:
            target = audit.target_of(request.path_params, result)
            await audit.record(database, frame, principal, target=target, error=failure)
        return result

    async def _handle(self, request: Request, operation: Operation, principal: Principal | None) -> Any:
        """Check the request and call the handler.

        The caller is authorized before path, query and body are parsed, so that an unauthorized caller learns nothing
        from them. Only a face with `exists` checks existence first, as its contract demands.
        """
        actor = Actor()
        if principal is not None:
            if operation.face.exists is None:
                auth.authorize(principal, operation.needs)
            headers = request.headers if operation.in_environment else Headers()
            actor = await auth.acting(self._clients.database, principal, headers)
        path = {name: operation.face.check_id(name, value) for name, value in request.path_params.items()}
        page = parse_page(request.query_params) if operation.paged else PageRequest()
        check_length(request)
        sent, parsed = None, None
        if operation.body is not None:
            sent = await read_json(request)
            parsed = validate(operation.body, sent)
        if principal is not None and operation.counts is not None:
            for _ in range(operation.counts(parsed) - 1):  # the first was counted before the body was read
                await self._limits.take(principal, request.scope["embedd.frame"])
        seen = principal.seen if principal is not None else None
        call = Call(self._clients, actor, path, page, request.query_params, parsed, sent, seen)
        if principal is not None and operation.face.exists is not None:
            try:
                auth.authorize(principal, operation.needs)
            except PermissionDenied:
                await operation.face.exists(self._clients.database, actor, path)
                raise
        if operation.needs is Needs.WRITE:
            return await operation.handler(call)  # a write always finishes, even if the client disconnects
        return await while_present(request, operation.handler(call))


def refusal(request: Request, error: EmbeddError) -> Response:
    """Render an error in the form of the request's face, and keep it for the request log."""
    frame = request.scope["embedd.frame"]
    frame.error = error
    response: Response = frame.face.error_response(error, frame.request_id)
    return response
