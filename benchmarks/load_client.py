"""A client at almost no cost: many connections that send the same few requests over and over.

    python -m benchmarks.load_client --port 8000 --path /v1/... --key sk_... --clients 16 --seconds 5 --body '{...}' ...

Each connection sends its next request as soon as the answer to the last one has arrived. It reads the status and the
length of an answer and no more. Prints one line of JSON.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import re
import sys
import time
from collections.abc import Sequence

import uvloop

#: Seconds before the first counted answer.
WARM = 1.0
LENGTH = re.compile(rb"\r\ncontent-length: (\d+)\r\n", re.IGNORECASE)


class Client(asyncio.Protocol):
    """One connection. `ends` are the times at which answers were complete, `times` how long each took."""

    def __init__(self, requests: Sequence[bytes], first: int) -> None:
        self._requests = requests
        self._next = first
        self._sent = 0.0
        self._answer = b""
        self._missing: int | None = None
        self.ends: list[float] = []
        self.times: list[float] = []
        self.failure: str | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        self._transport = transport
        self._send()

    def data_received(self, data: bytes) -> None:
        self._answer += data
        if self._missing is None and (end := self._answer.find(b"\r\n\r\n")) >= 0:
            length = LENGTH.search(self._answer)
            if length is None or not self._answer.startswith(b"HTTP/1.1 200"):
                self._fail(self._answer[:500].decode(errors="replace"))
                return
            self._missing = end + 4 + int(length[1])
        if len(self._answer) == self._missing:
            now = time.perf_counter()
            self.ends.append(now)
            self.times.append(now - self._sent)
            self._send()

    def connection_lost(self, exc: Exception | None) -> None:
        self.failure = self.failure or f"the connection was closed: {exc}"

    def _send(self) -> None:
        self._answer, self._missing = b"", None
        self._sent = time.perf_counter()
        self._transport.write(self._requests[self._next % len(self._requests)])
        self._next += 1

    def _fail(self, why: str) -> None:
        self.failure = why
        self._transport.abort()


async def load(port: int, requests: Sequence[bytes], clients: int, seconds: float) -> dict[str, float]:
    """Send requests for some seconds. Return queries per second, and the median and the 99th percentile in ms."""
    loop = asyncio.get_running_loop()
    made = [Client(requests, first) for first in range(clients)]
    for client in made:
        await loop.create_connection(lambda client=client: client, "127.0.0.1", port)  # type: ignore[misc]
    await asyncio.sleep(WARM)
    print("warm", flush=True)
    start = time.perf_counter()
    await asyncio.sleep(seconds)
    end = time.perf_counter()
    if failed := [client.failure for client in made if client.failure]:
        sys.exit(f"{len(failed)} of {clients} clients failed: {failed[0]}")
    if idle := [client for client in made if not client.ends]:
        sys.exit(f"{len(idle)} of {clients} clients got no answer")
    times = sorted(
        took for client in made for ended, took in zip(client.ends, client.times, strict=True) if start <= ended < end
    )
    p50, p99 = (times[int(len(times) * part)] * 1000 for part in (0.5, 0.99))
    return {"queries": len(times), "queries_s": len(times) / (end - start), "p50_ms": p50, "p99_ms": p99}


def request(path: str, key: str, body: str) -> bytes:
    content = body.encode()
    head = (
        f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {key}\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(content)}\r\n\r\n"
    )
    return head.encode() + content


def main() -> None:
    parser = argparse.ArgumentParser(description="A client at almost no cost.")
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--path", required=True)
    parser.add_argument("--key", required=True)
    parser.add_argument("--clients", type=int, default=16)
    parser.add_argument("--seconds", type=float, default=5)
    parser.add_argument("--body", action="append", required=True)
    given = parser.parse_args()
    requests = [request(given.path, given.key, body) for body in given.body]
    print(json.dumps(uvloop.run(load(given.port, requests, given.clients, given.seconds))))


if __name__ == "__main__":
    main()
