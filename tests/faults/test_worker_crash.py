"""Workers that die, stall or lose their database at the worst moments (fault matrix, by number)."""

from __future__ import annotations

import asyncio
import random
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg.rows import dict_row

from embedd_pg.database.migrate import migrate
from embedd_pg.sync.attempt import Attempt
from tests.chaos.servers import Postgres, running_postgres
from tests.support.local_store import kill
from tests.support.postgres import Cluster
from tests.support.search import search
from tests.support.worker import Site, both_stores, open_site, wait_until


@both_stores
async def test_01_killed_after_the_claim_costs_nothing_but_the_lease(site: Site) -> None:
    await site.set_up(rows=10)
    await site.process("after_claim=exit").gone()
    assert await site.one("select count(*) from embedd.jobs where leased_until is not null") == 10
    async with site.worker():
        await site.synced()
    assert set(site.texts().values()) == {1}


@both_stores
async def test_02_killed_before_the_write_costs_one_call_a_text(site: Site) -> None:
    await site.set_up(rows=10)
    await site.process("after_embed=exit").gone()
    async with site.worker():
        await site.synced()
    assert set(site.texts().values()) == {2}


@both_stores
async def test_03_killed_between_write_and_acknowledgement_embeds_nothing_again(site: Site) -> None:
    await site.set_up(rows=10)
    await site.process("before_ack=exit").gone()
    async with site.worker():
        await site.synced()
    # In a co-located store, the two are one transaction, which was rolled back.
    assert set(site.texts().values()) == {2 if site.mode == "platform" else 1}


@both_stores
async def test_03_killed_between_delete_and_acknowledgement_ends_deleted(site: Site) -> None:
    await site.set_up(rows=3)
    async with site.worker():
        await site.synced()
    await site.do("delete from articles where id = 2")
    await site.do("update articles set price = 0 where id = 1")
    await site.process("before_ack=exit").gone()
    await site.do("insert into articles values (2, 'title 2', 'text of 2', 2)")
    async with site.worker():
        await site.synced()
        assert await site.live() == {"1", "2", "3"}


async def test_04_killed_within_ingest_leaves_the_events_in_the_outbox(site: Site) -> None:
    await site.set_up(rows=3)
    async with site.worker():
        await site.synced()
    await site.do("update articles set body = body || ' changed'")
    async with await psycopg.AsyncConnection.connect(site.dsn) as blocker:
        # Its uncommitted job of the same key makes ingest wait after it took the events.
        await blocker.execute("insert into embedd.jobs (generation_id, key, lane) values (1, '2', 'live')")
        worker = site.process()
        waiting = "select pid from pg_stat_activity where wait_event_type = 'Lock' and query like '%poll_work%'"
        backend = await wait_until(lambda: site.one(waiting))
        await worker.kill()
        await site.do("select pg_terminate_backend(%s)", backend)
        await wait_until(lambda: site.one("select not exists (select from pg_stat_activity where pid = %s)", backend))
        await blocker.rollback()
    assert await site.one("select count(*) from embedd.outbox") == 3
    async with site.worker():
        await site.synced()


@pytest.mark.parametrize("place", ["after_embed", "before_write", "before_ack"])
@pytest.mark.parametrize(
    "change", ["update articles set body = 'newer' where id = 1", "delete from articles where id = 1"]
)
async def test_05_06_a_stalled_worker_that_wakes_up_late_changes_nothing(site: Site, place: str, change: str) -> None:
    """Past its lease another worker has taken over. Late writes of the first are refused, and its acknowledgement must
    not record them as applied."""
    await site.set_up(rows=1)
    late = site.process(f"{place}=stop")
    await wait_until(lambda: late.stopped, f"stopped at {place}")
    await site.do(change)
    async with site.worker():
        await site.synced()
        expected = await site.live()
        calls = site.stub.stats.requests
        late.signal(signal.SIGCONT)
        late.signal(signal.SIGTERM)
        await late.gone()
        await site.synced()
        assert await site.live() == expected
        assert site.stub.stats.requests == calls
        # The row is as before: if the late worker were believed, nothing would seem to be left to do.
        await site.do("delete from articles")
        await site.insert("articles", 1)
        await site.synced()
        assert await site.live() == {"1"}


@both_stores
async def test_10_a_worker_whose_heartbeat_stalls_stops_sending(site: Site) -> None:
    await site.set_up(rows=5)
    site.stub.fault(hang=1.5)
    async with site.worker(lease=1, concurrency=1) as worker:

        async def stalled(*_: Any) -> int:
            return 0

        extend, worker.worker._ledger.extend = worker.worker._ledger.extend, stalled  # type: ignore[method-assign]
        await wait_until(lambda: len(worker.worker._attempts) == 1)
        ((first, attempt),) = worker.worker._attempts.items()
        await wait_until(lambda: first.done())
        assert isinstance(attempt, Attempt)
        late = await site.do("select from embedd.row_states where token = %s", attempt.claim.token)
        assert not late, "nothing was written past the lease"
        worker.worker._ledger.extend = extend  # type: ignore[method-assign]
        await site.synced()
    assert set(site.texts().values()) == {2}


async def test_11_workers_whose_clocks_are_an_hour_off_work_normally(site: Site) -> None:
    """Leases and rests use the database's clock and monotonic time."""
    await site.set_up(rows=20)
    site.stub.settings.latency_ms = 2500  # longer than a lease: a worker that misjudges it takes the other's work
    both = [site.process(WORKER_CLOCK=clock) for clock in ("-3600", "3600")]
    await site.quiet()
    assert set(site.texts().values()) == {1}
    for worker in both:
        await worker.kill()
    site.stub.settings.latency_ms = 0
    for dying, surviving in (("3600", "-3600"), ("-3600", "3600")):
        await site.do("update articles set body = body || ' changed' where id = 1")
        await site.process("after_claim=exit", WORKER_CLOCK=dying).gone()
        successor = site.process(WORKER_CLOCK=surviving)
        await site.quiet()
        await successor.kill()
    async with site.worker():
        await site.synced()


async def test_21_backends_terminated_at_random_lose_nothing(site: Site) -> None:
    await site.set_up(rows=200)
    chance = random.Random(21)
    async with site.worker(batch_size=20, lease=1) as worker:
        for round_ in range(25):
            await site.do("update articles set body = 'round ' || %s where id %% 7 = %s", round_, round_ % 7)
            await site.do("delete from articles where id = %s", round_ + 1)
            pids = [
                row["pid"]
                for row in await site.do(
                    "select pid from pg_stat_activity"
                    " where datname = current_database() and application_name like 'embedd%'"
                )
            ]
            for pid in chance.sample(pids, min(2, len(pids))):
                await site.do("select pg_terminate_backend(%s)", pid)
            await asyncio.sleep(0.05)
        assert not worker.task.done()
        await site.synced(seconds=40)


async def test_69_on_sigterm_leases_are_released_and_other_workers_continue_at_once(site: Site) -> None:
    await site.set_up(rows=10)
    site.stub.fault(hang=60)
    worker = site.process(EMBEDD_LEASE="60")
    await wait_until(lambda: site.stub.stats.in_flight)
    worker.signal(signal.SIGTERM)
    await worker.gone(seconds=10)  # service managers wait as long; the provider answers later
    assert await site.one("select count(*) from embedd.jobs where leased_until is not null") == 0
    async with site.worker():
        await site.synced(seconds=20)  # before the lease would have ended


@both_stores
async def test_71_a_row_set_back_after_a_lost_acknowledgement_is_written_back(site: Site) -> None:
    await site.set_up(rows=2)
    async with site.worker():
        await site.synced()
    await site.do("update articles set body = 'other text', price = 77 where id = 1")
    await site.process("before_ack=exit").gone()
    await site.do("update articles set body = 'text of 1', price = 1 where id = 1")
    async with site.worker():
        await site.synced()


@pytest.mark.parametrize("site", ["managed"], indirect=True)
async def test_46_a_local_store_killed_while_it_writes_ends_equal_to_the_source(site: Site) -> None:
    await site.set_up(rows=400)
    for _ in range(2):  # a third one in a row would be blamed on the row it happens to try alone (row 58)
        before = site.stub.stats.inputs
        worker = site.process(EMBEDD_BATCH_SIZE="20")
        await wait_until(lambda before=before: site.stub.stats.inputs > before + 60)
        await worker.kill()
        kill(site.directory / "vectors")
    async with site.worker():
        await site.synced()


@pytest.mark.parametrize("site", ["managed"], indirect=True)
async def test_46_workers_and_queries_do_not_notice_that_the_process_of_the_local_store_is_killed(site: Site) -> None:
    await site.set_up(rows=20)
    async with site.worker() as worker:
        await site.synced()
        for i in range(6):
            await site.do("update articles set body = %s", f"version {i}")
            kill(site.directory / "vectors")
            assert (await search(worker.clients, "articles", "title", limit=3)).hits
            kill(site.directory / "vectors")
        await site.synced()
        assert await site.one("select last_error from embedd.sync_status('articles')") is None


@both_stores
async def test_a_backfill_continues_after_the_page_at_which_its_worker_died(site: Site) -> None:
    await site.set_up(rows=4500)
    await site.process("backfill_page=exit").gone()
    task = (await site.do("select rows_processed, last_processed_pk from embedd.tasks"))[0]
    # A range is processed when it is filled, a page of keys when it is queued.
    assert task == (
        {"rows_processed": 0, "last_processed_pk": "1024"}
        if site.mode == "platform"
        else {"rows_processed": 2000, "last_processed_pk": "2000"}
    )
    async with site.worker(lease=30):  # the dead worker's is over in a second
        await site.synced()
    assert await site.one("select rows_processed from embedd.tasks") == 4500
    assert max(site.texts().values()) == 1


# A separate server, to be stopped immediately.


@pytest.fixture
def own() -> Iterator[Postgres]:
    with running_postgres() as server:
        yield server


async def test_20_a_server_stopped_at_once_under_load_loses_no_event(
    own: Postgres, vendor: Any, nursery: Any, tmp_path: Path
) -> None:
    dsn = Cluster(own.dsn).dsn("postgres")
    await migrate(dsn)
    async with open_site(dsn, "platform", vendor=vendor, nursery=nursery, directory=tmp_path) as site:
        await site.set_up(rows=500)
        worker = site.process(EMBEDD_BATCH_SIZE="20", EMBEDD_LEASE="2")
        await wait_until(lambda: site.stub.stats.inputs > 100)
        await site.do("update articles set body = 'changed' where id > 400")
        own.crash()
        own.start()
        async with await psycopg.AsyncConnection.connect(dsn, autocommit=True, row_factory=dict_row) as session:
            site.sql = session
            await site.do("delete from articles where id <= 10")
            await site.synced(seconds=40)
            assert worker.alive
            assert max(site.texts().values()) <= 2
            await worker.kill()
