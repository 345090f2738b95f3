"""A TCP port of 127.0.0.1 in front of a server: a network that can slow down, lose, break, swallow and duplicate data.

A black hole holds all data back and closes nothing. The data goes on when it ends, unless the connections are cut.
`HttpRelay` understands requests: it can send one twice, or late and without its client.
"""

from __future__ import annotations

import asyncio
import random
import re
import socket
import struct
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import TypeVar

from psycopg.conninfo import conninfo_to_dict

#: Seconds after which Linux sends a lost packet again; each further time takes twice as long.
RETRANSMISSION = 0.2
R = TypeVar("R", bound="Relay")


@dataclass
class Relay:
    """A relay. While `up` is false, it accepts no connections, and open ones are closed."""

    #: A connection string, or host:port.
    target: str
    port: int = 0
    up: bool = True
    #: Seconds that each piece of data waits, in both directions.
    delay: float = 0.0
    #: A connection is reset after an answer of this many bytes.
    cut_after: int | None = None
    black_hole: bool = False
    #: Requests arrive, answers do not.
    swallow: bool = False
    #: The share of packets that are lost, in both directions. TCP sends them again, so data comes late.
    loss: float = 0.0
    chance: random.Random = field(default_factory=random.Random)
    _writers: set[asyncio.StreamWriter] = field(default_factory=set)

    @property
    def dsn(self) -> str:
        return self.target

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if not self.up:
            writer.close()
            return
        try:
            there, back = await self._connect()
        except OSError:
            _reset(writer)
            return
        self._writers |= {writer, back}
        await asyncio.gather(self._ask(reader, back), self._answer(there, writer))
        self._writers -= {writer, back}

    async def _connect(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        if re.fullmatch(r"[\w.]+:\d+", self.target):
            host, _, number = self.target.partition(":")
            return await asyncio.open_connection(host, int(number))
        place = conninfo_to_dict(self.target)
        host, port = str(place.get("host") or "/tmp"), place.get("port") or 5432
        if host.startswith("/"):
            return await asyncio.open_unix_connection(f"{host}/.s.PGSQL.{port}")
        return await asyncio.open_connection(host, int(port))

    async def _ask(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError):
            while data := await reader.read(65536):
                await self._pass(data, writer)
        with suppress(OSError):
            writer.close()

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        answered = 0
        with suppress(OSError):
            while data := await reader.read(65536):
                if self.swallow:
                    continue
                if self.cut_after is not None and answered + len(data) > self.cut_after:
                    writer.write(data[: max(0, self.cut_after - answered)])
                    _reset(writer)
                    break
                answered += len(data)
                await self._pass(data, writer)
        with suppress(OSError):
            writer.close()

    async def _pass(self, data: bytes, writer: asyncio.StreamWriter) -> None:
        if self.delay:
            await asyncio.sleep(self.delay)
        wait = RETRANSMISSION
        while self.chance.random() < self.loss:
            await asyncio.sleep(wait)
            wait *= 2
        while self.black_hole:  # noqa: ASYNC110 - it is a plain flag to whoever sets it
            await asyncio.sleep(0.02)
        writer.write(data)
        await writer.drain()

    def cut(self) -> None:
        self.up = False
        self.reset()

    def reset(self) -> None:
        """Reset all connections; new ones are accepted."""
        for writer in self._writers:
            _reset(writer)

    def mend(self) -> None:
        """End all faults, and close the connections that lost data."""
        if self.swallow:
            self.reset()
        self.up, self.delay, self.cut_after, self.black_hole, self.swallow = True, 0.0, None, False, False
        self.loss = 0.0


@dataclass
class HttpRelay(Relay):
    """A relay that duplicates and delays whole requests at random."""

    #: The share of requests sent once more, up to two seconds later.
    doubled: float = 0.0
    #: The share of requests whose connection breaks, but which arrive up to two seconds later.
    late: float = 0.0
    sent_later: int = 0
    _later: set[asyncio.Task[None]] = field(default_factory=set)

    async def _ask(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError, asyncio.IncompleteReadError):
            while True:
                request = await reader.readuntil(b"\r\n\r\n")
                if length := re.search(rb"\ncontent-length: *(\d+)", request, re.IGNORECASE):
                    request += await reader.readexactly(int(length[1]))
                if self.chance.random() < self.late:
                    self._send_later(request)
                    break
                if self.chance.random() < self.doubled:
                    self._send_later(request)
                await self._pass(request, writer)
        with suppress(OSError):
            writer.close()

    def _send_later(self, request: bytes) -> None:
        self.sent_later += 1
        task = asyncio.create_task(self._send(request, self.chance.uniform(0.0, 2.0)))
        self._later.add(task)
        task.add_done_callback(self._later.discard)

    async def _send(self, request: bytes, wait: float) -> None:
        await asyncio.sleep(wait)
        with suppress(OSError):
            reader, writer = await self._connect()
            writer.write(request)
            await reader.read(1)
            writer.close()

    def mend(self) -> None:
        super().mend()
        self.doubled = self.late = 0.0

    async def landed(self) -> None:
        """Return whether all delayed requests have arrived."""
        await asyncio.gather(*self._later)


def _reset(writer: asyncio.StreamWriter) -> None:
    """Reset a connection like a network failure: data on its way is lost."""
    connection = writer.get_extra_info("socket")
    if connection is not None and connection.family != socket.AF_UNIX and not writer.transport.is_closing():
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()


@asynccontextmanager
async def relay_to(dsn: str) -> AsyncIterator[Relay]:
    async with opened(Relay(dsn)) as relay:
        yield relay


@asynccontextmanager
async def opened(relay: R) -> AsyncIterator[R]:
    server = await asyncio.start_server(relay.serve, "127.0.0.1", 0)
    relay.port = server.sockets[0].getsockname()[1]
    try:
        yield relay
    finally:
        server.close()
        relay.cut()
