"""Poolers in front of PostgreSQL: the real PgBouncer, in each mode, with few sessions."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import psycopg
import pytest
from psycopg.conninfo import make_conninfo

from embedd_pg.database.call import Database, open_pool, request_databases
from embedd_pg.database.connection import AnswerGarbled
from embedd_pg.database.pooler import Pooler, find_pooler
from embedd_pg.errors import DatabaseRefused, DatabaseUnavailable, EmbeddError
from tests.acceptance.test_doctor import found, of
from tests.support.database_relay import DatabaseRelay
from tests.support.difference import active
from tests.support.pgbouncer import PgBouncer, pgbouncer
from tests.support.postgres import Cluster
from tests.support.relay import Relay, opened
from tests.support.search import search
from tests.support.worker import Running, Site, create_role, wait_until

#: What operators set where clients' options would be refused otherwise.
IGNORING = {"ignore_startup_parameters": "options,extra_float_digits"}
LITTLE: list[tuple[str, dict[str, object]]] = [
    ("transaction", {}),
    ("transaction", {**IGNORING, "server_reset_query_always": 1}),
    ("transaction", {"default_pool_size": 1, "server_round_robin": 1}),
    ("transaction", {"default_pool_size": 2, "server_lifetime": 5}),
    ("session", IGNORING),
    ("session", {"default_pool_size": 1}),
    ("session", {"default_pool_size": 3, "server_lifetime": 5, "server_reset_query_always": 1}),
]


@asynccontextmanager
async def working(site: Site, pooler: PgBouncer, **changes: Any) -> AsyncIterator[Running]:
    """Run a worker that reaches the database through the pooler only."""
    async with site.worker(database_url=pooler.dsn, **changes) as running:
        yield running


@pytest.mark.parametrize(
    ("mode", "settings", "expected"),
    [
        ("transaction", {}, Pooler.TRANSACTION),
        ("transaction", IGNORING, Pooler.TRANSACTION),
        ("transaction", {"default_pool_size": 1}, Pooler.TRANSACTION),
        ("transaction", {"server_round_robin": 1}, Pooler.TRANSACTION),
        ("transaction", {"server_reset_query_always": 1}, Pooler.TRANSACTION),
        ("session", {}, Pooler.SESSION),
        ("session", {"server_lifetime": 5}, Pooler.SESSION),
        ("session", {"default_pool_size": 1}, Pooler.UNKNOWN),
        ("statement", {}, Pooler.UNKNOWN),
    ],
)
async def test_a_second_client_reveals_the_mode_of_a_pooler(
    site: Site, mode: str, settings: dict[str, object], expected: Pooler
) -> None:
    assert await find_pooler(site.dsn) is Pooler.NONE
    with pgbouncer(site.dsn, mode, **settings) as pooler:
        for _ in range(2):
            assert await find_pooler(pooler.dsn) is expected


@pytest.mark.parametrize(("mode", "settings"), LITTLE)
async def test_81_through_a_pooler_of_any_mode_every_change_arrives(
    site: Site, mode: str, settings: dict[str, object]
) -> None:
    """Each table is read by prepared statements of its own, which must not meet in one session of the server."""
    await site.set_up(rows=30, name="alpha")
    await site.set_up(rows=30, name="beta")
    await site.do("update beta set title = 'beta ' || id")
    with pgbouncer(site.dsn, mode, **settings) as pooler:
        async with working(site, pooler):
            for name in ("alpha", "beta"):
                await site.synced(name)
            for round in range(12):
                for name in ("alpha", "beta"):
                    await site.do(f"update {name} set body = '{name} {round}.' || id where id % 3 = {round % 3}")
                await asyncio.sleep(0.1)
            for name in ("alpha", "beta"):
                await site.synced(name)
            assert not await site.do("select * from embedd.jobs")


async def test_81_two_clients_of_one_pooler_read_their_own_tables_only(site: Site) -> None:
    for name in ("alpha", "beta"):
        await site.create_source(name, rows=20)
        await site.do(f"update {name} set title = '{name}'")
        await site.create_vector_table(name)
    with pgbouncer(site.dsn, "transaction", default_pool_size=3) as pooler:
        async with site.clients(database_url=pooler.dsn) as one, site.clients(database_url=pooler.dsn) as other:

            async def read(clients: Any, name: str) -> None:
                source = await clients.source(await active(clients, name))
                for _ in range(40):
                    rows = await source.read([str(n) for n in range(1, 21)])
                    assert len(rows) == 20
                    assert {row.texts[0] for row in rows.values()} == {name}

            await asyncio.gather(read(one, "alpha"), read(other, "beta"), read(one, "beta"), read(other, "alpha"))


@pytest.mark.parametrize("mode", ["session", "transaction"])
async def test_81_indexes_are_built_and_searched_through_a_pooler(site: Site, mode: str) -> None:
    await site.set_up(rows=60)
    with pgbouncer(site.dsn, mode, default_pool_size=4) as pooler:
        async with working(site, pooler):
            await site.synced()
        indexes = "select count(*) from pg_indexes where tablename like 'embedd%%' and indexdef like '%%hnsw%%'"
        assert await site.one(indexes) == 1
        async with site.clients(database_url=pooler.dsn) as clients:
            filters = {"price": {"gte": 50}}
            asked = [search(clients, "articles", f"text of {n}", filters=filters, limit=3) for n in range(50, 60)]
            for found in await asyncio.gather(*asked):
                assert len(found.hits) == 3 and all(hit.metadata["price"] >= 50 for hit in found.hits)
    left = "select count(*) from pg_locks where locktype = 'advisory'"
    assert await site.one(left) == 0, "no lock stays in a session that others use"


async def test_82_in_transaction_mode_workers_poll_and_say_so(site: Site) -> None:
    await site.set_up(rows=3)
    with pgbouncer(site.dsn, "transaction") as pooler:
        async with working(site, pooler, poll_interval=0.3) as worker:
            await site.synced()
            await wait_until(lambda: worker.worker._listener.silence)
            assert "transaction mode" in (worker.worker._listener.silence or "")
            await site.do("update articles set body = 'found by polling' where id = 1")
            await site.synced()
            listening = "select count(*) from pg_stat_activity where query ilike 'listen%%'"
            assert await site.one(listening) == 0, "no session of the pooler is left listening"
            assert not await site.one("select armed from embedd.doorbell")
            text = "('articles', 'found by polling')"
            for statement in (f"call embedd.prepare_search{text}", f"select pk_value from embedd.search{text}"):
                async with await psycopg.AsyncConnection.connect(pooler.dsn, autocommit=True) as client:
                    cursor = await client.execute(statement.encode())
            assert (await cursor.fetchall())[0] == ("1",)
            findings = await found(site, database_url=pooler.dsn)
            assert of(findings, "pooling").state == "note" and "transaction mode" in of(findings, "pooling").message
            assert of(findings, "wake-up").state == "note" and "polling" in of(findings, "wake-up").message


async def test_82_in_session_mode_workers_are_woken(site: Site) -> None:
    await site.set_up(rows=3)
    with pgbouncer(site.dsn, "session") as pooler:
        async with working(site, pooler, poll_interval=20) as worker:
            await wait_until(lambda: worker.worker._listener.heard)
            await site.synced()
            await wait_until(lambda: site.one("select armed from embedd.doorbell"))
            await site.do("update articles set body = 'found by the bell' where id = 1")
            await wait_until(lambda: site.texts()["Title: title 1\nfound by the bell"], seconds=10)


@pytest.mark.parametrize("mode", ["session", "transaction"])
@pytest.mark.parametrize("settings", [IGNORING, {}], ids=["options ignored", "options refused"])
async def test_83_row_security_behind_a_pooler_is_an_error_that_deletes_nothing(
    cluster: Cluster, site: Site, mode: str, settings: dict[str, object]
) -> None:
    """The owner is subject to forced row security, which a lost setting would let hide rows without an error."""
    await create_role(cluster, site.dsn, "pooled_owner")
    await site.set_up(rows=20)
    await site.do("alter table articles owner to pooled_owner; grant embedd_worker to pooled_owner")
    await site.do("grant create on schema public to pooled_owner")
    with pgbouncer(make_conninfo(site.dsn, user="pooled_owner"), mode, **settings) as pooler:
        async with working(site, pooler):
            await site.synced()
            await site.do("alter table articles enable row level security")
            await site.do("alter table articles force row level security")
            await site.do("create policy late on articles using (id > 10)")
            await site.do("update articles set body = 'changed' where id <= 6")
            assert "row security" in await site.error()
            assert await site.live() == {str(n) for n in range(1, 21)}
            await site.do("alter table articles no force row level security")
            await site.hurry()
            await site.synced()


@pytest.mark.parametrize(("mode", "kept"), [("none", True), ("session", False), ("transaction", False)])
async def test_84_a_pool_that_opened_before_its_database_keeps_no_session_from_others(
    site: Site, mode: str, kept: bool
) -> None:
    with pgbouncer(site.dsn, "transaction" if mode == "none" else mode) as pooler:
        async with opened(Relay(site.dsn if mode == "none" else pooler.dsn, up=False)) as relay:
            address = make_conninfo(pooler.dsn, port=relay.port)
            pool = await open_pool(address)
            relay.up = True
            processes = set()
            for _ in range(8):
                async with pool.connection() as session:
                    processes.add(session.info.backend_pid)
            # The first session shows what is there, and is not kept. Others are, or not.
            assert len(processes) <= 4 if kept else len(processes) == 8
            await pool.close()


async def test_84_two_workers_and_requests_share_the_default_pool_of_a_pooler(site: Site) -> None:
    """A pooler in session mode has twenty sessions for everybody."""
    names = [f"table_{n}" for n in range(6)]
    for name in names:
        await site.set_up(rows=40, name=name)
    with pgbouncer(site.dsn, "session", default_pool_size=20) as pooler:
        for _ in range(2):
            site.process(EMBEDD_DATABASE_URL=pooler.dsn)
        async with request_databases(pooler.dsn, statement_timeout=10) as databases:
            answered = 0

            async def ask() -> None:
                nonlocal answered
                while True:
                    assert await databases.admission.value("oldest_program") is not None
                    assert await databases.work.rows("health")
                    answered += 1

            asking = [asyncio.create_task(ask()) for _ in range(4)]
            try:
                for round in range(4):
                    for name in names:
                        await site.do(f"update {name} set body = '{name} {round}.' || id where id % 2 = 0")
                for name in names:
                    await site.synced(name)
                before = answered
                await wait_until(lambda: answered > before + 4)
                assert not [task for task in asking if task.done()]
            finally:
                for task in asking:
                    task.cancel()
                await asyncio.gather(*asking, return_exceptions=True)


@pytest.mark.parametrize(
    ("mode", "options", "said"),
    [("session", "-c jit=off", "unsupported startup parameter"), ("statement", "", "transaction blocks not allowed")],
)
async def test_81_what_a_pooler_refuses_is_said_in_its_own_words(
    site: Site, mode: str, options: str, said: str
) -> None:
    with pgbouncer(site.dsn, mode) as pooler:
        async with await open_pool(make_conninfo(pooler.dsn, options=options), timeout=3) as pool:
            with pytest.raises(DatabaseRefused, match=said) as refused:
                await Database(pool, patience=4).value("oldest_program")
            assert refused.value.resolution != DatabaseRefused.resolution


@dataclass
class Breaking(Relay):
    """A relay that resets the server's connection within the description of the column `broken`."""

    async def _pass(self, data: bytes, writer: asyncio.StreamWriter) -> None:
        before, found, _ = data.partition(b"broken\0")
        await super()._pass(before if found else data, writer)
        if found:
            self.reset()


@pytest.mark.parametrize("mode", ["session", "transaction"])
async def test_81_an_answer_within_which_the_server_is_lost_is_asked_for_again(site: Site, mode: str) -> None:
    """The pooler puts its own error into the middle of the answer, in which the driver then finds no protocol."""
    await site.do("create function embedd.broken() returns int language sql return 1")
    await site.do("create function embedd.whole() returns int language sql return 2")
    async with opened(Breaking(site.dsn)) as relay:
        with pgbouncer(make_conninfo(site.dsn, host="127.0.0.1", port=relay.port), mode) as pooler:
            async with await open_pool(pooler.dsn, timeout=3) as pool:
                database = Database(pool, patience=4)
                assert await database.value("whole") == 2
                with pytest.raises(DatabaseUnavailable) as failed:
                    await database.value("broken")
                assert isinstance(failed.value.__cause__, AnswerGarbled)
                assert await database.value("whole") == 2


@dataclass
class Meddling(DatabaseRelay):
    """A relay that changes a setting on its way to the server."""

    async def _pass(self, data: bytes, writer: asyncio.StreamWriter) -> None:
        await super()._pass(data.replace(b"'row_security', 'off'", b"'row_security', 'on' "), writer)


async def test_83_a_session_that_does_not_keep_a_setting_is_refused(site: Site) -> None:
    await site.create_source(rows=1)
    await site.create_vector_table()
    async with opened(Meddling(site.dsn)) as relay, site.clients(database_url=relay.url) as clients:
        source = await clients.source(await active(clients, "articles"))
        with pytest.raises(EmbeddError, match="does not keep the settings of a session"):
            await source.read(["1"])


_END_SESSIONS = "select pg_terminate_backend(pid) from pg_stat_activity where application_name like 'embedd%%'"


@pytest.mark.parametrize("mode", [None, "session", "transaction"])
async def test_85_a_database_that_is_read_only_for_a_while_is_written_again(site: Site, mode: str | None) -> None:
    await site.set_up(rows=5)
    name = await site.one("select current_database()")
    with pgbouncer(site.dsn, mode or "session", server_lifetime=1) as pooler:
        async with site.worker(database_url=pooler.dsn if mode else site.dsn):
            await site.synced()
            await site.do(f"alter database {name} set default_transaction_read_only = on")
            await site.do(_END_SESSIONS)
            await site.do("update articles set body = 'while it was read-only'")
            await site.synced()
            await site.do(f"alter database {name} reset default_transaction_read_only")
            await site.do("update articles set body = 'afterwards'")
            await site.synced()
