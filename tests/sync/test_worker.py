"""The real worker from end to end, over both stores: every change of a source table reaches the store."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import psutil

from tests.support.search import search
from tests.support.vendor_stub import running
from tests.support.worker import Running, Site, both_stores, wait_until


async def found(worker: Running, query: str, limit: int = 5) -> list[str]:
    return [hit.key for hit in (await search(worker.clients, "articles", query, limit=limit)).hits]


@both_stores
async def test_a_backfill_brings_every_row_into_the_store(site: Site) -> None:
    await site.set_up(rows=600)
    async with site.worker():
        await site.synced()
        assert len(await site.live()) == 600
    assert site.stub.stats.inputs == 600


@both_stores
async def test_every_kind_of_change_becomes_visible(site: Site) -> None:
    await site.set_up(rows=4)
    async with site.worker() as worker:
        await site.synced()
        await site.do("insert into articles values (10, 'zebra', 'stripes', 1)")
        await site.do("update articles set body = 'a yellow submarine' where id = 2")
        await site.do("delete from articles where id = 3")
        await site.do("update articles set id = 40 where id = 4")
        await site.synced()
        assert await site.live() == {"1", "2", "10", "40"}
        assert (await found(worker, "zebra stripes", 1), await found(worker, "yellow submarine", 1)) == (["10"], ["2"])
        await site.do("truncate articles")
        await site.synced()
        assert await site.live() == set()
        await site.insert("articles", 2)
        await site.synced()
        assert await site.live() == {"1", "2"}


@both_stores
async def test_a_change_of_metadata_alone_sends_no_text(site: Site) -> None:
    await site.set_up(rows=5)
    async with site.worker() as worker:
        await site.synced()
        site.stub.stats.texts.clear()
        await site.do("update articles set price = price + 100")
        await site.synced()
        hits = (await search(worker.clients, "articles", "text of", filters={"price": {"gt": 100}})).hits
        assert len(hits) == 5
    assert len(site.stub.stats.texts) == 1  # the query's


@both_stores
async def test_unchanged_text_is_never_embedded_again(site: Site) -> None:
    await site.set_up(rows=50)
    async with site.worker():
        await site.synced()
        await site.do("update articles set title = title, notes = 'not tracked'")
        await site.do("update articles set title = title || '!' where id = 1")
        await site.do("update articles set title = 'title 1' where id = 1")
        await site.synced()
        await site.backfill()
        await site.synced()
        async with site.sql.transaction():
            await site.do("delete from articles where id = 2")
            await site.insert("articles", 1, first=2)
        await site.synced()
    texts = site.texts()
    assert max(count for text, count in texts.items() if "!" not in text and text != "Title: title 1\ntext of 1") == 1


@both_stores
async def test_rows_without_text_are_counted_and_never_found(site: Site) -> None:
    await site.create_source(rows=2)
    await site.do("insert into articles values (7, null, '   ', 70), (8, '', null, 80)")
    await site.create_vector_table()
    await site.backfill()
    async with site.worker() as worker:
        await site.synced()
        assert (await site.status())["skipped_rows"] == 2
        assert set(await found(worker, "title", 10)) == {"1", "2"}
        await site.do("update articles set title = null, body = '' where id = 1")
        await site.synced()
        assert (await site.status())["skipped_rows"] == 3
        assert await found(worker, "title", 10) == ["2"]
        await site.do("update articles set price = 5 where id = 1")
        await site.do("update articles set body = 'back again' where id = 8")
        await site.synced()
        assert await found(worker, "back again", 1) == ["8"]
        await site.do("delete from articles where id = 1")
        await site.synced()
    assert all(text.strip() for text in site.stub.stats.texts)


async def test_two_workers_share_the_work_and_embed_nothing_twice(site: Site) -> None:
    await site.set_up(rows=600)
    # Requests are slow until both workers were seen at work: one alone would need 15 s.
    site.stub.settings.latency_ms = 1000
    async with site.worker(batch_size=20, concurrency=2) as one, site.worker(batch_size=20, concurrency=2) as other:

        async def workers() -> bool:
            names = await site.one(
                "select array_agg(distinct worker) from"
                " (select worker from embedd.jobs union all select worker from embedd.ranges) leased"
            )
            return {one.worker.name, other.worker.name} <= set(names or [])

        await wait_until(workers, "both workers hold something")
        site.stub.settings.latency_ms = 0
        await site.do("update articles set title = title || ' changed' where id <= 50")
        await site.synced()
    assert set(site.texts().values()) == {1}


@both_stores
async def test_a_paused_table_keeps_its_changes_and_catches_up(site: Site) -> None:
    await site.set_up(rows=3)
    async with site.worker() as worker:
        await site.synced()
        await site.do("select embedd.pause_sync('articles')")
        await site.do("update articles set body = 'purple' where id = 1")
        await site.do("delete from articles where id = 2")

        async def pending() -> bool:
            return bool((await site.status())["rows_pending"] == 2)

        await wait_until(pending)
        # A table that is not paused shows that the worker has looked since.
        await site.set_up(rows=1, name="others")
        await wait_until(lambda: worker.worker._known.get(2) is not None)
        assert await site.live() == {"1", "2", "3"}
        await site.do("select embedd.resume_sync('articles')")
        await site.synced()
        assert await found(worker, "purple", 1) == ["1"]


@both_stores
async def test_a_dropped_table_loses_its_store_and_its_rows(site: Site) -> None:
    await site.set_up(rows=3)
    async with site.worker() as worker:
        await site.synced()
        generation = next(iter(worker.worker._known.values()))[1]
        await site.do("select embedd.drop_vector_table('articles')")

        async def forgotten() -> bool:
            return bool(await site.one("select not exists (select from embedd.vector_tables)"))

        await wait_until(forgotten)
        assert await site.one("select count(*) from embedd.row_states") == 0
        store = await worker.clients.store(generation)
        await store.drop(generation.store.table)  # nothing is there any more, which is no error
        if site.mode == "platform":
            assert await site.one("select to_regclass(%s)", f"public.{generation.store.table.name}") is None
        else:
            answer = await store._call("collection_exists", generation.store.table)  # type: ignore[attr-defined]
            assert answer == {"exists": False}
    assert await site.one("select count(*) from articles") == 3


@both_stores
async def test_a_renamed_column_is_an_error_that_deletes_nothing_and_passes(site: Site) -> None:
    await site.set_up(rows=3)
    async with site.worker():
        await site.synced()
        await site.do("alter table articles rename column body to content")
        await site.do("update articles set content = 'unseen change' where id = 2")
        await site.do("delete from articles where id = 3")
        assert "gone or has another type" in await site.error()

        assert await site.live() == {"1", "2", "3"}
        await site.do("alter table articles rename column content to body")
        await site.hurry()
        await site.synced()
        assert await site.live() == {"1", "2"}
        assert (await site.status())["last_error"] is None


async def test_changes_captured_while_the_key_is_renamed_are_not_lost(site: Site) -> None:
    await site.set_up(rows=3)
    async with site.worker():
        await site.synced()
        await site.do("alter table articles rename column id to number")
        await site.do("update articles set body = 'unseen change' where number = 2")
        await site.do("delete from articles where number = 3")
        assert "gone or has another type" in await site.error()
        failures = 0
        while failures < 5:  # more than a task has attempts
            await site.do("update embedd.tasks set run_at = now(), last_error = null where status = 'running'")
            await wait_until(lambda: site.one("select exists (select from embedd.tasks where last_error is not null)"))
            failures += 1
        assert await site.live() == {"1", "2", "3"}
        await site.do("alter table articles rename column number to id")
        await site.hurry()
        await site.synced()
        assert await site.live() == {"1", "2"}


@both_stores
async def test_two_vector_tables_follow_one_source(site: Site) -> None:
    await site.set_up(rows=3)
    await site.create_vector_table("titles", "public.articles", columns=[{"name": "title", "role": "embedding"}])
    await site.backfill("titles")
    async with site.worker():
        await site.synced()
        await site.synced("titles")
        await site.do("update articles set title = 'both see this' where id = 1")
        await site.do("update articles set body = 'one sees this' where id = 2")
        await site.synced()
        await site.synced("titles")
    texts = site.texts()
    assert (texts["both see this"], texts["Title: both see this\ntext of 1"]) == (1, 1)
    assert texts["title 2"] == 1


@both_stores
async def test_a_provider_that_hangs_delays_no_other_table(site: Site) -> None:
    with running() as bad:
        bad.settings.latency_ms = 60_000
        await site.create_embedder("bad", url=bad.url + "/v1")
        await site.set_up(rows=2000, name="broken", embedder="bad")
        await site.set_up(rows=3)
        async with site.worker(batch_size=50, concurrency=2):
            await wait_until(lambda: bad.stats.in_flight >= 2, "the slots are taken")

            async def synced() -> bool:
                return bool((await site.status())["sync_status"] == "synced")

            await wait_until(synced)
            await site.do("update broken set title = 'live too'")
            await wait_until(lambda: bad.stats.in_flight >= 3, "live work has begun")
            await site.do("insert into articles values (9, 'quick', 'fox', 1)")
            await wait_until(lambda: "Title: quick\nfox" in site.texts())
            assert bad.stats.in_flight >= 3, "what hangs still does"


@both_stores
async def test_no_transaction_is_open_while_the_provider_works(site: Site) -> None:
    await site.set_up(rows=20)
    site.stub.settings.latency_ms = 700
    async with site.worker():
        await wait_until(lambda: site.stub.stats.in_flight)
        open_ones = (
            "select count(*) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()"
            " and xact_start < clock_timestamp() - interval '0.1 s' and backend_type = 'client backend'"
        )
        looks = 0
        while site.stub.stats.in_flight:
            assert await site.one(open_ones) == 0
            looks += 1
            await asyncio.sleep(0.02)
        assert looks > 5
        await site.synced()


@both_stores
async def test_a_clean_stop_releases_its_jobs_at_once(site: Site) -> None:
    await site.set_up(rows=20)
    site.stub.fault(hang=30)
    async with site.worker(lease=60) as worker:
        await wait_until(lambda: site.stub.stats.in_flight)
        worker.stop.set()
        await asyncio.wait_for(worker.task, 10)  # service managers wait as long; the provider answers later
    assert await site.one("select count(*) from embedd.jobs where leased_until is not null") == 0
    assert await site.one("select count(*) from embedd.tasks where leased_until is not null") == 0
    async with site.worker(lease=60):
        await site.synced(seconds=20)  # before the lease would have ended


@both_stores
async def test_a_draining_worker_ends_when_nothing_is_left(site: Site) -> None:
    await site.set_up(rows=30)
    async with site.worker(drain=True) as worker:
        await asyncio.wait_for(asyncio.shield(worker.task), 20)
    assert await site.is_quiet()
    async with site.worker(drain=True) as worker:
        await asyncio.wait_for(asyncio.shield(worker.task), 5)


async def test_between_scheduled_runs_nothing_is_wrong_until_one_is_overdue(site: Site) -> None:
    await site.set_up(rows=3)
    for _ in range(2):
        await site.do("update articles set title = 'changed'")
        async with site.worker(drain=True, every=timedelta(hours=1), poll_interval=30) as worker:
            await asyncio.wait_for(asyncio.shield(worker.task), 20)
        for minutes, status in ((0, "synced"), (59, "synced"), (3, "error")):
            await site.do("update embedd.looks set looked_at = looked_at - make_interval(mins => %s)", minutes)
            assert await site.one("select sync_status from embedd.status") == status
    assert await site.one("select count(*) from embedd.looks where every is null") == 0


async def test_a_worker_that_cannot_serve_some_work_still_sleeps(site: Site) -> None:
    """Without a store for managed tables, their tasks, jobs and drops belong to another worker. They must not make this
    one spin."""
    await site.set_up(rows=3)
    await site.set_up(rows=3, name="managed", mode="managed")
    await site.do("update embedd.vector_tables set sync_status = 'synced' where name = 'managed'")
    await site.do("update managed set title = 'changed'")
    await site.create_source("gone", 1)
    await site.create_vector_table("gone", mode="managed")
    await site.do("select embedd.drop_vector_table('gone')")
    async with site.worker(drain=True) as worker:
        await asyncio.wait_for(asyncio.shield(worker.task), 20)
    async with site.worker() as worker:
        await wait_until(lambda: site.stub.stats.inputs == 3)
        looks = 0
        look = worker.worker._ledger.look

        async def counted(*args: int, start: int, arm: bool) -> object:
            nonlocal looks
            looks += 1
            return await look(*args, start=start, arm=arm)

        worker.worker._ledger.look = counted  # type: ignore[assignment]
        await asyncio.sleep(1)
        assert looks < 40


async def test_a_row_that_changes_while_it_is_embedded_does_not_wait_for_the_next_poll(site: Site) -> None:
    await site.set_up(rows=3)
    async with site.worker(poll_interval=30):
        await site.synced()
        await asyncio.sleep(2)  # the first upkeep, which wakes it as well, is over
        site.stub.settings.latency_ms = 500
        await site.do("update articles set body = 'second' where id = 1")
        await wait_until(lambda: site.texts()["Title: title 1\nsecond"])
        await site.do("update articles set body = 'third' where id = 1")
        await wait_until(lambda: site.texts()["Title: title 1\nthird"], seconds=10)
        await site.synced()


async def test_changes_that_find_all_slots_taken_do_not_wait_for_the_next_poll(site: Site) -> None:
    """Small batches count as a quarter of a slot. The fifth waits until one of four is done."""
    await site.set_up(rows=6)
    async with site.worker(poll_interval=30, concurrency=1) as worker:
        await site.synced()
        site.stub.settings.latency_ms = 1000
        for number in range(1, 7):
            await site.do(f"update articles set body = 'changed' where id = {number}")
            await wait_until(lambda number=number: len(worker.worker._attempts) >= min(number, 4))  # type: ignore[misc]
        assert len(worker.worker._attempts) == 4
        await site.synced(seconds=15)


async def test_memory_stays_flat_over_a_backfill_of_twenty_thousand_rows(site: Site) -> None:
    await site.create_source(rows=20_000)
    await site.do("update articles set body = body || repeat(' lorem ipsum', 20)")
    # Use short vectors, because the time of the store's index is irrelevant to the worker.
    site.stub.settings.dimensions = 8
    await site.create_vector_table(embedding_dimensions=8)
    site.stub.stats.texts = NoTexts()
    worker = site.process(EMBEDD_LEASE="60")
    process = psutil.Process(worker.pid)
    await wait_until(lambda: "worker_started" in worker.log.read_text() if worker.log.exists() else False)
    before = peak = process.memory_info().rss
    await site.backfill()
    while not await site.is_quiet():
        peak = max(peak, process.memory_info().rss)
        await asyncio.sleep(0.05)
    await site.quiet(seconds=60)
    assert (peak - before) / 2**20 < 150
    assert (await site.status())["synced_rows"] == 20_000


class NoTexts(list[str]):
    """A list that keeps no texts, so that the stub's memory is not measured."""

    def extend(self, _: object) -> None: ...


async def test_a_number_beyond_double_counts_as_absent_and_blocks_nothing(site: Site) -> None:
    await site.create_source("articles", 2)
    await site.do("insert into articles values (3, 'huge', 'number', 1e400, null), (4, 'no', 'number', 'NaN', null)")
    await site.create_vector_table("articles")
    await site.backfill()
    async with site.worker():
        await site.synced()
    assert await site.live() == {"1", "2", "3", "4"}


async def test_names_with_a_percent_sign_and_the_empty_key_work(site: Site) -> None:
    await site.do('create table "50% off" ("the %s key" text primary key, "100%" text, "%d" numeric)')
    await site.do("""insert into "50% off" values ('', 'empty', 1), ('a', 'full', 2)""")
    columns = [{"name": "100%", "role": "embedding"}, {"name": "%d", "role": "metadata", "filter_type": "float"}]
    await site.create_vector_table("articles", '"50% off"', columns=columns)
    await site.backfill()
    async with site.worker():
        await site.synced()
        assert await site.live() == {"", "a"}


async def test_a_serializable_database_has_no_conflicts_between_writers_and_worker(site: Site) -> None:
    await site.do(
        "do $$ begin execute format('alter database %I set default_transaction_isolation to serializable',"
        " current_database()); end $$"
    )
    async with site.clients() as clients, clients.database._pool.connection() as session:
        row = await (await session.execute("show transaction_isolation")).fetchone()
    assert row == {"transaction_isolation": "read committed"}
