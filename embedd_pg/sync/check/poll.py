"""Polling of sources on which embedd has only SELECT: find changed rows by comparing digests, and queue them.

The source computes a digest for each bucket of rows. Keys and row hashes are read only for the buckets that differ. For
a source whose changes are captured by remote triggers (remote_outbox.py), cycles are rare: each one ensures that the
triggers are in place and finds the changes they missed.

A job reads its row again, so a page that is out of date does no harm. A cycle that cannot read everything deletes
nothing. A cycle that would delete suspiciously many rows stops with an error (sync protocol, section 9).
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

import structlog

from embedd_pg.clients import Clients
from embedd_pg.database.call import Database
from embedd_pg.errors import EmbeddError
from embedd_pg.generation import Generation, load_generation
from embedd_pg.resources.remote_triggers import ensure_triggers
from embedd_pg.sources.table import SourceTable

log = structlog.get_logger(__name__)

PAGE = 5_000
#: Rows whose digests one statement of the source computes.
PART = 1_000_000
#: A cycle stops if more known rows are gone than this share and this number: probably a mistake.
GUARD_SHARE, GUARD_ROWS = 0.2, 100
#: The largest share of the time that cycles may take.
DUTY = 0.1
#: How long a worker holds a claimed cycle; renewed with every statement, which may take two minutes.
LEASE = timedelta(seconds=130)


@dataclass(frozen=True, slots=True)
class Cycle:
    """A claimed comparison cycle of one polled source."""

    generation_id: int
    sync_mode: str


class ManyRowsGone(EmbeddError):
    """Suspiciously many rows of the source table are gone."""

    code = "many_rows_gone"
    resolution = "If they were deleted on purpose, request a backfill: it takes the source as it is."


class Poller:
    """The comparison cycles that are due, run one at a time for each source."""

    def __init__(self, database: Database, clients: Clients) -> None:
        self._database = database
        self._clients = clients

    async def claim(self, stores: list[str]) -> Cycle | None:
        """Claim the next cycle that is due, or return None."""
        row = await self._database.row("claim_poll", p_stores=stores, p_lease=LEASE)
        return Cycle(**row) if row else None

    async def run(self, cycle: Cycle) -> None:
        """Compare the source with the known rows, and record the outcome."""
        generation = await load_generation(self._database, cycle.generation_id)
        if generation is None:
            return
        loop = asyncio.get_running_loop()
        started, error, rows = loop.time(), None, None
        try:
            # Triggers first: a change that no trigger has seen is then older than the comparison, which finds it.
            error = await ensure_triggers(self._clients, generation)
            rows = await self._compare(generation)
        except EmbeddError as failure:
            error = failure.advice
            log.warning("poll_cycle_failed", vector_table=generation.vector_table.id, error=failure.message)
        except asyncio.CancelledError:
            # The worker stops: release the cycle, so that another worker may start it at once.
            await asyncio.shield(self._finish(generation, 0))
            raise
        now = await load_generation(self._database, cycle.generation_id)
        # After an error the next cycle comes soon, however rare they are.
        name = cycle.sync_mode if error is not None or now is None else now.source.capture.interval
        interval = self._clients.settings.comparison_interval(name)
        await self._finish(generation, max(interval, (loop.time() - started) / DUTY), error=error, rows=rows)

    async def _finish(
        self, generation: Generation, delay: float, *, error: str | None = None, rows: int | None = None
    ) -> None:
        """Schedule the next cycle after `delay` seconds. Without error and rows, change nothing but that time."""
        await self._database.value(
            "finish_poll",
            p_vector_table_id=generation.vector_table.id,
            p_error=error,
            p_source_rows=rows,
            p_delay=timedelta(seconds=delay),
        )

    async def _compare(self, generation: Generation) -> int:
        """Queue all rows that differ, and return the number of rows in the source."""
        source = await self._clients.source(generation)
        buckets = buckets_for(await self._database.value("count_known", p_generation_id=generation.id))
        found = await self._database.rows("digest_keys", p_generation_id=generation.id, p_buckets=buckets)
        known = {row["bucket"]: (row["keys"], row["digest"]) for row in found}
        there = await self._digests(generation, source, buckets)
        which = sorted(bucket for bucket in known | there if known.get(bucket) != there.get(bucket))
        rows = sum(number for number, _ in there.values())
        if which:
            await self._queue_changed(generation, source, buckets, which)
            await self._queue_gone(generation, source, buckets, which, sum(keys for keys, _ in known.values()), rows)
        return rows

    async def _digests(self, generation: Generation, source: SourceTable, buckets: int) -> dict[int, tuple[int, int]]:
        """Return the number of rows and the digest of each bucket, read in statements of a few seconds each."""
        whole: dict[int, tuple[int, int]] = {}
        after: str | None = None
        while True:
            await self._finish(generation, LEASE.total_seconds())
            last = await source.key_after(after, PART)
            for bucket, (number, digest) in (await source.digests(after, last, buckets=buckets)).items():
                before = whole.get(bucket, (0, 0))
                whole[bucket] = before[0] + number, before[1] ^ digest
            if last is None:
                return whole
            after = last

    async def _queue_changed(
        self, generation: Generation, source: SourceTable, buckets: int, which: Sequence[int]
    ) -> None:
        after: str | None = None
        while page := await source.page_hashes(after, PAGE, buckets=buckets, which=which):
            after = page[-1][0]
            hashes: dict[str, str] = {}
            for key, digest in page:
                hashes[key] = hashes.get(key, "") + digest  # a view may have several rows with one key
            await self._database.value(
                "compare_hashes", p_generation_id=generation.id, p_keys=list(hashes), p_hashes=list(hashes.values())
            )
            await self._finish(generation, LEASE.total_seconds())

    async def _queue_gone(
        self, generation: Generation, source: SourceTable, buckets: int, which: Sequence[int], known: int, rows: int
    ) -> None:
        """Queue the known keys that are gone from the source, after all of them are counted."""
        gone: list[str] = []
        bound = max(GUARD_ROWS, GUARD_SHARE * known)
        after: str | None = None
        while True:
            found = await self._database.rows(
                "keys_in_buckets",
                p_generation_id=generation.id,
                p_buckets=buckets,
                p_which=list(which),
                p_after=after,
                p_limit=PAGE,
            )
            if not found:
                break
            keys = [row["keys_in_buckets"] for row in found]
            after = keys[-1]
            there = await source.existing(keys)
            gone += [key for key in keys if key not in there]
            if len(gone) > bound or (rows == 0 and gone):
                raise ManyRowsGone(
                    f"At least {len(gone)} of {known} known rows are gone from the source table; nothing was deleted."
                )
        if gone:
            await self._database.value("enqueue_keys", p_generation_id=generation.id, p_keys=gone, p_lane="live")


def buckets_for(rows: int) -> int:
    """Return the number of buckets: about 64 rows in each, and no more than a few megabytes of digests in total."""
    return min(max(1 << (rows // 64).bit_length(), 16), 16_384)
