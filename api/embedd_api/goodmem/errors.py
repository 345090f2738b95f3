"""GoodMem's face: what its paths have in common. Errors leave in its shape, whoever raised them, so that operations,
rate limits and unexpected failures need not know which face they serve."""

from __future__ import annotations

import json

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from embedd_api.answer import to_json
from embedd_api.errors import status_of
from embedd_pg.errors import EmbeddError

PREFIX = "/v1/embedders"

#: The codes of GoodMem's interface by HTTP status.
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


def goodmem_status(error: EmbeddError | type[EmbeddError]) -> int:
    """What is not valid is 400 here, where Embedd says 422."""
    return _status(status_of(error))


class GoodmemErrors:
    """Rewrites error answers under the prefix; goes around everything else."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not _ours(scope["path"]):
            await self._app(scope, receive, send)
            return
        start: Message | None = None
        parts: list[bytes] = []

        async def rewrite(message: Message) -> None:
            nonlocal start
            if message["type"] == "http.response.start" and message["status"] >= 400:
                start = message
            elif message["type"] == "http.response.body" and start is not None:
                parts.append(message.get("body", b""))
                if not message.get("more_body", False):
                    await _send_error(scope, start, b"".join(parts), send)
            else:
                await send(message)

        await self._app(scope, receive, rewrite)


def _ours(path: str) -> bool:
    return path == PREFIX or path.startswith(f"{PREFIX}/")


def _status(status: int) -> int:
    return 400 if status == 422 else status


def _message(body: bytes) -> str:
    """Of the envelope; what has none is nobody's business."""
    try:
        return str(json.loads(body)["error"]["message"])
    except (ValueError, KeyError, TypeError):
        return EmbeddError().message


async def _send_error(scope: Scope, start: Message, body: bytes, send: Send) -> None:
    status = _status(start["status"])
    scope["embedd.frame"].status = status
    text = to_json({"error": CODES.get(status, "INTERNAL"), "message": _message(body)})
    headers = MutableHeaders(raw=list(start["headers"]))
    headers["Content-Length"] = str(len(text))
    await send({**start, "status": status, "headers": headers.raw})
    await send({"type": "http.response.body", "body": text})
