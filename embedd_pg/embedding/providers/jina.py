"""Jina AI (api.jina.ai/redoc): OpenAI's protocol with the kind of input, and Jina's own names for the encoding.

jina-embeddings models from version 3 on have a kind of input (`task`), earlier ones do not. A refusal is {"detail"}: a
sentence, or a list of the request's invalid fields.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from embedd_pg.embedding.providers import reply
from embedd_pg.embedding.providers.base import EmbedderConfig, InputKind, Limits
from embedd_pg.embedding.providers.http import HttpCarrier
from embedd_pg.embedding.providers.openai_protocol import OpenAIProtocol
from embedd_pg.errors import EmbeddingProviderError

_TASKS = {"document": "retrieval.passage", "query": "retrieval.query"}
_CONFIGURATION_FIELDS = frozenset({"model", "dimensions", "task", "embedding_type"})


class JinaProvider(OpenAIProtocol):
    """A provider over plain HTTP."""

    def __init__(self, config: EmbedderConfig, limits: Limits) -> None:
        version = re.match(r"jina-embeddings-v(\d+)", config.model)
        self._modern = version is not None and int(version[1]) >= 3
        carrier = HttpCarrier(config, refusal, needs_key=True)
        super().__init__(config, limits, carrier, asks_size="always" if self._modern else "when needed")

    def _body(self, texts: Sequence[str], kind: InputKind, dimensions: int | None) -> dict[str, Any]:
        return {
            "model": self._config.model,
            "input": list(texts),
            "embedding_type": "base64",
            # embedd cuts long texts itself and flags that; a cut by the vendor would go unnoticed.
            "truncate": False,
            **({"task": _TASKS[kind]} if self._modern else {}),
            **({"dimensions": dimensions} if dimensions else {}),
        }


def refusal(
    config: EmbedderConfig, status: int, headers: Mapping[str, str], body: Mapping[str, Any]
) -> EmbeddingProviderError:
    detail = body.get("detail")
    places = [entry.get("loc") for entry in detail if isinstance(entry, Mapping)] if isinstance(detail, list) else []
    fields = {str(place[-1]) for place in places if isinstance(place, list) and place}
    return reply.refusal(config, status, headers=headers, misconfigured=bool(fields & _CONFIGURATION_FIELDS))
