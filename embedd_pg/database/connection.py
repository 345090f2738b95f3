"""Sessions that give up a server which has fallen silent.

Keepalive and tcp_user_timeout find a peer that is gone. They do not find one behind a balancer or pooler that keeps
the dead connection open and acknowledges every byte: there only the missing answer tells.
"""

from __future__ import annotations

import asyncio
import os
import socket
from contextlib import suppress
from functools import cache
from typing import Any

import psycopg


class ServerSilent(psycopg.OperationalError):
    """The server has not answered in time."""


class Connection(psycopg.AsyncConnection[Any]):
    """A session on which no statement waits for ever; it is broken off when one would."""

    #: Seconds without an answer: more than the statement_timeout of our sessions, within which a live server answers.
    #: None, for a statement that takes as long as it takes, waits.
    silence: float | None = 130.0
    _hung_up = False

    def __init__(self, *args: Any, **named: Any) -> None:
        super().__init__(*args, **named)
        #: Settings of the session that whoever made them need not make again.
        self.settled: dict[str, str] = {}

    async def wait(self, *args: Any, **named: Any) -> Any:
        if self.silence is None:
            return await super().wait(*args, **named)
        timer = asyncio.get_running_loop().call_later(self.silence, self._hang_up)
        try:
            return await super().wait(*args, **named)
        except psycopg.OperationalError as error:
            if self._hung_up:
                raise ServerSilent("The server does not answer.") from error
            raise
        finally:
            timer.cancel()

    def end_after(self, seconds: float) -> None:
        """Break it off then, whatever its server says or does not say until then."""
        asyncio.get_running_loop().call_later(seconds, self._hang_up)

    def _hang_up(self) -> None:
        """Whoever waits for the answer meets the end of the line at once; to cancel would mean to ask the server."""
        if self.closed:
            return
        self._hung_up = True
        with suppress(OSError), socket.socket(fileno=os.dup(self.pgconn.socket)) as line:
            line.shutdown(socket.SHUT_RDWR)


@cache
def connection_class(statement_timeout: float) -> type[Connection]:
    """Sessions for statements that end within so many seconds, other than the usual 120."""
    if statement_timeout == 120:
        return Connection
    return type("Connection", (Connection,), {"silence": 1.1 * statement_timeout})
