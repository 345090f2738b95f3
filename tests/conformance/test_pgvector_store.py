"""Properties of the pgvector store alone: schemas, rights, extensions and kinds of index."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

import numpy as np
import psycopg
import pytest
from psycopg import AsyncConnection
from psycopg.conninfo import conninfo_to_dict
from psycopg.rows import dict_row
from psycopg_pool import AsyncConnectionPool

from embedd_pg.errors import RowsRefused, StoreError
from embedd_pg.stores.pgvector.binary import Binary, binary_vector
from embedd_pg.stores.pgvector.passages import passages_name
from embedd_pg.stores.pgvector.search import statements
from embedd_pg.stores.pgvector.store import PgvectorStore
from tests.support.postgres import Cluster
from tests.support.stores import axis, found, keys, new_table, point, update

pytestmark = pytest.mark.usefixtures("filter_check")

SCHEMA = 'Odd "schema" %s'


def execute(dsn: str, *statements: str) -> None:
    with psycopg.connect(dsn, autocommit=True) as connection:
        for statement in statements:
            connection.execute(statement)


def name_of(dsn: str) -> str:
    return str(conninfo_to_dict(dsn)["dbname"])


@asynccontextmanager
async def store_in(
    dsn: str, schema: str = "public", role: str | None = None, *, co_located: bool = False
) -> AsyncIterator[PgvectorStore]:
    async def configure(connection: AsyncConnection[object]) -> None:
        await connection.set_autocommit(True)
        if role:
            await connection.execute(f'set role "{role}"')

    # An owner may have set its pool up like this; the store must not care.
    options = {"options": "-c search_path=", "row_factory": dict_row}
    async with AsyncConnectionPool(
        dsn, kwargs=options, configure=configure, open=False, min_size=1, max_size=4
    ) as pool:
        yield PgvectorStore(pool, schema, co_located=co_located)


async def test_extension_and_tables_may_be_in_any_schema_and_search_path_does_not_matter(
    database: str,
) -> None:
    quoted = '"Odd ""schema"" %s"'
    execute(
        database,
        "create schema ext",
        "create extension vector schema ext",
        f"create schema {quoted}",
    )
    async with store_in(database, SCHEMA) as store:
        for dimensions in (8, 2100):
            table = new_table(dimensions)
            await store.create(table)
            await store.upsert(table, 1, [point("1", vector=axis(0, dimensions))])
            assert await store.update_metadata(table, 2, [update("1")]) == set()
            hits = await found(store, table, {"word": "new"}, vector=axis(0, dimensions))
            assert [hit.key for hit in hits] == ["1"]
            await store.drop(table)


async def test_a_missing_extension_is_explained(database: str) -> None:
    async with store_in(database) as store:
        with pytest.raises(StoreError, match="pgvector") as caught:
            await store.create(new_table())
        assert "create extension vector" in caught.value.resolution
        execute(database, "create extension vector")
        await store.create(new_table())


async def test_a_missing_right_or_schema_is_explained_with_its_name(database: str, cluster: Cluster) -> None:
    role = f"{name_of(database)}_role"
    execute(database, "create extension vector", "create schema vectors", f'create role "{role}"')
    try:
        execute(database, f'grant usage on schema vectors to "{role}"')
        async with store_in(database, "vectors", role) as store:
            with pytest.raises(StoreError, match="schema vectors") as caught:
                await store.create(new_table())
            assert "create on schema vectors" in caught.value.resolution
        async with store_in(database, "nowhere") as store:
            with pytest.raises(StoreError, match="no schema nowhere"):
                await store.create(new_table())
    finally:
        execute(database, f'drop owned by "{role}"', f'drop role "{role}"')


FULL = """
    create function refuse() returns trigger language plpgsql as $$ begin
      raise exception using errcode = '{}', message = 'could not extend file "canary": No space left on device';
    end $$"""


@pytest.mark.parametrize("co_located", [True, False])
async def test_only_embedds_own_database_is_quoted(database: str, co_located: bool) -> None:
    """The words of a user's server may be anything, and those about a row may have its contents (Fault 90)."""
    execute(database, "create extension vector", FULL.format("53100"))
    async with store_in(database, co_located=co_located) as store:
        table = new_table()
        await store.create(table)
        execute(database, f'create trigger refuse before insert on "{table.name}" execute function refuse()')
        with pytest.raises(StoreError, match="failed at ") as caught:
            await store.upsert(table, 1, [point("1")])
        assert ("canary" in caught.value.message) == co_located
        assert co_located or caught.value.message.endswith("the disk of the server is full.")
        assert "Make room" in caught.value.resolution
        execute(database, FULL.format("22P02").replace("create function", "create or replace function"))
        with pytest.raises(RowsRefused, match=r"refuses a value of this row \(SQLSTATE 22P02\)\.$"):
            await store.upsert(table, 1, [point("1")])
        execute(database, FULL.format("23514").replace("create function", "create or replace function"))
        with pytest.raises(StoreError, match=r"failed at \w+ [^ ]+\.$") as caught:
            await store.upsert(table, 1, [point("1")])
        assert caught.value.resolution == StoreError.resolution


async def test_concurrent_creations_of_one_table_succeed(database: str) -> None:
    execute(database, "create extension vector")
    async with store_in(database) as store:
        table = new_table()
        await asyncio.gather(*(store.create(table) for _ in range(8)))
        await store.upsert(table, 1, [point("1")])
        assert await keys(store, table) == {"1"}


async def test_a_foreign_table_of_that_name_is_not_adopted(database: str) -> None:
    table = new_table()
    execute(database, "create extension vector", f"create table {table.name} (id int)")
    async with store_in(database) as store:
        with pytest.raises(StoreError, match="another shape"):
            await store.create(table)


@pytest.mark.parametrize(
    ("dimensions", "index"), [(2000, "vector_cosine_ops"), (2001, "halfvec_cosine_ops"), (4001, None)]
)
async def test_the_index_follows_the_number_of_dimensions(database: str, dimensions: int, index: str | None) -> None:
    execute(database, "create extension vector")
    table = new_table(dimensions)
    generator = np.random.default_rng(4)
    vectors = generator.normal(size=(60, dimensions)).astype(np.float32)
    async with store_in(database) as store:
        await store.create(table)
        await store.upsert(table, 1, [point(str(i), vector=vector) for i, vector in enumerate(vectors)])
        await store.index(table)
        hits = await found(store, table, vector=vectors[7], limit=60)
    exact = vectors @ vectors[7] / np.linalg.norm(vectors, axis=1) / np.linalg.norm(vectors[7])
    assert [int(hit.key) for hit in hits] == list(np.argsort(-exact))
    assert [hit.score for hit in hits] == pytest.approx(sorted(exact, reverse=True), abs=1e-5)
    with psycopg.connect(database) as connection:
        definitions = connection.execute(
            "select indexdef from pg_indexes where tablename = %s and indexdef like '%%hnsw%%'", [table.name]
        ).fetchall()
    assert [index in definition for (definition,) in definitions] == ([True] if index else [])


async def test_two_tasks_that_index_a_table_at_once_build_its_indexes_once(database: str) -> None:
    execute(database, "create extension vector")
    table = new_table(8)
    async with store_in(database) as store:
        await store.create(table)
        await store.upsert(table, 1, [point(str(i), vector=axis(i % 8, 8)) for i in range(8)])
        with psycopg.connect(database, autocommit=True) as other:
            # As another worker does while it builds.
            lock = "select pg_advisory_lock(hashtextextended('embedd.index', %s::text::regclass::oid::bigint))"
            other.execute(lock.encode(), [f'public."{table.name}"'])
            both = asyncio.gather(store.index(table), store.index(table))
            with pytest.raises(TimeoutError):
                await asyncio.wait_for(asyncio.shield(both), 1)
            other.execute("select pg_advisory_unlock_all()")
            await both
    with psycopg.connect(database) as connection:
        built = connection.execute("select indexdef from pg_indexes where tablename = %s", [table.name]).fetchall()
    assert sum("hnsw" in definition for (definition,) in built) == 1


@pytest.mark.parametrize("dimensions", [8, 2001])
async def test_a_search_uses_the_index(database: str, dimensions: int) -> None:
    execute(database, "create extension vector")
    table = new_table(dimensions)
    async with store_in(database) as store:
        await store.create(table)
        points = [point(str(i), vector=axis(i % 8, dimensions)) for i in range(50)]
        await store.upsert(table, 1, points)
        await store.index(table)
        # Small tables are read whole and sorted; without that choice the planner must find the index usable.
        for choice in ("enable_seqscan", "enable_sort"):
            execute(database, f'alter database "{name_of(database)}" set {choice} = off')
    async with store_in(database) as store:
        assert len(await found(store, table, vector=axis(0, dimensions), limit=5)) == 5
        async with store._transaction("explaining") as cursor:
            vector = Binary(binary_vector(axis(0, dimensions)))
            sent = statements(await store._extension(cursor), "public", table.name, dimensions)
            plans = []
            for statement in (sent.indexed("true", 5, 1), sent.exact("true", 5)):
                await cursor.execute("explain " + statement, {"vector": vector})
                plans.append("\n".join(row[0] for row in await cursor.fetchall()))
    uses = re.compile(r"Index Scan using \S+embedding_idx|Index Scan using \S+_expr_idx")
    assert uses.search(plans[0]) and not uses.search(plans[1]), plans


@pytest.mark.parametrize("dimensions", [8, 2001])
async def test_a_search_of_passages_uses_the_index(database: str, dimensions: int) -> None:
    execute(database, "create extension vector")
    table = replace(new_table(dimensions), chunked=True)
    async with store_in(database) as store:
        await store.create(table)
        points = [point(str(i), vector=[axis(i % 8, dimensions)], spans=[(0, 4)]) for i in range(50)]
        await store.upsert(table, 1, points)
        await store.index(table)
        for choice in ("enable_seqscan", "enable_sort", "enable_hashjoin", "enable_mergejoin"):
            execute(database, f'alter database "{name_of(database)}" set {choice} = off')
    async with store_in(database) as store:
        assert len(await found(store, table, vector=axis(0, dimensions), limit=5)) == 5
        async with store._transaction("explaining") as cursor:
            vector = Binary(binary_vector(axis(0, dimensions)))
            extension = await store._extension(cursor)
            sent = statements(extension, "public", table.name, dimensions, passages_name(table))
            await cursor.execute("explain " + sent.indexed("true", 5, 4), {"vector": vector})
            plan = "\n".join(row[0] for row in await cursor.fetchall())
    assert re.search(r"Index Scan using \S+_pass\S*_(embedding|expr)_idx on", plan), plan


async def test_searches_continue_after_the_extension_was_dropped_and_created_again(database: str) -> None:
    """The sessions have prepared their statements for types that no longer exist."""
    execute(database, "create extension vector")
    table = new_table()
    async with store_in(database) as store:
        for token in (1, 2):
            await store.create(table)
            await store.upsert(table, token, [point("1", vector=axis(0))])
            for _ in range(8):
                assert await keys(store, table) == {"1"}
            execute(database, "drop extension vector cascade")
            with pytest.raises(StoreError):
                await found(store, table)
            execute(database, "create extension vector")


async def test_a_table_whose_passages_are_gone_is_created_again(database: str) -> None:
    """Its rows' marks would say that nothing is missing."""
    execute(database, "create extension vector")
    table = replace(new_table(), chunked=True)
    async with store_in(database) as store:
        assert await store.create(table)
        assert not await store.create(table)
        await store.upsert(table, 1, [point("1", vector=[axis(0)], spans=[(0, 4)])])
        execute(database, f'drop table "{passages_name(table)}"')
        assert await store.create(table)
        assert await store.marks(table, ["1"]) == {}
        await store.drop(table)
        assert await store.create(table)


async def test_a_search_leaves_no_setting_behind(database: str) -> None:
    execute(database, "create extension vector")
    table = new_table()
    async with store_in(database) as store:
        await store.create(table)
        await found(store, table)
        async with store._pool.connection() as connection:
            cursor = await connection.execute("select pg_catalog.current_setting('enable_indexscan') as it")
            assert await cursor.fetchone() == {"it": "on"}
