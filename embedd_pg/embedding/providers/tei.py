"""Hugging Face's Text Embeddings Inference, in its own protocol (docs/openapi.json of its repository).

A reply is just the list of vectors, without index or count of tokens. A refusal is {"error", "error_type"}. Its status
is as specific as its type: 413 Validation (too many inputs, or one too long), 422 Tokenizer, 400 Empty, 424 Backend,
429 Overloaded, 503 Unhealthy. Releases before 1.8 ignore `dimensions`. At a path that ends in /embeddings the same
server speaks OpenAI's protocol, which is then used.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from embedd_pg.embedding.providers import reply
from embedd_pg.embedding.providers.base import EmbedderConfig, InputKind, Limits
from embedd_pg.embedding.providers.http import HttpCarrier
from embedd_pg.embedding.providers.json_provider import Answer, JsonProvider
from embedd_pg.errors import EmbeddingProviderError


class TeiProvider(JsonProvider):
    """A provider over plain HTTP. A server has one model, needs no key, and embeds documents and queries alike."""

    def __init__(self, config: EmbedderConfig, limits: Limits) -> None:
        carrier = HttpCarrier(config, _refusal, needs_key=False)
        super().__init__(config, limits, carrier, asks_size="when needed")

    def _body(self, texts: Sequence[str], kind: InputKind, dimensions: int | None) -> dict[str, Any]:
        # embedd cuts long texts itself and flags that; a cut by the vendor would go unnoticed.
        size = {"dimensions": dimensions} if dimensions else {}
        return {"inputs": list(texts), "truncate": False, "normalize": True, **size}

    def _read(self, body: Any) -> Answer:
        if not isinstance(body, list):
            raise ValueError("no list of vectors")
        return Answer(enumerate(body), None)


def _refusal(
    config: EmbedderConfig, status: int, headers: Mapping[str, str], _body: Mapping[str, Any]
) -> EmbeddingProviderError:
    return reply.refusal(config, status, headers=headers)
