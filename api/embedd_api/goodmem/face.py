"""GoodMem's face: the rules common to its operations (docs/evidence/contract.md, rows G)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from embedd_api.face import Face
from embedd_api.goodmem.shapes import GoodmemError
from embedd_pg.database.call import Actor, Database
from embedd_pg.errors import EmbeddError, ValidationError
from embedd_pg.resources import embedder

#: The error codes of GoodMem's interface, by HTTP status.
CODES = {
    400: "INVALID_ARGUMENT",
    401: "UNAUTHENTICATED",
    403: "PERMISSION_DENIED",
    404: "NOT_FOUND",
    405: "UNIMPLEMENTED",
    408: "DEADLINE_EXCEEDED",
    409: "ALREADY_EXISTS",
    412: "FAILED_PRECONDITION",
    413: "INVALID_ARGUMENT",
    429: "RESOURCE_EXHAUSTED",
    502: "UNAVAILABLE",
    503: "UNAVAILABLE",
}


class MalformedEmbedderId(ValidationError):
    """The id of an embedder must be a UUID."""

    resolution = "List the embedders to see which exist."


def _error_body(error: EmbeddError, status: int, _request_id: str) -> dict[str, Any]:
    return {"error": CODES.get(status, "INTERNAL"), "message": error.message}


async def _exists(database: Database, actor: Actor, path: Mapping[str, str]) -> None:
    if "embedder_id" in path:
        await embedder.check_exists(database, path["embedder_id"], actor=actor)


GOODMEM = Face(
    prefix="/v1/embedders",
    ids={"embedder_id": (r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}", MalformedEmbedderId)},
    error=GoodmemError,
    error_body=_error_body,
    # GoodMem's contract answers 400 where Embedd's answers 422.
    statuses={422: 400},
    exists=_exists,
)
