"""Polling: the rows that one cycle over a source without triggers transfers when 100 of its rows have changed, and
those it finds.

The ledger records that all rows are in the store, as after a backfill; only the cycle itself is measured.
"""

from __future__ import annotations

import asyncio
import resource
import time
from collections.abc import Sequence

from benchmarks.place import Place, Site
from benchmarks.report import OURS, Report
from embedd_pg.clients import Clients
from embedd_pg.database.call import Database, open_pool
from embedd_pg.generation import load_generation
from embedd_pg.settings import Settings
from embedd_pg.sources.table import SourceTable
from embedd_pg.sync.check.poll import PAGE, Cycle, Poller

CHANGED = 100
POLLED = "update embedd.vector_tables set capture_id = null, sync_status = 'synced', last_synced_at = now()"
#: Every row with its hash, as read from the source.
KNOWN = """
    insert into embedd.row_states (generation_id, key, token, text_hash, metadata_hash, source_hash, checked)
    select %s, key, 1, 't', 'm', hash, 1 from unnest(%s::text[], %s::text[]) known (key, hash)"""


def measure(place: Place, report: Report, *, rows: int = 1_000_000) -> None:
    with place.site(rows=rows) as site:
        site.sql.execute("alter table products disable trigger user")
        site.sql.execute(POLLED)
        shipped, queued, seconds, grown = asyncio.run(_cycle(site, rows))
    report.put(
        f"Polling {rows:,} rows of which {CHANGED} have changed: rows shipped, changes found",
        OURS,
        f"{shipped:,} ({shipped / rows:.2%}), {queued} of {CHANGED}",
        wanted="< 1 %, all",
        seconds=round(seconds, 1),
        memory_grown_mb=grown,
    )


async def _cycle(site: Site, rows: int) -> tuple[int, int, float, int]:
    async with await open_pool(site.url) as pool:
        clients = Clients(Settings(database_url=site.url), Database(pool))
        try:
            generation = await load_generation(clients.database, int(site.value("select id from embedd.generations")))
            assert generation is not None
            source = await clients.source(generation)
            await _know_all(site, source, generation.id)
            site.sql.execute(f"update products set name = name || ' anew' where id % {rows // CHANGED} = 7".encode())
            shipped = 0
            page_hashes = SourceTable.page_hashes

            async def counted(
                self: SourceTable, after: str | None, limit: int, *, buckets: int, which: Sequence[int]
            ) -> list[tuple[str, str]]:
                nonlocal shipped
                page = await page_hashes(self, after, limit, buckets=buckets, which=which)
                shipped += len(page)
                return page

            SourceTable.page_hashes = counted  # type: ignore[method-assign]
            peak, started = _peak(), time.perf_counter()
            try:
                await Poller(clients.database, clients).run(Cycle(generation.id, "cdc"))
            finally:
                SourceTable.page_hashes = page_hashes  # type: ignore[method-assign]
            seconds = time.perf_counter() - started
            return shipped, int(site.value("select count(*) from embedd.jobs")), seconds, _peak() - peak
        finally:
            await clients.close()


async def _know_all(site: Site, source: SourceTable, generation: int) -> None:
    after: str | None = None
    while page := await source.page_hashes(after, 10 * PAGE, buckets=1, which=[0]):
        after = page[-1][0]
        site.sql.execute(KNOWN, [generation, [key for key, _ in page], [digest for _, digest in page]])
    site.sql.execute("analyze embedd.row_states")


def _peak() -> int:
    """Return the largest resident size of this process so far, in megabytes."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10
