"""The vector budget of a tier: new rows are skipped when it is used up, existing rows stay in sync."""

from __future__ import annotations

import pytest

from tests.support.worker import Site

pytestmark = pytest.mark.parametrize("site", ["managed"], indirect=True)


async def allow(site: Site, vectors: int | None) -> None:
    """Set the tier free with room for only this many vectors; None for no limit."""
    await site.do("update embedd.organizations set tier = 'free'")
    most = "null" if vectors is None else vectors
    await site.do(
        "create or replace function embedd.tier_limits(tier text) returns table (max_tables int, max_vectors bigint,"
        " requests_per_minute int, max_connections int, max_embedders int, max_keys int, max_environments int)"
        f" language sql as 'select 3, {most}::bigint, 25, null::int, null::int, null::int, null::int'"
    )


async def test_rows_beyond_the_budget_are_skipped_and_the_backfill_completes(site: Site) -> None:
    await allow(site, 7)
    async with site.worker():
        await site.set_up(10)
        await site.quiet()
    status = await site.status()
    assert (status["sync_status"], status["synced_rows"], status["total_rows"]) == ("synced", 7, 10)
    assert sum(site.texts().values()) == 7


async def test_at_the_budget_updates_and_deletes_are_applied_and_new_rows_skipped(site: Site) -> None:
    await allow(site, 5)
    async with site.worker():
        await site.set_up(5)
        await site.synced()
        await site.insert("articles", 1, first=50)
        await site.do("update articles set body = 'changed' where id = 1")
        await site.quiet()
        assert await site.live() == {"1", "2", "3", "4", "5"}
        assert site.texts()["Title: title 1\nchanged"] == 1
        # A deletion makes room for the next change of a skipped row.
        await site.do("delete from articles where id = 2")
        await site.quiet()
        await site.do("update articles set body = 'again' where id = 50")
        await site.quiet()
        assert await site.live() == {"1", "3", "4", "5", "50"}
