"""Search by meaning, by words and by both, over both stores; and the same in SQL for co-located vectors."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from typing import Any

import psycopg
import pytest

from embedd_pg.clients import Clients
from embedd_pg.errors import ValidationError, VectorTableNotReady
from embedd_pg.search.fusion import fuse
from embedd_pg.search.search import Partial, search
from embedd_pg.stores.base import Hit
from tests.support.gate import hold_ranges
from tests.support.vendor_stub import vector_of
from tests.support.worker import DIMENSIONS, Site, both_stores

COLUMNS = [
    {"name": "title", "role": "embedding", "ordinal": 1},
    {"name": "body", "role": "embedding", "ordinal": 2},
    {"name": "price", "role": "metadata", "filter_type": "float"},
    {"name": "notes", "role": "metadata", "filter_type": "keyword"},
]
ROWS = [
    (1, "Wireless headphones", "with a long battery life", 129.99, "audio"),
    (2, "Studio headphones", "wired, for mixing", 249, "audio"),
    (3, "Garden hose", "ten metres with a nozzle", 24.5, "garden"),
    (4, "Desk lamp", "warm light for late work, with a battery", 39, "office"),
    (5, "Solar lamp", "light for the garden", 19, None),
]
VECTOR = [float(number) for number in vector_of("headphones", DIMENSIONS)]


@pytest.fixture
async def filled(site: Site) -> AsyncIterator[Clients]:
    """Create the rows above with a vector table, and return the clients of its worker."""
    await site.create_source()
    for row in ROWS:
        await site.do("insert into articles (id, title, body, price, notes) values (%s, %s, %s, %s, %s)", *row)
    await site.create_vector_table(columns=COLUMNS)
    await site.backfill()
    async with site.worker() as running:
        await site.synced()
        yield running.clients


async def keys(clients: Clients, query: str, **options: Any) -> list[str]:
    return [hit.key for hit in (await search(clients, "articles", query, **options)).hits]


async def in_sql(site: Site, **named: Any) -> list[dict[str, Any]]:
    kinds = {"query_vector": "::real[]"}
    arguments = ", ".join(f'"{name}" => %s{kinds.get(name, "")}' for name in named)
    separator = ", " if named else ""
    return await site.do(f"select * from embedd.search('articles'{separator}{arguments})", *named.values())


@both_stores
async def test_each_search_mode_finds_its_rows(site: Site, filled: Clients) -> None:
    assert await keys(filled, "batteries", search_mode="lexical") in (["1", "4"], ["4", "1"])
    assert await keys(filled, "nothing of these", search_mode="lexical") == []
    assert await keys(filled, "lamp", search_mode="lexical", filters={"price": {"lt": 30}}) == ["5"]
    assert await keys(filled, "headphones", search_mode="lexical", limit=1) in (["1"], ["2"])
    assert set(await keys(filled, "batteries")) == set("12345")
    assert {"1", "4"} <= set((await keys(filled, "battery", search_mode="hybrid"))[:2])
    assert set(await keys(filled, "battery", search_mode="hybrid", filters={"notes": "audio"})) == {"1", "2"}


@both_stores
async def test_words_follow_the_language_of_the_table(site: Site) -> None:
    await site.create_source()
    await site.do("insert into articles (id, title) values (1, 'Viele gebrauchte Häuser'), (2, 'Die Autos')")
    await site.create_vector_table(columns=COLUMNS, language="german")
    await site.backfill()
    async with site.worker() as running:
        await site.synced()
        assert await keys(running.clients, "gebrauchtes Haus", search_mode="lexical") == ["1"]
        assert await keys(running.clients, "die", search_mode="lexical", limit=5) in ([], ["2"])
        if site.mode == "platform":
            found = await in_sql(site, query="gebrauchtes Haus", search_mode="lexical")
            assert [row["pk_value"] for row in found] == ["1"]


async def test_an_unknown_language_is_refused(site: Site) -> None:
    await site.create_source()
    with pytest.raises(psycopg.Error, match="no text search configuration klingon") as raised:
        await site.create_vector_table(language="klingon")
    assert raised.value.sqlstate == "EBV01" and "german" in str(raised.value.diag.message_hint)


@both_stores
async def test_lexical_search_asks_no_provider_and_needs_none(site: Site, filled: Clients) -> None:
    site.stub.fault(status=503)
    asked = site.stub.stats.requests
    assert await keys(filled, "nozzles", search_mode="lexical") == ["3"]
    assert site.stub.stats.requests == asked


async def test_a_hybrid_score_is_a_mean_of_both(site: Site, filled: Clients) -> None:
    query = "lamp for the garden party"  # three words that say something
    by_vector = (await search(filled, "articles", query)).hits
    by_words = (await search(filled, "articles", query, search_mode="lexical")).hits
    assert by_words[0].key == "5"
    meant = {hit.key: hit.score for hit in by_vector}
    lowest, highest = min(meant.values()), max(meant.values())
    said = {hit.key: hit.score / by_words[0].score for hit in by_words}
    share = {"3": 1 / 3, "4": 1 / 3, "5": 2 / 3}
    found = (await search(filled, "articles", query, search_mode="hybrid")).hits
    assert len(found) == 5
    for hit in found:
        expected = 0.65 * (meant[hit.key] - lowest) / (highest - lowest)
        expected += 0.35 * said.get(hit.key, 0) * share.get(hit.key, 0) ** 2
        assert hit.score == pytest.approx(expected)


def test_a_row_far_down_in_both_rankings_is_not_the_first() -> None:
    by_vector = [Hit(str(n), 0.9 - n / 100, {}, "") for n in range(50)]
    by_words = [
        Hit("only words", 9.0, {}, "cat dog"),
        *(Hit(f"w{n}", 5.0, {}, "cat") for n in range(20)),
        Hit("49", 1.0, {}, "cat"),
    ]
    found = fuse(by_vector, by_words, "cat dog", language="english", limit=3, meaning=0.65)
    assert [hit.key for hit in found] == ["0", "1", "2"]
    more = fuse(by_vector, by_words, "cat dog", language="english", limit=40, meaning=0.65)
    assert "only words" in {hit.key for hit in more}
    assert fuse([], [], "cat", language="english", limit=3, meaning=0.65) == []
    assert [hit.score for hit in fuse(by_vector[:1], [], "cat", language="english", limit=3, meaning=0.65)] == [0.65]


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        ({"search_mode": "fuzzy"}, "search_mode must be one of vector, lexical, hybrid"),
        ({"search_mode": "hybrid", "min_similarity_score": 0.5}, "min_similarity_score is for search_mode vector"),
        ({"search_mode": "lexical", "limit": 0}, "limit must be between 1 and 100"),
        ({"search_mode": "lexical", "filters": {"gone": 1}}, "filters.gone is not a filterable field"),
    ],
)
async def test_invalid_requests_are_refused(site: Site, filled: Clients, options: dict[str, Any], reason: str) -> None:
    with pytest.raises(ValidationError, match=reason):
        await search(filled, "articles", "lamp", **options)


async def test_sql_finds_what_python_finds(site: Site, filled: Clients) -> None:
    for query in ("lamp for the garden", "headphones' battery", "wired & !lamp"):
        for filters in (None, {"price": {"gte": 20}}, {"notes": {"exists": False}}):
            vector = [float(number) for number in vector_of(query, DIMENSIONS)]
            for mode in ("vector", "lexical", "hybrid"):
                expected = await search(filled, "articles", query, search_mode=mode, filters=filters)
                given = {"query": query, "query_vector": vector, "filters": json.dumps(filters) if filters else None}
                found = await in_sql(site, search_mode=mode, **given)
                assert [row["pk_value"] for row in found] == [hit.key for hit in expected.hits], (query, filters, mode)
                assert [row["score"] for row in found] == pytest.approx([hit.score for hit in expected.hits], abs=1e-6)
                assert [row["embedded_text"] for row in found] == [hit.text for hit in expected.hits]


async def test_a_stored_vector_finds_rows_like_its_own(site: Site, filled: Clients) -> None:
    table = await site.one("select store_schema || '.' || store_table from embedd.generations where state = 'active'")
    found = await site.do(
        "select a.title from embedd.search("
        f"'articles', query_vector => (select embedding from {table} where pk_value = '3')) s"
        " join articles a on a.id = s.pk_value::int where s.score > 0.999"
    )
    assert found == [{"title": "Garden hose"}]


async def test_a_filtered_search_in_sql_returns_its_full_limit(site: Site, filled: Clients) -> None:
    await site.do(
        "insert into articles select i, 'row ' || i, 'text', i, case when i % 100 = 0 then 'rare' end"
        " from generate_series(101, 3100) i"
    )
    await site.synced()
    found = await in_sql(site, query_vector=VECTOR, filters='{"notes": "rare"}', limit=30)
    assert len(found) == 30
    scores = [row["score"] for row in found]
    assert scores == sorted(scores, reverse=True)
    async with site.sql.transaction():
        await in_sql(site, query_vector=VECTOR, limit=100)
        settings = "select current_setting('hnsw.iterative_scan') || ' ' || current_setting('hnsw.ef_search')"
        assert await site.one(settings) == "off 40"


@pytest.mark.parametrize(
    ("named", "message"),
    [
        ({}, "search_mode vector needs a query or a query_vector"),
        ({"query_vector": VECTOR, "rerank": '{"embedder": "x"}'}, "rerank needs no query_vector"),
        ({"query_vector": VECTOR, "min_similarity_score": 2}, "min_similarity_score must be between 0 and 1"),
        ({"search_mode": "lexical", "query": "x", "min_similarity_score": 0.5}, "is for search_mode vector"),
        ({"search_mode": "lexical"}, "search_mode lexical needs a query"),
        ({"search_mode": "hybrid", "query_vector": VECTOR, "query": " "}, "search_mode hybrid needs a query"),
        ({"search_mode": "any"}, "search_mode must be"),
        ({"query_vector": [1.0, 2.0]}, f"query_vector must have {DIMENSIONS} numbers"),
        ({"query_vector": [None] * DIMENSIONS}, f"query_vector must have {DIMENSIONS} numbers"),
        ({"query_vector": VECTOR, "limit": 0}, "limit must be between 1 and 100"),
        ({"query_vector": VECTOR, "limit": 101}, "limit must be between 1 and 100"),
        ({"query_vector": VECTOR, "filters": "[]"}, "filters must be an object"),
        ({"query_vector": VECTOR, "filters": '{"gone": 1}'}, "filters.gone is not a filterable field"),
        ({"query_vector": VECTOR, "filters": '{"price": {"like": 1}}'}, "filters.price.like is not an operator"),
        ({"query_vector": VECTOR, "filters": '{"price": "1"}'}, "filters.price must be a number"),
        ({"query_vector": VECTOR, "filters": '{"price": {"in": 1}}'}, "filters.price.in must be an array"),
        ({"query_vector": VECTOR, "filters": '{"notes": {"lt": "x"}}'}, "is a comparison of numbers or times"),
        ({"query_vector": VECTOR, "filters": '{"$or": []}'}, "filters.$or must be an array"),
        ({"query_vector": VECTOR, "filters": '{"price": {"lt": 1e999}}'}, "within the range of a double"),
    ],
)
async def test_invalid_searches_in_sql_are_refused_with_the_reason(
    site: Site, named: dict[str, Any], message: str
) -> None:
    await site.set_up(rows=1, columns=COLUMNS)
    async with site.worker():
        await site.synced()
        with pytest.raises(psycopg.Error) as raised:
            await in_sql(site, **named)
    assert raised.value.sqlstate == "EBV01"
    assert message in str(raised.value)
    assert raised.value.diag.message_hint


@pytest.mark.parametrize("site", ["managed"], indirect=True)
async def test_vectors_outside_the_database_are_searched_by_the_service(site: Site, filled: Clients) -> None:
    with pytest.raises(psycopg.Error, match="are not in this database"):
        await in_sql(site, query_vector=VECTOR)
    await worker_is_missed(site, query="lamp")
    await worker_is_missed(site, query="lamp", search_mode="lexical")
    await site.do(HELPER)
    found = await in_sql(site, query="lamp", limit=2)
    assert [(row["pk_value"], row["score"], row["metadata"], row["passage"]) for row in found] == [
        ("5", 0.75, {"price": 1}, "part"),
        ("9", 0.5, None, None),
    ]
    found = await in_sql(site, query="lamp", limit=2, select="{price}")
    assert [(row["metadata"], row["embedded_text"], row["passage"]) for row in found] == [
        ({"price": 1}, None, None),
        ({}, None, None),
    ]


@pytest.mark.parametrize("site", ["managed"], indirect=True)
async def test_an_empty_answer_of_the_service_gives_no_row_in_sql_even_with_passages(
    site: Site, filled: Clients
) -> None:
    await site.do('update embedd.generations set chunking = \'{"strategy": "recursive", "max_tokens": 512}\'')
    await site.do(HELPER)
    await site.do(
        "create or replace function embedd.ask_service(text, text, text, jsonb) returns jsonb"
        ' language sql as $$ select \'{"answer": {"results": []}}\'::jsonb $$'
    )
    assert await in_sql(site, query="lamp") == []


async def worker_is_missed(site: Site, **named: Any) -> None:
    """Check that a search which needs a worker is refused with the line that prepares it."""
    with pytest.raises(psycopg.Error, match="This search is not prepared") as raised:
        await in_sql(site, **named)
    assert raised.value.sqlstate == "EBS01"
    assert "call embedd.prepare_search('articles', 'lamp'" in str(raised.value.diag.message_hint)


#: A substitute for the helper in plpython3u: it finds rows 5 and 9, of which 9 is gone, and records its arguments.
HELPER = """
create table asked (operation text, target text, environment text, body jsonb);
create function embedd.ask_service(text, text, text, jsonb) returns jsonb language plpgsql as $$
begin
  insert into public.asked values ($1, $2, $3, $4);
  return '{"answer": {"embedding": [0.5, 2], "results": [
    {"id": "5", "score": 0.75, "metadata": {"price": 1}, "embedded_text": "elsewhere", "passage": "part"},
    {"id": "9", "score": 0.5}]}}';
end
$$"""


async def test_a_text_is_embedded_by_the_service_and_its_rows_are_read_here(site: Site, filled: Clients) -> None:
    await worker_is_missed(site, query="lamp")
    await worker_is_missed(site, query="lamp", search_mode="hybrid")
    await worker_is_missed(site, query="lamp", search_mode="lexical", rerank='{"embedder": "x"}')
    with pytest.raises(psycopg.Error, match="cannot embed a text"):
        await site.do("select embedd.embed('lamp', 'stub')")
    await site.do(HELPER)
    (found,) = await in_sql(site, query="lamp", limit=7, filters='{"price": {"lt": 30}}', rerank='{"embedder": "x"}')
    assert (found["pk_value"], found["score"], found["passage"]) == ("5", 0.75, "part")
    assert found["metadata"] != {"price": 1} and found["embedded_text"] != "elsewhere"
    (asked,) = await site.do("select * from asked")
    assert asked["operation"] == "search" and asked["target"].startswith("vt_")
    assert asked["environment"].startswith("env_") and asked["body"] == {
        "query": "lamp",
        "limit": 7,
        "filters": {"price": {"lt": 30}},
        "search_mode": "vector",
        "min_similarity_score": None,
        "rerank": {"embedder": "x"},
    }
    assert await site.one("select embedd.embed('lamp', 'stub', dimensions => 2)") == [0.5, 2]
    # Rows that the caller may not read are not shown, whatever role found them.
    table = await site.one("select store_schema || '.' || store_table from embedd.generations where state = 'active'")
    await site.do("create role searcher in role embedd_reader; grant insert on asked to searcher")
    await site.do("grant execute on function embedd.ask_service(text, text, text, jsonb) to searcher")
    try:
        await site.do("set role searcher")
        with pytest.raises(psycopg.errors.InsufficientPrivilege, match="permission denied for table"):
            await in_sql(site, query="lamp")
        await site.do(f"reset role; grant select on {table} to searcher; set role searcher")
        assert len(await in_sql(site, query="lamp")) == 1
        await site.do(f"reset role; alter table {table} enable row level security; set role searcher")
        assert await in_sql(site, query="lamp") == []
    finally:
        await site.do("reset role; drop owned by searcher; drop role searcher")


async def test_less_similar_rows_are_left_out_in_sql(site: Site, filled: Clients) -> None:
    every = await in_sql(site, query_vector=VECTOR)
    scores = [max(row["score"], 0) for row in every]
    between = (scores[1] + scores[2]) / 2
    some = await in_sql(site, query_vector=VECTOR, min_similarity_score=between)
    assert [row["pk_value"] for row in some] == [row["pk_value"] for row in every if row["score"] >= between]


async def test_select_leaves_out_columns_and_texts_in_sql(site: Site, filled: Clients) -> None:
    whole = await in_sql(site, query_vector=VECTOR)
    assert all(row["score"] == round(row["score"], 6) for row in whole)
    for select, shown in (("{}", set()), ("{price,similarity_score}", {"price"}), ("{title,embedded_text}", {"title"})):
        some = await in_sql(site, query_vector=VECTOR, select=select)
        assert some == [
            row
            | {
                "metadata": {name: value for name, value in row["metadata"].items() if name in shown},
                "embedded_text": row["embedded_text"] if "embedded_text" in select else None,
            }
            for row in whole
        ]
    with pytest.raises(psycopg.Error, match="results have no column") as raised:
        await in_sql(site, query_vector=VECTOR, select="{prize}")
    assert raised.value.sqlstate == "EBV01"


async def test_a_search_before_the_table_of_vectors_exists_says_so(site: Site) -> None:
    await site.set_up(1)
    async with site.clients() as clients:
        with pytest.raises(VectorTableNotReady, match="No worker has created"):
            await search(clients, "articles", "text")
    with pytest.raises(psycopg.Error, match="No worker has created the table of vectors of articles yet"):
        await site.do("select embedd.search('articles', 'text', search_mode => 'lexical')")


async def test_an_answer_says_that_it_is_partial_until_the_first_backfill_is_complete(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    await site.set_up(rows=100)
    notices: list[str] = []
    site.sql.add_notice_handler(lambda told: notices.append(told.message_primary or ""))
    gate = hold_ranges(monkeypatch, after=2)
    async with site.worker(batch_size=5, concurrency=2) as running:
        await gate.reached(2)
        found = await search(running.clients, "articles", "text", limit=100)
        assert found.partial == Partial(rows_processed=40, rows_total=100) and len(found.hits) == 40
        assert len(await in_sql(site, query_vector=VECTOR, limit=100)) == 40
        assert notices == ["This answer is partial: the backfill of articles has processed 40 of 100 rows."]
        gate.open()
        await site.synced()
        assert (await search(running.clients, "articles", "text")).partial is None
        assert await in_sql(site, query_vector=VECTOR) and len(notices) == 1


@both_stores
async def test_an_answer_is_partial_while_its_own_vectors_change_and_complete_while_others_are_built(
    site: Site, filled: Clients
) -> None:
    fewer = json.dumps(COLUMNS[:-1])
    changed = {
        "the whole table is compared again": "select embedd.backfill('articles')",
        "a column is dropped": f"select embedd.update_vector_table('articles', columns => '{fewer}')",
        "rows are dropped": "select embedd.update_vector_table('articles', \"where\" => 'id > 1')",
        "other vectors are built": "select embedd.update_vector_table('articles', embedding_dimensions => 32)",
    }
    request, partial = '{"query": "lamp", "limit": 1, "search_mode": "vector"}', dict[str, Any]()
    for change, statement in changed.items():
        async with site.sql.transaction(force_rollback=True):  # so the worker does not begin
            await site.do(statement)
            prepared = await site.one("select embedd_internal.prepare_search('articles', %s)", request)
            partial[change] = prepared["partial"]
    begun = {"rows_processed": 0, "rows_total": None}
    assert partial == {
        "the whole table is compared again": None,
        "a column is dropped": begun,
        "rows are dropped": begun,
        "other vectors are built": None,
    }
