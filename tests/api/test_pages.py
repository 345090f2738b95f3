"""Pages over REST and both stores."""

from __future__ import annotations

import pytest

from tests.api.test_errors import code_of
from tests.api.test_query import Filled, filled
from tests.api.test_tasks import change

__all__ = ["filled"]  # a fixture


async def test_pages_show_each_row_once_whatever_changes_meanwhile(filled: Filled) -> None:
    plain = await filled.query(limit=3)
    first = await filled.query(limit=3, cursor="*")
    assert first == plain | {"cursor": first["cursor"]} and "cursor" not in plain
    second = await filled.query(limit=3, cursor=first["cursor"])
    assert second["cursor"] != first["cursor"]
    third = await filled.query(limit=3, cursor=second["cursor"])
    assert third["cursor"] is None and third["total_results"] == 2
    whole = {result["id"]: result for result in (await filled.query(limit=8))["results"]}
    shown = [result for page in (first, second, third) for result in page["results"]]
    assert sorted(result["id"] for result in shown) == sorted(whole) == list("12345678")
    for one, other in zip(shown, whole.values(), strict=True):  # rows of the same score have no order
        assert one["score"] == pytest.approx(other["score"], abs=1e-6)
        assert one["metadata"] == whole[one["id"]]["metadata"]
    without = await filled.query(limit=8, without=[result["id"] for result in shown[:3]])
    assert {result["id"] for result in without["results"]} == {result["id"] for result in shown[3:]}


async def test_a_cursor_of_another_request_is_refused(filled: Filled) -> None:
    cursor = (await filled.query(limit=3, cursor="*"))["cursor"]
    for body in ({"query": "lamp", "limit": 3}, {"query": "products", "limit": 4}):
        response = await filled.service.http.post(filled.path, json=body | {"cursor": cursor})
        assert response.status_code == 422 and code_of(response) == "validation_error"
        assert response.json()["error"]["message"] == "cursor does not belong to this search."
    change(filled.service, "update embedd.vector_tables set name = 'other' where id = %s", filled.table)
    assert (await filled.query(limit=3, cursor=cursor))["results"]


@pytest.mark.parametrize("filled", ["managed"], indirect=True)
async def test_a_score_threshold_leaves_out_what_is_below(filled: Filled) -> None:
    every = (await filled.query("headphones", search_mode="hybrid"))["results"]
    least = (every[1]["score"] + every[2]["score"]) / 2
    some = await filled.query("headphones", search_mode="hybrid", score_threshold=least)
    assert some["results"] == every[:2] and every[1]["score"] > every[2]["score"]
