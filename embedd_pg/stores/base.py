"""What a vector store is. Every write carries a token and is refused, point by point, if the store has seen a
token as high or higher (sync protocol, section 5): that is what makes late, lost and doubled writes harmless.

A deleted key leaves a tombstone, so that a late write cannot bring it back; `prune` removes old tombstones.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from embedd_pg.filters.tree import FieldType, Filter


@dataclass(frozen=True, slots=True)
class StoreTable:
    """The physical store of one generation: a Qdrant collection or a pgvector table."""

    name: str
    vector_table_id: str
    dimensions: int
    #: Filterable metadata columns; each gets a payload index.
    fields: Mapping[str, FieldType] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Point:
    """All the store holds of one source row. `vector` is None for a row without text: kept, never found by search."""

    key: str
    vector: NDArray[np.float32] | None
    text: str
    text_hash: str
    metadata_hash: str
    metadata: Mapping[str, Any]
    truncated: bool = False


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


@dataclass(frozen=True, slots=True)
class Hit:
    """One search result; `score` is the cosine similarity, -1 to 1."""

    key: str
    score: float
    metadata: dict[str, Any]
    text: str


class Store(Protocol):
    """Methods raise StoreError when the store fails; a write that returns has been applied, not merely queued."""

    async def create(self, table: StoreTable) -> None:
        """Make the physical store and its indexes; doing it again changes nothing."""
        ...

    async def drop(self, table: StoreTable) -> None:
        """Remove it with all it holds; a missing one is no error."""
        ...

    async def upsert(self, table: StoreTable, token: int, points: Sequence[Point]) -> None:
        """Write whole points where the stored token is lower than `token` or nothing is stored."""
        ...

    async def update_metadata(
        self, table: StoreTable, token: int, updates: Sequence[MetadataUpdate]
    ) -> set[str]:
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

    def scan(self, table: StoreTable) -> AsyncIterator[Collection[tuple[str, Mark]]]:
        """All (key, mark) pairs, tombstones included, page by page, in no promised order."""
        ...

    async def prune(self, table: StoreTable, before_token: int) -> None:
        """Remove tombstones with a token below `before_token`."""
        ...

    async def close(self) -> None: ...
