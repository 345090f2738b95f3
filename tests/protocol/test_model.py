"""Every order of events of the sync protocol, in a model; and that each of its rules is needed.

`pytest -rP` shows how many states were visited and the shortest way to each violation.
"""

from __future__ import annotations

from dataclasses import fields

import pytest

from tests.protocol.model import Model, Rules


@pytest.mark.parametrize(
    ("model", "at_least"),
    [
        pytest.param(Model(), 400_000, id="other text"),
        pytest.param(Model(changes=2, claims=3, values=("", "ax", "ay", "bx")), 50_000, id="other text or metadata"),
    ],
)
def test_the_protocol_converges_never_goes_back_and_loses_nothing(model: Model, at_least: int) -> None:
    found = model.check()
    print(found)
    assert found.violation is None, found
    assert found.states > at_least


@pytest.mark.parametrize("rule", [rule.name for rule in fields(Rules)])
def test_the_model_finds_a_violation_without_each_rule(rule: str) -> None:
    found = Model(Rules(**{rule: False})).check()
    print(found)
    assert found.violation is not None
