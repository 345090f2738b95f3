"""Stores that were restored from an old copy or dropped by hand (fault matrix, by number)."""

from __future__ import annotations

import shutil

import pytest

from embedd_pg.errors import StoreError, VectorTableNotReady
from tests.support.local_store import closed
from tests.support.search import search
from tests.support.verification import Hand, ended, found, sweep, verified
from tests.support.worker import PASSAGES, Site, both_stores, wait_until


@both_stores
async def test_43_a_store_restored_from_an_old_copy_is_brought_up_to_date(site: Site) -> None:
    await site.set_up(rows=20)
    async with site.worker() as worker:
        await site.synced()
        table = await Hand(site, worker).table() if site.mode == "platform" else ""
        if table:
            await site.do(f"create table old as select * from {table}")
    if site.mode == "managed":
        await closed(site.directory / "vectors")
        shutil.copytree(site.directory / "vectors", site.directory / "old")
    async with site.worker():
        await site.do("update articles set body = 'newer' where id <= 3")
        await site.do("update articles set price = 0 where id = 4")
        await site.do("delete from articles where id in (5, 6)")
        await site.insert("articles", 4, first=30)
        await site.synced()
    if site.mode == "managed":
        await closed(site.directory / "vectors")
        shutil.rmtree(site.directory / "vectors")
        shutil.move(site.directory / "old", site.directory / "vectors")
    else:
        columns = "pk_value, embedding, embedded_text, metadata, token, text_hash, metadata_hash, dead, truncated"
        await site.do(f"truncate {table}")
        await site.do(f"insert into {table} ({columns}) select {columns} from old")
    site.stub.stats.texts.clear()
    async with site.worker():
        row = await sweep(site)
        assert row is not None
        assert found(row) == {"missing": 4, "stale": 4, "orphaned": 2}
        await site.synced()
        (drift,) = await site.do("select * from embedd.drift('articles')")
        assert (drift["difference"], drift["repaired"], drift["total_difference"]) == (10, 10, 10)
    assert sum(site.texts().values()) == 7


@both_stores
@pytest.mark.parametrize("found_by", ["the next write", "a sweep", "a verification", "a backfill"])
async def test_44_a_store_dropped_manually_is_created_again_and_filled(site: Site, found_by: str) -> None:
    await site.set_up(rows=40)
    async with site.worker(batch_size=10) as worker:
        await site.synced()
        await Hand(site, worker).drop()
        with pytest.raises(StoreError):
            await search(worker.clients, "articles", "text of")
        site.stub.settings.latency_ms = 300
        if found_by == "the next write":
            await site.do("update articles set price = 5 where id = 1")
        elif found_by == "a sweep":
            row = await sweep(site)
            assert row is not None
            assert (row["missing"], row["repaired"]) == (40, 40)
        elif found_by == "a verification":
            task = await site.one("select embedd.verify('articles')")
        else:
            await site.backfill()
        await wait_until(lambda: site.one("select refilling from embedd.generations"))
        with pytest.raises(VectorTableNotReady, match="filled again"):
            await search(worker.clients, "articles", "text of")
        site.stub.settings.latency_ms = 0
        await site.hurry()
        await site.synced()
        if found_by == "a verification":
            row = await ended(site, task)
            assert (found(row), row["waiting"]) == ({"missing": 40}, 0)
        assert len((await search(worker.clients, "articles", "text of", limit=50)).hits) == 40


@both_stores
async def test_44_an_attempt_that_wrote_to_the_lost_store_does_not_count(site: Site) -> None:
    await site.set_up(rows=5)
    async with site.worker():
        await site.synced()
    generation = await site.one("select id from embedd.generations")
    await site.do("insert into embedd.jobs (generation_id, key, lane) values (%s, '1', 'live')", generation)
    claim = await site.one("select token from embedd_internal.claim_jobs(%s, 'live', 10, 'w', '1 min')", generation)
    assert await site.one("select embedd_internal.refill_generation(%s)", generation) == 5
    await site.do(
        "select embedd_internal.acknowledge_jobs(%s, %s, '{1}', '{1}', '{f}', '{t}', '{a}', '{b}', '{null}')",
        generation,
        claim,
    )
    assert await site.one("select count(*) from embedd.row_states") == 0
    assert await site.one("select token > %s and leased_until is null from embedd.jobs where key = '1'", claim)


async def test_a_new_store_is_not_mistaken_for_a_lost_one(site: Site) -> None:
    await site.set_up(rows=5)
    async with site.worker():
        await site.synced()
    assert await site.one("select count(*) from embedd.tasks") == 1
    assert await site.one("select bool_or(refilling) from embedd.generations") is False


@pytest.mark.parametrize("chunked", [False, True])
@pytest.mark.parametrize("found_by", ["the next write", "a verification"])
async def test_77_vectors_dropped_with_their_extension_are_created_again(
    site: Site, found_by: str, *, chunked: bool
) -> None:
    await site.set_up(rows=20, **({"chunking": PASSAGES} if chunked else {}))
    async with site.worker() as worker:
        await site.synced()
        await site.do("drop extension vector cascade")
        await site.do("create extension vector schema public")
        if found_by == "a verification":
            await verified(site, repair=True)
        else:
            await site.do("update articles set body = 'another' where id = 1")
        again = "select count(*) > 1 from embedd.tasks where task_type = 'backfill'"
        await wait_until(lambda: site.one(again), "all rows are queued again")
        await site.hurry()
        await site.synced()
        assert len((await search(worker.clients, "articles", "text of", limit=50)).hits) == 20


async def test_77_a_table_of_another_owner_is_left_alone(site: Site) -> None:
    await site.set_up(rows=3)
    name = await site.one("select format('%I.%I', store_schema, store_table) from embedd.generations")
    await site.do(f"create table {name} (own int)")
    async with site.worker():
        assert "already exists, with another shape" in await site.error()
    assert await site.one("select count(*) = 1 from pg_attribute where attrelid = %s::regclass and attnum > 0", name)


async def test_80_a_worker_for_platform_tables_does_not_touch_the_local_store(site: Site) -> None:
    (site.directory / "vectors").write_text("this is no directory, and could not be opened")
    await site.set_up(rows=3)
    async with site.worker(data_dir=site.directory, audit_interval=0.2):
        await site.synced()
        await site.insert("articles", 2, first=4)
        await site.synced()
    async with site.worker(data_dir=site.directory, drain=True) as running:
        await running.task
