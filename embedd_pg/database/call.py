"""The gateway to SQL functions: takes named parameters, returns rows, and turns SQLSTATEs into the declared errors.

Every call is one short transaction. The acting user is passed in transaction settings, so no function has parameters
for tenants.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import cache
from time import monotonic
from typing import Any

import psycopg
from psycopg import sql
from psycopg.rows import dict_row
from psycopg_pool import PoolTimeout

import embedd_pg
from embedd_pg.database.connection import ServerSilent, SettingsLost
from embedd_pg.database.pool import SessionPool, open_sessions
from embedd_pg.database.refused import refused
from embedd_pg.database.session_settings import SessionSettings, duration
from embedd_pg.database.sql_files import qualify
from embedd_pg.errors import (
    DatabaseRefused,
    DatabaseRightMissing,
    DatabaseUnavailable,
    EmbeddError,
    SchemaVersionError,
)
from embedd_pg.joined import Joined
from embedd_pg.turns import Turns

Row = dict[str, Any]
Pool = SessionPool

#: Errors after which the same call is repeated.
RETRIED = (psycopg.errors.SerializationFailure, psycopg.errors.DeadlockDetected, psycopg.OperationalError)
#: Those of them that have already waited long enough.
_WAITED = (psycopg.errors.QueryCanceled, psycopg.errors.LockNotAvailable)


class SessionOutdated(psycopg.OperationalError):
    """The session still sees the database as it was before a change. Another session sees it as it is."""


@dataclass(frozen=True, slots=True)
class Actor:
    """The user on whose behalf a call is made; by default the self-hosted organization's owner, in `prod`."""

    organization_id: str = ""
    environment_id: str = ""
    user_id: str = ""
    #: The API key of the request; empty for commands.
    key_id: str = ""


class Database:
    """Calls of functions in schemas `embedd` and `embedd_internal`, made through a connection pool.

    `patience` is the number of seconds after which a failed call is not repeated. `turns` bounds the number of
    sessions that an organization has at once.
    """

    #: How often a call is attempted at most.
    tries = 5

    def __init__(self, pool: Pool, *, patience: float | None = None, turns: Turns | None = None) -> None:
        self._pool = pool
        self._patience = patience
        self._turns = turns
        self._joined: Joined[Row | None] = Joined()

    async def rows(self, function: str, /, actor: Actor | None = None, **named: Any) -> list[Row]:
        """Return all rows of one function call. Raise the EmbeddError that its SQLSTATE stands for."""
        statement = _statement(function, tuple(named))
        if self._turns is None or actor is None or not actor.organization_id:
            return await self._repeated(statement, named, actor)
        async with self._turns.turn(actor.organization_id):
            return await self._repeated(statement, named, actor)

    async def _repeated(self, statement: bytes, named: Row, actor: Actor | None) -> list[Row]:
        until = None if self._patience is None else monotonic() + self._patience
        for attempt in range(self.tries):
            rest = 0.05 * 3**attempt
            try:
                return await self._execute(statement, named, actor, until)
            except RETRIED as error:
                late = until is not None and monotonic() + rest > until
                if late or attempt == self.tries - 1 or isinstance(error, _WAITED):
                    raise translate(error) from error
                await asyncio.sleep(rest)
            except psycopg.Error as error:
                raise translate(error) from error
        raise AssertionError("unreachable")

    async def row(self, function: str, /, actor: Actor | None = None, **named: Any) -> Row | None:
        """Return the first row, or None."""
        found = await self.rows(function, actor, **named)
        return found[0] if found else None

    async def value(self, function: str, /, actor: Actor | None = None, **named: Any) -> Any:
        """Return the only column of the only row, or None."""
        found = await self.row(function, actor, **named)
        return next(iter(found.values())) if found else None

    async def joined_row(self, function: str, /, actor: Actor | None = None, **named: Any) -> Row | None:
        """Return the first row of a call that only reads, like `row`. Those who make the same call at the same time
        share one, which begins after they asked."""
        identity = (function, actor, *named.items())
        return await self._joined.call(identity, lambda: self.row(function, actor, **named))

    async def _execute(self, statement: bytes, named: Row, actor: Actor | None, until: float | None) -> list[Row]:
        try:
            return await self._call(statement, named, actor, until)
        except ServerSilent:
            await self._pool.drain()  # its other connections lead to the same server
            raise

    async def _call(self, statement: bytes, named: Row, actor: Actor | None, until: float | None) -> list[Row]:
        async with self._pool.connection(until and max(0.0, until - monotonic())) as conn:
            try:
                return await self._send(conn, statement, named, actor)
            except (psycopg.errors.FeatureNotSupported, psycopg.errors.ReadOnlySqlTransaction) as error:
                # An upgrade changed the columns of the function after this session prepared the statement, or the
                # session began while transactions were read-only.
                if error.sqlstate != "25006" and error.diag.source_function != "RevalidateCachedQuery":
                    raise
                await conn.close()
                raise SessionOutdated(str(error)) from error

    async def _send(
        self, conn: psycopg.AsyncConnection[Row], statement: bytes, named: Row, actor: Actor | None
    ) -> list[Row]:
        if actor is None:
            return await (await conn.execute(statement, named)).fetchall()
        # Both statements are sent in one message, so they are one transaction.
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
    """Return a call by name. It is cached, because the driver recognises and prepares a statement given before."""
    parameters = (sql.SQL("{} => {}").format(sql.Identifier(name), sql.Placeholder(name)) for name in names)
    name = sql.Identifier(*qualify(function).split("."))
    call = sql.SQL("select * from {}({})").format(name, sql.SQL(", ").join(parameters))
    return call.as_bytes(None)


class Session(Database):
    """Calls of functions on one connection, inside a transaction of its owner, who may repeat it as a whole."""

    tries = 1

    def __init__(self, connection: psycopg.AsyncConnection[Any]) -> None:
        self._connection = connection
        self._patience = self._turns = None
        self._joined = Joined()

    async def _execute(self, statement: bytes, named: Row, actor: Actor | None, until: float | None) -> list[Row]:
        cursor = self._connection.cursor(row_factory=dict_row)
        return await (await cursor.execute(statement, named)).fetchall()


def repeatable(error: EmbeddError) -> bool:
    """Return whether the transaction that failed with this error may be repeated."""
    return isinstance(error.__cause__, RETRIED) and not isinstance(error.__cause__, _WAITED)


def translate(error: psycopg.Error) -> EmbeddError:
    """Return the declared error for a driver error: embedd's own by SQLSTATE, all others as database errors."""
    declared = EmbeddError.by_sqlstate.get(error.sqlstate or "")
    if declared is not None:
        return declared(error.diag.message_primary, resolution=error.diag.message_hint)
    if isinstance(error, psycopg.errors.InsufficientPrivilege):
        # PostgreSQL names the object, as in: permission denied for table jobs.
        return DatabaseRightMissing(f"The database of embedd refused a call: {error.diag.message_primary}.")
    if isinstance(error, _WAITED):
        return DatabaseUnavailable(
            "A statement in the database exceeded its time limit, or waited too long for a lock.",
            resolution="Repeat the request later. EMBEDD_STATEMENT_TIMEOUT sets the limit for requests.",
        )
    if isinstance(error, SettingsLost):
        return DatabaseRefused(
            f"Something between embedd and PostgreSQL does not keep a session's settings: {error}",
            resolution="Connect to PostgreSQL itself, or through a pooler that embedd can detect, such as PgBouncer.",
        )
    if isinstance(error, PoolTimeout | psycopg.OperationalError):
        return refused(error) or DatabaseUnavailable()
    if isinstance(error, psycopg.errors.InvalidSchemaName):
        return SchemaVersionError("This database no longer has a schema embedd.", resolution="Run 'embedd migrate'.")
    return EmbeddError(f"The database refused an internal call (SQLSTATE {error.sqlstate}).")


async def open_pool(
    database_url: str,
    *,
    size: int = 8,
    settings: Mapping[str, str] | None = None,
    timeout: float = 10.0,
    statement_timeout: float = 120.0,
) -> Pool:
    """Return a pool whose sessions time out instead of hanging: on statements, locks, idle transactions, dead peers.

    `settings` are further settings of its sessions.
    """
    made = {
        "statement_timeout": duration(statement_timeout),
        "lock_timeout": "30s",
        "idle_in_transaction_session_timeout": "1min",
        "default_transaction_isolation": "read committed",
        "default_transaction_read_only": "off",
    }
    return await open_sessions(
        database_url,
        SessionSettings(made | dict(settings or {})),
        size=size,
        kept=1,
        timeout=timeout,
        statement_timeout=statement_timeout,
        # The version shows in pg_stat_activity which programs are still old during an upgrade.
        application_name=f"embedd {embedd_pg.__version__}",
    )


#: Sessions that authenticate requests, and the seconds that may take. Authentication reads one row: a database that
#: needs longer for it is down.
ADMISSION_SESSIONS, ADMISSION_PATIENCE = 2, 1.8
#: Seconds to wait for the first session, before anything is served.
FIRST_PATIENCE = 30.0


@dataclass(frozen=True, slots=True)
class RequestDatabases:
    """The control database as used by requests.

    `admission` authenticates and counts requests, independently of the load on `work`, which does everything else.
    """

    admission: Database
    work: Database


@asynccontextmanager
async def request_databases(
    database_url: str, *, sessions: int = 8, statement_timeout: float
) -> AsyncIterator[RequestDatabases]:
    """Open both databases for the block. An organization uses at most half of the `sessions` for requests."""
    patience = ADMISSION_PATIENCE
    admission = await open_pool(
        database_url, size=ADMISSION_SESSIONS, timeout=patience, statement_timeout=0.8 * patience
    )
    work = await open_pool(database_url, size=sessions, timeout=patience, statement_timeout=statement_timeout)
    try:
        try:
            await admission.wait(FIRST_PATIENCE)
        except PoolTimeout as error:
            raise translate(error) from error
        yield RequestDatabases(
            Database(admission, patience=patience),
            Database(work, patience=patience, turns=Turns(max(1, sessions // 2))),
        )
    finally:
        await admission.close(timeout=1)
        await work.close(timeout=1)
