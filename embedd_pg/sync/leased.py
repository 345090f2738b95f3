"""Leased work: the common base of attempts. It writes nothing past its lease, and releases the jobs it cannot do."""

from __future__ import annotations

import asyncio
from abc import ABC, abstractmethod
from collections import defaultdict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import TypeVar

import structlog

from embedd_pg import observed
from embedd_pg.clients import Clients
from embedd_pg.database.call import Session, repeatable
from embedd_pg.embedding.providers.base import Provider
from embedd_pg.errors import EmbeddError
from embedd_pg.failpoints import failpoint
from embedd_pg.generation import Generation
from embedd_pg.stores.pgvector.store import PgvectorStore
from embedd_pg.sync.row.back_off import BackOff, Breaker, ProviderResting, error_class
from embedd_pg.sync.row.requests import Requests

T = TypeVar("T")

log = structlog.get_logger(__name__)

#: About how many bytes of rows one attempt holds at a time, so that memory does not grow with the size of a batch.
PORTION_BYTES = 4_000_000


class LeaseLost(EmbeddError):
    """The lease of this work ran out; another worker may hold it now."""


@dataclass(slots=True, kw_only=True)
class LeasedWork(ABC):
    """The frame of one attempt. Subclasses define the work, what is left of it, and how the rest is released."""

    generation: Generation
    clients: Clients
    #: Loop time at which the lease may end; the heartbeat moves it forward.
    deadline: float
    #: The rest of the table after failures of its source or store.
    back_off: BackOff
    #: The rests of providers, shared by all attempts of the worker.
    breakers: defaultdict[Provider, Breaker]
    #: Whether another look may find more work of this kind when the attempt has ended.
    again: bool = field(default=True, init=False)

    @property
    @abstractmethod
    def lane(self) -> str: ...

    @property
    @abstractmethod
    def share(self) -> float:
        """The share of a worker's slot that the attempt takes: 1 for a full batch."""

    @property
    @abstractmethod
    def left(self) -> int:
        """The number of leases that the attempt still holds."""

    @abstractmethod
    async def renew(self) -> bool:
        """Renew the leases that the attempt still holds. Return False if one was lost."""

    async def run(self) -> str | None:
        """Do the work. Return the error message for the table's status, or None."""
        with observed.timed("attempt", lane=self.lane):
            return await self._run()

    async def _run(self) -> str | None:
        outcome = "interrupted"
        try:
            await failpoint("after_claim")
            await self._work()
            outcome = "success"
        except LeaseLost:
            outcome = "lease_lost"
            log.warning("lease_lost", vector_table=self.generation.vector_table.id, left=self.left)
            self._drop()
        except EmbeddError as error:
            outcome = error_class(error)
            cause = type(error.__cause__).__name__ if error.__cause__ else None
            log.warning(
                "attempt_failed", vector_table=self.generation.vector_table.id, error=error.message, cause=cause
            )
            await self._give_back(error, self._delay(error))
            # Past the lease another worker has taken over, so this error no longer describes the table.
            return None if self._late else error.advice
        except asyncio.CancelledError:
            # The worker stops: release the jobs, so that others may take them at once.
            await asyncio.shield(self._give_back(EmbeddError("The worker stopped."), 0))
            raise
        finally:
            observed.count("attempts", lane=self.lane, outcome=outcome)
            # A defect left these jobs open: release them, to be tried again after a delay.
            if self.left:
                defect = EmbeddError("The attempt was interrupted.")
                await asyncio.shield(self._give_back(defect, self._delay(defect)))
        self.back_off.succeeded()
        return None

    @abstractmethod
    async def _work(self) -> None: ...

    async def _give_back(self, error: EmbeddError, delay: float) -> None:
        try:
            await self._release(error, delay)
        except EmbeddError as unheard:
            # Nothing is lost: the leases run out.
            log.warning("release_failed", vector_table=self.generation.vector_table.id, error=unheard.message)

    @abstractmethod
    async def _release(self, error: EmbeddError, delay: float) -> None:
        """Release the rest, to be tried again after `delay` seconds."""

    @abstractmethod
    def _drop(self) -> None:
        """Forget the rest: another worker holds it."""

    async def _write_co_located(self, write: Callable[[PgvectorStore, Session], Awaitable[T]]) -> T:
        """Write to a co-located store and acknowledge, in one transaction; repeat it after a transient conflict."""
        for may_repeat in (True, True, False):
            self._check_lease()
            store = await self.clients.co_located_store(self.generation)
            try:
                async with store.transaction() as (joined, connection):
                    return await write(joined, Session(connection))
            except EmbeddError as error:
                if not (may_repeat and repeatable(error)):
                    raise
        raise AssertionError("unreachable")

    def _delay(self, error: EmbeddError) -> float:
        return error.wait if isinstance(error, ProviderResting) else self.back_off.failed(error)

    async def _requests(self) -> Requests:
        """Return the requests of this attempt to its provider."""
        provider = await self.clients.provider(self.generation.embedder)
        return Requests(self.generation, self.clients, provider, self.breakers[provider])

    @property
    def _late(self) -> bool:
        return asyncio.get_running_loop().time() >= self.deadline

    def _check_lease(self) -> None:
        """Raise LeaseLost past the lease, because another worker may be at work."""
        if self._late:
            raise LeaseLost
