"""Publications of all tables, as change data capture and upgrades by logical replication create them."""

from __future__ import annotations

from collections.abc import AsyncIterator

import psycopg
import pytest
from psycopg import sql
from psycopg.rows import DictRow

from embedd_pg.database.migrate import migrate
from tests.support import postgres
from tests.support.postgres import Cluster
from tests.support.remote import Remote, remote_with_capture
from tests.support.worker import Site, wait_until
from tests.sync.test_remote_capture import arrived, connected, followed, made

EVERYTHING = "create publication everything for all tables"
managed = pytest.mark.parametrize("site", ["managed"], indirect=True)


def test_each_table_of_ours_has_a_replica_identity(pg: psycopg.Connection[DictRow]) -> None:
    without = """
        select c.relname from pg_class c
         where c.relnamespace = 'embedd'::regnamespace and c.relkind = 'r'
           and case c.relreplident when 'f' then false when 'd'
               then not exists (select from pg_index i where i.indrelid = c.oid and i.indisprimary) else true end"""
    assert pg.execute(without).fetchall() == []


async def test_74_a_publication_of_all_tables_stops_no_sync(site: Site) -> None:
    await site.set_up(rows=20)
    await site.do(EVERYTHING)
    async with site.worker():
        await site.synced()
        await site.do("update articles set body = 'published'")
        await site.do("delete from articles where id = 1")
        await site.synced()


@managed
async def test_74_a_subscriber_to_all_tables_receives_what_the_worker_does(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The subscriber is another server with the same schema, as in an upgrade by logical replication."""
    await site.set_up(rows=20)
    await site.do(EVERYTHING)
    monkeypatch.delenv("EMBEDD_TEST_DSN", raising=False)
    with postgres.running_cluster() as other:
        dsn = other.dsn(other.create_database())
        await migrate(dsn)
        async with await psycopg.AsyncConnection.connect(dsn, autocommit=True) as subscriber:
            await subscriber.execute(
                "create table articles (id int primary key, title text, body text, price numeric, notes text)"
            )
            # The rows of the publisher come with the subscription.
            ours = await (
                await subscriber.execute(
                    "select oid::regclass::text from pg_class where relkind = 'r'"
                    " and relnamespace = 'embedd'::regnamespace and relname <> 'audit_log'"
                )
            ).fetchall()
            await subscriber.execute(f"truncate {', '.join(name for (name,) in ours)}".encode())
            subscribe = sql.SQL("create subscription s connection {} publication everything")
            await subscriber.execute(subscribe.format(sql.Literal(site.dsn)))
            try:
                async with site.worker():
                    await site.synced()
                    await site.do("update articles set body = 'published'")
                    await site.do("delete from articles where id = 1")
                    await site.synced()
                    await site.do("insert into articles (id, title) values (1000, 'the last')")
                    await site.synced()

                async def arrived_there() -> bool:
                    row = await (
                        await subscriber.execute(
                            "select (select count(*) from articles where body = 'published') = 19"
                            " and exists (select from embedd.row_states where key = '1000')"
                            " and not exists (select from embedd.outbox)"
                        )
                    ).fetchone()
                    return bool(row and row[0])

                await wait_until(arrived_there, "the subscriber has what the publisher has")
            finally:
                await subscriber.execute("drop subscription s")


@pytest.fixture
async def remote(cluster: Cluster, database: str) -> AsyncIterator[Remote]:
    async with remote_with_capture(cluster, database) as made_:
        async with await psycopg.AsyncConnection.connect(database, autocommit=True) as root:
            await root.execute(EVERYTHING.encode())
        yield made_


@managed
async def test_74_a_publication_of_all_tables_in_a_source_database_stops_no_sync(site: Site, remote: Remote) -> None:
    await connected(site, remote)
    await made(site)
    async with followed(site, remote):
        await remote.do("update products set body = 'published' where id < 10")
        await remote.do("delete from products where id = 20")
        await arrived(site, remote)
