"""Sessions that have the settings they need, and are closed when the server stops answering.

Keepalive and tcp_user_timeout detect a dead peer. They detect nothing behind a load balancer or pooler that keeps the
dead connection open and acknowledges every byte: there, only the missing answer reveals it. A statement may take long,
so after some seconds the session asks the server, over another session, whether it still works on the statement.

A pooler reveals itself in each session: the process id that it announces is not that of the server. Behind it nothing
is kept in the server's session, neither settings nor prepared statements, because others may use that session next.
"""

from __future__ import annotations

import asyncio
import os
import socket
from collections.abc import Iterable
from contextlib import suppress
from functools import cache
from typing import Any

import psycopg
import structlog
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from psycopg.pq import TransactionStatus
from psycopg.rows import tuple_row

from embedd_pg.database.session_settings import SessionSettings

#: Arguments of every connection: how long to try, and when to give up a peer that no longer answers.
REACHING: dict[str, Any] = {
    "connect_timeout": 10,
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 15_000,
}

log = structlog.get_logger(__name__)

_STATE = """
    select pg_backend_pid(), (
      select coalesce(state, 'hidden') from pg_stat_activity where pid = %s and backend_type = 'client backend')"""


class ServerSilent(psycopg.OperationalError):
    """The server has not answered in time."""


class AnswerGarbled(psycopg.OperationalError):
    """The connection broke off within an answer. A pooler then puts its error in the middle of the server's answer."""


#: Errors of the driver itself, not of the server, about an answer that follows no protocol.
_GARBLED = (psycopg.DatabaseError, psycopg.InternalError, psycopg.InterfaceError)


class SettingsLost(psycopg.OperationalError):
    """A session does not keep the settings that were made in it."""


class Connection(psycopg.AsyncConnection[Any]):
    """A session on which no statement waits forever: it is closed when the server stays silent."""

    #: Seconds to wait for an answer. More than the statement_timeout of embedd's sessions, within which a live server
    #: answers. None waits without limit, for statements of any duration.
    silence: float | None = 130.0
    #: Seconds without an answer after which the session asks whether the server works on the statement, and then asks
    #: again; and the seconds that the server has to answer that inquiry.
    doubt, inquiry = 4.0, 6.0
    _hung_up = False

    def __init__(self, *args: Any, **named: Any) -> None:
        super().__init__(*args, **named)
        #: Settings already made in this session, so that they need not be made again.
        self.settled: dict[str, str] = {}
        #: Whether there is a pooler in front of the server; None until that was checked.
        self.pooled: bool | None = None
        self._asking: asyncio.Task[None] | None = None

    @classmethod
    async def connect(  # type: ignore[override]
        cls, conninfo: str = "", *, failures: list[psycopg.Error] | None = None, **named: Any
    ) -> Connection:
        """Connect. Keep the latest failure in `failures`, so that a pool can say why it has no session."""
        try:
            made = await super().connect(conninfo, **named)
        except psycopg.Error as error:
            if failures is not None:
                failures[:] = [error]
            raise
        if failures is not None:
            failures.clear()
        return made

    async def make_ready(self, settings: SessionSettings) -> None:
        """Make the session ready for use: with its settings or, behind a pooler, in a transaction that has them.

        Raise SettingsLost if the session does not keep its settings although there seems to be no pooler.
        """
        await self.settle(settings)
        if self.pooled:
            await self._begin(settings)

    async def settle(self, settings: SessionSettings) -> None:
        """Detect a pooler. If there is none, make the settings, and check that they last."""
        if self.pooled is not None:
            return
        await self.set_read_only(settings.read_only or None)
        if await self.server_process() != self.info.backend_pid:
            self.pooled, self.prepare_threshold = True, None
            return
        await self._row(settings.lasting)
        pid, *shown = await self._row(settings.shown)
        if pid != self.info.backend_pid:
            raise SettingsLost("Statements of one session are answered by several processes of the server.")
        _compare(settings, shown)
        self.pooled = False

    async def server_process(self) -> int:
        """Return the id of the server's process that answers now."""
        return int((await self._row(b"select pg_catalog.pg_backend_pid()"))[0])

    async def _begin(self, settings: SessionSettings) -> None:
        try:
            made = await self._row(settings.transaction)
        except psycopg.errors.FeatureNotSupported:
            await self.rollback()
            made = await self._row(settings.transaction_in_recovery)
        _compare(settings, made)

    async def _row(self, statements: bytes) -> tuple[Any, ...]:
        """Return the only row of the last of these statements."""
        async with self.cursor(row_factory=tuple_row) as cursor:
            await cursor.execute(statements)
            while cursor.nextset():
                pass
            return await cursor.fetchone() or ()

    async def commit(self) -> None:
        """Commit. Outside a transaction there is nothing to wait for."""
        if self.pgconn.transaction_status != TransactionStatus.IDLE:
            await super().commit()

    async def wait(self, *args: Any, **named: Any) -> Any:
        loop = asyncio.get_running_loop()
        timers = [loop.call_later(self.doubt, self._ask)]
        if self.silence is not None:
            timers.append(loop.call_later(self.silence, self._hang_up))
        try:
            return await super().wait(*args, **named)
        except psycopg.Error as error:
            if self._hung_up:
                raise ServerSilent("The server does not answer.") from error
            if type(error) in _GARBLED and error.sqlstate is None:
                await self.close()  # what is left of the answer must not answer another statement
                raise AnswerGarbled("The connection broke off within an answer.") from error
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
            if idle and state.startswith("idle"):
                break
            idle = state.startswith("idle")
            await asyncio.sleep(self.doubt)
        log.warning("database_session_silent", host=self.info.host)
        self._hang_up()

    async def _state(self) -> str | None:
        """Return the state of this session in pg_stat_activity; None if it is gone or the server does not answer.

        Behind a pooler the state is `unknown`: its process ids differ, and it may let the inquiry wait for a session.
        """
        parameters = self.info.get_parameters() | {"application_name": "embedd inquiry"}
        address = make_conninfo(**parameters, password=self.info.password or None)
        try:
            async with (
                asyncio.timeout(self.inquiry),
                await psycopg.AsyncConnection.connect(address, autocommit=True) as other,
            ):
                if self.pooled:
                    return "unknown"
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


def _compare(settings: SessionSettings, shown: Iterable[Any]) -> None:
    """Raise SettingsLost unless the session shows the settings it was given."""
    for (name, value), found in zip(settings.values.items(), shown, strict=True):
        if found != value:
            raise SettingsLost(f"A session shows {name} as {found!r} after it was set to {value!r}.")


def address_of(conninfo: str) -> str:
    """Return the address of a database for log lines: host, port and name, without any secret."""
    try:
        named = conninfo_to_dict(conninfo)
    except psycopg.ProgrammingError:
        return "an invalid URL"
    host = named.get("hostaddr") or named.get("host") or os.environ.get("PGHOST") or "the default host"
    return f"{host}:{named.get('port') or 5432}/{named.get('dbname') or ''}"


@cache
def connection_class(statement_timeout: float) -> type[Connection]:
    """Return the class of sessions whose statements end within a timeout other than the usual 120 seconds."""
    if statement_timeout == 120:
        return Connection
    return type("Connection", (Connection,), {"silence": 1.1 * statement_timeout})
