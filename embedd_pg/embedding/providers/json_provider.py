"""Providers that are asked in one JSON document and answer in another; their files say what these documents hold.

Many models refuse to be asked for a size, others have a choice of them. One of which it is not known is asked only once
a reply has come in another size than configured, since it may be one that can shorten its vectors.
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

#: No model that chooses its size by itself is known to choose a larger one.
_USUAL = 4096

AsksSize = Literal["always", "when needed", "never"]


class Carrier(Protocol):
    """Takes a document to the vendor and brings the reply back; retrying is the sync protocol's business."""

    async def post(self, body: dict[str, Any]) -> bytes:
        """Raises an EmbeddingProviderError that has neither cause nor context, so that no traceback prints the
        vendor's text."""
        ...

    async def close(self) -> None: ...


class Answer(NamedTuple):
    """What a reply holds: (index, vector) pairs as they were sent, and the vendor's count of tokens."""

    items: Iterable[tuple[Any, Any]]
    tokens: int | None


class JsonProvider(ABC):
    """Provider whose subclass writes the question and reads the answer."""

    def __init__(self, config: EmbedderConfig, limits: Limits, carrier: Carrier, *, asks_size: AsksSize) -> None:
        self.limits = limits
        self._config = config
        self._carrier = carrier
        self._asks_size: AsksSize = asks_size

    async def embed(self, texts: Sequence[str], kind: InputKind) -> Embedded:
        if not texts:
            return reply.embedded(self._config, [], None)
        sized = self._asks_size == "always"
        found, tokens = await self._request(texts, kind, sized=sized)
        # Another request may have found out meanwhile that it is needed.
        if not sized and self._asks_size != "never" and reply.all_of_another_size(self._config, found):
            found, more = await self._request_sized(texts, kind)
            tokens = total(tokens, more)
        return reply.embedded(self._config, found, tokens)

    async def close(self) -> None:
        await self._carrier.close()

    @abstractmethod
    def _body(self, texts: Sequence[str], kind: InputKind, dimensions: int | None) -> dict[str, Any]:
        """What is asked; `dimensions` is the size to ask for, None: do not ask for one."""

    @abstractmethod
    def _read(self, body: Any) -> Answer:
        """What the decoded reply says; ValueError, KeyError, TypeError or AttributeError if it is none."""

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
        # Who is not asked for a size answers in its own, which may be larger.
        size = self._config.dimensions if sized else max(self._config.dimensions, _USUAL)
        with expecting(len(texts) * size):
            content = await self._carrier.post(self._body(texts, kind, self._config.dimensions if sized else None))
        try:
            answer = self._read(orjson.loads(content))
        except (ValueError, KeyError, TypeError, AttributeError):
            answer = None
        if answer is None:
            raise reply.unreadable(self._config)
        return reply.placed(self._config, answer.items, len(texts)), answer.tokens
