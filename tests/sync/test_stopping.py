"""The stop of a worker."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import Any

import pytest

from embedd_pg.sync.queue.ledger import Claim
from embedd_pg.sync.worker import _end
from tests.support.worker import Site


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


@pytest.mark.parametrize("cut_off", [False, True])
async def test_a_worker_whose_claim_is_cut_off_leaves_its_leases_to_its_peers(
    site: Site, monkeypatch: pytest.MonkeyPatch, cut_off: bool
) -> None:
    await site.set_up(rows=5)
    async with site.worker() as running:
        await site.synced()
        claim, claimed = running.worker._ledger.claim, asyncio.Event()

        async def slow(*arguments: Any) -> Claim | None:
            made = await claim(*arguments)
            claimed.set()
            await asyncio.sleep(60)
            return made

        if cut_off:
            monkeypatch.setattr(running.worker._ledger, "claim", slow)
            await site.do("update articles set title = 'new'")
            await claimed.wait()
    assert len(await site.do("select * from embedd_internal.peers('another')")) == cut_off
