"""Pools of sessions that fit what stands in front of PostgreSQL.

In front of the server itself, or of a pooler in transaction mode, sessions are kept and used again. A pooler in session
mode has few sessions of the server for all its clients, and a client that keeps one takes it from the others: there,
each use opens a session and closes it, so that every client gets its turn.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from time import monotonic

import psycopg
from psycopg.rows import dict_row
from psycopg_pool import AsyncConnectionPool, AsyncNullConnectionPool, PoolTimeout

from embedd_pg import observed
from embedd_pg.database.connection import REACHING, Connection, connection_class
from embedd_pg.database.pooler import Pooler, probe_once
from embedd_pg.database.session_settings import SessionSettings

#: Seconds between two tries to get a first session.
RETRY = 0.5


class SessionPool:
    """A pool that lends sessions ready for use, and drops all idle ones when one of them turns out to be dead.

    After a restart of the server all idle sessions are dead. Found one by one, each would cost a failed attempt, and
    each failed attempt a longer rest, for minutes after the server is back.

    If the database could not be reached at first, nobody knows whether others need its sessions. Each use then opens a
    session, until one of them leads straight to the server.
    """

    def __init__(self, open_: _Open, settings: SessionSettings, *, name: str, pooler: Pooler | None) -> None:
        self._open, self._settings, self._name = open_, settings, name
        self._unknown = pooler is None
        self._kept = pooler in (Pooler.NONE, Pooler.TRANSACTION)
        #: Why the latest try to connect failed; empty if it succeeded.
        self._failures: list[psycopg.Error] = []
        self._pool: AsyncConnectionPool[Connection]

    async def open(self) -> None:
        self._pool = await self._open(self._kept, self._failures)
        observed.watch(self)

    def measure(self) -> Iterator[tuple[str, dict[str, str], float]]:
        """Return how many sessions are open, and how many calls wait for one."""
        found = self._pool.get_stats()
        idle = found.get("pool_available", 0)
        yield "sessions", {"pool": self._name, "state": "idle"}, idle
        yield "sessions", {"pool": self._name, "state": "in_use"}, found.get("pool_size", 0) - idle
        yield "sessions_waited_for", {"pool": self._name}, found.get("requests_waiting", 0)

    async def __aenter__(self) -> SessionPool:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def wait(self, timeout: float) -> None:
        """Wait for the first session. Raise PoolTimeout after this time in seconds."""
        deadline = monotonic() + timeout
        while True:
            try:
                async with self.connection(timeout):
                    return
            except psycopg.OperationalError as error:
                if monotonic() + RETRY > deadline:
                    raise PoolTimeout(f"no session after {timeout} s") from error
            await asyncio.sleep(RETRY)

    async def close(self, timeout: float = 5.0) -> None:
        """Close all sessions. Give those that are lent this time in seconds to come back."""
        await self._pool.close(timeout)

    async def drain(self) -> None:
        """Close all idle sessions."""
        await self._pool.drain()

    @asynccontextmanager
    async def connection(self, timeout: float | None = None) -> AsyncIterator[Connection]:
        """Lend a session for the block. Behind a pooler, the block is one transaction."""
        pool, cancelled = self._pool, _cancellations()
        try:
            session = await pool.getconn(timeout)
        except PoolTimeout as error:
            raise error from (self._failures[-1] if self._failures else None)
        try:
            if _cancellations() > cancelled:
                # Python 3.11's `wait_for`, by which the pool waits, loses a cancellation that meets the session.
                raise asyncio.CancelledError
            async with session:
                await session.make_ready(self._settings)
                if self._unknown and session.pooled is False:
                    await self._keep_sessions()
                yield session
        finally:
            broken = session.broken
            await pool.putconn(session)
            if broken:
                await pool.drain()

    async def _keep_sessions(self) -> None:
        """Keep sessions from now on. Those that are lent are closed when they come back."""
        self._unknown, self._kept = False, True
        former, self._pool = self._pool, await self._open(True, self._failures)
        await former.close()


def _cancellations() -> int:
    """Return how many requests to cancel the running task have not been answered yet."""
    task = asyncio.current_task()
    return task.cancelling() if task else 0


class _LatestFirst(AsyncConnectionPool[Connection]):
    """A pool that lends the session that was used last: it has planned the usual statements already, which takes tens
    of milliseconds in each other one. Sessions that only peaks need stay idle, until they are closed."""

    async def _get_ready_connection(self, timeout: float | None) -> Connection | None:
        self._pool.rotate(1)
        return await super()._get_ready_connection(timeout)


#: Opens a pool that keeps sessions, or one that keeps none and bounds how many are open at once. It keeps the latest
#: failure in the list.
_Open = Callable[[bool, list[psycopg.Error]], Awaitable[AsyncConnectionPool[Connection]]]


async def open_sessions(
    conninfo: str,
    settings: SessionSettings,
    *,
    size: int,
    kept: int,
    timeout: float,
    statement_timeout: float,
    application_name: str,
) -> SessionPool:
    """Return a pool of up to `size` sessions. It keeps `kept` of them open, or none if a pooler needs them for others.

    A database that cannot be reached is reported at the first use.
    """

    async def open_(keep: bool, failures: list[psycopg.Error]) -> AsyncConnectionPool[Connection]:
        pool = (_LatestFirst if keep else AsyncNullConnectionPool[Connection])(
            conninfo,
            min_size=kept if keep else 0,
            max_size=size,
            timeout=timeout,
            # The pool retries at growing intervals, then gives up. The next call starts over.
            reconnect_timeout=20,
            open=False,
            connection_class=connection_class(statement_timeout),
            kwargs={
                "autocommit": True,
                "row_factory": dict_row,
                "application_name": application_name,
                "failures": failures,
                **REACHING,
            },
        )
        await pool.open()
        return pool

    try:
        pooler = await probe_once(conninfo)
    except psycopg.Error:
        pooler = None
    made = SessionPool(open_, settings, name=application_name, pooler=pooler)
    await made.open()
    return made
