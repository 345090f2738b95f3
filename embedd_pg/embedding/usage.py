"""Usage: requests to embedding providers and rerankers, by day, vector table and embedder, with their cost."""

from __future__ import annotations

import asyncio
from collections import Counter
from contextlib import suppress
from datetime import date
from typing import Any

import structlog

from embedd_pg import observed
from embedd_pg.database.call import Actor, Database, Row
from embedd_pg.embedding.providers.base import InputKind
from embedd_pg.errors import EmbeddError

log = structlog.get_logger(__name__)

#: Seconds between writes. A killed process loses the counts since the last one.
INTERVAL = 1.0
#: The key of a counter: the function that records it, and its arguments.
_Place = tuple[str, tuple[tuple[str, Any], ...]]


class Usage:
    """The counters of this process's requests, recorded in the database from time to time."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._counted: Counter[_Place] = Counter()
        self._tokens: Counter[_Place] = Counter()
        self._writing: asyncio.Task[None] | None = None
        self._closing = asyncio.Event()

    def add(self, generation_id: int, kind: InputKind, tokens: int) -> None:
        """Count one request."""
        observed.count("provider_tokens", tokens, kind=kind)
        self._count("record_usage", tokens, p_generation_id=generation_id, p_kind=kind)

    def add_rerank(self, generation_id: int, embedder_id: str, model: str, tokens: int) -> None:
        """Count one rerank request for a query of a generation. `embedder_id` is a UUID."""
        observed.count("provider_tokens", tokens, kind="rerank")
        named = {"p_generation_id": generation_id, "p_embedder_id": embedder_id, "p_model": model}
        self._count("record_rerank", tokens, **named)

    def add_embedding(self, embedder_id: str, model: str, tokens: int) -> None:
        """Count one request without a vector table. `embedder_id` is a UUID."""
        observed.count("provider_tokens", tokens, kind="query")
        self._count("record_embedding", tokens, p_embedder_id=embedder_id, p_model=model)

    def _count(self, function: str, tokens: int, **named: Any) -> None:
        place = (function, tuple(named.items()))
        self._counted[place] += 1
        self._tokens[place] += tokens
        if self._writing is None or self._writing.done():
            self._writing = asyncio.create_task(self._write_soon(), name="usage")

    async def close(self) -> None:
        """Record what is left."""
        self._closing.set()
        if self._writing is not None:
            await self._writing

    async def _write_soon(self) -> None:
        while self._counted:
            with suppress(TimeoutError):
                async with asyncio.timeout(INTERVAL):
                    await self._closing.wait()
            try:
                await self._write()
            except EmbeddError as error:
                log.warning("usage_not_recorded", error=error.message)
                if self._closing.is_set():
                    return

    async def _write(self) -> None:
        for place in list(self._counted):
            requests, tokens = self._counted[place], self._tokens[place]
            function, named = place
            await self._database.value(function, **dict(named), p_requests=requests, p_tokens=tokens)
            # More requests may have been counted meanwhile.
            self._counted[place] -= requests
            self._tokens[place] -= tokens
            if not self._counted[place]:
                del self._counted[place], self._tokens[place]


async def list_usage(
    database: Database,
    *,
    first: date | None = None,
    last: date | None = None,
    vector_table: str | None = None,
    actor: Actor | None = None,
) -> list[Row]:
    """Return the days of this month, or from `first` to `last`, newest first. ValidationError, VectorTableNotFound."""
    return await database.rows("list_usage", actor, from_day=first, to_day=last, vector_table=vector_table)
