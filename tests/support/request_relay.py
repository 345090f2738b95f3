"""An HTTP/1.1 relay. Requests lose their answers, arrive late, or arrive twice."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from urllib.parse import urlsplit


@dataclass
class RequestRelay:
    """A relay in which requests whose method and path match `hold` wait for `release`, even if their clients are gone.
    Of the answers to requests that match `lose`, as many are lost as `losses` says. Requests that match `twice` are
    delivered two times."""

    target: str
    url: str = ""
    hold: str | None = None
    lose: str | None = None
    losses: int = 0
    twice: str | None = None
    held: int = 0
    released: int = 0
    #: Every request that was passed on, unchanged.
    seen: list[bytes] = field(default_factory=list)
    _gate: asyncio.Event = field(default_factory=asyncio.Event)

    def release(self) -> None:
        self.hold = None
        self._gate.set()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError, asyncio.IncompleteReadError):
            while request := await _message(reader):
                answer = await self._pass_on(request)
                if answer is None:
                    writer.transport.abort()
                    return
                writer.write(answer)
                await writer.drain()
        writer.close()

    async def _pass_on(self, request: bytes) -> bytes | None:
        """Return the answer, or None if it is to be lost."""
        if late := _fits(self.hold, request):
            self.held += 1
            await self._gate.wait()
        answer = await self.deliver(request)
        self.released += late
        if _fits(self.twice, request):
            answer = await self.deliver(request)
        if self.losses and _fits(self.lose, request):
            self.losses -= 1
            return None
        return answer

    async def deliver(self, request: bytes) -> bytes:
        """Send a request to the target over a connection of its own."""
        place = urlsplit(self.target)
        reader, writer = await asyncio.open_connection(place.hostname, place.port)
        self.seen.append(request)
        writer.write(request)
        answer = await _message(reader)
        writer.close()
        return answer


async def _message(reader: asyncio.StreamReader) -> bytes:
    """Return one request or answer with its body, or nothing at the end of the connection."""
    try:
        head = await reader.readuntil(b"\r\n\r\n")
    except asyncio.IncompleteReadError:
        return b""
    length = re.search(rb"content-length: *(\d+)", head, re.IGNORECASE)
    return head + (await reader.readexactly(int(length.group(1))) if length else b"")


def _fits(pattern: str | None, request: bytes) -> bool:
    return pattern is not None and re.match(pattern, request.partition(b"\r\n")[0].decode()) is not None


@asynccontextmanager
async def request_relay(target: str) -> AsyncIterator[RequestRelay]:
    """Run a relay on a free port of 127.0.0.1."""
    relay = RequestRelay(target)
    server = await asyncio.start_server(relay.serve, "127.0.0.1", 0)
    relay.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    try:
        yield relay
    finally:
        server.close()
        relay.release()
