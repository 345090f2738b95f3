"""Excess powers: whether a role can do more in the server than embedd needs.

API and worker refuse to run as such a role, because an attacker who exploits them would gain its powers.
"""

from __future__ import annotations

import psycopg
import structlog

from embedd_pg.database.call import translate
from embedd_pg.errors import ConfigurationError

log = structlog.get_logger(__name__)

GRANTS = (
    "As a superuser: create role search_api login password '…'; grant embedd_admin to search_api; create role"
    " search_worker login password '…'; grant embedd_worker to search_worker; grant select on your tables to"
    " search_worker. Then name them in EMBEDD_DATABASE_URL; docs/how-to/dba.md has the whole list."
)
_THROW_AWAY = " EMBEDD_ALLOW_SUPERUSER=1 allows it, for servers whose loss does not matter."

#: The greatest power that the session's role has or can assume: session_user, because SET ROLE can be undone.
EXCESS = """
    select session_user as name, rolname as power, rolsuper as super
      from pg_catalog.pg_roles
     where (rolsuper or rolname in ('pg_read_server_files', 'pg_write_server_files', 'pg_execute_server_program'))
       and pg_catalog.pg_has_role(session_user, oid, 'member')
     order by rolsuper desc, rolname = session_user desc, rolname limit 1"""
_SUPER = "select rolsuper from pg_catalog.pg_roles where rolname = session_user"


def describe(name: str, power: str, *, is_super: bool) -> str:
    """Return one sentence about the power that was found."""
    if name == power:
        return f"{name} is a superuser."
    if is_super:
        return f"{name} can become the superuser {power}."
    return f"{name} is a member of {power}, which reaches the server's own files and programs."


async def refuse_excess(database_url: str, *, allowed: bool) -> None:
    """Raise ConfigurationError if the role of a URL has such a power; if `allowed`, only log a warning."""
    found = await _first(database_url, EXCESS)
    if found is None:
        return
    name, power, is_super = found
    sentence = describe(str(name), str(power), is_super=bool(is_super))
    if not allowed:
        raise ConfigurationError(
            f"The API and the worker refuse to run with a superuser's powers: {sentence}",
            resolution=GRANTS + _THROW_AWAY,
        )
    log.warning(
        "excess_powers", message=f"An attacker who exploits embedd could take over the whole server. {sentence}"
    )


async def is_superuser(database_url: str) -> bool:
    """Return whether the user of a URL is a superuser."""
    return (await _first(database_url, _SUPER) or (False,))[0] is True


async def _first(database_url: str, statement: str) -> tuple[object, ...] | None:
    try:
        async with await psycopg.AsyncConnection.connect(database_url, autocommit=True, connect_timeout=10) as conn:
            return await (await conn.execute(statement.encode())).fetchone()
    except psycopg.Error as error:
        raise translate(error) from error
