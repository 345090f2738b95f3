"""An upgrade from each release: of a database full of work, and under a running worker of that release."""

from __future__ import annotations

import asyncio
import subprocess
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psycopg
import pytest

from embedd_pg.database.call import Database, open_pool
from embedd_pg.database.migrate import migrate
from embedd_pg.database.sql_files import LINES, migrations
from tests.migration.called import ROOT
from tests.migration.dump import drop_forwards, dump
from tests.migration.test_released import RELEASED, RELEASES
from tests.support.postgres import Cluster
from tests.support.released import COMMITS, checkout, start_worker
from tests.support.vendor_stub import Stub
from tests.support.worker import PASSAGES, Site, open_site, wait_until


@pytest.fixture(params=RELEASES)
async def old(
    request: pytest.FixtureRequest,
    cluster: Cluster,
    vendor: Stub,
    nursery: subprocess.Popen[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> AsyncIterator[Site]:
    """A site whose schema is that of a release."""
    monkeypatch.setattr("embedd_pg.sync.worker.GRACE", 0.3)
    with cluster.fresh_database() as dsn:
        with psycopg.connect(dsn, autocommit=True) as connection:
            connection.execute((RELEASED / f"{request.param}.sql").read_bytes())
        async with open_site(dsn, "managed", vendor=vendor, nursery=nursery, directory=tmp_path) as made:
            yield made


async def fill(site: Site) -> None:
    """Some of everything that may be under way: a table done and changed again in either mode, one being filled, jobs
    of a worker that died, a row set aside, waiting events."""
    await site.set_up(rows=30)
    await site.set_up(rows=30, name="notes", mode="platform", where="id < 1000", chunking=PASSAGES)
    await site.set_up(rows=20, name="waiting", mode="platform")
    # As a worker leaves them, though their vectors were lost: everything is to be embedded again.
    await site.do(
        "update embedd.tasks set status = 'completed', finished_at = now() where target_id in"
        " (select id from embedd.vector_tables where name <> 'waiting')"
    )
    await site.do(
        "update embedd.vector_tables set sync_status = 'synced', last_synced_at = now() where name <> 'waiting'"
    )
    for name in ("articles", "notes"):
        await site.do(f"update {name} set body = body || ' changed'")
    await site.do("select embedd.ingest(1000)")
    generation = await site.one(
        "select g.id from embedd.generations g join embedd.vector_tables v on v.id = vector_table_id"
        " where name = 'notes'"
    )
    claimed = await site.do("select * from embedd.claim_jobs(%s, 'live', 5, 'gone', '1 s')", generation)
    await site.do(
        "select embedd.release_jobs(%s,"
        " (select token from embedd.jobs where generation_id = %s and key = %s), array[%s], '0',"
        " 'row', 'No.', true, 1)",
        generation,
        generation,
        claimed[0]["key"],
        claimed[0]["key"],
    )
    await site.do("delete from articles where id <= 5; update notes set id = 500 where id = 30")
    await site.do("insert into waiting values (1000, 'new', 'one', 1, null)")
    assert await site.one("select count(*) from embedd.dead_letters()") == 1
    assert await site.one("select count(*) from embedd.jobs where leased_until is not null") == 4
    assert await site.one("select count(*) from embedd.outbox") > 0
    assert await site.one("select count(*) from embedd.tasks where status = 'pending'") == 1


async def test_unfinished_work_of_a_release_continues_after_the_upgrade(old: Site, fresh: str) -> None:
    await fill(old)
    before = await old.do("select key, state from embedd.jobs order by 1, 2")
    await migrate(old.dsn)
    assert await old.do("select key, state from embedd.jobs order by 1, 2") == before
    assert await old.one("select embedd.retry_dead_letters('notes')") == 1
    await old.do("select embedd.verify('articles', repair => true), embedd.verify('notes', repair => true)")
    async with old.worker():
        for name in ("articles", "notes", "waiting"):
            await old.synced(name, seconds=90)
        await old.do("insert into notes values (700, 'a new row', 'after the upgrade', 1, null)")
        await old.synced("notes")
        for name in ("articles", "notes", "waiting"):
            await old.do("select embedd.drop_vector_table(%s)", name)
        await wait_until(lambda: old.one("select not exists (select from embedd.generations)"), "stores removed")
    # The objects of the vector table are gone with it, and the rest equals a fresh installation.
    assert drop_forwards(old.dsn) > 100
    assert dump(old.dsn) == fresh


async def test_an_upgraded_catalogue_is_that_of_a_fresh_installation(old: Site, fresh: str) -> None:
    await old.do("drop extension vector")
    await migrate(old.dsn)
    assert drop_forwards(old.dsn) > 100
    assert dump(old.dsn) == fresh
    await migrate(old.dsn)
    assert drop_forwards(old.dsn) > 100
    assert dump(old.dsn) == fresh


async def test_63_a_newer_worker_refuses_an_older_schema_and_touches_nothing(
    old: Site, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    if RELEASES[request.node.callspec.params["old"]] == {line: len(migrations((line,))) for line in LINES}:
        pytest.skip("there is no migration since that release, so its schema cannot be told from this one's")
    await fill(old)
    before = dump(old.dsn), await _contents(old)
    process = await start_worker(old.dsn, ROOT, tmp_path / "newer.log")
    assert await asyncio.wait_for(process.wait(), 60) == 1
    said = (tmp_path / "newer.log").read_text()
    assert "The schema embedd of this database is older than this program." in said
    assert "Run 'embedd migrate'." in said
    assert (dump(old.dsn), await _contents(old)) == before


async def _contents(site: Site) -> list[dict[str, object]]:
    return await site.do(
        "select (select json_agg(j order by generation_id, key) from embedd.jobs j)::text as jobs,"
        " (select json_agg(o order by id) from embedd.outbox o)::text as outbox,"
        " (select json_agg(t order by id) from embedd.tasks t)::text as tasks"
    )


async def test_a_worker_of_the_previous_release_keeps_running_while_the_schema_is_upgraded(
    old: Site, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    """It runs, its sessions have prepared their calls, rows change; then a worker of this version takes over."""
    version = request.node.callspec.params["old"]
    old.mode = "platform"
    await old.set_up(rows=50)
    program = checkout(version, tmp_path)
    process = await start_worker(old.dsn, program, tmp_path / "old.log", EMBEDD_AUDIT_INTERVAL="0.3")
    try:
        # This program cannot read generations of that schema; store and source are compared after the upgrade.
        await old.settled(seconds=60)
        with _changes(old):
            await asyncio.sleep(1)
            await migrate(old.dsn)
            await asyncio.sleep(2)
        assert process.returncode is None, (tmp_path / "old.log").read_text()
        await old.do("insert into articles values (2000, 'after', 'the upgrade', 1, null)")
        await old.synced(seconds=60)
        assert "embedd" in await _sessions(old)
        async with old.worker():
            await old.do("update articles set body = 'both are there'")
            await old.synced(seconds=60)
            process.terminate()
            assert await asyncio.wait_for(process.wait(), 60) == 0, (tmp_path / "old.log").read_text()
            await old.do("update articles set body = 'one is there'")
            await old.synced(seconds=60)
        assert "Traceback" not in (tmp_path / "old.log").read_text()
    finally:
        with suppress(ProcessLookupError):
            process.kill()


async def test_a_worker_of_the_previous_release_stops_when_it_cannot_read_a_filter_type_in_use(
    old: Site, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    """While it runs such a type is refused; it stops if a session that did not see it run uses the type."""
    version = request.node.callspec.params["old"]
    old.mode = "platform"
    await old.set_up(rows=3)
    process = await start_worker(
        old.dsn, checkout(version, tmp_path), tmp_path / "old.log", EMBEDD_AUDIT_INTERVAL="0.3"
    )
    try:
        await old.settled()
        await migrate(old.dsn)
        await old.create_source("times", 3)
        await old.do("alter table times add at timestamptz default now()")
        typed = [{"name": "title", "role": "embedding"}, {"name": "at", "role": "metadata", "filter_type": "datetime"}]
        async with old.worker():
            await old.do("update articles set body = 'both are there'")
            await old.synced()
            await old.do("delete from embedd.looks where knows is null")
            await wait_until(lambda: old.one("select exists (select from embedd.looks where knows is null)"))
            with pytest.raises(psycopg.Error, match="A worker of an earlier version is running") as refused:
                await old.create_vector_table("times", columns=typed)
            assert refused.value.sqlstate == "EBC12"
        async with old.sql.transaction():
            await old.do("delete from embedd.looks")
            await old.create_vector_table("times", columns=typed)
        assert await asyncio.wait_for(process.wait(), 60) == 1
        said = (tmp_path / "old.log").read_text()
        assert "The schema embedd was upgraded while this worker ran." in said
        assert "Traceback" not in said
    finally:
        with suppress(ProcessLookupError):
            process.kill()
    await old.backfill("times")
    async with old.worker():
        await old.synced("times")
        await old.synced()


async def _sessions(site: Site) -> set[str]:
    """Which programs work on the database, as they call themselves."""
    found = await site.do(
        "select application_name as name from pg_stat_activity"
        " where datname = current_database() and application_name ~ '^embedd( [0-9.]+)?$'"
    )
    return {row["name"] for row in found}


@contextmanager
def _changes(site: Site) -> Iterator[None]:
    """Rows change all the time."""

    async def change() -> None:
        async with await psycopg.AsyncConnection.connect(site.dsn, autocommit=True) as session:
            for number in range(100_000):
                await session.execute("update articles set body = %s where id = %s", [f"as {number}", number % 50 + 1])
                await asyncio.sleep(0.01)

    task = asyncio.create_task(change())
    yield
    assert not task.done(), task
    task.cancel()


async def test_a_session_with_a_prepared_call_keeps_working_when_the_function_gets_another_column(
    installed: str,
) -> None:
    pool = await open_pool(installed, size=1)
    database = Database(pool)
    try:
        for _ in range(10):
            assert await database.rows("oldest_program")
        with psycopg.connect(installed) as session:
            session.execute("drop function embedd.oldest_program()")
            session.execute(
                "create function embedd.oldest_program() returns table (line text, number int, more text)"
                " language sql as $$ values ('control', 1, 'x') $$"
            )
        assert await database.rows("oldest_program") == [{"line": "control", "number": 1, "more": "x"}]
    finally:
        await pool.close()


def test_the_commit_of_each_release_is_known() -> None:
    assert COMMITS.keys() == RELEASES.keys()
