"""Qdrant's REST API, as far as our store uses it, over the Qdrant client's own local engine.

Where EMBEDD_TEST_QDRANT_URL names a real server, requests are passed on to it, and only the faults are made here.
Otherwise it is not a Qdrant server. Behind the server's wire format works the in-process engine of qdrant-client, one
request at a time. What a test against it shows is our client code over HTTP: addresses, bodies, statuses,
lost and late answers, several clients at once. It shows nothing about the server's engine: its indexes and how
a collection is laid out (kept here only to be listed, and forgotten when the process ends), its approximate
search, its storage, clusters. Of strict mode it knows that fields filtered by need an index. gRPC is spoken by
tests/support/qdrant_grpc.py, over the same engine.

Faults are scripted: the first one that fits is met by a request. `POST /_config` (any field of `Settings`),
`GET /_stats` and `POST /_reset` drive it from another process.

    python -m tests.support.qdrant_server --port 16333 --path DIR
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import socket
import threading
import time
import warnings
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, fields
from functools import cache
from pathlib import Path
from typing import Any

import uvicorn
from pydantic import TypeAdapter
from qdrant_client.http import models
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route
from uvicorn.protocols.http.h11_impl import H11Protocol

from tests.support import qdrant_real
from tests.support.qdrant_engine import Engine, Refused, read_number

VERSION = "1.19.0"
KEEP_REQUESTS = 10_000


@dataclass
class Fault:
    """A fault for requests whose method and path contain `on`: for the next one, or for as many as `times` says.

    The request waits for `hang` seconds. Then its connection is `cut`, or it is answered with `status`, or with the
    update status `update` and not carried out. With none of these it is carried out, only late. If `applied`, it is
    carried out at once and only the answer is affected.
    """

    on: str = ""
    times: int = 1
    hang: float = 0.0
    cut: bool = False
    status: int = 0
    text: str = "scripted fault"
    retry_after: str = ""
    update: str = ""
    applied: bool = False


@dataclass
class Settings:
    """The server's behaviour until it is changed. `jitter_ms` is the longest random wait of a request before it is
    carried out: concurrent requests are then applied in any order."""

    version: str = VERSION
    api_key: str = ""
    latency_ms: float = 0.0
    jitter_ms: float = 0.0
    max_body: int = 32 * 2**20
    faults: deque[Fault] = field(default_factory=deque)


_SELECTOR = models.FilterSelector | models.PointIdsList
#: Method, path, operation, type of the body, and whether the collection must exist.
OPERATIONS: list[tuple[str, str, Callable[[Engine, str, Any], Any], Any, bool]] = [
    ("GET", "/collections", Engine.collections, None, False),
    ("GET", "/collections/{name}/exists", Engine.exists, None, False),
    ("GET", "/aliases", Engine.aliases, None, False),
    ("POST", "/collections/aliases", Engine.update_aliases, models.ChangeAliasesOperation, False),
    ("GET", "/collections/{name}", Engine.info, None, True),
    ("PUT", "/collections/{name}", Engine.create, models.CreateCollection, False),
    ("PATCH", "/collections/{name}", Engine.update, models.UpdateCollection, True),
    ("DELETE", "/collections/{name}", Engine.drop, None, False),
    ("PUT", "/collections/{name}/index", Engine.index, models.CreateFieldIndex, True),
    ("PUT", "/collections/{name}/points", Engine.upsert, models.PointsList, True),
    ("POST", "/collections/{name}/points", Engine.retrieve, models.PointRequest, True),
    ("POST", "/collections/{name}/points/delete", Engine.delete, _SELECTOR, True),
    ("POST", "/collections/{name}/points/scroll", Engine.scroll, models.ScrollRequest, True),
    ("POST", "/collections/{name}/points/query", Engine.query, models.QueryRequest, True),
    ("POST", "/collections/{name}/points/count", Engine.count, models.CountRequest, True),
]


class QdrantServer:
    """The application and its recorded requests. `settings` may be changed while it runs."""

    def __init__(self, settings: Settings | None = None, path: Path | None = None) -> None:
        self.settings = settings or Settings()
        self.requests: list[str] = []
        self.in_flight = 0
        self.url = ""
        #: A real server keeps the collections where one is named; those of a directory stay from one run to the next.
        self._real = qdrant_real.Namespace(qdrant_real.URL, path) if qdrant_real.URL else None
        self._keep = path is not None
        self._engine = Engine(None if self._real else path)
        self._transports: dict[tuple[str, int], asyncio.Transport] = {}
        self.app = Starlette(
            routes=[
                Route("/", self._root),
                Route("/_stats", self._show),
                Route("/_config", self._configure, methods=["POST"]),
                Route("/_reset", self._forget, methods=["POST"]),
                *(self._route(*operation) for operation in OPERATIONS),
            ]
        )

    def fault(self, **values: Any) -> None:
        """Script one fault for later requests."""
        self.settings.faults.append(Fault(**values))

    def reset(self) -> None:
        """Reset settings and recorded requests; the collections stay."""
        self.settings, self.requests = Settings(), []

    def close(self) -> None:
        self._engine.close()
        if self._real:
            self._real.close(keep=self._keep)

    def config(self, **options: Any) -> uvicorn.Config:
        """Return the configuration of the server. The protocol keeps its connections, so that a fault can cut one."""
        transports = self._transports

        class Protocol(H11Protocol):
            def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
                super().connection_made(transport)
                if self.client:
                    transports[self.client] = transport

            def connection_lost(self, exc: Exception | None) -> None:
                super().connection_lost(exc)
                if self.client:
                    transports.pop(self.client, None)

        return uvicorn.Config(
            self.app, http=Protocol, ws="none", lifespan="off", access_log=False, log_level="critical", **options
        )

    def _route(self, method: str, path: str, operation: Any, body_type: Any, needs: bool) -> Route:
        async def endpoint(request: Request) -> Response:
            return await self._answer(request, operation, body_type, needs)

        return Route(path, endpoint, methods=[method])

    async def _answer(self, request: Request, operation: Any, body_type: Any, needs: bool) -> Response:
        self.in_flight += 1
        started = time.perf_counter()
        try:
            content = await request.body()
            self._admit(request, content)
            body = _parsed(content, body_type)

            def carry_out() -> Any:
                if self._real:
                    return self._real.result(request.method, request.url.path, request.url.query, content)
                return self._engine.run(operation, request.path_params.get("name", ""), body, needs=needs)

            return await self._carry_out(request, started, carry_out)
        except Refused as refusal:
            if refusal.status == 401:  # the one error that is not JSON
                return PlainTextResponse(refusal.text, 401)
            return _error(refusal.status, refusal.text, started)
        finally:
            self.in_flight -= 1

    def _admit(self, request: Request, content: bytes) -> None:
        self.requests = [*self.requests[1 - KEEP_REQUESTS :], f"{request.method} {request.url.path}"]
        given = request.headers.get("api-key") or request.headers.get("authorization", "").removeprefix("Bearer ")
        if self.settings.api_key and not given:
            raise Refused(401, "Must provide an API key or an Authorization bearer token")
        if self.settings.api_key and given != self.settings.api_key:
            raise Refused(401, "Invalid API key or JWT")
        if len(content) > self.settings.max_body:
            limit = f"larger than allowed (limit: {self.settings.max_body} bytes)"
            raise Refused(400, f"Payload error: JSON payload ({len(content)} bytes) is {limit}.")

    async def _carry_out(self, request: Request, started: float, carry_out: Callable[[], Any]) -> Response:
        settings, fault = self.settings, self._next_fault(f"{request.method} {request.url.path}")
        delay = (settings.latency_ms + random.uniform(0, settings.jitter_ms)) / 1000
        if delay:
            await asyncio.sleep(delay)
        result: Any = None
        spoiled = fault.cut or fault.status or fault.update
        if not fault.applied:
            await asyncio.sleep(fault.hang)
        if fault.applied or not spoiled:
            result = await asyncio.to_thread(carry_out)
        if fault.applied:
            await asyncio.sleep(fault.hang)
        if fault.cut:
            return await self._cut(request)
        if fault.status:
            headers = {"Retry-After": fault.retry_after} if fault.retry_after else {}
            return _error(fault.status, fault.text, started, headers)
        if fault.update:
            result = {"operation_id": 0, "status": fault.update}
        if request.method != "GET" and request.query_params.get("wait", "false") != "true":
            result = _unawaited(result)
        return JSONResponse({"result": result, "status": "ok", "time": time.perf_counter() - started})

    def _next_fault(self, call: str) -> Fault:
        for fault in self.settings.faults:
            if fault.on in call:
                fault.times -= 1
                if fault.times == 0:
                    self.settings.faults.remove(fault)
                return fault
        return Fault()

    async def _cut(self, request: Request) -> Response:
        client = request.client
        transport = self._transports.get((client.host, client.port)) if client else None
        if transport:
            transport.abort()
        await request.receive()  # returns when the server has noticed
        return Response()

    async def _root(self, _request: Request) -> Response:
        # Like a real server, require no key.
        return JSONResponse(
            {"title": "qdrant - vector search engine", "version": self.settings.version, "commit": "0" * 40}
        )

    async def _show(self, _request: Request) -> Response:
        return JSONResponse({"requests": self.requests, "in_flight": self.in_flight})

    async def _configure(self, request: Request) -> Response:
        known = {entry.name for entry in fields(Settings)}
        for name, value in (await request.json()).items():
            if name not in known:
                return JSONResponse({"error": f"no setting {name}"}, 422)
            setattr(self.settings, name, deque(Fault(**entry) for entry in value) if name == "faults" else value)
        return JSONResponse(asdict(self.settings) | {"faults": len(self.settings.faults)})

    async def _forget(self, _request: Request) -> Response:
        self.reset()
        return JSONResponse({})


def _parsed(content: bytes, body_type: Any) -> Any:
    """Return the body as the client's own model of it, with numbers as a server reads them."""
    if body_type is None:
        return None
    try:
        return _adapter(body_type).validate_python(
            json.loads(content, parse_int=_integer, parse_float=read_number, parse_constant=_no_such_number)
        )
    except ValueError as error:
        raise Refused(400, f"Format error in JSON body: {str(error)[:500]}") from error


@cache
def _adapter(body_type: Any) -> TypeAdapter[Any]:
    return TypeAdapter(body_type)


def _integer(digits: str) -> int | float:
    """Return an integer, or a float beyond 64 bits."""
    number = int(digits)
    return number if -(2**63) <= number < 2**64 else read_number(digits)


def _no_such_number(name: str) -> None:
    raise ValueError(f"{name} is not JSON")


def _unawaited(result: Any) -> Any:
    """Report the operation only as accepted to a client that does not wait."""
    if isinstance(result, dict) and result.get("status") == "completed":
        return result | {"status": "acknowledged"}
    return result


def _error(status: int, text: str, started: float, headers: dict[str, str] | None = None) -> Response:
    content = {"status": {"error": text}, "time": time.perf_counter() - started}
    return JSONResponse(content, status, headers=headers)


@contextmanager
def serving(server: QdrantServer, port: int = 0, certificate: Path | None = None) -> Iterator[QdrantServer]:
    """Run the server on a port of 127.0.0.1, in a thread of this process. It may be run again afterwards. With files of
    a certificate and its key it uses TLS."""
    listener = socket.create_server(("127.0.0.1", port))
    server.url = f"http{'s' if certificate else ''}://127.0.0.1:{listener.getsockname()[1]}"
    runner = uvicorn.Server(server.config(log_config=None, ssl_certfile=certificate, ssl_keyfile=certificate))
    thread = threading.Thread(target=runner.run, kwargs={"sockets": [listener]}, name="qdrant-server", daemon=True)
    thread.start()
    # The listener already queues connections, so clients need not wait until the server is up.
    try:
        yield server
    finally:
        runner.should_exit = runner.force_exit = True  # requests that hang are not waited for
        thread.join(10)
        listener.close()


@contextmanager
def running(settings: Settings | None = None, path: Path | None = None) -> Iterator[QdrantServer]:
    server = QdrantServer(settings, path)
    try:
        with serving(server):
            yield server
    finally:
        server.close()


@contextmanager
def real_server() -> Iterator[str | None]:
    """Return the address under which a test reaches the real server, or None where none is named."""
    if not qdrant_real.URL:
        yield None
        return
    with running() as server:
        yield server.url


def main() -> None:
    parser = argparse.ArgumentParser(description="Qdrant's REST API over the client's local engine.")
    parser.add_argument("--port", type=int, default=16333)
    parser.add_argument("--path", type=Path, help="directory of the collections; without it they are in memory")
    parser.add_argument("--api-key", default="")
    parser.add_argument("--version", default=VERSION)
    arguments = parser.parse_args()
    warnings.filterwarnings("ignore", message="Local mode is not recommended")
    server = QdrantServer(Settings(version=arguments.version, api_key=arguments.api_key), arguments.path)
    try:
        uvicorn.Server(server.config(host="127.0.0.1", port=arguments.port)).run()
    finally:
        server.close()


if __name__ == "__main__":
    main()
