"""Errors as HTTP: the status of each code, and the one envelope all of them come in."""

from __future__ import annotations

from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from embedd_api.answer import json_response
from embedd_pg.errors import EmbeddError

STATUS = {
    "unauthorized": 401,
    "key_revoked": 401,
    "permission_denied": 403,
    "source_table_access_denied": 403,
    "tier_limit_reached": 403,
    "insufficient_permission": 403,
    "org_deleting": 403,
    "environment_not_found": 404,
    "connection_not_found": 404,
    "embedding_provider_not_found": 404,
    "vector_table_not_found": 404,
    "task_not_found": 404,
    "api_key_not_found": 404,
    "org_not_found": 404,
    "user_not_found": 404,
    "not_found": 404,
    "method_not_allowed": 405,
    "request_timeout": 408,
    "backfill_in_progress": 409,
    "verification_in_progress": 409,
    "sync_already_paused": 409,
    "sync_not_paused": 409,
    "sync_not_running": 409,
    "name_taken": 409,
    "connection_conflict": 409,
    "task_ended": 409,
    "embedding_provider_conflict": 409,
    "embedding_provider_exists": 409,
    "embedding_provider_in_use": 412,
    "environment_conflict": 409,
    "source_changed": 409,
    "instance_conflict": 409,
    "request_too_large": 413,
    "validation_error": 422,
    "connection_not_ready": 422,
    "vector_table_not_ready": 422,
    "embedding_provider_missing": 422,
    "rate_limit_exceeded": 429,
    # Nobody is there to read it; the log has it.
    "client_left": 499,
    "embedding_provider_error": 502,
    "source_unreachable": 502,
    # Of SQL functions that ask the service, which no route calls.
    "service_missing": 502,
    "service_unreachable": 502,
    "service_refused": 502,
    "vector_store_error": 503,
    "database_unavailable": 503,
    "instance_moved": 503,
    # Their messages are ours and tell the operator what to do; every other 500 says nothing.
    "configuration_error": 500,
    "schema_version": 500,
}

DOCS = "https://embedd.to/errors/"


class RequestTooLarge(EmbeddError):
    """The request body is larger than 1 MB."""

    code = "request_too_large"
    resolution = "Send less; a query needs a few kilobytes at most."


class RequestTimeout(EmbeddError):
    """The request body did not arrive in time."""

    code = "request_timeout"
    resolution = "Send the whole body at once."


class ClientLeft(EmbeddError):
    """The client left before the answer was there."""

    code = "client_left"
    resolution = "Send the request again and wait for the answer."


class RateLimitExceeded(EmbeddError):
    """Too many requests."""

    code = "rate_limit_exceeded"

    def __init__(self, message: str | None = None, *, wait: int = 1) -> None:
        super().__init__(message, resolution=f"Wait {wait} second{'s' * (wait != 1)}, then send the request again.")
        self.wait = wait


def status_of(error: EmbeddError | type[EmbeddError]) -> int:
    return STATUS.get(error.code, 500)


def envelope(error: EmbeddError, request_id: str) -> dict[str, Any]:
    """The body of an error answer. What is not declared above is nobody's business but the log's."""
    shown = error if error.code in STATUS else EmbeddError()
    return {
        "error": {
            "code": shown.code,
            "message": shown.message,
            "resolution": shown.resolution,
            "docs_url": DOCS + shown.code,
            "request_id": request_id,
        }
    }


def error_response(error: EmbeddError, request_id: str) -> Response:
    status = status_of(error)
    response = json_response(envelope(error, request_id), status)
    if status == 401:
        response.headers["WWW-Authenticate"] = "Bearer"
    if isinstance(error, RateLimitExceeded):
        response.headers["Retry-After"] = str(error.wait)
    return response


async def on_error(request: Request, error: Exception) -> Response:
    """Starlette's handler for declared errors; the request log names what went wrong."""
    assert isinstance(error, EmbeddError)
    frame = request.scope["embedd.frame"]
    frame.error = error
    return error_response(error, frame.request_id)
