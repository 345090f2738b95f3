"""The interface of a vendor's reranker: a query and texts in, a relevance for each text out. Failures have the classes
of embedding."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from operator import itemgetter
from typing import Any, NamedTuple, Protocol

from embedd_pg.embedding.providers import reply
from embedd_pg.embedding.providers.base import EmbedderConfig
from embedd_pg.embedding.providers.tokens import estimate_tokens, truncate

#: The most texts of one request; every vendor accepts as many.
MAX_TEXTS = 1000
#: The size of a reply for each text, as a count of numbers.
NUMBERS = 16


class Reranked(NamedTuple):
    """The relevance of each text, in the given order (higher is better; the scale is the model's own), and the vendor's
    count of tokens, if any."""

    scores: list[float]
    tokens: int | None


@dataclass(frozen=True, slots=True)
class RerankLimits:
    """The most tokens of a query, of a query with one text, and of all these pairs together, as stated by the vendor.

    Where the vendor refuses more, the limit leaves room for the error of embedd's estimate.
    """

    query_tokens: int
    pair_tokens: int
    total_tokens: int


class Reranker(Protocol):
    """A live client of one vendor for one embedder's credentials. It can use any model of the vendor."""

    async def rerank(self, model: str, query: str, texts: Sequence[str]) -> Reranked:
        """Rerank at most MAX_TEXTS texts; texts too long for the vendor are cut. Raise the failures of a Provider. All
        scores are finite."""
        ...

    async def close(self) -> None: ...


def fit_texts(limits: RerankLimits, query: str, texts: Sequence[str]) -> tuple[str, list[str]]:
    """Return query and texts, cut so that a request with all of them stays within the limits."""
    room = min(limits.pair_tokens, limits.total_tokens // len(texts))
    query = truncate(query, min(limits.query_tokens, room // 2))
    left = room - estimate_tokens(query)
    return query, [truncate(text, left) for text in texts]


def place_scores(config: EmbedderConfig, items: Iterable[tuple[Any, Any]], count: int) -> list[float]:
    """Return the scores in order of their indexes. Raise ProviderUnavailable unless every text has a finite one."""
    pairs = [(index, _finite(score)) for index, score in items]
    if sorted(index for index, _ in pairs if type(index) is int) != list(range(count)) or len(pairs) != count:
        raise reply.unreadable(config)
    scores = [score for _, score in sorted(pairs, key=itemgetter(0)) if score is not None]
    if len(scores) != count:
        raise reply.unreadable(config)
    return scores


def _finite(score: Any) -> float | None:
    """Return the score as a float, or None if it is not a finite number."""
    if type(score) is int and abs(score) <= 2**53:
        return float(score)
    return score if type(score) is float and math.isfinite(score) else None
