"""Providers with a JSON document as request and reply. Subclasses define the content of these documents.

Some models let the request choose the size of vectors, many refuse it. If that is unknown, the size is requested only
after a reply of another size than configured, because the model may then be able to shorten its vectors.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Sequence
from typing import Any, Literal, NamedTuple, Protocol

import orjson

from embedd_pg.embedding.providers import reply
from embedd_pg.embedding.providers.base import (
    Embedded,
    EmbedderConfig,
    InputKind,
    InputRefused,
    Limits,
    ProviderMisconfigured,
    Vectors,
    total,
)
from embedd_pg.embedding.providers.transport import expecting

#: The largest size of models whose size is not requested.
_USUAL = 4096

AsksSize = Literal["always", "when needed", "never"]


class Carrier(Protocol):
    """A connection that carries a document to the vendor and returns the reply. It does not retry."""

    async def post(self, body: dict[str, Any]) -> bytes:
        """Post a document. Raise an EmbeddingProviderError with neither cause nor context, so that no traceback prints
        the vendor's text."""
        ...

    async def close(self) -> None: ...


class Answer(NamedTuple):
    """The content of a reply: (index, vector) pairs as received, and the vendor's count of tokens."""

    items: Iterable[tuple[Any, Any]]
    tokens: int | None


class JsonProvider(ABC):
    """A provider whose subclass writes the request and reads the reply."""

    def __init__(self, config: EmbedderConfig, limits: Limits, carrier: Carrier, *, asks_size: AsksSize) -> None:
        self.limits = limits
        self._config = config
        self._carrier = carrier
        self._asks_size: AsksSize = asks_size

    async def embed(self, texts: Sequence[str], kind: InputKind) -> Embedded:
        if not texts:
            return reply.check_vectors(self._config, [], None)
        sized = self._asks_size == "always"
        found, tokens = await self._request(texts, kind, sized=sized)
        # A concurrent request may have found out meanwhile that a size is needed.
        if not sized and self._asks_size != "never" and reply.all_of_another_size(self._config, found):
            found, more = await self._request_sized(texts, kind)
            tokens = total(tokens, more)
        return reply.check_vectors(self._config, found, tokens)

    async def close(self) -> None:
        await self._carrier.close()

    @abstractmethod
    def _body(self, texts: Sequence[str], kind: InputKind, dimensions: int | None) -> dict[str, Any]:
        """Return the request. `dimensions` is the size to request, or None to leave it out."""

    @abstractmethod
    def _read(self, body: Any) -> Answer:
        """Return the content of a decoded reply. Raise ValueError, KeyError, TypeError or AttributeError if invalid."""

    async def _request_sized(self, texts: Sequence[str], kind: InputKind) -> tuple[list[Vectors | None], int | None]:
        try:
            found, tokens = await self._request(texts, kind, sized=True)
        except InputRefused as refused:
            raise ProviderMisconfigured(refused.message) from None
        if not reply.all_of_another_size(self._config, found):
            self._asks_size = "always"
        return found, tokens

    async def _request(
        self, texts: Sequence[str], kind: InputKind, *, sized: bool
    ) -> tuple[list[Vectors | None], int | None]:
        reply.check_unicode(self._config, texts)
        # Without a requested size the model uses its own, which may be larger.
        size = self._config.dimensions if sized else max(self._config.dimensions, _USUAL)
        with expecting(len(texts) * size):
            content = await self._carrier.post(self._body(texts, kind, self._config.dimensions if sized else None))
        try:
            answer = self._read(orjson.loads(content))
        except (ValueError, KeyError, TypeError, AttributeError):
            answer = None
        if answer is None:
            raise reply.unreadable(self._config)
        return reply.place_vectors(self._config, answer.items, len(texts)), answer.tokens
