"""The one gateway to SQL functions: named parameters in, rows out, SQLSTATEs turned into the declared errors.

Every call is one short transaction. Who acts travels as transaction settings, so no function has tenant parameters.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from functools import cache
from typing import Any

import psycopg
from psycopg import sql
from psycopg.rows import dict_row
from psycopg_pool import AsyncConnectionPool, PoolTimeout

import embedd_pg
from embedd_pg.database.connection import Connection, ServerSilent
from embedd_pg.errors import DatabaseRightMissing, DatabaseUnavailable, EmbeddError, SchemaVersionError

Row = dict[str, Any]
Pool = AsyncConnectionPool[psycopg.AsyncConnection[Row]]

#: Faults after which the same call is simply made again.
RETRIED = (psycopg.errors.SerializationFailure, psycopg.errors.DeadlockDetected, psycopg.OperationalError)
#: Of those, the ones that have waited long enough.
_WAITED = (psycopg.errors.QueryCanceled, psycopg.errors.LockNotAvailable)


class PlanOutdated(psycopg.OperationalError):
    """A session knows a function as it was before an upgrade; the next session knows it as it is."""


@dataclass(frozen=True, slots=True)
class Actor:
    """On whose behalf a call is made; the default is the self-hosted organization's owner in `prod`."""

    organization_id: str = ""
    environment_id: str = ""
    user_id: str = ""
    #: The API key it is made with; nobody's in a command.
    key_id: str = ""


class Database:
    """Calls functions of schema `embedd` through a connection pool."""

    #: How often a call is made at most.
    tries = 5

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def rows(self, function: str, /, actor: Actor | None = None, **named: Any) -> list[Row]:
        """All rows of one function call. Raises the EmbeddError its SQLSTATE stands for."""
        statement = _statement(function, tuple(named))
        for attempt in range(self.tries):
            try:
                return await self._execute(statement, named, actor)
            except RETRIED as error:
                if attempt == self.tries - 1 or isinstance(error, _WAITED):
                    raise translate(error) from error
                await asyncio.sleep(0.05 * 3**attempt)
            except psycopg.Error as error:
                raise translate(error) from error
        raise AssertionError("unreachable")

    async def row(self, function: str, /, actor: Actor | None = None, **named: Any) -> Row | None:
        """The first row, if any."""
        found = await self.rows(function, actor, **named)
        return found[0] if found else None

    async def value(self, function: str, /, actor: Actor | None = None, **named: Any) -> Any:
        """The only column of the only row."""
        found = await self.row(function, actor, **named)
        return next(iter(found.values())) if found else None

    async def _execute(self, statement: bytes, named: Row, actor: Actor | None) -> list[Row]:
        try:
            return await self._call(statement, named, actor)
        except ServerSilent:
            await self._pool.drain()  # its other connections lead to the same place
            raise

    async def _call(self, statement: bytes, named: Row, actor: Actor | None) -> list[Row]:
        async with self._pool.connection() as conn:
            try:
                return await self._send(conn, statement, named, actor)
            except psycopg.errors.FeatureNotSupported as error:
                if error.diag.source_function != "RevalidateCachedQuery":
                    raise
                # An upgrade gave the function other columns than it had when this session prepared the statement.
                await conn.close()
                raise PlanOutdated("The schema was upgraded.") from error

    async def _send(
        self, conn: psycopg.AsyncConnection[Row], statement: bytes, named: Row, actor: Actor | None
    ) -> list[Row]:
        if actor is None:
            return await (await conn.execute(statement, named)).fetchall()
        # Both statements in one message are one transaction.
        cursor = psycopg.AsyncClientCursor(conn, row_factory=dict_row)
        await cursor.execute(_ACTING + statement, {**named, **_acting(actor)})
        cursor.nextset()
        return await cursor.fetchall()


_ACTING = (
    b"select set_config('embedd.organization', %(acting organization)s, true),"
    b" set_config('embedd.environment', %(acting environment)s, true),"
    b" set_config('embedd.user', %(acting user)s, true),"
    b" set_config('embedd.key', %(acting key)s, true); "
)


def _acting(actor: Actor) -> Row:
    return {
        "acting organization": actor.organization_id,
        "acting environment": actor.environment_id,
        "acting user": actor.user_id,
        "acting key": actor.key_id,
    }


@cache
def _statement(function: str, names: tuple[str, ...]) -> bytes:
    """A call by name; kept, since the driver knows again what it has been given before."""
    parameters = (sql.SQL("{} => {}").format(sql.Identifier(name), sql.Placeholder(name)) for name in names)
    call = sql.SQL("select * from embedd.{}({})").format(sql.Identifier(function), sql.SQL(", ").join(parameters))
    return call.as_bytes(None)


class Session(Database):
    """Calls functions on one connection, inside the transaction its owner has begun; the owner may repeat it whole."""

    tries = 1

    def __init__(self, connection: psycopg.AsyncConnection[Any]) -> None:
        self._connection = connection

    async def _execute(self, statement: bytes, named: Row, actor: Actor | None) -> list[Row]:
        cursor = self._connection.cursor(row_factory=dict_row)
        return await (await cursor.execute(statement, named)).fetchall()


def repeatable(error: EmbeddError) -> bool:
    """Whether the transaction that failed with this may simply be made again."""
    return isinstance(error.__cause__, RETRIED) and not isinstance(error.__cause__, _WAITED)


def translate(error: psycopg.Error) -> EmbeddError:
    """The declared error for a driver error: ours by SQLSTATE, everything else as trouble with the database."""
    declared = EmbeddError.by_sqlstate.get(error.sqlstate or "")
    if declared is not None:
        return declared(error.diag.message_primary, resolution=error.diag.message_hint)
    if isinstance(error, psycopg.errors.InsufficientPrivilege):
        # PostgreSQL names the thing, as in: permission denied for table jobs.
        return DatabaseRightMissing(f"The database of embedd refused a call: {error.diag.message_primary}.")
    if isinstance(error, PoolTimeout | psycopg.OperationalError):
        return DatabaseUnavailable()
    if isinstance(error, psycopg.errors.InvalidSchemaName):
        return SchemaVersionError("This database has no schema embedd any more.", resolution="Run 'embedd migrate'.")
    return EmbeddError(f"The database refused an internal call (SQLSTATE {error.sqlstate}).")


async def open_pool(database_url: str, *, size: int = 8, options: str = "", timeout: float = 10.0) -> Pool:
    """A pool whose sessions time out instead of hanging: statements, locks, idle transactions, dead peers."""
    pool: Pool = AsyncConnectionPool(
        database_url,
        min_size=1,
        max_size=size,
        timeout=timeout,
        open=False,
        connection_class=Connection,
        kwargs={
            "autocommit": True,
            "row_factory": dict_row,
            # With the version: who looks at the sessions during an upgrade sees which programs are still old.
            "application_name": f"embedd {embedd_pg.__version__}",
            "connect_timeout": 10,
            "keepalives_idle": 10,
            "keepalives_interval": 5,
            "keepalives_count": 3,
            "tcp_user_timeout": 15_000,
            "options": "-c statement_timeout=120s -c lock_timeout=30s -c idle_in_transaction_session_timeout=60s"
            f" -c default_transaction_isolation=read\\ committed {options}",
        },
    )
    await pool.open()
    return pool
