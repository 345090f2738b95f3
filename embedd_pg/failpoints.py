"""Failpoints: places where a test can make a worker die, stall or fail, as in
EMBEDD_FAILPOINTS=after_claim=exit,before_ack=sleep:5.

Actions are `exit` (like kill -9), `stop` (SIGSTOP), `sleep:SECONDS` and `raise`. A suffix `@0.1` gives the probability.
`after_read?poison=exit` acts only on rows that contain the word. Without the variable, a call costs a lookup in an
empty dict.
"""

from __future__ import annotations

import asyncio
import os
import random
import signal


def _parse(text: str) -> dict[str, tuple[str, float]]:
    points: dict[str, tuple[str, float]] = {}
    for part in filter(None, text.split(",")):
        name, _, action = part.partition("=")
        action, _, chance = action.partition("@")
        points[name.strip()] = (action.strip(), float(chance or 1))
    return points


_POINTS = _parse(os.environ.get("EMBEDD_FAILPOINTS", ""))


class FailpointError(RuntimeError):
    """A failpoint raised this failure."""


async def failpoint(name: str, about: object = "") -> None:
    """Do the action that EMBEDD_FAILPOINTS names for this place, if any. `about` is the data to search for the word."""
    for asked, (action, chance) in _POINTS.items():
        point, _, word = asked.partition("?")
        if point == name and word in repr(about) and random.random() < chance:  # noqa: S311
            await _act(name, action)


async def _act(name: str, action: str) -> None:
    if action == "exit":
        os.kill(os.getpid(), signal.SIGKILL)
    elif action == "stop":
        os.kill(os.getpid(), signal.SIGSTOP)
    elif action.startswith("sleep:"):
        await asyncio.sleep(float(action[6:]))
    else:
        raise FailpointError(name)
