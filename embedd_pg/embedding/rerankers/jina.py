"""Jina AI (api.jina.ai/redoc)."""

from __future__ import annotations

from embedd_pg.embedding.providers.base import EmbedderConfig
from embedd_pg.embedding.providers.jina import refusal
from embedd_pg.embedding.rerankers.base import RerankLimits
from embedd_pg.embedding.rerankers.json_reranker import JsonReranker

#: Limits of jina-reranker-v3: 512 tokens of a query, 2048 of a text, 131,072 in total.
_LIMITS = RerankLimits(query_tokens=512, pair_tokens=2560, total_tokens=131_072)


class JinaReranker(JsonReranker):
    """A reranker over plain HTTP."""

    def __init__(self, config: EmbedderConfig) -> None:
        super().__init__(config, _LIMITS, refusal, return_documents=False)
