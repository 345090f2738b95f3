"""Which of its sessions a pool lends."""

from __future__ import annotations

import asyncio

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
