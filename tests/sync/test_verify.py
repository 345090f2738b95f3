"""Verification and sweep: differences between source and store are found, distinguished from work in progress, and
repaired."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from embedd_pg.sources.table import SourceTable
from embedd_pg.sync.check.compare import ComparedPage, Comparison, Difference, Kind
from tests.support.search import search
from tests.support.verification import Hand, ended, found, sweep, uncaptured, verified
from tests.support.worker import Site, both_stores, wait_until


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("embedd_pg.sync.check.verify.PATIENCE", 1.0)
    monkeypatch.setattr("embedd_pg.sync.check.verify.LOOK_AGAIN", 0.05)


@both_stores
async def test_an_equal_store_has_no_difference(site: Site) -> None:
    await site.set_up(rows=30)
    await site.do("insert into articles values (90, null, ' ', 1)")
    async with site.worker():
        await site.synced()
        row = await verified(site)
        assert (found(row), row["rows_compared"], row["waiting"], row["examples"]) == ({}, 31, 0, {})
        await site.do("delete from articles where id <= 5")
        await site.synced()
        assert (found(await verified(site)), await site.difference()) == ({}, [])


async def test_the_empty_text_is_a_key_like_any_other(site: Site) -> None:
    await site.do("create table articles (id text primary key, title text, body text, price numeric)")
    await site.do("insert into articles values ('', 'no name', 'x', 1)")
    await site.create_vector_table()
    await site.backfill()
    async with site.worker():
        await site.synced()
        row = await verified(site)
        assert (found(row), row["rows_compared"]) == ({}, 1)


@both_stores
async def test_every_kind_of_difference_is_reported_with_examples_and_then_repaired(site: Site) -> None:
    await site.set_up(rows=20)
    async with site.worker() as worker:
        await site.synced()
        hand = Hand(site, worker)
        await hand.delete("1", "2")
        await hand.alter("3")
        await hand.alter("4", "metadata_hash")
        await hand.add("77")
        told = await verified(site)
        assert found(told) == {"missing": 2, "stale": 2, "orphaned": 1}
        assert told["examples"] == {"missing": ["1", "2"], "stale": ["3", "4"], "orphaned": ["77"]}
        assert (told["difference"], told["repaired"]) == (5, 0)
        assert await site.difference(), "it only told"
        site.stub.stats.texts.clear()
        mended = await verified(site, repair=True)
        assert (found(mended), mended["repaired"]) == (found(told), 5)
        await site.synced()
        assert found(await verified(site)) == {}
    # A text that the store still had was not embedded again.
    assert sorted(site.texts().values()) == [1, 1, 1]


@both_stores
async def test_several_pages_are_compared_in_any_order_of_keys(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("embedd_pg.sync.check.compare.PAGE_ROWS", 7)
    monkeypatch.setattr("embedd_pg.sync.check.verify.WAITING", 3)
    await site.set_up(rows=60)
    async with site.worker() as worker:
        await site.synced()
        hand = Hand(site, worker)
        await hand.delete(*map(str, range(1, 31)))
        row = await verified(site)
        assert (found(row), row["rows_compared"], len(row["examples"]["missing"])) == ({"missing": 30}, 60, 10)
        assert found(await verified(site, repair=True)) == {"missing": 30}
        await site.synced()


@both_stores
async def test_the_repair_of_a_key_keeps_what_changes_at_the_same_time(site: Site) -> None:
    await site.set_up(rows=200)
    async with site.worker(batch_size=20) as worker:
        await site.synced()
        await Hand(site, worker).delete(*map(str, range(1, 101)))
        task = await site.one("select embedd.verify('articles', true)")
        for n in range(1, 101, 3):
            await site.do("update articles set body = body || ' changed' where id = %s", n)
            await site.do("delete from articles where id = %s", n + 1)
        await ended(site, task)
        await site.synced()
        assert found(await verified(site)) == {}


@both_stores
async def test_on_a_busy_table_drift_is_found_and_nothing_else(site: Site) -> None:
    await site.set_up(rows=300)
    await site.insert("articles", 5, first=5000)
    async with site.worker(batch_size=50) as worker:
        await site.synced()
        await Hand(site, worker).delete("5001")
        stop = asyncio.Event()

        async def write() -> None:
            n = 0
            while not stop.is_set():
                n += 1
                await site.do("update articles set body = 'change ' || %s where id %% 50 = %s and id < 2000", n, n % 50)
                await site.do("delete from articles where id = %s", n % 300)
                await site.do("insert into articles values (%s, 'new', 'row', 1) on conflict do nothing", 1000 + n % 40)
                await asyncio.sleep(0.005)

        async with await type(site.sql).connect(site.dsn, autocommit=True) as other:
            writing = asyncio.create_task(write())
            try:
                for _ in range(3):
                    task = (await (await other.execute("select embedd.verify('articles')")).fetchone() or [None])[0]
                    row = await ended_over(other, task)
                    assert (found(row), row["examples"]["missing"]) == ({"missing": 1}, ["5001"]), row
            finally:
                stop.set()
                await writing
        await verified(site, repair=True)
        await site.synced()


async def test_a_change_that_is_synced_between_the_two_reads_is_no_drift(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    await site.set_up(rows=3)
    read = SourceTable.read_each
    changed = 0

    async def page(self: Comparison, after: str | None) -> ComparedPage | None:
        return None if after else ComparedPage("3", 3, {"1": Difference(Kind.STALE)})

    async def read_late(self: SourceTable, keys: Any) -> Any:
        """Read rows after the answer of the store has become outdated."""
        nonlocal changed
        changed += 1
        token = await site.one("select token from embedd.row_states where key = '1'")
        await site.do("update articles set body = 'change ' || %s where id = 1", changed)
        synced = "select token > %s and not exists (select from embedd.jobs) from embedd.row_states where key = '1'"
        await wait_until(lambda: site.one(synced, token))
        return await read(self, keys)

    async with site.worker():
        await site.synced()
        monkeypatch.setattr(Comparison, "page", page)
        monkeypatch.setattr(SourceTable, "read_each", read_late)
        row = await verified(site)
        assert (found(row), row["waiting"], changed) == ({}, 0, 1)


async def ended_over(session: Any, task: str) -> dict[str, Any]:
    """Return the result of a verification requested over a separate session."""

    async def look() -> dict[str, Any] | None:
        cursor = await session.execute("select to_jsonb(v) from embedd.verification(%s) v", [task])
        (row,) = await cursor.fetchone()
        return row if row["status"] not in ("pending", "running") else None

    return dict(await wait_until(look, "the verification ends", seconds=60))


@both_stores
async def test_rows_that_wait_for_a_provider_are_not_drift(site: Site) -> None:
    await site.set_up(rows=10)
    async with site.worker() as worker:
        await site.synced()
        for _ in range(500):
            site.stub.fault(status=500)
        await site.do("update articles set body = body || ' changed' where id <= 4")
        await Hand(site, worker).delete("7")
        await wait_until(lambda: site.one("select count(*) = 4 from embedd.jobs where error is not null"))
        row = await verified(site)
        assert (found(row), row["waiting"]) == ({"missing": 1}, 4)
        assert row["examples"]["waiting"] == ["1", "2", "3", "4"]
        site.stub.settings.faults.clear()


async def test_dead_letters_are_counted_and_not_taken_for_differences(site: Site) -> None:
    await site.set_up(rows=10)
    site.stub.settings.refuse_marker = "text of 5"
    async with site.worker():
        await site.quiet()
        row = await verified(site, repair=True)
        assert (found(row), row["dead"], row["repaired"]) == ({}, 1, 0)
        assert await site.one("select state from embedd.jobs") == "dead"


@both_stores
async def test_rows_that_do_not_fit_their_column_are_unreadable_and_named(site: Site) -> None:
    await site.create_source(rows=30)
    columns = [
        {"name": "title", "role": "embedding", "ordinal": 1},
        {"name": "price", "role": "metadata", "filter_type": "integer"},
    ]
    await site.do("alter table articles alter price type bigint")
    await site.create_vector_table(columns=columns)
    await site.backfill()
    async with site.worker() as worker:
        await site.synced()
        # Keep jobs away, because they would fail on these rows. A capture check notices the new type and queues
        # all rows, so wait for the first one; the next is a minute later.
        await wait_until(lambda: site.one("select bool_and(isfinite(audited_at)) from embedd.capture_audits"))
        async with uncaptured(site):
            await site.do("alter table articles alter price type numeric")
            await site.do("update articles set price = 1e30 where id in (11, 12)")
        await Hand(site, worker).delete("13")
        row = await verified(site, repair=True)
        assert (found(row), row["repaired"]) == ({"missing": 1, "unreadable": 2}, 1)
        assert row["examples"]["unreadable"] == ["11", "12"]


async def test_an_uncaptured_change_is_drift_and_is_repaired(site: Site) -> None:
    await site.set_up(rows=10)
    async with site.worker():
        await site.synced()
        async with uncaptured(site):
            await site.do("update articles set price = 99 where id = 1")
            await site.do("delete from articles where id = 2")
            await site.insert("articles", 1, first=50)
        row = await verified(site, repair=True)
        assert found(row) == {"missing": 1, "stale": 1, "orphaned": 1}
        await site.quiet()
        assert await site.difference() == []


@both_stores
async def test_an_impossible_key_is_an_orphan(site: Site) -> None:
    await site.set_up(rows=5)
    async with site.worker() as worker:
        await site.synced()
        hand = Hand(site, worker)
        for key in ("not a number", "99999999999999999999", "007"):
            await hand.add(key)
        assert found(await verified(site, repair=True)) == {"orphaned": 3}
        await site.synced()
        assert await site.live() == set("12345")


@pytest.mark.parametrize("site", ["managed"], indirect=True)
async def test_foreign_points_harm_no_query_and_are_removed(site: Site) -> None:
    await site.set_up(rows=5)
    async with site.worker() as worker:
        await site.synced()
        hand = Hand(site, worker)
        await hand.put(17, {})
        await hand.put("5c56c793-69f3-4fbf-87e6-c4bf54c28c26", {"mine": 1})
        await hand.put(await hand.identity("3"), {"note": "?"})
        hits = (await search(worker.clients, "articles", "text of", limit=10)).hits
        assert {hit.key for hit in hits} == set("1245")
        told = await verified(site)
        assert found(told) == {"missing": 1, "orphaned": 3}
        assert "point 17" in told["examples"]["orphaned"]
        assert (await verified(site, repair=True))["repaired"] >= 3
        await site.synced()
        assert found(await verified(site, repair=True)) == {}
        assert len(await site.marks()) == 5


async def test_an_interrupted_verification_continues_where_it_was(site: Site) -> None:
    await site.set_up(rows=2500)
    async with site.worker() as worker:
        await site.synced()
        await Hand(site, worker).delete("2", "2400")
    process = site.process("verify_page=exit")
    task = await site.one("select embedd.verify('articles')")
    await process.gone()
    before = await site.one("select rows_processed from embedd.tasks where id = %s", task)
    assert 0 < before < 2500
    await site.do("update embedd.tasks set leased_until = now() where status = 'running'")
    async with site.worker():
        row = await ended(site, task)
    assert (found(row), row["examples"]["missing"], row["rows_compared"]) == ({"missing": 2}, ["2", "2400"], 2500)


async def test_keys_behind_the_checkpoint_that_waited_are_not_forgotten(site: Site) -> None:
    await site.set_up(rows=20)
    async with site.worker() as worker:
        await site.synced()
        await Hand(site, worker).delete("3")
    task = await site.one("select embedd.verify('articles')")
    await site.do("update embedd.tasks set last_processed_pk = '10', rows_processed = 10 where id = %s", task)
    await site.do("update embedd.verifications set waiting_keys = '{3,4}' where task_id = %s", task)
    async with site.worker():
        row = await ended(site, task)
        assert (found(row), row["rows_compared"]) == ({"missing": 1}, 20)


@both_stores
async def test_differences_that_the_poller_will_find_are_left_to_it(site: Site) -> None:
    await site.set_up(rows=20)
    await site.do("update embedd.vector_tables set capture_id = null")
    await site.do("delete from embedd.outbox")
    async with site.worker(batch_interval=0.2) as worker:
        await site.synced()
        await site.backfill()
        await site.synced()
        await site.do("select pg_sleep(1)")
        hand = Hand(site, worker)
        await site.do("update articles set body = 'changed' where id <= 3")
        await site.do("delete from articles where id = 5")
        await hand.delete("7")
        row = await verified(site, repair=True)
        assert (found(row), row["waiting"]) == ({"missing": 1}, 0)
        await wait_until(lambda: _equal(site), "source and store equal")


async def _equal(site: Site) -> bool:
    return not await site.difference()


async def test_a_table_that_cannot_be_compared_fails_with_the_reason(site: Site) -> None:
    await site.set_up(rows=3)
    async with site.worker():
        await site.synced()
        await site.do("alter table articles rename to elsewhere")
        task = await site.one("select embedd.verify('articles')")
        for _ in range(3):
            await wait_until(lambda: site.one("select last_error is not null from embedd.tasks where id = %s", task))
            await site.hurry()
            await asyncio.sleep(0.3)
        row = await ended(site, task, "failed")
        assert "gone" in row["last_error"]


async def test_a_sweep_is_due_once_in_its_interval_one_table_at_a_time(site: Site) -> None:
    await site.set_up(rows=3)
    await site.set_up(rows=3, name="others")
    assert await sweep(site) is None, "nothing to compare before the first backfill ends"
    async with site.worker(sweep_interval=0, sweep_share=0.5):
        await site.synced()
        await site.synced("others")
        assert await site.one("select embedd_internal.request_sweep('{pgvector}', '1 hour')") is None
        assert await site.one("select embedd_internal.request_sweep('{pgvector}', '0')") is None, "switched off"
        assert await site.one("select embedd_internal.request_sweep('{qdrant}', '1 microsecond')") is None
        await site.do("update embedd.vector_tables set created_at = now() - interval '1 day'")
        first = await site.one("select embedd_internal.request_sweep('{pgvector}', '1 hour')")
        await ended(site, first)
        second = await site.one("select embedd_internal.request_sweep('{pgvector}', '1 hour')")
        row = await ended(site, second)
        assert (row["sweep"], row["repair"]) == (True, True)
        assert {row["name"], (await ended(site, first))["name"]} == {"articles", "others"}
        assert await site.one("select embedd_internal.request_sweep('{pgvector}', '1 hour')") is None


async def test_the_worker_sweeps_by_itself(site: Site) -> None:
    await site.set_up(rows=5)
    async with site.worker() as worker:
        await site.synced()
        await Hand(site, worker).delete("3")
    async with site.worker(sweep_interval=0.001):
        await wait_until(lambda: site.one("select repaired from embedd.drift('articles')"), "swept")
        await site.synced()


async def test_a_sweep_gives_way_to_a_requested_verification(site: Site) -> None:
    await site.set_up(rows=3)
    async with site.worker():
        await site.synced()
    swept = await site.one("select embedd_internal.request_sweep('{pgvector}', '1 microsecond')")
    asked = await site.one("select embedd.verify('articles')")
    assert await site.one("select status from embedd.tasks where id = %s", swept) == "cancelled"
    async with site.worker():
        assert found(await ended(site, asked)) == {}


async def test_a_verification_of_a_generation_that_was_replaced_ends(site: Site) -> None:
    await site.set_up(rows=3)
    async with site.worker():
        await site.synced()
    task = await site.one("select embedd.verify('articles')")
    await site.do("update embedd.tasks set run_at = now() + interval '1 hour' where id = %s", task)
    await site.do("select embedd.update_vector_table('articles', embedding_dimensions => 32)")
    site.stub.settings.dimensions = 32
    async with site.worker():
        await wait_until(lambda: site.one("select sync_status = 'synced' from embedd.sync_status('articles')"))
        await site.do("update embedd.tasks set run_at = now() where id = %s", task)
        await ended(site, task, "cancelled")
