"""Reading the stored vectors of rows."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from psycopg import AsyncCursor, sql
from psycopg.rows import TupleRow

from embedd_pg.stores.base import StoreTable
from embedd_pg.stores.pgvector.extension import identifier
from embedd_pg.stores.pgvector.passages import passages_table

_VECTORS = "select pk_value, embedding::real[] from {} where pk_value = any(%s) and not dead and embedding is not null"
_PASSAGES = """
    select pk_value, p.embedding::real[] from {} p join {} stored using (pk_value)
    where pk_value = any(%s) and not stored.dead"""


async def read_vectors(
    cursor: AsyncCursor[TupleRow], schema: str, table: StoreTable, keys: Sequence[str]
) -> dict[str, NDArray[np.float32]]:
    """Return the vectors of live rows, by key: a matrix with a row for each passage."""
    rows = identifier(schema, table.name)
    statement = (
        sql.SQL(_PASSAGES).format(passages_table(schema, table), rows)
        if table.chunked
        else sql.SQL(_VECTORS).format(rows)
    )
    await cursor.execute(statement, [list(keys)])
    found: defaultdict[str, list[list[float]]] = defaultdict(list)
    for key, vector in await cursor.fetchall():
        found[key].append(vector)
    return {key: np.array(vectors, np.float32) for key, vectors in found.items()}
