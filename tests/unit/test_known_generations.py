"""What a program remembers of its searches: plans by version and request, within a bound."""

from __future__ import annotations

from embedd_pg import generation
from embedd_pg.generation import KnownGenerations, SeenVersion


def test_a_plan_is_known_for_the_same_version_and_request_only() -> None:
    known = KnownGenerations()
    known.remember_plan("v1", "request", {"limit": 1})
    assert known.plan("v1", "request") == {"limit": 1}
    assert known.plan("v2", "request") is None
    assert known.plan("v1", "other") is None


def test_the_plans_used_longest_ago_are_forgotten_first() -> None:
    known = KnownGenerations(plan_characters=20)
    for request in ("a" * 8, "b" * 8, "b" * 8):
        known.remember_plan("v1", request, {"of": request[0]})
    assert known.plan("v1", "a" * 8) is not None
    known.remember_plan("v1", "c" * 8, {})
    assert known.plan("v1", "b" * 8) is None
    assert known.plan("v1", "a" * 8) is not None
    known.remember_plan("v1", "d" * 100, {})
    assert known.plan("v1", "d" * 100) is None, "a plan that is larger than the bound is not kept"


def test_a_version_that_was_read_a_while_ago_is_not_recent() -> None:
    now = generation.monotonic()
    assert SeenVersion("v1", now).is_recent()
    assert not SeenVersion("v1", now - generation.SEEN).is_recent()
