"""Malicious servers: a PostgreSQL server that requests what it likes, and an HTTP server that answers what it likes."""

from __future__ import annotations

import asyncio
import struct
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Literal

#: The behaviours of the fake PostgreSQL after a client's first packet.
Manner = Literal["cleartext", "md5", "trust", "mute", "mute after login"]
_SSL, _GSS = 80877103, 80877104
SALT = b"\x01\x02\x03\x04"


@dataclass
class FakePostgres:
    """A fake server that records its clients: the settings in the first packet of each, and every message after it."""

    port: int
    manner: Manner = "trust"
    startups: list[dict[str, str]] = field(default_factory=list)
    messages: list[bytes] = field(default_factory=list)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        code = _SSL
        while code in (_SSL, _GSS):
            size, code = struct.unpack("!ii", await reader.readexactly(8))
            rest = await reader.readexactly(size - 8)
            if code in (_SSL, _GSS):
                writer.write(b"N")
        texts = rest.decode().split("\0")
        self.startups.append(dict(zip(texts[::2], texts[1::2], strict=False)))
        if self.manner == "cleartext":
            writer.write(b"R" + struct.pack("!ii", 8, 3))
        elif self.manner == "md5":
            writer.write(b"R" + struct.pack("!ii", 12, 5) + SALT)
        elif self.manner != "mute":
            writer.write(b"R" + struct.pack("!ii", 8, 0) + b"Z" + struct.pack("!i", 5) + b"I")
        while True:
            kind = await reader.readexactly(1)
            (size,) = struct.unpack("!i", await reader.readexactly(4))
            self.messages.append(kind + await reader.readexactly(size - 4))
            if kind == b"p":
                return  # it has what it wanted


@asynccontextmanager
async def fake_postgres(manner: Manner = "trust") -> AsyncIterator[FakePostgres]:
    fake = FakePostgres(0, manner)
    async with _listening(fake.serve) as fake.port:
        yield fake


Answer = Callable[["FakeHttp", asyncio.StreamWriter], Awaitable[None]]


@dataclass
class FakeHttp:
    """A fake server that records the head of every request. Each connection takes one."""

    answer: Answer
    url: str = ""
    port: int = 0
    heads: list[str] = field(default_factory=list)
    sent: int = 0
    ended: asyncio.Event = field(default_factory=asyncio.Event)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        length = next((int(line[15:]) for line in head.split("\r\n") if line.lower().startswith("content-length:")), 0)
        await reader.readexactly(length)
        self.heads.append(head)
        try:
            await self.answer(self, writer)
        finally:
            self.ended.set()

    async def send(self, writer: asyncio.StreamWriter, data: bytes) -> None:
        writer.write(data)
        await writer.drain()
        self.sent += len(data)


@asynccontextmanager
async def fake_http(answer: Answer, host: str = "127.0.0.1", port: int = 0) -> AsyncIterator[FakeHttp]:
    fake = FakeHttp(answer)
    async with _listening(fake.serve, host, port) as fake.port:
        fake.url = f"http://{host}:{fake.port}"
        yield fake


def replying(body: bytes, status: str = "200 OK", **headers: str) -> Answer:
    """Return a complete reply. Write a header's name with _ for -."""
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", "Connection: close"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]

    async def answer(fake: FakeHttp, writer: asyncio.StreamWriter) -> None:
        await fake.send(writer, "\r\n".join([*lines, "", ""]).encode() + body)

    return answer


@asynccontextmanager
async def _listening(
    serve: Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]],
    host: str = "127.0.0.1",
    port: int = 0,
) -> AsyncIterator[int]:
    running: set[asyncio.Task[None]] = set()

    async def client(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        running.add(task)
        with suppress(OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
            await serve(reader, writer)
        writer.close()
        running.discard(task)

    server = await asyncio.start_server(client, host, port)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
        for task in [*running]:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)
