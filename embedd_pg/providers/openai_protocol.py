"""OpenAI's embeddings protocol, whoever carries the request: what is asked, and what the answer means.

The size is asked for (`dimensions`) from the text-embedding-3 family, never from ada-002, which refuses the
field. Other models live on compatible servers, many of which refuse it too: they are sent it only once a reply
has come in another size than configured, since the model may be one that can shorten its vectors.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import orjson

from embedd_pg.errors import EmbeddingProviderError
from embedd_pg.providers import reply
from embedd_pg.providers.base import (
    EmbedderConfig,
    InputKind,
    InputRefused,
    Limits,
    ProviderMisconfigured,
    Vectors,
)

_QUOTA_CODES = frozenset({"insufficient_quota", "billing_hard_limit_reached", "billing_not_active"})
_CONFIGURATION_CODES = frozenset({"model_not_found", "invalid_api_key", "unsupported_parameter"})
_CONFIGURATION_PARAMETERS = frozenset({"model", "dimensions", "encoding_format"})


class OpenAIProtocol(ABC):
    """Provider whose subclass posts the body; retrying is the sync protocol's business."""

    def __init__(self, config: EmbedderConfig, limits: Limits) -> None:
        self._config = config
        self.limits = limits
        self._ask_size = config.model.startswith("text-embedding-3")

    async def embed(self, texts: Sequence[str], kind: InputKind) -> Vectors:
        """`kind` makes no difference to these models."""
        if not texts:
            return np.zeros((0, self._config.dimensions), np.float32)
        found = await self._request(texts)
        may_ask = not self._ask_size and "ada-002" not in self._config.model
        if may_ask and reply.all_of_another_size(self._config, found):
            found = await self._request_sized(texts)
        return reply.checked(self._config, found)

    @abstractmethod
    async def _post(self, body: dict[str, Any]) -> bytes:
        """The reply to a request. Raises an EmbeddingProviderError that has neither cause nor context, so that no
        traceback prints the vendor's text."""

    async def _request_sized(self, texts: Sequence[str]) -> list[Vectors | None]:
        try:
            found = await self._request(texts, sized=True)
        except InputRefused as refused:
            raise ProviderMisconfigured(refused.message) from None
        self._ask_size = not reply.all_of_another_size(self._config, found)
        return found

    async def _request(self, texts: Sequence[str], *, sized: bool = False) -> list[Vectors | None]:
        options: dict[str, Any] = {"dimensions": self._config.dimensions} if sized or self._ask_size else {}
        reply.check_unicode(self._config, texts)
        content = await self._post(
            {"input": list(texts), "model": self._config.model, "encoding_format": "base64", **options}
        )
        try:
            items = _items(orjson.loads(content))
        except ValueError:
            items = None
        if items is None:
            raise reply.unreadable(self._config)
        return reply.placed(self._config, items, len(texts))


def target_of(config: EmbedderConfig, address: str) -> str:
    """Where an embedder at an address of its own is asked."""
    return f"{address.rstrip('/')}{config.path or '/embeddings'}"


def refusal(config: EmbedderConfig, status: int, headers: Mapping[str, str], error: Any) -> EmbeddingProviderError:
    """What an answer that is not 2xx means; `error` is the object of that name, if there is one."""
    error = error if isinstance(error, dict) else {}
    codes = {str(error.get("code")), str(error.get("type"))}  # a compatible server may put anything there
    return reply.refusal(
        config,
        status,
        headers=headers,
        quota=bool(codes & _QUOTA_CODES),
        misconfigured=str(error.get("param")) in _CONFIGURATION_PARAMETERS or bool(codes & _CONFIGURATION_CODES),
    )


def _items(body: Any) -> list[tuple[Any, Any]]:
    """(index, vector) pairs; some compatible servers leave the index out and answer in order."""
    data = body.get("data") if isinstance(body, dict) else None
    if not isinstance(data, list) or not all(isinstance(item, dict) for item in data):
        raise ValueError("no list of embeddings")
    return [(item.get("index", position), item.get("embedding")) for position, item in enumerate(data)]
