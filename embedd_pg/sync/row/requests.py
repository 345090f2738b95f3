"""An attempt's requests to its provider: within budget and limits, through the breaker, counted, and none for texts
whose vectors are known."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field

from embedd_pg.clients import Clients
from embedd_pg.embedding.providers.base import InputRefused, ItemsRefused, Provider, ProviderMisconfigured, Vectors
from embedd_pg.embedding.providers.tokens import estimate_tokens
from embedd_pg.generation import Generation
from embedd_pg.sync.row.back_off import Breaker, ProviderResting, RateLimitReached, TokenBudgetUsed

#: Seconds after which an embedder without budget is looked at again; a changed budget is noticed at once.
LOOK_AGAIN = 600.0
#: A text that nobody has a reason to refuse.
PLAIN = "A plain sentence."
EVERYTHING_REFUSED = "The embedding provider refuses every text, also a plain sentence: check its model."
#: Seconds until a provider that refuses everything is asked again.
REFUSED_REST = 60.0
#: For so many seconds work waits for its turn; what would wait longer is given back.
PATIENCE = 5.0


@dataclass(slots=True)
class Requests:
    """Asks one provider on behalf of one attempt."""

    generation: Generation
    clients: Clients
    provider: Provider
    breaker: Breaker
    #: Whether it has taken any text of this attempt.
    _answered: bool = field(default=False, init=False)

    async def embed(self, texts: Sequence[str]) -> Vectors:
        """Vectors of documents, those of texts known from before without asking.

        Raises InputRefused, ItemsRefused or, whatever else is the matter, ProviderResting.
        """
        if not self.clients.settings.cache_mb:
            return await self._asked(texts)
        model = self.generation.model_fingerprint()
        return await self.clients.vector_cache.vectors(model, texts, self._asked)

    async def _asked(self, texts: Sequence[str]) -> Vectors:
        """The same, as far as the embedder may be asked, and counted."""
        if self.generation.limits.budgeted or self.generation.limits.paced:
            await self._admitted(sum(map(estimate_tokens, texts)))
        try:
            vectors, tokens = await self.breaker.embed(self.provider, texts)
        except ItemsRefused as error:
            self._count(texts, error.tokens)
            raise
        except InputRefused:
            if len(texts) == 1 and not self._answered:
                await self._ask_something_plain()
            raise
        self._answered = True
        self._count(texts, tokens)
        return vectors

    async def _ask_something_plain(self) -> None:
        """Is it really the row that is refused? Some vendors answer to an unknown model like that."""
        try:
            _, tokens = await self.breaker.embed(self.provider, [PLAIN])
        except InputRefused as error:
            raise ProviderResting(ProviderMisconfigured(EVERYTHING_REFUSED), REFUSED_REST) from error
        except ItemsRefused as error:
            tokens = error.tokens
        self._answered = True
        self._count([PLAIN], tokens)

    async def _admitted(self, tokens: int) -> None:
        """Once there is budget for a request, and when its turn has come among all that share the embedder."""
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
