"""The stop of a worker."""

from __future__ import annotations

import asyncio
from contextlib import suppress

from embedd_pg.sync.worker import _end


async def test_a_task_that_loses_its_cancellation_is_cancelled_again() -> None:
    """Python 3.11 loses a cancellation if the awaitable of `wait_for` ends at the same moment."""

    async def deaf() -> None:
        with suppress(asyncio.CancelledError):
            await asyncio.sleep(3600)
        await asyncio.sleep(3600)

    task = asyncio.create_task(deaf())
    await asyncio.sleep(0)
    task.cancel()
    await asyncio.wait_for(_end([task]), 30)
    assert task.cancelled()
