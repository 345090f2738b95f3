"""The indexes of pgvector tables: built after a table was filled, concurrently with writes.

During its first fill a table needs no indexes, and maintaining them row by row takes thirty times as long as building
them afterwards.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager, nullcontext
from typing import Any

from psycopg import AsyncConnection, AsyncCursor, sql
from psycopg.rows import TupleRow

_PRESENT = """
    select a.amname, x.indisvalid, n.nspname, i.relname
    from pg_catalog.pg_index x
      join pg_catalog.pg_class i on i.oid = x.indexrelid
      join pg_catalog.pg_namespace n on n.oid = i.relnamespace
      join pg_catalog.pg_am a on a.oid = i.relam
    where x.indrelid = %s::bigint::oid and (a.amname = 'hnsw' or a.amname = 'gin' and x.indexprs is null)"""

# Building an HNSW index is fast while it fits into this memory: the vectors and some links.
_SETTINGS = """
    select pg_catalog.set_config('statement_timeout', '0', false),
           pg_catalog.set_config('lock_timeout', '0', false),
           pg_catalog.set_config('maintenance_work_mem',
             least(1024, greatest(64, 1.3 * pg_catalog.pg_table_size(%s::bigint::oid::regclass) / 2^20))::int || 'MB',
             false)"""
_SETTINGS_BEFORE = """
    select pg_catalog.current_setting('statement_timeout'), pg_catalog.current_setting('lock_timeout'),
           pg_catalog.current_setting('maintenance_work_mem')"""
_SETTINGS_AFTER = """
    select pg_catalog.set_config('statement_timeout', %s, false), pg_catalog.set_config('lock_timeout', %s, false),
           pg_catalog.set_config('maintenance_work_mem', %s, false)"""
#: Seconds between two attempts to get the lock on builds. A statement that waits for it would be a transaction, which
#: CREATE INDEX CONCURRENTLY in turn waits for.
WAIT = 0.5
_LOCK = "select pg_catalog.pg_try_advisory_lock(pg_catalog.hashtextextended('embedd.index', %s))"
_UNLOCK = "select pg_catalog.pg_advisory_unlock(pg_catalog.hashtextextended('embedd.index', %s))"


async def build_indexes(
    connection: AsyncConnection[Any],
    cursor: AsyncCursor[TupleRow],
    oid: int,
    wanted: Iterable[tuple[str, sql.Composed]],
) -> None:
    """Build those of `wanted` (kind, statement) that are missing; idempotent. The connection must be in autocommit
    mode."""
    async with building(connection, cursor, oid):
        present = await _present(cursor, oid)
        for kind, statement in wanted:
            if kind not in present:
                await cursor.execute(statement, [])


@asynccontextmanager
async def building(connection: AsyncConnection[Any], cursor: AsyncCursor[TupleRow], oid: int) -> AsyncIterator[None]:
    """Let statements on a table take as long as they need, while no other task builds something for it."""
    connection.silence = None  # type: ignore[attr-defined]
    try:
        # Behind a pooler neither a lock nor a setting lasts from one statement to the next. The lease of the task that
        # fills the table keeps other workers out, and the settings are those of the role.
        async with nullcontext() if getattr(connection, "pooled", False) else _alone(connection, cursor, oid):
            yield
    finally:
        del connection.silence  # type: ignore[attr-defined]


@asynccontextmanager
async def _alone(connection: AsyncConnection[Any], cursor: AsyncCursor[TupleRow], oid: int) -> AsyncIterator[None]:
    """Hold the lock on builds of a table, with the settings for a build. Wait while another task builds its indexes."""
    while True:
        await cursor.execute(_LOCK, [oid])
        if (await cursor.fetchone() or [False])[0]:
            break
        await asyncio.sleep(WAIT)
    await cursor.execute(_SETTINGS_BEFORE, [])
    before = list(await cursor.fetchone() or ())
    try:
        await cursor.execute(_SETTINGS, [oid])
        yield
    finally:
        if not (connection.closed or connection.broken):
            await cursor.execute(_SETTINGS_AFTER, before)
            await cursor.execute(_UNLOCK, [oid])


async def _present(cursor: AsyncCursor[TupleRow], oid: int) -> set[str]:
    """Return the kinds of indexes that exist. Remove invalid ones, which a crash during a build leaves."""
    found = set()
    await cursor.execute(_PRESENT, [oid])
    for kind, valid, schema, name in await cursor.fetchall():
        if valid:
            found.add(kind)
        else:
            # Drop it concurrently: a plain drop would wait for a lock, with all other sessions queued behind it.
            await cursor.execute(sql.SQL("drop index concurrently {}").format(sql.Identifier(schema, name)))
    return found
