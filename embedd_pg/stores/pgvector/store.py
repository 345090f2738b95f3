"""The pgvector store: one table per generation, in a schema of the customer's database (platform mode).

Each write is one statement per batch, whose condition compares tokens, so that PostgreSQL itself refuses late writes.
Vectors are sent in pgvector's binary format. Filters become SQL in which all values and field names are parameters. No
statement relies on a search_path: pgvector's types and operators are named with their schema.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Collection, Iterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager, contextmanager
from typing import Any, Protocol

import numpy as np
import orjson
import psycopg
from numpy.typing import NDArray
from psycopg import AsyncConnection, AsyncCursor, errors, sql
from psycopg.rows import TupleRow
from psycopg_pool import PoolTimeout

from embedd_pg.errors import StoreError
from embedd_pg.stores.base import (
    Filter,
    Hit,
    Mark,
    MetadataUpdate,
    Point,
    StoreTable,
    batches,
    check_vector,
    metadata_json,
    point_weight,
    storable_metadata,
    storable_text,
    update_weight,
)
from embedd_pg.stores.passage import passage_by_words
from embedd_pg.stores.pgvector.binary import COLUMNS, Binary, binary_vector, binary_vectors, encode_copy
from embedd_pg.stores.pgvector.errors import explain
from embedd_pg.stores.pgvector.extension import (
    MAX_INDEXED_HALF,
    Extension,
    cursor_on,
    find_extension,
    identifier,
    is_half,
)
from embedd_pg.stores.pgvector.index import build_indexes, building
from embedd_pg.stores.pgvector.lexical import ranked_rows
from embedd_pg.stores.pgvector.passages import (
    create_passages,
    delete_passages,
    insert_passages,
    passages_name,
    passages_table,
    replace_passages,
)
from embedd_pg.stores.pgvector.rights import copy_rights, guard_rows
from embedd_pg.stores.pgvector.search import Search
from embedd_pg.stores.pgvector.vectors import read_vectors
from embedd_pg.stores.pgvector.words import Words, has_room

PAGE = 1000

_CREATE = sql.SQL(
    """
    create table {table} (
      pk_value text primary key,
      embedding {vector}({dimensions}),
      embedded_text text not null default '',
      metadata jsonb not null default '{{}}',
      row_hash text generated always as (text_hash || '.' || metadata_hash) stored,
      token bigint not null,
      text_hash text,
      metadata_hash text,
      dead boolean not null default false,
      truncated boolean not null default false
    )"""
)

# Keep vectors in the row as long as it fits its page: fetching them from TOAST costs more than it saves.
_INLINE = sql.SQL("alter table {} alter embedding set storage main, set (toast_tuple_target = 8160)")
MAX_INLINE = 1600

_SHAPE = """
    select c.oid::bigint, a.atttypmod,
      exists (select from pg_catalog.pg_attribute o where o.attrelid = c.oid and o.attname = 'pk_value')
    from pg_catalog.pg_class c
      join pg_catalog.pg_namespace n on n.oid = c.relnamespace
      left join pg_catalog.pg_attribute a on a.attrelid = c.oid and a.attname = 'embedding'
    where n.nspname = %s and c.relname = %s"""

# One statement with arrays, and vectors in binary: 21,000 rows a second of 384 dimensions without the HNSW index (COPY
# into a temporary table: 35,000, but that bloats the catalogue; vectors as text: 3,200). With the index, its
# maintenance dominates: 1.4 ms a row, so 700 rows a second.
# The caller sorts keys, so that two batches lock their common rows in the same order.
_UPSERT = sql.SQL(
    """
    insert into {table} as stored
      (pk_value, embedding, embedded_text, metadata, token, text_hash, metadata_hash, truncated)
    select u.k, u.e, u.x, u.m::jsonb, %(token)s, u.t, u.h, u.c
    from unnest(%(keys)s::text[], %(vectors)b::{vector}[], %(texts)s::text[], %(metadata)s::text[],
                %(text_hashes)s::text[], %(metadata_hashes)s::text[], %(truncated)s::boolean[])
      as u(k, e, x, m, t, h, c)
    on conflict (pk_value) do update set
      embedding = excluded.embedding, embedded_text = excluded.embedded_text, metadata = excluded.metadata,
      token = excluded.token, text_hash = excluded.text_hash, metadata_hash = excluded.metadata_hash,
      dead = false, truncated = excluded.truncated
    where stored.token < excluded.token
    returning stored.pk_value"""
)

_DELETE = sql.SQL(
    """
    insert into {table} as stored (pk_value, token, dead)
    select u.k, %(token)s, true from unnest(%(keys)s::text[]) as u(k)
    on conflict (pk_value) do update set
      embedding = null, embedded_text = '', metadata = '{{}}', token = excluded.token, text_hash = null,
      metadata_hash = null, dead = true, truncated = false
    where stored.token < excluded.token"""
)

_UPDATE = sql.SQL(
    """
    with given as (
      select * from unnest(%(keys)s::text[], %(text_hashes)s::text[], %(metadata_hashes)s::text[],
                           %(metadata)s::text[]) as u(k, t, h, m)
    ), locked as (
      select stored.pk_value from {table} stored join given on stored.pk_value = given.k
      where stored.token < %(token)s and not stored.dead and stored.text_hash = given.t
      order by stored.pk_value for update of stored
    )
    update {table} stored
    set metadata = given.m::jsonb, metadata_hash = given.h, token = %(token)s
    from given join locked on locked.pk_value = given.k
    where stored.pk_value = given.k"""
)

# After the update, a row that still has an older token was not updated: it has another text, or is dead.
_MISSING = sql.SQL(
    """
    select u.k from unnest(%(keys)s::text[]) as u(k) left join {table} stored on stored.pk_value = u.k
    where stored.token is null or stored.token < %(token)s"""
)

_MARKS = sql.SQL("select pk_value, token, text_hash, metadata_hash, dead from {} where pk_value = any(%s)")
_FIRST_PAGE = sql.SQL("select pk_value, token, text_hash, metadata_hash, dead from {} order by pk_value limit %s")
_NEXT_PAGE = sql.SQL(
    "select pk_value, token, text_hash, metadata_hash, dead from {} where pk_value > %s order by pk_value limit %s"
)


class Sessions(Protocol):
    """A pool of sessions with the store's database."""

    def connection(self) -> AbstractAsyncContextManager[psycopg.AsyncConnection[Any]]: ...


class PgvectorStore:
    """A store whose tables are in `schema`. The pool belongs to the caller, and `close` leaves it open. A co-located
    store is in the database of embedd."""

    def __init__(self, pool: Sessions, schema: str, *, co_located: bool = False) -> None:
        self._pool = pool
        self._schema = schema
        self._co_located = co_located
        self._search = Search(schema)
        self._found: Extension | None = None
        #: The connection for all calls, in a transaction begun by its owner; None: each call uses its own.
        self._joined: AsyncConnection[Any] | None = None

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[tuple[PgvectorStore, AsyncConnection[Any]]]:
        """Yield a store and its connection, whose work is one transaction.

        The commit does not wait for the disk: it acknowledges in the same transaction what it writes, so a crash of the
        server that loses it leaves the work to be done again.
        """
        with self._translate_errors("writing"):
            async with self._pool.connection() as connection, connection.transaction():
                await connection.execute("set local synchronous_commit = off")
                store = PgvectorStore(self._pool, self._schema, co_located=self._co_located)
                store._found, store._joined = self._found, connection
                yield store, connection
                self._found = store._found

    async def create(self, table: StoreTable) -> bool:
        async with self._transaction(f"creating {table.name}") as cursor:
            extension = await self._extension(cursor)
            # The lock prevents two concurrent creations, of which one would fail in the catalogue.
            await cursor.execute(
                "select pg_catalog.pg_advisory_xact_lock(pg_catalog.hashtextextended(%s, 0))",
                [f"{self._schema}.{table.name}"],
            )
            existing = await self._shape(cursor, table.name)
            if existing is not None and await self._vectors_gone(cursor, table, existing):
                # The marks in the main table would say that nothing is missing. Start over.
                await self._drop(cursor, table)
                existing = None
            if existing is None:
                await Words(cursor.connection, self._schema, table).drop()
                await cursor.execute(
                    _CREATE.format(
                        table=self._named(table),
                        vector=extension.qualify("vector"),
                        dimensions=sql.Literal(table.dimensions),
                    ),
                    [],
                )
                if table.dimensions <= MAX_INLINE:
                    await cursor.execute(_INLINE.format(self._named(table)), [])
                # Do not index the token: every write changes it, so PostgreSQL could never update a row in place.
                await cursor.execute(sql.SQL("create index on {} (dead) where dead").format(self._named(table)), [])
                if table.chunked:
                    await create_passages(cursor, extension, self._schema, table)
                await copy_rights(cursor, self._schema, table, _names(table))
            elif existing[1] != table.dimensions:
                raise StoreError(f"A relation named {table.name} already exists, with another shape.")
            await guard_rows(cursor, self._schema, table, _names(table))
            await Words(cursor.connection, self._schema, table).hide()
            return existing is None

    async def index(self, table: StoreTable) -> None:
        """Build the indexes for searches, concurrently with writes."""
        with self._translate_errors(f"indexing {table.name}"):
            async with self._pool.connection() as connection:
                cursor = cursor_on(connection)
                extension = await self._extension(cursor)
                # Behind a pooler the session comes with a transaction, in which no index is built concurrently.
                await connection.commit()
                for name in _names(table):
                    shape = await self._shape(cursor, name)
                    if shape is None:
                        raise StoreError(f"There is no table {name}.")
                    await build_indexes(connection, cursor, shape[0], self._indexes(table, name, extension))
                await self._make_words(connection, table)

    async def tend(self, table: StoreTable) -> None:
        with self._translate_errors(f"indexing {table.name}"):
            async with self._pool.connection() as connection:
                await connection.commit()
                if has_room(table) and await Words(connection, self._schema, table).tend():
                    await self._make_words(connection, table)

    async def _make_words(self, connection: AsyncConnection[Any], table: StoreTable) -> None:
        cursor = cursor_on(connection)
        shape = await self._shape(cursor, table.name)
        if shape is not None and has_room(table):
            async with building(connection, cursor, shape[0]):
                await Words(connection, self._schema, table).make()

    async def drop(self, table: StoreTable) -> None:
        async with self._transaction(f"dropping {table.name}") as cursor:
            # Readers queue behind a drop that waits, so it gives up soon; the worker tries again.
            await cursor.execute("set local lock_timeout = '2s'")
            await self._drop(cursor, table)

    async def _drop(self, cursor: AsyncCursor[TupleRow], table: StoreTable) -> None:
        if table.chunked:
            await cursor.execute(sql.SQL("drop table if exists {}").format(passages_table(self._schema, table)), [])
        await cursor.execute(sql.SQL("drop table if exists {}").format(self._named(table)), [])
        await Words(cursor.connection, self._schema, table).drop()

    async def _vectors_gone(self, cursor: AsyncCursor[TupleRow], table: StoreTable, shape: TupleRow) -> bool:
        """Return whether a table of embedd has lost its vectors: dropping the extension drops every column of its
        types, and somebody may have dropped the passages."""
        _, dimensions, ours = shape
        if dimensions is None:
            return bool(ours)
        if not table.chunked or dimensions != table.dimensions:
            return False
        passages = await self._shape(cursor, passages_name(table))
        return passages is None or passages[1] is None

    async def upsert(self, table: StoreTable, token: int, points: Sequence[Point]) -> None:
        await self._write(table, token, points)

    async def _write(self, table: StoreTable, token: int, points: Sequence[Point]) -> set[str]:
        """Write the points, and return the keys that were written."""
        written: set[str] = set()
        for batch in batches(_by_key(points), point_weight(table)):
            vectors = [None if p.vector is None or table.chunked else check_vector(table, p.vector) for p in batch]
            async with self._transaction("writing points") as cursor:
                extension = await self._extension(cursor)
                await cursor.execute(
                    _UPSERT.format(table=self._named(table), vector=extension.qualify("vector")),
                    {
                        "token": token,
                        "keys": [point.key for point in batch],
                        "vectors": binary_vectors(extension.vector_oid, vectors),
                        "texts": [storable_text(point.text) for point in batch],
                        "metadata": [metadata_json(table, point).decode() for point in batch],
                        "text_hashes": [point.text_hash for point in batch],
                        "metadata_hashes": [point.metadata_hash for point in batch],
                        "truncated": [point.truncated for point in batch],
                    },
                )
                kept = {row[0] for row in await cursor.fetchall()}
                if table.chunked:
                    mine = [point for point in batch if point.key in kept]
                    await replace_passages(cursor, extension, self._schema, table, mine)
                written |= kept
        return written

    async def insert(self, table: StoreTable, token: int, points: Sequence[Point]) -> Sequence[Point]:
        """Write points that are probably new, like `upsert`. Return those that were written.

        Call it only within `transaction()`. COPY writes all points unless one already exists.
        """
        assert self._joined is not None
        cursor = cursor_on(self._joined)
        extension = await self._extension(cursor)
        statement = sql.SQL("copy {} ({}) from stdin (format binary)").format(
            self._named(table), sql.SQL(", ").join(map(sql.Identifier, COLUMNS))
        )
        try:
            async with self._joined.transaction(), cursor.copy(statement) as copy:
                await copy.write(encode_copy(table, token, points))
        except errors.UniqueViolation:
            written = await self._write(table, token, points)
            return [point for point in points if point.key in written]
        if table.chunked:
            await insert_passages(cursor, extension, self._schema, table, points)
        return points

    async def update_metadata(self, table: StoreTable, token: int, updates: Sequence[MetadataUpdate]) -> set[str]:
        missing: set[str] = set()
        for batch in batches(_by_key(updates), update_weight):
            parameters = {
                "token": token,
                "keys": [update.key for update in batch],
                "text_hashes": [update.text_hash for update in batch],
                "metadata_hashes": [update.metadata_hash for update in batch],
                "metadata": [_json(storable_metadata(table, update.metadata)) for update in batch],
            }
            async with self._transaction("writing metadata") as cursor:
                await cursor.execute(_UPDATE.format(table=self._named(table)), parameters)
                await cursor.execute(_MISSING.format(table=self._named(table)), parameters)
                missing |= {row[0] for row in await cursor.fetchall()}
        return missing

    async def delete(self, table: StoreTable, token: int, keys: Sequence[str]) -> None:
        for batch in batches(sorted(set(keys)), len):
            async with self._transaction("writing tombstones") as cursor:
                await cursor.execute(_DELETE.format(table=self._named(table)), {"token": token, "keys": list(batch)})
                if table.chunked:
                    await delete_passages(cursor, self._schema, table, batch)

    async def marks(self, table: StoreTable, keys: Sequence[str]) -> dict[str, Mark]:
        async with self._transaction("reading marks") as cursor:
            await cursor.execute(_MARKS.format(self._named(table)), [list(keys)])
            return {row[0]: Mark(*row[1:]) for row in await cursor.fetchall()}

    async def vectors(self, table: StoreTable, keys: Sequence[str]) -> dict[str, NDArray[np.float32]]:
        async with self._transaction("reading vectors") as cursor:
            return await read_vectors(cursor, self._schema, table, keys)

    async def search(
        self,
        table: StoreTable,
        vector: NDArray[np.float32],
        *,
        limit: int,
        filter: Filter | None = None,
        min_score: float | None = None,
    ) -> list[Hit]:
        binary = Binary(binary_vector(check_vector(table, vector)))
        with self._translate_errors("searching"):
            async with self._pool.connection() as connection:
                extension = self._found or await self._extension(cursor_on(connection))
                rows = await self._search.rows(connection, extension, table, binary, limit=limit, filter=filter)
        hits = [
            Hit(key, max(-1.0, min(1.0, 1 - distance)), orjson.loads(metadata), *rest)
            for key, distance, metadata, *rest in rows
        ]
        # The index may order by rounded numbers, so sort by the exact score.
        hits.sort(key=lambda hit: -hit.score)
        return hits if min_score is None else [hit for hit in hits if hit.score >= min_score]

    async def search_lexical(
        self, table: StoreTable, query: str, *, limit: int, filter: Filter | None = None
    ) -> list[Hit]:
        with self._translate_errors("searching"):
            async with self._pool.connection() as connection:
                rows = await ranked_rows(
                    connection, self._schema, table, storable_text(query), limit=limit, filter=filter
                )
        if not table.chunked:
            return [Hit(*row) for row in rows]
        return [
            Hit(key, score, metadata, text, passage_by_words(text, spans, query, table.language) if spans else None)
            for key, score, metadata, text, spans in rows
        ]

    async def scan(self, table: StoreTable) -> AsyncIterator[Collection[tuple[str, Mark]]]:
        """Yield the rows page by page, by key. No snapshot is held while the caller works."""
        statement, last = _FIRST_PAGE.format(self._named(table)), list[str]()
        while True:
            async with self._transaction("scanning") as cursor:
                await cursor.execute(statement, [*last, PAGE])
                page = [(row[0], Mark(*row[1:])) for row in await cursor.fetchall()]
            if page:
                yield page
            if len(page) < PAGE:
                return
            statement, last = _NEXT_PAGE.format(self._named(table)), [page[-1][0]]

    async def discard(self, table: StoreTable, strays: Sequence[str]) -> None:
        """Do nothing: the table has no strays, because each row has a key and a token."""

    async def prune(self, table: StoreTable, before_token: int) -> None:
        statement = sql.SQL("delete from {} where dead and token < %s").format(self._named(table))
        async with self._transaction("pruning") as cursor:
            await cursor.execute(statement, [before_token])

    async def close(self) -> None:
        return

    async def _shape(self, cursor: AsyncCursor[TupleRow], name: str) -> TupleRow | None:
        """Return oid and dimensions of a table, and whether it has embedd's key; None if it does not exist."""
        await cursor.execute(_SHAPE, [self._schema, name])
        return await cursor.fetchone()

    def _named(self, table: StoreTable) -> sql.Identifier:
        return identifier(self._schema, table.name)

    def _indexes(self, table: StoreTable, name: str, extension: Extension) -> Iterator[tuple[str, sql.Composed]]:
        """Yield the indexes of the main table or of the passages, by kind. PostgreSQL chooses their names."""
        on, of_rows = identifier(self._schema, name), name == table.name
        if table.dimensions <= MAX_INDEXED_HALF and table.chunked != of_rows:
            yield (
                "hnsw",
                sql.SQL("create index concurrently on {} using hnsw ({} {}){}").format(
                    on,
                    extension.index_expression(table.dimensions),
                    extension.qualify("halfvec_cosine_ops" if is_half(table.dimensions) else "vector_cosine_ops"),
                    sql.SQL(" where not dead" if of_rows else ""),
                ),
            )
        if of_rows and table.fields:
            yield "gin", sql.SQL("create index concurrently on {} using gin (metadata jsonb_path_ops)").format(on)

    async def _extension(self, cursor: AsyncCursor[TupleRow]) -> Extension:
        if self._found is None:
            self._found = await find_extension(cursor)
        return self._found

    @asynccontextmanager
    async def _transaction(self, doing: str) -> AsyncIterator[AsyncCursor[TupleRow]]:
        """Open a transaction for SQL. Driver errors become StoreError in this place only."""
        with self._translate_errors(doing):
            if self._joined is not None:
                yield cursor_on(self._joined)
                return
            async with self._pool.connection() as connection, connection.transaction():
                yield cursor_on(connection)

    @contextmanager
    def _translate_errors(self, doing: str) -> Iterator[None]:
        try:
            yield
        except (psycopg.Error, PoolTimeout) as error:
            self._found = None
            raise explain(error, doing, schema=self._schema, co_located=self._co_located) from error


def _names(table: StoreTable) -> list[str]:
    """Return the names of its tables."""
    return [table.name, passages_name(table)] if table.chunked else [table.name]


def _by_key(items: Sequence[Any]) -> list[Any]:
    """Return one item per key, the first, as if they had been written one by one with the same token."""
    first = {item.key: item for item in reversed(items)}
    return [first[key] for key in sorted(first)]


def _json(metadata: Mapping[str, Any]) -> str:
    return json.dumps(metadata, ensure_ascii=False)
