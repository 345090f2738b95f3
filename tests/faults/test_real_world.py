"""What was done to embedd on real machines and had no test yet (fault matrix, by number)."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg.conninfo import make_conninfo
from psycopg.rows import dict_row

from embedd_pg.database.migrate import migrate
from tests.support.servers import Server, own_servers
from tests.support.worker import COLUMNS, Site, both_stores, open_site, wait_until


@pytest.fixture
def small_server() -> Iterator[Server]:
    """Return a server whose data directory is on a disk of 150 MB."""
    with own_servers() as servers:
        if os.system(f"mount -t tmpfs -o size=150m,mode=777 tmpfs {servers.directory} 2>/dev/null") != 0:
            pytest.skip("a small disk cannot be mounted here: it takes the rights of root")
        try:
            yield servers.new()
        finally:
            for server in servers.made:
                server.stop("immediate")
            servers.made.clear()
            os.system(f"umount -l {servers.directory}")


@asynccontextmanager
async def connected_again(site: Site) -> AsyncIterator[Site]:
    """Return the same site with a new session of its user."""
    async with await psycopg.AsyncConnection.connect(site.dsn, autocommit=True, row_factory=dict_row) as session:
        yield replace(site, sql=session)


async def test_91_a_server_that_stops_because_its_disk_is_full_loses_nothing(
    small_server: Server, vendor: Any, nursery: Any, tmp_path: Path
) -> None:
    dsn = make_conninfo(small_server.dsn(), dbname="postgres")
    await migrate(dsn)
    async with open_site(dsn, "platform", vendor=vendor, nursery=nursery, directory=tmp_path) as site:
        await site.set_up(rows=20)
        async with site.worker():
            await site.synced()
            ballast = small_server.data.parent / "ballast"
            with suppress(OSError), ballast.open("wb") as file:
                while True:
                    file.write(bytes(65536))
            with pytest.raises(psycopg.OperationalError):
                while True:  # until there is no room for the log
                    await site.do("update articles set notes = repeat(md5(random()::text), 10000), body = body || '.'")
            ballast.unlink()
            small_server.stop("immediate")
            small_server.start()
            async with connected_again(site) as again:
                again.owner = site.owner
                await again.do("update articles set body = 'there is room again' where id = 1")
                await again.synced()


#: What owners do to a table in use: maintenance, moves and other shapes. Each is followed by a change of a row.
MAINTENANCE = [
    "vacuum full articles",
    "cluster articles using articles_pkey",
    "reindex table articles",
    "alter table articles set unlogged",
    "alter table articles set logged",
    "create schema attic; alter table articles set schema attic",
    "alter table attic.articles set schema public",
    "alter table articles rename to essays",
    "alter table essays rename to articles",
    "alter table articles rename column body to content",
    "alter table articles rename column content to body",
    "alter table articles alter id type bigint",
    "alter table articles drop column notes; alter table articles add column notes text",
    "truncate articles restart identity; insert into articles values (3, 'a', 'b', 1), (4, 'c', 'd', 2)",
    "drop table articles;"
    "create table articles (id int primary key, title text, body text, price numeric, notes text);"
    "insert into articles values (3, 'another', 'table', 1), (7, 'of', 'that name', 2)",
]


@both_stores
async def test_92_a_table_is_followed_through_maintenance_moves_and_other_shapes(site: Site) -> None:
    await site.set_up(rows=10)
    async with site.worker(audit_interval=0.3):
        await site.synced()
        for number, statements in enumerate(MAINTENANCE):
            for statement in statements.split(";"):
                await site.do(statement)
            place = await site.one("select to_regclass('articles') is not null")
            with suppress(psycopg.errors.UndefinedColumn):
                if place:
                    await site.do("update articles set body = %s where id = 3", f"after step {number}")
        await wait_until(lambda: site.one("select sync_status = 'synced' from embedd.status"), "synced", seconds=60)
        await site.synced()
        assert await site.live() == {"3", "7"}


KEYS = [
    "",
    " ",
    "a b",
    "ä€😀",
    "\u202e",
    "'",
    '"',
    "\\",
    "%s",
    "{}",
    "null",
    "[1]",
    "a/b?c=d#e",
    "\t\n",
    "0",
    "00",
    "k" * 5000,
]


@both_stores
async def test_93_odd_keys_numbers_and_very_wide_tables_are_embedded(site: Site) -> None:
    wide = ", ".join(f"c{number} int" for number in range(1500))
    await site.do(
        f"create table articles (id text primary key, title text, body text, price numeric, rate float8, {wide})"
    )
    for number, key in enumerate(KEYS):
        price = ["NaN", "Infinity", "-Infinity", "1e15", "0.1"][number % 5]
        await site.do(
            "insert into articles (id, title, body, price, rate) values (%s, 'title', %s, %s, %s)",
            key,
            f"text {number}",
            price,
            price,
        )
    columns = [*COLUMNS, {"name": "rate", "role": "metadata", "filter_type": "float"}]
    await site.create_vector_table(columns=columns)
    await site.backfill()
    async with site.worker():
        await site.synced()
        assert await site.live() == set(KEYS)
        await site.do("update articles set c7 = 7, rate = 'NaN', body = body || ' changed'")
        await site.do("delete from articles where id = ''")
        await site.synced()
        assert await site.live() == set(KEYS[1:])


async def test_94_a_locked_table_of_vectors_and_a_server_without_sessions_are_waited_for(site: Site) -> None:
    await site.set_up(rows=3)
    table = await site.one("select format('%I.%I', store_schema, store_table) from embedd.generations")
    async with site.worker():
        await site.synced()
        async with site.sql.transaction():
            await site.do(f"lock table {table} in access exclusive mode")
            async with connected_again(site) as other:
                await other.do("update articles set body = 'while the vectors are locked'")
                blocked = "select exists (select from pg_locks where not granted and relation = %s::regclass)"
                await wait_until(lambda: other.one(blocked, table), "the worker waits for the lock")
        await site.synced()

        await admit(site, False)
        await site.do("select pg_terminate_backend(pid) from pg_stat_activity where application_name like 'embedd%'")
        await site.do("update articles set body = 'while there was no session'")
        assert "No worker looks for changes" in await site.error()
        await admit(site, True)
        await site.synced()


async def admit(site: Site, admits: bool) -> None:
    """Let the database accept sessions, or refuse new ones; the session of the site's user stays."""
    name = await site.one("select current_database()")
    maintenance = make_conninfo(site.dsn, dbname="postgres")
    async with await psycopg.AsyncConnection.connect(maintenance, autocommit=True) as session:
        await session.execute(f'alter database "{name}" allow_connections {admits}'.encode())


async def test_96_many_vector_tables_are_kept_by_one_worker(site: Site) -> None:
    await site.do(
        """do $$ begin for n in 1..50 loop
             execute format('create table many_%s (id int primary key, body text)', n);
             execute format('insert into many_%s values (1, ''first of '' || %s), (2, ''second'')', n, n);
             perform embedd.create_vector_table(name => 'many-' || n, source_table => 'public.many_' || n,
               embedder => 'stub', mode => 'platform', embedding_model => 'small', embedding_dimensions => 32,
               columns => '[{"name": "body", "role": "embedding"}]');
             perform embedd.backfill('many-' || n);
           end loop; end $$"""
    )
    behind = "select count(*) = 0 from embedd.sync_status() where sync_status <> 'synced' or rows_pending > 0"
    async with site.worker():
        await wait_until(lambda: site.one(behind), "all tables are synced", seconds=120)
        await site.do(
            """do $$ begin for n in 1..50 loop
                 execute format('update many_%s set body = ''changed'' where id = 1', n);
                 execute format('delete from many_%s where id = 2', n);
               end loop; end $$"""
        )
        await wait_until(lambda: site.one(behind), "all tables are synced again", seconds=60)
        for n in (1, 27, 50):
            assert not await site.difference(f"many-{n}")
            assert await site.live(f"many-{n}") == {"1"}
