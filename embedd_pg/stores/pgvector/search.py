"""Vector searches of a pgvector table: through the HNSW index or exact, whichever should be faster.

A filter makes the index scan longer: if one row in twenty passes, the scan visits twenty times as many rows as
requested. An exact search reads every row that passes, found through the index on metadata. PostgreSQL chooses badly
between the two, because pgvector's cost model ignores the longer scan; so this module chooses."""

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

#: The cost of visiting a vector in the index, relative to reading a row that passes and computing its distance: 2 µs to
#: 3 or 4 µs on 50,000 rows of 384 dimensions (`vector`), 3 µs to 6 or 10 µs on 10,000 rows of 2,100 (`halfvec`), with
#: filters that 0.002 % to 95 % of the rows pass, and 10 or 100 requested hits.
MEETING = 0.5
#: The number of vectors that the scan visits at each row: the links of the lowest level of the index, twice its `m`.
NEIGHBOURS = 32
#: The number of rows after which an iterative scan gives up: pgvector's hnsw.max_scan_tuples.
REACH = 20_000

#: The seconds for which an estimate is valid, and the number of estimates that are remembered.
BELIEVED = 60.0
REMEMBERED = 1000

_FOUND = sql.SQL(" from {} where not dead and embedding is not null and ")
_NEAREST = sql.SQL("select pk_value, embedding {distance} %(vector)b::{vector}, metadata::text, embedded_text{found}")
# The limit is written into the statement: a plan that is kept for any limit would expect a tenth of all rows.
_ALONG_INDEX = sql.SQL(" order by {indexed} {distance} {target} limit ")
# Adding zero keeps PostgreSQL from using the index, without a setting that would have to be reset.
_EVERY = sql.SQL(
    "select pk_value, 0::float8 + (embedding {distance} %(vector)b::{vector}), metadata::text, embedded_text{found}"
)
_SORTED = " order by 2 limit "

#: How many passages to read for each requested row, because each row is found once, by its best passage.
PASSAGE_WIDTHS = (4, 32)
# Only the table of the passages shows a column `embedding` here, because both the index and a filter name it without a
# table.
_ROWS_FOUND = sql.SQL(" from {} where not dead and ")
_PASSAGES_FOUND = sql.SQL(
    " from {passages} join (select pk_value, metadata from {table} where not dead) stored using (pk_value) where "
)
_NEAREST_PASSAGES = sql.SQL(
    "with near as materialized ("
    "select pk_value, first_character, characters, embedding {distance} %(vector)b::{vector} as distance{found}"
)
_EVERY_PASSAGE = sql.SQL(
    "with near as ("
    "select pk_value, first_character, characters,"
    " 0::float8 + (embedding {distance} %(vector)b::{vector}) as distance{found}"
)
_BEST_PASSAGES = sql.SQL(
    """), best as (
      select distinct on (pk_value) * from near order by pk_value, distance
    )
    select pk_value, distance, metadata::text, embedded_text,
           pg_catalog.substr(embedded_text, first_character, characters)
    from best join {table} using (pk_value) order by distance limit """
)

# Without statistics on metadata the query returns no row: the table was never analyzed, or all documents are too long
# (1 kB).
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
    """An estimate of the rows that pass a filter on a table."""

    #: The share of all rows that passes.
    share: float
    #: The number of rows that an exact search reads; infinite if it is not worth trying.
    read: float
    #: The number of rows in the table.
    total: float


#: Without an estimate, PostgreSQL chooses, and prefers the index.
UNKNOWN = PassingEstimate(share=1.0, read=math.inf, total=math.inf)


def exact_is_faster(estimate: PassingEstimate, *, limit: int, candidates: int, reach: float) -> bool:
    """Return whether reading all rows that pass should take less time than an index scan to `limit` of them.

    The index returns `candidates` rows at a time, and gives up after `reach` of them.
    """
    taken = limit / estimate.share if estimate.share > 0 else math.inf
    if taken > reach:
        return True
    if math.isinf(estimate.read):
        return False
    # The longer the scan, the more neighbours were visited before.
    met = estimate.total * (1 - math.exp(-NEIGHBOURS * (taken + candidates) / estimate.total))
    return estimate.read < MEETING * met


class PassingEstimates:
    """A cache of recent estimates, by table and the condition of a filter; None is the whole table."""

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
    """The statements of searches on one table, cut where the condition of the filter and the limits belong."""

    nearest: str
    along_index: str
    every: str
    sorted: str
    explained: str
    #: How many vectors the index scan reads for each requested row, one attempt after the other.
    widths: tuple[int, ...] = (1,)

    def indexed(self, condition: str, limit: int, width: int) -> str:
        best = f"{limit}" if self.widths == (1,) else f"{limit * width}{self.sorted}{limit}"
        return f"{self.nearest}{condition}{self.along_index}{best}"

    def exact(self, condition: str, limit: int) -> str:
        return f"{self.every}{condition}{self.sorted}{limit}"


@lru_cache(maxsize=REMEMBERED)
def statements(
    extension: Extension, schema: str, name: str, dimensions: int, passages: str | None = None
) -> Statements:
    """Return the statements for a table; `passages` names the table that holds the vectors, if it is another one."""
    table, vector, distance = identifier(schema, name), extension.qualify("vector"), extension.distance
    target = sql.SQL("%(vector)b::{}").format(vector)
    if is_half(dimensions):
        target += sql.SQL("::{}").format(extension.half(dimensions))
    along_index = _ALONG_INDEX.format(indexed=extension.index_expression(dimensions), distance=distance, target=target)
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
        along_index.as_string(),
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
        """Return key, cosine distance, metadata (as JSON text) and text of the nearest `limit` rows that pass, in the
        order of the index. If texts were cut into passages, the best passage of each row comes last.

        Search exactly if the index yields fewer rows, because it may miss some.
        """
        passages = passages_name(table) if table.chunked else None
        sent = statements(extension, self._schema, table.name, table.dimensions, passages)
        condition = condition_of(filter)
        # Let the index read more candidates than requested, and continue while the filter drops some.
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
                rows = await _nearest(connection, sent.indexed(condition or "true", limit, width), vector)
                if len(rows) >= limit:
                    return rows
            if condition is not None:
                # Remember the failure, so that the next search with this filter skips the index.
                self._estimates.put(table.name, condition, replace(estimate, share=len(rows) / reach))
        return await _nearest(connection, sent.exact(condition or "true", limit), vector)

    async def _estimate(
        self, connection: AsyncConnection[Any], table: StoreTable, condition: str, sent: Statements
    ) -> PassingEstimate:
        estimate = self._estimates.get(table.name, None)
        if estimate is None:
            counted = await _fetch(connection, _ROWS, [self._schema, table.name])
            estimate = replace(UNKNOWN, total=counted[0][0]) if counted else UNKNOWN
            self._estimates.put(table.name, None, estimate)
        if estimate is not UNKNOWN:
            estimate = await _estimate_filter(connection, sent, condition, estimate.total)
        self._estimates.put(table.name, condition, estimate)
        return estimate


async def _estimate_filter(
    connection: AsyncConnection[Any], sent: Statements, condition: str, total: float
) -> PassingEstimate:
    plan = (await _fetch(connection, sent.explained + condition, []))[0][0][0]["Plan"]
    return PassingEstimate(min(1.0, plan["Plan Rows"] / total), _read(plan), total)


def _read(plan: Mapping[str, Any]) -> float:
    """Return how many rows of the table a plan reads: those that the index on metadata finds. Infinite if the plan
    reads them all: that is rarely faster than the index scan, and its estimate is a mere guess, as for every range."""
    if plan["Node Type"] == "Bitmap Index Scan":
        return float(plan["Plan Rows"])
    below = plan.get("Plans")
    return sum(map(_read, below)) if below else math.inf


async def _settle(connection: AsyncConnection[Any], settings: Mapping[str, str]) -> None:
    """Make these settings of the session, unless they are already made; behind a pooler, of the transaction.

    Use this only for settings that affect no other statement of the session. A connection that cannot remember them
    gets them each time.
    """
    local = bool(getattr(connection, "pooled", False))
    # A rollback would undo settings made inside a transaction, so only those of autocommit sessions are remembered.
    settled: dict[str, str] = getattr(connection, "settled", {}) if connection.autocommit and not local else {}
    wanted = {name: value for name, value in settings.items() if settled.get(name) != value}
    if wanted:
        made = ", ".join([f"pg_catalog.set_config(%s, %s, {str(local).lower()})"] * len(wanted))
        await _fetch(connection, f"select {made}", [text for pair in wanted.items() for text in pair])
        settled.update(wanted)


async def _nearest(connection: AsyncConnection[Any], statement: str, vector: Binary) -> list[TupleRow]:
    """Search. The driver prepares a statement that it has seen before, and PostgreSQL keeps its plan. The plan fits the
    filter and the limit, because both are written into the statement."""
    cursor = cursor_on(connection)
    await cursor.execute(statement, {"vector": vector})
    return await cursor.fetchall()


async def _fetch(connection: AsyncConnection[Any], statement: str, values: list[Any]) -> list[TupleRow]:
    cursor = cursor_on(connection)
    await cursor.execute(statement, values, prepare=False)
    return await cursor.fetchall()
