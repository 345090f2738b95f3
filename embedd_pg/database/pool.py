"""Pools of sessions that fit what stands in front of PostgreSQL.

In front of the server itself, or of a pooler in transaction mode, sessions are kept and used again. A pooler in session
mode has few sessions of the server for all its clients, and a client that keeps one takes it from the others: there,
each use opens a session and closes it, so that every client gets its turn.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import psycopg
from psycopg.rows import dict_row
from psycopg_pool import AsyncConnectionPool, AsyncNullConnectionPool, PoolTimeout

from embedd_pg.database.connection import REACHING, Connection, connection_class
from embedd_pg.database.pooler import Pooler, probe_once
from embedd_pg.database.session_settings import SessionSettings


class SessionPool(AsyncConnectionPool[Connection]):
    """A pool that lends sessions ready for use, and drops all idle ones when one of them turns out to be dead.

    After a restart of the server all idle sessions are dead. Found one by one, each would cost a failed attempt, and
    each failed attempt a longer rest, for minutes after the server is back.
    """

    settings: SessionSettings
    #: Why the latest try to connect failed; empty if it succeeded.
    failures: list[psycopg.Error]

    @asynccontextmanager
    async def connection(self, timeout: float | None = None) -> AsyncIterator[Connection]:
        """Lend a session for the block. Behind a pooler, the block is one transaction."""
        try:
            session = await self.getconn(timeout)
        except PoolTimeout as error:
            raise error from (self.failures[-1] if self.failures else None)
        try:
            async with session:
                await session.make_ready(self.settings)
                yield session
        finally:
            await self.putconn(session)

    async def putconn(self, conn: Connection) -> None:
        broken = conn.broken
        await super().putconn(conn)
        if broken:
            await self.drain()


class _OpenedForEachUse(SessionPool, AsyncNullConnectionPool[Connection]):
    """A pool that keeps no session, and bounds how many are open at once."""


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
    try:
        shared = await probe_once(conninfo) in (Pooler.SESSION, Pooler.UNKNOWN)
    except psycopg.Error:
        shared = False
    failures: list[psycopg.Error] = []
    pool = (_OpenedForEachUse if shared else SessionPool)(
        conninfo,
        min_size=0 if shared else kept,
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
    pool.settings, pool.failures = settings, failures
    await pool.open()
    return pool
