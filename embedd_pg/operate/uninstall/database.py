"""Leaving a database: what there is of embedd in it, and its removal, also where it is broken or half installed.

The SQL of the removal is that of embedd.uninstall(). It is sent from its own files, as functions of the session,
because those in the database may be missing or older.
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
from embedd_pg.errors import EmbeddError

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Part:
    """One thing that belongs to an installation. `removed` is false for what removal in this database does not reach;
    then `note` says what to do about it."""

    kind: str
    name: str
    removed: bool
    note: str


@dataclass(frozen=True, slots=True)
class Installation:
    """What the database says about all that lies outside it, as rows of its tables. `state` is that of
    instance_state(), or `unknown` where the schema is too broken to tell; `control`: it is more than a capture line."""

    control: bool
    state: str = "unknown"
    instance: Row = field(default_factory=dict)
    generations: tuple[Row, ...] = ()
    vector_tables: tuple[Row, ...] = ()
    connections: tuple[Row, ...] = ()


class StillUsed(EmbeddError):
    """Objects of people's own use what would be removed."""

    code = "still_used"
    resolution = "Drop them first, or change them. Nothing was removed."


class Leaving:
    """A session that removes embedd from its database."""

    def __init__(self, connection: psycopg.AsyncConnection[dict[str, Any]]) -> None:
        self._connection = connection

    async def parts(self) -> list[Part]:
        """All there is, in the order in which it goes."""
        return [Part(**row) for row in await self._rows("select * from pg_temp.uninstall_parts()")]

    async def installation(self) -> Installation:
        """What the database knows of things outside it."""
        tables = {}
        for name in ("instance", "generations", "vector_tables", "connections"):
            if (await self._rows(f"select to_regclass('embedd.{name}') as t"))[0]["t"]:
                rows = await self._rows(f"select to_jsonb(t) as r from embedd.{name} t")  # noqa: S608
                tables[name] = tuple(row["r"] for row in rows)
        instance = tables.pop("instance", None)
        if instance is None and not tables:
            return Installation(control=False)
        # Without an instance no worker has run, so there is nothing outside.
        state = await self._state() if instance else "new"
        return Installation(True, state, instance[0] if instance else {}, **tables)

    async def _state(self) -> str:
        try:
            return str((await self._rows("select pg_temp.instance_state() as s"))[0]["s"])
        except (psycopg.Error, EmbeddError):
            return "unknown"

    async def remove(self) -> list[Part]:
        """Remove all that is in this database, or nothing: then an error says why."""
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
    """A session for the removal; DatabaseUnavailable when the database cannot be reached."""
    try:
        connection = await psycopg.AsyncConnection.connect(
            database_url, autocommit=True, row_factory=dict_row, connect_timeout=10, application_name="embedd uninstall"
        )
    except psycopg.Error as error:
        raise translate(error) from error
    async with connection:
        try:
            # Their bodies name tables that may be missing.
            await connection.execute("set check_function_bodies = off")
            for text in as_temporary(_FUNCTIONS):
                await connection.execute(text.encode())
        except psycopg.Error as error:
            raise EmbeddError(
                f"The role may not make temporary functions in that database (SQLSTATE {error.sqlstate}).",
                resolution="Connect as the owner of schema embedd, who needs the right TEMPORARY on the database.",
            ) from error
        yield Leaving(connection)


#: Each after those it calls.
_FUNCTIONS = ("read_identity", "instance_state", "uninstall_parts", "uninstall")
