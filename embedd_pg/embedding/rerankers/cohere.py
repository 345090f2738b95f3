"""Cohere, version 2 of its API (docs.cohere.com/reference/rerank). It counts searches, not tokens."""

from __future__ import annotations

from embedd_pg.embedding.providers.base import EmbedderConfig
from embedd_pg.embedding.providers.cohere import refusal
from embedd_pg.embedding.rerankers.base import RerankLimits
from embedd_pg.embedding.rerankers.json_reranker import JsonReranker

#: By default 4096 tokens of a text are read. The total only bounds the size of the request.
_LIMITS = RerankLimits(query_tokens=2048, pair_tokens=6144, total_tokens=1_000_000)


class CohereReranker(JsonReranker):
    """A reranker over plain HTTP."""

    def __init__(self, config: EmbedderConfig) -> None:
        super().__init__(config, _LIMITS, refusal)
