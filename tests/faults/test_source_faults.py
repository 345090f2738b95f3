"""Faults of the source table and of the store, and their effect on rows (fault matrix, by number)."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from psycopg.conninfo import make_conninfo

from embedd_pg.errors import StoreError
from embedd_pg.stores.base import StoreTable
from embedd_pg.stores.pgvector.store import PgvectorStore
from embedd_pg.stores.qdrant.store import QdrantStore
from tests.support.postgres import Cluster
from tests.support.worker import Running, Site, both_stores, create_role, wait_until


@both_stores
async def test_13_a_row_changed_while_it_is_processed_is_processed_again(site: Site) -> None:
    await site.set_up(rows=2)
    async with site.worker():
        await site.synced()
        site.stub.fault(hang=1)
        before = site.stub.stats.requests
        await site.do("update articles set body = 'first' where id = 1")
        await wait_until(lambda: site.stub.stats.requests > before)
        await site.do("update articles set body = 'second' where id = 1")
        await site.do("delete from articles where id = 2")
        await site.synced()
    assert [site.texts()[f"Title: title 1\n{body}"] for body in ("first", "second")] == [1, 1]


@both_stores
async def test_26_truncate_and_reload_in_one_transaction_embeds_only_what_changed(site: Site) -> None:
    await site.set_up(rows=40)
    async with site.worker():
        await site.synced()
        async with site.sql.transaction():
            await site.do("truncate articles")
            await site.insert("articles", 30)
            await site.do("insert into articles values (99, 'new', 'row', 1)")
        await site.synced()
        assert await site.live() == {*map(str, range(1, 31)), "99"}
    assert set(site.texts().values()) == {1}


async def test_26_a_new_row_that_is_being_embedded_while_its_table_is_truncated_is_removed(site: Site) -> None:
    """No recorded state names the row, and no event names it either: only its job does."""
    await site.set_up(rows=3)
    async with site.worker():
        await site.synced()
        site.stub.fault(hang=3)
        await site.insert("articles", 1, first=10)
        await wait_until(lambda: site.stub.stats.in_flight, "the row has been read")
        await site.do("truncate articles")
        compared = "select exists (select from embedd.tasks where task_type = 'reconcile' and status = 'completed')"
        await wait_until(lambda: site.one(compared), "the table has been compared")
        assert site.stub.stats.in_flight
        await site.synced()
        assert not await site.live()


@both_stores
async def test_27_changed_and_swapped_keys_end_equal_to_the_source(site: Site) -> None:
    await site.set_up(rows=5)
    await site.do("alter table articles alter id set not null")
    async with site.worker():
        await site.synced()
        await site.do("update articles set id = 50 where id = 5")
        async with site.sql.transaction():
            await site.do("update articles set id = -1 where id = 1")
            await site.do("update articles set id = 1 where id = 2")
            await site.do("update articles set id = 2 where id = -1")
        await site.do("update articles set id = id + 100 where id in (3, 4)")
        await site.synced()
        assert await site.live() == {"1", "2", "50", "103", "104"}


async def test_34_writers_of_a_renamed_table_succeed_and_other_tables_go_on(site: Site) -> None:
    await site.set_up(rows=3)
    await site.set_up(rows=3, name="others")
    async with site.worker():
        await site.synced()
        await site.do("alter table articles rename to essays")
        await site.do("update essays set body = 'written while renamed' where id = 1")
        await site.do("delete from essays where id = 2")
        await site.error()
        assert await site.live() == {"1", "2", "3"}
        await site.do("update others set body = 'others go on' where id = 1")
        await wait_until(lambda: site.texts()["Title: title 1\nothers go on"], seconds=3)
        await site.do("alter table essays rename to articles")
        await site.hurry()
        await site.synced()
        await site.synced("others")


async def test_34_writers_of_a_table_without_its_key_column_succeed(site: Site) -> None:
    await site.set_up(rows=3)
    async with site.worker():
        await site.synced()
        await site.do("alter table articles drop column id")
        await site.do("update articles set body = 'still writable'")
        assert "gone or has another type" in await site.error()
        assert await site.live() == {"1", "2", "3"}
        await site.do("drop table articles")
        await asyncio.sleep(0.3)
        assert await site.live() == {"1", "2", "3"}


async def test_35_a_dropped_or_retyped_metadata_column_is_a_clear_error_until_it_is_back(site: Site) -> None:
    await site.set_up(rows=3)
    async with site.worker():
        await site.synced()
        await site.do("alter table articles drop column price")
        await site.do("update articles set body = 'without a price' where id = 1")
        assert "gone or has another type" in await site.error()
        await site.do("alter table articles add column price numeric")
        await site.hurry()
        await site.synced()
        await site.do("alter table articles alter price type text using 'cheap'")
        await site.do("update articles set body = 'a text for a price' where id = 1")
        assert "does not fit the type" in await site.error()
        await site.do("alter table articles alter price type int using 7")
        await site.hurry()
        await site.quiet()
        # Values changed by the definition of a table fire no trigger: the backfill finds them.
        await site.backfill()
        await site.synced()


async def test_36_a_revoked_right_or_row_security_is_an_error_that_deletes_nothing(
    cluster: Cluster, site: Site
) -> None:
    await site.set_up(rows=3)
    await create_role(cluster, site.dsn, "test_worker")
    await site.do("grant embedd_worker to test_worker; grant create on schema public to test_worker")
    await site.do("grant select on articles to test_worker")
    async with site.worker(database_url=make_conninfo(site.dsn, user="test_worker")):
        await site.synced()
        await site.do("revoke select on articles from test_worker")
        await site.do("update articles set body = 'secret' where id = 2")
        assert "permission denied for table articles" in await site.error()
        assert await site.live() == {"1", "2", "3"}
        await site.do("grant select on articles to test_worker")
        await site.do("alter table articles enable row level security")
        await site.hurry()
        await site.do("delete from articles where id = 3")
        await wait_until(lambda: site.one("select last_error like '%%row security%%' from embedd.vector_tables"))
        assert await site.live() == {"1", "2", "3"}
        await site.do("alter table articles disable row level security")
        await site.hurry()
        await site.synced()
        assert await site.live() == {"1", "2"}


async def take_store_away(site: Site, worker: Running) -> Any:
    """Make every call of the store fail. Return a function that ends this."""
    if site.mode == "platform":
        name = await site.one("select store_table from embedd.generations")
        await site.do(f"alter table {name} rename to hidden")
        return lambda: site.do(f"alter table hidden rename to {name}")
    engine = (await worker.clients.qdrant())._engine
    call = engine.call

    async def fail(*_: Any, **__: Any) -> Any:
        raise StoreError("The store is down.")

    async def back() -> None:
        engine.call = call  # type: ignore[method-assign]

    engine.call = fail  # type: ignore[method-assign]
    return back


@both_stores
async def test_40_while_the_store_is_down_jobs_wait_and_no_row_is_blamed(site: Site) -> None:
    await site.set_up(rows=20)
    async with site.worker() as worker:
        await site.synced()
        bring_back = await take_store_away(site, worker)
        await site.do("update articles set body = body || ' changed' where id <= 5")
        await site.do("update articles set price = 0 where id = 6")
        await site.do("delete from articles where id = 7")
        assert "store" in await site.error()
        rows = await site.do("select state, attempts, error_class from embedd.jobs where error_class is not null")
        assert rows
        assert {(row["state"], row["attempts"]) for row in rows} == {("queued", 0)}
        await bring_back()
        await site.hurry()
        await site.synced()
        assert "7" not in await site.live()


@both_stores
async def test_40_a_store_that_does_not_answer_delays_no_other_table(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ensuring a table's store affects no other table, even if it takes long and fails."""
    await site.set_up(rows=3)
    others = await site.set_up(rows=3, name="others")
    async with site.worker():
        await site.synced()
        await site.synced("others")
    kind = PgvectorStore if site.mode == "platform" else QdrantStore
    create = kind.create

    async def slow(store: Any, table: StoreTable) -> None:
        if table.vector_table_id == others:
            await asyncio.sleep(5)
            raise StoreError
        await create(store, table)

    monkeypatch.setattr(kind, "create", slow)
    await site.do("update others set body = 'delayed'")
    async with site.worker() as worker:
        await wait_until(lambda: "prepare 2" in worker.worker._running)
        await site.do("update articles set body = 'not delayed' where id = 1")
        await wait_until(lambda: site.texts()["Title: title 1\nnot delayed"], seconds=2)
        assert "prepare 2" in worker.worker._running


async def test_68_one_row_does_not_wait_for_ten_thousand_of_another_table(site: Site) -> None:
    await site.set_up(rows=1, name="crowd")
    await site.set_up(rows=1)
    async with site.worker(batch_size=20, concurrency=2):
        await site.synced()
        site.stub.settings.latency_ms = 100
        await site.insert("crowd", 10_000, first=10)
        await wait_until(lambda: site.stub.stats.inputs > 100)
        await site.do("update articles set body = 'urgent' where id = 1")
        await wait_until(lambda: site.texts()["Title: title 1\nurgent"])
        assert await site.one("select count(*) > 1000 from embedd.jobs"), "the crowd still waits"


async def test_live_changes_do_not_wait_for_a_backfill(site: Site) -> None:
    await site.set_up(rows=3000)
    site.stub.settings.latency_ms = 100
    async with site.worker(batch_size=20, concurrency=2):
        await wait_until(lambda: site.stub.stats.inputs > 100)
        await site.do("update articles set body = 'urgent' where id = 3000")
        await wait_until(lambda: site.texts()["Title: title 3000\nurgent"])
        assert site.stub.stats.inputs < 2000, "the backfill has most of its way to go"


async def test_a_backfill_progresses_under_many_live_changes(site: Site) -> None:
    await site.set_up(rows=100)
    async with site.worker(batch_size=20, concurrency=2):
        await site.synced()
        site.stub.settings.latency_ms = 100
        await site.insert("articles", 3000, first=1000)
        await wait_until(lambda: site.stub.stats.inputs > 200)
        await site.do(
            "select embedd_internal.enqueue_keys(1, array(select i::text from generate_series(1, 100) i), 'backfill')"
        )
        left = "select count(*) = 0 from embedd.jobs where lane = 'backfill'"
        await wait_until(lambda: site.one(left), seconds=5)
        assert await site.one("select count(*) > 1000 from embedd.jobs where lane = 'live'")


@both_stores
async def test_72_a_row_inserted_and_deleted_before_it_is_read_costs_no_call(site: Site) -> None:
    await site.set_up(rows=1)
    async with site.worker():
        await site.synced()
    site.stub.stats.texts.clear()
    await site.do("insert into articles values (7, 'short', 'life', 1)")
    await site.do("delete from articles where id = 7")
    async with site.worker():
        await site.synced()
        assert await site.live() == {"1"}
    assert site.stub.stats.texts == []


async def test_57_odd_texts_are_embedded_or_skipped_without_a_crash(site: Site) -> None:
    odd = ["", " \t\n", "\u200b", "😀👩‍👩‍👧", "שלום עולם", "\x01\x02", "a\u0301", "\ufeff", "x" * 20_000]
    await site.create_source()
    for number, text in enumerate(odd):
        await site.do("insert into articles values (%s, %s, null, 1)", number, text)
    await site.create_vector_table()
    await site.backfill()
    async with site.worker():
        await site.synced()
        assert (await site.status())["skipped_rows"] == 2


async def test_56_a_text_of_a_megabyte_is_truncated_and_flagged(site: Site) -> None:
    await site.create_source()
    await site.do("insert into articles values (1, 'long', repeat('word ', 200000), 1), (2, 'short', 'text', 1)")
    await site.create_vector_table()
    await site.backfill()
    async with site.worker():
        await site.synced()
        table = await site.one("select store_table from embedd.generations")
        rows = await site.do(f"select pk_value, truncated from {table} order by 1")
    assert [(row["pk_value"], row["truncated"]) for row in rows] == [("1", True), ("2", False)]
    assert max(map(len, site.stub.stats.texts)) <= 4 * 8192


POISON = """
create type body as (text text);
create function body_text(body) returns text language plpgsql as $$
begin
  if ($1).text = 'damaged' then
    raise exception using errcode = '{code}', message = 'SECRET of the row';
  end if;
  return ($1).text;
end $$;
create cast (body as text) with function body_text(body);
alter table articles alter body type body using row(body)::body;
update articles set body = row('damaged')::body where id in (7, 613)"""


@both_stores
@pytest.mark.parametrize("code", ["XX001", "22021", "54000"])
async def test_55_a_row_that_cannot_be_read_is_set_aside_alone(site: Site, code: str) -> None:
    """PostgreSQL reports damaged pages and invalid text; this test uses a failing cast."""
    await site.create_source(rows=1000)
    await site.do(POISON.format(code=code))
    columns = [{"name": "title", "role": "embedding"}, {"name": "body", "role": "metadata", "filter_type": "keyword"}]
    await site.create_vector_table(columns=columns)
    await site.backfill()
    async with site.worker(batch_size=100):
        await site.quiet()
        status = await site.status()
        assert (status["sync_status"], status["synced_rows"], status["dead_rows"]) == ("synced", 998, 2)
        dead = await site.do("select key, message from embedd.dead_letters('articles')")
        assert {letter["key"] for letter in dead} == {"613", "7"}
        assert all("cannot be read" in letter["message"] and "SECRET" not in letter["message"] for letter in dead)
        await site.do("update articles set body = row('mended')::body where id = 7")
        await site.quiet()
        assert (await site.status())["synced_rows"] == 999


async def test_35_a_key_that_grows_to_bigint_loses_no_row(site: Site) -> None:
    """A key that is impossible for the former type of its column does not mean that the row is gone."""
    async with site.worker():
        await site.set_up(3)
        await site.synced()
        await site.do("alter table articles alter id type bigint")
        await site.do("insert into articles (id, title) values (5000000000, 'far beyond')")
        await site.do("update articles set title = 'another' where id = 2")
        await site.synced()
        assert await site.live() == {"1", "2", "3", "5000000000"}
        await site.backfill()
        await site.synced()
        await site.do("delete from articles where id = 5000000000")
        await site.synced()
        assert await site.live() == {"1", "2", "3"}
