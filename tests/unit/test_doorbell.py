"""The doorbell: when writers should notify a worker."""

from __future__ import annotations

import pytest

from embedd_pg.sync.queue.doorbell import Doorbell


def looks(bell: Doorbell, *, rate: float, seconds: float = 5.0, every: float = 0.01) -> list[bool]:
    """What each look asks for, at so many changes a second."""
    asked, owed = [], 0.0
    for number in range(1, int(seconds / every)):
        owed += rate * every
        events, armed = int(owed), bell.wanted
        owed -= events
        asked.append(armed)
        bell.looked(events, armed=armed, now=number * every)
    return asked


def test_a_few_changes_a_second_keep_the_doorbell_armed() -> None:
    bell = Doorbell()
    assert all(looks(bell, rate=100))
    assert bell.certain


def test_many_changes_disarm_the_doorbell() -> None:
    assert sum(looks(Doorbell(), rate=5000)) < 10


def test_the_doorbell_is_armed_again_when_nothing_more_was_found() -> None:
    bell = Doorbell()
    looks(bell, rate=5000)
    assert not bell.wanted
    bell.looked(0, armed=False, now=5.0)
    assert bell.wanted


@pytest.mark.parametrize(
    ("asked", "certain"), [([True], False), ([True, True], True), ([True, False, True], False), ([False, False], False)]
)
def test_a_worker_sleeps_only_if_the_doorbell_was_armed_before_its_last_look(asked: list[bool], certain: bool) -> None:
    """A change committed while the look that asks is under way may not ring."""
    bell = Doorbell()
    for number, armed in enumerate(asked):
        bell.looked(1, armed=armed, now=number)
    assert bell.certain is certain
