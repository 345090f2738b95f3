"""The first backfill into a co-located store: key ranges, filled while the table changes."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.gate import NOTHING_QUEUED, hold_ranges
from tests.support.worker import Site, wait_until

ROWS = 100
#: Four batches are a range: with 20 rows in each, there are five ranges.
SMALL = {"batch_size": 5, "concurrency": 2}


async def ranges(site: Site) -> int:
    return int(await site.one("select count(*) from embedd.ranges"))


async def test_every_row_arrives_once_and_no_job_is_queued(site: Site) -> None:
    await site.create_source(rows=ROWS)
    await site.create_vector_table()
    await site.do(
        "create function refuse() returns trigger language plpgsql as 'begin raise exception ''a job''; end';"
        "create trigger refuse before insert on embedd.jobs for each row execute function refuse()"
    )
    await site.backfill()
    async with site.worker(**SMALL):
        await site.synced()
    assert set(site.texts().values()) == {1}
    assert await site.one("select rows_processed from embedd.tasks") == ROWS
    assert await ranges(site) == 0


async def test_a_second_backfill_compares_and_embeds_nothing(site: Site) -> None:
    await site.set_up(rows=ROWS)
    async with site.worker(**SMALL):
        await site.synced()
        await site.do("alter table articles disable trigger all")
        await site.do("update articles set body = 'changed unseen' where id = 50")
        await site.do("alter table articles enable trigger all")
        await site.backfill()
        await site.synced()
    assert sum(site.texts().values()) == ROWS + 1


async def test_a_live_change_wins_over_a_range_that_read_the_row_earlier(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    await site.set_up(rows=ROWS)
    gate = hold_ranges(monkeypatch)
    async with site.worker(**SMALL):
        await gate.reached(2)
        await site.do("delete from articles where id in (3, 99)")
        await site.do("update articles set body = 'newer' where id = 4")
        await site.do("update articles set price = 1000 where id = 5")
        await site.do("update articles set id = 1006 where id = 6")
        await site.do("insert into articles values (0, 'first', 'before all', 0, null)")
        await wait_until(lambda: site.one("select count(*) = 0 from embedd.jobs"), "live changes do not wait")
        # A row that was removed and came back unchanged.
        await site.do("delete from articles where id = 7")
        await wait_until(lambda: site.one(NOTHING_QUEUED))
        gate.open()
        await site.synced()
        marks = await site.marks()
        assert marks["3"].dead
        await site.insert("articles", 1, first=3)
        await site.insert("articles", 1, first=7)
        await site.synced()
        assert {"3", "7", "0", "1006"} <= await site.live()


@pytest.mark.parametrize("place", ["after_claim", "after_read", "after_embed", "before_write", "before_ack"])
async def test_killed_anywhere_another_worker_fills_the_range(site: Site, place: str) -> None:
    await site.set_up(rows=ROWS)
    await site.process(f"{place}=exit", EMBEDD_BATCH_SIZE="5").gone()
    assert await ranges(site) > 0
    async with site.worker(**SMALL):
        await site.synced()
    assert await ranges(site) == 0
    assert max(site.texts().values()) <= 2


async def test_a_range_that_killed_two_workers_becomes_ordinary_jobs(site: Site) -> None:
    await site.set_up(rows=ROWS)
    for _ in range(2):
        await site.process("after_read=exit", EMBEDD_BATCH_SIZE="5", EMBEDD_CONCURRENCY="1").gone()
        await site.do("update embedd.ranges set leased_until = now() - interval '1 s' where leased_until is not null")
    claimed: list[str] = []
    async with site.worker(**SMALL) as worker:
        dissolve = worker.worker._ranges.dissolve

        async def noted(*arguments: Any) -> bool:
            claimed.extend(arguments[1])
            return await dissolve(*arguments)

        worker.worker._ranges.dissolve = noted  # type: ignore[method-assign]
        await site.synced()
    assert claimed


async def test_a_worker_that_lost_its_lease_writes_nothing(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    await site.set_up(rows=20)
    gate = hold_ranges(monkeypatch)
    async with site.worker(batch_size=10) as worker:
        await gate.reached(1)
        await site.do("update embedd.ranges set token = nextval('embedd.fence')")
        gate.open()
        await wait_until(lambda: not worker.worker._attempts)
        assert await site.one("select count(*) from embedd.row_states") == 0
        await site.do("update embedd.ranges set leased_until = null")
        await site.synced()


async def test_a_cancelled_backfill_writes_nothing_any_more(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    await site.set_up(rows=20)
    gate = hold_ranges(monkeypatch)
    async with site.worker(batch_size=10) as worker:
        await gate.reached(1)
        await site.do("select embedd.cancel_task(id) from embedd.tasks")
        gate.open()
        await wait_until(lambda: not worker.worker._attempts)
        assert await site.one("select count(*) from embedd.row_states") == 0
        assert (await site.status())["sync_status"] == "pending"
        await site.backfill()
        await site.synced()


async def test_a_refused_row_is_set_aside_and_its_range_is_filled(site: Site) -> None:
    await site.set_up(rows=ROWS)
    await site.do("update articles set body = 'poison' where id = 33")
    site.stub.settings.refuse_marker = "poison"
    async with site.worker(**SMALL):
        await site.quiet()
        dead = await site.do("select key, state, error_class, error from embedd.jobs")
        assert [(row["key"], row["state"], row["error_class"]) for row in dead] == [("33", "dead", "row")]
        assert "refuses an input" in dead[0]["error"]
        assert len(await site.live()) == ROWS - 1
        calls = site.stub.stats.requests
        site.stub.settings.refuse_marker = ""
        await site.do("update articles set body = 'harmless' where id = 33")
        await site.synced()
        assert site.stub.stats.requests == calls + 1, "nothing is tried again until it changes"


async def test_rows_of_a_failed_request_are_done_separately(site: Site) -> None:
    await site.set_up(rows=20)
    site.stub.fault(status=500)
    async with site.worker(batch_size=5, concurrency=1):
        await site.synced()
    # The stub counts the texts it received: five texts twice, the others of the range once.
    assert sorted(site.texts().values()) == [1] * 15 + [2] * 5


async def test_rows_without_text_are_stored_without_a_vector(site: Site) -> None:
    await site.create_source(rows=ROWS)
    await site.do("update articles set title = null, body = ' ' where id % 2 = 0")
    await site.create_vector_table()
    await site.backfill()
    async with site.worker(**SMALL):
        await site.synced()
    assert sum(site.texts().values()) == ROWS / 2


async def test_searches_are_indexed_once_the_table_is_filled(site: Site) -> None:
    await site.set_up(rows=ROWS)
    indexes = (
        "select am.amname, x.indisvalid from pg_index x join pg_class i on i.oid = x.indexrelid"
        " join pg_am am on am.oid = i.relam join pg_class c on c.oid = x.indrelid where c.relname like 'embedd_%%'"
        " and (am.amname in ('hnsw', 'gin') or c.relname like '%%_words') order by 1"
    )
    async with site.worker(**SMALL):
        await site.synced()
        assert await site.do(indexes) == [
            {"amname": kind, "indisvalid": True}
            for kind in ("btree", "gin", "hnsw")  # on words, on metadata, on vectors
        ]
        # The next backfill rebuilds what a crash leaves.
        await site.do(
            "update pg_index set indisvalid = false where indexrelid in"
            " (select i.oid from pg_class i join pg_am a on a.oid = i.relam where a.amname = 'hnsw')"
        )
        await site.backfill()
        await site.synced()
        assert [row["indisvalid"] for row in await site.do(indexes)] == [True, True, True]


async def test_a_range_holds_no_more_than_its_provider_embeds_at_once(site: Site) -> None:
    """A range appears as a whole. With small requests, four at once, a range has eight rows: there are 13 ranges."""
    await site.create_source(rows=ROWS)
    await site.create_vector_table()
    await site.do(
        "insert into embedd.models (provider, model, dimensions, sizes, max_items, origin)"
        " values ('openai', 'small', 8, '{[8,8]}', 2, 'operator')"
    )
    await site.backfill()
    async with site.worker(**SMALL):
        await site.synced()
    assert await site.one("select last_value from embedd.ranges_id_seq") == 13
