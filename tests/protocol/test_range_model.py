"""Models of a backfill by key ranges during live changes, as in test_model.py."""

from __future__ import annotations

from dataclasses import fields, replace

import pytest

from tests.protocol.range_model import Model, Rules

NEEDED = [rule.name for rule in fields(Rules) if rule.default is True]
#: Changes of the row, claims of its job, claims of the range, increased in this order until a violation is found.
BOUNDS = ((1, 1, 1), (1, 1, 2), (2, 1, 1), (2, 2, 1))


@pytest.mark.parametrize("bounds", [(2, 2, 1), (1, 2, 2)], ids=["range claimed once", "range claimed twice"])
def test_ranges_and_jobs_of_the_same_key_converge(bounds: tuple[int, int, int]) -> None:
    found = Model(Rules(), *bounds).check()
    print(found)
    assert found.violation is None, found
    assert found.states > 80_000


@pytest.mark.parametrize("rule", NEEDED)
def test_the_range_model_finds_a_violation_without_each_rule(rule: str) -> None:
    rules = replace(Rules(lost_jobs_write_nothing=True), **{rule: False})
    for bounds in BOUNDS:
        found = Model(rules, *bounds).check()
        if found.violation is not None:
            break
    print(found)
    assert found.violation is not None


@pytest.mark.parametrize("more", [{"lost_jobs_write_nothing": True}, {"idle_absence_keeps_state": True}], ids=str)
def test_rules_that_were_dropped_are_not_needed(more: dict[str, bool]) -> None:
    assert Model(Rules(**more), 2, 1, 1).check().violation is None


def test_an_idle_attempt_that_keeps_the_state_allows_a_token_drawn_with_its_range() -> None:
    """This is the alternative protection against the fault that `range_before_token` prevents."""
    assert Model(Rules(range_before_token=False, idle_absence_keeps_state=True), 2, 1, 1).check().violation is None
