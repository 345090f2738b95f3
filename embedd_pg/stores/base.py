"""What a vector store is. Every write carries a token and is refused, point by point, if the store has seen a
token as high or higher (sync protocol, section 5): that is what makes late, lost and doubled writes harmless.

A deleted key leaves a tombstone, so that a late write cannot bring it back; `prune` removes old tombstones.
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
from embedd_pg.filters.tree import FieldType, Filter

#: A request to a store is bounded by both: servers refuse bodies above some 32 MB, and texts may be long.
MAX_BATCH_POINTS = 256
MAX_BATCH_BYTES = 8_000_000
#: Characters from the start of a text whose words lexical search knows: PostgreSQL refuses an index entry with more
#: than a megabyte of words, and taking words apart takes time.
SEARCHED_CHARACTERS = 100_000

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class CoLocatedSource:
    """The source table of a store that lies in the same database."""

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
    #: Filterable metadata columns; each gets a payload index.
    fields: Mapping[str, FieldType] = field(default_factory=dict)
    #: Whose word endings lexical search knows: the name of one of PostgreSQL's text search configurations.
    language: str = "english"
    #: Whether a text has a vector for each of its passages.
    chunked: bool = False
    #: How a collection is laid out; as embedd_internal.check_store_settings() gives it.
    settings: Mapping[str, Any] = field(default_factory=dict)
    #: Whose row security holds for the vectors, too; None: the source table is elsewhere.
    source: CoLocatedSource | None = None


@dataclass(frozen=True, slots=True)
class Point:
    """All the store holds of one source row; without text it has no `vector` and is never found by search."""

    key: str
    vector: NDArray[np.float32] | None
    text: str
    text_hash: str
    metadata_hash: str
    metadata: Mapping[str, Any]
    truncated: bool = False
    #: The passages of the text, if it was cut: where each begins and ends, one for each row of the matrix `vector`.
    spans: Sequence[Span] = ()
    #: The metadata as JSON text, if it is at hand already in the form `storable_metadata` gives it.
    metadata_json: bytes | None = None


@dataclass(frozen=True, slots=True)
class MetadataUpdate:
    """New metadata for a point whose text, hence vector, is unchanged."""

    key: str
    text_hash: str
    metadata_hash: str
    metadata: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Mark:
    """What the store itself says about a key: under which token it was written and from what."""

    token: int
    text_hash: str | None
    metadata_hash: str | None
    dead: bool
    #: Whether it is none of ours: a point that somebody else put there, known by its own id instead of a key.
    stray: bool = False


@dataclass(frozen=True, slots=True)
class Hit:
    """One search result; the higher the `score` the better. Of a vector search it is the cosine similarity, -1 to 1."""

    key: str
    score: float
    metadata: dict[str, Any]
    text: str
    #: The part of the text that answers best, where it was cut into passages.
    passage: str | None = None
    #: The cosine similarity, where a search has one; it stays when something else becomes the score.
    similarity: float | None = None


class Store(Protocol):
    """Methods raise StoreError when the store fails; a write that returns is applied, not merely queued."""

    async def create(self, table: StoreTable) -> bool:
        """Make the physical store; doing it again changes nothing. Whether it was not there."""
        ...

    async def index(self, table: StoreTable) -> None:
        """Make what searches need to be fast, if `create` has not: for a table that has been filled."""
        ...

    async def drop(self, table: StoreTable) -> None:
        """Remove it with all it holds; a missing one is no error."""
        ...

    async def upsert(self, table: StoreTable, token: int, points: Sequence[Point]) -> None:
        """Write whole points where the stored token is lower than `token` or nothing is stored."""
        ...

    async def update_metadata(self, table: StoreTable, token: int, updates: Sequence[MetadataUpdate]) -> set[str]:
        """Replace metadata where the text hash is the same and the stored token is lower; vectors stay.

        Returns the keys the store does not hold alive with that text hash: the caller has to embed those.
        A key the store holds under a token as high or higher is not among them: it is simply up to date.
        """
        ...

    async def delete(self, table: StoreTable, token: int, keys: Sequence[str]) -> None:
        """Leave a tombstone for each key whose stored token is lower than `token`, known or not."""
        ...

    async def marks(self, table: StoreTable, keys: Sequence[str]) -> dict[str, Mark]:
        """The marks of those keys the store knows, tombstones included."""
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
        """The nearest live points that pass the filter, best first; ties in no promised order."""
        ...

    async def search_lexical(
        self, table: StoreTable, query: str, *, limit: int, filter: Filter | None = None
    ) -> list[Hit]:
        """The live points with words of the query that pass the filter, the most and rarest words first."""
        ...

    def scan(self, table: StoreTable) -> AsyncIterator[Collection[tuple[str, Mark]]]:
        """All (key, mark) pairs, tombstones and strays included, page by page, in no promised order."""
        ...

    async def discard(self, table: StoreTable, strays: Sequence[str]) -> None:
        """Remove strays; an id that has become one of our points meanwhile is left alone."""
        ...

    async def prune(self, table: StoreTable, before_token: int) -> None:
        """Remove tombstones with a token below `before_token`."""
        ...

    async def close(self) -> None: ...


# What every adapter does before it sends anything, so that all of them hold the same.


def checked_vector(table: StoreTable, vector: NDArray[np.float32]) -> NDArray[np.float32]:
    """The vector, if it can be compared by angle: engines may accept one that cannot, and answer nonsense."""
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


def checked_vectors(table: StoreTable, vectors: Sequence[NDArray[np.float32]]) -> NDArray[np.float32]:
    """The same for many at once: a matrix of shape (len(vectors), dimensions)."""
    try:
        matrix = np.array(vectors, np.float32).reshape(len(vectors), table.dimensions)
    except ValueError:
        matrix = np.empty((0, 0), np.float32)
    with np.errstate(over="ignore", under="ignore"):
        squares = np.einsum("ij,ij->i", matrix, matrix)
    if len(matrix) != len(vectors) or not (np.isfinite(squares) & (squares > 0)).all():
        # One of them says what is wrong with it.
        return np.array([checked_vector(table, vector) for vector in vectors], np.float32)
    return matrix


def storable_text(text: str) -> str:
    """Without NUL and lone surrogates: PostgreSQL cannot hold them."""
    text = text.replace("\0", "")
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-8", "ignore").decode()
    return text


def storable_metadata(table: StoreTable, metadata: Mapping[str, Any]) -> dict[str, Any]:
    """As JSON that reads the same from every store, numbers in the form their field is compared in."""
    return {storable_text(name): _fitted(table.fields.get(name), storable(value)) for name, value in metadata.items()}


def metadata_json(table: StoreTable, point: Point) -> bytes:
    """The metadata of a point as the JSON text it is stored as."""
    if point.metadata_json is not None:
        return point.metadata_json
    return json.dumps(storable_metadata(table, point.metadata), ensure_ascii=False).encode()


def storable(value: Any) -> Any:
    """A JSON value that reads the same from every store."""
    match value:
        case None | bool():
            return value
        case str():
            return storable_text(value)
        case int() if -(2**63) <= value < 2**63:
            return value
        case int() | float():
            return _double(value)
        case list() | tuple():
            return [storable(item) for item in value]
        case Mapping():
            return {storable_text(str(name)): storable(item) for name, item in value.items()}
    raise StoreError(f"Metadata must be JSON; a value of type {type(value).__name__} is not.")


def _double(value: int | float) -> float | None:
    """JSON has no NaN and no Infinity: such a number is stored as absent."""
    try:
        number = float(value)
    except OverflowError:
        return None
    return number if math.isfinite(number) else None


def _fitted(kind: FieldType | None, value: Any) -> Any:
    if kind is FieldType.FLOAT and type(value) is int and abs(value) > 2**53:
        return float(value)
    if kind is FieldType.INTEGER and isinstance(value, float) and value.is_integer() and abs(value) < 2**63:
        return int(value)
    return value


def batches(items: Sequence[T], weight: Callable[[T], int]) -> Iterator[Sequence[T]]:
    """Cut into pieces of at most MAX_BATCH_POINTS items and about MAX_BATCH_BYTES of weight."""
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
    """A rough size in bytes of a point as JSON; metadata repeats the text it was composed from."""
    return lambda point: 8 * table.dimensions * max(1, len(point.spans)) + 3 * len(point.text) + 256


def update_weight(update: MetadataUpdate) -> int:
    return 256 + sum(len(value) for value in update.metadata.values() if isinstance(value, str))
