"""Failpoints do nothing unless requested, and then the requested action."""

from __future__ import annotations

import asyncio
import os
import signal

import pytest

from embedd_pg import failpoints
from embedd_pg.failpoints import FailpointError, failpoint


def ask_for(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setattr(failpoints, "_POINTS", failpoints._parse(text))


def test_the_variable_is_read_as_names_actions_and_chances() -> None:
    assert failpoints._parse("") == {}
    assert failpoints._parse("a=exit, b=sleep:0.5@0.1 ,c=raise,") == {
        "a": ("exit", 1.0),
        "b": ("sleep:0.5", 0.1),
        "c": ("raise", 1.0),
    }


async def test_without_the_variable_nothing_happens(monkeypatch: pytest.MonkeyPatch) -> None:
    ask_for(monkeypatch, "elsewhere=raise,never=raise@0")
    await failpoint("here")
    await failpoint("never")


async def test_a_failpoint_can_raise(monkeypatch: pytest.MonkeyPatch) -> None:
    ask_for(monkeypatch, "here=raise")
    with pytest.raises(FailpointError, match="here"):
        await failpoint("here")


async def test_a_failpoint_can_sleep_without_blocking_others(monkeypatch: pytest.MonkeyPatch) -> None:
    ask_for(monkeypatch, "here=sleep:30")
    sleeping = asyncio.create_task(failpoint("here"))
    await asyncio.sleep(0)
    assert not sleeping.done()
    sleeping.cancel()


@pytest.mark.parametrize(("action", "expected"), [("exit", signal.SIGKILL), ("stop", signal.SIGSTOP)])
async def test_a_failpoint_can_send_a_signal(monkeypatch: pytest.MonkeyPatch, action: str, expected: int) -> None:
    sent: list[tuple[int, int]] = []
    monkeypatch.setattr(os, "kill", lambda pid, number: sent.append((pid, number)))
    ask_for(monkeypatch, f"here={action}")
    await failpoint("here")
    assert sent == [(os.getpid(), expected)]
