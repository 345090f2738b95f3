"""An event loop with virtual time, which passes only while all tasks wait, and then jumps to the next timer.

Hours of waiting take no time, and only the order of events decides what happens.
"""

from __future__ import annotations

import asyncio
import heapq
from collections.abc import Coroutine
from typing import Any, TypeVar

T = TypeVar("T")


class Deadlock(Exception):
    """All tasks wait, and no timer is left."""


class VirtualLoop(asyncio.SelectorEventLoop):
    def __init__(self) -> None:
        self._now = 0.0
        super().__init__()

    def time(self) -> float:
        return self._now

    def _run_once(self) -> None:
        timers: list[asyncio.TimerHandle] = self._scheduled  # type: ignore[attr-defined]
        if not self._ready:  # type: ignore[attr-defined]
            while timers and timers[0].cancelled():
                heapq.heappop(timers)._scheduled = False  # type: ignore[attr-defined]
                self._timer_cancelled_count -= 1
            if not timers:
                raise Deadlock("\n".join(map(str, asyncio.all_tasks(self))))
            self._now = max(self._now, timers[0].when())
        super()._run_once()  # type: ignore[misc]


def simulated(work: Coroutine[Any, Any, T]) -> T:
    """Run a coroutine on a new loop. Tasks left behind are cancelled, and their errors are ignored."""
    loop = VirtualLoop()
    loop.set_exception_handler(lambda *_: None)
    try:
        return loop.run_until_complete(work)
    finally:
        while left := asyncio.all_tasks(loop):
            for task in left:
                task.cancel()
            loop.run_until_complete(asyncio.gather(*left, return_exceptions=True))
        loop.close()
