"""A stand-in for the embedding vendors, speaking the wire formats they document, over real HTTP.

A vector depends on the text alone: each word picks a few places of the vector by its hash, so texts that
share words are near and searches in tests give sensible answers. Faults are scripted: a queue, the first
fault of which the next embedding request meets. `GET /_stats`, `POST /_config` (any field of `Settings`) and
`POST /_reset` drive it from another process.

    python -m tests.support.vendor_stub --port 18080 --latency-ms 50
"""

from __future__ import annotations

import argparse
import asyncio
import re
import socket
import struct
import threading
import zlib
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, fields
from functools import lru_cache
from hashlib import blake2b
from typing import Any

import numpy as np
import uvicorn
from numpy.typing import NDArray
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from tests.support import rerank_wire, vendor_wire
from tests.support.rerank_wire import RerankQuestion
from tests.support.vendor_wire import Fault, Question

KEEP_TEXTS = 100_000
#: The fields of requests that contain texts.
TEXTS = ("input", "inputs", "texts", "requests", "documents")


@dataclass
class Settings:
    """The stub's behaviour until it is changed. `dimensions` is used if a request has no size. Without `honours_size`
    the stub ignores the size of a request; with `refuses_size` it answers 400 to it."""

    dimensions: int = 1536
    latency_ms: float = 0.0
    refuse_marker: str = ""
    honours_size: bool = True
    refuses_size: bool = False
    faults: deque[Fault] = field(default_factory=deque)


@dataclass
class Stats:
    requests: int = 0
    inputs: int = 0
    #: The token count in replies.
    tokens: int = 0
    in_flight: int = 0
    peak_in_flight: int = 0
    texts: list[str] = field(default_factory=list)
    authorizations: list[str] = field(default_factory=list)
    bodies: list[dict[str, Any]] = field(default_factory=list)
    paths: list[str] = field(default_factory=list)


#: Turns each ASCII character that is part of no word into a space.
_SPACES = {code: " " for code in range(128) if not re.match(r"\w", chr(code))}


@lru_cache(maxsize=65_536)
def _word(word: str) -> tuple[tuple[int, ...], tuple[float, ...]]:
    # Choose eight unrelated places: checksums would give similar words the same ones.
    seeds = struct.unpack("8H", blake2b(word.encode("utf-8", "replace"), digest_size=16).digest())
    return tuple(seed >> 1 for seed in seeds), tuple(1.0 if seed & 1 else -1.0 for seed in seeds)


def _words(text: str) -> list[str]:
    """Return the words of a text: what matches \\w+. ASCII is split in half the time."""
    return text.translate(_SPACES).split() if text.isascii() else re.findall(r"\w+", text)


def vector_of(text: str, dimensions: int) -> NDArray[np.float32]:
    """Return the unit vector that the stub returns for `text`."""
    places = [zlib.crc32(text.encode("utf-8", "replace"))]
    weights = [0.1]  # tells texts of the same words apart
    for word in _words(text.lower()):
        more_places, more_weights = _word(word)
        places += more_places
        weights += more_weights
    vector = np.bincount(np.array(places) % dimensions, weights, dimensions).astype(np.float32)
    vector /= np.sqrt(vector @ vector)
    return vector


class Stub:
    """The application and its recorded requests. `settings` may be changed while it runs."""

    def __init__(self, settings: Settings | None = None) -> None:
        self.settings = settings or Settings()
        self.stats = Stats()
        self.url = ""
        self.app = Starlette(
            routes=[
                # OpenAI, Voyage and Jina; the last, at the root of a server, is TEI's.
                *(self._post(path, vendor_wire.openai_question) for path in ("/v1/embeddings", "/embeddings")),
                self._post("/voyage/v1/embeddings", vendor_wire.voyage_question),
                self._post("/{version:str}/models/{model}:batchEmbedContents", vendor_wire.gemini_question),
                self._post("/embed", vendor_wire.tei_question),
                self._post("/v2/embed", vendor_wire.cohere_question),
                # Voyage and Jina, and Cohere.
                self._post("/v1/rerank", rerank_wire.question),
                self._post("/v2/rerank", rerank_wire.cohere_question),
                Route("/_stats", self._show),
                Route("/_config", self._configure, methods=["POST"]),
                Route("/_reset", self._forget, methods=["POST"]),
            ]
        )

    def reset(self) -> None:
        self.settings, self.stats = Settings(), Stats()

    def fault(self, **values: Any) -> None:
        """Queue one fault for a later request."""
        self.settings.faults.append(Fault(**values))

    def _post(self, path: str, understood: Callable[[dict[str, Any]], Question | RerankQuestion]) -> Route:
        async def answer(request: Request) -> Response:
            body = await request.json()
            return await self._answer(request, body, understood(body))

        return Route(path, answer, methods=["POST"])

    async def _answer(self, request: Request, body: dict[str, Any], asked: Question | RerankQuestion) -> Response:
        self._count(request, body, asked.texts)
        settings, stats = self.settings, self.stats
        fault = settings.faults.popleft() if settings.faults else Fault()
        try:
            if settings.latency_ms or fault.hang:
                await asyncio.sleep(settings.latency_ms / 1000 + fault.hang)
            if settings.refuse_marker and any(settings.refuse_marker in text for text in asked.texts):
                fault = Fault(status=400, code="invalid_input")
            if isinstance(asked, Question) and asked.dimensions is not None and settings.refuses_size:
                fault = Fault(status=400, code="invalid_request_error")
            if fault.status or asked.wrong:
                return vendor_wire.refusal(asked.vendor, fault if fault.status else Fault(status=asked.wrong))
            if isinstance(asked, RerankQuestion):
                return rerank_wire.reply(asked, fault)
            wanted = asked.dimensions if asked.dimensions and settings.honours_size else settings.dimensions
            vectors = [vector_of(text, wanted) for text in asked.texts]
            stats.tokens += vendor_wire.tokens_of(asked.texts)
            return vendor_wire.reply(asked, body.get("model", ""), vectors, fault)
        finally:
            stats.in_flight -= 1

    def _count(self, request: Request, body: dict[str, Any], texts: list[str]) -> None:
        stats = self.stats
        stats.requests += 1
        stats.inputs += len(texts)
        stats.in_flight += 1
        stats.peak_in_flight = max(stats.peak_in_flight, stats.in_flight)
        stats.texts.extend(texts[: KEEP_TEXTS - len(stats.texts)])
        key = request.headers.get("authorization") or request.headers.get("x-goog-api-key") or ""
        if key not in stats.authorizations:
            stats.authorizations.append(key)
        shown = {name: value for name, value in body.items() if name not in TEXTS}
        if "requests" in body:
            shown |= {name: value for name, value in body["requests"][0].items() if name != "content"}
        stats.bodies = [*stats.bodies[-99:], shown]
        stats.paths = [*stats.paths[-99:], request.url.path]

    async def _show(self, _request: Request) -> Response:
        return JSONResponse(asdict(self.stats))

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


@contextmanager
def running(settings: Settings | None = None) -> Iterator[Stub]:
    """Run the stub on a free port of 127.0.0.1, in a thread of this process."""
    stub = Stub(settings)
    listener = socket.create_server(("127.0.0.1", 0))
    stub.url = f"http://127.0.0.1:{listener.getsockname()[1]}"
    server = uvicorn.Server(_config(stub))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, name="vendor-stub", daemon=True)
    thread.start()
    # The listener already queues connections, so clients need not wait until the server is up.
    try:
        yield stub
    finally:
        server.should_exit = True
        thread.join(10)
        listener.close()


def _config(stub: Stub) -> uvicorn.Config:
    return uvicorn.Config(stub.app, lifespan="off", log_level="warning", access_log=False, timeout_graceful_shutdown=1)


def main() -> None:
    parser = argparse.ArgumentParser(description="Stand-in for the embedding vendors.")
    parser.add_argument("--port", type=int, default=18080)
    parser.add_argument("--latency-ms", type=float, default=0.0)
    parser.add_argument("--dimensions", type=int, default=1536)
    arguments = parser.parse_args()
    stub = Stub(Settings(dimensions=arguments.dimensions, latency_ms=arguments.latency_ms))
    config = _config(stub)
    config.host, config.port = "127.0.0.1", arguments.port
    uvicorn.Server(config).run()


if __name__ == "__main__":
    main()
