"""Joined calls: those who ask for the same at the same time share one call, which begins after they asked."""

from __future__ import annotations

import asyncio

import pytest

from embedd_pg.joined import Joined


class Source:
    """A source that answers with the number of the call once it is released."""

    def __init__(self) -> None:
        self.calls = 0
        self.release = asyncio.Event()

    async def answer(self) -> int:
        self.calls += 1
        number = self.calls
        await self.release.wait()
        return number


async def test_those_who_ask_during_a_call_share_the_next_one() -> None:
    joined, source = Joined[int](), Source()
    early = asyncio.create_task(joined.call("key", source.answer))
    await asyncio.sleep(0.01)
    assert source.calls == 1
    late = [asyncio.create_task(joined.call("key", source.answer)) for _ in range(5)]
    await asyncio.sleep(0.01)
    assert source.calls == 1, "the next call begins after the first one"
    source.release.set()
    assert await early == 1
    assert await asyncio.gather(*late) == [2] * 5, "an answer is never older than the question"


async def test_other_questions_do_not_wait() -> None:
    joined, source = Joined[int](), Source()
    asking = [asyncio.create_task(joined.call(key, source.answer)) for key in ("one", "two")]
    await asyncio.sleep(0.01)
    assert source.calls == 2
    source.release.set()
    assert sorted(await asyncio.gather(*asking)) == [1, 2]


async def test_an_error_reaches_all_who_share_the_call_and_nobody_else() -> None:
    joined, source = Joined[int](), Source()
    source.release.set()

    async def fail() -> int:
        raise ValueError("refused")

    asking = [asyncio.create_task(joined.call("key", fail)) for _ in range(2)]
    failed = await asyncio.gather(*asking, return_exceptions=True)
    assert [type(error) for error in failed] == [ValueError, ValueError]
    assert await joined.call("key", source.answer) == 1


async def test_a_cancelled_request_does_not_cancel_the_call_of_the_others() -> None:
    joined, source = Joined[int](), Source()
    leaving, staying = (asyncio.create_task(joined.call("key", source.answer)) for _ in range(2))
    await asyncio.sleep(0.01)
    leaving.cancel()
    source.release.set()
    assert await staying == 1
    with pytest.raises(asyncio.CancelledError):
        await leaving
