"""Watches sources where all we have is SELECT: reads keys and row hashes page by page and queues what differs.

Jobs re-read the row, so a page that is out of date by then costs nothing. A cycle that cannot read everything deletes
nothing, and one that would delete suspiciously much stops and asks (sync protocol, section 9).
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import timedelta

import structlog

from embedd_pg.clients import Clients
from embedd_pg.database.call import Database
from embedd_pg.errors import EmbeddError
from embedd_pg.generation import Generation, load_generation
from embedd_pg.sources.table import SourceTable

log = structlog.get_logger(__name__)

PAGE = 5_000
#: More known rows gone than this share and this number: probably a mistake.
GUARD_SHARE, GUARD_ROWS = 0.2, 100
#: A cycle may take at most this share of the time.
DUTY = 0.1
#: For how long a cycle is this worker's; renewed while it goes on.
LEASE = timedelta(seconds=60)


@dataclass(frozen=True, slots=True)
class Cycle:
    """A claimed comparison of one polled source."""

    generation_id: int
    sync_mode: str


class ManyRowsGone(EmbeddError):
    """Suspiciously many rows of the source table are gone."""

    code = "many_rows_gone"
    resolution = "If they were deleted on purpose, request a backfill: it takes the source as it is."


class Poller:
    """Compares polled sources when they are due; each has one cycle at a time."""

    def __init__(self, database: Database, clients: Clients) -> None:
        self._database = database
        self._clients = clients

    async def claim(self, stores: list[str]) -> Cycle | None:
        """The next cycle that is due, if any."""
        row = await self._database.row("claim_poll", p_stores=stores, p_lease=LEASE)
        return Cycle(**row) if row else None

    async def run(self, cycle: Cycle) -> None:
        """Compare, and say how it went."""
        generation = await load_generation(self._database, cycle.generation_id)
        if generation is None:
            return
        settings = self._clients.settings
        interval = settings.cdc_interval if cycle.sync_mode == "cdc" else settings.batch_interval
        loop = asyncio.get_running_loop()
        started, error, rows = loop.time(), None, None
        try:
            rows = await self._compare(generation)
        except EmbeddError as failure:
            error = f"{failure.message} {failure.resolution}"
            log.warning(
                "cycle over a polled source ended", vector_table=generation.vector_table_id, error=failure.message
            )
        except asyncio.CancelledError:
            # The worker stops: another may start this cycle over at once.
            await asyncio.shield(self._finish(generation, 0))
            raise
        await self._finish(generation, max(interval, (loop.time() - started) / DUTY), error=error, rows=rows)

    async def _finish(
        self, generation: Generation, delay: float, *, error: str | None = None, rows: int | None = None
    ) -> None:
        """The next cycle comes after `delay`. Without error and rows nothing was learned: only the time moves."""
        await self._database.value(
            "finish_poll", p_vector_table_id=generation.vector_table_id, p_error=error, p_source_rows=rows,
            p_delay=timedelta(seconds=delay),
        )  # fmt: skip

    async def _compare(self, generation: Generation) -> int:
        source = await self._clients.source(generation)
        known = await self._database.value("count_known", p_generation_id=generation.id)
        loop = asyncio.get_running_loop()
        renewed = loop.time()
        after, rows, met = None, 0, 0
        while page := await source.page_hashes(after, PAGE):
            after = page[-1][0]
            rows += len(page)
            met += await self._database.value(
                "compare_hashes", p_generation_id=generation.id,
                p_keys=[key for key, _ in page], p_hashes=[digest for _, digest in page],
            )  # fmt: skip
            if loop.time() - renewed > LEASE.total_seconds() / 3:
                renewed = loop.time()
                await self._finish(generation, LEASE.total_seconds())
        if known > met:
            await self._queue_gone(generation, source, known, rows)
        return rows

    async def _queue_gone(self, generation: Generation, source: SourceTable, known: int, rows: int) -> None:
        """Which known keys does the source no longer have? Only when all are counted is any of them queued."""
        gone: list[str] = []
        bound = max(GUARD_ROWS, GUARD_SHARE * known)
        after: str | None = None
        while True:
            found = await self._database.rows("known_keys", p_generation_id=generation.id, p_after=after, p_limit=PAGE)
            if not found:
                break
            keys = [row["known_keys"] for row in found]
            after = keys[-1]
            there = await source.existing(keys)
            gone += [key for key in keys if key not in there]
            if len(gone) > bound or (rows == 0 and gone):
                raise ManyRowsGone(
                    f"At least {len(gone)} of {known} known rows are gone from the source table; nothing was deleted."
                )
        if gone:
            await self._database.value("enqueue_keys", p_generation_id=generation.id, p_keys=gone, p_lane="live")
