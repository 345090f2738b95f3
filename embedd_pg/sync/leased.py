"""What all leased work has in common: it ends in time or not at all, and whatever it cannot do it gives back."""

from __future__ import annotations

import asyncio
from abc import ABC, abstractmethod
from collections import defaultdict
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import TypeVar

import structlog

from embedd_pg.clients import Clients
from embedd_pg.database.call import Session, repeatable
from embedd_pg.errors import EmbeddError
from embedd_pg.failpoints import failpoint
from embedd_pg.generation import Generation
from embedd_pg.providers.base import InputRefused, ItemsRefused, Provider, ProviderMisconfigured, Vectors
from embedd_pg.providers.tokens import estimate_tokens
from embedd_pg.stores.pgvector import PgvectorStore
from embedd_pg.sync.back_off import BackOff, Breaker, ProviderResting, RateLimitReached, TokenBudgetUsed

T = TypeVar("T")

#: Seconds after which an embedder without budget is looked at again; a changed budget is noticed at once.
LOOK_AGAIN = 600.0
#: A text that nobody has a reason to refuse.
PLAIN = "A plain sentence."
EVERYTHING_REFUSED = "The embedding provider refuses every text, also a plain sentence: check its model."
#: Seconds until a provider that refuses everything is asked again.
REFUSED_REST = 60.0
#: For so many seconds work waits for its turn; what would wait longer is given back.
PATIENCE = 5.0

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
    #: Whether the provider has taken any text of this attempt.
    _answered: bool = field(default=False, init=False)

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

    @abstractmethod
    async def _work(self) -> None: ...

    async def _give_back(self, error: EmbeddError, delay: float) -> None:
        try:
            await self._release(error, delay)
        except EmbeddError as unheard:
            # Nothing is lost: the leases run out.
            log.warning("could not be given back", vector_table=self.generation.vector_table_id, error=unheard.message)

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

    async def _embedded(self, provider: Provider, texts: Sequence[str]) -> Vectors:
        """Vectors of documents, those of texts known from before without asking. Raises what `_asked` raises."""
        if not self.clients.settings.cache_mb:
            return await self._asked(provider, texts)
        model = self.generation.model_fingerprint()
        return await self.clients.vector_cache.vectors(model, texts, partial(self._asked, provider))

    async def _asked(self, provider: Provider, texts: Sequence[str]) -> Vectors:
        """Vectors of documents, as far as the embedder may be asked, and counted.

        Raises InputRefused, ItemsRefused or, whatever else is the matter, ProviderResting.
        """
        if self.generation.budgeted or self.generation.paced:
            await self._admitted(sum(map(estimate_tokens, texts)))
        try:
            vectors, tokens = await self.breakers[provider].embed(provider, texts)
        except ItemsRefused as error:
            self._count(texts, error.tokens)
            raise
        except InputRefused:
            if len(texts) == 1 and not self._answered:
                await self._ask_something_plain(provider)
            raise
        self._answered = True
        self._count(texts, tokens)
        return vectors

    async def _ask_something_plain(self, provider: Provider) -> None:
        """Is it really the row that is refused? Some vendors answer to an unknown model like that."""
        try:
            _, tokens = await self.breakers[provider].embed(provider, [PLAIN])
        except InputRefused as error:
            raise ProviderResting(ProviderMisconfigured(EVERYTHING_REFUSED), REFUSED_REST) from error
        except ItemsRefused as error:
            tokens = error.tokens
        self._answered = True
        self._count([PLAIN], tokens)

    async def _admitted(self, tokens: int) -> None:
        """Once there is budget for a request, and when its turn has come among all that share the embedder."""
        database, generation = self.clients.database, self.generation.id
        if self.generation.budgeted and await database.value("remaining_tokens", p_generation_id=generation) == 0:
            raise ProviderResting(TokenBudgetUsed(), LOOK_AGAIN)
        while self.generation.paced:
            wait = await database.value("take_rate", p_generation_id=generation, p_kind="document", p_tokens=tokens)
            if not wait:
                return
            if wait > PATIENCE:
                raise ProviderResting(RateLimitReached(), wait)
            await asyncio.sleep(wait)

    def _count(self, texts: Sequence[str], tokens: int | None) -> None:
        self.clients.usage.add(
            self.generation.id, "document", sum(map(estimate_tokens, texts)) if tokens is None else tokens
        )

    @property
    def _late(self) -> bool:
        return asyncio.get_running_loop().time() >= self.deadline

    def _check_lease(self) -> None:
        """Past the lease another worker may be at work."""
        if self._late:
            raise LeaseLost
