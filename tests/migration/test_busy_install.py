"""An upgrade gives way to transactions that use the objects it changes, and is applied completely or not at all."""

from __future__ import annotations

import asyncio

import psycopg
import pytest

from embedd_pg.database import migrate as migrating
from embedd_pg.database.migrate import migrate, script
from embedd_pg.database.sql_files import migrations
from embedd_pg.errors import DatabaseUnavailable
from tests.migration.dump import dump

IN_USE = "begin; select from embedd.vector_tables"


async def older(dsn: str) -> psycopg.AsyncConnection[object]:
    """A session that uses a table of an older schema."""
    session = await psycopg.AsyncConnection.connect(dsn, autocommit=True)
    await session.execute(script(only_first=len(migrations(("capture",))) + 12).encode())
    await session.execute(IN_USE)
    return session


async def test_an_installation_waits_releases_its_locks_and_retries(database: str) -> None:
    async with await older(database) as user:
        upgrade = asyncio.create_task(migrate(database))
        await asyncio.sleep(2.5)  # longer than one try waits
        async with await psycopg.AsyncConnection.connect(database, autocommit=True) as other:
            # Nobody queues behind it between two tries.
            await other.execute("set statement_timeout = '10s'")
            await other.execute("select from embedd.vector_tables")
        assert not upgrade.done()
        await user.execute("commit")
        assert await upgrade


async def test_an_installation_gives_up_on_an_endless_transaction(
    database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(migrating, "TRIES", 1)
    async with await older(database):
        before = dump(database)
        with pytest.raises(DatabaseUnavailable, match="long transactions"):
            await migrate(database)
        assert dump(database) == before


async def test_installers_wait_for_one_another_without_limit(database: str) -> None:
    """The time limit is for locks that others queue behind."""
    async with await psycopg.AsyncConnection.connect(database, autocommit=True) as other:
        await other.execute("select pg_advisory_lock(hashtextextended('embedd.migrate', 0))")
        upgrade = asyncio.create_task(migrate(database))
        await asyncio.sleep(2.5)
        assert not upgrade.done()
        await other.execute("select pg_advisory_unlock_all()")
        assert await upgrade
