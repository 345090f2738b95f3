"""Which of its sessions a pool lends."""

from __future__ import annotations

import asyncio

import pytest

from embedd_pg.database.call import open_pool


async def test_the_session_that_was_used_last_is_lent_first(database: str) -> None:
    pool = await open_pool(database)
    try:
        async with pool.connection() as one, pool.connection() as other:
            both = {one.info.backend_pid, other.info.backend_pid}
        lent = []
        for _ in range(4):
            async with pool.connection() as session:
                lent.append(session.info.backend_pid)
            await asyncio.sleep(0)
        assert len(both) == 2
        assert len(set(lent)) == 1
        assert set(lent) <= both
    finally:
        await pool.close()


@pytest.mark.parametrize("ticks", range(12))
async def test_a_task_that_is_cancelled_as_it_gets_a_session_ends(database: str, ticks: int) -> None:
    """On Python 3.11 `wait_for`, by which the pool waits, loses a cancellation that meets the session."""
    async with await open_pool(database, size=1) as pool:
        went_on = False

        async def use() -> None:
            nonlocal went_on
            async with pool.connection():
                went_on = True
                await asyncio.sleep(60)

        for _ in range(10):
            async with pool.connection():
                waiting = asyncio.create_task(use())
                await asyncio.sleep(0.01)
            for _ in range(ticks):
                await asyncio.sleep(0)
            waiting.cancel()
            ended, _ = await asyncio.wait({waiting}, timeout=5)
            assert ended and waiting.cancelled(), went_on
        async with pool.connection() as session:
            assert (await session.execute("select 1")).rowcount == 1
