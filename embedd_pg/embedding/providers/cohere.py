"""Cohere, version 2 of its API (docs.cohere.com/reference/embed, /reference/errors and /docs/rate-limits).

A request needs the kind of its input, and holds 96 texts at most. embed-v4.0 yields several sizes, the third generation
one, and refuses to be asked. Refusals are {"message"}. A trial key's month is used up with a 429 like any other: only
the sentence tells it from a limit by the minute. At a path that ends in /embeddings, which Cohere has under
/compatibility/v1, OpenAI's protocol is spoken.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from embedd_pg.embedding.providers import reply
from embedd_pg.embedding.providers.base import EmbedderConfig, InputKind, Limits
from embedd_pg.embedding.providers.http import HttpCarrier
from embedd_pg.embedding.providers.json_provider import Answer, AsksSize, JsonProvider
from embedd_pg.errors import EmbeddingProviderError

_KINDS = {"document": "search_document", "query": "search_query"}
_BLOCKED = 498
_MONTH = "calls / month"


class CohereProvider(JsonProvider):
    """Provider over plain HTTP."""

    def __init__(self, config: EmbedderConfig, limits: Limits) -> None:
        carrier = HttpCarrier(config, refusal, needs_key=True)
        super().__init__(config, limits, carrier, asks_size=_asks_size(config.model))

    def _body(self, texts: Sequence[str], kind: InputKind, dimensions: int | None) -> dict[str, Any]:
        size = {"output_dimension": dimensions} if dimensions else {}
        return {
            "model": self._config.model,
            "texts": list(texts),
            "input_type": _KINDS[kind],
            "embedding_types": ["float"],
            # Cutting long texts is the text composer's decision, which flags it; here it would go unseen.
            "truncate": "NONE",
            **size,
        }

    def _read(self, body: Any) -> Answer:
        return Answer(enumerate(body["embeddings"]["float"]), reply.counted(body, "meta.billed_units.input_tokens"))


def _asks_size(model: str) -> AsksSize:
    if model.startswith("embed-v4"):
        return "always"
    return "never" if model.endswith("-v3.0") else "when needed"


def refusal(
    config: EmbedderConfig, status: int, headers: Mapping[str, str], body: Mapping[str, Any]
) -> EmbeddingProviderError:
    return reply.refusal(
        config,
        status,
        headers=headers,
        quota=status == 429 and _MONTH in str(body.get("message")),
        input_refused=status == _BLOCKED,
    )
