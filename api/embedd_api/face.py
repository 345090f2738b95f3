"""Faces: the contracts that the API serves, Embedd's and GoodMem's. A face defines its paths, the form of the ids in
them, the order of the checks, and the form of an error; all other modules are independent of the contract."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from pydantic import BaseModel
from starlette.responses import Response

from embedd_api.answer import json_response
from embedd_api.errors import RateLimitExceeded
from embedd_api.shapes import Error
from embedd_pg.database.call import Actor, Database
from embedd_pg.errors import (
    ApiKeyNotFound,
    ConnectionNotFound,
    EmbedderNotFound,
    EmbeddError,
    EnvironmentNotFound,
    TaskNotFound,
    ValidationError,
    VectorTableNotFound,
)

DOCS = "https://embedd.to/errors/"

#: The form of an id, and the error for a value of another form.
IdForm = tuple[str, type[EmbeddError]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Face:
    """One contract. `prefix` begins all its paths; if two faces match a path, the one with the longer prefix serves
    it."""

    prefix: str
    #: The forms of path parameters, by name.
    ids: Mapping[str, IdForm]
    #: The schema of an error's body, and a function that builds the body from the error, its status and the request id.
    error: type[BaseModel]
    error_body: Callable[[EmbeddError, int, str], dict[str, Any]]
    #: HTTP statuses that this contract replaces by another.
    statuses: Mapping[int, int] = field(default_factory=dict)
    #: A check for contracts that answer 400 and 404 before 403: it raises unless everything in the path exists. The
    #: permission of the API key is then checked last.
    exists: Callable[[Database, Actor, Mapping[str, str]], Awaitable[None]] | None = None

    def status_of(self, error: EmbeddError | type[EmbeddError]) -> int:
        status = error.status or 500
        return self.statuses.get(status, status)

    def error_response(self, error: EmbeddError, request_id: str) -> Response:
        """Render an error as users see it."""
        status = self.status_of(error)
        response = json_response(self.error_body(error.for_users(), status, request_id), status)
        if status == 401:
            response.headers["WWW-Authenticate"] = "Bearer"
        if isinstance(error, RateLimitExceeded):
            response.headers["Retry-After"] = str(error.wait)
        return response

    def check_id(self, name: str, value: str) -> str:
        """Return a well-formed id; raise the error of its kind for any other value, without asking the database."""
        form, missing = self.ids[name]
        if not re.fullmatch(form, value):
            raise missing
        return value

    def serves(self, path: str) -> bool:
        return path == self.prefix or path.startswith(f"{self.prefix}/")


def face_of(path: str, faces: Iterable[Face]) -> Face:
    """Return the face that serves a path, even if no operation has that path."""
    return max((face for face in faces if face.serves(path)), key=lambda face: len(face.prefix), default=EMBEDD)


class OtherDatabase(ValidationError):
    """provider must be postgresql: other databases are not available in this version."""

    resolution = "Send it to /v1/providers/postgresql/connections."


def _envelope(error: EmbeddError, _status: int, request_id: str) -> dict[str, Any]:
    return {
        "error": {
            "code": error.code,
            "message": error.message,
            "resolution": error.resolution,
            "docs_url": DOCS + error.code,
            "request_id": request_id,
        }
    }


#: Embedd's own contract. Paths hold ids, never names: names are labels that may repeat.
EMBEDD = Face(
    prefix="",
    ids={
        "connection_id": (r"conn_[0-9A-Za-z_]{1,64}", ConnectionNotFound),
        "embedding_provider_id": (
            r"emb_[0-9a-f]{32}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}",
            EmbedderNotFound,
        ),
        "vector_table_id": (r"vt_[0-9A-Za-z_]{1,64}", VectorTableNotFound),
        "task_id": (r"task_[0-9A-Za-z_]{1,64}", TaskNotFound),
        "environment_id": (r"env_[0-9A-Za-z_]{1,64}", EnvironmentNotFound),
        "key_id": (r"key_[0-9A-Za-z_]{1,64}", ApiKeyNotFound),
        "provider": ("postgresql", OtherDatabase),
    },
    error=Error,
    error_body=_envelope,
)
