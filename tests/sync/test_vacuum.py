"""VACUUM is not held back by embedd: no session holds a snapshot while a provider lets it wait."""

from __future__ import annotations

import asyncio

from tests.support.worker import Site, wait_until

HOT = ("outbox", "jobs", "row_states")
#: Sessions of embedd that hold an old row version back, and for how many seconds.
HOLDERS = """
    select application_name, state, extract(epoch from clock_timestamp() - xact_start)::float8 as age
      from pg_stat_activity
     where application_name like 'embedd%' and datname = current_database()
       and (backend_xmin is not null or backend_xid is not null or state like 'idle in transaction%')
"""
#: How far VACUUM must be able to go, in transactions: to those that have ended by now.
KEPT = "select pg_snapshot_xmin(pg_current_snapshot())::text::bigint"


async def dead(site: Site) -> dict[str, int]:
    """Return the number of rows that VACUUM could not remove, by table."""
    found = {}
    for table in HOT:
        notices: list[str] = []
        site.sql.add_notice_handler(lambda told, said=notices: said.append(str(told.message_primary)))  # type: ignore[misc]
        await site.do(f"vacuum (verbose) embedd.{table}")
        lines = [line for text in notices for line in text.splitlines() if "dead but not yet removable" in line]
        assert lines
        found[table] = sum(int(line.split("remain, ")[1].split()[0]) for line in lines)
    return found


async def test_while_a_provider_hangs_dead_rows_are_removed(site: Site) -> None:
    await site.set_up(rows=20)
    async with site.worker():
        await site.synced()
        for number in range(10):
            await site.do(f"update articles set title = 'n {number} ' || id, body = body")
            await asyncio.sleep(0.1)
        await site.synced()
        site.stub.settings.latency_ms = 4_000
        await site.do("update articles set title = 'last ' || id")
        await wait_until(lambda: site.one("select count(*) from embedd.jobs where leased_until is not null"))
        await asyncio.sleep(1)
        before = await site.one(KEPT)
        assert await dead(site) == dict.fromkeys(HOT, 0)
        for _ in range(20):
            held = [row for row in await site.do(HOLDERS) if row["age"] > 1]
            assert not held
            await asyncio.sleep(0.05)
        assert await site.one(KEPT) > before
        site.stub.settings.latency_ms = 0
        await site.hurry()


async def test_busy_tables_have_their_own_autovacuum_settings(site: Site) -> None:
    rows = await site.do(
        "select relname, reloptions from pg_class where relnamespace = 'embedd'::regnamespace and relkind = 'r'"
    )
    told = {row["relname"]: dict(one.split("=") for one in row["reloptions"] or ()) for row in rows}
    for table in ("outbox", "jobs", "ranges", "row_states", "cached_vectors", "vector_tables"):
        assert float(told[table]["autovacuum_vacuum_scale_factor"]) <= 0.05, table
    for table in HOT:
        assert told[table]["autovacuum_vacuum_cost_delay"] == "0", table
