"""The choice between index and exact search of a pgvector table, and the validity of its estimates."""

from __future__ import annotations

import math

import pytest

from embedd_pg.stores.pgvector import search as pgvector_search
from embedd_pg.stores.pgvector.search import (
    BELIEVED,
    REACH,
    UNKNOWN,
    PassingEstimate,
    PassingEstimates,
    exact_is_faster,
)


def chosen(share: float, *, total: float = 50_000, limit: int = 10, read: float | None = None) -> bool:
    estimate = PassingEstimate(share, share * total if read is None else read, total)
    return exact_is_faster(estimate, limit=limit, candidates=max(64, 2 * limit), reach=min(REACH, total))


@pytest.mark.parametrize("share", [0, 0.00002, 0.001, 0.01, 0.05])
def test_few_matching_rows_are_read_exactly(share: float) -> None:
    assert chosen(share)


@pytest.mark.parametrize("share", [0.2, 0.5, 1])
def test_among_many_matching_rows_the_index_is_faster(share: float) -> None:
    assert not chosen(share)


def test_more_requested_rows_make_the_index_scan_longer() -> None:
    assert not chosen(0.1)
    assert chosen(0.1, limit=100)


def test_the_whole_table_is_read_only_if_the_index_scan_would_give_up() -> None:
    assert not chosen(0.01, read=math.inf)
    assert not chosen(10 / REACH, read=math.inf)
    assert chosen(9 / REACH, read=math.inf)
    assert chosen(0.005, total=1000, read=math.inf), "no more than five rows pass"


def test_in_a_large_table_an_exact_search_needs_fewer_matching_rows() -> None:
    assert not chosen(0.05, total=10_000_000)
    assert chosen(0.001, total=10_000_000, limit=10)


def test_unknown_estimates_are_left_to_postgresql() -> None:
    for limit in (1, 100):
        assert not exact_is_faster(UNKNOWN, limit=limit, candidates=200, reach=REACH)


@pytest.mark.parametrize("capacity", [3])
def test_an_estimate_expires_or_is_evicted(capacity: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pgvector_search, "REMEMBERED", capacity)
    now = 100.0
    estimates = PassingEstimates(lambda: now)
    made = {word: PassingEstimate(0.5, number, 10) for number, word in enumerate("abcd")}
    for word in "abc":
        estimates.put("t", wanted(word), made[word])
    assert estimates.get("t", wanted("a")) == made["a"]
    assert estimates.get("other", wanted("a")) is None
    estimates.put("t", wanted("d"), made["d"])
    assert [estimates.get("t", wanted(word)) for word in "abcd"] == [made["a"], None, made["c"], made["d"]]
    now += BELIEVED - 1
    assert estimates.get("t", wanted("a")) == made["a"]
    now += 1
    assert estimates.get("t", wanted("a")) is None


def wanted(word: str) -> str:
    return f"word = '{word}'"
