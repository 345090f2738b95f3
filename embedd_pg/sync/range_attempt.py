"""Range attempt: one leased key range of a first backfill, from reading the rows to the acknowledgement.

As in every attempt, the order is token, read, write, acknowledge. The write and the acknowledgement are one
transaction, which locks the range and checks its token, so an attempt that lost its lease writes nothing. Rows that a
live change has already written are left unchanged, because they carry the higher token.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from embedd_pg import observed
from embedd_pg.database.call import Session
from embedd_pg.embedding.providers.base import Vectors
from embedd_pg.errors import EmbeddError, RowsRefused
from embedd_pg.failpoints import failpoint
from embedd_pg.sources.table import RowUnreadable, SourceTable
from embedd_pg.stores.base import Point
from embedd_pg.stores.pgvector.store import PgvectorStore
from embedd_pg.sync.leased import LeasedWork, LeaseLost
from embedd_pg.sync.queue.ranges import KeyRange, Ranges
from embedd_pg.sync.row.back_off import error_class
from embedd_pg.sync.row.passages import Gathering, Passages, cut
from embedd_pg.sync.row.pieces import pieces
from embedd_pg.sync.row.text import compose, point_of, request_sizes

LANE = "range"
#: Leases of a range that may run out before its rows are processed one by one, to find the row that kills workers.
CRASHES = 2


@dataclass(slots=True, kw_only=True)
class RangeAttempt(LeasedWork):
    """One attempt to fill a range. A failure other than that of single rows releases the whole range."""

    claim: KeyRange
    ranges: Ranges
    _held: bool = field(default=True, init=False)

    @property
    def lane(self) -> str:
        return LANE

    @property
    def share(self) -> float:
        return 1.0

    @property
    def left(self) -> int:
        return int(self._held)

    async def renew(self) -> bool:
        return await self.ranges.extend(self.claim)

    async def _work(self) -> None:
        source = await self.clients.source(self.generation)
        try:
            # After repeated crashes the range is not even read, because the read itself may kill the worker.
            rows = None if self.claim.crashes >= CRASHES else await source.read_range(self.claim.after, self.claim.last)
        except RowUnreadable:
            rows = None
        if rows is None:
            await self._dissolve(source)
            return
        await failpoint("after_read")
        met = await self.ranges.met(self.generation.id, list(rows))
        g = self.generation
        layout, fingerprint, max_tokens = g.source.layout, g.fingerprint(), g.max_row_tokens()
        documents = {
            key: compose(layout, row, fingerprint=fingerprint, max_tokens=max_tokens)
            for key, row in rows.items()
            if key not in met
        }
        texts = {key: document.text for key, document in documents.items() if document.text}
        rows_to_embed = dict(zip(texts, await cut(g, list(texts.values())), strict=True))
        embedded = await self._embed(rows_to_embed)
        if embedded.failure is not None and not embedded.vectors:
            raise embedded.failure
        await failpoint("after_embed")
        points = [
            point_of(key, document, embedded.vectors.get(key), rows_to_embed.get(key))
            for key, document in documents.items()
            if not document.text or key in embedded.vectors
        ]
        done = {point.key for point in points}
        try:
            await self._write(points, [key for key in documents if key not in done], len(rows))
        except RowsRefused:
            await self._dissolve(source)
        if embedded.failure is not None:
            raise embedded.failure

    async def _dissolve(self, source: SourceTable) -> None:
        """Turn the range into a job for each row: attempts at jobs find the row at fault."""
        await self.ranges.dissolve(self.claim, await source.range_keys(self.claim.after, self.claim.last))
        self._held = False

    async def _embed(self, rows: Mapping[str, Passages]) -> _Embedded:
        """Send requests concurrently. If one fails, the vectors of the others are kept."""
        found = _Embedded({}, None)
        if not rows:
            return found
        requests = await self._requests()
        keys, gathering = list(rows), Gathering(list(rows.values()))
        at_once = asyncio.Semaphore(requests.provider.limits.max_requests)

        async def request(start: int, end: int) -> None:
            async with at_once:
                async for piece in pieces(requests.embed, gathering.texts[start:end]):
                    whole = gathering.take(piece, start)
                    found.vectors.update((keys[number], vectors) for number, vectors in whole.items())

        limits = requests.provider.limits
        limits = replace(limits, max_items=min(limits.max_items, self.clients.settings.batch_size))
        sizes = request_sizes(gathering.texts, limits)
        results = await asyncio.gather(*(request(start, end) for start, end in sizes), return_exceptions=True)
        for result in results:
            if isinstance(result, EmbeddError):
                found.failure = result
            elif isinstance(result, BaseException):
                raise result
        return found

    async def _write(self, points: Sequence[Point], later: Sequence[str], rows: int) -> None:
        """Write all points in one transaction. `later` holds keys that the provider refused or did not reach."""

        async def write_and_acknowledge(joined: PgvectorStore, session: Session) -> None:
            ranges = self.ranges.on(session)
            if not await ranges.hold(self.claim):
                raise LeaseLost
            written = await joined.insert(self.generation.store.table, self.claim.token, points)
            await failpoint("before_ack")
            await ranges.finish(self.claim, written, later, rows)

        await failpoint("before_write")
        await self._write_co_located(write_and_acknowledge)
        self._held = False
        observed.count("rows", len(points), lane=LANE, result="written")

    async def _release(self, error: EmbeddError, delay: float) -> None:
        if self._held:
            self._held = False
            await self.ranges.release(self.claim, delay=delay, error_class=error_class(error), error=error.message)

    def _drop(self) -> None:
        self._held = False


@dataclass(slots=True)
class _Embedded:
    """Vectors by key, of the texts that were embedded, and the error that stopped some of the requests, if any."""

    vectors: dict[str, Vectors]
    failure: EmbeddError | None
