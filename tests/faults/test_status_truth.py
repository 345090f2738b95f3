"""The status of vector tables without a worker that looks for changes: an error that says why and what to do."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import pytest

from embedd_pg.database.pooler import Pooler
from tests.acceptance.test_doctor import found, of
from tests.support.pgbouncer import pgbouncer
from tests.support.worker import Site, wait_until


def shows(site: Site, said: str) -> Callable[[], Awaitable[bool]]:
    """Return a condition: status, view, list and health() show an error with these words."""

    async def look() -> bool:
        status = await site.status()
        (viewed,) = await site.do("select sync_status, last_error from embedd.status")
        listed = await site.one("select sync_status from embedd.list_vector_tables()")
        alert = await site.one("select coalesce(alert, '') from embedd.health() where subject = 'workers'")
        return {status["sync_status"], viewed["sync_status"], listed} == {"error"} and all(
            said in (text or "") for text in (status["last_error"], viewed["last_error"], alert)
        )

    return look


async def synced_again(site: Site) -> None:
    await site.synced()
    assert (await site.status())["last_error"] is None
    assert await site.one("select count(*) from embedd.standstill") == 0


async def test_86_without_a_living_worker_nothing_is_called_synced(site: Site) -> None:
    await site.set_up(rows=3)
    worker = site.process()
    await site.synced()
    await worker.kill()
    await wait_until(shows(site, "No worker looks for changes since"))
    row = await site.status()
    assert "embedd worker" in row["last_error"] and row["last_error_at"] is not None
    health = of(await found(site), "health")
    assert health.state == "wrong" and "No worker looks" in health.message
    site.process()
    await synced_again(site)


async def test_86_a_backfill_without_a_worker_says_why_it_stands(site: Site) -> None:
    await site.set_up(rows=3)
    row = await site.status()
    assert row["sync_status"] == "backfilling" and "No worker looks for changes." in row["last_error"]


#: Failures of the look for work, the words of the server that the status repeats, and a part of the cure.
FAILURES = [
    ("53100", 'could not extend file "base/5/1": No space left on device', "Make room"),
    ("58P01", 'could not access file "$libdir/vector": No such file or directory', "Install that library"),
    (
        "55000",
        'cannot delete from table "outbox" because it does not have a replica identity and publishes deletes',
        "replica identity full",
    ),
]


@pytest.mark.parametrize(("sqlstate", "said", "cure"), FAILURES, ids=[failure[0] for failure in FAILURES])
async def test_87_a_worker_that_cannot_look_for_work_says_what_the_server_said(
    site: Site, sqlstate: str, said: str, cure: str, capsys: pytest.CaptureFixture[str]
) -> None:
    await site.set_up(rows=3)
    whole = await site.one("select pg_get_functiondef('embedd_internal.ingest'::regproc)")
    async with site.worker():
        await site.synced()
        await site.do(_BROKEN.format(sqlstate=sqlstate, said=said))
        await site.do("update articles set body = 'changed'")
        await wait_until(shows(site, said))
        assert cure in (await site.status())["last_error"]
        await site.do(whole)
        await synced_again(site)
    lines = [line for line in capsys.readouterr().out.splitlines() if "look_for_work_failed " in line]
    assert any("times=1" in line and "address=" in line for line in lines)
    assert len([line for line in lines if "times=1 " in f"{line} "]) == 1


_BROKEN = """
    create or replace function embedd_internal.ingest(p_limit int, p_from bigint default 0)
    returns table (events bigint, last_id bigint) language plpgsql as $$
    begin
      raise exception using errcode = '{sqlstate}', message = $said${said}$said$;
    end $$"""


async def test_88_changes_that_no_worker_takes_are_an_error(site: Site) -> None:
    """Workers for platform tables only, and a managed table whose jobs are due."""
    await site.set_up(rows=3)
    async with site.worker():
        await site.synced()
        await site.do(
            "update embedd.vector_tables set last_synced_at = clock_timestamp() - interval '1 minute';"
            "update embedd.generations set store = 'qdrant';"
            "insert into embedd.jobs (generation_id, key, lane, run_at)"
            " select id, '1', 'live', clock_timestamp() - interval '1 minute' from embedd.generations"
        )
        assert "no worker takes them" in await site.error()
        await site.do("update embedd.generations set store = 'pgvector'")
        await synced_again(site)


async def test_89_a_pooler_that_keeps_wake_ups_back_shows_where_polling_is_slow(site: Site) -> None:
    await site.set_up(rows=3)
    with pgbouncer(site.dsn, Pooler.TRANSACTION.value) as pooler:
        async with site.worker(database_url=pooler.dsn, poll_interval=0.5):
            await site.synced()
            await wait_until(lambda: site.one("select count(*) from embedd.looks where error is null"))
        async with site.worker(database_url=pooler.dsn, poll_interval=30):
            await wait_until(shows(site, "EMBEDD_POLL_INTERVAL"))
            assert "transaction mode" in (await site.status())["last_error"]


async def test_89_resume_answers_as_ever_and_the_next_status_tells_the_truth(site: Site) -> None:
    await site.set_up(rows=1)
    async with site.worker():
        await site.synced()
        await site.do("select embedd.pause_sync('articles')")
    await wait_until(lambda: site.one("select count(*) from embedd.standstill"))
    assert (await site.status())["sync_status"] == "paused"
    await site.do("select embedd.resume_sync('articles')")
    assert (await site.status())["sync_status"] == "error"
