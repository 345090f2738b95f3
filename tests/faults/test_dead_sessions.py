"""Sessions that a server ended while they were idle (fault matrix, 21)."""

from __future__ import annotations

import asyncio

import psutil
import psycopg
import pytest

from embedd_pg.sources.connect import SourcePool, open_source
from tests.support.worker import wait_until


async def session(pool: SourcePool) -> int:
    async with pool.connection() as connection:
        await asyncio.sleep(0.2)  # so that each of them gets its own session
        await connection.execute("select 1")
        return connection.info.backend_pid


async def test_21_sessions_that_ended_while_idle_fail_only_once(installed: str) -> None:
    """Each failure would cost an attempt, and each failed attempt a longer rest, even when the server is back."""
    pool = await open_source(installed)
    try:
        pids = set(await asyncio.gather(*(session(pool) for _ in range(4))))
        assert len(pids) > 1
        async with await psycopg.AsyncConnection.connect(installed, autocommit=True) as other:
            for pid in pids:
                await other.execute("select pg_terminate_backend(%s)", [pid])
        await wait_until(lambda: not any(psutil.pid_exists(pid) for pid in pids), "the sessions end")
        with pytest.raises(psycopg.OperationalError):
            await session(pool)
        for _ in range(4):
            assert await session(pool) not in pids
    finally:
        await pool.close()
