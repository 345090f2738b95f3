"""Voyage AI."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from embedd_pg.embedding.providers import reply
from embedd_pg.embedding.providers.base import Embedded, EmbedderConfig, InputKind, Limits, Vectors
from embedd_pg.embedding.providers.transport import expecting
from embedd_pg.embedding.providers.voyage_session import VoyageSession, embed


class VoyageProvider:
    """A provider over the voyageai package. It always requests the size, because the vendor's defaults differ."""

    def __init__(self, config: EmbedderConfig, limits: Limits) -> None:
        self._config = config
        self.limits = limits
        self._session = VoyageSession(config)
        self._options: dict[str, Any] = {
            "model": config.model,
            # embedd cuts long texts itself and flags that; a cut by the vendor would go unnoticed.
            "truncation": False,
            "output_dtype": "float",
            "output_dimension": config.dimensions,
            "encoding_format": "base64",
        }

    async def embed(self, texts: Sequence[str], kind: InputKind) -> Embedded:
        if not texts:
            return reply.check_vectors(self._config, [], None)
        reply.check_unicode(self._config, texts)

        def read(answer: Any) -> tuple[list[Vectors | None], int | None]:
            items = [(item["index"], item["embedding"]) for item in answer["data"]]
            return reply.place_vectors(self._config, items, len(texts)), reply.read_tokens(answer, "usage.total_tokens")

        body = {"input": list(texts), "input_type": kind, **self._options}
        with expecting(len(texts) * self._config.dimensions):
            found = await self._session.ask(self._config, embed, read, **body)
        return reply.check_vectors(self._config, *found)

    async def close(self) -> None:
        await self._session.close()
