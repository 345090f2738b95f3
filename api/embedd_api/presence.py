"""Cancellation of reads: when the client of a request disconnects, its work is cancelled, including the statement that
runs in the database, so that no session is kept for an answer that cannot be delivered."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from typing import TypeVar

from starlette.requests import Request

from embedd_api.errors import ClientLeft

#: Seconds of work before the client is watched: most reads are over by then.
UNWATCHED = 0.05

T = TypeVar("T")


async def while_present(request: Request, work: Awaitable[T]) -> T:
    """Return the result of the work, or cancel the work and raise ClientLeft when the client disconnects.

    Call this after the request body has been read: it consumes the remaining messages of the request.
    """
    working = asyncio.current_task()
    assert working is not None
    left, watching = False, list[asyncio.Task[None]]()

    async def watch() -> None:
        nonlocal left
        while (await request.receive())["type"] != "http.disconnect":
            pass
        left = working.cancel()

    loop = asyncio.get_running_loop()
    timer = loop.call_later(UNWATCHED, lambda: watching.append(loop.create_task(watch())))
    try:
        return await work
    except asyncio.CancelledError:
        if left and not working.uncancel():
            raise ClientLeft from None
        raise
    finally:
        timer.cancel()
        for task in watching:
            task.cancel()
