"""Cohere, version 2 of its API (docs.cohere.com/reference/embed, /reference/errors and /docs/rate-limits).

A request must name the kind of its input, and holds at most 96 texts. embed-v4.0 has several sizes. Models of the third
generation have one, and refuse a size. A refusal is {"message"}. A trial key's exhausted month is a 429, which differs
from a limit by the minute only in the sentence. At a path that ends in /embeddings, which Cohere has under
/compatibility/v1, the protocol is OpenAI's.
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
    """A provider over plain HTTP."""

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
            # embedd cuts long texts itself and flags that; a cut by the vendor would go unnoticed.
            "truncate": "NONE",
            **size,
        }

    def _read(self, body: Any) -> Answer:
        return Answer(enumerate(body["embeddings"]["float"]), reply.read_tokens(body, "meta.billed_units.input_tokens"))


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
