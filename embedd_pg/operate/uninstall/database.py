"""The removal of embedd from a database: list its objects and remove them, even from a broken or partial installation.

The SQL is that of embedd.uninstall(). It is sent from this program's files, as temporary functions of the session,
because the functions in the database may be missing or older.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import psycopg
from psycopg.rows import dict_row

from embedd_pg.database.call import translate
from embedd_pg.database.inline import as_temporary
from embedd_pg.database.pooler import find_pooler
from embedd_pg.errors import ConfigurationError, EmbeddError

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Part:
    """One object of an installation. If `removed` is false, the removal in this database does not reach it, and `note`
    says what to do."""

    kind: str
    name: str
    removed: bool
    note: str


@dataclass(frozen=True, slots=True)
class Installation:
    """The database's records of external objects, as rows of its tables.

    `state` is that of instance_state(), or `unknown` if the schema is too broken. `control` is false for a database
    with only a capture line.
    """

    control: bool
    state: str = "unknown"
    instance: Row = field(default_factory=dict)
    generations: tuple[Row, ...] = ()
    vector_tables: tuple[Row, ...] = ()
    connections: tuple[Row, ...] = ()


class StillUsed(EmbeddError):
    """Objects of users depend on objects that would be removed."""

    code = "still_used"
    resolution = "Drop or change them first. Nothing was removed."


class Leaving:
    """A session that removes embedd from its database."""

    def __init__(self, connection: psycopg.AsyncConnection[dict[str, Any]]) -> None:
        self._connection = connection

    async def parts(self) -> list[Part]:
        """Return all objects, in the order of their removal."""
        return [Part(**row) for row in await self._rows("select * from pg_temp.uninstall_parts()")]

    async def installation(self) -> Installation:
        """Return the database's records of external objects."""
        tables = {}
        for name in ("instance", "generations", "vector_tables", "connections"):
            if (await self._rows(f"select to_regclass('embedd.{name}') as t"))[0]["t"]:
                rows = await self._rows(f"select to_jsonb(t) as r from embedd.{name} t")  # noqa: S608
                tables[name] = tuple(row["r"] for row in rows)
        instance = tables.pop("instance", None)
        if instance is None and not tables:
            return Installation(control=False)
        # Without an instance no worker has run, so no external objects exist.
        state = await self._state() if instance else "new"
        return Installation(True, state, instance[0] if instance else {}, **tables)

    async def _state(self) -> str:
        try:
            return str((await self._rows("select pg_temp.instance_state() as s"))[0]["s"])
        except (psycopg.Error, EmbeddError):
            return "unknown"

    async def remove(self) -> list[Part]:
        """Remove everything in this database, or raise an error with the reason and remove nothing."""
        rows = await self._rows("select * from pg_temp.uninstall(confirm => true)")
        return [Part(**row) for row in rows]

    async def _rows(self, statement: str) -> list[dict[str, Any]]:
        try:
            return await (await self._connection.execute(statement.encode())).fetchall()
        except psycopg.errors.DependentObjectsStillExist as error:
            raise StillUsed(error.diag.message_primary) from error
        except psycopg.Error as error:
            raise translate(error) from error


@asynccontextmanager
async def leaving(database_url: str) -> AsyncIterator[Leaving]:
    """Open a session for the removal. Raise DatabaseUnavailable if the database is unreachable."""
    try:
        if not (await find_pooler(database_url)).keeps_sessions:
            raise ConfigurationError(
                "A pooler in front of PostgreSQL may give each transaction another session; this command needs one.",
                resolution="For this command, set EMBEDD_DATABASE_URL to the address of PostgreSQL itself.",
            )
        connection = await psycopg.AsyncConnection.connect(
            database_url, autocommit=True, row_factory=dict_row, connect_timeout=10, application_name="embedd uninstall"
        )
    except psycopg.Error as error:
        raise translate(error) from error
    async with connection:
        try:
            # The functions' bodies name tables that may be missing.
            await connection.execute("set check_function_bodies = off")
            for text in as_temporary(_FUNCTIONS):
                await connection.execute(text.encode())
        except psycopg.Error as error:
            raise EmbeddError(
                f"The role may not create temporary functions in that database (SQLSTATE {error.sqlstate}).",
                resolution="Connect as the owner of schema embedd, who needs the right TEMPORARY on the database.",
            ) from error
        yield Leaving(connection)


#: In the order of creation: each function after those it calls.
_FUNCTIONS = ("read_identity", "instance_state", "uninstall_parts", "uninstall")
