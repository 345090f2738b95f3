"""Rerankers over plain HTTP, with Cohere's request and reply, which other vendors have adopted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import orjson

from embedd_pg.embedding.providers import reply
from embedd_pg.embedding.providers.address import rerank_target_of
from embedd_pg.embedding.providers.base import EmbedderConfig
from embedd_pg.embedding.providers.http import HttpCarrier, Refusal
from embedd_pg.embedding.providers.transport import expecting
from embedd_pg.embedding.rerankers.base import NUMBERS, Reranked, RerankLimits, fit_texts, place_scores


class JsonReranker:
    """A reranker whose subclass defines the vendor's limits, refusals and extra fields."""

    def __init__(self, config: EmbedderConfig, limits: RerankLimits, refusal: Refusal, **more: Any) -> None:
        """Open the carrier. `more` are extra fields of every request."""
        self._config = config
        self._limits = limits
        self._more: Mapping[str, Any] = more
        self._carrier = HttpCarrier(config, refusal, needs_key=True, target=rerank_target_of(config))

    async def rerank(self, model: str, query: str, texts: Sequence[str]) -> Reranked:
        config = replace(self._config, model=model)
        reply.check_unicode(config, [query, *texts])
        query, documents = fit_texts(self._limits, query, texts)
        asked = {"model": model, "query": query, "documents": documents, "top_n": len(documents), **self._more}
        with expecting(len(texts) * NUMBERS):
            content = await self._carrier.post(asked, config)
        try:
            body = orjson.loads(content)
            items = [(item["index"], item["relevance_score"]) for item in body["results"]]
        except (ValueError, KeyError, TypeError, AttributeError):
            body, items = None, []
        return Reranked(place_scores(config, items, len(texts)), reply.read_tokens(body, "usage.total_tokens"))

    async def close(self) -> None:
        await self._carrier.close()
