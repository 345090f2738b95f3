"""Install and upgrade: one script, the same whether `embedd migrate` runs it or prints it for other tools.

Migrations run once and are remembered in `embedd.migrations`; functions, views and comments are re-applied each time.
The script is one transaction under one advisory lock, so twenty installers at once are as good as one, and a failure
leaves nothing.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import takewhile
from pathlib import Path
from typing import Any, LiteralString

import psycopg

import embedd_pg
from embedd_pg.database.call import translate
from embedd_pg.errors import ConfigurationError, DatabaseUnavailable, SchemaVersionError

LINES = ("capture", "control")
#: How often an installation begins when others use what it changes.
TRIES = 10


@dataclass(frozen=True, slots=True)
class Migration:
    """One numbered file of a line, run once."""

    line: str
    number: int
    name: str
    sql: str


def sql_directory() -> Path:
    """Where the SQL lies: inside the installed package, or at the top of a checkout."""
    package = Path(embedd_pg.__file__).parent
    for candidate in (package / "sql", package.parent / "sql"):
        if (candidate / "control").is_dir():
            return candidate
    raise ConfigurationError("The SQL files of embedd are missing from this installation.")


def migrations(lines: Sequence[str] = LINES) -> list[Migration]:
    """All migrations in the order they run."""
    found = []
    for line in lines:
        for path in sorted((sql_directory() / line / "migrations").glob("*.sql")):
            number, _, name = path.stem.partition("_")
            found.append(Migration(line, int(number), name, path.read_text(encoding="utf-8")))
    return found


def newest(lines: Sequence[str] = LINES) -> dict[str, int]:
    """The newest migration of each line that this program brings."""
    return {step.line: step.number for step in migrations(lines)}


def functions(lines: Sequence[str] = LINES) -> Iterator[str]:
    """The text of each function file, with what it promises as its comment. Order does not matter: bodies are not
    checked while they load."""
    for line in lines:
        for path in sorted((sql_directory() / line / "functions").rglob("*.sql")):
            yield with_comment("function", path)


def views(lines: Sequence[str] = LINES) -> Iterator[str]:
    """The text of each view file. Views read tables alone, so their order does not matter either."""
    for line in lines:
        for path in sorted((sql_directory() / line / "views").glob("*.sql")):
            yield with_comment("view", path)


def comments(lines: Sequence[str] = LINES) -> Iterator[str]:
    """What is said about tables and all that belongs to them."""
    for line in lines:
        yield (sql_directory() / line / "comments.sql").read_text(encoding="utf-8")


def with_comment(kind: str, path: Path) -> str:
    """A file's text, its leading comment being the comment of what it makes, unless it gives one of its own."""
    text = path.read_text(encoding="utf-8")
    if f"\ncomment on {kind} embedd.{path.stem}" in text:
        return text
    said = takewhile(lambda line: line.startswith("--"), text.splitlines())
    sentence = " ".join(line.removeprefix("--").strip() for line in said).replace("'", "''")
    return f"{text}comment on {kind} embedd.{path.stem} is '{sentence}';\n"


def script(lines: Sequence[str] = LINES, *, only_first: int | None = None, transaction: bool = True) -> str:
    """The whole install as plain SQL, in a transaction of its own; `transaction=False`: for one that is open already.

    `only_first` stops after that many migrations (to test upgrades).
    """
    steps = migrations(lines)
    parts = [_TITLE.format(version=embedd_pg.__version__, lines="-".join(lines)), "begin;" if transaction else _KEEP]
    parts += [head(lines), _NOT_THE_EXTENSIONS.replace("{version}", embedd_pg.__version__)]
    parts += [once(step) for step in steps[:only_first]]
    if only_first is None:
        parts += [*functions(lines), *views(lines), *comments(lines), _TAIL]
        if "control" in lines:
            parts.append(_ROLES)
    parts.append("commit;\n" if transaction else _GIVE_BACK)
    return "\n".join(parts)


def head(lines: Sequence[str] = LINES) -> str:
    """Makes the schema, or refuses one that is not ours, not the current role's, or newer than this program."""
    known = " or ".join(f"(line = '{line}' and number > {number})" for line, number in newest(lines).items())
    return _HEAD.replace("{known}", known)


def once(step: Migration) -> str:
    """A migration as a statement that does nothing where it was done before."""
    tag = f"$embedd_{step.line}_{step.number:04}$"
    return (
        f"do $embedd_once$\nbegin\n"
        f"if not exists (select from embedd.migrations where line = '{step.line}' and number = {step.number}) then\n"
        f"execute {tag}\n{step.sql}{tag};\n"
        f"insert into embedd.migrations (line, number, name) values ('{step.line}', {step.number}, '{step.name}');\n"
        f"end if;\nend\n$embedd_once$;\n"
    )


async def migrate(database_url: str, lines: Sequence[str] = LINES) -> str:
    """Bring the schema of a database up to date; returns its version. Raises SchemaVersionError on a newer one."""
    async with await psycopg.AsyncConnection.connect(database_url, autocommit=True) as conn:
        await _apply(conn, script(lines))
        row = await (await conn.execute(_INSTALLED)).fetchall()
    return ", ".join(f"{line} {number}" for line, number in row)


async def _apply(conn: psycopg.AsyncConnection[tuple[Any, ...]], text: str) -> None:
    """Run the script. While others use what it changes it gives way and tries again, for some minute in all."""
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
    """Refuse a database whose schema is older than this program, or newer and no longer made to serve it, before
    anything is done in it. A schema serves programs of the release before, so that an upgrade stops nobody."""
    # In the catalogue, for who may not use the schema must not be told that there is none.
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
    """Whether a newer schema says that it still serves this program."""
    says = await (await conn.execute("select to_regprocedure('embedd.oldest_program()') is not null as ok")).fetchone()
    if not _first(says):
        return False
    return is_served(await _numbers(conn, "select line, number from embedd.oldest_program()"))


def is_served(oldest: Mapping[str, int]) -> bool:
    """Whether this program is no older than the oldest one that a schema serves; both by migrations of each line."""
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

#: Liquibase reads its comments, and keeps the whole together; to all others they are comments.
_TITLE = """\
--liquibase formatted sql
--changeset embedd:{lines}-{version} splitStatements:false stripComments:false runOnChange:true
-- embedd {version}: installs or upgrades schema embedd. Run it as often as you like; it is one transaction."""

#: In somebody else's transaction our settings would reach past our end.
_KEEP = """\
select pg_catalog.set_config('embedd.kept_' || name, pg_catalog.current_setting(name), true)
  from pg_catalog.unnest(
    array['client_min_messages', 'check_function_bodies', 'search_path', 'lock_timeout']) as name;"""
_GIVE_BACK = """\
select set_config(name, current_setting('embedd.kept_' || name), true)
  from unnest(array['client_min_messages', 'check_function_bodies', 'search_path', 'lock_timeout']) as name;
"""

_HEAD = """\
-- Locks on tables are waited for 2 s at most, for whoever writes meanwhile queues behind. If it fails with
-- lock_not_available (55P03), nothing was changed: run it again.
select pg_catalog.pg_advisory_xact_lock(pg_catalog.hashtextextended('embedd.migrate', 0));
set local lock_timeout = '2s';
set local client_min_messages = warning;
set local check_function_bodies = off;
set local search_path = pg_catalog, pg_temp;
do $embedd_install$
begin
  if to_regnamespace('embedd') is null then
    -- Plain CREATE: whatever somebody else made under our names is never adopted.
    create schema embedd;
    create table embedd.migrations (
      line       text not null check (line in ('capture', 'control')),
      number     int not null,
      name       text not null,
      applied_at timestamptz not null default now(),
      primary key (line, number)
    );
  elsif (select pg_get_userbyid(nspowner) <> current_user from pg_namespace where nspname = 'embedd') then
    -- Not for members or superusers either: objects of several owners, or code of an owner one did not expect.
    raise exception using errcode = 'EBX01',
      message = format('The schema embedd belongs to another role, not to %s.', current_user),
      hint = format('Run the upgrade as %s.',
                    (select pg_get_userbyid(nspowner) from pg_namespace where nspname = 'embedd'));
  elsif to_regclass('embedd.migrations') is null then
    raise exception using errcode = 'EBX01', message = 'There is a schema embedd in this database that is not ours.',
      hint = 'Rename or drop it, then run the installation again.';
  elsif exists (select from embedd.migrations where {known}) then
    raise exception using errcode = 'EBX01', message = 'The schema embedd of this database is newer than this program.',
      hint = 'Upgrade embedd-pg; nothing was changed.';
  end if;
end
$embedd_install$;
"""

_NOT_THE_EXTENSIONS = """\
do $embedd_extension$
declare
  v_version text := (select extversion from pg_extension where extname = 'embedd');
begin
  -- What is made outside its scripts is none of the extension's, and in its way from then on.
  if v_version <> '{version}' then
    raise exception using errcode = 'EBX01',
      message = format('The schema embedd of this database belongs to the extension embedd, version %s.', v_version),
      hint = 'This program brings {version}. Install its extension files, then run: alter extension embedd update';
  end if;
end
$embedd_extension$;
"""

_TAIL = """\
-- Nothing here is for everybody, and the generated trigger functions follow their generator.
-- One by one: of another's function, which a superuser may have added, nothing can be revoked.
do $embedd_rights$
declare
  v_function regprocedure;
begin
  for v_function in
    select p.oid from pg_proc p
     where p.pronamespace = 'embedd'::regnamespace and pg_has_role(p.proowner, 'usage')
       and (p.proacl is null or exists (select from aclexplode(p.proacl) where grantee = 0))
  loop
    execute format('revoke all on function %s from public', v_function);
  end loop;
end
$embedd_rights$;
select embedd_internal.create_capture_role();
select embedd_internal.generate_capture(id) from embedd.captures where source_table in (select oid from pg_class);
"""

_ROLES = """\
select embedd_internal.seed_models();
-- Roles are made only by those who may make roles; the rights are listed in embedd.role_rights().
select embedd_internal.create_definer_role();
select embedd.create_roles();
select embedd.grant_rights();
"""
