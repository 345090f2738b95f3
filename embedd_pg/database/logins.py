"""Login roles for `embedd up`, which is given a superuser but must not serve as one.

The superuser only migrates and creates these roles. In a server of the user's own there are two, one for the API and
one for the worker, with the rights listed in docs/how-to/dba.md. In the private server there is one, the owner of the
database, as whom users create their tables.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, quote, urlencode, urlsplit, urlunsplit

import psycopg
from psycopg import sql

from embedd_pg.credentials import SecretBox
from embedd_pg.database.call import translate
from embedd_pg.database.session_settings import SessionSettings
from embedd_pg.errors import ConfigurationError, DatabaseUnavailable

Connection = psycopg.AsyncConnection[tuple[Any, ...]]
OWNER = "embedd_owner"
#: The start of the comment on roles created by embedd; embedd.uninstall() recognises them by it.
_OURS = "Made by embedd"
_SETTINGS = SessionSettings({"search_path": "pg_catalog, pg_temp", "lock_timeout": "2s", "statement_timeout": "2min"})
_TRAITS = "login nosuperuser nocreaterole noreplication nobypassrls"


@dataclass(frozen=True, slots=True)
class Logins:
    """The database URLs of API and worker."""

    api: str
    worker: str


async def provide_logins(database_url: str, box: SecretBox) -> Logins:
    """Create or repair the roles of API and worker in the database of a superuser's URL, and grant missing rights.

    Their passwords are derived from the secret key: they are the same at every start, and for all processes that share
    key and database.
    """
    async with _as_superuser(database_url) as conn:
        database = (await _rows(conn, "select oid from pg_database where datname = current_database()"))[0][0]
        names = {kind: f"embedd_{kind}_{database}" for kind in ("api", "worker")}
        passwords = {name: box.digest(name, "password of a login role").hex() for name in names.values()}
        for kind, group in (("api", "embedd_admin"), ("worker", "embedd_worker")):
            await _provide_role(conn, names[kind], passwords[names[kind]], purpose=f"the {kind} of embedd up")
            await conn.execute(sql.SQL("grant {} to {}").format(sql.Identifier(group), sql.Identifier(names[kind])))
        for (statement,) in await _rows(conn, _MISSING, names):
            await conn.execute(str(statement).encode())
    api, worker = (with_login(database_url, name, passwords[name]) for name in (names["api"], names["worker"]))
    return Logins(api, worker)


async def provide_owner(superuser_url: str, password: str) -> str:
    """Return the URL of the private database's owner.

    Create the owner if it is missing, and make it own all objects of the superuser, in whose name earlier versions
    created them.
    """
    async with _as_superuser(superuser_url) as conn:
        await _provide_role(conn, OWNER, password, traits=f"{_TRAITS} createdb", purpose="owns the private database")
        owns = "select pg_get_userbyid(datdba) = %(owner)s from pg_database where datname = current_database()"
        if not (await _rows(conn, owns, {"owner": OWNER}))[0][0]:
            for (statement,) in await _rows(conn, _HAND_OVER, {"owner": OWNER}):
                await conn.execute(str(statement).encode())
    return with_login(superuser_url, OWNER, password)


def with_login(database_url: str, user: str, password: str) -> str:
    """Return the URL of the same database for another user."""
    parts = urlsplit(database_url)
    place = parts.netloc.rpartition("@")[2]
    kept = [(name, value) for name, value in parse_qsl(parts.query) if name not in ("user", "password", "passfile")]
    login = f"{quote(user, safe='')}:{quote(password, safe='')}@{place}"
    return urlunsplit((parts.scheme, login, parts.path, urlencode(kept, quote_via=quote), parts.fragment))


@asynccontextmanager
async def _as_superuser(database_url: str) -> AsyncIterator[Connection]:
    """Open one transaction in which no object created by users shadows PostgreSQL's own."""
    try:
        async with await psycopg.AsyncConnection.connect(
            database_url, connect_timeout=10, application_name="embedd roles"
        ) as conn:
            await conn.execute(_SETTINGS.local)
            await conn.execute("select pg_advisory_xact_lock(hashtextextended('embedd.logins', 0))")
            yield conn
    except psycopg.errors.LockNotAvailable as error:
        raise DatabaseUnavailable(
            "The owner of a table could not be changed, because a long transaction uses it. Nothing was changed.",
            resolution="Start again when that transaction has ended; pg_stat_activity shows it.",
        ) from error
    except psycopg.Error as error:
        raise translate(error) from error


async def _rows(conn: Connection, statement: str, values: dict[str, Any] | None = None) -> list[tuple[Any, ...]]:
    return await (await conn.execute(statement.encode(), values)).fetchall()


async def _provide_role(conn: Connection, name: str, password: str, *, purpose: str, traits: str = _TRAITS) -> None:
    """Create or alter a role that can log in and has no power over the server. Refuse a role of other origin."""
    found = await _rows(
        conn, "select shobj_description(oid, 'pg_authid') from pg_roles where rolname = %(name)s", {"name": name}
    )
    if found and not str(found[0][0]).startswith(_OURS):
        raise ConfigurationError(
            f"There is a role {name} in this cluster that embedd did not create.",
            resolution="Rename or drop it, then start again.",
        )
        # Send SCRAM's verifier, because the statement may be logged.
    verifier = conn.pgconn.encrypt_password(password.encode(), name.encode(), b"scram-sha-256").decode()
    statement = sql.SQL("{} role {} " + traits + " password {}")
    verb = sql.SQL("alter" if found else "create")
    await conn.execute(statement.format(verb, sql.Identifier(name), sql.Literal(verifier)))
    if not found:
        comment = sql.Literal(f"{_OURS}: {purpose}.")
        await conn.execute(sql.SQL("comment on role {} is {}").format(sql.Identifier(name), comment))


#: The grants of docs/how-to/dba.md: the right to read users' tables, present and future, and for platform mode the
#: right to create tables in their schemas. Vector tables that a worker created as a superuser become the role's own.
_MISSING = """
    with place as (
      select n.oid, n.nspname from pg_namespace n
       where n.nspname !~ '^pg_' and n.nspname not in ('information_schema', 'embedd', 'embedd_internal')
         and not exists (select from pg_depend d
                          where d.classid = 'pg_namespace'::regclass and d.objid = n.oid and d.deptype = 'e')
    ), login (name) as (values (%(api)s::name), (%(worker)s))
    select format('alter table %%I.%%I owner to %%I', g.store_schema, g.store_table, %(worker)s::name)
      from embedd.generations g join embedd.vector_tables v on v.id = g.vector_table_id
      join embedd.connections s on s.id = v.connection_id and s.host is null
      join pg_class c on c.relname = g.store_table and c.relnamespace = to_regnamespace(quote_ident(g.store_schema))
      join pg_roles o on o.oid = c.relowner and o.rolsuper
    union all
    select format('grant usage on schema %%I to %%I', nspname, name)
      from place, login where not has_schema_privilege(name, oid, 'usage')
    union all
    select format('grant create on schema %%I to %%I', nspname, %(worker)s::name)
      from place where not has_schema_privilege(%(worker)s::name, oid, 'create')
    union all
    select format('grant select on all tables in schema %%I to %%I', nspname, name)
      from place, login
     where exists (select from pg_class c where c.relnamespace = place.oid and c.relkind in ('r', 'p', 'v', 'm', 'f')
                      and not has_table_privilege(name, c.oid, 'select'))
    union all
    select format('alter default privileges in schema %%I grant select on tables to %%I', nspname, name)
      from place, login
    union all
    select format('alter default privileges for role %%I grant select on tables to %%I',
                  %(worker)s::name, %(api)s::name)
"""

#: Extensions and their objects stay with the superuser. Sequences of columns follow their tables.
_HAND_OVER = """
    with mine as (
      select r.oid from pg_roles r where r.rolname in (session_user, 'embedd_capture', 'embedd_definer')
    ), theirs as (select classid, objid from pg_depend where deptype = 'e' and refclassid = 'pg_extension'::regclass)
    select format('alter database %%I owner to %%I', current_database(), %(owner)s::name)
    union all
    select format('alter schema %%I owner to %%I', n.nspname, %(owner)s::name) from pg_namespace n
     where n.nspowner in (table mine) and n.oid >= 16384 and n.nspname !~ '^pg_'
       and ('pg_namespace'::regclass, n.oid) not in (table theirs)
    union all
    select format('alter %%s %%s owner to %%I', case c.relkind when 'c' then 'type' else 'table' end,
                  c.oid::regclass, %(owner)s::name) from pg_class c
     where c.relowner in (table mine) and c.oid >= 16384 and c.relkind in ('r', 'p', 'v', 'm', 'f', 'S', 'c')
       and c.relpersistence <> 't' and ('pg_class'::regclass, c.oid) not in (table theirs)
       and not exists (select from pg_depend d where d.classid = 'pg_class'::regclass and d.objid = c.oid
                          and d.refclassid = 'pg_class'::regclass and d.deptype in ('a', 'i') and c.relkind = 'S')
    union all
    select format('alter routine %%s owner to %%I', p.oid::regprocedure, %(owner)s::name) from pg_proc p
     where p.proowner in (table mine) and p.oid >= 16384 and ('pg_proc'::regclass, p.oid) not in (table theirs)
    union all
    select format('alter type %%s owner to %%I', t.oid::regtype, %(owner)s::name) from pg_type t
     where t.typowner in (table mine) and t.oid >= 16384 and t.typtype in ('e', 'd', 'r')
       and ('pg_type'::regclass, t.oid) not in (table theirs)
"""
