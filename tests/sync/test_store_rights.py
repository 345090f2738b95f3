"""The visibility of vectors in PostgreSQL: no more than that of the source table, and only for granted roles."""

from __future__ import annotations

from collections.abc import Callable

import psycopg
import pytest
from psycopg.conninfo import make_conninfo

from tests.support.worker import PASSAGES, Site, wait_until

MakeRole = Callable[..., str]

#: The same source, and other vectors.
OTHER = '[{"name": "body", "role": "embedding"}]'
WORDS = "select pk_value from embedd.search('articles', query => 'text', search_mode => 'lexical')"


async def ask(site: Site, role: str, statement: str = WORDS) -> list[str]:
    """Return the rows that a role sees, sorted."""
    dsn = make_conninfo(site.dsn, user=role)
    async with await psycopg.AsyncConnection.connect(dsn, autocommit=True) as session:
        return sorted(row[0] for row in await (await session.execute(statement.encode())).fetchall())


async def stores(site: Site) -> list[str]:
    """Return the tables of vectors."""
    return [name for name in await tables(site) if not name.endswith(("_words", "_texts"))]


async def tables(site: Site) -> list[str]:
    """Return the tables of all generations."""
    rows = await site.do(
        "select relname from pg_class where relkind = 'r' and relname like 'embedd\\_vt\\_%%' order by oid"
    )
    return [row["relname"] for row in rows]


async def test_only_the_worker_reads_the_vectors_until_access_is_granted(site: Site, make_role: MakeRole) -> None:
    reader = make_role("login in role embedd_reader")
    await site.set_up(2)
    async with site.worker(drain=True):
        await site.synced()
    (store,) = await stores(site)
    with pytest.raises(psycopg.errors.InsufficientPrivilege, match=f"permission denied for table {store}"):
        await ask(site, reader)
    await site.do(f"grant select on {store} to {reader}")
    assert await ask(site, reader) == ["1", "2"]


@pytest.mark.parametrize("chunking", [None, PASSAGES])
async def test_grants_survive_a_switch_to_other_vectors(site: Site, make_role: MakeRole, chunking: str | None) -> None:
    reader = make_role("login in role embedd_reader")
    await site.set_up(2, **({"chunking": chunking} if chunking else {}))
    async with site.worker():
        await site.synced()
        for store in await stores(site):
            await site.do(f"grant select on {store} to {reader}")
        before = await stores(site)
        await site.do("select embedd.update_vector_table('articles', columns => %s)", OTHER)

        async def switched() -> bool:
            return bool(await site.one("select count(*) = 2 from embedd.generations")) and await site.is_quiet()

        await wait_until(switched, "the switch")
        assert len(await stores(site)) == 2 * len(before)
        assert await ask(site, reader) == ["1", "2"]


async def guarded(site: Site, make_role: MakeRole, **more: str) -> tuple[str, str]:
    """Create a source whose rows each belong to a role, and two such roles that may read its vectors."""
    one, other = (make_role("login in role embedd_reader") for _ in range(2))
    # Row security would hide rows from the worker, and hidden rows must not look deleted.
    site.role = make_role("login bypassrls in role embedd_worker")
    await site.do(f"grant create on schema public to {site.role}")
    await site.do("create table articles (id int primary key, title text, body text, price numeric, whose name)")
    await site.do(f"grant select on articles to {one}, {other}, {site.role}")
    await site.do("alter table articles enable row level security")
    await site.do("create policy own on articles using (whose = current_user)")
    for key, role in enumerate((one, other, one), 1):
        await site.do("insert into articles values (%s, 'a', 'some text', 1, %s)", key, role)
    await site.create_vector_table(**more)
    await site.backfill()
    async with site.worker(drain=True):
        await site.synced()
    for store in await stores(site):
        await site.do(f"grant select on {store} to {one}, {other}")
    return one, other


@pytest.mark.parametrize("chunking", [None, PASSAGES])
async def test_row_security_of_the_source_applies_to_its_vectors(
    site: Site, make_role: MakeRole, chunking: str | None
) -> None:
    one, other = await guarded(site, make_role, **({"chunking": chunking} if chunking else {}))
    assert await ask(site, one) == ["1", "3"]
    assert await ask(site, other) == ["2"]
    for store in await stores(site):
        assert set(await ask(site, other, f"select pk_value from {store}")) == {"2"}
    vector = "array_fill(1, array[64])::real[]"
    nearest = f"select pk_value from embedd.search('articles', query_vector => {vector}, \"limit\" => 1)"
    assert await ask(site, other, nearest) == ["2"]
    # A row gets another owner at once, without an event or an embedding.
    await site.do("update articles set whose = %s where id = 3", other)
    assert await ask(site, other) == ["2", "3"]


async def test_lists_of_words_show_nothing_of_hidden_rows(site: Site, make_role: MakeRole) -> None:
    one, _ = await guarded(site, make_role)
    lists = set(await tables(site)) - set(await stores(site))
    assert len(lists) == 2
    for name in lists:
        await site.do(f"grant select on {name} to {one}")
        assert await site.one(f"select count(*) > 0 from {name}")
        assert await ask(site, one, f"select {name}::text from {name}") == []


async def test_a_role_that_may_not_read_the_source_sees_none_of_its_vectors(site: Site, make_role: MakeRole) -> None:
    one, _ = await guarded(site, make_role)
    await site.do(f"revoke select on articles from {one}")
    with pytest.raises(psycopg.errors.InsufficientPrivilege, match="permission denied for table articles"):
        await ask(site, one)


async def test_the_source_can_still_be_altered_and_dropped(site: Site, make_role: MakeRole) -> None:
    await guarded(site, make_role)
    await site.do("alter table articles alter id type bigint")
    await site.do("drop table articles")


@pytest.mark.parametrize("site", ["platform", "managed"], indirect=True)
async def test_a_worker_that_may_read_only_the_columns_it_needs_reads_them(site: Site, worker_role: str) -> None:
    await site.do(f"alter default privileges in schema public revoke select on tables from {worker_role}")
    await site.create_source(rows=3)
    await site.do(f"grant select (id, title, body, price) on articles to {worker_role}")
    await site.create_vector_table()
    await site.backfill()
    async with site.worker():
        await site.synced()
        await site.do("update articles set body = 'changed' where id = 1; update articles set notes = 'x'")
        await site.synced()
        await site.do(f"revoke select (price) on articles from {worker_role}")
        await site.do("update articles set body = 'again' where id = 2")
        assert await site.error() == (
            f"The role {worker_role} may not read public.articles: permission denied for table articles."
            f" Grant select on public.articles, or on the columns it needs, to {worker_role}."
        )
    assert (await site.status())["synced_rows"] == 3
