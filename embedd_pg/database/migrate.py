"""Installation and upgrade: one script, whether `embedd migrate` runs it or prints it for other tools.

Migrations run once and are recorded in `embedd.migrations`. Functions, views and comments are applied each time. The
script is one transaction under one advisory lock, so concurrent installers do not disturb each other, and a failure
leaves nothing behind.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any, LiteralString

import psycopg

import embedd_pg
from embedd_pg.database.call import translate
from embedd_pg.database.sql_files import LINES, Migration, comments, functions, migrations, newest, part, views
from embedd_pg.errors import DatabaseUnavailable, SchemaVersionError

#: How often an installation is tried while other sessions use the objects it changes.
TRIES = 10


def script(lines: Sequence[str] = LINES, *, only_first: int | None = None, transaction: bool = True) -> str:
    """Return the whole installation as plain SQL: a transaction or, with `transaction=False`, a part of an open one.

    `only_first` stops after that many migrations (to test upgrades).
    """
    steps = migrations(lines)
    parts = [_TITLE.format(version=embedd_pg.__version__, lines="-".join(lines))]
    parts.append("begin;" if transaction else part("keep_settings"))
    parts += [head(lines), part("refuse_extension").replace("{version}", embedd_pg.__version__)]
    parts += [once(step) for step in steps[:only_first]]
    if only_first is None:
        parts += [*functions(lines), *views(lines), *comments(lines), part("capture_tail")]
        if "control" in lines:
            parts.append(part("control_tail"))
    parts.append("commit;\n" if transaction else part("give_back_settings"))
    return "\n".join(parts)


def head(lines: Sequence[str] = LINES) -> str:
    """Create the schema. Refuse one that is not embedd's, not the current role's, or newer than this program."""
    newer = " or ".join(f"(line = '{line}' and number > {number})" for line, number in newest(lines).items())
    return part("head").replace("{newer}", newer)


def once(step: Migration) -> str:
    """Return a migration as a statement that does nothing if it was applied before."""
    tag = f"$embedd_{step.line}_{step.number:04}$"
    return (
        f"do $embedd_once$\nbegin\n"
        f"if not exists (select from embedd.migrations where line = '{step.line}' and number = {step.number}) then\n"
        f"execute {tag}\n{step.sql}{tag};\n"
        f"insert into embedd.migrations (line, number, name) values ('{step.line}', {step.number}, '{step.name}');\n"
        f"end if;\nend\n$embedd_once$;\n"
    )


async def migrate(database_url: str, lines: Sequence[str] = LINES) -> str:
    """Upgrade the schema of a database, and return its version. Raise SchemaVersionError if it is newer."""
    async with await psycopg.AsyncConnection.connect(database_url, autocommit=True) as conn:
        await _apply(conn, script(lines))
        row = await (await conn.execute(_INSTALLED)).fetchall()
    return ", ".join(f"{line} {number}" for line, number in row)


async def _apply(conn: psycopg.AsyncConnection[tuple[Any, ...]], text: str) -> None:
    """Run the script. Roll back and retry, for about a minute in total, while other sessions lock its objects."""
    for attempt in range(1, TRIES + 1):
        try:
            await conn.execute(text.encode())
            return
        except (psycopg.errors.LockNotAvailable, psycopg.errors.DeadlockDetected) as error:
            await conn.rollback()
            if attempt == TRIES:
                raise DatabaseUnavailable(
                    "The tables of embedd could not be locked: long transactions are using them. Nothing was changed.",
                    resolution="Run it again when those transactions have ended; pg_stat_activity shows them.",
                ) from error
            await asyncio.sleep(0.5 * attempt)
        except psycopg.Error as error:
            raise translate(error) from error


async def check_schema(conn: psycopg.AsyncConnection[object]) -> None:
    """Refuse a database whose schema is older than this program, or too new to serve it, before any other call.

    A schema also serves programs of the previous release, so that an upgrade stops none of them.
    """
    # Ask the catalogue: a role without rights on the schema must not be told that the schema is missing.
    exists = await (await conn.execute(_THERE)).fetchone()
    if not _first(exists):
        raise SchemaVersionError("This database has no schema embedd.", resolution="Run 'embedd migrate'.")
    installed = await _numbers(conn, _INSTALLED)
    known = newest()
    older = any(installed.get(line, 0) < number for line, number in known.items())
    newer = any(number > known.get(line, 0) for line, number in installed.items())
    if newer and (older or not await _is_served(conn)):
        raise SchemaVersionError(
            "The schema embedd of this database is newer than this program.", resolution="Upgrade embedd-pg."
        )
    if older:
        raise SchemaVersionError(
            "The schema embedd of this database is older than this program.", resolution="Run 'embedd migrate'."
        )


async def _is_served(conn: psycopg.AsyncConnection[object]) -> bool:
    """Return whether a newer schema still serves this program."""
    says = await (await conn.execute("select to_regprocedure('embedd.oldest_program()') is not null as ok")).fetchone()
    if not _first(says):
        return False
    return is_served(await _numbers(conn, "select line, number from embedd.oldest_program()"))


def is_served(oldest: Mapping[str, int]) -> bool:
    """Return whether this program is at least as new as the oldest one served. Both are numbers of migrations."""
    known = newest()
    return all(known.get(line, 0) >= number for line, number in oldest.items())


async def _numbers(conn: psycopg.AsyncConnection[object], query: LiteralString) -> dict[str, int]:
    try:
        rows = map(_values, await (await conn.execute(query)).fetchall())
    except psycopg.errors.InsufficientPrivilege as error:
        raise translate(error) from error
    return {str(line): int(str(number)) for line, number in rows}


def _values(row: object) -> list[object]:
    return list(row.values()) if isinstance(row, dict) else list(row)  # type: ignore[call-overload]


def _first(row: object) -> object:
    return _values(row)[0]


_THERE = """
    select exists (select from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
                    where n.nspname = 'embedd' and c.relname = 'migrations') as ok"""
_INSTALLED = "select line, max(number) as number from embedd.migrations group by line order by line"

#: Liquibase reads these comments, and treats the script as one unit; to all other tools they are plain comments.
_TITLE = """\
--liquibase formatted sql
--changeset embedd:{lines}-{version} splitStatements:false stripComments:false runOnChange:true
-- embedd {version}: installs or upgrades schema embedd. Run it as often as you like; it is one transaction."""
