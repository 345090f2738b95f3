"""A large backlog: no query of a worker, of the status or of health scans a hot table completely."""

from __future__ import annotations

import asyncio

import pytest

from tests.support.worker import Site, wait_until

#: The number of events. A worker needs some 20 s for them; plans are the same as with ten million.
BACKLOG = 300_000
HOT = ("outbox", "jobs", "row_states")
SCANS = """
    select relname, coalesce(seq_scan, 0) as n from pg_stat_user_tables
     where schemaname = 'embedd' and relname in ('outbox', 'jobs', 'row_states')
"""
TAKEN = "select pg_stat_get_tuples_deleted('embedd.outbox'::regclass) >= %s"
#: Queries of users and programs during a backlog.
LOOKS = (
    "select * from embedd.health()",
    "select * from embedd.sync_status('articles')",
    "select * from embedd.sync_status('quiet')",
    "select * from embedd_internal.find_work()",
    "select * from embedd_internal.look_at_keys((select id from embedd.generations limit 1), array['1', '2'])",
    "select * from embedd.dead_letters()",
    "select * from embedd.drift()",
)


async def scans(site: Site, *tables: str) -> dict[str, int]:
    """Return how often each table was scanned completely."""
    await site.do("select pg_stat_force_next_flush()")
    await site.do("select pg_stat_clear_snapshot()")
    return {row["relname"]: row["n"] for row in await site.do(SCANS) if row["relname"] in (tables or HOT)}


async def behind(site: Site) -> None:
    """Create two vector tables and a backlog of events, mixed as by two writers."""
    await site.set_up(rows=3)
    await site.set_up(rows=3, name="quiet")
    async with site.worker():
        await site.synced()
        await site.synced("quiet")
    assert not await site.do("select * from embedd_internal.peers('another')"), "nobody has to look for its leases"
    captures = await site.do("select capture_id from embedd.vector_tables order by name")
    await site.do(
        "insert into embedd.outbox (capture_id, kind, key, at)"
        " select %s, 'k', (i %% 3 + 1)::text, now() - interval '1 hour' + i * interval '1 ms'"
        f" from generate_series(1, {BACKLOG}) i",
        captures[0]["capture_id"],
    )
    await site.do("vacuum analyze embedd.outbox")
    await wait_until(lambda: site.one("select embedd_internal.is_large('embedd.outbox')"))


async def test_no_query_of_a_worker_scans_a_busy_table(site: Site) -> None:
    await behind(site)
    before = await scans(site)
    assert set(before) == set(HOT)
    for look in LOOKS:
        await site.do(look)
        assert await scans(site) == before, look
    async with site.worker():
        # Use only the statistics, because any other query would itself be a scan.
        await wait_until(lambda: site.one(TAKEN, BACKLOG), "the backlog is taken", seconds=120)
        after = await scans(site)
    assert after == before
    async with site.worker():
        await site.synced()


async def test_estimates_of_a_large_backlog_are_close_and_never_zero(site: Site) -> None:
    await behind(site)
    pending = (await site.status())["rows_pending"]
    assert BACKLOG * 0.8 < pending < BACKLOG * 1.2
    assert (await site.status("quiet"))["rows_pending"] == 1  # a sample may have missed the few there are
    (age,) = await site.do("select value, alert from embedd.health() where subject = 'outbox_age'")
    assert 3500 < age["value"] < 3700
    assert "no worker takes them" in age["alert"]


async def test_many_jobs_are_not_scanned_one_by_one(site: Site) -> None:
    """These jobs wait for their time, as after a long outage of a provider."""
    await behind(site)
    await site.do("truncate embedd.outbox")
    await site.do(
        "insert into embedd.jobs (generation_id, key, lane, run_at, dirty_since)"
        " select min(id), i::text, 'live', now() + interval '1 hour', now() - interval '2 hours'"
        f" from embedd.generations, generate_series(1, {BACKLOG}) i group by i"
    )
    await site.do("vacuum analyze embedd.jobs")
    await wait_until(lambda: site.one("select embedd_internal.is_large('embedd.jobs')"))
    before = await scans(site, "jobs", "row_states")  # the outbox is empty, and small tables may be read
    for look in LOOKS:
        await site.do(look)
        assert await scans(site, *before) == before, look
    async with site.worker():
        await wait_until(lambda: site.one("select count(*) from embedd.jobs where key = '1' and generation_id = 1"))
        await asyncio.sleep(3)
    assert await scans(site, *before) == before
    pending = [(await site.status(name))["rows_pending"] for name in ("articles", "quiet")]
    assert min(pending) == 0
    assert BACKLOG * 0.8 < max(pending) < BACKLOG * 1.2
    (age,) = await site.do("select value from embedd.health() where subject = 'job_age_live'")
    assert 7100 < age["value"] < 7300


@pytest.mark.parametrize("rows", [0, 1, 5_000])
async def test_a_small_backlog_is_counted(site: Site, rows: int) -> None:
    await site.set_up(rows=3)
    async with site.worker():
        await site.synced()
    await site.insert("articles", rows, first=10)
    assert (await site.status())["rows_pending"] == rows
