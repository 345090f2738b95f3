"""Counts of source rows for the status of vector tables, made over the source connection and outside of any request.

Only tables whose number of rows is not known otherwise are counted: those that wait for their first backfill, and those
of which a tier leaves rows out.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from embedd_pg.clients import Clients
from embedd_pg.database.call import Database
from embedd_pg.errors import EmbeddError
from embedd_pg.generation import load_generation

log = structlog.get_logger(__name__)

#: The largest share of the time that counting may take.
DUTY = 0.1
#: How long a worker holds a claimed count. The source ends a statement after two minutes.
LEASE = timedelta(seconds=150)
#: Seconds until a failed count is tried again.
RETRY = 60.0


@dataclass(frozen=True, slots=True)
class Count:
    """A claimed count of the source of one vector table."""

    generation_id: int
    began: datetime


class Counter:
    """The counts that are due, run one at a time for each source."""

    def __init__(self, database: Database, clients: Clients) -> None:
        self._database = database
        self._clients = clients

    async def claim(self) -> Count | None:
        """Claim the next count that is due, or return None."""
        row = await self._database.row("claim_count", p_lease=LEASE)
        return Count(**row) if row else None

    async def run(self, count: Count) -> None:
        """Count the rows of the source and record the result."""
        generation = await load_generation(self._database, count.generation_id)
        if generation is None:
            return
        loop = asyncio.get_running_loop()
        started, rows, delay = loop.time(), None, RETRY
        try:
            rows = await (await self._clients.source(generation)).count()
            delay = max(1.0, (loop.time() - started) / DUTY)
        except EmbeddError as error:
            log.info("source_count_failed", vector_table=generation.vector_table.id, error=error.message)
        await self._database.value(
            "finish_count",
            p_generation_id=generation.id,
            p_rows=rows,
            p_began=count.began,
            p_delay=timedelta(seconds=delay),
            p_rest=timedelta(seconds=self._clients.settings.captured_interval),
        )
