"""Vector tables with a condition: rows are added and removed when it changes, or its value for them."""

from __future__ import annotations

import psycopg
import pytest
from psycopg.conninfo import make_conninfo

from embedd_pg.errors import SourceChanged, ValidationError
from embedd_pg.resources.vector_table import stored_condition
from embedd_pg.sources.connect import open_source
from embedd_pg.sources.layout import Layout
from embedd_pg.sources.table import SourceTable
from tests.support.postgres import Cluster
from tests.support.worker import Site, both_stores, create_role

COLUMNS = [{"name": "title", "role": "embedding"}, {"name": "body", "role": "embedding"}]

#: Refused conditions, with the messages of SQL and of Python; an empty message: not a condition.
REFUSED = [
    ("price >", "syntax error", "cannot be read beyond"),
    ("price", "must be type boolean", "true or false"),
    ("nosuch = 1", 'no column "nosuch"', 'no column "nosuch"'),
    ("articles.price > 0", "names of schemas and tables", "names of schemas and tables"),
    ("now() > '2020-01-01'", "must not call this function", "must not call this function"),
    ("random() < 0.5", "must not call this function", "must not call this function"),
    ("exists (select 1)", "must not call this function", "must not call this function"),
    ("count(*) > 1", "must not call this function", "must not call this function"),
    ("ctid = '(0,1)'", 'no column "ctid"', 'no column "ctid"'),
    ("price > 'cheap'", "invalid input syntax", "not a value of type numeric"),
    ("true; drop table articles", "not allowed in a condition", "not allowed in a condition"),
    ("true); drop table articles; select (true", "bracket was not opened", "bracket was not opened"),
    ("true) union select from public.articles where (true", "bracket was not opened", "bracket was not opened"),
    ("true -- ", "not allowed in a condition", "not allowed in a condition"),
    ("true", "", ""),
]


@both_stores
async def test_only_rows_that_meet_the_condition_are_mirrored(site: Site) -> None:
    await site.create_source(rows=6)
    await site.do("insert into articles values (7, 'no price', 'text', null)")
    await site.create_vector_table(columns=COLUMNS, where="price % 2 = 0 and notes is distinct from 'a%'")
    await site.backfill()
    async with site.worker():
        await site.synced()
        assert await site.live() == {"2", "4", "6"}
        status = await site.status()
        assert (status["total_rows"], status["synced_rows"], status["rows_pending"]) == (3, 3, 0)
        # The columns it names have no other role in the vector table; their changes are captured nevertheless.
        await site.do("update articles set price = 8 where id = 1; update articles set price = 1 where id = 4")
        await site.do("update articles set notes = 'a%' where id = 6; insert into articles values (10, 'new', '', 10)")
        await site.do("insert into articles values (11, 'odd', '', 11); delete from articles where id = 2")
        await site.synced()
        assert await site.live() == {"1", "10"}
        await site.do("update articles set body = 'unseen' where id in (3, 5)")
        await site.synced()
        assert not any("unseen" in text for text in site.texts())


async def test_rows_are_added_and_removed_when_the_condition_changes(site: Site) -> None:
    await site.set_up(rows=6, columns=COLUMNS)
    async with site.worker():
        await site.synced()
        await site.do("select embedd.update_vector_table('articles', \"where\" => 'price > 3')")
        await site.synced()
        # A worker has parsed and printed it.
        where = await site.one("select \"where\" from embedd.get_vector_table('articles')")
        assert where == '("price" > (3)::numeric)'
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


async def test_verify_finds_rows_that_do_not_meet_the_condition(site: Site) -> None:
    await site.create_source(rows=4)
    await site.create_vector_table(columns=COLUMNS, where="id < 3")
    await site.backfill()
    async with site.worker():
        await site.synced()
        assert await site.live() == {"1", "2"}
        # Bypass update_vector_table, which would have compared all rows.
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
        assert 'there is no column "price"' in await site.error()
        assert await site.live() == {"1", "2"}


@pytest.mark.parametrize(("where", "reason", "read"), REFUSED)
async def test_an_invalid_condition_is_refused_and_nothing_runs(site: Site, where: str, reason: str, read: str) -> None:
    await site.create_source(rows=1)
    facts = await site.one("select embedd_internal.describe_source('public.articles')")
    if not reason:
        await site.create_vector_table(where=where)
        # A condition that is always true is stored as none.
        assert await site.one("select \"where\" from embedd.get_vector_table('articles')") is None
        assert stored_condition(where, facts) is None
        return
    with pytest.raises(psycopg.Error) as raised:
        await site.create_vector_table(where=where)
    assert raised.value.sqlstate == "EBV01"
    assert reason in str(raised.value) and raised.value.diag.message_hint
    with pytest.raises(ValidationError, match=f"^where: .*{read}") as refused:
        stored_condition(where, facts)
    assert refused.value.resolution
    assert await site.one("select count(*) from articles") == 1
    assert await site.one("select count(*) from embedd.vector_tables") == 0
    assert await site.one("select to_regclass('pg_temp.embedd_condition')") is None


async def test_a_condition_on_a_remote_source_needs_only_the_right_to_read(cluster: Cluster, site: Site) -> None:
    await site.create_source(rows=3)
    await create_role(cluster, site.dsn, "test_looker")
    name = await site.one("select current_database()")
    await site.do(f'revoke temporary on database "{name}" from public; grant select on articles to test_looker')
    pool = await open_source(make_conninfo(site.dsn, user="test_looker"))
    try:
        key = [{"name": "id", "type": "integer"}]
        layout = Layout.parse(
            schema="public", table="articles", key=key, columns=COLUMNS, text=[["body", ""]], condition="price > 1"
        )
        source = SourceTable(pool, layout, hashed=False)
        with pytest.raises(SourceChanged, match="has not been read yet"):
            await source.count()
        assert await source.read_condition() == '("price" > 1)'
        assert await source.count() == 2
    finally:
        await pool.close()
