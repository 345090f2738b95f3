"""Voyage AI (docs.voyageai.com/reference/reranker-api)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from embedd_pg.embedding.providers import reply
from embedd_pg.embedding.providers.base import EmbedderConfig
from embedd_pg.embedding.providers.transport import expecting
from embedd_pg.embedding.providers.voyage_session import VoyageSession, rerank
from embedd_pg.embedding.rerankers.base import NUMBERS, Reranked, RerankLimits, fit_texts, place_scores

#: Limits of rerank-2.5. The vendor cuts a pair too long for an older model. Its limit for the total is 600,000.
_LIMITS = RerankLimits(query_tokens=8000, pair_tokens=32_000, total_tokens=300_000)


class VoyageReranker:
    """A reranker over the voyageai package."""

    def __init__(self, config: EmbedderConfig) -> None:
        self._config = config
        self._session = VoyageSession(config)

    async def rerank(self, model: str, query: str, texts: Sequence[str]) -> Reranked:
        config = replace(self._config, model=model)
        reply.check_unicode(config, [query, *texts])
        query, documents = fit_texts(_LIMITS, query, texts)

        def read(answer: Any) -> Reranked:
            items = [(item["index"], item["relevance_score"]) for item in answer["data"]]
            return Reranked(place_scores(config, items, len(texts)), reply.read_tokens(answer, "usage.total_tokens"))

        body = {"model": model, "query": query, "documents": documents, "truncation": True}
        with expecting(len(texts) * NUMBERS):
            return await self._session.ask(config, rerank, read, **body)

    async def close(self) -> None:
        await self._session.close()
