"""The number of rows of a source in statuses: known from workers, and exact when no work waits."""

from __future__ import annotations

import asyncio

import psycopg
import pytest

from tests.support.worker import Site, wait_until
from tests.sync.test_budget import allow

pytestmark = pytest.mark.parametrize("site", ["managed"], indirect=True)


async def total(site: Site) -> int | None:
    found: int | None = (await site.status())["total_rows"]
    return found


async def test_the_rows_of_a_source_are_exact_whenever_nothing_waits(site: Site) -> None:
    await site.create_source(rows=5)
    await site.create_vector_table()
    assert await total(site) is None, "nobody has counted"
    async with site.worker():
        await wait_until(lambda: _is(site, 5), "the worker counts a new table")
        await site.backfill()
        await site.quiet()
        assert await total(site) == 5
        await site.insert("articles", 3, first=100)
        await site.do("delete from articles where id = 1")
        await site.do("update articles set body = null, title = null where id = 2")
        await site.quiet()
        status = await site.status()
        assert (status["total_rows"], status["synced_rows"], status["skipped_rows"]) == (7, 7, 1)
        site.stub.settings.refuse_marker = "no such text"
        await site.do("update articles set body = 'no such text' where id = 3")
        await site.do("insert into articles values (200, 'no such text', 'x')")
        await wait_until(lambda: _dead(site, 2), "both are set aside")
        assert await total(site) == 8
        await site.do("truncate articles")
        await site.quiet()
        assert await total(site) == 0


async def test_rows_that_a_tier_leaves_out_are_counted_in_the_source(site: Site) -> None:
    await allow(site, 5)
    async with site.worker():
        await site.set_up(8)
        await site.quiet()
        assert await total(site) == 8
        await site.insert("articles", 2, first=50)
        await wait_until(lambda: _is(site, 10), "two more that are left out")
        await site.do("delete from articles where id in (50, 1)")
        await wait_until(lambda: _is(site, 8), "one that was left out is gone, and one that was not")
        # Without a limit, rows that were left out are embedded when they change.
        await allow(site, None)
        await site.do("update articles set body = body || '!'")
        await site.quiet()
        await wait_until(lambda: _is(site, 8), "all are known now")
        assert (await site.status())["synced_rows"] == 8


async def test_a_status_query_reads_no_source(site: Site) -> None:
    await site.create_source(rows=3)
    await site.create_vector_table()
    async with await psycopg.AsyncConnection.connect(site.dsn) as locking:
        await locking.execute("lock table articles in access exclusive mode")
        status = await asyncio.wait_for(site.status(), 5)
    assert status["sync_status"] == "pending"


async def _is(site: Site, rows: int) -> bool:
    return await total(site) == rows


async def _dead(site: Site, rows: int) -> bool:
    return bool((await site.status())["dead_rows"] == rows)
