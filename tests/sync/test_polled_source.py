"""A source in another database on which embedd has only SELECT: changes are found by comparison, with the same
guarantees."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict
from psycopg.rows import dict_row

from embedd_pg.credentials import SecretBox, new_key_text
from embedd_pg.envelopes import seal_password
from embedd_pg.ids import new_id
from embedd_pg.sources.table import SourceTable, describe_source
from embedd_pg.sync.check import poll
from tests.support.postgres import Cluster
from tests.support.relay import Relay, relay_to
from tests.support.worker import Site, create_role, wait_until

READER, PASSWORD = "embedd_test_reader", "p@ss word/'\""
SEED = """
    create table products (id int primary key, title text, body text, price numeric);
    insert into products select i, 'title ' || i, 'text of ' || i, i from generate_series(1, 250) i;
    grant select on products to embedd_test_reader;
"""


@dataclass
class Remote:
    """The remote database: its owner's session, and the worker's connection."""

    owner: psycopg.AsyncConnection[tuple[object, ...]]
    relay: Relay

    async def do(self, statement: str) -> None:
        await self.owner.execute(statement.encode())


@pytest.fixture
async def remote(cluster: Cluster, database: str) -> AsyncIterator[Remote]:
    await create_role(cluster, database, READER, PASSWORD)
    async with relay_to(database) as relay, await psycopg.AsyncConnection.connect(database, autocommit=True) as owner:
        await owner.execute(SEED.encode())
        yield Remote(owner, relay)


@asynccontextmanager
async def watched(site: Site, remote: Remote, columns: list[dict[str, Any]] | None = None) -> AsyncIterator[None]:
    """Create a vector table over a tested connection, and backfill it."""
    site.environment["EMBEDD_SECRET_KEY"] = key = new_key_text()
    connection = new_id("conn")
    row = {"id": connection, "organization_id": "org_self_hosted", "host": "127.0.0.1", "port": remote.relay.port}
    sealed = seal_password(SecretBox.from_text(key), PASSWORD, row | {"username": READER, "ssl_mode": "prefer"})
    database = conninfo_to_dict(remote.relay.dsn)["dbname"]
    await site.do(
        "select embedd.create_connection(name => 'remote', mode => 'managed', host => '127.0.0.1', port => %s,"
        " database => %s, username => %s, password => %s, id => %s)",
        remote.relay.port,
        database,
        READER,
        sealed,
        connection,
    )
    await site.do("select embedd_internal.finish_connection_test(%s, '{}', null)", connection)
    described = json.dumps(await describe(remote))
    await site.create_vector_table(
        "articles",
        "public.products",
        connection="remote",
        mode="managed",
        source_facts=described,
        sync_mode="cdc",
        columns=columns,
    )
    await site.backfill()
    async with site.worker():
        await synced(site)
        yield


async def describe(remote: Remote) -> object:
    async with await psycopg.AsyncConnection.connect(
        remote.relay.dsn, user=READER, password=PASSWORD, row_factory=dict_row
    ) as session:
        return await describe_source(session, "public.products")


async def synced(site: Site) -> None:
    """Wait until no work is left for a whole cycle and store and source are equal."""

    async def look() -> bool:
        status = await site.status()
        return status["sync_status"] == "synced" and await site.is_quiet() and not await site.difference()

    await wait_until(look, "the polled table is equal", seconds=20)


@pytest.mark.parametrize("site", ["managed"], indirect=True)
async def test_inserts_updates_and_deletes_are_found(site: Site, remote: Remote) -> None:
    async with watched(site, remote):
        assert site.stub.stats.inputs == 250
        await remote.do("insert into products values (1000, 'zebra', 'stripes', 1)")
        await remote.do("update products set body = 'changed' where id = 2")
        await remote.do("update products set price = 99 where id = 3")
        await remote.do("delete from products where id = 4")
        await remote.do("update products set id = 2000 where id = 5")
        await synced(site)
        live = await site.live()
        assert {"1000", "2000"} <= live
        assert not {"4", "5"} & live
    assert site.stub.stats.inputs == 250 + 3


@pytest.mark.parametrize("site", ["managed"], indirect=True)
@pytest.mark.parametrize("part", [1_000_000, 300])
async def test_only_buckets_that_differ_are_transferred(
    site: Site, remote: Remote, monkeypatch: pytest.MonkeyPatch, part: int
) -> None:
    monkeypatch.setattr(poll, "PART", part)
    shipped: list[int] = []
    page_hashes = SourceTable.page_hashes

    async def counted(self: SourceTable, *values: Any, **named: Any) -> list[tuple[str, str]]:
        page = await page_hashes(self, *values, **named)
        shipped.append(len(page))
        return page

    await remote.do("alter table products alter id type text, alter price type text")
    await remote.do(
        "insert into products select key || i, E'title \\'' || i, nullif('text of ' || i % 5, 'text of 3'), i"
        " from generate_series(1000, 1199) i, unnest(array['é', '\"', E'\\n', '%s', '(,)']) key"
    )
    columns = [{"name": name, "role": "embedding"} for name in ("title", "body", "price")]
    async with watched(site, remote, columns=columns):
        await asyncio.sleep(1.5)
        monkeypatch.setattr(SourceTable, "page_hashes", counted)
        await asyncio.sleep(1.5)
        assert shipped == [], "a cycle without differences ships no row"
        await remote.do("update products set body = 'changed' where id in ('7', 'é1150')")
        await remote.do("delete from products where id = '(,)1007'")
        await remote.do("insert into products values ('new', 'row')")
        await wait_until(lambda: site.one("select exists (select from embedd.row_states where key = 'new')"))
        await synced(site)
        live = await site.live()
        assert "new" in live and "(,)1007" not in live
        assert 0 < sum(shipped) < 1250 / 4


@pytest.mark.parametrize("site", ["managed"], indirect=True)
async def test_66_a_mass_delete_stops_until_a_backfill_confirms_it(site: Site, remote: Remote) -> None:
    async with watched(site, remote):
        await remote.do("delete from products where id > 100")
        message = await site.error()
        assert "known rows are gone" in message
        assert "request a backfill" in message
        assert len(await site.live()) == 250
        await site.backfill()
        await synced(site)
        assert len(await site.live()) == 100
        await remote.do("delete from products")
        assert "known rows are gone" in await site.error()
        assert len(await site.live()) == 100
        await remote.do(
            "insert into products select i, 'title ' || i, 'text of ' || i, i from generate_series(1, 100) i"
        )
        await synced(site)
    assert site.stub.stats.inputs == 250


@pytest.mark.parametrize("site", ["managed"], indirect=True)
async def test_an_unreachable_source_is_an_error_that_deletes_nothing_and_passes(site: Site, remote: Remote) -> None:
    async with watched(site, remote):
        remote.relay.cut()
        await remote.do("delete from products where id = 1")
        await site.error(seconds=40)
        assert len(await site.live()) == 250
        remote.relay.up = True
        await site.do("update embedd.vector_tables set next_poll_at = now()")
        await synced(site)
        assert "1" not in await site.live()
        await remote.do(f"revoke select on products from {READER}")
        await remote.do("delete from products where id = 2")
        assert "permission denied for table products" in await site.error()
        assert len(await site.live()) == 249
        await remote.do(f"grant select on products to {READER}")
        await synced(site)
        assert len(await site.live()) == 248
