"""Relays in front of the test server that behave like faulty networks and poolers: they keep sessions open without a
peer, and swallow notifications."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field

from psycopg.conninfo import make_conninfo

from tests.support.relay import Relay, opened


@dataclass
class DatabaseRelay(Relay):
    """A relay whose `url` leads through it. After `half_open()`, present connections stay open, and data sent on them
    is swallowed. With `deaf`, notifications are swallowed, as by a pooler in transaction mode."""

    deaf: bool = False
    _dead: set[asyncio.StreamWriter] = field(default_factory=set)

    @property
    def url(self) -> str:
        # Use no encryption, so that messages can be distinguished.
        return make_conninfo(self.target, host="127.0.0.1", port=self.port, sslmode="disable", gssencmode="disable")

    def half_open(self) -> None:
        self._dead |= self._writers

    async def _pass(self, data: bytes, writer: asyncio.StreamWriter) -> None:
        if writer not in self._dead:
            await super()._pass(data, writer)

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if not self.deaf:
            await super()._answer(reader, writer)
            return
        with suppress(OSError, asyncio.IncompleteReadError):
            while True:
                head = await reader.readexactly(5)
                message = head + await reader.readexactly(int.from_bytes(head[1:], "big") - 4)
                if head[:1] != b"A":  # NotificationResponse
                    await self._pass(message, writer)
        writer.close()


@asynccontextmanager
async def database_relay(dsn: str, *, deaf: bool = False) -> AsyncIterator[DatabaseRelay]:
    async with opened(DatabaseRelay(dsn, deaf=deaf)) as relay:
        yield relay
