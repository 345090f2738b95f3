"""OpenAI's embeddings protocol, independent of the carrier: the request and the meaning of the reply.

The size (`dimensions`) is always requested from the text-embedding-3 family, and never from ada-002, which refuses the
field. Other models run on compatible servers, many of which refuse it too.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from embedd_pg.embedding.providers import reply
from embedd_pg.embedding.providers.base import EmbedderConfig, InputKind
from embedd_pg.embedding.providers.json_provider import Answer, AsksSize, JsonProvider
from embedd_pg.errors import EmbeddingProviderError

_QUOTA_CODES = frozenset({"insufficient_quota", "billing_hard_limit_reached", "billing_not_active"})
_CONFIGURATION_CODES = frozenset({"model_not_found", "invalid_api_key", "unsupported_parameter"})
_CONFIGURATION_PARAMETERS = frozenset({"model", "dimensions", "encoding_format"})


class OpenAIProtocol(JsonProvider):
    """The request and the reply; subclasses choose the carrier."""

    def _body(self, texts: Sequence[str], kind: InputKind, dimensions: int | None) -> dict[str, Any]:
        """Return the request. `kind` makes no difference to these models."""
        size = {"dimensions": dimensions} if dimensions else {}
        return {"input": list(texts), "model": self._config.model, "encoding_format": "base64", **size}

    def _read(self, body: Any) -> Answer:
        """Return the content of a reply. Some compatible servers leave out the index and answer in order."""
        items = [(item.get("index", position), item.get("embedding")) for position, item in enumerate(body["data"])]
        return Answer(items, reply.read_tokens(body, "usage.total_tokens", "usage.prompt_tokens"))


def asks_size(model: str) -> AsksSize:
    """Return whether a size is requested from a model of OpenAI or of a compatible server."""
    if model.startswith("text-embedding-3"):
        return "always"
    return "never" if "ada-002" in model else "when needed"


def refusal(
    config: EmbedderConfig, status: int, headers: Mapping[str, str], body: Mapping[str, Any]
) -> EmbeddingProviderError:
    """Return the error for a status other than 2xx. `error` in its body is an object, if there is one."""
    error = body.get("error")
    error = error if isinstance(error, Mapping) else body
    codes = {str(error.get("code")), str(error.get("type"))}  # a compatible server may send any value
    return reply.refusal(
        config,
        status,
        headers=headers,
        quota=bool(codes & _QUOTA_CODES),
        misconfigured=str(error.get("param")) in _CONFIGURATION_PARAMETERS or bool(codes & _CONFIGURATION_CODES),
    )
