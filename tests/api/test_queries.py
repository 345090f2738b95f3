"""Several queries in one call, over both stores."""

from __future__ import annotations

import json
from typing import Any

import pytest

from embedd_pg.resources import organization
from tests.api.test_errors import code_of
from tests.api.test_query import Filled, filled
from tests.api.test_tasks import change
from tests.support.vendor_stub import Stub

__all__ = ["filled"]  # a fixture


async def together(filled: Filled, *queries: dict[str, Any]) -> list[Any]:
    answer = await filled.service.post(f"/v1/vector-tables/{filled.table}/queries", {"queries": queries})
    return list(answer["answers"])


QUERIES: list[dict[str, Any]] = [
    {"query": "headphones", "limit": 2},
    {"query": "lamps", "search_mode": "lexical"},
    {"query": "garden", "search_mode": "hybrid", "filters": {"in_stock": True}},
    {"query": "headphones", "min_similarity_score": 0.0},
    {"query": "shoes", "limit": 3, "cursor": "*"},
    {"like": {"positive": ["1"]}},
]


async def test_several_queries_are_embedded_in_one_request(filled: Filled, vendor: Stub) -> None:
    before = vendor.stats.requests
    answers = await together(filled, *QUERIES)
    assert vendor.stats.requests == before + 1
    assert answers == [await filled.service.post(filled.path, query) for query in QUERIES]
    assert await together(filled, *QUERIES) == answers
    assert vendor.stats.requests == before + 1, "their vectors are remembered"


async def test_a_query_that_fails_has_its_error_and_the_others_their_answers(filled: Filled, vendor: Stub) -> None:
    wrong = {"query": "lamp", "filters": {"gone": 1}}
    answers = await together(filled, QUERIES[1], wrong, {"query": " "}, {"like": {"positive": ["99"]}}, QUERIES[0])
    assert [answers[0], answers[4]] == [await filled.service.post(filled.path, QUERIES[n]) for n in (1, 0)]
    assert [answer["error"]["code"] for answer in answers[1:4]] == ["validation_error"] * 3
    assert answers[1]["error"]["message"].startswith("filters.gone is not a filterable field")
    assert all(answer["error"]["resolution"] for answer in answers[1:4])
    vendor.fault(status=503)
    answers = await together(filled, {"query": "never asked"}, QUERIES[1], {"query": "nor this"})
    assert [answer.get("error", {}).get("code") for answer in answers] == [
        "embedding_provider_error",
        None,
        "embedding_provider_error",
    ]


@pytest.mark.parametrize("filled", ["managed"], indirect=True)
async def test_malformed_queries_and_unknown_tables_are_refused_whole(filled: Filled) -> None:
    path = f"/v1/vector-tables/{filled.table}/queries"
    for queries, message in (
        ([], "queries: list should have at least 1 item"),
        ([{"query": "x"}] * 33, "queries: list should have at most 32 items"),
        ([{"query": "x"}, {"query": "x", "limit": 101}], "queries[1].limit: input should be less than or equal to 100"),
        ([{"query": "x", "top": 3}], "queries[0].top is not a known field"),
    ):
        response = await filled.service.http.post(path, content=json.dumps({"queries": queries}))
        assert response.status_code == 422 and code_of(response) == "validation_error"
        assert message in response.json()["error"]["message"]
    change(filled.service, "update embedd.vector_tables set sync_status = %s, last_synced_at = null", "pending")
    response = await filled.service.http.post(path, json={"queries": [{"query": "x"}, {"query": "y"}]})
    assert response.status_code == 422 and code_of(response) == "vector_table_not_ready"


@pytest.mark.parametrize("filled", ["managed"], indirect=True)
async def test_each_query_counts_against_the_requests_per_minute(filled: Filled) -> None:
    await organization.set_tier(filled.service.clients.database, "org_self_hosted", tier="free")
    path = f"/v1/vector-tables/{filled.table}/queries"
    body = {"queries": [{"query": "x", "search_mode": "lexical"}] * 5}
    remaining = []
    for _ in range(2):
        response = await filled.service.http.post(path, json=body)
        assert response.status_code == 200
        remaining.append(int(response.headers["X-RateLimit-Remaining"]))
    assert remaining[0] - remaining[1] in (4, 5, 6), "the window slides meanwhile"
