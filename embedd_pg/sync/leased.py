"""What all leased work has in common: it ends in time or not at all, and whatever it cannot do it gives back."""

from __future__ import annotations

import asyncio
from abc import ABC, abstractmethod
from collections import defaultdict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import TypeVar

import structlog

from embedd_pg.clients import Clients
from embedd_pg.database.call import Session, repeatable
from embedd_pg.embedding.providers.base import Provider
from embedd_pg.errors import EmbeddError
from embedd_pg.failpoints import failpoint
from embedd_pg.generation import Generation
from embedd_pg.stores.pgvector.store import PgvectorStore
from embedd_pg.sync.row.back_off import BackOff, Breaker, ProviderResting
from embedd_pg.sync.row.requests import Requests

T = TypeVar("T")

log = structlog.get_logger(__name__)


class LeaseLost(EmbeddError):
    """The lease of this work ran out; somebody else has it by now."""


@dataclass(slots=True, kw_only=True)
class LeasedWork(ABC):
    """The frame of one attempt. Subclasses say what it does, what is left of it, and how that is given back."""

    generation: Generation
    clients: Clients
    #: Loop time at which the lease may be over; moved on by the heartbeat.
    deadline: float
    #: How long the table rests after a failure of its source or store.
    back_off: BackOff
    #: The same for providers, shared by all attempts of the worker.
    breakers: defaultdict[Provider, Breaker]
    #: Whether a look may find more of the same as soon as it has ended.
    again: bool = field(default=True, init=False)

    @property
    @abstractmethod
    def lane(self) -> str: ...

    @property
    @abstractmethod
    def share(self) -> float:
        """How much of one of the worker's slots it takes: 1 with a full batch."""

    @property
    @abstractmethod
    def left(self) -> int:
        """How many leases it still holds."""

    @abstractmethod
    async def renew(self) -> bool:
        """Renew the leases it still holds; False if one was lost."""

    async def run(self) -> str | None:
        """Do it; returns the message of what went wrong, for the table's status, or None."""
        try:
            await failpoint("after_claim")
            await self._work()
        except LeaseLost:
            log.warning("lease lost, work dropped", vector_table=self.generation.vector_table.id, left=self.left)
            self._drop()
        except EmbeddError as error:
            cause = type(error.__cause__).__name__ if error.__cause__ else None
            log.warning(
                "attempt given back", vector_table=self.generation.vector_table.id, error=error.message, cause=cause
            )
            await self._give_back(error, self._delay(error))
            # Past the lease somebody else has been there since, and what went wrong here says nothing about the table.
            return None if self._late else error.message
        except asyncio.CancelledError:
            # The worker stops: others may go on at once.
            await asyncio.shield(self._give_back(EmbeddError("The worker stopped."), 0))
            raise
        finally:
            # Whatever is left when this ends by a defect is tried again, but not at once.
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
            log.warning("could not be given back", vector_table=self.generation.vector_table.id, error=unheard.message)

    @abstractmethod
    async def _release(self, error: EmbeddError, delay: float) -> None:
        """Give what is left back, to be tried again after `delay` seconds."""

    @abstractmethod
    def _drop(self) -> None:
        """Forget what is left: it is somebody else's."""

    async def _joined(self, write: Callable[[PgvectorStore, Session], Awaitable[T]]) -> T:
        """Write to a store beside the ledger and acknowledge, in one transaction; made again where it may be."""
        for may_repeat in (True, True, False):
            self._check_lease()
            store = await self.clients.store_beside(self.generation)
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
        """The way to the provider for this attempt."""
        provider = await self.clients.provider(self.generation.embedder)
        return Requests(self.generation, self.clients, provider, self.breakers[provider])

    @property
    def _late(self) -> bool:
        return asyncio.get_running_loop().time() >= self.deadline

    def _check_lease(self) -> None:
        """Past the lease another worker may be at work."""
        if self._late:
            raise LeaseLost
