"""Searches of a pgvector table: the choice between index and exact search, the remembered estimates, and the settings
of sessions."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

import numpy as np
import psycopg
import pytest
from numpy.typing import NDArray
from psycopg import AsyncConnection
from psycopg_pool import AsyncConnectionPool

from embedd_pg.database.call import open_pool
from embedd_pg.database.connection import Connection
from embedd_pg.errors import StoreError
from embedd_pg.stores.base import StoreTable
from embedd_pg.stores.pgvector import search as pgvector_search
from embedd_pg.stores.pgvector.search import BELIEVED, PassingEstimates, Search
from embedd_pg.stores.pgvector.store import PgvectorStore
from tests.support.stores import DIMENSIONS, found, new_table, point

pytestmark = pytest.mark.usefixtures("filter_check")

ROWS = 3000
#: Passed by one row in a hundred, and by every second.
NARROW, WIDE = {"word": "rare"}, {"flag": True}
ALONG_INDEX, EXACT, EXPLAINED, COUNTED, SETTLED = "index", "exact", "explain", "count", "settings"


def metadata(number: int, length: int = 0) -> dict[str, Any]:
    row = {"word": "rare" if number % 100 == 7 else "common", "flag": number % 2 == 0, "count": number, "price": 0.5}
    return row | {"long": "x" * length}


def vectors(rows: int, dimensions: int) -> NDArray[np.float32]:
    return np.random.default_rng(5).normal(size=(rows, dimensions)).astype(np.float32)


def kind(statement: str) -> str:
    if statement.startswith("explain"):
        return EXPLAINED
    if "set_config" in statement:
        return SETTLED
    if "reltuples" in statement:
        return COUNTED
    return EXACT if "order by 2" in statement else ALONG_INDEX


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What searches have sent, by kind."""
    kinds: list[str] = []
    fetched, nearest = pgvector_search._fetch, pgvector_search._nearest

    async def spied(connection: AsyncConnection[Any], statement: str, values: list[Any]) -> list[tuple[Any, ...]]:
        kinds.append(kind(statement))
        return await fetched(connection, statement, values)

    async def searched(connection: AsyncConnection[Any], statement: str, vector: Any) -> list[tuple[Any, ...]]:
        kinds.append(kind(statement))
        return await nearest(connection, statement, vector)

    monkeypatch.setattr(pgvector_search, "_fetch", spied)
    monkeypatch.setattr(pgvector_search, "_nearest", searched)
    return kinds


@asynccontextmanager
async def filled(
    dsn: str,
    *,
    rows: int = ROWS,
    dimensions: int = DIMENSIONS,
    analyzed: bool = True,
    length: int = 0,
    sessions: int = 1,
) -> AsyncIterator[tuple[PgvectorStore, StoreTable]]:
    """A store on its own pool, and a table of `rows` rows with its indexes."""
    table = new_table(dimensions)
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute("create extension if not exists vector")
        pool = await open_pool(dsn, size=sessions)
        try:
            store = PgvectorStore(pool, "public")
            await store.create(table)
            connection.execute(f"alter table {table.name} set (autovacuum_enabled = false)")
            made = enumerate(vectors(rows, dimensions))
            await store.upsert(
                table, 1, [point(str(i), vector=vector, metadata=metadata(i, length)) for i, vector in made]
            )
            # Without text, hence without vector.
            await store.upsert(table, 1, [point("empty", vector=None, metadata=metadata(7, length))])
            await store.index(table)
            if analyzed:
                connection.execute(f"analyze {table.name}")
            yield store, table
        finally:
            await pool.close()


async def searched(
    store: PgvectorStore, table: StoreTable, sent: list[str], filters: Any, limit: int = 10
) -> list[str]:
    """What a search sends."""
    sent.clear()
    assert len(await found(store, table, filters, limit=limit)) == limit
    return list(sent)


async def test_a_narrow_filter_is_searched_exactly_and_a_wide_one_along_the_index(
    database: str, sent: list[str]
) -> None:
    async with filled(database) as (store, table):
        assert await searched(store, table, sent, None) == [SETTLED, ALONG_INDEX]
        assert len(await found(store, table, limit=ROWS + 1)) == ROWS, "more than there are, which says nothing"
        assert await searched(store, table, sent, NARROW) == [COUNTED, EXPLAINED, EXACT]
        assert await searched(store, table, sent, WIDE) == [EXPLAINED, SETTLED, ALONG_INDEX]
        assert await searched(store, table, sent, WIDE) == [ALONG_INDEX]
        assert await searched(store, table, sent, {**NARROW, "count": {"lt": 2500}}) == [EXPLAINED, EXACT]


async def test_a_range_filter_uses_the_index_until_it_yields_too_few_rows(database: str, sent: list[str]) -> None:
    # The index on metadata knows no ranges, and the planner merely guesses how many rows they leave.
    async with filled(database) as (store, table):
        assert await searched(store, table, sent, {"count": {"gte": 30}}) == [COUNTED, EXPLAINED, SETTLED, ALONG_INDEX]
        sent.clear()
        assert len(await found(store, table, {"count": {"lt": 5}})) == 5
        assert sent == [EXPLAINED, SETTLED, ALONG_INDEX, EXACT]
        assert len(await found(store, table, {"count": {"lt": 5}})) == 5
        assert sent[4:] == [EXACT]


async def test_the_estimate_for_a_filter_is_remembered_for_a_while(database: str, sent: list[str]) -> None:
    now = 0.0
    async with filled(database) as (store, table):
        store._search = Search("public", PassingEstimates(lambda: now))
        assert await searched(store, table, sent, NARROW) == [COUNTED, EXPLAINED, EXACT]
        assert await searched(store, table, sent, NARROW) == [EXACT]
        now += BELIEVED
        assert await searched(store, table, sent, NARROW) == [COUNTED, EXPLAINED, EXACT]
        # Rows change: in time another way is chosen.
        with psycopg.connect(database, autocommit=True) as connection:
            connection.execute(f"update {table.name} set metadata = metadata || %s", ['{"word": "rare"}'])
            connection.execute(f"analyze {table.name}")
        assert await searched(store, table, sent, NARROW) == [EXACT]
        now += BELIEVED
        assert await searched(store, table, sent, NARROW) == [COUNTED, EXPLAINED, SETTLED, ALONG_INDEX]


@pytest.mark.parametrize("without", ["statistics", "statistics on metadata"])
async def test_without_statistics_the_index_is_used_until_it_gives_too_few(
    database: str, sent: list[str], without: str
) -> None:
    # PostgreSQL keeps no statistics on values above 1 kB.
    odd = {"analyzed": False} if without == "statistics" else {"length": 1100}
    async with filled(database, **odd) as (store, table):
        assert await searched(store, table, sent, NARROW) == [COUNTED, SETTLED, ALONG_INDEX]
        assert await searched(store, table, sent, WIDE) == [ALONG_INDEX]
        assert len(await found(store, table, NARROW, limit=31)) == 30
        sent.clear()
        assert len(await found(store, table, NARROW, limit=31)) == 30
        assert sent == [EXACT]


async def test_an_index_without_iterative_scan_is_used_only_if_enough_rows_should_pass(
    database: str, sent: list[str]
) -> None:
    async with filled(database) as (store, table):
        async with store._transaction("looking") as cursor:
            # As pgvector was before 0.8.
            store._found = replace(await store._extension(cursor), iterative_scan=False)
        assert await searched(store, table, sent, WIDE) == [COUNTED, EXPLAINED, SETTLED, ALONG_INDEX]
        assert await searched(store, table, sent, NARROW) == [EXPLAINED, EXACT]
        async with store._pool.connection() as connection:
            cursor = await connection.execute("select current_setting('hnsw.iterative_scan') as it")
            assert await cursor.fetchone() == {"it": "off"}


@pytest.mark.parametrize("dimensions", [DIMENSIONS, 2001, 4001])
@pytest.mark.parametrize("exact", [True, False])
async def test_index_and_exact_search_find_the_same_rows(
    database: str, dimensions: int, exact: bool, sent: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pgvector_search, "exact_is_faster", lambda *_, **__: exact)
    rows = 120
    target = vectors(rows + 1, dimensions)[rows]
    made = vectors(rows, dimensions)
    scores = made @ target / np.linalg.norm(made, axis=1) / np.linalg.norm(target)
    filters: list[tuple[Any, set[int]]] = [
        (None, set(range(rows))),
        (NARROW, {7, 107}),
        (WIDE, set(range(0, rows, 2))),
        ({"word": {"ne": "common"}}, {7, 107}),
        ({"word": {"in": []}}, set()),
        ({"count": {"gte": 10, "lt": 30}}, set(range(10, 30))),
        ({"price": {"exists": False}}, set()),
        ({"$or": [NARROW, {"count": {"lt": 4}}]}, {0, 1, 2, 3, 7, 107}),
        ({"$and": [WIDE, {"count": {"gt": 90}}]}, set(range(92, rows, 2))),
    ]
    async with filled(database, rows=rows, dimensions=dimensions) as (store, table):
        await store.delete(table, 2, ["107", "92"])
        for limit in (5, 100):
            for condition, passing in filters:
                nearest = sorted(passing - {107, 92}, key=lambda row: -scores[row])[:limit]
                hits = await found(store, table, condition, vector=target, limit=limit)
                assert [int(hit.key) for hit in hits] == nearest, (condition, limit)
                assert [hit.score for hit in hits] == pytest.approx(scores[nearest], abs=1e-5)
                best = float(scores[nearest[0]]) - 1e-5 if nearest else 1
                hits = await found(store, table, condition, vector=target, limit=limit, min_score=best)
                assert [int(hit.key) for hit in hits] == nearest[:1]
    assert (ALONG_INDEX in sent) is not exact


async def test_settings_of_the_index_scan_are_made_once_per_session(database: str, sent: list[str]) -> None:
    async with filled(database) as (store, table):
        assert await searched(store, table, sent, None) == [SETTLED, ALONG_INDEX]
        assert await searched(store, table, sent, None, limit=5) == [ALONG_INDEX]
        assert await searched(store, table, sent, None, limit=100) == [SETTLED, ALONG_INDEX]
        assert await searched(store, table, sent, None) == [SETTLED, ALONG_INDEX]
        async with store._pool.connection() as connection:
            cursor = await connection.execute("select current_setting('hnsw.ef_search') as it")
            assert await cursor.fetchone() == {"it": "64"}


@pytest.mark.parametrize("kind_of", [AsyncConnection, Connection])
async def test_settings_are_made_each_time_in_a_session_that_may_lose_them(
    database: str, sent: list[str], kind_of: type[AsyncConnection[Any]]
) -> None:
    """One that knows nothing of settings, and one whose transaction may be rolled back."""
    async with (
        filled(database) as (_, table),
        AsyncConnectionPool(database, connection_class=kind_of, open=False, min_size=1, max_size=1) as pool,
    ):
        store = PgvectorStore(pool, "public")
        for _ in range(2):
            assert await searched(store, table, sent, None) == [SETTLED, ALONG_INDEX]
            with pytest.raises(StoreError):
                await found(store, new_table(), limit=10)


async def test_searches_leave_no_setting_that_affects_others(database: str) -> None:
    everything = "select name, setting from pg_settings where name not like 'hnsw.%' order by name"
    async with filled(database, sessions=2) as (store, table):
        async with store._pool.connection() as one, store._pool.connection() as other:
            before = [await (await connection.execute(everything)).fetchall() for connection in (one, other)]
        for condition in (NARROW, WIDE, None, {"word": "nowhere"}, NARROW):
            await found(store, table, condition)
        async with store._pool.connection() as one, store._pool.connection() as other:
            after = [await (await connection.execute(everything)).fetchall() for connection in (one, other)]
    assert before == after
    assert {"name": "enable_indexscan", "setting": "on"} in after[0]
    assert {"name": "plan_cache_mode", "setting": "auto"} in after[0]
