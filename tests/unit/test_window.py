"""The window of requests adapts to the provider, and no request waits forever."""

from __future__ import annotations

import asyncio
import math

from embedd_pg.sync.row.window import Window


async def hold(window: Window, until: asyncio.Event, begun: list[int]) -> None:
    async with window.request() as number:
        begun.append(number)
        await until.wait()


async def test_without_a_request_to_slow_down_nothing_waits() -> None:
    window, until, begun = Window(), asyncio.Event(), list[int]()
    requests = [asyncio.create_task(hold(window, until, begun)) for _ in range(100)]
    await asyncio.sleep(0)
    assert len(begun) == 100 and window.size == math.inf
    until.set()
    await asyncio.gather(*requests)
    window.went_well()
    assert window.size == math.inf


async def test_concurrent_requests_to_slow_down_halve_the_window_once() -> None:
    window, until, begun = Window(), asyncio.Event(), list[int]()
    requests = [asyncio.create_task(hold(window, until, begun)) for _ in range(16)]
    await asyncio.sleep(0)
    for number in begun:
        window.slowed(number)
    assert window.size == 8
    until.set()
    await asyncio.gather(*requests)
    async with window.request() as number:
        window.slowed(number)
    assert window.size == 1, "it counts those that were really under way"
    async with window.request() as number:
        window.slowed(number)
    assert window.size == 1, "never less than one"


async def test_a_successful_round_makes_room_for_one_more() -> None:
    window = Window()
    window.size = 4
    for _ in range(4):
        window.went_well()
    assert 4.8 < window.size <= 5


async def test_waiting_requests_proceed_in_order_and_cancelled_ones_block_no_other() -> None:
    window, until, begun = Window(), asyncio.Event(), list[int]()
    window.size = 1
    first = asyncio.create_task(hold(window, until, begun))
    await asyncio.sleep(0)
    others = [asyncio.create_task(hold(window, until, begun)) for _ in range(3)]
    await asyncio.sleep(0)
    assert len(begun) == 1
    others[0].cancel()
    until.set()
    await asyncio.wait_for(asyncio.gather(first, *others, return_exceptions=True), 5)
    assert len(begun) == 3


async def test_a_request_cancelled_while_it_gets_room_passes_it_on() -> None:
    window, until, begun = Window(), asyncio.Event(), list[int]()
    window.size = 1
    async with window.request():
        waiting = [asyncio.create_task(hold(window, until, begun)) for _ in range(2)]
        await asyncio.sleep(0)
    # The first has been given its room, and does not know yet.
    waiting[0].cancel()
    until.set()
    await asyncio.wait_for(asyncio.gather(*waiting, return_exceptions=True), 5)
    assert len(begun) == 1
