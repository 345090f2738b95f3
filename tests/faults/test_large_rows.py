"""Rows of a megabyte: a worker reads a batch in portions, so its memory is bounded (fault matrix, by number)."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from tests.faults.test_capture_faults import NoTexts
from tests.support.memory_limit import memory_limit
from tests.support.released import start_worker
from tests.support.vendor_wire import Fault
from tests.support.worker import ROOT as REPOSITORY
from tests.support.worker import Site, WorkerProcess, wait_until

ROWS = 200
MEGABYTE = "repeat(md5(i::text || %s), 32768)"
#: What a worker may take for its rows, in MB; 32 were measured. Held all at once, they take more than their own 200.
BOUND = 120
#: The memory of a whole worker, in MB.
LIMIT = 400
SET_ASIDE = "select count(*) from embedd.dead_letters('articles')"


def peak(worker: WorkerProcess) -> float:
    """Return the most memory that a process has had, in MB."""
    status = Path(f"/proc/{worker.pid}/status").read_text()
    return int(status.partition("VmHWM:")[2].split()[0]) / 1024


async def test_79_rows_of_a_megabyte_are_processed_in_bounded_memory(site: Site) -> None:
    site.stub.settings.dimensions = 8
    site.stub.stats.texts = NoTexts()
    await site.create_source(rows=1)
    await site.create_vector_table(embedding_dimensions=8)
    await site.backfill()
    log = site.directory / "limited.log"
    more = {"EMBEDD_LEASE": "60", "EMBEDD_DATA_DIR": str(site.directory / "data")} | site.environment
    with memory_limit(LIMIT) as limit:
        started = await start_worker(site.worker_dsn, REPOSITORY, log, **more)
        limit.add(started.pid)
        worker = WorkerProcess(started.pid, log)
        try:
            await fill_and_backfill(site, worker)
            assert worker.alive and not limit.killed
        finally:
            await worker.kill()
    async with site.worker():
        await site.synced("large")


async def fill_and_backfill(site: Site, worker: WorkerProcess) -> None:
    """Let the worker embed rows of a megabyte: in a backfill, and all of them changed; and compare them again."""
    await site.quiet()
    before = peak(worker)
    await site.do("create table large (like articles including all)")
    await site.do(f"insert into large select i, 'large', {MEGABYTE} from generate_series(1, {ROWS}) i", "first")
    await site.create_vector_table("large", embedding_dimensions=8)
    await site.backfill("large")
    await site.quiet(seconds=120)
    assert peak(worker) - before < BOUND
    await site.do(f"update large set body = {MEGABYTE.replace('i::text', 'id::text')}", "second")
    await wait_until(lambda: site.one(f"select count(*) between 1 and {ROWS - 1} from embedd.jobs"), "a part is done")
    await site.quiet(seconds=120)
    await site.backfill("large")
    await site.quiet(seconds=120)
    print(f"a worker took {before:.0f} MB, and {peak(worker):.0f} MB with rows of a megabyte")
    assert peak(worker) - before < BOUND


async def test_79_deletes_and_metadata_of_a_large_batch_do_not_wait_for_its_provider(site: Site) -> None:
    await site.create_source(rows=1)
    await site.create_vector_table()
    await site.do(f"insert into articles (id, body, price) select i, {MEGABYTE}, 1 from generate_series(10, 29) i", "")
    await site.backfill()
    async with site.worker(batch_size=50):
        await site.synced()
        site.stub.settings.faults.extend([Fault(status=503)] * 500)
        async with site.sql.transaction():
            await site.do("delete from articles where id = 29")
            await site.do("update articles set price = 2, body = 'b' || body where id < 29")
        table = await site.one("select format('%I.%I', store_schema, store_table) from embedd.generations")
        changed = f"select count(*) = 19 from {table} where not dead and (metadata ->> 'price')::float = 2"
        await wait_until(lambda: site.one(changed), "metadata of all portions")
        assert "29" not in await site.live()
        site.stub.settings.faults.clear()
        await site.hurry()
        await site.synced()


async def has_ended(worker: asyncio.subprocess.Process, site: Site) -> bool:
    """Tell whether a worker has died, or has nothing left to die of."""
    return worker.returncode is not None or bool(await site.one(SET_ASIDE))


async def test_58_a_text_too_large_for_the_memory_of_a_worker_is_set_aside(site: Site) -> None:
    """Each worker that takes the text of 200 MB is killed by the kernel; the third time the row is set aside."""
    await site.create_source(rows=20)
    await site.do("insert into articles (id, body) values (21, repeat(md5('a'), 6553600))")
    await site.create_vector_table()
    await site.backfill()
    log, deaths = site.directory / "limited.log", 0
    more = {"EMBEDD_LEASE": "3", "EMBEDD_DATA_DIR": str(site.directory / "data")} | site.environment
    with memory_limit(LIMIT) as limit:
        if limit.group is None:
            pytest.skip("memory cannot be limited here: it takes the rights of root over control groups")
        while not await site.one(SET_ASIDE):
            started = await start_worker(site.worker_dsn, REPOSITORY, log, **more)
            limit.add(started.pid)
            await wait_until(lambda worker=started: has_ended(worker, site), "a death, or a dead letter")
            deaths += started.returncode is not None
            if started.returncode is None:
                started.terminate()
            await started.wait()
        assert deaths == limit.killed == 3, log.read_text()
    assert "Three workers in a row ended" in await site.one("select message from embedd.dead_letters('articles')")
    async with site.worker():
        await site.quiet()
        assert await site.live() == set(map(str, range(1, 21)))
