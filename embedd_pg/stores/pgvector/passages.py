"""Passages in PostgreSQL: a second table next to the main table of the rows, with a vector for each passage.

The main table alone decides which write of a row is accepted, and keeps the row locked until the transaction ends. The
passages of an accepted row are replaced in the same transaction, so they always belong to the row as it is stored.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from psycopg import AsyncCursor, sql
from psycopg.rows import TupleRow

from embedd_pg.stores.base import Point, StoreTable, check_vectors
from embedd_pg.stores.pgvector.binary import binary_vectors
from embedd_pg.stores.pgvector.extension import Extension, identifier

_CREATE = """
    create table {passages} (
      pk_value text not null references {table} on delete cascade,
      passage int not null,
      first_character int not null,
      characters int not null,
      embedding {vector}({dimensions}) not null,
      primary key (pk_value, passage)
    )"""

_INSERT = """
    insert into {passages} (pk_value, passage, first_character, characters, embedding)
    select u.k, u.n, u.f, u.c, u.e
    from unnest(%(keys)s::text[], %(numbers)s::int[], %(firsts)s::int[], %(lengths)s::int[], %(vectors)b::{vector}[])
      as u(k, n, f, c, e)"""

# Passages of a row that a later write has restored belong to that write, so only those of dead rows are deleted.
_DELETE = """
    delete from {passages} p using {table} stored
    where p.pk_value = any(%s) and stored.pk_value = p.pk_value and stored.dead"""


def passages_name(table: StoreTable) -> str:
    """Return the name of the table of the passages; names of main tables leave room for the suffix."""
    return f"{table.name}_passages"


def passages_table(schema: str, table: StoreTable) -> sql.Identifier:
    return identifier(schema, passages_name(table))


async def create_passages(cursor: AsyncCursor[TupleRow], extension: Extension, schema: str, table: StoreTable) -> None:
    """Create the table of the passages; the main table must exist."""
    await cursor.execute(
        sql.SQL(_CREATE).format(
            passages=passages_table(schema, table),
            table=identifier(schema, table.name),
            vector=extension.qualify("vector"),
            dimensions=sql.Literal(table.dimensions),
        ),
        [],
    )


async def replace_passages(
    cursor: AsyncCursor[TupleRow], extension: Extension, schema: str, table: StoreTable, points: Sequence[Point]
) -> None:
    """Replace the passages of rows just written in this transaction."""
    statement = sql.SQL("delete from {} where pk_value = any(%s)").format(passages_table(schema, table))
    await cursor.execute(statement, [[point.key for point in points]])
    await insert_passages(cursor, extension, schema, table, points)


async def insert_passages(
    cursor: AsyncCursor[TupleRow], extension: Extension, schema: str, table: StoreTable, points: Sequence[Point]
) -> None:
    """Insert the passages of rows that have none yet."""
    rows: list[tuple[str, int, int, int]] = []
    vectors: list[Any] = []
    for point in points:
        if point.vector is not None:
            vectors += list(check_vectors(table, list(point.vector)))
            rows += [
                (point.key, number, start + 1, end - start) for number, (start, end) in enumerate(point.spans, start=1)
            ]
    if rows:
        keys, numbers, firsts, lengths = zip(*rows, strict=True)
        await cursor.execute(
            sql.SQL(_INSERT).format(passages=passages_table(schema, table), vector=extension.qualify("vector")),
            {
                "keys": list(keys),
                "numbers": list(numbers),
                "firsts": list(firsts),
                "lengths": list(lengths),
                "vectors": binary_vectors(extension.vector_oid, vectors),
            },
        )


async def delete_passages(cursor: AsyncCursor[TupleRow], schema: str, table: StoreTable, keys: Sequence[str]) -> None:
    """Delete the passages of rows that this transaction has turned into tombstones."""
    statement = sql.SQL(_DELETE).format(passages=passages_table(schema, table), table=identifier(schema, table.name))
    await cursor.execute(statement, [list(keys)])
