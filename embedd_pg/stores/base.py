"""The interface of a vector store.

Every write carries a token. The store refuses it, point by point, if it has seen a token as high or higher (sync
protocol, section 5). This makes late, lost and repeated writes harmless. A deleted key leaves a tombstone, so that a
late write cannot bring it back; `prune` removes old tombstones.
"""

from __future__ import annotations

import json
import math
from collections.abc import AsyncIterator, Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

from embedd_pg.embedding.chunking import Span
from embedd_pg.errors import StoreError
from embedd_pg.filter_types import FilterType

#: Both bounds hold for a request to a store, because servers refuse bodies above about 32 MB and texts may be long.
MAX_BATCH_POINTS = 256
MAX_BATCH_BYTES = 8_000_000
#: Characters from the start of a text that lexical search indexes, because splitting text into words takes time.
SEARCHED_CHARACTERS = 100_000

#: The levels of a nested JSON value that every store keeps. gRPC has the lowest limit.
LEVELS = 24

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class CoLocatedSource:
    """The source table of a store in the same database."""

    schema: str
    name: str
    key_columns: tuple[str, ...]
    key_types: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class StoreTable:
    """The physical store of one generation: a Qdrant collection or a pgvector table."""

    name: str
    vector_table_id: str
    dimensions: int
    #: Filterable metadata columns. Each gets a payload index.
    fields: Mapping[str, FilterType] = field(default_factory=dict)
    #: The language of lexical search: the name of a text search configuration of PostgreSQL.
    language: str = "english"
    #: Whether each passage of a text has its own vector.
    chunked: bool = False
    #: The layout of the collection, as returned by embedd_internal.check_store_settings().
    settings: Mapping[str, Any] = field(default_factory=dict)
    #: The source table whose row security also applies to the vectors; None: it is in another database.
    source: CoLocatedSource | None = None


@dataclass(frozen=True, slots=True)
class Point:
    """The data of one source row in the store. Without text it has no `vector` and searches never find it."""

    key: str
    vector: NDArray[np.float32] | None
    text: str
    text_hash: str
    metadata_hash: str
    metadata: Mapping[str, Any]
    truncated: bool = False
    #: The passages of a text that was cut: the start and end of each, one for each row of the matrix `vector`.
    spans: Sequence[Span] = ()
    #: The metadata as JSON text in the form of `storable_metadata`, if it is already at hand.
    metadata_json: bytes | None = None


@dataclass(frozen=True, slots=True)
class MetadataUpdate:
    """New metadata for a point whose text, and hence vector, is unchanged."""

    key: str
    text_hash: str
    metadata_hash: str
    metadata: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Mark:
    """The store's own record of a key: the token and the hashes with which it was written."""

    token: int
    text_hash: str | None
    metadata_hash: str | None
    dead: bool
    #: Whether another program put this point into the store. It is identified by its id instead of a key.
    stray: bool = False


@dataclass(frozen=True, slots=True)
class Filter:
    """The filter of a search, which embedd_internal.plan_search() has checked."""

    #: The normal form that embedd_internal.check_filter() describes.
    tree: Mapping[str, Any]
    #: The same as an SQL condition on the column `metadata`; None unless the store is pgvector.
    condition: str | None


@dataclass(frozen=True, slots=True)
class Hit:
    """One search result. A higher `score` is better. For a vector search it is the cosine similarity, -1 to 1."""

    key: str
    score: float
    metadata: dict[str, Any]
    text: str
    #: The best matching part of a text that was cut into passages.
    passage: str | None = None
    #: The cosine similarity, if the search has one. It stays when the score is replaced.
    similarity: float | None = None


class Store(Protocol):
    """A vector store. Methods raise StoreError if the store fails. A write that returns is applied, not just queued."""

    async def create(self, table: StoreTable) -> bool:
        """Create the physical store; idempotent. Return whether it was missing."""
        ...

    async def index(self, table: StoreTable) -> None:
        """Create the indexes for fast searches, if `create` has not: call it after a table was filled."""
        ...

    async def tend(self, table: StoreTable) -> None:
        """Do what keeps searches fast after many writes: call it regularly."""
        ...

    async def drop(self, table: StoreTable) -> None:
        """Remove the physical store and its content. A missing store is no error."""
        ...

    async def upsert(self, table: StoreTable, token: int, points: Sequence[Point]) -> None:
        """Write whole points if the stored token is lower than `token` or nothing is stored."""
        ...

    async def update_metadata(self, table: StoreTable, token: int, updates: Sequence[MetadataUpdate]) -> set[str]:
        """Replace the metadata of points with the same text hash and a lower stored token; vectors stay.

        Return the keys for which the store has no live point with that text hash: the caller must embed them. A key
        stored with a token as high or higher is not among them, because it is up to date.
        """
        ...

    async def delete(self, table: StoreTable, token: int, keys: Sequence[str]) -> None:
        """Leave a tombstone for each key, known or not, whose stored token is lower than `token`."""
        ...

    async def marks(self, table: StoreTable, keys: Sequence[str]) -> dict[str, Mark]:
        """Return the marks of those keys that the store knows, tombstones included."""
        ...

    async def vectors(self, table: StoreTable, keys: Sequence[str]) -> dict[str, NDArray[np.float32]]:
        """Return the vectors of those rows that a search can find, by key and of any length. A text of several
        passages has the mean of their directions."""
        ...

    async def search(
        self,
        table: StoreTable,
        vector: NDArray[np.float32],
        *,
        limit: int,
        filter: Filter | None = None,
        min_score: float | None = None,
    ) -> list[Hit]:
        """Return the nearest live points that pass the filter, best first. The order of ties is undefined."""
        ...

    async def search_lexical(
        self, table: StoreTable, query: str, *, limit: int, filter: Filter | None = None
    ) -> list[Hit]:
        """Return live points that pass the filter and contain words of the query; more and rarer words rank first."""
        ...

    def scan(self, table: StoreTable) -> AsyncIterator[Collection[tuple[str, Mark]]]:
        """Yield all (key, mark) pairs, tombstones and strays included, page by page, in undefined order."""
        ...

    async def discard(self, table: StoreTable, strays: Sequence[str]) -> None:
        """Remove strays. An id that has become a point of embedd meanwhile is left alone."""
        ...

    async def prune(self, table: StoreTable, before_token: int) -> None:
        """Remove tombstones with a token below `before_token`."""
        ...

    async def close(self) -> None: ...


# Preparation of points before a write, shared by all adapters so that their content is the same.


def check_vector(table: StoreTable, vector: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the vector, checked for comparison by angle: some engines accept an unusable one and return nonsense."""
    vector = np.asarray(vector, dtype=np.float32)
    if vector.shape != (table.dimensions,):
        size = "x".join(map(str, vector.shape))
        raise StoreError(f"The vector has {size} dimensions, but the vector table has {table.dimensions}.")
    if not np.isfinite(vector).all():
        raise StoreError("The vector holds a number that is not finite.")
    with np.errstate(over="ignore", under="ignore"):
        square = float(np.dot(vector, vector))
    if not 0 < square < math.inf:
        raise StoreError("The length of the vector is zero or out of range, so it has no direction.")
    return vector


def check_vectors(table: StoreTable, vectors: Sequence[NDArray[np.float32]]) -> NDArray[np.float32]:
    """Return many vectors, checked, as a matrix of shape (len(vectors), dimensions)."""
    try:
        matrix = np.array(vectors, np.float32).reshape(len(vectors), table.dimensions)
    except ValueError:
        matrix = np.empty((0, 0), np.float32)
    with np.errstate(over="ignore", under="ignore"):
        squares = np.einsum("ij,ij->i", matrix, matrix)
    if len(matrix) != len(vectors) or not (np.isfinite(squares) & (squares > 0)).all():
        # Check them one by one, so that the error describes the invalid one.
        return np.array([check_vector(table, vector) for vector in vectors], np.float32)
    return matrix


def storable_text(text: str) -> str:
    """Return the text without NUL and lone surrogates, which PostgreSQL cannot store."""
    text = text.replace("\0", "")
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-8", "ignore").decode()
    return text


def storable_metadata(table: StoreTable, metadata: Mapping[str, Any]) -> dict[str, Any]:
    """Return metadata as JSON that is the same in every store, with numbers in the form that their field compares."""
    return {storable_text(name): _fit_type(table.fields.get(name), storable(value)) for name, value in metadata.items()}


def metadata_json(table: StoreTable, point: Point) -> bytes:
    """Return the metadata of a point as stored JSON text."""
    if point.metadata_json is not None:
        return point.metadata_json
    return json.dumps(storable_metadata(table, point.metadata), ensure_ascii=False).encode()


def storable(value: Any, levels: int = LEVELS) -> Any:
    """Return a JSON value that is the same in every store. What is nested more deeply becomes its text."""
    match value:
        case list() | tuple() | Mapping() if not levels:
            return _text(value)
        case None | bool():
            return value
        case str():
            return storable_text(value)
        case int() if -(2**63) <= value < 2**63:
            return value
        case int() | float():
            return _double(value)
        case list() | tuple():
            return [storable(item, levels - 1) for item in value]
        case Mapping():
            return {storable_text(str(name)): storable(item, levels - 1) for name, item in value.items()}
    raise StoreError(f"Metadata must be JSON; a value of type {type(value).__name__} is not.")


def _text(value: Any) -> str | None:
    """Return the text of a JSON value, or None if it is nested too deeply even for that."""
    try:
        return storable_text(json.dumps(value, ensure_ascii=False))
    except RecursionError:
        return None


def _double(value: int | float) -> float | None:
    """Return a float, or None for NaN and infinity, which JSON cannot express and stores therefore omit."""
    try:
        number = float(value)
    except OverflowError:
        return None
    return number if math.isfinite(number) else None


def _fit_type(kind: FilterType | None, value: Any) -> Any:
    if kind == "float" and type(value) is int and abs(value) > 2**53:
        return float(value)
    if kind == "integer" and isinstance(value, float) and value.is_integer() and abs(value) < 2**63:
        return int(value)
    return value


def batches(items: Sequence[T], weight: Callable[[T], int]) -> Iterator[Sequence[T]]:
    """Yield batches of at most MAX_BATCH_POINTS items and about MAX_BATCH_BYTES of weight."""
    start, total = 0, 0
    for i, item in enumerate(items):
        size = weight(item)
        if i > start and (i - start == MAX_BATCH_POINTS or total + size > MAX_BATCH_BYTES):
            yield items[start:i]
            start, total = i, 0
        total += size
    if start < len(items):
        yield items[start:]


def point_weight(table: StoreTable) -> Callable[[Point], int]:
    """Return a function for the approximate size of a point as JSON; metadata repeats the embedded text."""
    return lambda point: 8 * table.dimensions * max(1, len(point.spans)) + 3 * len(point.text) + 256


def update_weight(update: MetadataUpdate) -> int:
    return 256 + sum(len(value) for value in update.metadata.values() if isinstance(value, str))
