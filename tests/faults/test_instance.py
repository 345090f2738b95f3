"""Failover, restored dumps, clones and tokens set back are detected before anything is written (fault matrix, by
number)."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, nullcontext, suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg.conninfo import make_conninfo
from psycopg.rows import dict_row

from embedd_pg.database.migrate import migrate
from embedd_pg.errors import InstanceConflict, SchemaVersionError, SourceUnreachable
from embedd_pg.stores.base import Point
from embedd_pg.sync.store_owner import StoreOwner
from tests.support.difference import active
from tests.support.extension import available_extension
from tests.support.postgres import Cluster
from tests.support.relay import Relay, relay_to
from tests.support.remote import OWNER, PASSWORD, remote_with_capture
from tests.support.servers import Server, Servers, own_servers
from tests.support.vendor_stub import vector_of
from tests.support.worker import DIMENSIONS, Site, both_stores, open_site, wait_until
from tests.sync import test_remote_capture as remote_capture


@pytest.fixture
def servers() -> Iterator[Servers]:
    with own_servers() as made:
        yield made


@asynccontextmanager
async def at(dsn: str, like: Site) -> AsyncIterator[Site]:
    """Return the same store and vendor with another database."""
    async with await psycopg.AsyncConnection.connect(dsn, autocommit=True, row_factory=dict_row) as session:
        yield replace(like, dsn=dsn, sql=session, owner=None)


async def changed(site: Site) -> None:
    """Make changes that the copy or the standby does not have."""
    await site.do("update articles set body = 'lost text', price = 1000 where id in (1, 2)")
    await site.do("update articles set price = 2000 where id = 3")
    await site.do("delete from articles where id in (4, 5)")
    await site.do("insert into articles values (100, 'lost', 'row', 1), (101, 'also lost', 'row', 1)")


async def state(site: Site) -> str:
    return str(await site.one("select state from embedd.instance_status()"))


async def highest(site: Site) -> int:
    return max(mark.token for mark in (await site.marks()).values())


@pytest.mark.parametrize("mode", ["managed", "platform"])
async def test_22_after_a_failover_to_a_lagging_standby_the_store_equals_the_new_primary(
    servers: Servers, vendor: Any, nursery: Any, tmp_path: Path, mode: str
) -> None:
    primary = servers.new()
    await migrate(primary.dsn())
    standby = servers.standby_of(primary)
    async with relay_to(primary.dsn()) as relay:
        dsn = make_conninfo(host="127.0.0.1", port=relay.port, user="postgres", dbname="postgres")
        async with open_site(dsn, mode, vendor=vendor, nursery=nursery, directory=tmp_path) as site:
            await site.set_up(rows=20)
            async with site.worker(audit_interval=0.5):
                await site.synced()
                await caught_up(site)
                standby.stop("immediate")
                await changed(site)
                await site.synced()
                before = await highest(site)
                primary.stop("immediate")
                standby.start()
                await led_to(site, relay, standby)
                assert await state(site) == "standby"
                await asyncio.sleep(1)
                standby.promote()
                await site.do("insert into articles values (100, 'another', 'row of that key', 7)")
                await site.do("delete from articles where id = 6")
                await site.synced(seconds=60)
                assert await state(site) == "own"
                assert await site.live() == {*map(str, range(1, 21)), "100"} - {"6"}
                assert await site.one("select last_value from embedd.fence") > before
                assert await site.one("select count(*) > 0 from embedd.notices() where message like '%failed over%'")
                if mode == "managed":
                    await write_late(site, before + 1)
                    assert not await site.difference(), "a worker that knows the old primary only is refused"
                # And the worker continues as before.
                await site.do("update articles set price = price + 1 where id < 4")
                await site.synced()


@pytest.mark.parametrize("site", ["managed"], indirect=True)
async def test_22_a_source_database_that_fails_over_to_a_lagging_standby_is_compared(
    site: Site, servers: Servers
) -> None:
    primary = servers.new()
    rules = "local all postgres trust\nlocal replication all trust\nlocal all all scram-sha-256\n"
    (primary.data / "pg_hba.conf").write_text(rules)
    primary.stop()
    primary.start()
    standby = servers.standby_of(primary)
    async with remote_with_capture(Cluster(primary.dsn()), primary.dsn()) as remote:
        await remote_capture.connected(site, remote)
        await remote_capture.made(site)
        async with remote_capture.followed(site, remote):
            await wait_until(lambda: has_all(standby, primary), "the standby has everything so far")
            standby.stop("immediate")
            await remote.do("insert into products values (100, 'lost', 'row', 1)")
            await remote.do("delete from products where id in (4, 5)")
            await remote.do("update products set body = 'lost text' where id in (1, 2)")
            await remote_capture.arrived(site, remote)
            assert await site.live() == {*map(str, range(1, 51)), "100"} - {"4", "5"}
            primary.stop("immediate")
            standby.start()
            standby.promote()
            remote.relay.cut()
            remote.relay.target, remote.relay.up = standby.dsn(), True
            async with await psycopg.AsyncConnection.connect(
                standby.dsn(), autocommit=True, user=OWNER, password=PASSWORD
            ) as owner:
                promoted = replace(remote, session=owner)
                await wait_until(lambda: is_read(site), "the new primary is read", seconds=30)
                await remote_capture.arrived(site, promoted)
                assert await site.live() == set(map(str, range(1, 51)))
                await promoted.do("update products set body = 'on the new primary' where id = 7")
                await remote_capture.arrived(site, promoted)


async def has_all(standby: Server, primary: Server) -> bool:
    """Tell whether a standby has replayed all that its primary has written."""
    with psycopg.connect(primary.dsn(), autocommit=True) as first, psycopg.connect(standby.dsn()) as second:
        row = first.execute("select pg_current_wal_lsn()").fetchone()
        return row is not None and second.execute("select pg_last_wal_replay_lsn() >= %s", row).fetchone() == (True,)


async def is_read(site: Site) -> bool:
    """Tell whether the source can be read: the sessions with the old primary end one by one."""
    with suppress(SourceUnreachable):
        await site.difference()
        return True
    return False


async def write_late(site: Site, token: int) -> None:
    """Write as an attempt that began on the lost primary might still do."""
    assert site.owner is not None
    generation = await active(site.owner, "articles")
    store = await site.owner.store(generation)
    late = Point("7", vector_of("late", DIMENSIONS), "late", "late", "late", {"price": 0})
    await store.upsert(generation.store.table, token, [late])


async def caught_up(site: Site) -> None:
    query = "select bool_and(replay_lsn >= pg_current_wal_lsn()) from pg_stat_replication"
    await wait_until(lambda: site.one(query), "the standby has caught up")


async def led_to(site: Site, relay: Relay, server: Server) -> None:
    """Make the address lead to another server from now on."""
    relay.cut()
    relay.target, relay.up = server.dsn(), True
    await site.sql.close()
    site.sql = await psycopg.AsyncConnection.connect(site.dsn, autocommit=True, row_factory=dict_row)


@asynccontextmanager
async def restored(servers: Servers, site: Site, then: Any, kind: str = "plain") -> AsyncIterator[Site]:
    """Start a new cluster with a dump of the site made before `then`."""
    fresh = servers.new()
    with available_extension(site.dsn, fresh.dsn()) if kind == "extension" else nullcontext():
        async with _restored(fresh, site, then, kind) as copy:
            yield copy


@asynccontextmanager
async def _restored(fresh: Server, site: Site, then: Any, kind: str) -> AsyncIterator[Site]:
    if kind == "extension":
        await site.do("create extension embedd version 'unpackaged'")
        await site.do("alter extension embedd update")
    dump = fresh.call("pg_dump", "-d", site.dsn)
    assert ("create extension if not exists embedd" in dump.lower()) == (kind == "extension")
    async with site.worker():
        await then(site)
        await site.synced()
    everyone = fresh.call("pg_dumpall", "--roles-only", "-d", site.dsn).splitlines()
    roles = "".join(line for line in everyone if line.startswith("CREATE ROLE") and line != "CREATE ROLE postgres;")
    fresh.call("psql", "-q", "-X", "-v", "ON_ERROR_STOP=1", "-d", fresh.dsn(), text=roles + dump)
    async with at(fresh.dsn(), site) as copy:
        yield copy


@pytest.mark.parametrize("kind", ["plain", "extension"])
@pytest.mark.parametrize("site", ["managed"], indirect=True)
async def test_23_a_restored_dump_writes_nothing_until_it_is_adopted(site: Site, servers: Servers, kind: str) -> None:
    await site.set_up(rows=20)
    async with site.worker():
        await site.synced()
    async with restored(servers, site, changed, kind) as copy:
        await copy.do("update articles set body = 'of the copy' where id = 7")
        assert await state(copy) == "foreign"
        before = await copy.marks()
        async with copy.worker(audit_interval=0.3):
            assert "is a copy" in await copy.error()
            await asyncio.sleep(1)
            assert await copy.marks() == before, "nothing is written"
            assert await copy.one("select count(*) from embedd.jobs") == 0
            assert "Workers compare all rows" in await copy.one("select embedd.adopt()")
            await copy.synced(seconds=60)
            assert await copy.live() == set(map(str, range(1, 21)))
            assert (await copy.status())["last_error"] is None
            assert "already" in await copy.one("select embedd.adopt()")
    assert site.texts()["Title: title 8\ntext of 8"] == 1, "what the store holds is not embedded again"


@pytest.mark.parametrize("site", ["managed"], indirect=True)
async def test_23_a_restored_dump_that_is_detached_leaves_the_stores_alone(site: Site, servers: Servers) -> None:
    await site.set_up(rows=20)
    async with site.worker():
        await site.synced()
    async with restored(servers, site, changed) as copy:
        before = await site.marks()
        async with copy.worker(audit_interval=0.3):
            await copy.error()
            assert await copy.one("select embedd.detach()") == 1
            assert (await copy.status())["sync_status"] == "pending"
            await copy.backfill()
            await copy.synced(seconds=60)
            assert len(await copy.live()) == 20
            # Objects created later also have separate names.
            await copy.do("select embedd.update_vector_table('articles', embedding_dimensions => 32)")
            await copy.synced(seconds=60)
            names = await copy.do("select store_table from embedd.generations")
        assert await site.marks() == before
        async with site.worker():
            await site.do("delete from articles where id = 9")
            await site.synced()
        uid = await copy.one("select left(uid::text, 6) from embedd.instance")
        assert all(name["store_table"].endswith(uid) for name in names)
    with pytest.raises(psycopg.errors.Error, match="nothing to detach from"):
        await site.do("select embedd.detach()")


@both_stores
async def test_24_a_database_made_from_a_template_refuses_and_so_does_draining(site: Site) -> None:
    await site.set_up(rows=5)
    async with site.worker():
        await site.synced()
    name = site.sql.info.dbname
    await site.sql.close()
    base = make_conninfo(site.dsn, dbname="postgres")
    async with await psycopg.AsyncConnection.connect(base, autocommit=True) as root:
        await wait_until(lambda: _alone(root, name))
        await root.execute(f"create database {name}_staging template {name}".encode())
        try:
            async with at(make_conninfo(site.dsn, dbname=f"{name}_staging"), site) as copy:
                await copy.do("update articles set body = 'staging'")
                with pytest.raises(InstanceConflict, match="is a copy"):
                    async with copy.worker(drain=True) as worker:
                        await worker.task
                async with copy.worker():
                    assert "is a copy" in await copy.error()
                assert await copy.one("select count(*) from embedd.row_states where token > 1000") == 0
                assert await copy.one("select count(*) from embedd.jobs") == 0
                assert await copy.one("select count(*) from embedd.outbox") == 5, "kept for whoever adopts it"
        finally:
            await root.execute(f"drop database {name}_staging with (force)".encode())
    site.sql = await psycopg.AsyncConnection.connect(site.dsn, autocommit=True, row_factory=dict_row)
    async with site.worker():
        await site.do("update articles set body = 'production'")
        await site.synced()


async def _alone(root: psycopg.AsyncConnection[Any], name: str) -> bool:
    cursor = await root.execute("select count(*) = 0 from pg_stat_activity where datname = %s", [name])
    return bool((await cursor.fetchone() or [False])[0])


async def test_24_a_copied_data_directory_with_another_system_identifier_refuses(
    servers: Servers, vendor: Any, nursery: Any, tmp_path: Path
) -> None:
    original = servers.new()
    await migrate(original.dsn())
    async with open_site(original.dsn(), "managed", vendor=vendor, nursery=nursery, directory=tmp_path) as site:
        await site.set_up(rows=5)
        async with site.worker():
            await site.synced()
        original.stop()
        clone = servers.copy_of(original, new_identifier=True)
        async with at(clone.dsn(), site) as copy:
            await copy.do("update articles set body = 'staging'")
            before = await copy.marks()
            async with copy.worker():
                assert "is a copy" in await copy.error()
                await asyncio.sleep(0.5)
                assert await copy.marks() == before


@both_stores
@pytest.mark.parametrize("running", [True, False], ids=["under a worker", "while none ran"])
async def test_25_a_sequence_that_was_set_back_is_raised_and_nothing_is_lost(site: Site, running: bool) -> None:
    await site.set_up(rows=10)
    async with site.worker(audit_interval=0.3):
        await site.synced()
        await site.do("delete from articles where id = 3")
        await site.synced()
        await wait_until(lambda: site.one("select fence_high = last_value from embedd.instance, embedd.fence"))
        if running:
            before = await highest(site)
            await site.do("select setval('embedd.fence', 1)")
    if not running:
        before = await highest(site) if site.mode == "platform" else 1
        await site.do("select setval('embedd.fence', 1)")
    async with site.worker(audit_interval=0.3):
        await site.do("insert into articles values (3, 'again', 'with the old key', 1)")
        await site.do("update articles set body = 'newer' where id = 1")
        await wait_until(lambda: site.one("select last_value > 4294967296 from embedd.fence"))
        await site.synced()
        assert await site.one("select last_value from embedd.fence") > before
        assert len(await site.live()) == 10


async def test_25_a_sequence_set_back_a_little_is_noticed_by_the_claim(site: Site) -> None:
    """The sequence is set back by less than the minute's mark shows, but the rows of the claim show it."""
    await site.set_up(rows=10)
    async with site.worker():
        await site.synced()
        await site.do("update articles set body = 'a'")
        await site.synced()
        await site.do("update embedd.instance set fence_high = 0")
        await site.do("select setval('embedd.fence', 1)")
        await site.do("update articles set body = 'b'")
        await wait_until(lambda: site.one("select last_value > 4294967296 from embedd.fence"))
        await site.synced()


async def test_an_unreachable_store_after_a_failover_delays_no_other_table(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    await site.set_up(rows=3)
    await site.set_up(rows=3, name="others")
    async with site.worker(audit_interval=0.3):
        await site.synced()
        await site.synced("others")
    name = await site.one("select store_table from embedd.generations where id = 2")
    await site.do(f"alter table {name} rename to hidden; create table {name} (wrong int)")
    await site.do("select setval('embedd.fence', 1)")
    async with site.worker(audit_interval=0.3):
        await site.do("update articles set body = 'goes on'; update others set body = 'waits'")
        await wait_until(lambda: site.texts()["Title: title 1\ngoes on"])
        await wait_until(lambda: site.one("select count(*) = 1 from embedd.unread_stores"))
        assert site.texts()["Title: title 1\nwaits"] == 0
        await site.do(f"drop table {name}; alter table hidden rename to {name}")
        await site.do("update embedd.unread_stores set leased_until = null")
        await site.hurry()
        await site.synced("others", seconds=60)
        await site.synced()


async def test_63_a_worker_stops_when_the_upgraded_schema_no_longer_serves_it(site: Site) -> None:
    await site.set_up(rows=3)
    with pytest.raises(SchemaVersionError, match="upgraded while"):
        async with site.worker(audit_interval=0.3) as worker:
            await site.synced()
            await site.do("insert into embedd.migrations (line, number, name) values ('control', 99, 'newer')")
            await site.do(
                "create or replace function embedd.oldest_program() returns table (line text, number int)"
                " language sql as $$ values ('control', 98) $$"
            )
            await asyncio.wait({worker.task}, timeout=15)
            await worker.task


async def test_63_a_worker_keeps_running_under_a_schema_that_still_serves_it(site: Site) -> None:
    await site.set_up(rows=3)
    async with site.worker(audit_interval=0.3):
        await site.synced()
        await site.do("insert into embedd.migrations (line, number, name) values ('control', 99, 'newer')")
        looked = await site.one("select checked_at from embedd.instance")
        await wait_until(lambda: site.one("select checked_at > %s from embedd.instance", looked))
        await site.do("update articles set body = 'after'")
        await site.synced()


async def test_an_identity_is_compared_by_the_parts_that_the_role_may_read(site: Site) -> None:
    await site.set_up(rows=3)
    await site.do("update embedd.instance set system_identifier = null, timeline = null")
    async with site.worker():
        await site.synced()
        assert await site.one("select system_identifier is not null and timeline is not null from embedd.instance")
    await site.do("update embedd.instance set system_identifier = null, timeline = null, table_oid = 1")
    assert await state(site) == "foreign"


@both_stores
async def test_an_ordinary_start_raises_no_token_and_compares_nothing(site: Site) -> None:
    await site.set_up(rows=3)
    for _ in range(2):
        async with site.worker(audit_interval=0.3):
            await site.synced()
            await asyncio.sleep(1)
    assert await site.do("select message from embedd.notices()") == []
    assert await site.one("select last_value < 1000 from embedd.fence")


async def copied(servers: Servers, site: Site, original: Server) -> Server:
    """Run a copy of the files, which PostgreSQL itself cannot distinguish from the original, together with the
    original."""
    await site.sql.close()
    original.stop()
    clone = servers.copy_of(original)
    original.start()
    site.sql = await psycopg.AsyncConnection.connect(site.dsn, autocommit=True, row_factory=dict_row)
    return clone


async def leave_mark(site: Site) -> None:
    """Write the next mark in the store, as the running original does."""
    assert site.owner is not None
    async with site.clients() as own:
        own._shared._open["qdrant"] = await site.owner.qdrant()
        await StoreOwner(own, interval=1).beat()
        own._shared._open.pop("qdrant")


async def test_24_a_copied_volume_stops_while_its_original_is_alive(
    servers: Servers, vendor: Any, nursery: Any, tmp_path: Path
) -> None:
    """The local store has one owner, so in this test only the original's marks are simulated."""
    original = servers.new()
    await migrate(original.dsn())
    async with open_site(original.dsn(), "managed", vendor=vendor, nursery=nursery, directory=tmp_path) as site:
        await site.set_up(rows=5)
        async with site.worker():
            await site.synced()
        clone = await copied(servers, site, original)
        async with site.worker():
            await site.do("update articles set body = 'production'")
            await site.synced()
        async with at(clone.dsn(), site) as copy:
            await copy.do("update articles set body = 'staging'")
            before = await copy.marks()
            assert await state(copy) == "own", "nothing in the database tells"
            async with copy.worker(audit_interval=2) as worker:
                await wait_until(lambda: copy.one("select rival is not null from embedd.instance"))
                assert "qdrant" not in worker.worker._stores
                site.owner = worker.clients
                await leave_mark(site)
                assert "has a copy" in await copy.error()
                assert await copy.marks() == before
                assert await copy.one("select embedd.detach()") == 1
                await copy.backfill()
                await copy.synced(seconds=60)
                site.owner = None
        async with site.worker():
            await site.do("delete from articles where id = 2")
            await site.synced()


async def test_24_a_restored_volume_continues_when_its_original_is_gone(
    servers: Servers, vendor: Any, nursery: Any, tmp_path: Path
) -> None:
    original = servers.new()
    await migrate(original.dsn())
    async with open_site(original.dsn(), "managed", vendor=vendor, nursery=nursery, directory=tmp_path) as site:
        await site.set_up(rows=20)
        async with site.worker():
            await site.synced()
        clone = await copied(servers, site, original)
        async with site.worker():
            await changed(site)
            await site.synced()
        async with at(clone.dsn(), site) as copy:
            await copy.do("update articles set body = 'after the restore' where id = 1")
            async with copy.worker(audit_interval=0.5):
                await wait_until(lambda: copy.one("select count(*) = 1 from embedd.notices()"), seconds=30)
                await copy.synced(seconds=60)
                assert await copy.live() == set(map(str, range(1, 21)))
                assert await state(copy) == "own"
