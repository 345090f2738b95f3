"""The plan of a search: bounds that hold for every door, what is left out, and how many rows are looked for."""

from __future__ import annotations

import json
from typing import Any

import psycopg
import pytest

from embedd_pg.errors import ValidationError
from embedd_pg.search.plan import BEYOND, UNSTORABLE, request_json
from tests.sql.calls import Pg, Refusal, refused, value

COLUMNS = [
    {"name": "text", "role": "embedding"},
    {"name": "price", "role": "metadata", "filter_type": "float"},
]


def generation(*, co_located: bool, kind: str = "pgvector") -> str:
    store = {"kind": kind, "co_located": co_located}
    return json.dumps({"vector_table": {"name": "v"}, "store": store, "source": {"columns": COLUMNS}})


GENERATION = generation(co_located=True)
REQUEST = {"query": "lamp", "limit": 10, "search_mode": "vector"}


def plan(pg: Pg, **changes: Any) -> dict[str, Any]:
    request = request_json(REQUEST | changes)
    planned: dict[str, Any] = value(pg, "plan_search", p_generation=GENERATION, p_request=request)
    return planned


def test_a_plain_request_finds_the_requested_number_of_rows(pg: Pg) -> None:
    assert plan(pg) == {
        "limit": 10,
        "candidates": 10,
        "depth": 50,
        "meaning": 0.65,
        "min_score": None,
        "select": None,
        "reusable": True,
        "filter": None,
        "condition": None,
    }
    filter = {"range": {"field": "price", "type": "float", "bounds": {"lte": 5}}}
    assert plan(pg, filters={"price": {"lte": 5}}, min_similarity_score=0.25)["filter"] == filter
    assert plan(pg, min_similarity_score=0.25)["min_score"] == 0.25


def test_a_plan_is_not_reusable_if_its_filter_names_a_time_relative_to_now(pg: Pg) -> None:
    columns = [*COLUMNS, {"name": "at", "role": "metadata", "filter_type": "datetime"}]
    asked = json.dumps(json.loads(GENERATION) | {"source": {"columns": columns}})

    def reusable(filters: Any) -> bool:
        request = request_json(REQUEST | {"filters": filters})
        return bool(value(pg, "plan_search", p_generation=asked, p_request=request)["reusable"])

    assert reusable({"at": {"lt": "2026-03-13"}}) and reusable({"price": 3})
    for filters in ({"at": {"lt": "now"}}, {"$or": [{"price": 3}, {"$not": {"at": {"in": ["2026-03-13", "now-7d"]}}}]}):
        assert not reusable(filters)


def test_select_names_columns_and_fields_of_results(pg: Pg) -> None:
    for select in ([], ["price"], ["text", "price", "price"], ["similarity_score", "embedded_text", "passage"]):
        assert plan(pg, select=select)["select"] == select


def test_a_filter_for_pgvector_is_compiled_and_one_for_qdrant_is_not(pg: Pg) -> None:
    request = request_json(REQUEST | {"filters": {"price": {"lte": 5}}})
    plans = {}
    for kind, co_located in (("pgvector", True), ("pgvector", False), ("qdrant", False)):
        asked = generation(co_located=co_located, kind=kind)
        plans[kind, co_located] = value(pg, "plan_search", p_generation=asked, p_request=request)
    compiled = value(pg, "compile_filter", p_tree=json.dumps(plans["qdrant", False]["filter"]))
    assert {key: found["condition"] for key, found in plans.items()} == {
        ("pgvector", True): compiled,
        ("pgvector", False): compiled,
        ("qdrant", False): None,
    }


@pytest.mark.parametrize(("limit", "candidates"), [(1, 50), (10, 50), (50, 50), (100, 100)])
def test_a_reranker_reads_fifty_rows_or_as_many_as_are_returned(pg: Pg, limit: int, candidates: int) -> None:
    planned = plan(pg, limit=limit, rerank={"embedder": "x"})
    assert (planned["limit"], planned["candidates"]) == (limit, candidates)


def test_a_reranker_reads_the_requested_candidates_and_a_hybrid_search_ranks_as_many(pg: Pg) -> None:
    assert plan(pg, rerank={"embedder": "x", "candidates": None, "model": None})["candidates"] == 50
    for candidates, depth in ((10, 50), (1000, 1000)):
        planned = plan(pg, rerank={"embedder": "x", "candidates": candidates, "model": "m" * 200})
        assert (planned["candidates"], planned["depth"]) == (candidates, depth)


REFUSED = [
    ({"select": "price"}, "select must be an array of at most 2000 names."),
    ({"select": ["price"] * 2001}, "select must be an array of at most 2000 names."),
    ({"select": ["price", "nope"]}, 'select[1]: results have no column "nope"; they have: text, price.'),
    ({"select": [1]}, "select[0]: results have no column 1; they have: text, price."),
    ({"select": ["x" * 200]}, f'select[0]: results have no column "{"x" * 76}...; they have: text, price.'),
    ({"limit": 0}, "limit must be between 1 and 100."),
    ({"limit": 101}, "limit must be between 1 and 100."),
    ({"limit": 1.5}, "limit must be between 1 and 100."),
    ({"limit": None}, "limit must be between 1 and 100."),
    ({"limit": "many"}, "limit must be between 1 and 100."),
    ({"limit": 10**30}, "limit must be between 1 and 100."),
    ({"search_mode": "fuzzy"}, "search_mode must be one of vector, lexical, hybrid."),
    ({"search_mode": None}, "search_mode must be one of vector, lexical, hybrid."),
    ({"query": " \t"}, "search_mode vector needs a query."),
    ({"query": None, "search_mode": "hybrid"}, "search_mode hybrid needs a query."),
    ({"query": "", "query_vector": False}, "search_mode vector needs a query or a query_vector."),
    ({"query": "", "query_vector": True, "search_mode": "lexical"}, "search_mode lexical needs a query."),
    ({"query": "x" * 100_001}, "query must have at most 100000 characters."),
    ({"query_vector": True, "rerank": {"embedder": "x"}}, "rerank needs no query_vector."),
    ({"min_similarity_score": -0.1}, "min_similarity_score must be between 0 and 1."),
    ({"min_similarity_score": 1.1}, "min_similarity_score must be between 0 and 1."),
    ({"min_similarity_score": float("nan")}, "min_similarity_score must be between 0 and 1."),
    ({"min_similarity_score": "much"}, "min_similarity_score must be between 0 and 1."),
    (
        {"min_similarity_score": 0.5, "search_mode": "lexical"},
        "min_similarity_score is for search_mode vector; rows found by words have no similarity (lexical).",
    ),
    ({"rerank": {"candidates": 9}}, "rerank.candidates must be between limit (10) and 1000."),
    ({"rerank": {"candidates": 1001}}, "rerank.candidates must be between limit (10) and 1000."),
    ({"rerank": {"candidates": "all"}}, "rerank.candidates must be between limit (10) and 1000."),
    ({"rerank": {"model": " "}}, "rerank.model must have 1 to 200 characters."),
    ({"rerank": {"model": "m" * 201}}, "rerank.model must have 1 to 200 characters."),
    ({"rerank": {"model": "m"}}, "rerank needs an embedder, and may have model and candidates."),
    ({"rerank": {"embedder": 7}}, "rerank needs an embedder, and may have model and candidates."),
    ({"rerank": {"embedder": "x", "top": 3}}, "rerank needs an embedder, and may have model and candidates."),
    ({"rerank": "x"}, "rerank needs an embedder, and may have model and candidates."),
    ({"filters": {"text": "a"}}, "filters.text is not a filterable field; allowed: price."),
    ({"filters": []}, "filters must be an object that maps fields to conditions."),
]


@pytest.mark.parametrize(("changes", "message"), REFUSED)
def test_an_invalid_request_is_refused_with_advice(pg: Pg, changes: dict[str, Any], message: str) -> None:
    request = request_json(REQUEST | changes)
    told = refused(pg, "plan_search", p_generation=GENERATION, p_request=request)
    assert told == Refusal("EBV01", message, told.hint)
    assert told.hint


def test_vectors_in_another_database_need_words(pg: Pg) -> None:
    request = json.dumps(REQUEST | {"query_vector": True})
    told = refused(pg, "plan_search", p_generation=generation(co_located=False), p_request=request)
    assert told.message == "The vectors of v are not in this database, so a query_vector is of no use."


def test_a_request_is_json_that_postgresql_can_read(pg: Pg) -> None:
    strange = {
        "a\0": ["\ud800", "plain", 1.5, float("inf"), -float("inf"), float("nan"), 10**5000, -(10**5000)],
        "deep": {"er": [True, None, {"est": ()}]},
    }
    (row,) = pg.execute("select %s::jsonb as held", [request_json(strange)]).fetchall()
    assert row["held"] == {
        UNSTORABLE: [UNSTORABLE, "plain", 1.5, *[BEYOND] * 5],
        "deep": {"er": [True, None, {"est": []}]},
    }


def test_values_that_are_not_json_are_refused() -> None:
    with pytest.raises(ValidationError, match="filters must be JSON; a value of type set is not"):
        request_json({"filters": {"a": {1, 2}}})
    deep: list[Any] = []
    for _ in range(100_000):
        deep = [deep]
    with pytest.raises(ValidationError, match="nested too deep"):
        request_json({"filters": deep})


def test_a_program_of_an_earlier_release_reads_the_generation_alone(pg: Pg, table: str) -> None:
    earlier = value(pg, "searchable_generation", vector_table="v")
    prepared = value(pg, "prepare_search", p_vector_table="v", p_request=json.dumps(REQUEST))
    assert earlier["id"] == prepared["generation"]["id"] and earlier["name"] == "v"
    with pytest.raises(psycopg.errors.DatabaseError, match="limit must be"), pg.transaction():
        value(pg, "prepare_search", p_vector_table="v", p_request=json.dumps(REQUEST | {"limit": 0}))


def test_a_generation_that_the_program_knows_is_not_returned_again(pg: Pg, table: str) -> None:
    first = prepare(pg)
    again = prepare(pg, first["version"])
    assert first["generation"] is not None and again["generation"] is None
    assert again["version"] == first["version"] and again["plan"] == first["plan"]


@pytest.mark.parametrize(
    "change",
    [
        "update embedd.embedders set base_url = 'http://elsewhere.test'",
        "update embedd.generations set store_settings = '{}'",
        "update embedd.vector_tables set name = 'w'",
        "update embedd.models set max_text_tokens = 77",
        "update embedd.connections set status = 'connected'",
    ],
)
def test_a_generation_is_returned_again_after_each_change_of_what_it_is_made_of(
    pg: Pg, table: str, change: str
) -> None:
    known = prepare(pg)["version"]
    pg.execute(change.encode())
    assert prepare(pg, known, of=table)["generation"] is not None


def prepare(pg: Pg, known: str | None = None, *, of: str = "v") -> Any:
    return value(pg, "prepare_search", p_vector_table=of, p_request=json.dumps(REQUEST), p_known=known)
