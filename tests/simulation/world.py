"""The environment of the simulated workers: a source table, a store that refuses late writes, an unreliable provider,
and clients with the real interfaces, connected by a network."""

from __future__ import annotations

import asyncio
import random
import zlib
from collections.abc import AsyncIterator, Callable, Collection, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from embedd_pg.database.call import Actor, Database
from embedd_pg.embedding.embedder import Embedder
from embedd_pg.embedding.providers.base import (
    Embedded,
    InputKind,
    InputRefused,
    ItemsRefused,
    Limits,
    ProviderBusy,
    ProviderUnavailable,
    Vectors,
)
from embedd_pg.embedding.usage import Usage
from embedd_pg.errors import DatabaseUnavailable, SourceUnreachable, StoreError
from embedd_pg.generation import Generation, parse_generation
from embedd_pg.settings import Settings
from embedd_pg.sources.table import SourceRow
from embedd_pg.stores.base import Mark, MetadataUpdate, Point, StoreTable
from embedd_pg.sync.row.text import Document, compose
from tests.simulation.ledger import Event, MemoryLedger, Row
from tests.simulation.network import Network

REFUSED = "refused"
DIMENSIONS = 2
GENERATION = {
    "id": 1,
    "vector_table": {"id": "vt_1", "name": "articles", "organization_id": "o", "sync_mode": "cdc"},
    "source": {
        "connection_id": "c",
        "capture": {"kind": "trigger", "remote": False, "compared": False, "interval": "cdc", "reports": True},
        "remote_capture_id": None,
        "tracked": [],
        "schema": "public",
        "name": "articles",
        "key": [{"name": "id", "type": "text"}],
        "columns": [
            {"name": "body", "role": "embedding", "ordinal": 1},
            {"name": "price", "role": "metadata", "filter_type": "integer"},
        ],
        "text": [["body", ""]],
        "condition": None,
    },
    "store": {
        "kind": "qdrant",
        "co_located": False,
        "schema": None,
        "name": "points",
        "settings": {},
        "language": "english",
    },
    "embedding": {
        "provider": "openai",
        "base_url": "http://stub",
        "model": "small",
        "dimensions": DIMENSIONS,
        "max_text_tokens": 8192,
        "chunking": {"strategy": "none"},
    },
    "embedder": {
        "id": "e",
        "public_id": "emb_e",
        "organization_id": "o",
        "provider": "openai",
        "model": "small",
        "dimensionality": DIMENSIONS,
        "base_url": "http://stub",
        "api_path": None,
        "credentials": None,
        "credentials_form": None,
        "secret_ref": None,
        "secret_removed": False,
        "address": "",
        "limits": {"max_text_tokens": 8192, "max_items": 2048, "max_tokens": 300_000, "max_requests": 4},
    },
    "limits": {"metered": False, "budgeted": False, "paced": False},
}


@dataclass
class Source:
    """The source table and its triggers. Events get their number at once, and become visible at the commit."""

    ledger: MemoryLedger
    rows: dict[str, tuple[str | None, int]] = field(default_factory=dict)

    def begin(self, keys: Sequence[str]) -> tuple[int, list[Event]]:
        transaction, now = self.ledger.begin(), self.ledger.clock()
        return transaction, [Event(self.ledger.next_event(), "k", key, now) for key in keys]

    def commit(self, transaction: int, events: list[Event], changes: dict[str, tuple[str | None, int] | None]) -> None:
        for key, row in changes.items():
            self.rows.pop(key, None)
            if row is not None:
                self.rows[key] = row
        self.ledger.outbox |= {event.id: event for event in events}
        self.ledger.transactions.remove(transaction)

    def truncate(self) -> None:
        self.rows.clear()
        event = Event(self.ledger.next_event(), "T", None, self.ledger.clock())
        self.ledger.outbox[event.id] = event

    def read(self, keys: Sequence[str]) -> dict[str, SourceRow]:
        return {key: _row(*self.rows[key]) for key in keys if key in self.rows}

    def page_keys(self, after: str | None, limit: int) -> list[str]:
        return sorted(key for key in self.rows if after is None or key > after)[:limit]


def _row(body: str | None, price: int) -> SourceRow:
    return SourceRow((body,), {"body": body, "price": price})


def document(generation: Generation, row: SourceRow) -> Document:
    return compose(generation.source.layout, row, fingerprint=generation.fingerprint(), max_tokens=8000)


def vector_of(text: str) -> Vectors:
    vector = np.zeros(DIMENSIONS, dtype=np.float32)
    vector[0], vector[1] = 1.0, zlib.crc32(text.encode()) % 1000
    return vector


@dataclass
class Held:
    """A stored point. A tombstone has no point."""

    token: int
    text_hash: str | None = None
    metadata_hash: str | None = None
    point: Point | None = None

    @property
    def mark(self) -> Mark:
        return Mark(self.token, self.text_hash, self.metadata_hash, self.point is None)


@dataclass
class Points:
    """The store itself. Each point refuses writes with a token no higher than its own."""

    held: dict[str, Held] = field(default_factory=dict)

    def refuses(self, key: str, token: int) -> bool:
        return key in self.held and self.held[key].token >= token

    def upsert(self, token: int, points: Sequence[Point]) -> None:
        for point in points:
            if not self.refuses(point.key, token):
                self.held[point.key] = Held(token, point.text_hash, point.metadata_hash, point)

    def update(self, token: int, updates: Sequence[MetadataUpdate]) -> None:
        for update in updates:
            held = self.held.get(update.key)
            if held and held.point and held.text_hash == update.text_hash and not self.refuses(update.key, token):
                changed = replace(
                    held.point, metadata=update.metadata, metadata_hash=update.metadata_hash, metadata_json=None
                )
                self.held[update.key] = Held(token, update.text_hash, update.metadata_hash, changed)

    def delete(self, token: int, keys: Sequence[str]) -> None:
        for key in keys:
            if not self.refuses(key, token):
                self.held[key] = Held(token)

    def marks(self, keys: Sequence[str]) -> dict[str, Mark]:
        return {key: self.held[key].mark for key in keys if key in self.held}


@dataclass
class Mood:
    """The provider's present behaviour."""

    failure: str = ""
    refuses: bool = False
    spoils: bool = False


@dataclass
class MemoryStore:
    """One process's client of the store. As on a server, a batch may be carried out in part."""

    points: Points
    network: Network

    async def ping(self) -> None: ...

    async def create(self, table: StoreTable) -> bool:
        await self._send(lambda: None)
        return False

    async def index(self, table: StoreTable) -> None: ...

    async def upsert(self, table: StoreTable, token: int, points: Sequence[Point]) -> None:
        await self._write(lambda some: self.points.upsert(token, some), points)

    async def delete(self, table: StoreTable, token: int, keys: Sequence[str]) -> None:
        await self._write(lambda some: self.points.delete(token, some), keys)

    async def update_metadata(self, table: StoreTable, token: int, updates: Sequence[MetadataUpdate]) -> set[str]:
        await self._write(lambda some: self.points.update(token, some), updates)
        marks = await self.marks(table, [update.key for update in updates])
        return {update.key for update in updates if update.key not in marks or marks[update.key].token < token}

    async def marks(self, table: StoreTable, keys: Sequence[str]) -> dict[str, Mark]:
        return await self._send(lambda: self.points.marks(keys))

    async def scan(self, table: StoreTable) -> AsyncIterator[Collection[tuple[str, Mark]]]:
        yield [(key, held.mark) for key, held in self.points.held.items()]

    async def _write(self, write: Callable[[Sequence[Any]], None], what: Sequence[Any]) -> None:
        chance, weather = self.network.chance, self.network.weather
        if chance.random() < weather.lost:
            await self._send(lambda: write(what[: chance.randrange(len(what) + 1)]))
            raise StoreError("The store failed halfway.")
        await self._send(lambda: write(what), may_double=True)

    async def _send(self, land: Callable[[], Any], *, may_double: bool = False) -> Any:
        return await self.network.send(land, StoreError("The store did not answer."), may_double=may_double)


@dataclass(eq=False)
class MemoryProvider:
    mood: Mood
    network: Network
    limits: Limits = field(default_factory=lambda: Limits(max_items=3, max_tokens=1000, max_text_tokens=8000))

    async def embed(self, texts: Sequence[str], kind: InputKind) -> Embedded:
        return await self.network.send(lambda: self._answer(texts), ProviderUnavailable("It did not answer."))

    def _answer(self, texts: Sequence[str]) -> Embedded:
        if self.mood.failure == "busy":
            raise ProviderBusy("Too much.", retry_after=3)
        if self.mood.failure:
            raise ProviderUnavailable("It is down.")
        if self.mood.refuses and any(REFUSED in text for text in texts):
            raise InputRefused("It refuses a text.")
        vectors = np.array([vector_of(text) for text in texts])
        if self.mood.spoils:
            vectors[0] = 0
            raise ItemsRefused("An item cannot be used.", positions=[0], vectors=vectors)
        return Embedded(vectors, len(texts))


@dataclass
class SourceClient:
    source: Source
    network: Network

    async def read(self, keys: Sequence[str]) -> dict[str, SourceRow]:
        return await self._send(lambda: self.source.read(keys))

    async def portions(self, keys: Sequence[str], most: int) -> list[list[str]]:
        """Return two portions, so that every batch is read in steps."""
        middle = len(keys) // 2
        return [part for part in (list(keys[:middle]), list(keys[middle:])) if part]

    async def page_keys(self, after: str | None, limit: int) -> list[str]:
        return await self._send(lambda: self.source.page_keys(after, limit))

    async def count(self) -> int:
        return await self._send(lambda: len(self.source.rows))

    async def _send(self, land: Callable[[], Any]) -> Any:
        return await self.network.send(land, SourceUnreachable("The source did not answer."))


class MemoryDatabase(Database):
    """The database. Calls are repeated as the real ones are: a call without an answer is carried out twice."""

    def __init__(self, ledger: MemoryLedger, network: Network) -> None:
        self._ledger = ledger
        self._network = network

    async def rows(self, function: str, /, actor: Actor | None = None, **named: Any) -> list[Row]:
        for attempt in range(self.tries):
            try:
                return await self._network.send(lambda: self._ledger.call(function, named), DatabaseUnavailable())
            except DatabaseUnavailable:
                await asyncio.sleep(0.05 * 3**attempt)
        raise DatabaseUnavailable


@dataclass
class World:
    """Everything outside the workers."""

    chance: random.Random
    ledger: MemoryLedger
    source: Source
    points: Points = field(default_factory=Points)
    mood: Mood = field(default_factory=Mood)

    @classmethod
    def create(cls, chance: random.Random, clock: Callable[[], float]) -> World:
        ledger = MemoryLedger(clock, generation=GENERATION)
        return cls(chance, ledger, Source(ledger))

    @property
    def generation(self) -> Generation:
        return parse_generation(GENERATION)


@dataclass
class MemoryClients:
    """One process's clients."""

    world: World
    network: Network
    settings: Settings

    def __post_init__(self) -> None:
        self.database = MemoryDatabase(self.world.ledger, self.network)
        self._store = MemoryStore(self.world.points, self.network)
        self._source = SourceClient(self.world.source, self.network)
        self._provider = MemoryProvider(self.world.mood, self.network)
        self.usage = Usage(self.database)

    async def store(self, _: Generation) -> MemoryStore:
        return self._store

    async def qdrant(self) -> MemoryStore:
        return self._store

    async def source(self, _: Generation) -> SourceClient:
        return self._source

    async def provider(self, _: Embedder | None) -> MemoryProvider:
        return self._provider
