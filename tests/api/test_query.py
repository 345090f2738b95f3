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

NUMBERED = [
    *COLUMNS,
    {"name": "stock", "role": "metadata", "filter_type": "integer"},
    {"name": "released", "role": "metadata", "filter_type": "datetime"},
    {"name": "changed", "role": "metadata", "filter_type": "datetime"},
    {"name": "sold", "role": "metadata", "filter_type": "datetime"},
    {"name": "ident", "role": "metadata", "filter_type": "uuid"},
    {"name": "tags", "role": "metadata", "filter_type": "keyword[]"},
    {"name": "codes", "role": "metadata", "filter_type": "integer[]"},
]
#: The columns of these types. Rows 6 and 7 have times that are outside the order.
ADD = """
    alter table products add stock int, add released date, add changed timestamptz, add sold timestamp, add ident uuid,
      add tags varchar(9)[], add codes int[];
    update products set stock = id, released = date '2026-03-10' + id::int,
      changed = timestamptz '2026-03-10 10:00+02' + id * interval '1 us',
      sold = now() at time zone 'UTC' - id * interval '1 day',
      ident = ('00000000-0000-0000-0000-0000000000a' || id)::uuid, codes = array[id, id * 10];
    update products set tags = '{a,b}' where id = 1;
    update products set tags = '{b}' where id = 2;
    update products set tags = '{}' where id = 3;
    update products set tags = '{{a,c},{NULL,b}}' where id = 4;
    update products set released = 'infinity', changed = '-infinity', sold = '0044-03-15 BC' where id = 6;
    update products set released = '5874897-12-31', changed = '294276-12-31', sold = '10000-01-01' where id = 7;
"""

#: Row 8 has none of the metadata columns; the others have stock = id.
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
    # Times: dates are their first moment, and a time without zone is in UTC.
    ({"released": "2026-03-12"}, {2}),
    ({"released": {"eq": "2026-03-12T02:00:00+02:00"}}, {2}),
    ({"released": {"gte": "2026-03-13"}}, {3, 4, 5}),
    ({"released": {"lt": "now+520w"}}, {1, 2, 3, 4, 5}),
    ({"released": {"in": ["2026-03-11", "2026-03-14T00:00"]}}, {1, 4}),
    ({"released": {"ne": "2026-03-11"}}, ALL - {1}),
    ({"released": {"exists": True}}, KNOWN),
    ({"changed": {"gt": "2026-03-10T08:00:00.000001Z", "lte": "2026-03-10 08:00:00.000003"}}, {2, 3}),
    ({"sold": {"gte": "now-60h"}}, {1, 2}),
    ({"$not": {"released": {"gte": "2026-03-13"}}}, {1, 2, 6, 7, 8}),
    # Arrays, UUIDs and prefixes.
    ({"tags": {"any": ["a", "zz"]}}, {1, 4}),
    ({"tags": {"all": ["b", "a"]}}, {1, 4}),
    ({"tags": {"$all": ["b"]}}, {1, 2, 4}),
    ({"tags": {"exists": True}}, {1, 2, 4}),
    ({"$not": {"tags": {"any": ["b"]}}}, ALL - {1, 2, 4}),
    ({"codes": {"any": [20, 3.0, 1.5]}}, {2, 3}),
    ({"codes": {"all": [1, 10]}}, {1}),
    ({"ident": "00000000-0000-0000-0000-0000000000A3"}, {3}),
    ({"category": {"prefix": "au"}}, AUDIO),
    ({"category": {"prefix": ""}}, KNOWN),
    # Sets of nothing.
    ({"tags": {"any": []}}, set()),
    ({"tags": {"all": []}}, ALL),
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
    ({"changed": "yesterday"}, "must be a time in ISO 8601, or relative to now"),
    ({"tags": "a"}, "must name an operator; allowed: any, all, exists"),
    ({"ident": "a3"}, "must be a UUID"),
    ({"$not": [{"stock": 1}]}, "filters.$not must be an object"),
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
        session.execute(ADD)
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
    assert result["metadata"].pop("sold").endswith("Z")
    assert result["metadata"] == {
        "name": "Wireless headphones",
        "description": "Noise cancelling headphones with long battery life",
        "category": "audio",
        "price": 129.99,
        "in_stock": True,
        "stock": 1,
        "released": "2026-03-11T00:00:00.000000Z",
        "changed": "2026-03-10T08:00:00.000001Z",
        "ident": "00000000-0000-0000-0000-0000000000a1",
        "tags": ["a", "b"],
        "codes": [1, 10],
    }
    assert result["embedded_text"].startswith("Product: Wireless headphones\nDescription: Noise")
    empty = await filled.query("mystery box", limit=1)
    assert empty["results"][0]["embedded_text"] == "Product: Mystery box"
    columns = [column["name"] for column in NUMBERED]
    assert empty["results"][0]["metadata"] == dict.fromkeys(columns) | {"name": "Mystery box"}
    assert [*empty["results"][0]["metadata"]] == columns
    far = {result["id"]: result["metadata"] for result in (await filled.query())["results"]}
    assert [far["6"][name] for name in ("released", "changed", "sold")] == [
        "infinity",
        "-infinity",
        "0044-03-15 00:00:00 BC",
    ]
    assert (far["7"]["released"], far["7"]["sold"]) == ("5874897-12-31", "10000-01-01 00:00:00")


async def test_select_leaves_out_columns_and_fields(filled: Filled) -> None:
    whole = await filled.query("lamps", limit=3)
    some = await filled.query("lamps", limit=3, select=["price", "category", "similarity_score"])
    shown = {"id", "score", "metadata", "similarity_score"}
    assert [{name: result[name] for name in shown - {"metadata"}} for result in whole["results"]] == [
        {name: result[name] for name in result.keys() - {"metadata"}} for result in some["results"]
    ]
    for one, other in zip(whole["results"], some["results"], strict=True):
        assert other["metadata"] == {name: one["metadata"][name] for name in ("category", "price")}
        assert [*other["metadata"]] == ["category", "price"], "the order is that of the columns"
    bare = await filled.query("lamps", limit=1, select=[])
    first = whole["results"][0]
    assert bare["results"] == [{"id": first["id"], "score": first["score"], "metadata": {}}]
    assert await filled.query("lamps", limit=3, select=None) == whole
    response = await filled.service.http.post(filled.path, json={"query": "x", "select": ["prize"]})
    assert response.status_code == 422 and code_of(response) == "validation_error"
    assert 'select[0]: results have no column "prize"; they have: name, ' in response.json()["error"]["message"]


async def test_rows_are_found_by_words_and_by_both(filled: Filled) -> None:
    by_words = await filled.query("lamps", search_mode="lexical")
    assert [result["id"] for result in by_words["results"]] == ["5"]
    assert by_words["results"][0]["score"] > 0 and by_words["results"][0]["similarity_score"] is None
    both = await filled.query("lamps", search_mode="hybrid", limit=3, filters={"in_stock": True})
    assert both["results"][0]["id"] == "5" and both["total_results"] == 3
    by_meaning = await filled.query("lamps")
    assert await filled.query("lamps", search_mode="vector") == by_meaning
    for found in (by_words, both, by_meaning):
        scores = [result["score"] for result in found["results"]]
        assert scores == [round(score, 6) for score in scores]
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


async def test_a_time_relative_to_now_is_read_anew_for_each_request(
    filled: Filled, monkeypatch: pytest.MonkeyPatch
) -> None:
    recent = {"sold": {"gte": "now-1d"}}
    assert await filled.ids(recent) == set()
    called = recorded(monkeypatch)
    assert await filled.ids(recent) == set()
    assert called == ["authenticate_search", "prepare_search"]


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
