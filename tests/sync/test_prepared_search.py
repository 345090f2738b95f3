"""Searches in SQL that a worker prepares: embedd.prepare_search(), over both stores, with the real worker."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import psycopg
import pytest
from psycopg.rows import dict_row

from embedd_pg.database.listen import Listener
from embedd_pg.search.rerank import Rerank
from embedd_pg.search.search import search
from embedd_pg.stores.base import Hit
from tests.support.gate import hold_ranges
from tests.support.rerank_wire import relevance_of
from tests.support.worker import PASSAGES, Running, Site, both_stores, wait_until
from tests.sync.test_rerank import create_embedder, key
from tests.sync.test_search import COLUMNS, ROWS, in_sql

__all__ = ["key"]  # a fixture

Session = psycopg.AsyncConnection[dict[str, Any]]


OPTIONS: list[dict[str, Any]] = [
    {},
    {"limit": 2, "filters": {"price": {"lt": 100}}},
    {"search_mode": "hybrid"},
    {"search_mode": "lexical"},
    {"min_similarity_score": 0.2},
    {"rerank": {"embedder": "ranks", "candidates": 4}, "limit": 3},
    {"rerank": {"embedder": "ranks"}, "search_mode": "lexical"},
    {"rerank": {"embedder": "ranks"}, "search_mode": "hybrid", "filters": {"notes": "office"}},
]


async def fill(site: Site, **more: Any) -> None:
    """Create the rows of tests/sync/test_search.py with a vector table."""
    await site.create_source()
    for row in ROWS:
        await site.do("insert into articles (id, title, body, price, notes) values (%s, %s, %s, %s, %s)", *row)
    await site.create_vector_table(columns=COLUMNS, **more)
    await site.backfill()


@pytest.fixture
async def running(site: Site) -> AsyncIterator[Running]:
    """A worker, and a vector table that it has filled."""
    await fill(site)
    async with site.worker() as running:
        await site.synced()
        yield running


async def prepare(on: Site | Session, query: str | None = "lamp", **named: Any) -> None:
    arguments = "".join(f', "{name}" => %s' for name in named)
    call = f"call embedd.prepare_search('articles', %s{arguments})".encode()
    await (on.sql if isinstance(on, Site) else on).execute(call, [query, *named.values()])


async def refused(on: Site | Session, query: str | None = "lamp", **named: Any) -> psycopg.Error:
    """Return the error of a call that must be refused."""
    with pytest.raises(psycopg.Error) as raised:
        await prepare(on, query, **named)
    assert raised.value.diag.message_hint
    return raised.value


async def is_prepared(site: Site, query: str = "lamp", **named: Any) -> bool:
    try:
        await in_sql(site, query=query, **named)
    except psycopg.Error as error:
        assert error.sqlstate == "EBS01"
        return False
    return True


@asynccontextmanager
async def another(site: Site, role: str | None = None) -> AsyncIterator[Session]:
    """Another session in the database, of a role if one is given."""
    async with await psycopg.AsyncConnection.connect(site.dsn, autocommit=True, row_factory=dict_row) as session:
        if role:
            await session.execute(f"set session authorization {role}".encode())
        yield session


@asynccontextmanager
async def searcher(site: Site) -> AsyncIterator[str]:
    """A role that may search, and read no table of vectors."""
    await site.do("create role searcher login in role embedd_reader")
    try:
        yield "searcher"
    finally:
        await site.do("drop owned by searcher; drop role searcher")


async def both_ways(
    site: Site, running: Running, query: str, options: dict[str, Any]
) -> tuple[list[dict[str, Any]], list[Hit]]:
    """Return what a prepared search finds in SQL, and what the service finds."""
    named = {name: json.dumps(value) if isinstance(value, dict) else value for name, value in options.items()}
    await prepare(site, query, **named)
    found = await in_sql(site, query=query, **named)
    service = options | {"rerank": Rerank(**options["rerank"]) if "rerank" in options else None}
    return found, (await search(running.clients, "articles", query, **service)).hits


def same(found: list[dict[str, Any]], hits: list[Hit]) -> bool:
    """Compare an answer in SQL with one of the service. In SQL, metadata of vectors in this database lack nulls."""
    assert [row["pk_value"] for row in found] == [hit.key for hit in hits]
    assert [row["score"] for row in found] == pytest.approx([hit.score for hit in hits], abs=1e-6)
    assert [row["embedded_text"] for row in found] == [hit.text for hit in hits]
    assert [row["passage"] for row in found] == [hit.passage for hit in hits]
    for row, hit in zip(found, hits, strict=True):
        assert {name: row["metadata"].get(name) for name in hit.metadata} == hit.metadata
    return bool(hits)


@both_stores
async def test_a_prepared_search_finds_what_the_service_finds(site: Site, running: Running) -> None:
    await create_embedder(site)
    query = "lamp for the garden"
    for options in OPTIONS:
        found, hits = await both_ways(site, running, query, options)
        assert same(found, hits), options
        if "rerank" in options:
            assert found[0]["score"] == pytest.approx(round(relevance_of(query, found[0]["embedded_text"]), 6))


@both_stores
async def test_passages_are_found_as_by_the_service(site: Site) -> None:
    await fill(site, chunking=PASSAGES)
    await site.do("update articles set body = 'A hose. ' || repeat('Green grass grows. ', 9) || 'A lamp.' where id = 3")
    await create_embedder(site)
    async with site.worker() as running:
        await site.synced()
        for options in OPTIONS:
            found, hits = await both_ways(site, running, "lamp", options)
            assert same(found, hits) and all(hit.passage for hit in hits)


async def test_a_text_is_embedded_once_and_searched_in_any_way_in_any_session(site: Site, running: Running) -> None:
    await asyncio.gather(*[_prepare_elsewhere(site) for _ in range(5)])
    await prepare(site)
    assert site.texts()["lamp"] == 1
    for options in ({}, {"limit": 1}, {"filters": '{"price": {"lt": 30}}'}, {"search_mode": "hybrid"}):
        assert await in_sql(site, query="lamp", **options)
    assert not await is_prepared(site, "hose")
    await prepare(site, search_mode="lexical", query="hose")
    assert not await is_prepared(site, "hose"), "nothing is embedded for a search by words"
    assert await in_sql(site, query="hose", search_mode="lexical")


async def _prepare_elsewhere(site: Site) -> None:
    async with another(site) as session:
        await prepare(session)


@pytest.mark.parametrize("site", ["managed"], indirect=True)
async def test_an_answer_is_that_of_the_moment(site: Site, running: Running) -> None:
    await prepare(site, "desk lamp", limit=1)
    assert [row["pk_value"] for row in await in_sql(site, query="desk lamp", limit=1)] == ["4"]
    assert not await is_prepared(site, "desk lamp"), "another limit is another answer"
    await site.do("delete from articles where id = 4")
    await site.synced()
    await prepare(site, "desk lamp", limit=1)
    assert [row["pk_value"] for row in await in_sql(site, query="desk lamp", limit=1)] == ["5"]


@both_stores
async def test_the_error_of_a_search_that_is_not_prepared_is_the_line_to_run(site: Site, running: Running) -> None:
    await create_embedder(site)
    for query, options in (
        ("it's a lamp", {}),
        ("100 %", {"limit": 3, "search_mode": "hybrid", "filters": '{"notes": "it\'s %"}'}),
        ("lamp", {"min_similarity_score": 0.25, "rerank": '{"embedder": "ranks"}'}),
    ):
        with pytest.raises(psycopg.Error, match="not prepared") as raised:
            await in_sql(site, query=query, **options)
        assert raised.value.sqlstate == "EBS01"
        line = str(raised.value.diag.message_hint).partition("then search again: ")[2]
        assert line.startswith("call embedd.prepare_search('articles', '") and line.endswith(");")
        await site.sql.execute(line.encode())
        assert await is_prepared(site, query, **options)


async def test_a_transaction_block_is_refused_with_what_to_do(site: Site, running: Running) -> None:
    call = b"call embedd.prepare_search('articles', 'lamp')"
    block = b"do 'begin call embedd.prepare_search(''articles'', ''lamp''); end'"
    async with another(site) as session:
        await session.set_autocommit(False)
        for inside in (call, block, b"select 1; " + call):
            with pytest.raises(psycopg.Error, match="inside a transaction") as raised:
                await session.execute(inside)
            assert raised.value.sqlstate == "EBV01" and "autocommit" in str(raised.value.diag.message_hint)
            await session.rollback()
    assert not site.texts()["lamp"]
    await site.sql.execute(block)
    assert await in_sql(site, query="lamp")


async def test_without_a_worker_the_error_is_that_of_the_status(site: Site) -> None:
    await fill(site)
    async with site.worker():
        await site.synced()
    await site.do("update embedd.looks set looked_at = looked_at - interval '10 s'")
    error = await refused(site)
    status = await site.one("select alert from embedd.health() where subject = 'workers'")
    assert (error.sqlstate, error.diag.message_hint) == ("EBS02", status) and "embedd worker" in status
    assert await site.one("select count(*) from embedd.search_requests") == 0
    # Searches that need no worker go on.
    await prepare(site, search_mode="lexical")
    assert await in_sql(site, query="lamp", search_mode="lexical")


@both_stores
async def test_the_error_of_a_provider_reaches_the_session(site: Site, running: Running) -> None:
    site.stub.fault(status=401)
    error = await refused(site)
    with pytest.raises(psycopg.Error, match="not prepared"):
        await in_sql(site, query="lamp")
    site.stub.fault(status=401)
    with pytest.raises(Exception) as raised:
        await search(running.clients, "articles", "lamp")
    assert (error.sqlstate, error.diag.message_primary) == ("EBS03", str(raised.value))
    await prepare(site)
    assert await in_sql(site, query="lamp")


async def test_an_error_that_is_for_the_log_is_not_shown(
    site: Site, running: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken(*_: Any, **__: Any) -> None:
        raise RuntimeError("a secret")

    monkeypatch.setattr("embedd_pg.search.prepared.prepare", broken)
    error = await refused(site)
    assert error.sqlstate == "EBS03" and "secret" not in f"{error} {error.diag.message_hint}"


async def test_a_call_that_runs_out_of_time_says_so_and_the_next_one_is_served(site: Site, running: Running) -> None:
    site.stub.fault(hang=3)
    error = await refused(site, timeout="150 ms")
    assert error.sqlstate == "EBS02" and "timeout =>" in str(error.diag.message_hint)
    await prepare(site)
    assert site.texts()["lamp"] == 1, "the same request is awaited"
    for timeout in ("0 s", "11 minutes", None):
        error = await refused(site, timeout=timeout)
        assert (error.sqlstate, "timeout must be" in str(error)) == ("EBV01", True)


async def test_a_cancelled_call_holds_nothing_and_its_request_goes(site: Site, running: Running) -> None:
    site.stub.fault(hang=3)
    async with another(site) as session:
        waiting = asyncio.create_task(prepare(session))
        await wait_until(lambda: site.texts()["lamp"])
        await session.cancel_safe()
        with pytest.raises(psycopg.errors.QueryCanceled):
            await waiting
        pid = session.info.backend_pid
        assert await site.one("select count(*) from pg_locks where pid = %s", pid) == 0
        assert await site.one("select backend_xmin from pg_stat_activity where pid = %s", pid) is None
    await site.do("update embedd.search_requests set wanted_until = now(), kept_until = now()")
    await site.do("select embedd_internal.forget_searches()")
    assert await site.one("select count(*) from embedd.search_requests") == 0


@both_stores
async def test_invalid_requests_are_refused_as_over_rest(site: Site, running: Running) -> None:
    asked = site.stub.stats.requests
    for query, options, message in (
        (None, {}, "search_mode vector needs a query"),
        (" ", {}, "search_mode vector needs a query"),
        ("x" * 100_001, {}, "query must have at most 100000 characters"),
        ("lamp", {"limit": 101}, "limit must be between 1 and 100"),
        ("lamp", {"filters": '{"gone": 1}'}, "filters.gone is not a filterable"),
        ("lamp", {"filters": json.dumps({"notes": {"in": ["x" * 1000] * 1100}})}, ""),
        ("lamp", {"search_mode": "best"}, "search_mode must be one of"),
        ("lamp", {"rerank": '{"model": "x"}'}, "rerank needs an embedder"),
    ):
        error = await refused(site, query, **options)
        assert error.sqlstate == "EBV01" and message in str(error)
    error = await refused(site, rerank='{"embedder": "nobody"}')
    assert error.sqlstate == "EBN03"
    assert site.stub.stats.requests == asked


async def test_a_role_without_rights_on_the_vectors_is_refused_before_anything_is_asked(
    site: Site, running: Running
) -> None:
    table = await site.one("select format('%I.%I', store_schema, store_table) from embedd.generations")
    async with searcher(site) as role, another(site, role) as session:
        error = await refused(session)
        assert error.sqlstate == "42501" and f"to {role}" in str(error.diag.message_hint)
        assert not site.texts()["lamp"]
        await site.do(f"grant select on {table} to {role}")
        await prepare(session)
        found = await (await session.execute("select pk_value from embedd.search('articles', 'lamp')")).fetchall()
        assert len(found) == 5
        # Row security holds, and costs no places: three rows are visible, and three are found.
        await site.do(f"alter table {table} enable row level security")
        await site.do(f"create policy odd on {table} for select to {role} using (pk_value in ('1', '3', '5'))")
        found = await (
            await session.execute("select pk_value from embedd.search('articles', 'lamp', \"limit\" => 3)")
        ).fetchall()
        assert {row["pk_value"] for row in found} == {"1", "3", "5"}
        error = await refused(session, rerank='{"embedder": "x"}')
        assert error.sqlstate == "EBV01" and "row security" in str(error)


async def test_what_a_role_prepared_is_found_by_no_other(site: Site, running: Running) -> None:
    await prepare(site)
    generation = await site.one("select id from embedd.generations")
    read = 'select * from embedd_internal.prepared_search(%s, \'{"vector": "lamp"}\')'
    assert await site.do(read, generation)
    async with searcher(site) as role, another(site, role) as session:
        assert await (await session.execute(read.encode(), [generation])).fetchall() == []
        for forbidden in (
            "select * from embedd.search_requests",
            "insert into embedd.search_requests (digest) values ('x')",
            "select embedd_internal.claim_searches('w', '{pgvector}', '1 min', 9)",
            "select embedd_internal.answer_search('x', 'w', 1, 1, '{1}', null, null)",
        ):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                await session.execute(forbidden.encode())
    organization = await site.one("select embedd.create_organization('other')")
    async with another(site) as session:
        await session.execute(b"select set_config('embedd.organization', %s, false)", [organization])
        assert (await refused(session)).sqlstate == "EBN04"
        assert await (await session.execute(read.encode(), [generation])).fetchall() == []


async def test_other_vectors_need_another_preparation(site: Site, running: Running) -> None:
    await prepare(site)
    await site.do("select embedd.update_vector_table('articles', embedding_dimensions => 32)")
    await site.synced()
    assert not await is_prepared(site)
    await prepare(site)
    assert await in_sql(site, query="lamp")


async def test_a_search_does_not_wait_for_a_backfill(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    await site.set_up(rows=60)
    gate = hold_ranges(monkeypatch, after=1)
    async with site.worker(batch_size=5, concurrency=2):
        await gate.reached(2)
        await prepare(site, "text")
        assert await in_sql(site, query="text", limit=3)
        gate.open()
        await site.synced()


async def test_a_worker_that_hears_no_notification_finds_requests(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    async def deaf(_: Listener) -> None:
        await asyncio.Event().wait()

    monkeypatch.setattr(Listener, "run", deaf)
    await fill(site)
    async with site.worker():
        await site.synced()
        await prepare(site)
        assert await in_sql(site, query="lamp")


async def test_a_worker_that_stops_gives_its_searches_to_another(site: Site, running: Running) -> None:
    site.stub.fault(hang=30)
    async with another(site) as session:
        waiting = asyncio.create_task(prepare(session, timeout="1 minute"))
        await wait_until(lambda: site.texts()["lamp"])
        async with site.worker():
            running.stop.set()
            await waiting
    assert site.texts()["lamp"] == 2
