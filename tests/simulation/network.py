"""The network of one simulated process.

A request or its answer may be lost. A request may arrive long after its sender gave up, or twice. The process may be
stopped or dead while others go on.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeVar

T = TypeVar("T")


@dataclass
class Weather:
    """The probability of each fate of a request, and the longest usual and late delays."""

    lost: float = 0.0
    unanswered: float = 0.0
    late: float = 0.0
    doubled: float = 0.0
    slowest: float = 0.05
    latest: float = 20.0


@dataclass
class Network:
    chance: random.Random
    weather: Weather
    dead: bool = False
    _running: asyncio.Event = field(default_factory=asyncio.Event)

    def __post_init__(self) -> None:
        self._running.set()

    def stop(self) -> None:
        """Stop the process as by SIGSTOP: it notices nothing until it continues."""
        self._running.clear()

    def go_on(self) -> None:
        self._running.set()

    async def send(self, land: Callable[[], T], failure: Exception, *, may_double: bool = False) -> T:
        """Return the result of `land`, which is called when the request arrives. Its sender may be dead by then."""
        await self._hop()
        loop, chance, weather = asyncio.get_running_loop(), self.chance, self.weather
        answer: asyncio.Future[T] = loop.create_future()
        fate, transit = chance.random(), chance.uniform(0, weather.slowest)
        if may_double and chance.random() < weather.doubled:
            loop.call_later(transit + chance.uniform(0, weather.latest), _answer, land, None)
        if fate < weather.lost:
            await self._hop()
            raise failure
        if fate < weather.lost + weather.late:
            loop.call_later(chance.uniform(0, weather.latest), _answer, land, None)
            await self._hop()
            raise failure
        loop.call_later(transit, _answer, land, answer)
        result = await answer
        await self._hop()
        if fate < weather.lost + weather.late + weather.unanswered:
            raise failure
        return result

    async def _hop(self) -> None:
        """Let some time pass. A dead process stops here."""
        if self.dead:
            raise asyncio.CancelledError
        await asyncio.sleep(self.chance.uniform(0, self.weather.slowest))
        await self._running.wait()
        if self.dead:
            raise asyncio.CancelledError


def _answer(land: Callable[[], T], answer: asyncio.Future[T] | None) -> None:
    """Let the request arrive, whether or not its sender still waits for the answer."""
    try:
        result = land()
    except Exception as error:
        if answer and not answer.done():
            answer.set_exception(error)
    else:
        if answer and not answer.done():
            answer.set_result(result)
