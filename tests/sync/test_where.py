"""Vector tables of some rows of a table only: rows come and go as the condition holds for them, or is changed."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import psycopg
import pytest

from embedd_pg.errors import EmbeddError, SourceTableAccessDenied, ValidationError
from embedd_pg.sources.condition import check_condition
from tests.support.postgres import Cluster
from tests.support.worker import Site, both_stores, create_role

COLUMNS = [{"name": "title", "role": "embedding"}, {"name": "body", "role": "embedding"}]

REFUSED = [
    ("price >", "syntax error"),
    ("price", "must be type boolean"),
    ("nosuch = 1", 'column "nosuch" does not exist'),
    ("articles.price > 0", "missing FROM-clause entry"),
    ("now() > '2020-01-01'", "must be marked IMMUTABLE"),
    ("random() < 0.5", "must be marked IMMUTABLE"),
    ("exists (select 1)", "cannot use subquery"),
    ("count(*) > 1", "aggregate functions are not allowed"),
    ("ctid = '(0,1)'", "system columns"),
    ("price > 'cheap'", "invalid input syntax"),
    ("true; drop table articles", "syntax error"),
    ("true); drop table articles; select (true", "multi-query plan"),
    ("true) union select from public.articles where (true", "syntax error"),
    ("true -- ", ""),
]


@both_stores
async def test_only_rows_the_condition_holds_for_are_mirrored(site: Site) -> None:
    await site.create_source(rows=6)
    await site.do("insert into articles values (7, 'no price', 'text', null)")
    await site.create_vector_table(columns=COLUMNS, where="price % 2 = 0 and notes is distinct from 'a%'")
    await site.backfill()
    async with site.worker():
        await site.synced()
        assert await site.live() == {"2", "4", "6"}
        status = await site.status()
        assert (status["total_rows"], status["synced_rows"], status["rows_pending"]) == (3, 3, 0)
        # The columns it names are in no other role here; their changes are noticed all the same.
        await site.do("update articles set price = 8 where id = 1; update articles set price = 1 where id = 4")
        await site.do("update articles set notes = 'a%' where id = 6; insert into articles values (10, 'new', '', 10)")
        await site.do("insert into articles values (11, 'odd', '', 11); delete from articles where id = 2")
        await site.synced()
        assert await site.live() == {"1", "10"}
        await site.do("update articles set body = 'unseen' where id in (3, 5)")
        await site.synced()
        assert not any("unseen" in text for text in site.texts())


async def test_rows_come_and_go_when_the_condition_is_changed(site: Site) -> None:
    await site.set_up(rows=6, columns=COLUMNS)
    async with site.worker():
        await site.synced()
        await site.do("select embedd.update_vector_table('articles', \"where\" => 'price > 3')")
        assert await site.one("select \"where\" from embedd.get_vector_table('articles')") == "(price > (3)::numeric)"
        await site.synced()
        assert await site.live() == {"4", "5", "6"}
        await site.do("update articles set price = 9 where id = 1")
        await site.synced()
        assert await site.live() == {"1", "4", "5", "6"}
        embedded = sum(site.texts().values())
        await site.do("select embedd.update_vector_table('articles', \"where\" => 'price > 4')")
        await site.synced()
        assert await site.live() == {"1", "5", "6"}
        assert sum(site.texts().values()) == embedded
        await site.do("select embedd.update_vector_table('articles', \"where\" => ' ')")
        assert await site.one("select \"where\" from embedd.get_vector_table('articles')") is None
        await site.synced()
        assert await site.live() == set("123456")
        tasks = await site.one("select count(*) from embedd.tasks")
        await site.do("select embedd.update_vector_table('articles', \"where\" => '')")
        assert await site.one("select count(*) from embedd.tasks") == tasks


async def test_verify_finds_what_should_not_be_there(site: Site) -> None:
    await site.create_source(rows=4)
    await site.create_vector_table(columns=COLUMNS, where="id < 3")
    await site.backfill()
    async with site.worker():
        await site.synced()
        assert await site.live() == {"1", "2"}
        # Behind the back of update_vector_table, which would have compared all rows.
        await site.do("update embedd.vector_tables set condition = '(id < 2)', changed_at = now()")
        task = await site.one("select embedd.verify('articles', repair => true)")
        await site.quiet()
        found = (await site.do("select * from embedd.verification(%s)", task))[0]
        assert (found["orphaned"], found["missing"]) == (1, 0)
        assert await site.live() == {"1"}


async def test_several_vector_tables_of_one_table_each_have_their_rows(site: Site) -> None:
    await site.create_source(rows=4)
    await site.create_vector_table("cheap", "public.articles", columns=COLUMNS, where="price <= 2")
    await site.create_vector_table("dear", "public.articles", columns=COLUMNS, where="price > 2")
    for name in ("cheap", "dear"):
        await site.backfill(name)
    async with site.worker():
        await site.synced("cheap")
        await site.synced("dear")
        await site.do("update articles set price = 5 where id = 1")
        await site.synced("cheap")
        await site.synced("dear")
        assert (await site.live("cheap"), await site.live("dear")) == ({"2"}, {"1", "3", "4"})


async def test_a_column_of_the_condition_that_is_dropped_is_an_error_and_deletes_nothing(site: Site) -> None:
    await site.create_source(rows=2)
    await site.create_vector_table(columns=COLUMNS, where="price > 0")
    await site.backfill()
    async with site.worker():
        await site.synced()
        await site.do("alter table articles drop column price")
        await site.do("insert into articles (id, title) values (3, 'three')")
        assert "gone or has another type" in await site.error()
        assert await site.live() == {"1", "2"}


@pytest.mark.parametrize(("where", "reason"), REFUSED)
async def test_what_is_no_condition_is_refused_and_nothing_runs(site: Site, where: str, reason: str) -> None:
    await site.create_source(rows=1)
    if not reason:
        await site.create_vector_table(where=where)
        # What is always true is no condition.
        assert await site.one("select \"where\" from embedd.get_vector_table('articles')") is None
        return
    with pytest.raises(psycopg.Error) as raised:
        await site.create_vector_table(where=where)
    assert raised.value.sqlstate == "EBV01"
    assert reason in str(raised.value) and raised.value.diag.message_hint
    assert await site.one("select count(*) from articles") == 1
    assert await site.one("select count(*) from embedd.vector_tables") == 0
    assert await site.one("select to_regclass('pg_temp.embedd_condition')") is None


@pytest.fixture
async def elsewhere(site: Site) -> AsyncIterator[psycopg.AsyncConnection[Any]]:
    """A read-only session, as on source databases elsewhere."""
    await site.create_source(rows=1)
    options = "-c default_transaction_read_only=on"
    async with await psycopg.AsyncConnection.connect(
        site.dsn, autocommit=True, row_factory=psycopg.rows.dict_row, options=options
    ) as session:
        yield session


@pytest.mark.parametrize(("where", "reason"), [*REFUSED, ("price > 0 and title like 'a%'", "")])
async def test_a_condition_means_the_same_on_a_source_elsewhere(
    site: Site, elsewhere: psycopg.AsyncConnection[Any], where: str, reason: str
) -> None:
    try:
        found = await check_condition(elsewhere, where, schema="public", table="articles")
    except EmbeddError as error:
        assert isinstance(error, ValidationError) and error.message.startswith("where: ")
        assert reason and ("multi-query" in reason or reason in error.message), error.message
    else:
        here = await site.do("select * from embedd.check_condition(%s, 'public.articles')", where)
        assert not reason and found == here[0]
    assert await site.one("select count(*) from articles") == 1
    cursor = await elsewhere.execute("select to_regclass('pg_temp.embedd_condition') as left_over")
    assert await cursor.fetchone() == {"left_over": None}


async def test_a_role_that_may_not_check_says_what_to_do(cluster: Cluster, site: Site) -> None:
    await site.create_source(rows=1)
    await create_role(cluster, site.dsn, "test_looker")
    name = await site.one("select current_database()")
    await site.do(f'revoke temporary on database "{name}" from public; grant select on articles to test_looker')
    async with await psycopg.AsyncConnection.connect(
        site.dsn, user="test_looker", autocommit=True, row_factory=psycopg.rows.dict_row
    ) as session:
        with pytest.raises(SourceTableAccessDenied, match="temporary tables"):
            await check_condition(session, "price > 0", schema="public", table="articles")
