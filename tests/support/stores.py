"""Shared parts of the store suites: open stores, small points, short reads."""

from __future__ import annotations

import uuid
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from psycopg_pool import AsyncConnectionPool

from embedd_pg.filter_types import FilterType
from embedd_pg.stores.base import Hit, Mark, MetadataUpdate, Point, Store, StoreTable
from embedd_pg.stores.pgvector.store import PgvectorStore
from embedd_pg.stores.qdrant.store import QdrantStore
from tests.support.filters import checked
from tests.support.postgres import Cluster
from tests.support.qdrant_server import QdrantServer

DIMENSIONS = 8
FIELDS: dict[str, FilterType] = {
    "word": "keyword",
    "count": "integer",
    "price": "float",
    "flag": "boolean",
    "when": "datetime",
    "ident": "uuid",
    "tags": "keyword[]",
    "codes": "integer[]",
}


def axis(number: int, dimensions: int = DIMENSIONS) -> NDArray[np.float32]:
    vector = np.zeros(dimensions, dtype=np.float32)
    vector[number] = 1
    return vector


def point(key: str, **changes: Any) -> Point:
    given = {
        "vector": axis(0),
        "text": f"text of {key}",
        "text_hash": "t1",
        "metadata_hash": "m1",
        "metadata": {"word": key},
    }
    return Point(key, **(given | changes))


def new_table(dimensions: int = DIMENSIONS, fields: Mapping[str, FilterType] = FIELDS) -> StoreTable:
    unique = uuid.uuid4().hex
    return StoreTable(f"embedd_test_{unique}", f"vt_{unique}", dimensions, fields)


@asynccontextmanager
async def opened(kind: str, *, cluster: Cluster, directory: Path) -> AsyncIterator[Store]:
    if kind == "pgvector":
        with cluster.fresh_database(cluster.template_with_pgvector()) as dsn:
            async with AsyncConnectionPool(
                dsn, open=False, min_size=1, max_size=4, kwargs={"autocommit": True}
            ) as pool:
                yield PgvectorStore(pool, "public")
        return
    store = QdrantStore.local(directory)
    try:
        yield store
    finally:
        await store.close()


@asynccontextmanager
async def connected_to(server: QdrantServer, **options: Any) -> AsyncIterator[QdrantStore]:
    store = QdrantStore.server(server.url, **options)
    try:
        yield store
    finally:
        await store.close()


async def found(store: Store, table: StoreTable, filters: Any = None, **options: Any) -> list[Hit]:
    options = {"limit": 100} | options
    vector = options.pop("vector", axis(0))
    return await store.search(table, vector, filter=checked(filters, table.fields), **options)


async def keys(store: Store, table: StoreTable, filters: Any = None) -> set[str]:
    return {hit.key for hit in await found(store, table, filters)}


async def scanned(store: Store, table: StoreTable) -> dict[str, Mark]:
    return {key: mark async for page in store.scan(table) for key, mark in page}


def update(key: str, **changes: Any) -> MetadataUpdate:
    given = {"text_hash": "t1", "metadata_hash": "m2", "metadata": {"word": "new"}}
    return MetadataUpdate(key, **(given | changes))
