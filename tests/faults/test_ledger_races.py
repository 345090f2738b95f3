"""Rare orders of events in the ledger, forced to happen."""

from __future__ import annotations

import asyncio

import psycopg
from psycopg.rows import dict_row

from embedd_pg.errors import DatabaseUnavailable
from tests.support.worker import Site, wait_until

CLAIM = "select token from embedd_internal.claim_jobs(1, 'live', 100, 'test', '1 minute') limit 1"
LOOK = "select embedd_internal.poll_work(1000, 0, false)"


async def acknowledge(site: Site, token: int, want: int, *, gone: bool, text_hash: str | None = "t") -> None:
    await site.do(
        "select embedd_internal.acknowledge_jobs("
        " 1, %s, '{1}', array[%s::bigint], array[%s], '{true}', array[%s], '{m}', '{null}')",
        token,
        want,
        gone,
        text_hash,
    )


async def ready(site: Site) -> None:
    await site.set_up(rows=1)
    async with site.worker():
        await site.synced()
    await site.do("update articles set body = 'changed'")
    await site.do(LOOK)


async def test_an_acknowledgement_after_the_delete_of_another_attempt_records_no_state(site: Site) -> None:
    await ready(site)
    late = await site.one(CLAIM)
    await site.do("update embedd.jobs set leased_until = now() - interval '1 s'")
    token = await site.one(CLAIM)
    await acknowledge(site, token, await site.one("select want from embedd.jobs"), gone=True)
    assert await site.one("select count(*) from embedd.row_states") == 0
    await acknowledge(site, late, 1, gone=False)
    assert await site.one("select count(*) from embedd.row_states") == 0


async def test_a_waiting_claim_gets_a_token_above_all_earlier_claims(site: Site) -> None:
    await ready(site)
    async with await psycopg.AsyncConnection.connect(site.dsn, row_factory=dict_row) as first:
        await first.execute("lock table embedd.jobs in access exclusive mode")
        async with await psycopg.AsyncConnection.connect(site.dsn, autocommit=True, row_factory=dict_row) as other:
            waiting = asyncio.create_task(other.execute(CLAIM))
            blocked = "select exists (select from pg_locks where not granted and relation = 'embedd.jobs'::regclass)"
            await wait_until(lambda: site.one(blocked))
            earlier = await (await first.execute(CLAIM)).fetchone()
            await first.execute("update embedd.jobs set leased_until = null, want = want + 1")
            await first.commit()
            later = await (await waiting).fetchone()
    assert earlier is not None
    assert later is not None
    assert later["token"] > earlier["token"]


async def test_a_row_that_changed_since_its_claim_is_not_set_aside(site: Site) -> None:
    await ready(site)
    token = await site.one(CLAIM)
    want = await site.one("select want from embedd.jobs")
    await site.do("update articles set body = 'mended'")
    await site.do(LOOK)
    release = "select embedd_internal.release_jobs(1, %s, '{1}', '0', 'row', 'refused', true, 1, array[%s::bigint])"
    await site.do(release, token, want)
    assert await site.one("select state from embedd.jobs") == "queued"
    token = await site.one(CLAIM)
    await site.do(release, token, want + 1)
    assert await site.one("select state from embedd.jobs") == "dead"
    await site.do("update articles set body = 'mended again'")
    await site.do(LOOK)
    assert await site.one("select state from embedd.jobs") == "queued"


async def test_a_task_started_over_is_not_completed_by_its_former_run(site: Site) -> None:
    await ready(site)
    await site.do("select embedd_internal.request_reconcile(id) from embedd.vector_tables")
    claim = "select * from embedd_internal.claim_task('me', '{pgvector}', '1 minute')"
    first = (await site.do(claim))[0]
    await site.do(
        "select embedd_internal.checkpoint_task(%s, 'me', %s, '{}', 'finish', null, null, '1 minute')",
        first["id"],
        first["start_token"],
    )
    await site.do("select embedd_internal.request_reconcile(id) from embedd.vector_tables")
    again = (await site.do(claim))[0]
    assert again["id"] == first["id"]
    await site.do("select embedd_internal.complete_task(%s, 'me')", first["id"])
    assert await site.one("select status from embedd.tasks where id = %s", first["id"]) == "running"


async def test_an_interrupted_poll_cycle_records_nothing(site: Site) -> None:
    table = await site.set_up(rows=1)
    await site.do("update embedd.vector_tables set sync_status = 'error', last_error = 'kept'")
    await site.do("select embedd_internal.finish_poll(%s, null, null, '0')", table)
    assert await site.one("select last_error from embedd.vector_tables") == "kept"
    await site.do("update embedd.tasks set status = 'completed'")
    await site.do("select embedd_internal.finish_poll(%s, null, 5, '0')", table)
    row = (await site.do("select last_error, sync_status, source_rows from embedd.vector_tables"))[0]
    assert row == {"last_error": None, "sync_status": "synced", "source_rows": 5}


async def test_a_result_that_could_not_be_recorded_is_recorded_later(site: Site) -> None:
    """A database that is unavailable for a moment must not leave a table in error."""
    await site.set_up(rows=1)
    async with site.worker() as worker:
        await site.synced()
        record = worker.worker._ledger.record_sync
        failures = 0

        async def failing(vector_table: str, error: str | None) -> None:
            nonlocal failures
            if failures < 2:
                failures += 1
                raise DatabaseUnavailable
            await record(vector_table, error)

        await site.do("alter table articles rename to essays")
        await site.do("update essays set body = 'unseen'")
        await site.error()
        worker.worker._ledger.record_sync = failing  # type: ignore[method-assign]
        await site.do("alter table essays rename to articles")
        await site.hurry()
        await site.synced()
        await wait_until(lambda: failures == 2, "it was tried again")


async def test_73_the_error_of_a_dead_worker_is_cleared_when_no_work_is_left(site: Site) -> None:
    """Its last row was done by another worker, which died before it reported."""
    table = await site.set_up(rows=1)
    async with site.worker():
        await site.synced()
    await site.do("select embedd_internal.record_sync(%s, 'the provider is away', p_of_work => true)", table)
    async with site.worker():
        await site.synced()
    await site.do("select embedd_internal.record_sync(%s, 'a trigger is missing')", table)
    async with site.worker():
        await asyncio.sleep(2.5)
        assert await site.error() == "a trigger is missing", "it has nothing to do with the rows"


async def test_a_reconcile_of_an_emptied_table_leaves_no_error(site: Site) -> None:
    await site.create_source()
    await site.create_vector_table()
    await site.backfill()
    async with site.worker():
        await site.synced()
        await site.do("alter table articles rename column id to number")
        await site.do("insert into articles values (1, 'a', 'b', 1)")
        assert "gone or has another type" in await site.error()
        await site.do("truncate articles")
        await site.do("alter table articles rename column number to id")
        await site.hurry()
        await site.synced()
