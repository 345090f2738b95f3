"""Rows that kill the worker, and rows that the provider refuses: set aside one by one, while the others continue."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from tests.support.worker import Site, both_stores, wait_until

POISON = "after_read?poison=exit"


@asynccontextmanager
async def started_again(site: Site, failpoints: str, *, batch_size: int = 20) -> AsyncIterator[list[int]]:
    """Run a worker process that is restarted whenever it ends. Count the restarts."""
    starts = [0]

    async def supervise() -> None:
        while True:
            starts[0] += 1
            process = site.process(failpoints, EMBEDD_BATCH_SIZE=str(batch_size), EMBEDD_CONCURRENCY="4")
            await wait_until(lambda process=process: not process.alive, seconds=600)

    task = asyncio.create_task(supervise())
    try:
        yield starts
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def filled(site: Site, rows: int) -> None:
    """Create a vector table and sync it: later changes are jobs, not ranges."""
    await site.set_up(rows=rows)
    async with site.worker():
        await site.synced()


async def dead(site: Site) -> dict[str, str]:
    rows = await site.do("select key, reason from embedd.dead_letters('articles')")
    return {row["key"]: row["reason"] for row in rows}


@both_stores
async def test_58_a_row_that_crashes_three_workers_is_set_aside_and_the_rest_continues(site: Site) -> None:
    await filled(site, 60)
    await site.do("update articles set body = case when id in (7, 33) then 'poison' else 'new ' || id end")
    async with started_again(site, POISON) as starts:
        await site.quiet(seconds=90)
        assert await dead(site) == {"7": "crash", "33": "crash"}
        assert len([text for text in site.texts() if "new " in text]) == 58
        assert starts[0] <= 7
        status = await site.status()
        assert status["dead_rows"] == 2
        await site.do("update articles set body = 'harmless' where id = 7")
        await wait_until(lambda: site.texts()["Title: title 7\nharmless"], seconds=15)
        await site.quiet()
        assert await dead(site) == {"33": "crash"}
    assert site.texts()["Title: title 33\npoison"] == 0


async def test_58_a_poison_row_that_changes_again_crashes_only_one_more_worker(site: Site) -> None:
    await filled(site, 3)
    await site.do("update articles set body = 'poison' where id = 2")
    async with started_again(site, POISON) as starts:
        await site.quiet(seconds=60)
        before = starts[0]
        await site.do("update articles set body = 'poison again' where id = 2")
        await wait_until(lambda: starts[0] > before, seconds=15)
        await site.quiet(seconds=60)
        assert starts[0] == before + 1
        assert await dead(site) == {"2": "crash"}


async def test_58_manually_killed_workers_blame_no_row(site: Site) -> None:
    """Two kills in a row hit the same rows. Then one row at a time is at risk, and a success clears it."""
    await filled(site, 10)
    await site.do("update articles set body = 'changed'")
    for _ in range(2):
        site.stub.fault(hang=30)
        worker = site.process(EMBEDD_BATCH_SIZE="10")
        before = site.stub.stats.requests
        await wait_until(lambda before=before: site.stub.stats.requests > before)
        await worker.kill()
    async with site.worker():
        await site.synced()
    assert await dead(site) == {}


async def test_a_refused_row_is_shown_with_its_reason_and_retried_on_request(site: Site) -> None:
    await site.set_up(rows=5)
    await site.do("update articles set body = 'refused words' where id in (2, 4)")
    site.stub.settings.refuse_marker = "refused"
    async with site.worker():
        await site.quiet()
        letters = sorted(await site.do("select * from embedd.dead_letters()"), key=lambda one: str(one["key"]))
        assert [(one["vector_table_name"], one["key"], one["reason"]) for one in letters] == [
            ("articles", "2", "row"),
            ("articles", "4", "row"),
        ]
        assert all("refused words" not in str(one) for one in letters), "a row's text is nobody's business"
        site.stub.settings.refuse_marker = ""
        assert await site.one("select embedd.retry_dead_letters('articles', array['2', 'no such key'])") == 1
        await wait_until(lambda: site.texts()["Title: title 2\nrefused words"] > 1)
        await site.quiet()
        assert await dead(site) == {"4": "row"}
        assert await site.one("select embedd.retry_dead_letters('articles')") == 1
        await site.synced()
