"""Cohere, version 2 of its API (docs.cohere.com/reference/rerank). It counts searches, not tokens."""

from __future__ import annotations

from embedd_pg.embedding.providers.base import EmbedderConfig
from embedd_pg.embedding.providers.cohere import refusal
from embedd_pg.embedding.rerankers.base import RerankLimits
from embedd_pg.embedding.rerankers.json_reranker import JsonReranker

#: Of a text 4096 tokens are read unless asked otherwise. All together are bounded for the size of the request alone.
_LIMITS = RerankLimits(query_tokens=2048, pair_tokens=6144, total_tokens=1_000_000)


class CohereReranker(JsonReranker):
    """Reranker over plain HTTP."""

    def __init__(self, config: EmbedderConfig) -> None:
        super().__init__(config, _LIMITS, refusal)
