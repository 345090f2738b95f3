"""Reading the stored vectors of rows."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from psycopg import AsyncCursor, sql
from psycopg.rows import TupleRow

from embedd_pg.stores.base import StoreTable
from embedd_pg.stores.pgvector.extension import identifier
from embedd_pg.stores.pgvector.passages import passages_table

_VECTORS = "select pk_value, embedding::real[] from {} where pk_value = any(%s) and not dead and embedding is not null"

# The mean of the passages' directions is computed by the server: a long text has many.
_PASSAGES = """
    select pk_value, array_agg(number order by place)
    from (select pk_value, place, avg(number) as number
          from (select pk_value, place,
                       number / sqrt(sum(number * number) over (partition by pk_value, passage)) as number
                from {} p join {} stored using (pk_value),
                     unnest(p.embedding::real[]::float8[]) with ordinality u (number, place)
                where pk_value = any(%s) and not stored.dead) units
          group by pk_value, place) means
    group by pk_value"""


async def read_vectors(
    cursor: AsyncCursor[TupleRow], schema: str, table: StoreTable, keys: Sequence[str]
) -> dict[str, NDArray[np.float32]]:
    """Return the vectors of live rows, by key."""
    rows = identifier(schema, table.name)
    statement = (
        sql.SQL(_PASSAGES).format(passages_table(schema, table), rows)
        if table.chunked
        else sql.SQL(_VECTORS).format(rows)
    )
    await cursor.execute(statement, [list(keys)])
    return {key: np.array(vector, np.float32) for key, vector in await cursor.fetchall()}
