"""Attempt: one claimed batch of keys, from reading the rows to the acknowledgement (sync protocol, section 4).

The batch's token is drawn at the claim, before any row is read. A store therefore refuses every write of this attempt
for a row that a later attempt has written. No transaction is open while a provider or a remote store is called. Deletes
and metadata changes go first, because they do not need an embedding provider.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field

import structlog

from embedd_pg import observed
from embedd_pg.database.call import Session
from embedd_pg.errors import ConfigurationError, EmbeddError, EmbeddingProviderError, RowsRefused
from embedd_pg.failpoints import failpoint
from embedd_pg.sources.table import RowUnreadable, SourceRow, SourceTable
from embedd_pg.stores.base import Mark, MetadataUpdate, Point, Store
from embedd_pg.sync.leased import PORTION_BYTES, LeasedWork
from embedd_pg.sync.queue.ledger import Claim, Ledger, Outcome
from embedd_pg.sync.row.back_off import error_class
from embedd_pg.sync.row.passages import Gathering, Passages, cut
from embedd_pg.sync.row.pieces import Piece, pieces
from embedd_pg.sync.row.plan import Action, Job, believed, decide, needs_mark
from embedd_pg.sync.row.text import Document, compose, point_of, request_sizes

log = structlog.get_logger(__name__)

#: The smallest part of a worker's slot that an attempt takes: even a request for few rows is a request.
SMALLEST = 0.25


@dataclass(frozen=True, slots=True)
class Planned:
    """A job with the row that was read, the store's mark if the store was asked, and the action they call for."""

    job: Job
    document: Document | None
    mark: Mark | None
    action: Action


@dataclass(slots=True, kw_only=True)
class Attempt(LeasedWork):
    """One attempt at a claimed batch. Jobs that cannot be done are released for later, with the reason."""

    claim: Claim
    ledger: Ledger
    _open: dict[str, Job] = field(init=False)
    #: Whether every job acknowledged so far was deleted, that is, none became dirty again.
    _whole: bool = field(default=True, init=False)

    def __post_init__(self) -> None:
        self._open = {job.key: job for job in self.claim.jobs}

    @property
    def lane(self) -> str:
        return self.claim.lane

    @property
    def share(self) -> float:
        return max(SMALLEST, min(1.0, len(self.claim.jobs) / self.clients.settings.batch_size))

    @property
    def left(self) -> int:
        return len(self._open)

    async def renew(self) -> bool:
        keys = sorted(self._open)
        return not keys or await self.ledger.extend(self.generation.id, self.claim.token, keys) == len(keys)

    async def _work(self) -> None:
        """Work on the batch portion by portion. If the provider fails, continue with all that does not need it."""
        source = await self.clients.source(self.generation)
        failure: EmbeddError | None = None
        for keys in await source.portions(list(self._open), PORTION_BYTES):
            planned = await self._within_budget(await self._plan(source, keys))
            todo = await self._write_without_provider(planned)
            try:
                if failure is None:
                    await self._embed(todo)
            except (EmbeddingProviderError, ConfigurationError) as error:
                failure = error
            if failure is not None:
                await self._show_metadata_meanwhile([p for p in todo if p.job.key in self._open])
        if failure is not None:
            raise failure
        self.again = not self._whole

    async def _plan(self, source: SourceTable, keys: Sequence[str]) -> list[Planned]:
        rows = await self._read(source, keys)
        await failpoint("after_read", about=rows)
        fingerprint, max_tokens = self.generation.fingerprint(), self.generation.max_row_tokens()
        jobs = [self._open[key] for key in keys if key in self._open]
        suspects = [job.key for job in jobs if needs_mark(job)]
        marks: dict[str, Mark] = {}
        if suspects:
            store = await self.clients.store(self.generation)
            marks = await store.marks(self.generation.store.table, suspects)
        planned = []
        for job in jobs:
            row = rows.get(job.key)
            document = None
            if row is not None:
                document = compose(self.generation.source.layout, row, fingerprint=fingerprint, max_tokens=max_tokens)
            mark = marks.get(job.key)
            planned.append(Planned(job, document, mark, decide(job, document, mark)))
        return planned

    async def _read(self, source: SourceTable, keys: Sequence[str]) -> dict[str, SourceRow]:
        """Return the rows that exist. Set aside each row that cannot be read, so that the others go on."""
        try:
            return await source.read(keys)
        except RowUnreadable:
            rows, unreadable = await source.read_readable(keys)
            for key, error in sorted(unreadable.items()):
                await self._set_aside(self._open[key], error)
            return rows

    async def _within_budget(self, planned: list[Planned]) -> list[Planned]:
        """Return the planned jobs without the new rows that exceed the tier's vector limit (contract, section 3.4).

        These rows are skipped; updates and deletes go on. Attempts that run at the same time do not see each other's
        rows, so each may exceed the limit by one batch. A row that an earlier attempt may have written is not skipped,
        because the ledger would not know that the store holds it.
        """
        if not self.generation.limits.metered:
            return planned
        new = [p for p in planned if p.action is Action.EMBED and p.job.belief is None and not needs_mark(p.job)]
        remaining = await self.ledger.remaining_vectors(self.generation.id) if new else None
        if remaining is None or remaining >= len(new):
            return planned
        surplus = {p.job.key for p in new[remaining:]}
        log.warning("vector_budget_used", vector_table=self.generation.vector_table.id, rows_skipped=len(surplus))
        await self._acknowledge([Outcome(p.job, None, False) for p in new[remaining:]])
        return [p for p in planned if p.job.key not in surplus]

    async def _write_without_provider(self, planned: Sequence[Planned]) -> list[Planned]:
        """Apply deletes, metadata changes and rows without text, and acknowledge jobs that need nothing. Return the
        rows to embed."""
        to_embed = {p.job.key for p in planned if p.action is Action.EMBED and not _lacks_text(p)}
        rest = [p for p in planned if p.job.key not in to_embed]

        async def write(some: Sequence[Planned]) -> None:
            async def write_now(store: Store) -> list[Outcome]:
                missing = await self._write_now(store, some)
                to_embed.update(missing)
                return [
                    Outcome(p.job, p.document, p.action is not Action.NOTHING) for p in some if p.job.key not in missing
                ]

            await self._apply(write_now)

        if all(p.action is Action.NOTHING for p in rest):
            await self._acknowledge([Outcome(p.job, p.document, False) for p in rest])
        else:
            await self._isolate(rest, write)
        return [p for p in planned if p.job.key in to_embed]

    async def _write_now(self, store: Store, planned: Sequence[Planned]) -> set[str]:
        """Write what needs no vector. Return the keys of changed rows whose vector the store does not hold."""
        table, token = self.generation.store.table, self.claim.token
        if deleted := [p.job.key for p in planned if p.action is Action.DELETE]:
            await store.delete(table, token, deleted)
        missing = await self._update_metadata(store, [p for p in planned if p.action is Action.METADATA])
        silent = [
            point_of(p.job.key, p.document, None)
            for p in planned
            if p.document and not p.document.text and (p.action is Action.EMBED or p.job.key in missing)
        ]
        if silent:
            await store.upsert(table, token, silent)
        return missing - {point.key for point in silent}

    async def _update_metadata(self, store: Store, changed: Sequence[Planned]) -> set[str]:
        updates = [
            MetadataUpdate(p.job.key, d.text_hash, d.metadata_hash, d.metadata) for p in changed if (d := p.document)
        ]
        return await store.update_metadata(self.generation.store.table, self.claim.token, updates) if updates else set()

    async def _embed(self, planned: Sequence[Planned]) -> None:
        if not planned:
            return
        requests = await self._requests()
        rows = await cut(self.generation, [p.document.text for p in planned if p.document])
        gathering = Gathering(rows)
        for start, end in request_sizes(gathering.texts, requests.provider.limits):
            async for piece in pieces(requests.embed, gathering.texts[start:end]):
                await self._take(piece, start, gathering, planned, rows)

    async def _take(
        self, piece: Piece, start: int, gathering: Gathering, planned: Sequence[Planned], rows: Sequence[Passages]
    ) -> None:
        """Write the rows whose vectors are now complete. Set a row aside if the provider refuses one of its texts."""
        if piece.refused is not None:
            job = planned[gathering.row_of[start + piece.positions[0]]].job
            if job.key in self._open:
                await self._set_aside(job, piece.refused)
            return
        whole = gathering.take(piece, start)
        written = [planned[number] for number in whole]
        points = [
            point_of(p.job.key, p.document, vector, rows[number])
            for p, (number, vector) in zip(written, whole.items(), strict=True)
            if p.document
        ]
        if points:
            await failpoint("after_embed")
            await self._write_points(written, points)

    async def _write_points(self, planned: Sequence[Planned], points: Sequence[Point]) -> None:
        point_by_key = {point.key: point for point in points}

        async def write(some: Sequence[Planned]) -> None:
            async def upsert(store: Store) -> list[Outcome]:
                given = [point_by_key[p.job.key] for p in some]
                await store.upsert(self.generation.store.table, self.claim.token, given)
                return [Outcome(p.job, p.document, True) for p in some]

            await self._apply(upsert)

        await failpoint("before_write")
        await self._isolate(planned, write)

    async def _isolate(self, planned: Sequence[Planned], write: Callable[[Sequence[Planned]], Awaitable[None]]) -> None:
        """Write rows together. If the store refuses the contents of one, halve them until it is alone, and set it
        aside."""
        try:
            await write(planned)
        except RowsRefused as error:
            if len(planned) == 1:
                await self._set_aside(planned[0].job, error)
                return
            middle = len(planned) // 2
            await self._isolate(planned[:middle], write)
            await self._isolate(planned[middle:], write)

    async def _show_metadata_meanwhile(self, planned: Sequence[Planned]) -> None:
        """Update the metadata of rows whose text changed, because the provider cannot embed that text at present.

        Such rows keep their old vector, but filters see their current metadata. The store keeps the old text hash and
        this token is now used, so the next claim asks the store for its mark and embeds the new text.
        """
        updates = {
            p.job.key: MetadataUpdate(p.job.key, held.text_hash, p.document.metadata_hash, p.document.metadata)
            for p in planned
            if p.document
            and (held := believed(p.job, p.mark))
            and held.text_hash
            and held.metadata_hash != p.document.metadata_hash
        }

        async def write(some: Sequence[Planned]) -> None:
            store = await self._store_in_time()
            given = [updates[p.job.key] for p in some]
            await store.update_metadata(self.generation.store.table, self.claim.token, given)

        if updates:
            await self._isolate([p for p in planned if p.job.key in updates], write)

    async def _apply(self, write: Callable[[Store], Awaitable[list[Outcome]]]) -> None:
        """Write to the store and acknowledge, in one transaction if the store is co-located with the ledger."""
        if not self.generation.store.co_located:
            outcomes = await write(await self._store_in_time())
            await failpoint("before_ack")
            await self._acknowledge(outcomes)
            return

        async def write_and_acknowledge(joined: Store, session: Session) -> tuple[list[Outcome], bool]:
            outcomes = await write(joined)
            await failpoint("before_ack")
            whole = await self.ledger.on(session).acknowledge(self.generation.id, self.claim.token, outcomes)
            return outcomes, whole

        self._close(*await self._write_co_located(write_and_acknowledge))

    async def _store_in_time(self) -> Store:
        self._check_lease()
        return await self.clients.store(self.generation)

    async def _acknowledge(self, outcomes: Sequence[Outcome]) -> None:
        if outcomes:
            self._close(outcomes, await self.ledger.acknowledge(self.generation.id, self.claim.token, outcomes))

    def _close(self, outcomes: Sequence[Outcome], whole: bool) -> None:
        self._whole &= whole
        for outcome in outcomes:
            self._open.pop(outcome.job.key, None)
            if outcome.job.dirty_since is not None:
                observed.seconds("lag", self.ledger.age(outcome.job.dirty_since), lane=self.lane)
        written = sum(outcome.touched for outcome in outcomes)
        observed.count("rows", written, lane=self.lane, result="written")
        observed.count("rows", len(outcomes) - written, lane=self.lane, result="unchanged")

    async def _set_aside(self, job: Job, error: EmbeddError) -> None:
        """Make the job a dead letter, with the reason, until its row changes: the row itself is at fault."""
        log.warning("row_set_aside", vector_table=self.generation.vector_table.id, reason=error.code)
        observed.count("rows_set_aside", code=error.code)
        self._open.pop(job.key, None)
        await self.ledger.release(
            self.generation.id,
            self.claim.token,
            [job.key],
            delay=0,
            error_class="row",
            error=error.message,
            dead_at=[job.want],
        )

    async def _release(self, error: EmbeddError, delay: float) -> None:
        keys = sorted(self._open)
        self._open.clear()
        if keys:
            await self.ledger.release(
                self.generation.id,
                self.claim.token,
                keys,
                delay=delay,
                error_class=error_class(error),
                error=error.message,
            )

    def _drop(self) -> None:
        self._open.clear()


def _lacks_text(planned: Planned) -> bool:
    """Return whether the row is written without a vector because it has no text."""
    return planned.action is Action.EMBED and planned.document is not None and not planned.document.text
