"""The frame around every request: its id, its line in the log, and an answer even after an unexpected exception.

The log names the key id, the operation and the outcome; never bodies, query texts, keys or paths with ids in them.
"""

from __future__ import annotations

import re
import secrets
import time
import traceback
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field

import structlog
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from embedd_api.face import Face, face_of
from embedd_pg import observed
from embedd_pg.errors import EmbeddError

log = structlog.get_logger("embedd_api")

#: Headers of every answer: no cache may keep it, since it may be private to its caller, and no browser may guess
#: another content type.
_ALWAYS = ((b"cache-control", b"no-store"), (b"x-content-type-options", b"nosniff"))
_REQUEST_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")


@dataclass(slots=True)
class Frame:
    """The facts known about a request so far. `face` renders its errors."""

    request_id: str
    face: Face
    address: str = ""
    started: float = field(default_factory=time.perf_counter)
    route: str | None = None
    operation: str | None = None
    key_id: str | None = None
    headers: dict[str, str] = field(default_factory=dict)
    status: int | None = None
    error: EmbeddError | None = None


class FrameMiddleware:
    """The middleware that puts a Frame at scope["embedd.frame"] and logs the request at the end."""

    def __init__(self, app: ASGIApp, faces: Collection[Face]) -> None:
        self._app = app
        self._faces = faces

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        face = face_of(scope["path"], self._faces)
        frame = scope["embedd.frame"] = Frame(_request_id(Headers(scope=scope)), face, _address(scope))

        async def send_framed(message: Message) -> None:
            if message["type"] == "http.response.start":
                frame.status = message["status"]
                message["headers"] = [*message["headers"], *_headers(frame)]
            await send(message)

        try:
            await self._app(scope, receive, send_framed)
        except Exception as error:
            _log_unexpected(frame, error)
            if frame.status is not None:
                raise
            await face.error_response(EmbeddError(), frame.request_id)(scope, receive, send_framed)
        finally:
            _log_request(frame, scope["method"])


def _headers(frame: Frame) -> Iterator[tuple[bytes, bytes]]:
    """Return the headers that the frame adds to an answer, which has none of them."""
    yield from _ALWAYS
    yield b"x-request-id", frame.request_id.encode("latin-1")
    for name, value in frame.headers.items():
        yield name.lower().encode("latin-1"), value.encode("latin-1")


def _request_id(headers: Headers) -> str:
    given = headers.get("x-request-id", "")
    return given if _REQUEST_ID.fullmatch(given) else f"req_{secrets.token_hex(12)}"


def _address(scope: Scope) -> str:
    """Return the address of the client: the peer, or the one a proxy of EMBEDD_TRUSTED_PROXIES reports, which may be
    any text."""
    host = (scope.get("client") or ("",))[0]
    return host[:100] if host.isprintable() else ""


def _log_request(frame: Frame, method: str) -> None:
    took = time.perf_counter() - frame.started
    route = frame.route or "unknown"
    observed.count("http_requests", route=route, method=_known(method), status=str(frame.status or 500))
    observed.seconds("http_request", took, route=route)
    log.info(
        "request",
        method=method,
        route=frame.route,
        operation=frame.operation,
        status=frame.status,
        ms=round(took * 1000, 1),
        request_id=frame.request_id,
        key_id=frame.key_id,
        code=frame.error.code if frame.error else None,
    )
    if frame.error is not None and (frame.status or 0) >= 500:
        log.error("request_failed", request_id=frame.request_id, code=frame.error.code, message=frame.error.message)


def _known(method: str) -> str:
    """Return the method of a request, whose sender may have invented it."""
    return method if method in ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS") else "other"


def _log_unexpected(frame: Frame, error: Exception) -> None:
    """Log the place and the type of an exception, never its text: that may hold rows or secrets."""
    where = [f"{f.filename}:{f.lineno} {f.name}" for f in traceback.extract_tb(error.__traceback__)[-8:]]
    log.error("request_broke", request_id=frame.request_id, error=type(error).__name__, where=where)
