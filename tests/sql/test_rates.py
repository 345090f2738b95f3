"""The limits of a provider per minute: all workers and queries draw from the same buckets."""

from __future__ import annotations

import pytest

from tests.sql.calls import Pg, refused, rows, session, synced, value


def limit(pg: Pg, requests: int | None, tokens: int | None) -> None:
    value(pg, "set_rate_limits", embedder="local", requests_per_minute=requests, tokens_per_minute=tokens)


def take(pg: Pg, generation: int, tokens: int = 0, kind: str = "document") -> float:
    """Seconds to wait; 0: taken."""
    return float(value(pg, "take_rate", p_generation_id=generation, p_kind=kind, p_tokens=tokens))


def later(pg: Pg, seconds: float) -> None:
    pg.execute("update embedd.rate_buckets set filled_at = filled_at - make_interval(secs => %s)", [seconds])


def test_without_a_limit_nothing_waits_and_nothing_is_stored(pg: Pg, generation: int) -> None:
    assert [take(pg, generation, 10**9) for _ in range(3)] == [0, 0, 0]
    assert pg.execute("select from embedd.rate_buckets").fetchall() == []


def test_requests_are_let_through_as_fast_as_allowed(pg: Pg, generation: int) -> None:
    limit(pg, 60, None)  # one a second, ten at once, one of them for queries
    assert [take(pg, generation) for _ in range(9)] == [0] * 9
    assert take(pg, generation) == pytest.approx(1, abs=0.2)
    later(pg, 2)
    assert take(pg, generation) == 0
    later(pg, 3600)
    assert [take(pg, generation) == 0 for _ in range(10)].count(True) == 9, "an hour of rest is no reserve of an hour"


def test_no_request_waits_for_a_clock_that_was_set_back(pg: Pg, generation: int) -> None:
    limit(pg, 60, 6000)
    assert take(pg, generation, 100) == 0
    later(pg, -3600)
    assert take(pg, generation, 100) == 0
    later(pg, 2)
    assert take(pg, generation, 100) == 0


def test_tokens_are_let_through_as_fast_as_allowed(pg: Pg, generation: int) -> None:
    limit(pg, None, 6000)  # 100 a second, 1,000 at once
    assert take(pg, generation, 500) == 0
    assert take(pg, generation, 500) == pytest.approx(1, abs=0.2), "the rest is for queries"
    assert take(pg, generation, 300) == 0
    later(pg, 8)
    assert take(pg, generation, 5000) == 0, "larger than the bucket, and the bucket is full"
    assert take(pg, generation, 100) == pytest.approx(42, abs=0.5), "it is paid for afterwards"


def test_a_rate_below_one_request_in_ten_seconds_still_progresses(pg: Pg, generation: int) -> None:
    limit(pg, 3, None)
    assert take(pg, generation) == 0
    assert take(pg, generation) == pytest.approx(20, abs=0.5)
    later(pg, 20)
    assert take(pg, generation) == 0


def test_queries_never_wait_but_documents_do_for_them(pg: Pg, generation: int) -> None:
    limit(pg, 60, None)
    assert [take(pg, generation, kind="query") for _ in range(15)] == [0] * 15
    assert take(pg, generation) == pytest.approx(7, abs=0.3)


def test_limits_can_be_changed_and_removed(pg: Pg, generation: int) -> None:
    limit(pg, 3, None)
    assert (take(pg, generation), take(pg, generation) > 0) == (0, True)
    limit(pg, 600, 100_000)
    assert take(pg, generation, 1) == 0
    limit(pg, None, None)
    assert take(pg, generation, 10**9) == 0
    for wrong in ({"requests_per_minute": 0}, {"tokens_per_minute": -1}):
        named = {"embedder": "local", "requests_per_minute": None, "tokens_per_minute": None} | wrong
        assert refused(pg, "set_rate_limits", **named).sqlstate == "EBV01"


def test_two_workers_draw_from_one_bucket(alone: Pg, installed: str) -> None:
    synced(alone)
    generation = rows(alone, "list_generations")[0]["generation_id"]
    limit(alone, 60, None)
    with session(installed) as other:
        taken = [take(pg, generation) == 0 for _ in range(10) for pg in (alone, other)]
    assert 9 <= taken.count(True) <= 11
