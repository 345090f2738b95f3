"""The interface of a vendor's adapter: texts in, checked vectors out, and a class for each kind of failure.

The failure classes are those of the sync protocol, section 11. They determine whether a row waits (the failure is not
its fault), is set aside (it is at fault), or its table stops (the configuration is at fault).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from embedd_pg import observed
from embedd_pg.errors import EmbeddingProviderError
from embedd_pg.targets import Targets

Vectors = NDArray[np.float32]
InputKind = Literal["document", "query"]


class Embedded(NamedTuple):
    """Vectors of one request, and the tokens of its texts as counted by the vendor; None if it does not count them."""

    vectors: Vectors
    tokens: int | None


@dataclass(frozen=True, slots=True)
class Limits:
    """The bounds of one request (`max_items`, `max_tokens`) and of one text (`max_text_tokens`).

    They come from the catalogue of models (embedd_internal.model_limits() in SQL). The defaults are small.
    """

    max_items: int = 32
    max_tokens: int = 16_384
    max_text_tokens: int = 512
    #: The most concurrent requests of one batch that are useful.
    max_requests: int = 4


@dataclass(frozen=True, slots=True)
class EmbedderConfig:
    """One stored embedder, ready to use. Credentials are decrypted, and repr() never shows them."""

    provider: str
    model: str
    dimensions: int
    base_url: str | None = None
    api_key: str | None = field(default=None, repr=False)
    #: The path after base_url; None for the vendor's own.
    path: str | None = None
    #: The header with the key, and the text before the key in it.
    header: str = "Authorization"
    prefix: str = field(default="Bearer ", repr=False)
    #: Decides to which addresses the host may resolve.
    targets: Targets = field(default=Targets(), repr=False)
    #: What a request may hold, by the catalogue (embedd_internal.model_limits()).
    limits: Limits = Limits()


class Provider(Protocol):
    """A live client of one vendor for one embedder configuration."""

    limits: Limits

    async def embed(self, texts: Sequence[str], kind: InputKind) -> Embedded:
        """Embed `texts`, at most `limits` of them, and return float32 vectors of shape (len(texts), dimensions), in the
        given order.

        Raise one of the failures below. A vector that is NaN, infinite, of zero norm or of the wrong size is never
        returned: `ItemsRefused` names its position.
        """
        ...

    async def close(self) -> None: ...


async def request_vectors(provider: Provider, texts: Sequence[str], kind: InputKind) -> Embedded:
    """Call `provider.embed`, and count and time the request for the metrics."""
    outcome = "interrupted"
    try:
        with observed.timed("provider_request", kind=kind):
            made = await provider.embed(texts, kind)
        outcome = "success"
    except EmbeddingProviderError as error:
        outcome = _OUTCOMES.get(type(error), "failed")
        raise
    finally:
        observed.count("provider_requests", kind=kind, outcome=outcome)
    return made


class ProviderBusy(EmbeddingProviderError):
    """The embedding provider asks to slow down."""

    def __init__(self, message: str, *, retry_after: float | None = None) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class ProviderUnavailable(EmbeddingProviderError):
    """The embedding provider failed or could not be reached."""


class ProviderQuotaExhausted(EmbeddingProviderError):
    """The account at the embedding provider has no quota left."""


class ProviderMisconfigured(EmbeddingProviderError):
    """The embedding provider refuses the key, the model or the dimensions."""


class InputRefused(EmbeddingProviderError):
    """The embedding provider refuses an input of this request (unknown which, if there are several)."""


class ItemsRefused(EmbeddingProviderError):
    """Some items of a reply are unusable: those at `positions`. `vectors` holds the usable ones (bad rows are zero),
    `tokens` the vendor's count for all of them."""

    def __init__(self, message: str, *, positions: Sequence[int], vectors: Vectors, tokens: int | None = None) -> None:
        super().__init__(message)
        self.positions = tuple(positions)
        self.vectors = vectors
        self.tokens = tokens


#: The outcomes of requests that failed, as the metrics name them.
_OUTCOMES = {
    ProviderBusy: "busy",
    ProviderUnavailable: "unavailable",
    ProviderQuotaExhausted: "quota",
    ProviderMisconfigured: "misconfigured",
    InputRefused: "refused",
    ItemsRefused: "refused",
}


def total(*counts: int | None) -> int | None:
    """Return the sum of the known counts, or None if none is known."""
    known = [count for count in counts if count is not None]
    return sum(known) if known else None
