"""A remote database with embedd's capture line: its roles, and the worker's connection to it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg.conninfo import conninfo_to_dict

from embedd_pg.database.migrate import script
from tests.support.postgres import Cluster
from tests.support.relay import Relay, relay_to
from tests.support.worker import create_role

#: The owner of the tables and of the schema embedd; a member of that role; a role that may only read.
OWNER, MEMBER, READER, PASSWORD = "embedd_test_owner", "embedd_test_member", "embedd_test_stranger", "p@ss word/'\""
SEED = """
    create table products (id int primary key, title text, body text, price numeric, notes text);
    insert into products select i, 'title ' || i, 'text of ' || i, i from generate_series(1, 50) i;
    grant select on products to embedd_test_stranger;
"""


@dataclass
class Remote:
    """The remote database: a session of the owner of its tables, and the worker's connection."""

    session: psycopg.AsyncConnection[Any]
    relay: Relay

    async def do(self, statement: str) -> None:
        await self.session.execute(statement.encode())

    async def one(self, statement: str) -> Any:
        row = await (await self.session.execute(statement.encode())).fetchone()
        return row[0] if row else None

    async def triggers(self) -> int:
        return int(await self.one("select count(*) from pg_trigger where tgname like 'zz_embedd%'"))


@asynccontextmanager
async def remote_with_capture(cluster: Cluster, database: str) -> AsyncIterator[Remote]:
    for role in (OWNER, MEMBER, READER):
        await create_role(cluster, database, role, PASSWORD)
    async with await psycopg.AsyncConnection.connect(database, autocommit=True) as root:
        name = conninfo_to_dict(database)["dbname"]
        await root.execute(f'alter database "{name}" owner to {OWNER}'.encode())
        await root.execute(f"grant {OWNER} to {MEMBER}; alter schema public owner to {OWNER}".encode())
    async with (
        relay_to(database) as relay,
        await psycopg.AsyncConnection.connect(database, autocommit=True, user=OWNER, password=PASSWORD) as owner,
    ):
        await owner.execute(script(("capture",)).encode())
        await owner.execute(SEED.encode())
        yield Remote(owner, relay)
