"""Clients that hold connections for nothing: they say nothing, drip the head of a request, or drip its body with a good
key. Whoever is put out comes back; all of it on loopback, and no more of them than asked for.

python -m tests.support.slow_clients PORT KEY SILENT DRIPPING SLOW   holds them until standard input ends.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

#: Seconds between two bytes, and before somebody who was put out comes back.
PAUSE = 1.0
SLOW = "POST /v1/api-keys HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {}\r\nContent-Length: 5000\r\n\r\n"


async def _hold(port: int, head: str, drop: str) -> None:
    while True:
        with suppress(OSError):
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(head.encode())
            dripping = asyncio.create_task(_drip(writer, drop)) if drop else None
            try:
                await reader.read()
            finally:
                if dripping:
                    dripping.cancel()
                writer.close()
        await asyncio.sleep(PAUSE)


async def _drip(writer: asyncio.StreamWriter, drop: str) -> None:
    while not writer.is_closing():
        await asyncio.sleep(PAUSE)
        writer.write(drop.encode())


@asynccontextmanager
async def holding(port: int, key: str, *, silent: int = 0, dripping: int = 0, slow: int = 0) -> AsyncIterator[None]:
    """Hold as many of each kind for the block."""
    kinds = [("", "")] * silent + [("GET /health HTTP/1.1\r\nHost: x\r\n", "a: b\r\n")] * dripping
    kinds += [(SLOW.format(key), " ")] * slow
    tasks = [asyncio.create_task(_hold(port, *kind)) for kind in kinds]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _main() -> None:
    port, key, silent, dripping, slow = sys.argv[1:]
    async with holding(int(port), key, silent=int(silent), dripping=int(dripping), slow=int(slow)):
        await asyncio.to_thread(sys.stdin.read)


if __name__ == "__main__":
    asyncio.run(_main())
