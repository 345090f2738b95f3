"""Searches of a pgvector table, along the HNSW index or exactly, whichever should be faster.

A filter makes the walk along the index longer: when one row in twenty passes, it takes twenty times the rows that are
asked for. An exact search reads every row that passes, found through the index on metadata. PostgreSQL chooses badly
between them, because pgvector's cost model leaves the longer walk out; hence it is done here.
"""

from __future__ import annotations

import math
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from psycopg import AsyncConnection, sql
from psycopg.rows import TupleRow

from embedd_pg.stores.base import Filter, StoreTable
from embedd_pg.stores.pgvector.binary import Binary
from embedd_pg.stores.pgvector.extension import Extension, condition_of, cursor_on, identifier, is_half
from embedd_pg.stores.pgvector.passages import passages_name

#: What it costs to meet a vector on the walk along the index, against reading a row that passes and computing its
#: distance: 2 against 3 to 4 µs on 50,000 rows of 384 dimensions (`vector`), 3 against 6 to 10 µs on 10,000 of 2,100
#: (`halfvec`), with filters that 0.002 % to 95 % of the rows pass, and 10 or 100 hits asked for.
MEETING = 0.5
#: How many vectors the walk meets at each row it takes: that many the lowest level of the index links, twice its `m`.
NEIGHBOURS = 32
#: After so many rows an iterative scan gives up: pgvector's hnsw.max_scan_tuples.
REACH = 20_000

#: For so many seconds an estimate is believed, and so many are remembered.
BELIEVED = 60.0
REMEMBERED = 1000

_FOUND = sql.SQL(" from {} where not dead and embedding is not null and ")
_NEAREST = sql.SQL("select pk_value, embedding {distance} %b::{vector}, metadata, embedded_text{found}")
_ALONG_INDEX = sql.SQL(" order by {indexed} {distance} {target} limit %s")
# Nothing but the bare operator can use the index, so this takes no setting, which would have to be taken back.
_EVERY = sql.SQL("select pk_value, 0::float8 + (embedding {distance} %b::{vector}), metadata, embedded_text{found}")
_SORTED = " order by 2 limit %s"

#: A row is found once, by its best passage, so more passages are looked at than rows are asked for.
PASSAGE_WIDTHS = (4, 32)
# Only the passages' table shows the column `embedding` here, as the index and the condition of a filter want it.
_ROWS_FOUND = sql.SQL(" from {} where not dead and ")
_PASSAGES_FOUND = sql.SQL(
    " from {passages} join (select pk_value, metadata from {table} where not dead) stored using (pk_value) where "
)
_NEAREST_PASSAGES = sql.SQL(
    "with near as materialized ("
    "select pk_value, first_character, characters, embedding {distance} %b::{vector} as distance{found}"
)
_EVERY_PASSAGE = sql.SQL(
    "with near as ("
    "select pk_value, first_character, characters, 0::float8 + (embedding {distance} %b::{vector}) as distance{found}"
)
_BEST_PASSAGES = sql.SQL(
    """), best as (
      select distinct on (pk_value) * from near order by pk_value, distance
    )
    select pk_value, distance, metadata, embedded_text,
           pg_catalog.substr(embedded_text, first_character, characters)
    from best join {table} using (pk_value) order by distance limit %s"""
)

# Without statistics on metadata there is no number: nobody has looked, or all documents are too long for that (1 kB).
_ROWS = """
    select c.reltuples::float8 / c.relpages
           * (pg_catalog.pg_relation_size(c.oid) / pg_catalog.current_setting('block_size')::bigint)
    from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
    where n.nspname = %s and c.relname = %s and c.reltuples > 0 and c.relpages > 0
      and exists (
        select from pg_catalog.pg_stats s
        where s.schemaname = n.nspname and s.tablename = c.relname and s.attname = 'metadata'
          and (s.most_common_vals is not null or s.histogram_bounds is not null))"""


@dataclass(frozen=True, slots=True)
class PassingEstimate:
    """What is thought of a filter on a table."""

    #: Of all rows, the share that passes.
    share: float
    #: How many rows an exact search reads; infinite when it is not worth trying.
    read: float
    #: How many rows the table has.
    total: float


#: Where nothing is known, PostgreSQL may choose, which prefers the index.
UNKNOWN = PassingEstimate(share=1.0, read=math.inf, total=math.inf)


def exact_is_faster(estimate: PassingEstimate, *, limit: int, candidates: int, reach: float) -> bool:
    """Whether reading all rows that pass should take less time than the walk along the index to `limit` of them.

    The index takes `candidates` rows at a time, and gives up after `reach` of them.
    """
    taken = limit / estimate.share if estimate.share > 0 else math.inf
    if taken > reach:
        return True
    if math.isinf(estimate.read):
        return False
    # The longer the walk, the more of the neighbours it has met before.
    met = estimate.total * (1 - math.exp(-NEIGHBOURS * (taken + candidates) / estimate.total))
    return estimate.read < MEETING * met


class PassingEstimates:
    """What was estimated lately, by table and the condition of a filter; None is the whole table."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._kept: OrderedDict[tuple[str, str | None], tuple[float, PassingEstimate]] = OrderedDict()

    def get(self, table: str, condition: str | None) -> PassingEstimate | None:
        made, estimate = self._kept.get((table, condition), (-math.inf, UNKNOWN))
        if self._clock() - made >= BELIEVED:
            return None
        self._kept.move_to_end((table, condition))
        return estimate

    def put(self, table: str, condition: str | None, estimate: PassingEstimate) -> None:
        self._kept[table, condition] = self._clock(), estimate
        self._kept.move_to_end((table, condition))
        if len(self._kept) > REMEMBERED:
            self._kept.popitem(last=False)


@dataclass(frozen=True, slots=True)
class Statements:
    """What a search of one table sends: each way's text before and after the filter's condition."""

    nearest: str
    along_index: str
    every: str
    sorted: str
    explained: str
    #: How many vectors the walk along the index takes for each row that is asked for: so many at first, then more.
    widths: tuple[int, ...] = (1,)

    def indexed(self, condition: str, vector: Binary, limit: int, width: int) -> tuple[str, list[Any]]:
        limits = [limit] if self.widths == (1,) else [limit * width, limit]
        return self.nearest + condition + self.along_index, [vector, vector, *limits]

    def exact(self, condition: str, vector: Binary, limit: int) -> tuple[str, list[Any]]:
        return self.every + condition + self.sorted, [vector, limit]


@lru_cache(maxsize=REMEMBERED)
def statements(
    extension: Extension, schema: str, name: str, dimensions: int, passages: str | None = None
) -> Statements:
    """Of a table; `passages` names the one that has the vectors, if it is not the same."""
    table, vector, distance = identifier(schema, name), extension.named("vector"), extension.distance
    target = sql.SQL("%b::{}").format(vector)
    if is_half(dimensions):
        target += sql.SQL("::{}").format(extension.half(dimensions))
    along_index = _ALONG_INDEX.format(indexed=extension.indexed(dimensions), distance=distance, target=target)
    if passages is None:
        found = _FOUND.format(table)
        return Statements(
            _NEAREST.format(distance=distance, vector=vector, found=found).as_string(),
            along_index.as_string(),
            _EVERY.format(distance=distance, vector=vector, found=found).as_string(),
            _SORTED,
            "explain (format json) select" + found.as_string(),
        )
    found = _PASSAGES_FOUND.format(passages=identifier(schema, passages), table=table)
    best = _BEST_PASSAGES.format(table=table)
    return Statements(
        _NEAREST_PASSAGES.format(distance=distance, vector=vector, found=found).as_string(),
        (along_index + best).as_string(),
        _EVERY_PASSAGE.format(distance=distance, vector=vector, found=found).as_string(),
        best.as_string(),
        "explain (format json) select" + _ROWS_FOUND.format(table).as_string(),
        PASSAGE_WIDTHS,
    )


class Search:
    """Searches of the tables in one schema."""

    def __init__(self, schema: str, estimates: PassingEstimates | None = None) -> None:
        self._schema = schema
        self._estimates = estimates or PassingEstimates()

    async def rows(
        self,
        connection: AsyncConnection[Any],
        extension: Extension,
        table: StoreTable,
        vector: Binary,
        *,
        limit: int,
        filter: Filter | None,
    ) -> list[TupleRow]:
        """Key, cosine distance, metadata and text of the nearest `limit` rows that pass; ordered as the index orders.
        Where texts were cut into passages, the best passage of each row comes last.

        Exact when the index yields fewer, which it may although there are more.
        """
        passages = passages_name(table) if table.chunked else None
        sent = statements(extension, self._schema, table.name, table.dimensions, passages)
        condition = condition_of(filter)
        # The index looks at more candidates than are asked for, and goes on while the filter drops some.
        candidates = min(1000, max(64, 2 * limit))
        estimate = UNKNOWN
        if condition is not None:
            kept = self._estimates.get(table.name, condition)
            estimate = kept or await self._estimate(connection, table, condition, sent)
        reach = min(REACH, estimate.total) if extension.iterative_scan else candidates
        if not exact_is_faster(estimate, limit=limit, candidates=candidates, reach=reach):
            settings = {"hnsw.ef_search": str(candidates)}
            if extension.iterative_scan:
                settings["hnsw.iterative_scan"] = "strict_order"
            await _settle(connection, settings)
            for width in sent.widths:
                rows = await _fetched(connection, *sent.indexed(condition or "true", vector, limit, width))
                if len(rows) >= limit:
                    return rows
            if condition is not None:
                # The next search with this filter need not try in vain.
                self._estimates.put(table.name, condition, replace(estimate, share=len(rows) / reach))
        return await _fetched(connection, *sent.exact(condition or "true", vector, limit))

    async def _estimate(
        self, connection: AsyncConnection[Any], table: StoreTable, condition: str, sent: Statements
    ) -> PassingEstimate:
        estimate = self._estimates.get(table.name, None)
        if estimate is None:
            counted = await _fetched(connection, _ROWS, [self._schema, table.name])
            estimate = replace(UNKNOWN, total=counted[0][0]) if counted else UNKNOWN
            self._estimates.put(table.name, None, estimate)
        if estimate is not UNKNOWN:
            estimate = await _estimated(connection, sent, condition, estimate.total)
        self._estimates.put(table.name, condition, estimate)
        return estimate


async def _estimated(
    connection: AsyncConnection[Any], sent: Statements, condition: str, total: float
) -> PassingEstimate:
    plan = (await _fetched(connection, sent.explained + condition, []))[0][0][0]["Plan"]
    return PassingEstimate(min(1.0, plan["Plan Rows"] / total), _read(plan), total)


def _read(plan: Mapping[str, Any]) -> float:
    """How many rows of the table a plan reads: those the index on metadata names. Infinite when it reads them all: that
    is seldom faster than the walk, and how many pass is then a mere guess, as with every range."""
    if plan["Node Type"] == "Bitmap Index Scan":
        return float(plan["Plan Rows"])
    below = plan.get("Plans")
    return sum(map(_read, below)) if below else math.inf


async def _settle(connection: AsyncConnection[Any], settings: Mapping[str, str]) -> None:
    """Make these settings of the session, unless they are.

    Only for what nobody else on the session heeds. A connection that cannot remember gets them each time.
    """
    # A transaction that is rolled back takes them along.
    settled: dict[str, str] = getattr(connection, "settled", {}) if connection.autocommit else {}
    wanted = {name: value for name, value in settings.items() if settled.get(name) != value}
    if wanted:
        made = ", ".join(["pg_catalog.set_config(%s, %s, false)"] * len(wanted))
        await _fetched(connection, f"select {made}", [text for pair in wanted.items() for text in pair])
        settled.update(wanted)


async def _fetched(connection: AsyncConnection[Any], statement: str, values: list[Any]) -> list[TupleRow]:
    """Unprepared, hence planned for these values: another plan cannot tell whether few rows pass a filter or many."""
    cursor = cursor_on(connection)
    await cursor.execute(statement, values, prepare=False)
    return await cursor.fetchall()
