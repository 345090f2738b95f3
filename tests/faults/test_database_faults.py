"""Faults of the database, of the connection to it, and of its other users (fault matrix, by number)."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg.conninfo import make_conninfo

from embedd_pg.database.connection import Connection, ServerSilent
from embedd_pg.database.migrate import migrate
from tests.support import postgres
from tests.support.database_relay import database_relay
from tests.support.postgres import Cluster
from tests.support.qdrant_server import running
from tests.support.small_disk import create_tablespace
from tests.support.small_disk import small_disk as small_disk
from tests.support.worker import Site, both_stores, create_role, open_site, wait_until


async def alert(site: Site, subject: str, patience: str = "5 minutes") -> str | None:
    """Return the alert of health() for a subject, if there is one."""
    found = await site.one("select alert from embedd.health(%s) where subject = %s", patience, subject)
    return None if found is None else str(found)


async def figure(site: Site, subject: str) -> float:
    return float(await site.one("select value from embedd.health() where subject = %s", subject))


@both_stores
async def test_14_an_event_that_commits_behind_later_ones_is_not_passed_over(site: Site) -> None:
    await site.set_up(rows=3)
    async with site.worker(), await psycopg.AsyncConnection.connect(site.dsn) as late:
        await site.synced()
        await late.execute("update articles set body = 'commits late' where id = 1")
        await site.do("update articles set body = 'commits early' where id = 2")
        await wait_until(lambda: site.texts()["Title: title 2\ncommits early"])
        await site.quiet()
        await late.commit()
        await site.synced()


async def test_17_while_a_session_pins_a_snapshot_work_goes_on_and_health_names_the_session(site: Site) -> None:
    await site.set_up(rows=50)
    async with site.worker(), await psycopg.AsyncConnection.connect(site.dsn, application_name="forgotten") as pinned:
        await site.synced()
        assert await alert(site, "snapshot_age", "1 minute") is None
        await pinned.execute("set transaction isolation level repeatable read")
        await pinned.execute("select")
        for round_ in range(20):
            await site.do("update articles set body = 'round ' || %s, price = %s", round_, round_)
        await site.synced()
        said = await alert(site, "snapshot_age", "0") or ""
        assert f"process {pinned.info.backend_pid} " in said
        assert "forgotten" in said
        assert "idle in transaction" in said
        await pinned.rollback()
        assert "forgotten" not in (await alert(site, "snapshot_age", "0") or "")


async def test_18_a_foreign_listener_that_fills_the_queue_is_named_and_ours_never_does(
    cluster: postgres.Cluster, vendor: Any, nursery: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The test uses a server of its own, because a full queue of notifications affects every database."""
    with psycopg.connect(cluster.dsn()) as session:
        if session.info.server_version < 170000:
            pytest.skip("the queue of notifications holds 8 GB before max_notify_queue_pages of PostgreSQL 17")
    monkeypatch.delenv("EMBEDD_TEST_DSN", raising=False)
    monkeypatch.setattr(postgres, "SETTINGS", postgres.SETTINGS + "max_notify_queue_pages = 64\n")
    with postgres.running_cluster() as full:
        dsn = full.dsn(full.create_database())
        await migrate(dsn)
        async with open_site(dsn, "platform", vendor=vendor, nursery=nursery, directory=tmp_path) as site:
            await site.set_up(rows=3)
            async with site.worker(), await psycopg.AsyncConnection.connect(dsn, application_name="napping") as other:
                await site.synced()
                await other.execute("listen news")
                await other.commit()
                await other.execute("select 1")
                while await figure(site, "notification_queue") <= 0.1:
                    await site.do("select pg_notify('news', repeat(i::text, 3000)) from generate_series(10, 30) i")
                said = await alert(site, "notification_queue") or ""
                assert "napping" in said
                ours = "state like 'idle in transaction%%' and application_name like 'embedd%%'"
                assert not await site.one(f"select count(*) from pg_stat_activity where {ours}")
                await site.do("update articles set body = 'changed'")
                await site.synced()
                await other.rollback()
                # The queue moves on when a session listens or notifies.
                await wait_until(lambda: drained(site), "the queue is drained")


async def drained(site: Site) -> bool:
    await site.do("notify news")
    return await figure(site, "notification_queue") < 0.1


async def test_19_where_notifications_get_lost_the_worker_polls_and_health_says_so(site: Site) -> None:
    await site.set_up(rows=3)
    async with database_relay(site.dsn, deaf=True) as pooled:
        direct, site.dsn = site.dsn, pooled.url
        async with site.worker() as worker:
            await site.synced()
            await wait_until(lambda: stopped_listening(site))
            assert not worker.worker._listener.heard
            assert "poll" in (await alert(site, "listeners") or "")
            await site.do("update articles set body = 'found by polling' where id = 1")
            await site.synced()
            assert not await site.one("select armed from embedd.doorbell"), "nobody is asked to ring in vain"
        site.dsn = direct
    async with site.worker(poll_interval=20) as worker:
        await wait_until(lambda: worker.worker._listener.heard)
        await wait_until(lambda: site.one("select armed from embedd.doorbell"))
        assert await alert(site, "listeners") is None
        await site.do("update articles set body = 'found by the bell' where id = 1")
        await wait_until(lambda: site.texts()["Title: title 1\nfound by the bell"], seconds=10)


async def stopped_listening(site: Site) -> bool:
    """Return whether the listener has ended its session again."""
    named = "select query from pg_stat_activity where application_name = 'embedd listen'"
    return await figure(site, "listeners") == 0 and not await site.do(named)


@pytest.mark.parametrize("kind", ["refused", "silent"])
@pytest.mark.parametrize("site", ["managed"], indirect=True)
async def test_64_a_worker_that_sees_the_store_but_not_the_database_stops_writing(site: Site, kind: str) -> None:
    with running() as server:
        site.qdrant_url = server.url
        async with database_relay(site.dsn) as relay:
            await site.set_up(rows=5)
            direct, site.dsn = site.dsn, relay.url
            async with site.worker(lease=1) as worker:
                await site.synced()
                site.stub.fault(hang=2)
                calls = site.stub.stats.requests
                await site.do("update articles set body = 'changed'")
                await wait_until(lambda: site.stub.stats.requests > calls)
                if kind == "refused":
                    relay.cut()
                else:
                    relay.black_hole = True
                collection = await site.one("select store_table from embedd.generations")
                seen = len(server.requests)
                (attempt,) = worker.worker._attempts
                await wait_until(lambda: not site.stub.stats.in_flight, "the provider has answered")
                await asyncio.sleep(0.3)
                assert f"PUT /collections/{collection}/points" not in server.requests[seen:]
                relay.mend()
                await wait_until(attempt.done, "the attempt is over", seconds=30)
                await site.synced()
            site.dsn = direct


@pytest.mark.parametrize("way", ["direct", "through a pooler"])
async def test_65_connections_that_lead_nowhere_are_closed_and_opened_again(
    site: Site, monkeypatch: pytest.MonkeyPatch, way: str
) -> None:
    """Without a pooler the server says that it does nothing for such a session. Behind one, only silence shows it."""
    if way == "direct":
        monkeypatch.setattr(Connection, "silence", None)
    else:
        monkeypatch.setattr(Connection, "silence", 1.0)
        monkeypatch.setattr(Connection, "doubt", 1000.0)
    await site.set_up(rows=3)
    async with database_relay(site.dsn) as relay:
        site.dsn = relay.url
        async with site.worker():
            await site.synced()
            for round_ in range(2):
                relay.half_open()
                await site.do("update articles set body = 'round ' || %s", round_)
                await site.synced(seconds=60)


async def test_65_a_path_that_swallows_packets_is_given_up_although_it_acknowledges_them(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Connection, "silence", None)
    await site.set_up(rows=3)
    async with database_relay(site.dsn) as relay:
        session = await Connection.connect(relay.url, autocommit=True)
        await session.execute("select 1")
        relay.black_hole = True
        with pytest.raises(ServerSilent):
            await asyncio.wait_for(session.execute("select 1"), 60)
        relay.mend()


async def test_65_a_long_statement_is_waited_for(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Connection, "doubt", 0.2)
    ask, answers = Connection._state, list[str | None]()

    async def asked(session: Connection) -> str | None:
        answers.append(await ask(session))
        return answers[-1]

    monkeypatch.setattr(Connection, "_state", asked)
    async with await Connection.connect(site.dsn, autocommit=True) as session:
        await session.execute("select pg_sleep(3)")
    assert "active" in answers


async def test_65_a_server_that_refuses_another_session_counts_as_alive(
    cluster: Cluster, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Connection, "doubt", 0.2)
    await create_role(cluster, site.dsn, "test_refused")
    refused = make_conninfo(site.dsn, user="test_refused")
    async with await Connection.connect(refused, autocommit=True) as session:
        await site.do("alter role test_refused nologin")
        with pytest.raises(psycopg.OperationalError, match="FATAL"):
            await psycopg.AsyncConnection.connect(refused)
        await session.execute("select pg_sleep(2)")
        await site.do("alter role test_refused login")


async def test_65_every_session_of_ours_uses_keepalive(site: Site) -> None:
    """This detects a peer that is gone without notice: nothing acknowledged for 15 s, or no answer to its probes."""
    async with site.clients() as clients:
        await clients.database.rows("health")
        source = await clients.connections.pool(await site.one("select id from embedd.connections"), read_only=True)
        async with clients.database._pool.connection() as one, source.connection() as other:
            for session in (one, other):
                set_ = session.info.get_parameters()
                assert set_["tcp_user_timeout"] == "15000"
                assert int(set_["keepalives_idle"]) + 3 * int(set_["keepalives_interval"]) <= 25


# A full disk.


async def test_39_a_full_disk_fails_the_whole_statement_of_the_writer_until_there_is_room(
    small_disk: Path, site: Site
) -> None:
    await create_tablespace(site.sql, small_disk)
    await site.set_up(rows=1000)
    async with site.worker():
        await site.synced()
    await site.do("alter table embedd.outbox set tablespace test_small")
    await site.do("alter index embedd.outbox_id set tablespace test_small")
    await site.do("update articles set price = 1")
    await site.do("vacuum embedd.outbox")  # it has seen one before
    ballast = small_disk / "ballast"
    ballast.write_bytes(bytes(6 * 1024 * 1024))  # so that two megabytes are left to fill
    changes = 0
    with pytest.raises(psycopg.errors.DiskFull):
        while changes < 1000:
            await site.do("update articles set price = %s", -changes)
            changes += 1
    noted = await site.one("select sum(coalesce(cardinality(keys), 1)) from embedd.outbox")
    assert noted == 999 + 1000 * changes
    assert await site.one("select array_agg(distinct price::int) from articles") == [1 - changes], "all or none"
    assert "Changes wait in the outbox" in (await alert(site, "outbox_age", "0") or "")
    async with site.worker():
        await site.synced(seconds=60)
        ballast.unlink()  # VACUUM needs some pages itself
        await site.do("vacuum embedd.outbox")  # as autovacuum does
        await site.do("update articles set body = 'there is room again' where id = 1")
        await site.synced()
