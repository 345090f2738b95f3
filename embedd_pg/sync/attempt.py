"""One claimed batch from read to acknowledgement (sync protocol, section 4).

The token was drawn when the batch was claimed, before any row is read, so whatever this attempt writes is refused
wherever a later attempt has been. No transaction is open while a provider or a store is called. Deletes and metadata
go first: they never wait for an embedding provider.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import ClassVar

import structlog

from embedd_pg.clients import Clients
from embedd_pg.errors import ConfigurationError, EmbeddError, StoreError
from embedd_pg.failpoints import failpoint
from embedd_pg.generation import Generation
from embedd_pg.providers.base import (
    InputRefused,
    ItemsRefused,
    Provider,
    ProviderBusy,
    ProviderMisconfigured,
    ProviderQuotaExhausted,
    Vectors,
)
from embedd_pg.providers.catalogue import check_model
from embedd_pg.stores.base import Mark, MetadataUpdate, Point, Store
from embedd_pg.sync.ledger import Claim, Ledger, Outcome
from embedd_pg.sync.plan import Action, Job, believed, decide, needs_mark
from embedd_pg.sync.text import Document, compose, request_sizes

log = structlog.get_logger(__name__)


class LeaseLost(EmbeddError):
    """The lease of this batch ran out; somebody else has its jobs by now."""


@dataclass(frozen=True, slots=True)
class Planned:
    """A job with its row as read and what the store said, if it was asked."""

    job: Job
    document: Document | None
    mark: Mark | None
    action: Action


@dataclass(slots=True)
class Attempt:
    """Works one claim off; whatever cannot be done is released for later, with the reason."""

    generation: Generation
    claim: Claim
    clients: Clients
    ledger: Ledger
    #: Loop time at which the lease may be over; moved on by the heartbeat.
    deadline: float
    #: Seconds to wait before a provider is tried again, given the class of its failure.
    back_off: Callable[[EmbeddError], float]
    _open: dict[str, Job] = field(init=False)

    def __post_init__(self) -> None:
        self._open = {job.key: job for job in self.claim.jobs}

    @property
    def open_keys(self) -> list[str]:
        """Keys neither acknowledged nor released yet."""
        return sorted(self._open)

    async def run(self) -> str | None:
        """Do it; returns the message of what went wrong, for the table's status, or None."""
        try:
            await failpoint("after_claim")
            planned = await self._plan()
            await self._write_without_provider(planned)
            await self._embed([p for p in planned if p.action is Action.EMBED])
        except LeaseLost:
            log.warning("lease lost, work dropped", vector_table=self.generation.vector_table_id, keys=len(self._open))
        except EmbeddError as error:
            await self._release(self.open_keys, error)
            return error.message
        finally:
            # Whatever is left when this ends (cancelled, a defect) is free for others at once.
            if self._open:
                await asyncio.shield(self._release(self.open_keys, EmbeddError("The attempt was interrupted.")))
        return None

    async def _plan(self) -> list[Planned]:
        source = await self.clients.source(self.generation)
        rows = await source.read(list(self._open))
        await failpoint("after_read")
        fingerprint, max_tokens = self.generation.fingerprint(), self._max_text_tokens()
        suspects = [job.key for job in self.claim.jobs if needs_mark(job)]
        marks: dict[str, Mark] = {}
        if suspects:
            store = await self.clients.store(self.generation)
            marks = await store.marks(self.generation.table, suspects)
        planned = []
        for job in self.claim.jobs:
            row = rows.get(job.key)
            document = None
            if row is not None:
                document = compose(self.generation.layout, row, fingerprint=fingerprint, max_tokens=max_tokens)
            mark = marks.get(job.key)
            planned.append(Planned(job, document, mark, decide(job, document, mark)))
        return planned

    def _max_text_tokens(self) -> int:
        """From the catalogue, not from a live client: deletes must get through when the provider cannot be opened."""
        g = self.generation
        return check_model(g.provider, g.model, dimensions=g.dimensions, base_url=g.base_url).max_text_tokens

    async def _write_without_provider(self, planned: list[Planned]) -> None:
        """Nothing, deletes, metadata, rows without text. Points the store turns out not to hold are embedded after all."""
        done = [Outcome(p.job, p.document, False) for p in planned if p.action is Action.NOTHING]
        deleted = [p for p in planned if p.action is Action.DELETE]
        changed = [p for p in planned if p.action is Action.METADATA]
        silent = [p for p in planned if p.action is Action.EMBED and p.document and not p.document.text]
        if deleted or changed or silent:
            store = await self._store_in_time()
            if deleted:
                await store.delete(self.generation.table, self.claim.token, [p.job.key for p in deleted])
            missing = await self._update_metadata(store, changed)
            if silent:
                points = [_point(p.job.key, p.document, None) for p in silent if p.document]
                await store.upsert(self.generation.table, self.claim.token, points)
            for number, item in enumerate(planned):
                if item.job.key in missing:
                    planned[number] = Planned(item.job, item.document, item.mark, Action.EMBED)
            done += [
                Outcome(p.job, p.document, True)
                for p in (*deleted, *changed, *silent)
                if p.job.key not in missing
            ]
        await self._acknowledge(done)

    async def _update_metadata(self, store: Store, changed: Sequence[Planned]) -> set[str]:
        updates = [
            MetadataUpdate(p.job.key, d.text_hash, d.metadata_hash, d.metadata) for p in changed if (d := p.document)
        ]
        return await store.update_metadata(self.generation.table, self.claim.token, updates) if updates else set()

    async def _embed(self, planned: Sequence[Planned]) -> None:
        todo = [p for p in planned if p.job.key in self._open and p.document and p.document.text]
        if not todo:
            return
        provider = await self.clients.provider(self.generation)
        texts = [p.document.text for p in todo if p.document]
        for start, end in request_sizes(texts, provider.limits):
            try:
                await self._embed_request(provider, todo[start:end])
            except (InputRefused, ItemsRefused, LeaseLost, StoreError):
                raise
            except EmbeddError:
                await self._show_metadata_meanwhile(todo[start:])
                raise

    async def _embed_request(self, provider: Provider, planned: Sequence[Planned]) -> None:
        """Embed and write one request's worth; a refused one is halved until the culprit stands alone."""
        try:
            vectors = await provider.embed([p.document.text for p in planned if p.document], "document")
            refused: set[int] = set()
        except InputRefused as error:
            if len(planned) == 1:
                await self._set_aside(planned[0], error)
                return
            middle = len(planned) // 2
            await self._embed_request(provider, planned[:middle])
            await self._embed_request(provider, planned[middle:])
            return
        except ItemsRefused as error:
            vectors, refused = error.vectors, set(error.positions)
            if len(planned) == 1:
                await self._set_aside(planned[0], error)
                return
        await failpoint("after_embed")
        await self._write_points([p for n, p in enumerate(planned) if n not in refused],
                                 vectors[[n for n in range(len(planned)) if n not in refused]])  # fmt: skip
        for position in sorted(refused):
            await self._embed_request(provider, planned[position : position + 1])

    async def _write_points(self, planned: Sequence[Planned], vectors: Vectors) -> None:
        if not planned:
            return
        store = await self._store_in_time()
        points = [_point(p.job.key, p.document, v) for p, v in zip(planned, vectors, strict=True) if p.document]
        await store.upsert(self.generation.table, self.claim.token, points)
        await failpoint("before_ack")
        await self._acknowledge([Outcome(p.job, p.document, True) for p in planned])

    async def _show_metadata_meanwhile(self, planned: Sequence[Planned]) -> None:
        """While the provider is down, rows whose text changed keep their old vector but show and filter by what they are now.

        The store keeps the old text hash, and this token is used up, so the next claim asks the store and embeds.
        """
        updates = [
            MetadataUpdate(p.job.key, held.text_hash, p.document.metadata_hash, p.document.metadata)
            for p in planned
            if p.document
            and (held := believed(p.job, p.mark))
            and held.text_hash
            and held.metadata_hash != p.document.metadata_hash
        ]
        if updates:
            store = await self._store_in_time()
            await store.update_metadata(self.generation.table, self.claim.token, updates)

    async def _store_in_time(self) -> Store:
        """The store, if the lease still holds: past it, another worker may be at work and ours is dropped."""
        if asyncio.get_running_loop().time() >= self.deadline:
            self._open.clear()
            raise LeaseLost
        return await self.clients.store(self.generation)

    async def _acknowledge(self, outcomes: Sequence[Outcome]) -> None:
        if outcomes:
            await self.ledger.acknowledge(self.generation.id, self.claim.token, outcomes)
            for outcome in outcomes:
                self._open.pop(outcome.job.key, None)

    async def _set_aside(self, planned: Planned, error: EmbeddError) -> None:
        """The row itself is refused: a dead letter with its reason, until it changes."""
        log.warning("row set aside", vector_table=self.generation.vector_table_id, reason=error.code)
        self._open.pop(planned.job.key, None)
        await self.ledger.release(
            self.generation.id, self.claim.token, [planned.job.key], delay=0,
            error_class="row", error=error.message, dead=True,
        )  # fmt: skip

    async def _release(self, keys: Sequence[str], error: EmbeddError) -> None:
        for key in keys:
            self._open.pop(key, None)
        if keys:
            await self.ledger.release(
                self.generation.id, self.claim.token, keys, delay=self.back_off(error),
                error_class=error_class(error), error=error.message,
            )  # fmt: skip


def error_class(error: EmbeddError) -> str:
    """The class of a failure in the terms of the sync protocol, section 11."""
    if isinstance(error, ProviderMisconfigured | ConfigurationError):
        return "configuration"
    if isinstance(error, ProviderQuotaExhausted):
        return "quota"
    return "busy" if isinstance(error, ProviderBusy) else "transient"


class BackOff:
    """How long jobs wait after a failure: longer with each failure in a row, with jitter; a success starts over.

    Only time passes; a row's attempts never burn on somebody else's fault.
    """

    #: First and longest wait in seconds, by class of failure.
    WAITS: ClassVar = {"busy": (1.0, 600.0), "transient": (1.0, 60.0), "quota": (60.0, 900.0), "configuration": (10.0, 60.0)}

    def __init__(self) -> None:
        self._failures = 0

    def __call__(self, error: EmbeddError) -> float:
        first, longest = self.WAITS[error_class(error)]
        wait: float = min(first * 2.0 ** min(self._failures, 20), longest)
        self._failures += 1
        if isinstance(error, ProviderBusy) and error.retry_after is not None:
            wait = min(max(wait, error.retry_after), longest)
            return wait * random.uniform(1.0, 1.1)  # noqa: S311
        return wait * random.uniform(0.8, 1.2)  # noqa: S311

    def succeeded(self) -> None:
        """Start over with short waits."""
        self._failures = 0


def _point(key: str, document: Document, vector: Vectors | None) -> Point:
    return Point(
        key=key,
        vector=vector,
        text=document.text,
        text_hash=document.text_hash,
        metadata_hash=document.metadata_hash,
        metadata=document.metadata,
        truncated=document.truncated,
    )
