"""The connection test: measures the latency of a database, and reports its version and its capture line.

The test never asks a server whether it is the database in which embedd is installed: a lying server would make embedd
look up its tenant's names among the tables of all tenants. Only the connection without a host is that database
(Clients.address()).
"""

from __future__ import annotations

import math
import time
from dataclasses import dataclass
from typing import Any

import psycopg

from embedd_pg.sources.connect import SourceAddress, connect_once, explain
from embedd_pg.sources.remote_capture import why_not
from embedd_pg.targets import Targets


@dataclass(frozen=True, slots=True)
class Probe:
    """The result for a database that answered."""

    latency_ms: int
    server_version: str
    in_recovery: bool
    #: The number of tables and views that the role may read, without system tables.
    readable_tables: int
    #: The reason why its capture line cannot be used. Empty: it has none. None: it can be used.
    no_capture: str | None


async def probe(address: SourceAddress | str, *, targets: Targets, installation: str | None = None) -> Probe:
    """Open one session and examine the database on behalf of the installation with id `installation`.

    Raise SourceUnreachable, whose message is embedd's own and contains no secret.
    """
    try:
        async with await connect_once(address, targets) as conn:
            return await _look(conn, installation)
    except psycopg.Error as error:
        raise explain(error) from error


async def _look(conn: psycopg.AsyncConnection[Any], installation: str | None) -> Probe:
    started = time.perf_counter()
    await conn.execute("select 1")
    latency = math.ceil((time.perf_counter() - started) * 1000)
    cursor = await conn.execute(_ABOUT)
    row = await cursor.fetchone()
    assert row is not None
    no_capture = await why_not(conn, installation)
    return Probe(latency, row["version"].split()[0], row["recovery"], row["readable"], no_capture)


_ABOUT = """
    select current_setting('server_version') as version, pg_is_in_recovery() as recovery,
           (select count(*) from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
             where c.relkind in ('r', 'p', 'v', 'm', 'f') and n.nspname !~ '^(pg_|information_schema$)'
               and has_schema_privilege(n.oid, 'usage') and has_any_column_privilege(c.oid, 'select')) as readable"""
