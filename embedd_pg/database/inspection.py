"""Inspection: a session that examines a database with the rights of a given role, for embedd doctor."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any

import psycopg
from psycopg.rows import dict_row

from embedd_pg.database.call import Row, translate
from embedd_pg.database.connection import REACHING, Connection
from embedd_pg.database.listen import CHANNEL
from embedd_pg.database.migrate import check_schema
from embedd_pg.database.pooler import Pooler, find_pooler
from embedd_pg.database.session_settings import SessionSettings
from embedd_pg.errors import EmbeddError

_SETTINGS = SessionSettings({"statement_timeout": "30s"})
_RIGHTS = "See the result of the check of rights."


class Inspection:
    """One query at a time. A query that fails raises an EmbeddError with the reason."""

    def __init__(self, connection: psycopg.AsyncConnection[Row], database_url: str) -> None:
        self._connection = connection
        self._database_url = database_url

    async def rows(self, statement: str, *values: Any) -> list[Row]:
        try:
            cursor = await self._connection.execute(statement.encode(), values or None)
            return await cursor.fetchall() if cursor.description else []
        except psycopg.errors.InsufficientPrivilege as error:
            raise EmbeddError(f"{str(error.diag.message_primary).capitalize()}.", resolution=_RIGHTS) from error
        except psycopg.Error as error:
            raise translate(error) from error

    async def value(self, statement: str, *values: Any) -> Any:
        rows = await self.rows(statement, *values)
        return next(iter(rows[0].values())) if rows else None

    async def has_table(self, name: str) -> bool:
        """Return whether embedd has the table in this database."""
        return bool(await self.value("select to_regclass('embedd.' || %s) is not null", name))

    async def check_schema(self) -> None:
        """Raise SchemaVersionError if schema and program do not match."""
        await check_schema(self._connection)

    async def pooler(self) -> Pooler:
        """Return what is in front of the server: nothing, or a pooler and its mode."""
        try:
            return await find_pooler(self._database_url)
        except psycopg.Error as error:
            raise translate(error) from error

    async def hears_itself(self) -> bool:
        """Return whether a notification sent on such a session comes back to it within two seconds."""
        async with await _connect(self._database_url) as conn:
            with suppress(psycopg.Error):
                await conn.execute(f"listen {CHANNEL}".encode())
                await conn.execute(f"notify {CHANNEL}".encode())
                async for _ in conn.notifies(timeout=2, stop_after=1):
                    return True
        return False


async def _connect(database_url: str) -> psycopg.AsyncConnection[Row]:
    session = await Connection.connect(
        database_url, autocommit=True, row_factory=dict_row, application_name="embedd doctor", **REACHING
    )
    await session.settle(_SETTINGS)
    return session


@asynccontextmanager
async def inspecting(database_url: str) -> AsyncIterator[Inspection]:
    """Open an inspection. Raise DatabaseUnavailable if the database is unreachable."""
    try:
        connection = await _connect(database_url)
    except psycopg.Error as error:
        raise translate(error) from error
    async with connection:
        yield Inspection(connection, database_url)
