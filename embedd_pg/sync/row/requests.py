"""Requests of an attempt to its embedding provider.

They respect budget and rate limits, pass through the breaker, and are counted. Cached texts need no request.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field

from embedd_pg.clients import Clients
from embedd_pg.embedding.providers.base import InputRefused, ItemsRefused, Provider, ProviderMisconfigured, Vectors
from embedd_pg.embedding.providers.tokens import estimate_tokens
from embedd_pg.generation import Generation
from embedd_pg.sync.row.back_off import Breaker, ProviderResting, RateLimitReached, TokenBudgetUsed

#: Seconds until an embedder without budget is checked again; a changed budget takes effect at once.
LOOK_AGAIN = 600.0
#: A text that a working provider has no reason to refuse.
PLAIN = "A plain sentence."
EVERYTHING_REFUSED = "The embedding provider refuses every text, also a plain sentence: check its model."
#: Seconds until a provider that refuses every text is asked again.
REFUSED_REST = 60.0
#: The longest time in seconds that an attempt waits for its rate limit. An attempt that must wait longer is released.
PATIENCE = 5.0


@dataclass(slots=True)
class Requests:
    """Requests to one provider on behalf of one attempt."""

    generation: Generation
    clients: Clients
    provider: Provider
    breaker: Breaker
    #: Whether the provider has accepted any text of this attempt.
    _answered: bool = field(default=False, init=False)

    async def embed(self, texts: Sequence[str]) -> Vectors:
        """Return the vectors of documents, from the cache where possible.

        Raise InputRefused, ItemsRefused, or ProviderResting for any other failure.
        """
        if not self.clients.settings.cache_mb:
            return await self._ask(texts)
        model = self.generation.model_fingerprint()
        return await self.clients.vector_cache.vectors(model, texts, self._ask)

    async def _ask(self, texts: Sequence[str]) -> Vectors:
        """Request vectors within budget and rate limits, and count the tokens."""
        if self.generation.limits.budgeted or self.generation.limits.paced:
            await self._wait_for_admission(sum(map(estimate_tokens, texts)))
        try:
            vectors, tokens = await self.breaker.embed(self.provider, texts)
        except ItemsRefused as error:
            self._count(texts, error.tokens)
            raise
        except InputRefused:
            if len(texts) == 1 and not self._answered:
                await self._ask_plain()
            raise
        self._answered = True
        self._count(texts, tokens)
        return vectors

    async def _ask_plain(self) -> None:
        """Check that the provider accepts a plain sentence: some vendors report an unknown model as a refused text."""
        try:
            _, tokens = await self.breaker.embed(self.provider, [PLAIN])
        except InputRefused as error:
            raise ProviderResting(ProviderMisconfigured(EVERYTHING_REFUSED), REFUSED_REST) from error
        except ItemsRefused as error:
            tokens = error.tokens
        self._answered = True
        self._count([PLAIN], tokens)

    async def _wait_for_admission(self, tokens: int) -> None:
        """Wait until the embedder's budget and rate limits, which all workers share, allow a request of this size."""
        database, generation = self.clients.database, self.generation.id
        if (
            self.generation.limits.budgeted
            and await database.value("remaining_tokens", p_generation_id=generation) == 0
        ):
            raise ProviderResting(TokenBudgetUsed(), LOOK_AGAIN)
        while self.generation.limits.paced:
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
