"""Sessions that are closed when the server stops answering.

Keepalive and tcp_user_timeout detect a dead peer. They detect nothing behind a load balancer or pooler that keeps the
dead connection open and acknowledges every byte: there, only the missing answer reveals it.
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
    """A session on which no statement waits forever: it is closed when the server stays silent."""

    #: Seconds to wait for an answer. More than the statement_timeout of embedd's sessions, within which a live server
    #: answers. None waits without limit, for statements of any duration.
    silence: float | None = 130.0
    _hung_up = False

    def __init__(self, *args: Any, **named: Any) -> None:
        super().__init__(*args, **named)
        #: Settings already made in this session, so that they need not be made again.
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
        """Close the session after this time in seconds, whether or not its server answers."""
        asyncio.get_running_loop().call_later(seconds, self._hang_up)

    def _hang_up(self) -> None:
        """Shut down the socket, so that a waiting statement fails at once. Cancelling would need the server's help."""
        if self.closed:
            return
        self._hung_up = True
        with suppress(OSError), socket.socket(fileno=os.dup(self.pgconn.socket)) as line:
            line.shutdown(socket.SHUT_RDWR)


@cache
def connection_class(statement_timeout: float) -> type[Connection]:
    """Return the class of sessions whose statements end within a timeout other than the usual 120 seconds."""
    if statement_timeout == 120:
        return Connection
    return type("Connection", (Connection,), {"silence": 1.1 * statement_timeout})
