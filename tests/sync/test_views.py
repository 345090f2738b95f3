"""Views and materialized views: triggers cannot report changes, so they are polled, even in the control database."""

from __future__ import annotations

from typing import Any

import psycopg
import pytest

from tests.support.worker import Site, both_stores, wait_until

COLUMNS = [{"name": "title", "role": "embedding"}, {"name": "author", "role": "metadata", "filter_type": "keyword"}]
SOURCES = """
    create table authors (id int primary key, name text);
    create table books (id int primary key, title text, author_id int, draft boolean default false);
    insert into authors select i, 'author ' || i from generate_series(1, 3) i;
    insert into books select i, 'book ' || i, 1 + i % 3 from generate_series(1, 30) i;
    create view shelf as
      select b.id, b.title, a.name as author from books b join authors a on a.id = b.author_id where not draft;
"""


async def watched(site: Site, source: str = "public.shelf", **more: Any) -> None:
    await site.create_vector_table("shelf", source, columns=COLUMNS, primary_key_column="id", sync_mode="cdc", **more)
    await site.backfill("shelf")


async def becomes(site: Site, keys: set[str]) -> None:
    async def look() -> bool:
        return await site.live("shelf") == keys

    await wait_until(look, f"the rows {sorted(keys)}")


async def equal(site: Site) -> None:
    async def look() -> bool:
        return not await site.difference("shelf")

    await wait_until(look, "the store equals the view")


@both_stores
async def test_a_view_is_followed_when_any_of_its_tables_changes(site: Site) -> None:
    await site.do(SOURCES)
    await watched(site)
    everything = {str(number) for number in range(1, 31)}
    async with site.worker():
        await site.quiet()
        await becomes(site, everything)
        assert (await site.status("shelf"))["sync_status"] == "synced"
        embedded = sum(site.texts().values())
        await site.do("update books set draft = true where id = 4; delete from books where id = 5")
        await site.do("insert into books values (40, 'the newest', 2)")
        await becomes(site, everything - {"4", "5"} | {"40"})
        # A name in the other table is metadata of ten rows, and not embedded.
        await site.do("update authors set name = 'somebody else' where id = 1")
        await equal(site)
        assert sum(site.texts().values()) == embedded + 1
        assert await site.one("select count(*) from pg_trigger where tgname like 'zz_embedd%'") == 0


async def test_a_materialized_view_is_followed_from_refresh_to_refresh(site: Site) -> None:
    await site.do(SOURCES)
    await site.do("create materialized view kept as select * from shelf where id < 5")
    await watched(site, "public.kept", where="id <> 1")
    async with site.worker():
        await site.quiet()
        await becomes(site, {"2", "3", "4"})
        await site.do("update books set title = 'anew' where id = 2; delete from books where id = 3")
        await site.do("refresh materialized view kept")
        await becomes(site, {"2", "4"})
        await equal(site)
        assert site.texts()["anew"] == 1


async def test_rows_without_key_are_left_out_and_duplicate_keys_are_set_aside(site: Site) -> None:
    await site.do("create table parts (id int, title text, author text)")
    await site.do("insert into parts values (1, 'one', 'a'), (2, 'two', 'b'), (2, 'two again', 'c'), (null, 'no', 'd')")
    await site.do("create view shelf as select * from parts")
    await watched(site)
    async with site.worker():
        await site.quiet()
        await becomes(site, {"1"})
        # The first comparison retries it.
        letters = "select key, reason, message from embedd.dead_letters('shelf')"
        (letter,) = await wait_until(lambda: site.do(letters), "the row set aside")
        assert (letter["key"], letter["reason"]) == ("2", "row") and "Several rows" in letter["message"]
        await site.do("insert into parts values (3, 'three', 'e')")
        await becomes(site, {"1", "3"})
        await site.do("delete from parts where title = 'two again'")
        await becomes(site, {"1", "2", "3"})


@pytest.mark.parametrize(
    ("key", "message"), [(None, "is not an ordinary table"), ("gone", "has no column gone"), ("title", None)]
)
async def test_a_view_needs_a_key_column(site: Site, key: str | None, message: str | None) -> None:
    await site.do(SOURCES)
    create = "select embedd.create_vector_table(name => 'shelf', source_table => 'public.shelf', embedder => 'stub',"
    create += " embedding_model => 'small', embedding_dimensions => 64, mode => 'platform', primary_key_column => %s,"
    create += """ columns => '[{"name": "title", "role": "embedding"}]')"""
    if message is None:
        assert await site.one(create, key)
        return
    with pytest.raises(psycopg.Error, match=message) as raised:
        await site.one(create, key)
    assert raised.value.sqlstate == "EBV01" and raised.value.diag.message_hint
