"""Lexical search of a pgvector table: BM25 over its lists of words, or over its texts while it has none.

The statements are those of embedd.search(): has_words.sql, ranked_words.sql and ranked_texts.sql.
"""

from __future__ import annotations

from typing import Any

from psycopg import AsyncConnection
from psycopg.rows import TupleRow

from embedd_pg.database.inline import as_query, statement
from embedd_pg.stores.base import Filter, StoreTable
from embedd_pg.stores.pgvector.extension import condition_of, cursor_on
from embedd_pg.stores.pgvector.passages import passages_table
from embedd_pg.stores.pgvector.words import Words, configuration, parsed

_COMPLETE = as_query("has_words")
_HITS = """
    select best.pk_value, score, metadata, embedded_text{spans}
    from ({best}) best join {table} using (pk_value) order by score desc, best.pk_value"""

# Read the passages in the same statement, so that they belong to the same text.
_SPANS = """,
           (select pg_catalog.array_agg(array[first_character - 1, first_character - 1 + characters] order by passage)
            from {passages} p where p.pk_value = best.pk_value)"""


async def ranked_rows(
    connection: AsyncConnection[Any], schema: str, table: StoreTable, query: str, *, limit: int, filter: Filter | None
) -> list[TupleRow]:
    """Return key, score, metadata and text of the best `limit` rows that contain a word of the query and pass the
    filter; if texts are cut, also the start and end of each passage (None without passages)."""
    cursor = cursor_on(connection)
    words = Words(connection, schema, table)
    await cursor.execute(_COMPLETE.encode(), {f"p_{kind}": name for kind, name in words.asked.items()})
    (complete,) = await cursor.fetchone() or (False,)
    best, values = statement(
        "ranked_words" if complete else "ranked_texts",
        [query, limit],
        **{kind: (name.as_string(), ()) for kind, name in words.names.items()},
        language=(configuration(table.language), ()),
        parsed=(parsed(table.language), ()),
        condition=(condition_of(filter) or "true", ()),
    )
    spans = _SPANS.format(passages=passages_table(schema, table).as_string()) if table.chunked else ""
    named = words.names["table"].as_string()
    await cursor.execute(_HITS.format(best=best, table=named, spans=spans).encode(), values)
    return await cursor.fetchall()
