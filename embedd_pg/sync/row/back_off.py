"""Back-off: how long a table rests after a failure of its source or store, and a provider after its own failure.

Such failures cost a row no attempts, because they are not its fault (sync protocol, section 11).
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterable, Sequence

from embedd_pg import observed
from embedd_pg.embedding.providers.base import (
    Embedded,
    InputRefused,
    ItemsRefused,
    Provider,
    ProviderBusy,
    ProviderMisconfigured,
    ProviderQuotaExhausted,
    request_vectors,
)
from embedd_pg.errors import (
    ConfigurationError,
    CredentialsRemoved,
    EmbedderDeleted,
    EmbeddError,
    EmbeddingProviderError,
)
from embedd_pg.sync.row.window import Window

#: The first and the longest rest in seconds, by class of failure.
RESTS = {"busy": (1.0, 600.0), "transient": (1.0, 60.0), "quota": (900.0, 3600.0), "configuration": (10.0, 60.0)}

Clock = Callable[[], float]


class ProviderResting(EmbeddingProviderError):
    """The embedding provider failed and is not asked again before `wait` seconds have passed."""

    def __init__(self, cause: EmbeddError, wait: float) -> None:
        super().__init__(cause.message, resolution=cause.resolution)
        self.cause = cause
        self.wait = wait


class TokenBudgetUsed(EmbeddingProviderError):
    """The embedder has used up its token budget of this month; no more texts are embedded until the next."""

    resolution = "Raise it, if you want: select embedd.set_token_budget(embedder, monthly_tokens)."


class RateLimitReached(ProviderBusy):
    """The embedder is asked as often as its own limits allow."""

    def __init__(self) -> None:
        super().__init__(type(self).__doc__ or "")


def error_class(error: EmbeddError) -> str:
    """Return the class of a failure in the terms of the sync protocol, section 11."""
    if isinstance(error, ProviderResting):
        return error_class(error.cause)
    if isinstance(error, ProviderMisconfigured | ConfigurationError | CredentialsRemoved | EmbedderDeleted):
        return "configuration"
    if isinstance(error, ProviderQuotaExhausted):
        return "quota"
    if isinstance(error, TokenBudgetUsed):
        return "budget"
    return "busy" if isinstance(error, ProviderBusy) else "transient"


class BackOff:
    """A rest after failures: longer with each in a row, with jitter. A success resets it."""

    def __init__(self, clock: Clock = time.monotonic) -> None:
        self._clock = clock
        self._failures = 0
        self._until = 0.0

    @property
    def failing(self) -> bool:
        return self._failures > 0

    def rest(self) -> float:
        """Return the seconds left to rest, 0 if none."""
        return max(0.0, self._until - self._clock())

    def failed(self, error: EmbeddError) -> float:
        """Record a failure and return the seconds to rest. Failures during a rest count as one."""
        first, longest = RESTS[error_class(error)]
        asked = error.retry_after if isinstance(error, ProviderBusy) and error.retry_after is not None else 0.0
        wait = min(asked, longest)
        if not self.rest():
            wait = max(wait, min(first * 2.0 ** min(self._failures, 20), longest))
            self._failures += 1
        self._until = max(self._until, self._clock() + wait * random.uniform(1.0, 1.2))  # noqa: S311
        return self.rest()

    def succeeded(self) -> None:
        """Reset the rest, unless a failure came since: then this work began before it."""
        if not self.rest():
            self._failures = 0


class Breaker:
    """A circuit breaker for one provider with one credential, shared by all tables of this worker that use it.

    While the provider rests, no request is sent. Then a single request is tried; if it succeeds, all are let through.
    """

    def __init__(self, clock: Clock = time.monotonic) -> None:
        self._back_off = BackOff(clock)
        self._cause: EmbeddError = EmbeddingProviderError()
        self._trying = False
        self._window = Window()
        observed.watch(self)

    def measure(self) -> Iterable[tuple[str, dict[str, str], float]]:
        """Return that the provider rests, if it does, and why."""
        if self._back_off.rest():
            yield "providers_resting", {"cause": error_class(self._cause)}, 1

    async def embed(self, provider: Provider, texts: Sequence[str]) -> Embedded:
        """Embed documents. Raise InputRefused, ItemsRefused, or ProviderResting for any other failure."""
        if rest := self._back_off.rest():
            raise ProviderResting(self._cause, rest)
        if self._trying:
            raise ProviderResting(self._cause, 1.0)
        alone = self._trying = self._back_off.failing
        try:
            async with self._window.request() as number:
                return await self._ask(provider, texts, number)
        finally:
            if alone:
                self._trying = False

    async def _ask(self, provider: Provider, texts: Sequence[str], number: int) -> Embedded:
        if rest := self._back_off.rest():
            raise ProviderResting(self._cause, rest)  # the rest began while this request waited for room
        try:
            made = await request_vectors(provider, texts, "document")
        except (InputRefused, ItemsRefused):
            self._back_off.succeeded()
            raise
        except EmbeddingProviderError as error:
            self._cause = error
            if isinstance(error, ProviderBusy):
                self._window.slowed(number)
            raise ProviderResting(error, self._back_off.failed(error)) from error
        self._back_off.succeeded()
        self._window.went_well()
        return made
