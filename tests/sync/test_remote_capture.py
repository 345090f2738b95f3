"""A source in another database with embedd's capture line: its triggers report changes, and nothing is compared."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict

from embedd_pg.credentials import new_key_text
from embedd_pg.database.migrate import script
from embedd_pg.resources import connection as connections
from embedd_pg.resources import vector_table as vector_tables
from tests.support.postgres import Cluster
from tests.support.remote import MEMBER, OWNER, PASSWORD, READER, Remote, remote_with_capture
from tests.support.round_trips import recorded
from tests.support.worker import COLUMNS, DIMENSIONS, Running, Site, wait_until

#: A capture line of an earlier version.
AGED = """
    create table aged as select * from embedd.migrations where number >= 6;
    delete from embedd.migrations where number >= 6"""
managed = pytest.mark.parametrize("site", ["managed"], indirect=True)


@pytest.fixture
async def remote(cluster: Cluster, database: str) -> AsyncIterator[Remote]:
    async with remote_with_capture(cluster, database) as made:
        yield made


async def connected(
    site: Site, remote: Remote, *, user: str = MEMBER, first: bool = True, name: str = "remote"
) -> dict[str, Any]:
    """Create a connection, and return the result of its test."""
    site.environment["EMBEDD_SECRET_KEY"] = site.environment.get("EMBEDD_SECRET_KEY") or new_key_text()
    if first:
        async with site.worker(drain=True) as running:
            await running.task  # a first worker gives the installation its name
    async with site.clients() as clients:
        made = await connections.create(
            clients,
            name=name,
            mode="managed",
            host="127.0.0.1",
            port=remote.relay.port,
            database=str(conninfo_to_dict(remote.relay.dsn)["dbname"]),
            user=user,
            password=PASSWORD,
        )
        return await connections.test(clients, made["id"])


async def asked_again(site: Site) -> dict[str, Any]:
    async with site.clients() as clients:
        return await connections.test(clients, "remote")


async def made(
    site: Site, name: str = "articles", table: str = "public.products", *, connection: str = "remote", **more: Any
) -> None:
    async with site.clients() as clients:
        await vector_tables.create(
            clients,
            name=name,
            connection=connection,
            embedder="stub",
            source_table=table,
            columns=more.pop("columns", COLUMNS),
            embedding_model="small",
            embedding_dimensions=DIMENSIONS,
            sync_mode="cdc",
            **more,
        )
    await site.backfill(name)


@asynccontextmanager
async def followed(site: Site, remote: Remote, **changes: Any) -> AsyncIterator[Running]:
    """Run a worker whose tables are not compared for an hour."""
    async with site.worker(**changes) as running:
        await followed_now(site, remote)
        yield running


async def followed_now(site: Site, remote: Remote) -> None:
    await wait_until(lambda: site.one(COMPARED_LATER), "compared in an hour", seconds=30)
    await arrived(site, remote)


COMPARED_LATER = """
    select bool_and(remote_capture_id is not null and next_poll_at > now() + interval '30 min'
                    and sync_status = 'synced')
      from embedd.vector_tables where dropped_at is null"""


async def arrived(site: Site, remote: Remote, name: str = "articles") -> None:
    """Wait until no remote event and no work is left, and the store equals the source."""

    async def look() -> bool:
        left = await remote.one("select count(*) from embedd.outbox")
        status = await site.status(name)
        quiet = left == 0 and await site.is_quiet() and status["sync_status"] == "synced"
        return quiet and not await site.difference(name)

    await wait_until(look, "all changes have arrived", seconds=30)


@managed
async def test_creating_a_table_with_triggers_reads_each_fact_once(
    site: Site, remote: Remote, monkeypatch: pytest.MonkeyPatch
) -> None:
    await connected(site, remote)
    called = recorded(monkeypatch)
    await made(site)
    assert " ".join(called) == (
        "get_connection connection_secret plan_vector_table create_vector_table get_active_generation installation"
        " record_remote_capture get_vector_table"
    )
    assert await remote.triggers() == 4


@managed
async def test_changes_arrive_without_a_comparison(site: Site, remote: Remote) -> None:
    answer = await connected(site, remote)
    assert answer["status"] == "ok" and answer["capture"] == "remote_trigger", answer
    assert "capture_refused" not in answer
    await made(site)
    assert await remote.triggers() == 4
    async with followed(site, remote):
        due = await site.one("select next_poll_at from embedd.vector_tables")
        assert await site.one("select capture_id is null from embedd.vector_tables")
        embedded = site.stub.stats.inputs
        await remote.do("insert into products values (1000, 'zebra', 'stripes', 1)")
        await remote.do("update products set body = 'changed' where id = 2")
        await remote.do("update products set price = 99 where id = 3")
        await remote.do("update products set notes = 'nobody looks at these'")
        await remote.do("delete from products where id = 4")
        await remote.do("update products set id = 2000 where id = 5")
        await arrived(site, remote)
        assert site.stub.stats.inputs == embedded + 3
        await remote.do("update products set id = case id when 7 then -8 else -7 end where id in (7, 8)")
        await remote.do("update products set id = -id where id < 0")
        await arrived(site, remote)
        status = await site.status()
        assert (status["synced_rows"], status["staleness_secs"]) == (50, 0)
        await remote.do("truncate products; insert into products values (1, 'the only', 'one', 1)")
        await arrived(site, remote)
        assert await site.live() == {"1"}
        assert await site.one("select next_poll_at from embedd.vector_tables") == due, "nothing was compared"


@managed
async def test_keys_of_several_columns_and_a_partitioned_table(site: Site, remote: Remote) -> None:
    await remote.do(
        "create table parts (shop int, code text, title text, primary key (shop, code)) partition by list (shop);"
        "create table parts_1 partition of parts for values in (1); create table parts_2 partition of parts default;"
        "insert into parts select i % 3, 'c\"' || i, 'part ' || i from generate_series(1, 30) i"
    )
    await connected(site, remote)
    await made(site, "parts", "public.parts", columns=[{"name": "title", "role": "embedding"}])
    async with site.worker():
        await wait_until(lambda: site.one(COMPARED_LATER), "followed")
        await remote.do("insert into parts_1 values (1, 'new', 'new'); delete from parts where code = 'c\"3'")
        await remote.do("update parts set shop = 2, title = 'moved' where code = 'c\"4'")
        await remote.do("update parts set title = 'changed' where code = 'c\"5'")
        await arrived(site, remote, "parts")
        live = await site.live("parts")
        assert '["1","new"]' in live and '["0","c\\"3"]' not in live and '["2","c\\"4"]' in live


@managed
async def test_a_worker_that_dies_between_queueing_and_removing_loses_nothing(site: Site, remote: Remote) -> None:
    await connected(site, remote)
    await made(site)
    async with followed(site, remote):
        pass
    await remote.do("update products set title = 'anew' where id < 10; delete from products where id = 10")
    process = site.process("remote_events_queued=exit", EMBEDD_LEASE="1")
    await process.gone()
    assert await remote.one("select count(*) from embedd.outbox") > 0
    assert await site.one("select count(*) from embedd.jobs") > 0
    embedded = site.stub.stats.inputs
    async with site.worker():
        await arrived(site, remote)
    assert site.stub.stats.inputs - embedded <= 9
    assert "10" not in await site.live()


@managed
async def test_two_workers_share_a_connection_and_one_takes_over_from_the_other(site: Site, remote: Remote) -> None:
    await connected(site, remote)
    await made(site)
    async with followed(site, remote, lease=1.0) as first:
        holder = await site.one("select worker from embedd.remote_outboxes")
        assert holder == first.worker.name
        assert await site.one("select embedd_internal.claim_remote_outbox('another', '1 min', '{}')") is None
    assert await site.one("select worker from embedd.remote_outboxes") is None
    async with site.worker():
        await remote.do("delete from products where id = 1")
        await arrived(site, remote)


@managed
async def test_a_database_that_is_down_delays_only_its_own_tables(site: Site, remote: Remote) -> None:
    await connected(site, remote)
    await made(site)
    await site.create_source("here", 3)
    await site.create_vector_table("here")
    await site.backfill("here")
    async with site.worker():
        await wait_until(lambda: site.one(COMPARED_LATER + " and name = 'articles'"), "followed")
        await arrived(site, remote)
        remote.relay.up = False
        remote.relay.cut()
        await remote.do("delete from products where id = 1; update products set body = 'anew' where id = 2")
        await site.error(seconds=40)
        assert len(await site.live()) == 50
        await site.do("update here set title = 'changed meanwhile' where id = 1")
        await site.synced("here")
        remote.relay.up = True
        await arrived(site, remote)
        assert "1" not in await site.live()
        await wait_until(lambda: site.one(COMPARED_LATER + " and name = 'articles'"), "as before")


@managed
async def test_dropped_triggers_are_repaired_by_the_comparison(site: Site, remote: Remote) -> None:
    await connected(site, remote)
    await made(site)
    async with followed(site, remote):
        await remote.do(
            "do $$ declare t record; begin for t in select tgname from pg_trigger where tgname like 'zz_embedd%'"
            " loop execute format('drop trigger %I on products', t.tgname); end loop; end $$"
        )
        await remote.do("delete from products where id = 1; update products set body = 'anew' where id = 2")
        await asyncio.sleep(1)
        assert "1" in await site.live(), "nobody could tell"
        await site.do("update embedd.vector_tables set next_poll_at = now()")
        await followed_now(site, remote)
        assert await remote.triggers() == 4 and "1" not in await site.live()
        await remote.do("alter table products disable trigger all; delete from products where id = 3")
        await site.do("update embedd.vector_tables set next_poll_at = now()")
        await followed_now(site, remote)
        await remote.do("delete from products where id = 5")
        await arrived(site, remote)


@managed
async def test_rows_come_and_go_with_their_condition_and_new_columns_are_watched(site: Site, remote: Remote) -> None:
    await connected(site, remote)
    await made(site, where="notes is null")
    async with followed(site, remote):
        await remote.do("update products set notes = 'hidden' where id = 1")
        await arrived(site, remote)
        assert "1" not in await site.live()
        await remote.do("update products set notes = null where id = 1")
        await arrived(site, remote)
        assert "1" in await site.live()
    await remote.do("alter table products add column brand text")
    columns = [*COLUMNS, {"name": "brand", "role": "metadata", "filter_type": "keyword"}]
    async with site.clients() as clients:
        await vector_tables.update(clients, "articles", columns=columns)
    async with followed(site, remote):
        await remote.do("update products set brand = 'Acme' where id = 2")
        await arrived(site, remote)
        assert "brand" in await remote.one("select array_to_string(tracked_columns, ',') from embedd.captures")


@managed
async def test_a_role_without_the_rights_polls_and_gets_the_reason(site: Site, remote: Remote) -> None:
    answer = await connected(site, remote, user=READER)
    assert answer["capture"] == "poll"
    assert f"must own the schema embedd, as {OWNER} does" in answer["capture_refused"]
    await made(site)
    async with site.worker():
        await remote.do("delete from products where id = 1")
        await arrived(site, remote)
        assert await site.one("select remote_capture_id is null from embedd.vector_tables")
    assert await remote.triggers() == 0


@managed
async def test_a_table_of_another_owner_is_polled_until_the_right_is_granted(
    site: Site, remote: Remote, database: str
) -> None:
    async with await psycopg.AsyncConnection.connect(database, autocommit=True) as root:
        await root.execute(f"alter table products owner to {READER}; grant select on products to {OWNER}".encode())
        await connected(site, remote)
        await made(site)
        async with site.worker():
            await wait_until(lambda: site.one("select exists (select from embedd.notices)"), "told")
            (notice,) = await site.do("select message from embedd.notices('articles')")
            assert f"The role {MEMBER} may not create triggers on" in notice["message"]
            assert f"grant {READER} to {MEMBER}" in notice["message"]
            await root.execute(b"delete from products where id = 1")
            await arrived(site, remote)
            assert await remote.triggers() == 0
            await root.execute(f"alter table products owner to {OWNER}".encode())
            await followed_now(site, remote)
        assert await site.one("select count(*) from embedd.notices") == 1, "told once"


@managed
async def test_only_one_installation_takes_the_events_of_a_database(site: Site, remote: Remote) -> None:
    other = "insert into embedd.consumer (installation) values (gen_random_uuid())"
    await remote.do(other)
    answer = await connected(site, remote)
    assert answer["capture"] == "poll" and "another installation of embedd" in answer["capture_refused"]
    await remote.do("delete from embedd.consumer")
    assert (await asked_again(site))["capture"] == "remote_trigger"
    await made(site)
    async with followed(site, remote):
        await remote.do(f"delete from embedd.consumer; {other}")
        assert "Another installation" in await site.error()
        await remote.do("delete from products where id = 1")
        await wait_until(lambda: gone(site, "1"), "polled meanwhile")
        assert await remote.one("select count(*) from embedd.outbox") > 0, "those are the other's"
        await remote.do("delete from embedd.consumer")
        await followed_now(site, remote)


async def gone(site: Site, key: str) -> bool:
    return key not in await site.live()


@managed
async def test_a_database_with_its_own_installation_is_polled(site: Site, remote: Remote) -> None:
    await remote.do(script())
    answer = await connected(site, remote)
    assert answer["capture"] == "poll" and "an installation of embedd in that database" in answer["capture_refused"]


@managed
@pytest.mark.parametrize("older", ["drop function embedd.read_outbox", AGED])
async def test_an_older_capture_line_is_polled_and_says_what_to_do(site: Site, remote: Remote, older: str) -> None:
    await remote.do(older)
    answer = await connected(site, remote)
    assert answer["capture"] == "poll" and "'embedd migrate --capture-only'" in answer["capture_refused"]
    await made(site)
    async with site.worker():
        await remote.do("delete from products where id = 1")
        await arrived(site, remote)
    assert await remote.triggers() == 0


@managed
async def test_a_capture_line_that_vanishes_shows_while_the_table_is_compared(site: Site, remote: Remote) -> None:
    await connected(site, remote)
    await made(site)
    async with followed(site, remote):
        await remote.do("drop schema embedd cascade")
        assert "no longer has embedd's capture line" in await site.error()
        await remote.do("delete from products where id = 1")
        await wait_until(lambda: gone(site, "1"), "polled meanwhile")
        await site.do("select embedd.drop_vector_table('articles')")
        await wait_until(lambda: site.one("select not exists (select from embedd.vector_tables)"), "forgotten")


@managed
async def test_dropping_the_last_vector_table_removes_the_remote_triggers(site: Site, remote: Remote) -> None:
    await connected(site, remote)
    await made(site)
    await made(site, "twin")
    async with followed(site, remote):
        assert await remote.triggers() == 4
        await site.do("select embedd.drop_vector_table('twin')")
        await wait_until(lambda: site.one("select count(*) = 1 from embedd.vector_tables"), "the twin forgotten")
        await remote.do("delete from products where id = 1")
        await arrived(site, remote)
        remote.relay.up = False
        remote.relay.cut()
        await site.do("select embedd.drop_vector_table('articles')")
        await wait_until(lambda: site.one("select not exists (select from embedd.generations)"), "its store is gone")
        assert await remote.triggers() == 4
        with pytest.raises(psycopg.Error, match="still being removed"):
            await site.do("select embedd.delete_connection('remote')")
        remote.relay.up = True
        await wait_until(
            lambda: site.one("select not exists (select from embedd.vector_tables)"), "forgotten", seconds=40
        )
    assert await remote.triggers() == 0
    assert await remote.one("select count(*) from embedd.consumer") == 0
    await site.do("select embedd.delete_connection('remote')")


@managed
async def test_the_first_comparison_installs_triggers_if_no_worker_ran_before(site: Site, remote: Remote) -> None:
    assert (await connected(site, remote, first=False))["capture"] == "remote_trigger"
    await made(site)
    assert await remote.triggers() == 0
    async with followed(site, remote):
        assert await remote.triggers() == 4
        assert await site.do("select * from embedd.notices()") == []


@managed
async def test_two_connections_to_one_database_share_its_outbox(site: Site, remote: Remote) -> None:
    await connected(site, remote)
    await connected(site, remote, name="another", first=False)
    await remote.do("create table books (id int primary key, title text); insert into books values (1, 'one')")
    await made(site)
    await made(site, "twin", connection="another")
    await made(site, "books", "public.books", connection="another", columns=COLUMNS[:1])
    async with followed(site, remote):
        assert await site.one("select count(*) from embedd.remote_outboxes where worker is not null") == 1
        for id in range(1, 6):
            await remote.do(f"delete from products where id = {id}; insert into books values ({id + 1}, 'more')")
            await arrived(site, remote)
            await arrived(site, remote, "twin")
            await arrived(site, remote, "books")
        await site.do("select embedd.drop_vector_table('articles')")
        await wait_until(lambda: site.one("select count(*) = 2 from embedd.vector_tables"), "forgotten")
        await remote.do("delete from products where id = 10; delete from books where id = 1")
        await arrived(site, remote, "twin")
        await arrived(site, remote, "books")
        assert await remote.triggers() == 8


@managed
async def test_a_test_that_finds_no_capture_line_any_more_lets_tables_be_polled_at_once(
    site: Site, remote: Remote
) -> None:
    await connected(site, remote)
    await made(site)
    async with followed(site, remote):
        await remote.do(AGED)
        assert (await asked_again(site))["capture"] == "poll"
        await wait_until(lambda: site.one("select next_poll_at < now() + interval '1 min' from embedd.vector_tables"))
        await remote.do("delete from products where id = 1")
        await wait_until(lambda: gone(site, "1"), "polled")
        await remote.do("insert into embedd.migrations select * from aged")
        assert (await asked_again(site))["capture"] == "remote_trigger"
        await followed_now(site, remote)


@managed
async def test_a_remote_view_is_polled(site: Site, remote: Remote) -> None:
    await remote.do("create view shelf as select * from products where id < 10")
    await connected(site, remote)
    await made(site, "shelf", "public.shelf", primary_key_column="id")
    async with site.worker():
        await remote.do("delete from products where id = 1")
        await wait_until(lambda: site.one("select sync_status = 'synced' from embedd.vector_tables"), "synced")
        await arrived(site, remote, "shelf")
        assert await site.do("select * from embedd.notices()") == []


@managed
async def test_a_draining_worker_takes_the_remaining_events_and_ends(site: Site, remote: Remote) -> None:
    await connected(site, remote)
    await made(site)
    async with followed(site, remote):
        pass
    await remote.do("delete from products where id = 1")
    async with site.worker(drain=True) as running:
        await running.task
    assert await remote.one("select count(*) from embedd.outbox") == 0
    assert "1" not in await site.live()


@managed
async def test_new_credentials_take_effect(site: Site, remote: Remote) -> None:
    await connected(site, remote)
    await made(site)
    async with followed(site, remote):
        async with site.clients() as clients:
            await connections.update(clients, "remote", credentials={"user": OWNER, "password": PASSWORD})
        await remote.do("delete from products where id = 1")
        await wait_until(
            lambda: remote.one(
                f"select exists (select from pg_stat_activity where usename = '{OWNER}'"
                " and application_name = 'embedd source')"
            ),
            "sessions of the new role",
        )
        await arrived(site, remote)


@managed
async def test_changes_during_the_backfill_arrive(site: Site, remote: Remote) -> None:
    await connected(site, remote)
    await made(site)
    process = site.process("backfill_page=sleep:1", EMBEDD_BATCH_SIZE="5")
    await wait_until(lambda: site.one("select exists (select from embedd.tasks where status = 'running')"))
    await remote.do("insert into products values (0, 'before all', 'zero', 0); delete from products where id = 50")
    process.signal(signal.SIGSTOP)
    await remote.do("update products set body = 'in the middle' where id % 7 = 0")
    process.signal(signal.SIGCONT)
    await wait_until(lambda: site.one(COMPARED_LATER), "followed")
    await process.kill()
    async with site.worker():
        await arrived(site, remote)
