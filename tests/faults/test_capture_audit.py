"""Damage that triggers cannot report, found by the capture check (fault matrix, by number). Its interval is short in
these tests."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import psycopg
import pytest
from psycopg.conninfo import make_conninfo

from tests.support.postgres import Cluster
from tests.support.worker import Running, Site, create_role, wait_until

LOAD = "insert into {} select i, 'title ' || i, 'loaded ' || i, i from generate_series(100, 119) i"


@asynccontextmanager
async def audited(site: Site, **changes: Any) -> AsyncIterator[Running]:
    """Run a worker that audits several times a second, after its first audit."""
    async with site.worker(audit_interval=0.3, **changes) as worker:
        await site.synced()
        await wait_until(lambda: site.one("select count(*) > 0 from embedd.capture_audits"))
        yield worker


async def notices(site: Site, name: str = "articles") -> str:
    return " ".join(row["message"] for row in await site.do("select message from embedd.notices(%s)", name))


async def noticed(site: Site, words: str, name: str = "articles") -> None:
    async def look() -> bool:
        return words in await notices(site, name)

    try:
        await wait_until(look, f"a notice: {words}")
    except AssertionError as error:
        raise AssertionError(f"{error}; there are: {await notices(site, name)}") from None


async def followed(site: Site, key: int = 5000) -> None:
    """Check that the triggers work: a change is found although no audit reports it."""
    await site.do("insert into articles (id, title) values (%s, 'followed')", key)
    events = await site.one(
        "select (select count(*) from embedd.outbox where key = %s) + (select count(*) from embedd.jobs where key = %s)"
        " + (select count(*) from embedd.row_states where key = %s)",
        str(key),
        str(key),
        str(key),
    )
    assert events


async def triggers(site: Site, table: str = "articles") -> dict[str, str]:
    rows = await site.do("select tgname, tgenabled from pg_trigger where tgrelid = %s::regclass", table)
    return {row["tgname"]: row["tgenabled"] for row in rows if row["tgname"].startswith("zz_embedd_")}


@pytest.mark.parametrize("how", ["enable trigger all", "always", "left disabled", "one transaction"])
async def test_33_rows_loaded_while_the_triggers_were_disabled_are_found(site: Site, how: str) -> None:
    await site.set_up(rows=5)
    async with audited(site):
        names = list(await triggers(site))
        load = LOAD.format("articles")
        if how == "one transaction":
            async with site.sql.transaction():
                await site.do("alter table articles disable trigger all")
                await site.do(load)
                await site.do("delete from articles where id = 1")
                for name in names:
                    await site.do(f"alter table articles enable always trigger {name}")
        else:
            await site.do("alter table articles disable trigger all")
            await site.do(load)
            await site.do("delete from articles where id = 1")
            if how == "enable trigger all":
                await site.do("alter table articles enable trigger all")
            elif how == "always":
                for name in names:
                    await site.do(f"alter table articles enable always trigger {name}")
        await noticed(site, "disabled or altered")
        await site.synced()
        assert await site.live() == {*map(str, range(2, 6)), *map(str, range(100, 120))}
        assert set((await triggers(site)).values()) == {"A"}
        await followed(site)
        assert (await site.status())["last_error"] is None


async def test_33_damage_done_while_no_worker_ran_is_found_at_the_start(site: Site) -> None:
    await site.set_up(rows=3)
    async with audited(site):
        pass
    await site.do("alter table articles disable trigger all")
    await site.do("delete from articles where id = 2")
    await site.do("alter table articles enable trigger all")
    async with site.worker(audit_interval=0.3):
        await noticed(site, "disabled or altered")
        await site.synced()
        assert await site.live() == {"1", "3"}


async def test_a_quiet_table_is_checked_without_a_reconcile(site: Site) -> None:
    await site.set_up(rows=3)
    await site.set_up(rows=3, name="others")
    async with audited(site):
        first = await site.one("select min(audited_at) from embedd.capture_audits")
        await site.do("analyze articles")
        await site.do(
            "select embedd.update_vector_table('others', columns => %s)",
            """[
            {"name": "title", "role": "embedding", "ordinal": 1, "name_prefix": "Title: "},
            {"name": "body", "role": "embedding", "ordinal": 2},
            {"name": "price", "role": "metadata", "filter_type": "float"},
            {"name": "notes", "role": "metadata", "filter_type": "keyword"}]""",
        )
        await wait_until(lambda: site.one("select min(audited_at) > %s from embedd.capture_audits", first))
        await site.quiet()
        again = await site.one("select max(audited_at) from embedd.capture_audits")
        await wait_until(lambda: site.one("select min(audited_at) > %s from embedd.capture_audits", again))
        assert await site.one("select count(*) from embedd.tasks where task_type = 'reconcile'") == 0
        assert await notices(site) == await notices(site, "others") == ""


@pytest.mark.parametrize("what", ["trigger", "function"])
async def test_dropped_triggers_are_installed_again_and_missed_changes_are_found(site: Site, what: str) -> None:
    await site.set_up(rows=5)
    async with audited(site):
        if what == "function":
            await site.do("drop function embedd.capture_1() cascade")
        else:
            await site.do("drop trigger zz_embedd_1_delete on articles")
        await site.do("delete from articles where id = 1")
        await noticed(site, "The trigger zz_embedd_1_delete on public.articles was dropped.")
        await site.synced()
        assert len(await triggers(site)) == 4
        await followed(site)


async def test_a_changed_trigger_function_is_written_again(site: Site) -> None:
    await site.set_up(rows=5)
    async with audited(site):
        await site.do(
            "create or replace function embedd.capture_1() returns trigger language plpgsql as 'begin return null; end'"
        )
        await site.do("update articles set body = 'unseen' where id = 3")
        await noticed(site, "The trigger function was changed.")
        await site.synced()
        await followed(site)


async def test_values_that_an_altered_column_changed_are_found(site: Site) -> None:
    await site.set_up(rows=5)
    async with audited(site):
        await site.do("alter table articles alter price type int using 7")
        await noticed(site, "The column price was altered.")
        await site.synced()


async def test_30_partitions_that_come_and_go_are_found(site: Site) -> None:
    await site.do(
        "create table articles (id int primary key, title text, body text, price numeric) partition by range (id)"
    )
    await site.do("create table small partition of articles for values from (0) to (1000)")
    await site.do("insert into articles select i, 'title ' || i, 'text of ' || i, i from generate_series(1, 5) i")
    await site.create_vector_table()
    await site.backfill()
    async with audited(site):
        await site.do("insert into small values (6, 'straight', 'into the partition', 1)")
        await site.synced()
        await site.do("create table large (like articles including all)")
        await site.do("insert into large values (2000, 'attached', 'with its rows', 1)")
        await site.do("alter table articles attach partition large for values from (1000) to (9000)")
        await noticed(site, "public.large became part of the table.")
        await site.synced()
        assert "2000" in await site.live()
        assert set((await triggers(site, "large")).values()) == {"A"}
        assert len(await triggers(site, "large")) == 2
        await site.do("truncate large")
        await followed(site)
        await site.synced()
        assert "2000" not in await site.live()
        await site.do("alter table articles detach partition large")
        await noticed(site, "public.large is gone or no longer part of the table.")
        await site.synced()
        assert await triggers(site, "large") == {}
        assert "5000" not in await site.live()
        await site.do("drop table small")
        await noticed(site, "public.small is gone")
        await site.synced()
        assert await site.live() == set()


async def test_30_a_table_that_gets_a_child_is_followed_by_row_triggers_from_then_on(site: Site) -> None:
    await site.set_up(rows=3)
    async with audited(site):
        await site.do("create table special () inherits (articles)")
        await site.do("insert into special (id, title) values (10, 'of the child')")
        await noticed(site, "public.special became part of the table.")
        await site.synced()
        assert "10" in await site.live()
        assert sorted(await triggers(site)) == ["zz_embedd_1_row", "zz_embedd_1_truncate"]
        await site.do("update special set title = 'changed in the child'")
        await site.synced()
        await site.do("update articles set title = 'changed through the parent'")
        await followed(site)
        await site.synced()


async def test_34_a_table_that_was_replaced_under_its_name_is_followed(site: Site) -> None:
    await site.set_up(rows=5)
    async with audited(site):
        await site.do("create table fresh (like articles including all)")
        await site.do("insert into fresh select * from articles where id > 2")
        async with site.sql.transaction():
            await site.do("alter table articles rename to old")
            await site.do("alter table fresh rename to articles")
        await noticed(site, "it is followed instead")
        await site.synced()
        assert await site.live() == {"3", "4", "5"}
        assert await triggers(site, "old") == {}
        await followed(site)
        unseen = "select exists (select id from embedd.captures except select capture_id from embedd.capture_audits)"
        await wait_until(lambda: site.one(f"select not ({unseen})"), "the new table has been looked at")
        await site.do("drop table articles")
        await noticed(site, "public.articles is gone")
        assert "gone" in await site.error()
        await site.create_source("articles", rows=2)
        await site.hurry()
        await site.synced()
        assert await site.live() == {"1", "2"}


async def test_a_locked_table_is_repaired_later_and_delays_no_other(site: Site) -> None:
    await site.set_up(rows=3)
    await site.set_up(rows=3, name="others")
    async with audited(site):
        await site.do("alter table articles disable trigger all")
        async with await psycopg.AsyncConnection.connect(site.dsn) as loading:
            await loading.execute("insert into articles values (50, 'loaded', 'slowly', 1)")
            await site.do("drop trigger zz_embedd_2_insert on others")
            await site.do("insert into others values (60, 'meanwhile', '', 1)")
            assert "embedd tries again" in await site.error()
            await noticed(site, "zz_embedd_2_insert", "others")
            await loading.commit()
        await noticed(site, "disabled or altered")
        await site.hurry()
        await site.synced()
        await site.synced("others")


async def test_a_trigger_dropped_during_a_repair_is_missed_by_only_one_check(site: Site) -> None:
    await site.do("create table articles (id int primary key, title text, body text, price numeric)")
    await site.do("create table special () inherits (articles)")
    await site.create_vector_table()
    await site.do("select embedd_internal.audit_capture(1)")
    await site.do("drop trigger zz_embedd_1_row on special")
    async with (
        await psycopg.AsyncConnection.connect(site.dsn) as loading,
        await psycopg.AsyncConnection.connect(site.dsn, autocommit=True) as auditing,
    ):
        await loading.execute("insert into special values (50, 'loaded', 'slowly', 1)")
        audit = asyncio.create_task(auditing.execute("select embedd_internal.audit_capture(1)"))
        waits = "select pg_blocking_pids(%s) <> '{}'"
        await wait_until(lambda: site.one(waits, auditing.info.backend_pid), "the audit waits for the child")
        await site.do("drop trigger zz_embedd_1_row on articles")
        await loading.commit()
        assert len(await (await audit).fetchall()) == 1
    found = [row["audit_capture"] for row in await site.do("select embedd_internal.audit_capture(1)")]
    assert "The trigger zz_embedd_1_row on public.articles was dropped." in found
    assert sorted(await triggers(site)) == ["zz_embedd_1_row", "zz_embedd_1_truncate"]


async def test_a_role_that_may_not_repair_triggers_gets_advice(cluster: Cluster, site: Site) -> None:
    await site.set_up(rows=3)
    await create_role(cluster, site.dsn, "test_worker")
    await site.do(
        "grant usage, create on schema public to test_worker;"
        " grant usage on schema embedd, embedd_internal to test_worker"
    )
    for kind in ("tables", "sequences", "functions"):
        await site.do(f"grant all on all {kind} in schema embedd, embedd_internal to test_worker")
    await site.do("grant select on articles to test_worker")
    async with audited(site):
        pass
    await site.do("alter table articles disable trigger all")
    await site.do("delete from articles where id = 1")
    async with await psycopg.AsyncConnection.connect(make_conninfo(site.dsn, user="test_worker")) as session:
        await session.execute("select embedd_internal.audit_capture(1)")
    error = await site.error()
    assert "was disabled or altered" in error
    assert "The role test_worker may not change triggers there" in error
    await site.do("select embedd_internal.audit_capture(1)")
    async with site.worker():
        await site.synced()
        assert await site.live() == {"2", "3"}
