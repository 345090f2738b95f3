"""Operations of writers on a source table, from end to end (fault matrix, by number). tests/sql/test_capture*.py test
what exactly is captured."""

from __future__ import annotations

import asyncio
import os

import psutil
import psycopg
import pytest
from psycopg import sql

from tests.support import postgres
from tests.support.worker import COLUMNS, Site, both_stores, wait_until

#: A million, for instance, takes half an hour.
COPIED = int(os.environ.get("EMBEDD_TEST_COPY_ROWS", "15000"))


class NoTexts(list[str]):
    """A list that keeps no texts, so that the stub's memory is not measured."""

    def extend(self, _: object) -> None: ...


async def test_28_a_large_copy_arrives_whole_and_in_flat_memory(site: Site) -> None:
    site.stub.settings.dimensions = 8
    site.stub.stats.texts = NoTexts()
    await site.create_source(rows=1)
    await site.create_vector_table(embedding_dimensions=8)
    await site.backfill()
    worker = site.process(EMBEDD_LEASE="60", EMBEDD_CONCURRENCY="2")
    await site.quiet()
    process = psutil.Process(worker.pid)
    before = peak = process.memory_info().rss
    async with site.sql.cursor() as cursor, cursor.copy("copy articles from stdin") as copy:
        for number in range(10, 10 + COPIED):
            await copy.write_row((number, f"title {number}", "lorem ipsum " * 20, number, None))
    while not await site.is_quiet():
        peak = max(peak, process.memory_info().rss)
        await asyncio.sleep(0.05)
    assert (peak - before) / 2**20 < 150
    await worker.kill()
    async with site.worker():
        await site.synced()
    assert (await site.status())["synced_rows"] == COPIED + 1


async def test_31_changes_applied_by_a_subscription_arrive(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """The publisher is another server; the subscriber's table has triggers."""
    monkeypatch.delenv("EMBEDD_TEST_DSN", raising=False)
    with postgres.running_cluster() as cluster:
        dsn = cluster.dsn(cluster.create_database())
        async with await psycopg.AsyncConnection.connect(dsn, autocommit=True) as publisher:
            table = "create table articles (id int primary key, title text, body text, price numeric, notes text)"
            fill = "insert into articles select i, 'title ' || i, 'text of ' || i, i from generate_series(1, 20) i"
            await publisher.execute(table.encode())
            await publisher.execute(fill.encode())
            await publisher.execute("create publication p for table articles")
            await site.create_source()
            subscribe = sql.SQL("create subscription s connection {} publication p").format(sql.Literal(dsn))
            await site.sql.execute(subscribe)
            try:
                await site.create_vector_table()
                await site.backfill()
                async with site.worker():
                    await wait_until(lambda: site.one("select count(*) = 20 from articles"))
                    await site.synced()
                    await publisher.execute("update articles set body = 'replicated' where id = 1")
                    await publisher.execute("update articles set price = 0 where id = 2")
                    await publisher.execute("update articles set id = 50 where id = 3")
                    await publisher.execute("delete from articles where id = 4")
                    await publisher.execute("insert into articles values (60, 'new', 'row', 1)")
                    await wait_until(lambda: site.one("select exists (select from articles where id = 60)"))
                    await site.synced()
                    assert {"50", "60"} <= await site.live()
                    await publisher.execute("truncate articles")
                    await wait_until(lambda: site.one("select not exists (select from articles)"))
                    await site.synced()
                    assert await site.live() == set()
            finally:
                await site.do("drop subscription s")


@both_stores
async def test_37_the_final_content_of_the_row_is_embedded(site: Site) -> None:
    """Generated columns, values set by BEFORE triggers, and large values that an update leaves unchanged."""
    await site.do(
        "create table articles (id int primary key, raw text, title text generated always as (upper(raw)) stored,"
        " body text, price numeric)"
    )
    await site.do(
        "create function trim_raw() returns trigger language plpgsql as"
        " $$ begin new.raw := btrim(new.raw); return new; end $$"
    )
    await site.do("create trigger t before insert or update on articles for each row execute function trim_raw()")
    await site.create_vector_table(columns=COLUMNS)
    await site.backfill()
    async with site.worker():
        await site.synced()
        await site.do("insert into articles (id, raw, body) values (1, '  quiet ', 'short')")
        large = "(select string_agg(md5(i::text), ' ') from generate_series(1, 150000) i)"
        await site.do(f"insert into articles (id, raw, body) values (2, 'large', {large})")
        await site.synced()
        assert site.texts()["Title: QUIET\nshort"] == 1
        await site.do("update articles set raw = ' loud  ' where id = 1")
        await site.do("update articles set price = 7 where id = 2")
        await site.synced()
    assert site.texts()["Title: LOUD\nshort"] == 1
    assert len(site.stub.stats.texts) == 3, "the large text has not changed"
