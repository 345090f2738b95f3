"""Sessions that are closed when the server stops answering.

Keepalive and tcp_user_timeout detect a dead peer. They detect nothing behind a load balancer or pooler that keeps the
dead connection open and acknowledges every byte: there, only the missing answer reveals it. A statement may take long,
so after some seconds the session asks the server, over another session, whether it still works on the statement.
"""

from __future__ import annotations

import asyncio
import os
import socket
from contextlib import suppress
from functools import cache
from typing import Any

import psycopg
import structlog
from psycopg.conninfo import make_conninfo

log = structlog.get_logger(__name__)

_STATE = """
    select pg_backend_pid(), (
      select coalesce(state, 'hidden') from pg_stat_activity where pid = %s and backend_type = 'client backend')"""


class ServerSilent(psycopg.OperationalError):
    """The server has not answered in time."""


class Connection(psycopg.AsyncConnection[Any]):
    """A session on which no statement waits forever: it is closed when the server stays silent."""

    #: Seconds to wait for an answer. More than the statement_timeout of embedd's sessions, within which a live server
    #: answers. None waits without limit, for statements of any duration.
    silence: float | None = 130.0
    #: Seconds without an answer after which the session asks whether the server is at work, and again as often; and the
    #: seconds that the server has to answer that.
    doubt, inquiry = 4.0, 6.0
    _hung_up = False

    def __init__(self, *args: Any, **named: Any) -> None:
        super().__init__(*args, **named)
        #: Settings already made in this session, so that they need not be made again.
        self.settled: dict[str, str] = {}
        self._asking: asyncio.Task[None] | None = None

    async def wait(self, *args: Any, **named: Any) -> Any:
        loop = asyncio.get_running_loop()
        timers = [loop.call_later(self.doubt, self._ask)]
        if self.silence is not None:
            timers.append(loop.call_later(self.silence, self._hang_up))
        try:
            return await super().wait(*args, **named)
        except psycopg.OperationalError as error:
            if self._hung_up:
                raise ServerSilent("The server does not answer.") from error
            raise
        finally:
            for timer in timers:
                timer.cancel()
            if self._asking is not None:
                self._asking.cancel()
                self._asking = None

    def end_after(self, seconds: float) -> None:
        """Close the session after this time in seconds, whether or not its server answers."""
        asyncio.get_running_loop().call_later(seconds, self._hang_up)

    def _ask(self) -> None:
        self._asking = asyncio.get_running_loop().create_task(self._watch())

    async def _watch(self) -> None:
        """Hang up if the server does not answer an inquiry, or says twice in a row that this session is idle."""
        idle = False
        while (state := await self._state()) is not None:
            if idle and state == "idle":
                break
            idle = state == "idle"
            await asyncio.sleep(self.doubt)
        log.warning("database_session_silent", host=self.info.host)
        self._hang_up()

    async def _state(self) -> str | None:
        """Return the state of this session in pg_stat_activity; `unknown` behind a pooler, whose process ids differ.
        Return None if the session is gone or the server does not answer."""
        parameters = self.info.get_parameters() | {"application_name": "embedd inquiry"}
        address = make_conninfo(**parameters, password=self.info.password or None)
        try:
            async with (
                asyncio.timeout(self.inquiry),
                await psycopg.AsyncConnection.connect(address, autocommit=True) as other,
            ):
                cursor = await other.execute(_STATE, [self.info.backend_pid], prepare=False)
                own, state = await cursor.fetchone() or (None, None)
                return "unknown" if own != other.info.backend_pid else state
        except (TimeoutError, psycopg.Error) as error:
            # A server that refuses the session, for example because all are in use, is alive.
            return "unknown" if "FATAL" in str(error) else None

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
