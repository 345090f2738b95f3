"""Rows like others, and vectors of the caller, over REST and both stores."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from tests.api.test_errors import code_of
from tests.api.test_query import Filled, filled
from tests.support.vendor_stub import Stub, vector_of

__all__ = ["filled"]  # a fixture


async def asked(filled: Filled, **body: Any) -> Any:
    return await filled.service.post(filled.path, body)


async def refused(filled: Filled, **body: Any) -> str:
    response = await filled.service.http.post(filled.path, content=json.dumps(body))
    assert response.status_code == 422 and code_of(response) == "validation_error", response.text
    assert response.json()["error"]["resolution"]
    return str(response.json()["error"]["message"])


def ids(found: Any) -> list[str]:
    return [result["id"] for result in found["results"]]


async def test_rows_like_others_are_found_without_the_provider(filled: Filled, vendor: Stub) -> None:
    text = (await filled.query("hose", search_mode="lexical"))["results"][0]["embedded_text"]
    by_text = await filled.query(text, limit=8)
    assert ids(by_text)[0] == "3"
    vendor.fault(status=503)
    before = vendor.stats.requests
    found = await asked(filled, like={"positive": ["3"]})
    assert vendor.stats.requests == before
    assert ids(found) == ids(by_text)[1:] and found["total_results"] == 7
    for one, other in zip(found["results"], by_text["results"][1:], strict=True):
        assert one | {"score": 0, "similarity_score": 0} == other | {"score": 0, "similarity_score": 0}
        assert one["score"] == one["similarity_score"] == pytest.approx(other["score"], abs=1e-5)
    assert found["query"] is None and found["model"] == "text-embedding-3-small"
    assert ids(await asked(filled, like={"positive": ["3"]}, limit=2)) == ids(found)[:2]
    in_stock = await asked(filled, like={"positive": ["4"]}, filters={"category": "audio", "in_stock": True})
    assert set(ids(in_stock)) == {"1", "2"}, "the row named need not pass the filter"
    scores = [result["score"] for result in found["results"]]
    between = (scores[0] + scores[1]) / 2
    assert ids(await asked(filled, like={"positive": ["3"]}, min_similarity_score=between)) == ids(found)[:1]
    far = await asked(filled, like={"positive": ["3"], "negative": ["5", "6"]})
    assert set(ids(far)) == {"1", "2", "4", "7", "8"}


async def test_both_rankings_of_a_hybrid_search_leave_the_rows_out(filled: Filled) -> None:
    found = await asked(filled, query="headphones", search_mode="hybrid", like={"positive": ["1"]}, limit=2)
    assert set(ids(found)) == {"2", "4"} and found["query"] == "headphones"


async def test_a_vector_of_the_caller_finds_what_its_text_finds(filled: Filled, vendor: Stub) -> None:
    text = "headphones for the garden"
    vector = [float(number) for number in vector_of(text, 1536)]
    for more in ({}, {"filters": {"in_stock": True}, "limit": 3}):
        by_text = await filled.query(text, **more)
        before = vendor.stats.requests
        found = await asked(filled, query_vector=vector, **more)
        assert vendor.stats.requests == before
        assert ids(found) == ids(by_text) and found["query"] is None
        scores = [[result["score"] for result in one["results"]] for one in (found, by_text)]
        assert scores[0] == pytest.approx(scores[1], abs=1e-5)
    both = await asked(filled, query=text, search_mode="hybrid", query_vector=vector)
    assert ids(both) == ids(await filled.query(text, search_mode="hybrid"))


REFUSED: list[tuple[dict[str, Any], str]] = [
    ({"query_vector": [1.0, 2]}, "query_vector must have 1536 numbers."),
    ({"query_vector": [0] * 1536}, "query_vector has no direction"),
    ({"query_vector": [1e300] * 1536}, "query_vector has no direction"),
    ({"query_vector": []}, "query_vector: list should have at least 1 item"),
    ({"query_vector": [1] * 1536, "query": "x", "rerank": {"embedder": "x"}}, "rerank needs no query_vector."),
    ({"query_vector": [1] * 1536, "like": {"positive": ["1"]}}, "like cannot be combined with query_vector."),
    ({}, "search_mode vector needs a query, like or query_vector."),
    ({"like": {"positive": ["1"]}, "query": "x"}, "search_mode vector takes a query or like, not both."),
    ({"like": {"positive": []}}, "like.positive: list should have at least 1 item"),
    ({"like": {"positive": [1]}}, "like.positive[0]: input should be a valid string"),
    ({"like": {"positive": ["1", "1"]}}, "like names a row more than once."),
    (
        {"like": {"positive": ["1", "99"], "negative": ["gone"]}},
        'like names rows that no search finds: "99", "gone".',
    ),
]


@pytest.mark.parametrize("filled", ["managed"], indirect=True)
async def test_what_cannot_be_searched_by_is_refused(filled: Filled) -> None:
    for body, message in REFUSED:
        assert message in await refused(filled, **body)


async def test_a_row_without_text_is_refused_like_one_that_is_not_there(filled: Filled) -> None:
    unknown = await refused(filled, like={"positive": ["99"]})
    assert unknown == 'like names rows that no search finds: "99".'
    many = await refused(filled, like={"positive": ["1", *map(str, range(100, 110))]})
    assert re.fullmatch(r'like names rows that no search finds: ("\d+", ){4}"104" and 5 more\.', many)
    long = await refused(filled, like={"positive": ["x" * 1000]})
    assert f'"{"x" * 77}..."' in long
