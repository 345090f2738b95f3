"""Queries over both stores: limit and minimum score, results, the statuses in which a table answers, and every case of
the filter language, including those that the contract leaves open."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import psycopg
import pytest

from tests.api.conftest import COLUMNS, Service, load_products, working
from tests.api.test_errors import code_of
from tests.api.test_tasks import change
from tests.support.round_trips import recorded

NUMBERED = [*COLUMNS, {"name": "stock", "role": "metadata", "filter_type": "integer"}]

#: Row 8 has no category, price, in_stock and stock; the others have stock = id.
ALL, KNOWN = {1, 2, 3, 4, 5, 6, 7, 8}, {1, 2, 3, 4, 5, 6, 7}
AUDIO = {1, 2, 4}

FOUND: list[tuple[Any, set[int]]] = [
    (None, ALL),
    ({}, ALL),
    ({"category": "audio"}, AUDIO),
    ({"category": {"eq": "audio"}}, AUDIO),
    ({"category": {"$eq": "audio"}}, AUDIO),
    ({"category": "Audio"}, set()),
    ({"category": "audi"}, set()),
    ({"category": {"in": ["audio", "garden"]}}, AUDIO | {3}),
    # Missing: equal to nothing, in no range, and so different from everything.
    ({"category": {"exists": True}}, KNOWN),
    ({"category": {"exists": False}}, {8}),
    ({"price": {"$exists": False}}, {8}),
    ({"category": {"ne": "audio"}}, ALL - AUDIO),
    ({"category": {"neq": "audio"}}, ALL - AUDIO),
    ({"category": {"$ne": "audio"}}, ALL - AUDIO),
    ({"category": {"nin": ["audio", "garden"]}}, {5, 6, 7, 8}),
    ({"price": {"ne": 39}}, ALL - {5}),
    ({"in_stock": {"ne": True}}, {4, 8}),
    ({"price": {"lt": 1e9}}, KNOWN),
    ({"price": {"gte": -1}}, KNOWN),
    ({"stock": {"gt": 0}}, KNOWN),
    ({"category": {"ne": "audio", "exists": True}}, {3, 5, 6, 7}),
    # Numbers of either kind for columns of either kind.
    ({"price": {"eq": 39}}, {5}),
    ({"price": {"in": [39, 24.5]}}, {3, 5}),
    ({"stock": {"eq": 3.0}}, {3}),
    ({"stock": 3.5}, set()),
    ({"stock": {"ne": 3.5}}, ALL),
    ({"stock": {"gte": 5.5}}, {6, 7}),
    ({"stock": {"lt": 2.5}}, {1, 2}),
    # Together.
    ({"price": {"gte": 30, "lte": 100}}, {5, 7}),
    ({"price": {"$gt": 39, "$lt": 129.99}}, {7}),
    ({"in_stock": True, "category": "audio"}, {1, 2}),
    ({"in_stock": {"eq": False}}, {4}),
    ({"$or": [{"category": "garden"}, {"price": {"gt": 200}}]}, {2, 3}),
    ({"$or": [{"category": "audio", "in_stock": True}, {"stock": 8}]}, {1, 2}),
    ({"$or": [{"category": "audio"}, {"category": "office"}], "in_stock": True}, {1, 2, 5, 6}),
    ({"$or": [{"$or": [{"stock": 1}, {"stock": 2}]}, {"stock": 3}]}, {1, 2, 3}),
    ({"$and": [{"category": "audio"}, {"price": {"lt": 200}}]}, {1, 4}),
    # Sets of nothing.
    ({"category": {"in": []}}, set()),
    ({"category": {"nin": []}}, ALL),
    ({"stock": {"in": []}}, set()),
]

REFUSED: list[tuple[Any, str]] = [
    ({"gone": 1}, "filters.gone is not a filterable field"),
    ({"name": "Desk lamp"}, "filters.name is not a filterable field"),
    ({"or": [{"stock": 1}]}, "filters.or is not a filterable field"),
    ({"category": None}, "use exists"),
    ({"category": {"eq": None}}, "use exists"),
    ({"category": {"in": ["audio", None]}}, "use exists"),
    ({"price": {"like": 1}}, "filters.price.like is not an operator"),
    ({"price": {}}, "must name an operator"),
    ({"category": {"in": "audio"}}, "must be an array"),
    ({"category": {"nin": "audio"}}, "must be an array"),
    ({"category": {"exists": 1}}, "must be true or false"),
    ({"category": {"exists": "true"}}, "must be true or false"),
    ({"$or": []}, "at least one filter object"),
    ({"$or": {"stock": 1}}, "at least one filter object"),
    ({"$and": []}, "at least one filter object"),
    ({"category": {"gt": 1}}, "comparison of numbers"),
    ({"in_stock": {"lte": 1}}, "comparison of numbers"),
    ({"price": "39"}, "must be a number"),
    ({"price": True}, "must be a number"),
    ({"price": {"gte": None}}, "must not be null"),
    ({"in_stock": 1}, "must be true or false"),
    ({"category": 1}, "must be a string"),
    ({"category": ["audio"]}, "must be a string"),
    ({"stock": 2**70}, "64-bit"),
]


@dataclass(frozen=True)
class Filled:
    """A service with a filled table of products; the worker has stopped."""

    service: Service
    table: str

    @property
    def path(self) -> str:
        return f"/v1/vector-tables/{self.table}/query"

    async def query(self, query: str = "products", **more: Any) -> Any:
        return await self.service.post(self.path, {"query": query, **more})

    async def ids(self, filters: Any) -> set[int]:
        found = await self.query(limit=100, filters=filters)
        return {int(result["id"]) for result in found["results"]}


@pytest.fixture(params=["managed", "platform"])
async def filled(request: pytest.FixtureRequest, service: Service) -> AsyncIterator[Filled]:
    load_products(service.dsn)
    with psycopg.connect(service.dsn, autocommit=True) as session:
        session.execute("create extension if not exists vector")
        session.execute("alter table products add stock int")
        session.execute("update products set stock = id")
        session.execute("insert into products (name) values ('Mystery box')")
    connection = await service.connection(mode=request.param)
    body = service.table_body(connection, await service.embedding_provider(), columns=NUMBERED)
    table = (await service.post("/v1/vector-tables", body, 201))["id"]
    async with working(service.clients):
        await service.synced(table)
    yield Filled(service, table)


async def test_every_filter_means_the_same_over_both_stores(filled: Filled) -> None:
    different = []
    for filters, expected in FOUND:
        found = await filled.ids(filters)
        if found != expected:
            different.append((filters, expected, found))
    assert not different


async def test_every_invalid_filter_is_refused_with_its_path(filled: Filled) -> None:
    for filters, part in REFUSED:
        body = json.dumps({"query": "x", "filters": filters})
        response = await filled.service.http.post(filled.path, content=body)
        assert response.status_code == 422 and code_of(response) == "validation_error", filters
        assert part in response.json()["error"]["message"], (filters, response.text)


async def test_limit_and_minimum_score_apply_after_the_filter(filled: Filled) -> None:
    default = await filled.query("headphones")
    assert len(default["results"]) == default["total_results"] == 8
    one = await filled.query("headphones", limit=1, filters={"category": "garden"})
    assert [result["id"] for result in one["results"]] == ["3"]
    scores = [result["score"] for result in default["results"]]
    assert scores == sorted(scores, reverse=True) and all(-1 <= score <= 1.0001 for score in scores)
    least = (max(scores[0], 0) + max(scores[-1], 0)) / 2
    some = await filled.query("headphones", min_similarity_score=least)
    assert [r["id"] for r in some["results"]] == [r["id"] for r in default["results"] if r["score"] >= least]
    assert 0 < some["total_results"] < 8
    assert (await filled.query("headphones", min_similarity_score=1.0))["results"] == []
    assert (await filled.query("headphones", min_similarity_score=None, filters=None)) == default
    for body in ({"limit": 0}, {"limit": 101}, {"min_similarity_score": 1.01}, {"min_similarity_score": -0.1}):
        response = await filled.service.http.post(filled.path, json={"query": "x", **body})
        assert code_of(response) == "validation_error", body


async def test_a_result_has_every_configured_column_with_its_own_type(filled: Filled) -> None:
    found = await filled.query("noise cancelling headphones", limit=1)
    assert (found["query"], found["model"], found["total_results"]) == (
        "noise cancelling headphones",
        "text-embedding-3-small",
        1,
    )
    (result,) = found["results"]
    assert result["id"] == "1" and result["similarity_score"] == result["score"]
    assert result["metadata"] == {
        "name": "Wireless headphones",
        "description": "Noise cancelling headphones with long battery life",
        "category": "audio",
        "price": 129.99,
        "in_stock": True,
        "stock": 1,
    }
    assert [*result["metadata"]] == [column["name"] for column in NUMBERED]
    assert result["embedded_text"].startswith("Product: Wireless headphones\nDescription: Noise")
    empty = await filled.query("mystery box", limit=1)
    assert empty["results"][0]["embedded_text"] == "Product: Mystery box"
    assert empty["results"][0]["metadata"] == dict.fromkeys(result["metadata"]) | {"name": "Mystery box"}


async def test_rows_are_found_by_words_and_by_both(filled: Filled) -> None:
    by_words = await filled.query("lamps", search_mode="lexical")
    assert [result["id"] for result in by_words["results"]] == ["5"]
    assert by_words["results"][0]["score"] > 0 and by_words["results"][0]["similarity_score"] is None
    both = await filled.query("lamps", search_mode="hybrid", limit=3, filters={"in_stock": True})
    assert both["results"][0]["id"] == "5" and both["total_results"] == 3
    assert await filled.query("lamps", search_mode="vector") == await filled.query("lamps")
    for body in ({"search_mode": "fuzzy"}, {"search_mode": "hybrid", "min_similarity_score": 0.5}):
        response = await filled.service.http.post(filled.path, json={"query": "x", **body})
        assert code_of(response) == "validation_error", body


async def test_a_repeated_query_reads_the_key_and_the_version_in_one_call_and_notices_each_change(
    filled: Filled, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = await filled.query(filters={"category": "audio"})
    called = recorded(monkeypatch)
    assert await filled.query(filters={"category": "audio"}) == first
    assert called == ["authenticate_search"]
    change(filled.service, "update embedd.vector_tables set sync_status = %s, last_synced_at = null", "pending")
    body = {"query": "products", "filters": {"category": "audio"}}
    response = await filled.service.http.post(filled.path, json=body)
    assert code_of(response) == "vector_table_not_ready"
    change(filled.service, "update embedd.vector_tables set dropped_at = now() where id = %s", filled.table)
    response = await filled.service.http.post(filled.path, json=body)
    assert code_of(response) == "vector_table_not_found"
    response = await filled.service.http.post(filled.path, json=body, headers={"Authorization": "Bearer sk_wrong"})
    assert code_of(response) == "unauthorized"


async def test_a_filled_table_answers_queries_in_every_status(filled: Filled) -> None:
    statement = "update embedd.vector_tables set sync_status = %s, last_synced_at = {}"
    for status in ("synced", "backfilling", "paused", "pending_rebackfill", "error"):
        change(filled.service, statement.format("now()"), status)
        assert (await filled.query())["total_results"] == 8, status
    for status in ("pending", "error"):
        change(filled.service, statement.format("null"), status)
        response = await filled.service.http.post(filled.path, json={"query": "x"})
        assert response.status_code == 422 and code_of(response) == "vector_table_not_ready", status
        assert status in response.json()["error"]["message"]
    missing = await filled.service.http.post("/v1/vector-tables/vt_none/query", json={"query": "x"})
    assert code_of(missing) == "vector_table_not_found"


async def test_an_answer_has_the_field_partial_only_while_a_backfill_still_supplies_its_rows(filled: Filled) -> None:
    complete = await filled.query()
    assert "partial" not in complete
    await filled.service.post(f"/v1/vector-tables/{filled.table}/backfill", status=202)  # no worker runs
    assert await filled.query() == complete, "a table that was filled once answers with all of its rows"
    change(filled.service, "update embedd.vector_tables set last_synced_at = null")
    assert await filled.query() == complete | {"partial": {"rows_processed": 0, "rows_total": None}}
    change(filled.service, "update embedd.tasks set rows_processed = 6, rows_total = 8 where status = 'pending'")
    for mode in ("vector", "lexical", "hybrid"):
        found = await filled.query(search_mode=mode)
        assert found["partial"] == {"rows_processed": 6, "rows_total": 8}, mode
