"""Lexical search of a pgvector table: PostgreSQL's full text search over the embedded texts, the rarest words first.

PostgreSQL ranks without knowing how rare a word is. So each word of the query is ranked alone, where its count
saturates and long texts count less, and weighs what it weighs in BM25 (Robertson and Zaragoza, 2009, section 3.3).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from psycopg import AsyncConnection, sql
from psycopg.rows import TupleRow

from embedd_pg.filters.tree import Filter
from embedd_pg.stores.base import SEARCHED_CHARACTERS, StoreTable
from embedd_pg.stores.pgvector.extension import cursor_on, identifier
from embedd_pg.stores.pgvector.filter import compiled
from embedd_pg.stores.pgvector.passages import passages_table

#: Rows that are ranked at most, each for some 50 µs: more than that match only when a word is in a good part of all
#: rows, and then says little.
CANDIDATES = 5_000

# The words of the query, and in what share of the rows each is found. A word that statistics do not name is rare.
_TERMS = """
    with known as (
      select pg_catalog.unnest(s.most_common_elems::text::text[]) as word,
             pg_catalog.unnest(s.most_common_elem_freqs) as share
      from pg_catalog.pg_index x
        join pg_catalog.pg_class i on i.oid = x.indexrelid
        join pg_catalog.pg_am a on a.oid = i.relam and a.amname = 'gin'
        join pg_catalog.pg_namespace n on n.oid = i.relnamespace
        join pg_catalog.pg_stats s on s.schemaname = n.nspname and s.tablename = i.relname
      where x.indrelid = {table}::pg_catalog.regclass and x.indexprs is not null
    )
    select t.lexeme, coalesce(known.share, 0)::float8, c.reltuples::float8
    from pg_catalog.unnest(pg_catalog.to_tsvector({language}, %s)) t
      left join known on known.word = t.lexeme
      join pg_catalog.pg_class c on c.oid = {table}::pg_catalog.regclass
    order by 2, 1"""

_RANKED = """
    with matching as materialized (
      select pk_value, {words} as words from {table}
      where not dead and {words} @@ %s::pg_catalog.tsquery and """
_WEIGHED = """
      limit %s
    ), found as (
      select m.pk_value, t.term, t.share, pg_catalog.ts_rank('{{1,1,1,1}}', m.words, t.query, 1) as rank
      from matching m
        join unnest(%s::text[], %s::pg_catalog.tsquery[], %s::float8[]) as t(term, query, share)
          on m.words @@ t.query
    ), counted as (
      select term, greatest(pg_catalog.count(*), %s::float8 * share)::float8 as rows from found group by term, share
    ), weighed as (
      select term, pg_catalog.ln(1 + (greatest(%s::float8, rows) - rows + 0.5) / (rows + 0.5)) as weight from counted
    ), best as (
      select pk_value, pg_catalog.sum(rank * weight)::float8 as score from found join weighed using (term)
      group by pk_value order by score desc, pk_value limit %s
    )
    select pk_value, score, metadata, embedded_text{spans} from best join {table} using (pk_value)
    order by score desc, pk_value"""

# In the same statement, hence of the same text.
_SPANS = """,
           (select pg_catalog.array_agg(array[first_character - 1, first_character - 1 + characters] order by passage)
            from {passages} p where p.pk_value = best.pk_value)"""


def words(language: str) -> sql.Composed:
    """The expression that is indexed; a query must use the very same."""
    return sql.SQL("pg_catalog.to_tsvector({}, pg_catalog.left(embedded_text, {}))").format(
        _configuration(language), sql.Literal(SEARCHED_CHARACTERS)
    )


def create_index(named: sql.Composable, language: str) -> sql.Composed:
    """The statement that makes the index on the words of a table."""
    return sql.SQL("create index concurrently on {} using gin (({})) where not dead").format(named, words(language))


async def ranked_rows(
    connection: AsyncConnection[Any], schema: str, table: StoreTable, query: str, *, limit: int, filter: Filter | None
) -> list[TupleRow]:
    """Key, score, metadata and text of the best `limit` rows with a word of the query that pass the filter; where texts
    are cut, also where the passages begin and end (None without any)."""
    cursor = cursor_on(connection)
    names: dict[str, sql.Composable] = {"table": identifier(schema, table.name), "words": words(table.language)}
    quoted = sql.Literal(names["table"].as_string())
    statement = sql.SQL(_TERMS).format(table=quoted, language=_configuration(table.language))
    await cursor.execute(statement, [query[:SEARCHED_CHARACTERS]], prepare=False)
    terms = [Term(*row) for row in await cursor.fetchall()]
    if not terms:
        return []
    condition, values = ("true", []) if filter is None else compiled(filter)
    spans: sql.Composable = sql.SQL("")
    if table.chunked:
        spans = sql.SQL(_SPANS).format(passages=passages_table(schema, table))
    await cursor.execute(
        sql.SQL(_RANKED).format(**names) + sql.SQL(condition) + sql.SQL(_WEIGHED).format(**names, spans=spans),
        [
            matching(terms),
            *values,
            CANDIDATES,
            [term.word for term in terms],
            [term.query for term in terms],
            [term.share for term in terms],
            terms[0].total,
            terms[0].total,
            limit,
        ],
        prepare=False,
    )
    return await cursor.fetchall()


@dataclass(frozen=True, slots=True)
class Term:
    """A word of the query as the index has it, the share of the rows it is in, and how many rows there are."""

    word: str
    share: float
    total: float

    @property
    def query(self) -> str:
        escaped = self.word.replace("\\", "\\\\").replace("'", "''")
        return f"'{escaped}'"


def matching(terms: Sequence[Term]) -> str:
    """Which rows are looked at, as a tsquery: those with any word, as long as these are few; beyond that the most
    common words only rank. `terms` come the rarest first."""
    rarest, *others = terms
    looked_at, room = [rarest.query], CANDIDATES - rarest.share * rarest.total
    if room < 0 and others:
        return f"{rarest.query} & ({' | '.join(term.query for term in others)})"
    for term in others:
        room -= term.share * term.total
        if room < 0:
            break
        looked_at.append(term.query)
    return " | ".join(looked_at)


def _configuration(language: str) -> sql.Composed:
    return sql.SQL("{}::pg_catalog.regconfig").format(sql.Literal(f"pg_catalog.{language}"))
