"""Continuous checks of the store during the faults.

No token may fall (G2). A query may deviate for a key only if the ledger still has work for it: it must show no row
deleted longer ago than the lag, and no old value.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import psycopg
from psycopg.rows import dict_row

from embedd_pg.clients import Clients
from embedd_pg.errors import EmbeddError
from embedd_pg.generation import Generation
from embedd_pg.stores.base import Hit, Mark
from tests.chaos.writers import WORDS, Writers
from tests.support.difference import active
from tests.support.vendor_stub import vector_of

#: One statement with one snapshot: a key is in the source as shown, or dirty, or gone from the store.
STATE = """
    select
      (select coalesce(jsonb_object_agg(id, to_jsonb(a)), '{}') from articles a) as rows,
      (select coalesce(jsonb_agg(key), '[]') from
         (select unnest(coalesce(keys, array[key])) as key from embedd.outbox where kind = 'k'
          union select key from embedd.jobs) d) as dirty,
      exists (select from embedd.outbox where kind <> 'k')
        or exists (select from embedd.tasks where status in ('pending', 'running')) as all_dirty,
      extract(epoch from now() - (select min(dirty_since) from embedd.jobs))::float as lag"""


@dataclass
class History:
    """The history of checks. `clients` reach database and store directly, not through the workers' network."""

    dsn: str
    clients: Clients
    writers: Writers
    seen: dict[str, Mark] = field(default_factory=dict)
    samples: int = 0
    queries: int = 0
    longest_lag: float = 0.0

    async def watch(self, stop: asyncio.Event) -> None:
        while not stop.is_set():
            # Servers are unavailable now and then.
            with suppress(psycopg.Error, EmbeddError, OSError):
                async with await psycopg.AsyncConnection.connect(
                    self.dsn, autocommit=True, row_factory=dict_row
                ) as session:
                    generation = await active(self.clients, "articles")
                    while not stop.is_set():
                        await self.compare_tokens(generation)
                        await self.compare_answers(generation, session)
                        await asyncio.sleep(0.05)
            await asyncio.sleep(0.2)

    async def compare_tokens(self, generation: Generation) -> None:
        store = await self.clients.store(generation)
        marks = {key: mark async for page in store.scan(generation.store.table) for key, mark in page}
        for key, before in self.seen.items():
            now = marks.get(key, before)
            assert now.token >= before.token, f"{key} fell from {before} to {now}"
            assert now.token > before.token or now == before, f"{key} changed from {before} to {now}"
        self.seen |= marks
        self.samples += 1

    async def compare_answers(self, generation: Generation, session: psycopg.AsyncConnection[Any]) -> None:
        now = asyncio.get_running_loop().time
        begun = now()
        state = await (await session.execute(STATE)).fetchone()
        assert state is not None
        self.longest_lag = max(self.longest_lag, state["lag"] or 0.0)
        if state["all_dirty"]:
            return
        store = await self.clients.store(generation)
        word = WORDS[self.queries % len(WORDS)]
        hits = await store.search(generation.store.table, vector_of(word, generation.embedding.dimensions), limit=100)
        for hit in hits:
            if hit.key not in state["dirty"] and self.writers.untouched_since(int(hit.key), begun):
                self._compare(hit, state["rows"].get(hit.key))
        self.queries += 1

    def _compare(self, hit: Hit, row: dict[str, Any] | None) -> None:
        assert row is not None, f"{hit.key} was deleted, that was acknowledged, and it was found: {hit}"
        assert (row["title"] or "") in hit.text, f"{hit.key} was acknowledged and found with an old text: {hit}, {row}"
        assert (row["body"] or "") in hit.text, f"{hit.key} was acknowledged and found with an old text: {hit}, {row}"
        assert hit.metadata.get("price") == row["price"], f"{hit.key} was found with an old price: {hit}, {row}"
