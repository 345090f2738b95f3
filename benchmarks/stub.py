"""An embedding server at almost no cost: OpenAI's protocol, base64 replies, vectors joined from a pool of pieces.

    python -m benchmarks.stub --port 18080 [--latency-ms 50]

The tests' stub makes 10,000 vectors a second, less than what is measured here. This one joins four pieces, picked by
the text's checksum and kept in base64, so that texts have vectors of their own, all of length 1, for microseconds.
`GET /_stats`, `POST /_config` ({"latency_ms": 50, "refused": "part of a text"}) and `POST /_reset` drive it.
"""

from __future__ import annotations

import argparse
import asyncio
import base64
import json
import zlib
from functools import lru_cache
from typing import Any

import numpy as np
import uvicorn

PIECES = 4
#: Different pieces for each of the four places.
POOL = 256
REFUSAL = b'{"error": {"message": "refused", "type": "invalid_request_error", "code": "invalid_input"}}'


@lru_cache
def pool(dimensions: int) -> list[list[bytes]]:
    """Return the pieces in base64. Each piece must be whole in base64: three bytes make four characters."""
    size = dimensions // PIECES
    if dimensions % PIECES or size % 3:
        raise ValueError(f"dimensions must be a multiple of {3 * PIECES}")
    pieces = np.random.default_rng(7).standard_normal((PIECES, POOL, size)).astype("<f4")
    pieces /= np.linalg.norm(pieces, axis=2, keepdims=True) * np.sqrt(PIECES, dtype="<f4")
    return [[base64.b64encode(piece.tobytes()) for piece in place] for place in pieces]


def vector(text: str, dimensions: int) -> bytes:
    """Return the vector of a text in base64."""
    sum_ = zlib.crc32(text.encode("utf-8", "replace"))
    return b"".join([place[sum_ >> (8 * number) & 255] for number, place in enumerate(pool(dimensions))])


class Stub:
    """An ASGI application that records its requests."""

    def __init__(self, latency_ms: float) -> None:
        self.settings: dict[str, Any] = {"latency_ms": latency_ms, "refused": None}
        self.seen: dict[str, int] = {}
        self.forget()

    def forget(self) -> None:
        self.seen = {"requests": 0, "inputs": 0, "in_flight": 0, "peak_in_flight": 0}

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        body, more = [], True
        while more:
            message = await receive()
            body.append(message.get("body", b""))
            more = message.get("more_body", False)
        status, content = await self._answer(scope["path"], b"".join(body))
        headers = [(b"content-type", b"application/json"), (b"content-length", str(len(content)).encode())]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": content})

    async def _answer(self, path: str, body: bytes) -> tuple[int, bytes]:
        if path == "/_reset":
            self.forget()
        elif path == "/_config":
            self.settings |= json.loads(body)
        elif path == "/v1/embeddings":
            return await self._embed(json.loads(body))
        return 200, json.dumps(self.seen).encode()

    async def _embed(self, asked: dict[str, Any]) -> tuple[int, bytes]:
        texts = asked["input"] if isinstance(asked["input"], list) else [asked["input"]]
        seen, refused = self.seen, self.settings["refused"]
        seen["requests"] += 1
        seen["inputs"] += len(texts)
        seen["in_flight"] += 1
        seen["peak_in_flight"] = max(seen["peak_in_flight"], seen["in_flight"])
        await asyncio.sleep(self.settings["latency_ms"] / 1000)
        seen["in_flight"] -= 1
        if refused and any(refused in text for text in texts):
            return 400, REFUSAL
        size = asked.get("dimensions") or 384
        items = b",".join(
            [b'{"object":"embedding","index":%d,"embedding":"%b"}' % (n, vector(t, size)) for n, t in enumerate(texts)]
        )
        tokens = sum(len(text) for text in texts) // 4 + 1
        usage = b'{"prompt_tokens":%d,"total_tokens":%d}' % (tokens, tokens)
        return 200, b'{"object":"list","model":"stub-embed","data":[%b],"usage":%b}' % (items, usage)


def main() -> None:
    parser = argparse.ArgumentParser(description="A fast stand-in for an embedding vendor.")
    parser.add_argument("--port", type=int, default=18080)
    parser.add_argument("--latency-ms", type=float, default=0.0)
    arguments = parser.parse_args()
    uvicorn.run(Stub(arguments.latency_ms), port=arguments.port, lifespan="off", log_level="warning", access_log=False)


if __name__ == "__main__":
    main()
