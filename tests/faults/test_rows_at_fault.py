"""A row that cannot be read, or that the store refuses, is set aside alone (fault matrix, by number)."""

from __future__ import annotations

import pytest

from embedd_pg.stores.qdrant.edge import engine
from tests.support.gate import hold_ranges
from tests.support.worker import Site, both_stores, wait_until

COLUMNS = [
    {"name": "title", "role": "embedding"},
    {"name": "price", "role": "metadata", "filter_type": "integer"},
    {"name": "notes", "role": "metadata", "filter_type": "keyword"},
]
#: Text that no index of PostgreSQL takes, and that exceeds REQUEST.
LARGE = "(select string_agg(md5(i::text), '') from generate_series(1, 10000) i)"
REQUEST = 200_000


async def filled(site: Site, rows: int = 30, *, large: int = 0) -> None:
    await site.create_source(rows=rows)
    await site.do(f"update articles set notes = {LARGE} where id = {large}")
    await site.do("alter table articles alter price type bigint")
    await site.create_vector_table(columns=COLUMNS)
    await site.backfill()


async def make_store_refuse(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the store refuse rows with LARGE in their notes: by an index of a user, or by the size of a request."""
    if site.mode == "platform":
        table = await site.one("select format('%I.%I', store_schema, store_table) from embedd.generations")
        await site.do(f"create index on {table} ((metadata ->> 'notes'))")
    monkeypatch.setattr(engine, "LARGEST", REQUEST)


async def dead(site: Site) -> dict[str, str]:
    return {row["key"]: row["message"] for row in await site.do("select * from embedd.dead_letters('articles')")}


async def counts(site: Site) -> tuple[str, int, int]:
    status = await site.status()
    return status["sync_status"], status["synced_rows"], status["dead_rows"]


@both_stores
async def test_98_rows_that_do_not_fit_their_column_are_set_aside_alone(site: Site) -> None:
    await filled(site)
    async with site.worker():
        await site.synced()
        await site.do("alter table articles alter price type numeric")
        await site.do("update articles set title = 'new', price = case when id in (11, 12) then 1e30 else id end")
        await site.quiet()
        messages = await dead(site)
        assert messages.keys() == {"11", "12"}
        assert all("does not fit the type" in message for message in messages.values())
        assert site.texts()["new"] == 28
        await wait_until(lambda: at(site, ("synced", 30, 2)), "the others are synced")
        await site.do("update articles set price = 1e31 where id = 13")
        await wait_until(lambda: site.one("select count(*) = 3 from embedd.dead_letters('articles')"), "alone as well")
        await site.do("update articles set price = 1 where id in (11, 12, 13)")
        await site.synced()


async def at(site: Site, wanted: tuple[str, int, int]) -> bool:
    return await counts(site) == wanted


@both_stores
async def test_98_rows_that_the_store_refuses_are_set_aside_alone(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    await filled(site)
    async with site.worker():
        await site.synced()
        await make_store_refuse(site, monkeypatch)
        await site.do(f"update articles set title = 'new', notes = case when id in (5, 6) then {LARGE} end")
        await site.quiet()
        messages = await dead(site)
        assert messages.keys() == {"5", "6"}
        assert all("refuses" in message and "cfcd" not in message for message in messages.values())
        await wait_until(lambda: at(site, ("synced", 30, 2)), "the others are synced")
        # Metadata alone, and a row alone.
        await site.do(f"update articles set price = 1, notes = case when id = 7 then {LARGE} end where id in (7, 8, 9)")
        await site.do("delete from articles where id = 10")
        await site.quiet()
        assert (await dead(site)).keys() == {"5", "6", "7"}
        assert "10" not in await site.live()
        await site.do(f"insert into articles values (31, 'alone', '', 1, {LARGE})")
        await wait_until(lambda: site.one("select count(*) = 4 from embedd.dead_letters('articles')"), "alone as well")
        await site.do("update articles set notes = null where id in (5, 6, 7, 31)")
        await site.synced()


async def test_98_a_range_with_a_row_that_the_store_refuses_is_filled(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    await filled(site, rows=40, large=33)
    gate = hold_ranges(monkeypatch)
    async with site.worker(batch_size=5, concurrency=2):
        await gate.reached(2)
        await make_store_refuse(site, monkeypatch)
        gate.open()
        await site.quiet()
        assert (await dead(site)).keys() == {"33"}
        assert len(await site.live()) == 39


@both_stores
async def test_98_a_table_of_which_no_row_can_be_read_sets_none_aside(site: Site) -> None:
    await filled(site, rows=20)
    async with site.worker():
        await site.synced()
        await site.do("alter table articles alter price type text using 'cheap'")
        await site.do("update articles set title = 'new' where id = 1")
        assert "does not fit the type" in await site.error()
        assert await dead(site) == {}
        await site.do("alter table articles alter price type bigint using 7")
        await site.hurry()
        await site.quiet()
        assert await dead(site) == {}


@both_stores
async def test_98_numbers_and_values_beyond_what_python_reads_hold_nothing_up(site: Site) -> None:
    await site.create_source(rows=20)
    await site.do("alter table articles add more jsonb")
    await site.do("update articles set more = ('[' || repeat('9', 5000) || ']')::jsonb where id = 4")
    await site.do("update articles set more = (repeat('[', 300) || repeat(']', 300))::jsonb where id = 5")
    await site.do("update articles set more = (repeat('[', 5000) || repeat(']', 5000))::jsonb where id = 6")
    await site.create_vector_table(
        columns=[{"name": "title", "role": "embedding"}, {"name": "more", "role": "embedding"}]
    )
    await site.backfill()
    async with site.worker():
        await site.quiet()
        messages = await dead(site)
        assert messages.keys() == {"4", "6"}
        assert all("too large" in message for message in messages.values())
        assert len(await site.live()) == 18
