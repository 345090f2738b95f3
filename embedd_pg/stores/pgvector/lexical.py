"""Lexical search of a pgvector table: PostgreSQL's full text search over the embedded texts, the rarest words first.

PostgreSQL ranks without regard to how rare a word is. So each word of the query is ranked alone, with its weight in
BM25. The statements are those of embedd.search(): query_terms.sql and ranked_words.sql.
"""

from __future__ import annotations

from typing import Any

from psycopg import AsyncConnection, sql
from psycopg.rows import TupleRow

from embedd_pg.database.inline import as_query, statement
from embedd_pg.stores.base import Filter, StoreTable
from embedd_pg.stores.pgvector.extension import condition_of, cursor_on, identifier
from embedd_pg.stores.pgvector.passages import passages_table

_TERMS = as_query("query_terms")
_HITS = """
    select best.pk_value, score, metadata, embedded_text{spans}
    from ({best}) best join {table} using (pk_value) order by score desc, best.pk_value"""

# Read the passages in the same statement, so that they belong to the same text.
_SPANS = """,
           (select pg_catalog.array_agg(array[first_character - 1, first_character - 1 + characters] order by passage)
            from {passages} p where p.pk_value = best.pk_value)"""


def words(language: str) -> str:
    """Return the indexed expression; a query must use exactly this expression."""
    configuration = sql.Literal(f"pg_catalog.{language}").as_string()
    return statement("indexed_words", language=(f"{configuration}::pg_catalog.regconfig", ()))[0]


def create_index(named: sql.Composable, language: str) -> sql.Composed:
    """Return the statement that creates the index on the words of a table."""
    return sql.SQL("create index concurrently on {} using gin (({})) where not dead").format(
        named, sql.SQL(words(language))
    )


async def ranked_rows(
    connection: AsyncConnection[Any], schema: str, table: StoreTable, query: str, *, limit: int, filter: Filter | None
) -> list[TupleRow]:
    """Return key, score, metadata and text of the best `limit` rows that contain a word of the query and pass the
    filter; if texts are cut, also the start and end of each passage (None without passages)."""
    cursor = cursor_on(connection)
    await cursor.execute(
        _TERMS.encode(),
        {
            "p_table": sql.Identifier(schema, table.name).as_string(),
            "p_language": f"pg_catalog.{table.language}",
            "p_query": query,
        },
        prepare=False,
    )
    found = await cursor.fetchone()
    if found is None:
        return []
    terms, queries, shares, total, candidates, matching = found
    named = identifier(schema, table.name).as_string()
    best, values = statement(
        "ranked_words",
        [matching, candidates, terms, queries, shares, total, limit],
        table=(named, ()),
        words=(words(table.language), ()),
        condition=(condition_of(filter) or "true", ()),
    )
    spans = _SPANS.format(passages=passages_table(schema, table).as_string()) if table.chunked else ""
    await cursor.execute(_HITS.format(best=best, table=named, spans=spans).encode(), values, prepare=False)
    return await cursor.fetchall()
