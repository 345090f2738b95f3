"""What a connection test finds out: how far away a database is, what it is, and whether it is our own.

Two addresses can mean one database in many ways, so names are not compared: our session takes an advisory lock under
random numbers, and the other session looks whether it sees just that lock in its own database.
"""

from __future__ import annotations

import asyncio
import math
import secrets
import time
from dataclasses import dataclass
from typing import Any

import psycopg

from embedd_pg.errors import SourceUnreachable
from embedd_pg.sources.connect import SourceAddress, connect_once, explain
from embedd_pg.sources.remote_capture import why_not

#: For everything together; one attempt to connect has 10 seconds.
PATIENCE = 20.0


@dataclass(frozen=True, slots=True)
class Probe:
    """A database that answered."""

    latency_ms: int
    server_version: str
    in_recovery: bool
    #: Whether it is the database embedd is installed in.
    own: bool
    #: Tables and views the role may read, system ones aside.
    readable_tables: int
    #: Why our capture line there cannot be used; empty: there is none, None: it can be.
    no_capture: str | None


async def probe(
    address: SourceAddress | str, *, own_url: str | None, hosted: bool, installation: str | None = None
) -> Probe:
    """Open one session and look; `installation` is who asks.

    Raises SourceUnreachable, whose message is ours and holds no secret.
    """
    try:
        async with asyncio.timeout(PATIENCE):
            async with await connect_once(address, hosted=hosted) as conn:
                if isinstance(address, str):
                    return await _look(conn, None, own=True, installation=installation)
                return await _look(conn, own_url, own=False, installation=installation)
    except TimeoutError as error:
        raise SourceUnreachable(
            "The server did not answer in time.",
            resolution="Check the network path and firewalls between here and the server.",
        ) from error
    except psycopg.Error as error:
        raise explain(error) from error


async def _look(
    conn: psycopg.AsyncConnection[Any], own_url: str | None, *, own: bool, installation: str | None
) -> Probe:
    started = time.perf_counter()
    await conn.execute("select 1")
    latency = math.ceil((time.perf_counter() - started) * 1000)
    cursor = await conn.execute(_ABOUT)
    row = await cursor.fetchone()
    assert row is not None
    if own_url is not None and not row["recovery"]:
        own = await is_own(conn, own_url)
    no_capture = None if own else await why_not(conn, installation)
    return Probe(latency, row["version"].split()[0], row["recovery"], own, row["readable"], no_capture)


async def is_own(conn: psycopg.AsyncConnection[Any], own_url: str) -> bool:
    """Whether this session is in the database that `own_url` leads to."""
    numbers = {"a": secrets.randbelow(2**31), "b": secrets.randbelow(2**31)}
    async with await connect_once(own_url, hosted=False) as own:
        await own.execute("select pg_advisory_lock(%(a)s::int4, %(b)s::int4)", numbers)
        try:
            cursor = await conn.execute(_SEEN, numbers)
            return await cursor.fetchone() is not None
        finally:
            await own.execute("select pg_advisory_unlock(%(a)s::int4, %(b)s::int4)", numbers)


_ABOUT = """
    select current_setting('server_version') as version, pg_is_in_recovery() as recovery,
           (select count(*) from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
             where c.relkind in ('r', 'p', 'v', 'm', 'f') and n.nspname !~ '^(pg_|information_schema$)'
               and has_schema_privilege(n.oid, 'usage') and has_any_column_privilege(c.oid, 'select')) as readable"""

_SEEN = """
    select from pg_catalog.pg_locks
     where locktype = 'advisory' and objsubid = 2 and classid = %(a)s::oid and objid = %(b)s::oid
       and database = (select oid from pg_catalog.pg_database where datname = current_database())"""
