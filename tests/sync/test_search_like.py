"""Rows like others over both stores: the service, and SQL with and without a worker's help, find the same."""

from __future__ import annotations

import json
from typing import Any

import psycopg
import pytest

from embedd_pg.errors import ValidationError
from tests.support.search import search
from tests.support.worker import PASSAGES, Running, Site, both_stores
from tests.sync.test_prepared_search import fill, prepare, running, same, searcher
from tests.sync.test_search import VECTOR, in_sql
from tests.sync.test_store_rights import MakeRole, guarded

__all__ = ["running"]  # a fixture

LIKES: list[dict[str, Any]] = [
    {"positive": ["4"]},
    {"positive": ["1", "5"]},
    {"positive": ["5"], "negative": ["3"]},
    {"positive": ["1", "4"], "negative": ["2", "3"]},
]
OPTIONS: list[dict[str, Any]] = [
    {},
    {"limit": 1, "filters": {"price": {"lt": 200}}},
    {"search_mode": "hybrid", "query": "lamp for the garden"},
    {"min_similarity_score": 0.01},
]


async def compare(site: Site, running: Running) -> None:
    """Check that SQL finds what the service finds, and that neither asks the provider."""
    for like in LIKES:
        for options in OPTIONS:
            before = site.stub.stats.requests
            served = (await search(running.clients, "articles", like=like, **options)).hits
            named = {"query": None} | options | {"like": like}
            named = {name: json.dumps(value) if isinstance(value, dict) else value for name, value in named.items()}
            if site.mode == "managed":
                await prepare(site, **named)
            found = await in_sql(site, **named)
            assert same(found, served) or "min_similarity_score" in options, "only a threshold may leave out all rows"
            assert site.stub.stats.requests == before
            assert not {hit.key for hit in served} & {*like["positive"], *like.get("negative", [])}


@both_stores
async def test_sql_finds_what_the_service_finds(site: Site, running: Running) -> None:
    await compare(site, running)


@both_stores
async def test_a_text_of_passages_counts_as_their_mean(site: Site) -> None:
    await fill(site, chunking=PASSAGES)
    await site.do("update articles set body = 'A hose. ' || repeat('Green grass grows. ', 9) || 'A lamp.' where id = 4")
    async with site.worker() as running:
        await site.synced()
        await compare(site, running)


@both_stores
async def test_a_vector_of_the_caller_is_searched_by_in_sql_too(site: Site, running: Running) -> None:
    for options in ({}, {"limit": 1}, {"search_mode": "hybrid", "query": "lamp for the garden"}):
        served = (await search(running.clients, "articles", query_vector=VECTOR, **options)).hits
        named = {"query": None, "query_vector": VECTOR} | options
        if site.mode == "managed":
            with pytest.raises(psycopg.Error, match="This search is not prepared") as raised:
                await in_sql(site, **named)
            await site.do(str(raised.value.diag.message_hint).partition("then search again: ")[2])
        assert same(await in_sql(site, **named), served)


@both_stores
async def test_rows_without_a_vector_are_refused_everywhere_by_the_same_words(site: Site, running: Running) -> None:
    await site.do("insert into articles (id, title) values (7, null)")
    await site.do("delete from articles where id = 2")
    await site.synced()
    like = {"positive": ["1", "7"], "negative": ["2", "x"]}
    message = 'like names rows that no search finds: "7", "2", "x".'
    with pytest.raises(ValidationError) as raised:
        await search(running.clients, "articles", like=like)
    assert raised.value.message == message
    with pytest.raises(psycopg.Error) as told:
        if site.mode == "managed":
            await prepare(site, None, like=json.dumps(like))
        else:
            await in_sql(site, like=json.dumps(like))
    assert (told.value.sqlstate, told.value.diag.message_primary) == ("EBV01", message)
    assert told.value.diag.message_hint == raised.value.resolution


@pytest.mark.parametrize("site", ["managed"], indirect=True)
async def test_the_line_that_prepares_a_search_names_the_rows(site: Site, running: Running) -> None:
    like = json.dumps({"positive": ["it's"]})
    with pytest.raises(psycopg.Error, match="This search is not prepared") as raised:
        await in_sql(site, like=like)
    line = "call embedd.prepare_search('articles', NULL, \"like\" => '{\"positive\": [\"it''s\"]}');"
    assert line in str(raised.value.diag.message_hint)


async def test_a_role_that_may_not_read_the_vectors_is_refused(site: Site, running: Running) -> None:
    async with searcher(site) as role:
        await site.do(f"set role {role}")
        try:
            with pytest.raises(psycopg.errors.InsufficientPrivilege, match="permission denied for table"):
                await in_sql(site, like=json.dumps({"positive": ["1"]}))
        finally:
            await site.do("reset role")


@pytest.mark.parametrize("chunking", [None, PASSAGES])
async def test_a_hidden_row_is_refused_like_one_that_is_not_there(
    site: Site, make_role: MakeRole, chunking: str | None
) -> None:
    one, _ = await guarded(site, make_role, **({"chunking": chunking} if chunking else {}))  # 1 and 3 are of one

    async def asked(key: str) -> list[str]:
        return [row["pk_value"] for row in await in_sql(site, like=json.dumps({"positive": [key]}))]

    await site.do(f"set role {one}")
    try:
        assert await asked("1") == ["3"]
        told = []
        for key in ("2", "9"):
            with pytest.raises(psycopg.Error) as raised:
                await asked(key)
            told.append((raised.value.sqlstate, str(raised.value).replace(f'"{key}"', "?")))
        assert told[0] == told[1] and told[0][0] == "EBV01"
    finally:
        await site.do("reset role")


async def test_rows_that_cancel_each_other_out_are_refused(site: Site, running: Running) -> None:
    table = await site.one("select store_schema || '.' || store_table from embedd.generations where state = 'active'")
    schema = await site.one(
        "select n.nspname from pg_extension e join pg_namespace n on n.oid = e.extnamespace where e.extname = 'vector'"
    )
    opposite = f"array(select -n from unnest((select embedding from {table} where pk_value = '1')::real[]) n)"
    await site.do(f"update {table} set embedding = {opposite}::{schema}.vector where pk_value = '2'")
    like = {"positive": ["1", "2"]}
    with pytest.raises(ValidationError, match="cancel each other out"):
        await search(running.clients, "articles", like=like)
    with pytest.raises(psycopg.Error, match="cancel each other out"):
        await in_sql(site, like=json.dumps(like))
