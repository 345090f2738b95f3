"""What all leased work has in common: it ends in time or not at all, and whatever it cannot do it gives back."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from dataclasses import dataclass

import structlog

from embedd_pg.clients import Clients
from embedd_pg.errors import EmbeddError
from embedd_pg.failpoints import failpoint
from embedd_pg.generation import Generation
from embedd_pg.providers.base import Provider
from embedd_pg.providers.catalogue import check_model
from embedd_pg.sync.back_off import BackOff, Breaker, ProviderResting

log = structlog.get_logger(__name__)


class LeaseLost(EmbeddError):
    """The lease of this work ran out; somebody else has it by now."""


@dataclass(slots=True, kw_only=True)
class LeasedWork:
    """The frame of one attempt. Subclasses say what it does, what is left of it, and how that is given back."""

    generation: Generation
    clients: Clients
    #: Loop time at which the lease may be over; moved on by the heartbeat.
    deadline: float
    #: How long the table rests after a failure of its source or store.
    back_off: BackOff
    #: The same for providers, shared by all attempts of the worker.
    breakers: defaultdict[Provider, Breaker]

    @property
    def lane(self) -> str:
        raise NotImplementedError

    @property
    def left(self) -> int:
        """How many leases it still holds."""
        raise NotImplementedError

    async def renew(self) -> bool:
        """Renew the leases it still holds; False if one was lost."""
        raise NotImplementedError

    async def run(self) -> str | None:
        """Do it; returns the message of what went wrong, for the table's status, or None."""
        try:
            await failpoint("after_claim")
            await self._work()
        except LeaseLost:
            log.warning("lease lost, work dropped", vector_table=self.generation.vector_table_id, left=self.left)
            self._drop()
        except EmbeddError as error:
            cause = type(error.__cause__).__name__ if error.__cause__ else None
            log.warning(
                "attempt given back", vector_table=self.generation.vector_table_id, error=error.message, cause=cause
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

    async def _work(self) -> None:
        raise NotImplementedError

    async def _give_back(self, error: EmbeddError, delay: float) -> None:
        try:
            await self._release(error, delay)
        except EmbeddError as unheard:
            # Nothing is lost: the leases run out.
            log.warning("could not be given back", vector_table=self.generation.vector_table_id, error=unheard.message)

    async def _release(self, error: EmbeddError, delay: float) -> None:
        """Give what is left back, to be tried again after `delay` seconds."""
        raise NotImplementedError

    def _drop(self) -> None:
        """Forget what is left: it is somebody else's."""
        raise NotImplementedError

    def _delay(self, error: EmbeddError) -> float:
        return error.wait if isinstance(error, ProviderResting) else self.back_off.failed(error)

    @property
    def _late(self) -> bool:
        return asyncio.get_running_loop().time() >= self.deadline

    def _check_lease(self) -> None:
        """Past the lease another worker may be at work."""
        if self._late:
            raise LeaseLost

    def _max_text_tokens(self) -> int:
        """From the catalogue, not from a live client: deletes must get through when the provider cannot be opened."""
        g = self.generation
        return check_model(g.provider, g.model, dimensions=g.dimensions, base_url=g.base_url).max_text_tokens
