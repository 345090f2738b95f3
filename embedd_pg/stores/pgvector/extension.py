"""The pgvector extension: its schema, its abilities, and names and conditions in statements that do not rely on a
search_path."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from psycopg import AsyncConnection, AsyncCursor, sql
from psycopg.rows import TupleRow, tuple_row

from embedd_pg.errors import StoreError
from embedd_pg.stores.base import Filter
from embedd_pg.stores.pgvector.binary import Binary, BinaryDumper

#: The most dimensions of an HNSW index on `vector` and on `halfvec`.
MAX_INDEXED = 2000
MAX_INDEXED_HALF = 4000

_INSTALLED = """
    select n.nspname, t.oid::bigint, e.extversion
    from pg_catalog.pg_extension e
      join pg_catalog.pg_namespace n on n.oid = e.extnamespace
      join pg_catalog.pg_type t on t.typnamespace = n.oid and t.typname = 'vector'
    where e.extname = 'vector'"""


@dataclass(frozen=True, slots=True)
class Extension:
    """The pgvector extension of one database."""

    schema: str
    vector_oid: int
    iterative_scan: bool

    def qualify(self, name: str) -> sql.Identifier:
        return identifier(self.schema, name)

    @property
    def distance(self) -> sql.Composed:
        return sql.SQL("operator({}.<=>)").format(identifier(self.schema))

    def half(self, dimensions: int) -> sql.Composed:
        return sql.SQL("{}({})").format(self.qualify("halfvec"), sql.Literal(dimensions))

    def index_expression(self, dimensions: int) -> sql.Composable:
        """Return the indexed expression. A query must order by exactly this expression to use the index."""
        if not is_half(dimensions):
            return sql.Identifier("embedding")
        return sql.SQL("(embedding::{})").format(self.half(dimensions))


async def find_extension(cursor: AsyncCursor[TupleRow]) -> Extension:
    """Return the extension of a database. Raise StoreError if it is missing."""
    await cursor.execute(_INSTALLED)
    row = await cursor.fetchone()
    if row is None:
        raise StoreError(
            "The database has no pgvector extension.",
            resolution="Run 'create extension vector' in it, as a role that may create extensions.",
        )
    version = tuple(int(part) for part in row[2].split(".")[:2])
    return Extension(row[0], row[1], version >= (0, 8))


def is_half(dimensions: int) -> bool:
    return MAX_INDEXED < dimensions <= MAX_INDEXED_HALF


def identifier(*names: str) -> sql.Identifier:
    """Return a quoted name for a statement with parameters, in which `%` must be doubled; psycopg does not do it."""
    return sql.Identifier(*(name.replace("%", "%%") for name in names))


def condition_of(filter: Filter | None) -> str | None:
    """Return the condition of a filter for a statement with parameters, in which `%` must be doubled."""
    if filter is None:
        return None
    assert filter.condition is not None, "embedd_internal.plan_search() compiles each filter for pgvector"
    return filter.condition.replace("%", "%%")


def cursor_on(connection: AsyncConnection[Any]) -> AsyncCursor[TupleRow]:
    cursor = connection.cursor(row_factory=tuple_row)
    # A cursor has its own adapters, so the owner's connection is unchanged.
    cursor.adapters.register_dumper(Binary, BinaryDumper)
    return cursor
