"""Work for a client that is still there: what a request reads is given up when its client leaves, down to the statement
that runs in the database, so that no session is kept for nobody."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from typing import TypeVar

from starlette.requests import Request

from embedd_api.errors import ClientLeft

T = TypeVar("T")


async def while_present(request: Request, work: Awaitable[T]) -> T:
    """The result of the work, once the body has been read. ClientLeft."""
    working = asyncio.current_task()
    assert working is not None
    left = False

    async def watch() -> None:
        nonlocal left
        while (await request.receive())["type"] != "http.disconnect":
            pass
        left = working.cancel()

    watching = asyncio.create_task(watch())
    try:
        return await work
    except asyncio.CancelledError:
        if left and not working.uncancel():
            raise ClientLeft from None
        raise
    finally:
        watching.cancel()
