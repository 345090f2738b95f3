"""The clock of the database goes back (fault matrix, by number)."""

from __future__ import annotations

import re
import subprocess
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import psycopg
import pytest
from psycopg.rows import DictRow

from embedd_pg.database.migrate import migrate
from tests.faults.test_database_faults import alert
from tests.support.clock import Clock, cluster_with_clock
from tests.support.postgres import Cluster
from tests.support.vendor_stub import Stub
from tests.support.vendor_wire import Fault
from tests.support.worker import Site, open_site, wait_until

HOUR = 3600

#: Columns that only record a time, so that nothing waits for it.
RECORDS = """api_keys.created_at api_keys.expires_at api_keys.revoked_at audit_log.at captures.created_at
  connections.created_at connections.last_tested_at consumer.since embedders.created_at embedders.updated_at
  environments.created_at failed_logins.minute fence_marks.at generations.created_at instance.checked_at
  looks.error_at migrations.applied_at notices.at organizations.created_at outbox.at rate_buckets.filled_at
  tasks.created_at tasks.finished_at tasks.phase_since tasks.started_at users.created_at users.disabled_at
  vector_tables.changed_at vector_tables.created_at vector_tables.dropped_at vector_tables.last_error_at"""


@pytest.fixture(scope="module")
def clocked() -> Iterator[tuple[Cluster, Clock]]:
    with cluster_with_clock() as made:
        yield made


@pytest.fixture
async def clocked_site(
    clocked: tuple[Cluster, Clock], vendor: Stub, nursery: subprocess.Popen[str], tmp_path: Path
) -> AsyncIterator[tuple[Site, Clock]]:
    cluster, clock = clocked
    clock.shift(0)
    with cluster.fresh_database() as dsn:
        await migrate(dsn)
        async with open_site(dsn, "platform", vendor=vendor, nursery=nursery, directory=tmp_path) as site:
            yield site, clock


async def test_76_a_backlog_goes_on_when_the_clock_of_the_database_goes_back(
    clocked_site: tuple[Site, Clock],
) -> None:
    site, clock = clocked_site
    await site.set_up(rows=5)
    async with site.worker():
        await site.synced()
    await site.insert("articles", 1000, first=100)
    async with site.worker(batch_size=5, concurrency=1):
        site.stub.settings.latency_ms = 200
        await wait_until(lambda: site.one("select count(*) > 500 from embedd.jobs"))
        clock.shift(-HOUR)
        await site.do("delete from articles where id = 1")
        site.stub.settings.latency_ms = 0
        await site.synced()


async def test_76_a_backlog_that_no_worker_moved_back_goes_on_with_the_next_one(
    clocked_site: tuple[Site, Clock],
) -> None:
    site, clock = clocked_site
    await site.set_up(rows=5)
    async with site.worker():
        await site.synced()
        site.stub.settings.faults.extend([Fault(status=503)] * 500)
        await site.do("update articles set body = 'changed'")
        await site.error()
    assert await alert(site, "clock") is None
    clock.shift(-HOUR)
    assert "start one" in (await alert(site, "clock") or "")
    assert await site.one("select min(run_at) > clock_timestamp() + interval '30 min' from embedd.jobs")
    site.stub.settings.faults.clear()
    async with site.worker():
        await site.synced()
        assert await alert(site, "clock") is None


async def test_76_a_lease_keeps_its_length_when_the_clock_goes_back(clocked_site: tuple[Site, Clock]) -> None:
    site, clock = clocked_site
    await site.set_up(rows=2)
    await site.do("select embedd_internal.record_look('one', null)")
    await site.do(
        "insert into embedd.jobs (generation_id, key, lane, leased_until, worker, token)"
        " values (1, '1', 'live', clock_timestamp() + interval '1 min', 'one', 1)"
    )
    clock.shift(-HOUR)
    await site.do("select embedd_internal.record_look('two', null)")
    (notice,) = await site.do("select message from embedd.notices()")
    assert re.match(r"The clock of the database went back by 3\d\d\d s\.", notice["message"])
    left = await site.one("select extract(epoch from leased_until - clock_timestamp())::float8 from embedd.jobs")
    assert 0 < left <= 120
    await site.do("select embedd_internal.record_look('one', null)")
    assert await site.one("select count(*) from embedd.notices()") == 1, "it is followed once"


def test_each_time_that_work_waits_for_follows_the_clock(pg: psycopg.Connection[DictRow]) -> None:
    columns = """
        select c.relname || '.' || a.attname as name
          from pg_class c join pg_attribute a on a.attrelid = c.oid
         where c.relnamespace = 'embedd'::regnamespace and c.relkind = 'r' and a.atttypid = 'timestamptz'::regtype"""
    all_ = {row["name"] for row in pg.execute(columns.encode()).fetchall()}
    text = pg.execute("select prosrc from pg_proc where proname = 'follow_clock'").fetchone()
    assert text is not None
    followed = {name for name in all_ if name in text["prosrc"]}
    assert set(RECORDS.split()) == all_ - followed
