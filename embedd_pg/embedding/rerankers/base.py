"""What a vendor's reranker is: a query and texts in, a relevance for each text out, failures told apart like those of
embedding."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from operator import itemgetter
from typing import Any, NamedTuple, Protocol

from embedd_pg.embedding.providers import reply
from embedd_pg.embedding.providers.base import EmbedderConfig
from embedd_pg.embedding.providers.tokens import estimate_tokens, truncate

#: Texts of one request; no vendor here takes fewer.
MAX_TEXTS = 1000
#: What a vendor says of a text takes no more room in its reply than so many numbers.
NUMBERS = 16


class Reranked(NamedTuple):
    """The relevance of each text, in the order given: higher is better, the scale is the model's own. And the tokens
    the vendor counted; None where it does not say."""

    scores: list[float]
    tokens: int | None


@dataclass(frozen=True, slots=True)
class RerankLimits:
    """Tokens of a query, of a query with one text, and of all these pairs together: by the vendor's word, with room
    where more are refused, as tokens are estimated here."""

    query_tokens: int
    pair_tokens: int
    total_tokens: int


class Reranker(Protocol):
    """A live client of one vendor for one embedder's credentials; any model of the vendor may be asked."""

    async def rerank(self, model: str, query: str, texts: Sequence[str]) -> Reranked:
        """At most MAX_TEXTS texts; what is too long for the vendor is cut. Raises the failures of a Provider, never
        returns a score that is not finite."""
        ...

    async def close(self) -> None: ...


def fitted(limits: RerankLimits, query: str, texts: Sequence[str]) -> tuple[str, list[str]]:
    """Query and texts, cut so that a request with all of them stays within the limits."""
    room = min(limits.pair_tokens, limits.total_tokens // len(texts))
    query = truncate(query, min(limits.query_tokens, room // 2))
    left = room - estimate_tokens(query)
    return query, [truncate(text, left) for text in texts]


def placed(config: EmbedderConfig, items: Iterable[tuple[Any, Any]], count: int) -> list[float]:
    """(index, score) pairs, put in order; ProviderUnavailable unless there is one finite score for every text."""
    pairs = [(index, _finite(score)) for index, score in items]
    if sorted(index for index, _ in pairs if type(index) is int) != list(range(count)) or len(pairs) != count:
        raise reply.unreadable(config)
    scores = [score for _, score in sorted(pairs, key=itemgetter(0)) if score is not None]
    if len(scores) != count:
        raise reply.unreadable(config)
    return scores


def _finite(score: Any) -> float | None:
    """None if it is no number to order by."""
    if type(score) is int and abs(score) <= 2**53:
        return float(score)
    return score if type(score) is float and math.isfinite(score) else None
