"""The operator's endpoints of a process, on a port of their own: metrics, and whether it lives and is ready.

They need no key, so by default only this machine reaches them. A tenant's requests go to another port.
"""

from __future__ import annotations

import asyncio
import json
import socket
from collections import ChainMap
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, MutableMapping
from contextlib import asynccontextmanager
from time import monotonic
from typing import TYPE_CHECKING, Any

import structlog

from embedd_pg import observed
from embedd_pg.cli.api_server import http_server
from embedd_pg.cli.locate import check_database
from embedd_pg.errors import EmbeddError

if TYPE_CHECKING:
    from embedd_pg.clients import Clients
    from embedd_pg.operate.metrics import Metrics

log = structlog.get_logger(__name__)

#: A check of readiness: it returns the reason why the process is not ready, or None.
Check = Callable[[], Awaitable[str | None]]

#: Seconds that a check may take, and for which its answer is used again.
PATIENCE, FRESH = 3.0, 1.0


@asynccontextmanager
async def operator_server(
    clients: Clients, listening: socket.socket, address: str, checks: MutableMapping[str, Check]
) -> AsyncIterator[None]:
    """Serve the address of the socket: `/metrics`, `/health/live` and `/health/ready` within the block.

    The process is ready while its database and its store answer, and all `checks` of its services agree; services add
    theirs as they start.
    """
    from embedd_pg.operate.metrics import Metrics  # late: only processes with this port need the library

    metrics = Metrics(clients.database)
    observed.collect(metrics)
    app = Endpoints(metrics, ChainMap[str, Check]({"database": _database(clients), "store": _store(clients)}, checks))
    listens = asyncio.Event()
    server = http_server(clients.settings, app, listens)
    serving = asyncio.create_task(server.serve(sockets=[listening]), name="operator")
    try:
        waiting = asyncio.create_task(listens.wait())
        await asyncio.wait({serving, waiting}, return_when=asyncio.FIRST_COMPLETED)
        waiting.cancel()
        if serving.done():
            serving.result()
        log.info("operator_endpoints_served", address=address)
        yield
    finally:
        observed.collect(None)
        server.should_exit = True
        await serving


def _database(clients: Clients) -> Check:
    async def check() -> str | None:
        await check_database(clients.settings.database_url or "")
        return None

    return check


def _store(clients: Clients) -> Check:
    async def check() -> str | None:
        if clients.settings.qdrant_url:
            await (await clients.qdrant()).ping()
        return None

    return check


class Endpoints:
    """The ASGI application of the operator's endpoints."""

    def __init__(self, metrics: Metrics, checks: Mapping[str, Check]) -> None:
        self._metrics = metrics
        self._checks = checks
        self._found: dict[str, str | None] = {}
        self._checked_at = -FRESH
        self._checking = asyncio.Lock()

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            return
        answers = {"/metrics": self._show, "/health/live": self._live, "/health/ready": self._ready}
        answer = answers.get(scope["path"])
        if answer is None:
            await _send(send, 404, {"error": "Not found. There are /metrics, /health/live and /health/ready."})
        elif scope["method"] not in ("GET", "HEAD"):
            await _send(send, 405, {"error": "Only GET and HEAD are allowed."}, (b"allow", b"GET, HEAD"))
        else:
            await answer(send)

    async def _show(self, send: Any) -> None:
        from embedd_pg.operate.metrics import CONTENT_TYPE

        await _send_bytes(send, 200, await self._metrics.text(), CONTENT_TYPE)

    async def _live(self, send: Any) -> None:
        await _send(send, 200, {"status": "ok"})

    async def _ready(self, send: Any) -> None:
        """Say whether all checks agree, with the reason of each that does not."""
        async with self._checking:
            if monotonic() - self._checked_at >= FRESH:
                checks = dict(self._checks)
                reasons = await asyncio.gather(*map(_reason, checks.values()))
                self._found = dict(zip(checks, reasons, strict=True))
                self._checked_at = monotonic()
        ready = not any(self._found.values())
        shown = {name: reason or "ok" for name, reason in self._found.items()}
        await _send(send, 200 if ready else 503, {"status": "ready" if ready else "not_ready", "checks": shown})


async def _reason(check: Check) -> str | None:
    try:
        async with asyncio.timeout(PATIENCE):
            return await check()
    except TimeoutError:
        return f"No answer within {PATIENCE:g} seconds."
    except EmbeddError as error:
        return error.advice


async def _send(send: Any, status: int, body: Mapping[str, Any], *headers: tuple[bytes, bytes]) -> None:
    await _send_bytes(send, status, json.dumps(body).encode(), "application/json", *headers)


async def _send_bytes(send: Any, status: int, body: bytes, content_type: str, *more: tuple[bytes, bytes]) -> None:
    headers = [
        (b"content-type", content_type.encode()),
        (b"content-length", str(len(body)).encode()),
        (b"cache-control", b"no-store"),
        (b"x-content-type-options", b"nosniff"),
        *more,
    ]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
