"""A generation: one physical store of a vector table for one embedding configuration, as workers and queries see it."""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from time import monotonic
from typing import Any

from embedd_pg.database.call import Database
from embedd_pg.embedding.chunking import Chunking, max_passages
from embedd_pg.embedding.embedder import Embedder
from embedd_pg.sources.layout import Layout
from embedd_pg.stores.base import CoLocatedSource, StoreTable


@dataclass(frozen=True, slots=True)
class Capture:
    """The way in which changes of a source table reach the ledger; embedd_internal.capture_of() lists the kinds."""

    kind: str
    #: Whether the database of the connection may have triggers.
    remote: bool
    #: Whether workers compare the rows with what the ledger knows of them, on an interval.
    compared: bool
    #: The name of that interval in the settings: `batch`, `cdc` or `captured`.
    interval: str
    #: Whether changes are reported as events.
    reports: bool


@dataclass(frozen=True, slots=True)
class VectorTable:
    """The vector table a generation belongs to."""

    id: str
    name: str
    organization_id: str
    sync_mode: str


@dataclass(frozen=True, slots=True)
class Source:
    """The table the rows come from."""

    connection_id: str
    capture: Capture
    #: The id of the capture in the database of the connection; None without one.
    remote_capture_id: int | None
    #: The columns whose changes matter, besides the key.
    tracked: tuple[str, ...]
    layout: Layout


@dataclass(frozen=True, slots=True)
class StoreLocation:
    """The place the vectors are written to."""

    #: `qdrant` or `pgvector`.
    kind: str
    #: Whether the store is a table of the control database: then one transaction can write to the store and the ledger.
    co_located: bool
    schema: str | None
    table: StoreTable


@dataclass(frozen=True, slots=True)
class Embedding:
    """The configuration the vectors are made with."""

    provider: str
    base_url: str | None
    model: str
    dimensions: int
    #: The largest number of tokens per text that the model accepts, from the embedder or the catalogue.
    max_text_tokens: int
    #: None: each text has one vector.
    chunking: Chunking | None


@dataclass(frozen=True, slots=True)
class LimitKinds:
    """The kinds of limits that apply; SQL knows their values."""

    #: Whether the tier of the organization bounds how many rows the vector table may hold.
    metered: bool
    #: Whether the embedder has a budget of tokens a month.
    budgeted: bool
    #: Whether the embedder has a limit of requests or tokens per minute.
    paced: bool


@dataclass(frozen=True, slots=True)
class Generation:
    """Everything needed to read the source, embed and write, except live clients; secrets are still sealed."""

    id: int
    vector_table: VectorTable
    source: Source
    store: StoreLocation
    embedding: Embedding
    #: The embedder that requests use now; None: it was deleted.
    embedder: Embedder | None
    limits: LimitKinds

    def fingerprint(self) -> bytes:
        """Digest everything besides the text that decides the vector (sync protocol, section 6)."""
        chunking = [self.embedding.chunking.fingerprint()] if self.embedding.chunking else []
        return self._digest(self.source.layout.fingerprint(), *chunking)

    def model_fingerprint(self) -> bytes:
        """Digest everything that decides the vector of a text, and the organization: cached vectors are never shared
        between organizations."""
        return self._digest(self.vector_table.organization_id)

    def _digest(self, *more: str) -> bytes:
        made = self.embedding
        parts = (made.provider, made.base_url or "", made.model, str(made.dimensions), *more)
        return hashlib.blake2b("\x1f".join(parts).encode(), digest_size=16).digest()

    def max_row_tokens(self) -> int:
        """Return the number of tokens at which the text of a row is cut: its passages cannot hold more."""
        if (chunking := self.embedding.chunking) is None:
            return self.max_text_tokens()
        return max_passages(self.embedding.dimensions) * min(chunking.max_tokens, self.max_text_tokens())

    def max_text_tokens(self) -> int:
        """Return the largest number of tokens per text that the model accepts. SQL supplies it, not a live client:
        deletes and comparisons of stores must work when the provider cannot be opened."""
        return self.embedding.max_text_tokens


async def load_generation(database: Database, generation_id: int) -> Generation | None:
    """Load a generation with its current configuration; None if it no longer exists."""
    row = await database.value("get_generation", p_generation_id=generation_id)
    return parse_generation(row) if row else None


def parse_generation(row: Mapping[str, Any]) -> Generation:
    """Read the JSON of embedd_internal.get_generation()."""
    embedder = row["embedder"]
    embedding = Embedding(**row["embedding"] | {"chunking": Chunking.parse(row["embedding"]["chunking"])})
    return Generation(
        id=row["id"],
        vector_table=_vector_table(row["vector_table"]),
        source=_source(row["source"]),
        store=_store(row, embedding),
        embedding=embedding,
        embedder=None if embedder is None else Embedder.parse(embedder),
        limits=LimitKinds(**row["limits"]),
    )


@dataclass(frozen=True, slots=True)
class KnownGeneration:
    """A generation and its version in the database."""

    version: str
    generation: Generation


#: Seconds for which a version that was read counts as the current one.
SEEN = 1.0


@dataclass(frozen=True, slots=True)
class SeenVersion:
    """The version of the generation that answers queries on a vector table, and the time.monotonic() before it was
    read."""

    version: str
    read_at: float

    def is_recent(self) -> bool:
        return monotonic() - self.read_at < SEEN


class KnownGenerations:
    """The generations and plans of recent searches, so that the database returns them again only after a change.

    A plan that is marked as reusable follows from the version of a generation and the request alone. So the plan of a
    request that was made before is known, as long as the version is the same.
    """

    def __init__(self, limit: int = 1000, *, plan_characters: int = 4_000_000) -> None:
        self._limit = limit
        self._known: OrderedDict[Hashable, KnownGeneration] = OrderedDict()
        self._plans: OrderedDict[tuple[str, str], Mapping[str, Any]] = OrderedDict()
        #: The characters of all requests whose plans are known, and their bound; a plan is a few times as long.
        self._characters, self._plan_characters = 0, plan_characters

    def get(self, place: Hashable) -> KnownGeneration | None:
        """Return the generation that a search at this place used last, if it is still remembered."""
        return self._known.get(place)

    def remember(self, place: Hashable, version: str, row: Mapping[str, Any]) -> Generation:
        """Read the JSON of embedd_internal.get_generation() and remember the generation; forget the oldest ones."""
        known = self._known[place] = KnownGeneration(version, parse_generation(row))
        self._known.move_to_end(place)
        while len(self._known) > self._limit:
            self._known.popitem(last=False)
        return known.generation

    def plan(self, version: str, request: str) -> Mapping[str, Any] | None:
        """Return the JSON of embedd_internal.plan_search() for a request, if it is known."""
        plan = self._plans.get((version, request))
        if plan is not None:
            self._plans.move_to_end((version, request))
        return plan

    def remember_plan(self, version: str, request: str, plan: Mapping[str, Any]) -> None:
        """Remember the plan of a request; forget the oldest ones."""
        if (version, request) not in self._plans:
            self._characters += len(version) + len(request)
        self._plans[version, request] = plan
        while self._characters > self._plan_characters:
            self._characters -= sum(map(len, self._plans.popitem(last=False)[0]))


def _vector_table(row: Mapping[str, Any]) -> VectorTable:
    return VectorTable(row["id"], row["name"], row["organization_id"], row["sync_mode"])


def _source(row: Mapping[str, Any]) -> Source:
    return Source(
        connection_id=row["connection_id"],
        capture=Capture(**row["capture"]),
        remote_capture_id=row["remote_capture_id"],
        tracked=tuple(row["tracked"]),
        layout=Layout.parse(
            schema=row["schema"],
            table=row["name"],
            key=row["key"],
            columns=row["columns"],
            text=row["text"],
            condition=row["condition"],
        ),
    )


def _store(row: Mapping[str, Any], embedding: Embedding) -> StoreLocation:
    source, store = row["source"], row["store"]
    columns = source["columns"]
    table = StoreTable(
        name=store["name"],
        vector_table_id=row["vector_table"]["id"],
        dimensions=embedding.dimensions,
        fields={c["name"]: c["filter_type"] for c in columns if c["role"] == "metadata"},
        language=store["language"],
        chunked=embedding.chunking is not None,
        settings=store["settings"],
        source=_co_located(source) if store["co_located"] else None,
    )
    return StoreLocation(store["kind"], store["co_located"], store["schema"], table)


def _co_located(source: Mapping[str, Any]) -> CoLocatedSource:
    names, types = zip(*((column["name"], column["type"]) for column in source["key"]), strict=True)
    return CoLocatedSource(source["schema"], source["name"], names, types)
