"""The OpenAPI 3.1 description, generated from the declared operations. Routes come from the same declarations, so the
service and its description always agree."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

import embedd_pg
from embedd_api.auth import Needs
from embedd_api.errors import RateLimitExceeded, RequestTimeout, RequestTooLarge
from embedd_api.operation import Operation
from embedd_api.pagination import DEFAULT_LIMIT, MAX_LIMIT
from embedd_pg.errors import (
    DatabaseUnavailable,
    EmbeddError,
    EnvironmentNotFound,
    InsufficientPermission,
    KeyRevoked,
    OrganizationDeleting,
    PermissionDenied,
    Unauthorized,
    ValidationError,
)

_REF = "#/components/schemas/{model}"

_TITLES = {
    400: "Not valid",
    401: "No valid API key",
    403: "Not allowed",
    404: "Not found",
    408: "Body too slow",
    409: "Conflict",
    412: "In use",
    413: "Body too large",
    422: "Not valid, or not ready",
    429: "Too many requests",
    500: "Internal error",
    502: "Another service failed",
    503: "Temporarily unavailable",
}


_LIMITS = {
    "X-RateLimit-Limit": "Requests per minute of the organization; 2147483647 means no limit.",
    "X-RateLimit-Remaining": "Requests left in the current period.",
    "X-RateLimit-Reset": "The time at which more become available, in seconds since 1970.",
}

#: Operations that create an object: the path parameter that addresses the object, and its place in the answer.
MAKERS = {
    "create_environment": ("environment_id", "id"),
    "create_connection": ("connection_id", "id"),
    "create_embedding_provider": ("embedding_provider_id", "id"),
    "create_embedder": ("embedder_id", "embedderId"),
    "create_vector_table": ("vector_table_id", "id"),
    "backfill_vector_table": ("task_id", "id"),
    "create_api_key": ("key_id", "api_key/id"),
}


def document(operations: Sequence[Operation]) -> dict[str, Any]:
    """Return the OpenAPI document of the operations."""
    paths: dict[str, dict[str, Any]] = {}
    for operation in operations:
        described = _operation(operation)
        if links := _links(operation, operations):
            described["responses"][str(operation.status)]["links"] = links
        paths.setdefault(operation.path, {})[operation.method.lower()] = described
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "embedd-pg",
            "version": embedd_pg.__version__,
            "description": "Search a PostgreSQL table by meaning.",
        },
        "paths": paths,
        "components": {
            "schemas": _schemas(operations),
            "securitySchemes": {
                "bearer": {"type": "http", "scheme": "bearer", "description": "An API key, sk_..."},
                "apiKey": {"type": "apiKey", "in": "header", "name": "x-api-key"},
            },
        },
    }


def errors_of(operation: Operation) -> list[type[EmbeddError]]:
    """Return all errors an operation can answer with: its own, and those that follow from its declaration."""
    found: list[type[EmbeddError]] = [*operation.errors, EmbeddError]
    if operation.needs is not Needs.NOTHING:
        found += [Unauthorized, KeyRevoked, OrganizationDeleting, RateLimitExceeded, DatabaseUnavailable]
        found += [RequestTooLarge]
        found += [EnvironmentNotFound] if operation.in_environment else []
    if operation.needs is Needs.WRITE:
        found += [PermissionDenied, InsufficientPermission]
    if operation.body is not None or operation.paged:
        found += [ValidationError]
    if operation.body is not None:
        found += [RequestTimeout]
    return list(dict.fromkeys(found))


def _operation(operation: Operation) -> dict[str, Any]:
    described: dict[str, Any] = {
        "operationId": operation.name,
        "summary": operation.summary,
        "parameters": [*_path_parameters(operation), *_other_parameters(operation)],
        "responses": _responses(operation),
        "security": [] if operation.needs is Needs.NOTHING else [{"bearer": []}, {"apiKey": []}],
    }
    if operation.permission is not None:
        described["description"] = (
            f"Needs {operation.permission}_OWN; {operation.permission}_ANY for objects of another user."
        )
    if operation.body is not None:
        described["requestBody"] = {"required": True, "content": _content(operation.body)}
    return described


def _links(operation: Operation, operations: Sequence[Operation]) -> dict[str, Any]:
    """Return OpenAPI links from the object that an operation creates to all operations on it."""
    if operation.name not in MAKERS:
        return {}
    parameter, place = MAKERS[operation.name]
    made = {f"path.{parameter}": f"$response.body#/{place}"}
    return {o.name: {"operationId": o.name, "parameters": made} for o in operations if parameter in o.parameters}


def _path_parameters(operation: Operation) -> list[dict[str, Any]]:
    found = []
    for name in operation.parameters:
        # No pattern here: a malformed id is answered with "not found", not with "not valid".
        schema: dict[str, Any] = {"type": "string", "minLength": 1}
        if name == "provider":
            schema = {"type": "string", "enum": ["postgresql"]}
        found.append({"name": name, "in": "path", "required": True, "schema": schema})
    return found


def _other_parameters(operation: Operation) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    if operation.paged:
        limit = {"type": "integer", "minimum": 1, "maximum": MAX_LIMIT, "default": DEFAULT_LIMIT}
        cursor = {"type": "string", "description": "The next_cursor of the previous page."}
        found += [
            {"name": "limit", "in": "query", "required": False, "schema": limit},
            {"name": "cursor", "in": "query", "required": False, "schema": cursor},
        ]
    found += [{"name": n, "in": "query", "required": False, "schema": s} for n, s in operation.query.items()]
    if operation.needs is not Needs.NOTHING and operation.in_environment:
        schema = {"type": "string", "description": "The id or name of the environment; prod when left out."}
        found.append({"name": "X-Environment-Id", "in": "header", "required": False, "schema": schema})
    return found


def _responses(operation: Operation) -> dict[str, Any]:
    success: dict[str, Any] = {"description": operation.summary}
    if operation.answer is not None:
        answers = operation.answer if isinstance(operation.answer, tuple) else (operation.answer,)
        success["content"] = _content(*answers)
    elif operation.media_type != "application/json":
        success["content"] = {operation.media_type: {"schema": {"type": "string"}}}
    found = {str(operation.status): success}
    by_status: dict[int, list[str]] = {}
    for error in errors_of(operation):
        by_status.setdefault(operation.face.status_of(error), []).append(error.code)
    for status, codes in sorted(by_status.items()):
        found[str(status)] = {
            "description": f"{_TITLES[status]}: {', '.join(sorted(set(codes)))}.",
            "content": _content(operation.face.error),
        }
    for name, response in found.items():
        response["headers"] = _headers(operation, name)
    return found


def _headers(operation: Operation, status: str) -> dict[str, Any]:
    found: dict[str, Any] = {"X-Request-Id": {"required": True, "schema": {"type": "string"}}}
    if operation.needs is not Needs.NOTHING and status != "401":
        for name, said in _LIMITS.items():
            found[name] = {"required": False, "description": said, "schema": {"type": "integer", "minimum": 0}}
    if status == "429":
        said = "Seconds until a request will be accepted."
        found["Retry-After"] = {"required": True, "description": said, "schema": {"type": "integer", "minimum": 1}}
    return found


def _content(*models: type[BaseModel]) -> dict[str, Any]:
    references = [{"$ref": _REF.format(model=model.__name__)} for model in models]
    return {"application/json": {"schema": references[0] if len(references) == 1 else {"oneOf": references}}}


def _schemas(operations: Sequence[Operation]) -> dict[str, Any]:
    bodies = {operation.body for operation in operations if operation.body is not None}
    answers: set[type[BaseModel]] = {operation.face.error for operation in operations}
    for operation in operations:
        if operation.answer is not None:
            answers |= set(operation.answer if isinstance(operation.answer, tuple) else (operation.answer,))
    _, bodies_schema = models_json_schema(
        [(model, "validation") for model in sorted(bodies, key=lambda m: m.__name__)], ref_template=_REF
    )
    _, answers_schema = models_json_schema(
        [(model, "validation") for model in sorted(answers, key=lambda m: m.__name__)], ref_template=_REF
    )
    schemas = {**answers_schema.get("$defs", {}), **bodies_schema.get("$defs", {})}
    return dict(sorted(schemas.items()))
