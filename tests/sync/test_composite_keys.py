"""Tables whose key has several columns, from the row to the store: the same text identifies a row everywhere."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from typing import Any

import psycopg
import pytest
from psycopg.rows import tuple_row

from embedd_pg.sources.key import join
from embedd_pg.sources.table import SourceTable
from embedd_pg.sync.check import poll
from tests.support.difference import active
from tests.support.gate import NOTHING_QUEUED, hold_ranges
from tests.support.verification import Hand, found, verified
from tests.support.worker import Site, both_stores, wait_until

COLUMNS = [{"name": "title", "role": "embedding"}, {"name": "price", "role": "metadata", "filter_type": "float"}]
LINES = """
    create table lines (
      order_id bigint, line_no int, title text, price numeric, primary key (order_id, line_no) deferrable)"""
FILL = """insert into lines select i, j, format('%s of order %s', j, i), i
            from generate_series(1, {}) i, generate_series(1, 12) j"""
SMALL = {"batch_size": 5, "concurrency": 2}


def key(*parts: object) -> str:
    return join([str(part) for part in parts])


async def made(site: Site, rows: int = 10, *, more: str = "", **named: Any) -> None:
    """Create orders of twelve lines each, so that 10 follows 9 in the key but not in its text."""
    await site.do(LINES + more)
    if more:
        await site.do("create table few partition of lines for values in (1, 2)")
        await site.do("create table others partition of lines default")
    await site.do(FILL.format(rows))
    await site.create_vector_table("lines", columns=COLUMNS, **named)
    await site.backfill("lines")


async def equal(site: Site, name: str = "lines") -> None:
    async def look() -> bool:
        return not await site.difference(name)

    await wait_until(look, "the store equals the source")


@both_stores
@pytest.mark.parametrize("more", ["", " partition by list (line_no)"], ids=["plain", "partitioned"])
async def test_changes_of_rows_and_of_parts_of_their_keys_are_followed(site: Site, more: str) -> None:
    await made(site, more=more)
    async with site.worker():
        await site.synced("lines")
        assert len(await site.live("lines")) == 120
        await site.do("insert into lines values (11, 1, 'new', 1)")
        await site.do("update lines set title = 'changed' where (order_id, line_no) = (3, 10)")
        await site.do("update lines set price = 99 where order_id = 4")
        await site.do("delete from lines where (order_id, line_no) in ((5, 1), (5, 12))")
        await site.do("update lines set line_no = 13 where (order_id, line_no) = (6, 1)")
        await site.do("update lines set order_id = 21 - order_id where order_id in (9, 12)")
        await site.do("update lines set line_no = 3 - line_no where order_id = 7 and line_no < 3")
        await site.synced("lines")
        live = await site.live("lines")
        assert {key(11, 1), key(6, 13), key(12, 1)} <= live
        assert not live & {key(5, 1), key(5, 12), key(6, 1), key(9, 1)}
        await site.do("truncate lines")
        await site.synced("lines")
        assert await site.live("lines") == set()


async def test_the_vectors_join_the_source_table(site: Site) -> None:
    await made(site, rows=2)
    async with site.worker():
        await site.synced("lines")
    joined = await site.do(
        "select l.order_id, l.line_no from embedd.search('lines', query => '7 of order 2', search_mode => 'lexical') s"
        " join lines l on l.order_id = (s.pk_value::jsonb ->> 0)::bigint and l.line_no = (s.pk_value::jsonb ->> 1)::int"
        " order by s.score desc limit 1"
    )
    assert joined == [{"order_id": 2, "line_no": 7}]


async def test_ranges_are_filled_in_the_order_of_the_key_while_the_table_changes(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    await made(site)
    gate = hold_ranges(monkeypatch)
    async with site.worker(**SMALL):
        await gate.reached(2)
        await wait_until(lambda: site.one("select count(*) > 3 from embedd.ranges"))
        ranges = await site.do("select after_key, last_key from embedd.ranges order by id")
        bounds = [tuple(map(int, json.loads(row["last_key"]))) for row in ranges]
        assert bounds == sorted(bounds)
        assert [row["after_key"] for row in ranges[1:]] == [row["last_key"] for row in ranges[:-1]]
        await site.do("delete from lines where (order_id, line_no) in ((1, 2), (9, 10))")
        await site.do("update lines set title = 'newer' where (order_id, line_no) = (1, 11)")
        await site.do("update lines set line_no = 100 where (order_id, line_no) = (2, 1)")
        await site.do("insert into lines values (-1, 1, 'before all')")
        await wait_until(lambda: site.one(NOTHING_QUEUED), "every change is written before the ranges are")
        gate.open()
        await site.synced("lines")
        everything = {key(i, j) for i in range(1, 11) for j in range(1, 13)} | {key(-1, 1), key(2, 100)}
        assert await site.live("lines") == everything - {key(1, 2), key(9, 10), key(2, 1)}
    assert sorted(site.texts().values())[-2:] == [1, 2], "only the row that has another key by then is sent again"


async def test_a_backfill_and_a_reconcile_meet_every_row_page_by_page(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("embedd_pg.sync.tasks.PAGE", 7)
    await made(site)
    async with site.worker():
        await site.synced("lines")
        await site.do("alter table lines disable trigger all")
        await site.do("update lines set title = 'unseen' where (order_id, line_no) = (10, 10)")
        await site.do("delete from lines where order_id = 2")
        await site.do("alter table lines enable trigger all")
        await site.backfill("lines")
        await site.synced("lines")
        assert len(await site.live("lines")) == 108
    assert site.texts()["unseen"] == 1


@both_stores
async def test_verification_finds_and_repairs_every_kind_of_difference(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("embedd_pg.sync.check.verify.LOOK_AGAIN", 0.05)
    monkeypatch.setattr("embedd_pg.sync.check.compare.PAGE_ROWS", 7)
    await made(site)
    async with site.worker() as worker:
        await site.synced("lines")
        hand = Hand(site, worker, "lines")
        await hand.delete(key(1, 10), key(9, 9))
        await hand.alter(key(3, 3))
        # A text that cannot be a key of the table belongs to no row of it, whichever program wrote it.
        await hand.add(key(77, 1))
        await hand.add("77")
        await hand.add('["1", "2"]')
        await hand.add('["x","1"]')
        told = await verified(site, "lines")
        assert found(told) == {"missing": 2, "stale": 1, "orphaned": 4}
        assert told["rows_compared"] == 120
        assert set(told["examples"]["missing"]) == {key(1, 10), key(9, 9)}
        await verified(site, "lines", repair=True)
        await site.synced("lines")
        assert found(await verified(site, "lines")) == {}


async def test_a_refused_row_is_a_dead_letter_under_its_key_and_is_tried_again(site: Site) -> None:
    await made(site)
    await site.do("update lines set title = 'poison' where (order_id, line_no) = (3, 10)")
    site.stub.settings.refuse_marker = "poison"
    async with site.worker(**SMALL):
        await site.quiet()
        (letter,) = await site.do("select key, reason from embedd.dead_letters('lines')")
        assert letter == {"key": '["3","10"]', "reason": "row"}
        site.stub.settings.refuse_marker = ""
        assert await site.one("select embedd.retry_dead_letters('lines', array[%s])", letter["key"]) == 1
        await site.synced("lines")


ODD = ["", "a", "B", "b", 'a"b', "a'b", "[", '"],["', ",", "\\", "\n\t\x01", "é😀", "%s", "%(keys_0)s", "\x7f", "null"]


@both_stores
async def test_unusual_names_and_texts_work(site: Site) -> None:
    await site.do(
        'create table odd ("No.%" text, "a""b, c" text collate "C", title text, price numeric,'
        ' primary key ("No.%", "a""b, c"))'
    )
    pairs = [(one, other) for one in ODD for other in ("", "a", one)]
    pairs = list(dict.fromkeys(pairs))
    for number, (one, other) in enumerate(pairs):
        await site.do("insert into odd values (%s, %s, %s, 1)", one, other, f"title {number}")
    await site.create_vector_table("odd", columns=COLUMNS, primary_key_column='"No.%", "a""b, c"')
    await site.backfill("odd")
    async with site.worker():
        await site.synced("odd")
        assert await site.live("odd") == {key(*pair) for pair in pairs}
        await site.do("""update odd set "a""b, c" = '!' || "a""b, c" where "No.%%" <> %s""", "a")
        await site.do("delete from odd where price = 1 and title like 'title 1%%' and %s <> ''", "x")
        await site.synced("odd")
        assert key("a", "a") in await site.live("odd")
        assert key("", "!") in await site.live("odd")
        assert found(await verified(site, "odd")) == {}


# Polled sources: a view, and everything over a connection.

SHELF = """
    create table copies (shelf text, place int, title text, price numeric);
    insert into copies select s, i, format('%s %s', s, i), i
      from unnest(array['a', 'A', 'é"']) s, generate_series(1, 12) i;
    create view shelf as select * from copies"""


async def polled(site: Site) -> None:
    await site.do(SHELF)
    await site.create_vector_table("shelf", columns=COLUMNS, primary_key_column="shelf, place", sync_mode="cdc")
    await site.backfill("shelf")


@both_stores
async def test_a_view_is_polled_by_its_key_in_parts_and_pages(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(poll, "PAGE", 5)
    monkeypatch.setattr(poll, "PART", 7)
    await polled(site)
    async with site.worker():
        await site.quiet()
        await equal(site, "shelf")
        shipped: list[int] = []
        page_hashes = SourceTable.page_hashes

        async def counted(self: SourceTable, *values: Any, **named: Any) -> list[tuple[str, str]]:
            page = await page_hashes(self, *values, **named)
            shipped.append(len(page))
            return page

        await asyncio.sleep(1)
        monkeypatch.setattr(SourceTable, "page_hashes", counted)
        await asyncio.sleep(1)
        assert shipped == [], "the ledger makes the same digests of the same keys"
        await site.do("update copies set title = 'changed' where (shelf, place) = ('é\"', 10)")
        await site.do("update copies set place = 13 where (shelf, place) = ('a', 1)")
        await site.do("delete from copies where (shelf, place) = ('A', 12)")
        await site.do("insert into copies values ('a', 100, 'new', 1)")
        await wait_until(lambda: site.one("select count(*) > 0 from embedd.row_states where key = %s", key("a", 100)))
        await equal(site, "shelf")
        live = await site.live("shelf")
        assert {key("a", 13), key("a", 100), key('é"', 10)} <= live
        assert not live & {key("a", 1), key("A", 12)}
        assert shipped


async def test_rows_of_a_view_with_an_incomplete_key_are_left_out_and_duplicates_are_set_aside(site: Site) -> None:
    await polled(site)
    await site.do("insert into copies values (null, 1, 'no'), ('a', null, 'no'), ('a', 2, 'twice'), (null, null, 'no')")
    async with site.worker():
        await site.quiet()
        # The first comparison retries it.
        letters = "select key, message from embedd.dead_letters('shelf')"
        (letter,) = await wait_until(lambda: site.do(letters), "the row set aside")
        assert letter["key"] == key("a", 2) and "Several rows" in letter["message"]
        assert len(await site.live("shelf")) == 35
        await site.do("delete from copies where title = 'twice'")
        await wait_until(lambda: site.one("select count(*) = 0 from embedd.dead_letters('shelf')"))
        await equal(site, "shelf")


# Reads use the index of the key.


async def test_reads_use_the_index_of_the_key(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    await site.do(LINES)
    await site.do("insert into lines select i / 12, i % 12, 'title ' || i from generate_series(1, 60000) i")
    await site.do("vacuum analyze lines")
    await site.create_vector_table("lines", columns=COLUMNS)
    plans: list[str] = []
    execute = psycopg.AsyncCursor.execute

    async def explained(self: Any, query: Any, params: Any = None, **named: Any) -> Any:
        if isinstance(params, dict) and "source" in (text := query.as_string(self.connection)):
            other = psycopg.AsyncCursor(self.connection, row_factory=tuple_row)
            await execute(other, ("explain " + text).encode(), params)
            plans.append("\n".join(line for (line,) in await other.fetchall()))
        return await execute(self, query, params, **named)

    async with site.clients() as clients:
        source = await clients.source(await active(clients, "lines"))
        monkeypatch.setattr(psycopg.AsyncCursor, "execute", explained)
        some: Sequence[str] = [key(number, 7) for number in range(1, 4000, 100)]
        assert set(await source.read(some)) == set(some) == await source.existing([*some, key(9999, 1), "x"])
        after, last = key(2500, 11), key(2510, 2)
        assert await source.page_keys(after, 3) == [key(2501, 0), key(2501, 1), key(2501, 2)]
        assert await source.range_end(after, 20, 10**9) == key(2502, 7)
        assert list(await source.read_range(after, last)) == await source.range_keys(after, last)
        assert len(await source.range_keys(after, last)) == 9 * 12 + 3
        assert await source.key_after(after, 13) == key(2502, 0)
        assert len(await source.digests(after, last, buckets=8)) == 8
    assert len(plans) >= 8
    for plan in plans:
        assert "Seq Scan" not in plan and "Sort Key: source" not in plan, plan
        assert "lines_pkey" in plan, plan
