"""Clients that hold connections for nothing: they say nothing, drip the head of a request, or drip its body with a good
key. Whoever is put out comes back; all of it on loopback, and no more of them than asked for.

python -m tests.support.slow_clients PORT KEY SILENT DRIPPING SLOW PAUSE   holds them until standard input ends.
"""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

SLOW = "POST /v1/api-keys HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {}\r\nContent-Length: 5000\r\n\r\n"


async def _hold(port: int, head: str, drop: str, pause: float) -> None:
    """Hold a connection. `pause` seconds lie between two bytes, and before a client that was closed reconnects."""
    while True:
        with suppress(OSError):
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(head.encode())
            dripping = asyncio.create_task(_drip(writer, drop, pause)) if drop else None
            try:
                await reader.read()
            finally:
                if dripping:
                    dripping.cancel()
                writer.close()
        await asyncio.sleep(pause)


async def _drip(writer: asyncio.StreamWriter, drop: str, pause: float) -> None:
    while not writer.is_closing():
        await asyncio.sleep(pause)
        writer.write(drop.encode())


@contextmanager
def holding(
    port: int, key: str, *, silent: int = 0, dripping: int = 0, slow: int = 0, pause: float = 1.0
) -> Iterator[None]:
    """Hold as many connections of each kind for the block, from a process of their own."""
    command = [sys.executable, "-m", "tests.support.slow_clients", str(port), key]
    command += map(str, (silent, dripping, slow, pause))
    clients = subprocess.Popen(command, cwd=Path(__file__).parents[2], stdin=subprocess.PIPE)
    try:
        yield
    finally:
        clients.communicate()


async def _main() -> None:
    port, key, silent, dripping, slow, pause = sys.argv[1:]
    kinds = [("", "")] * int(silent)
    kinds += [("GET /health HTTP/1.1\r\nHost: x\r\n", "a: b\r\n")] * int(dripping)
    kinds += [(SLOW.format(key), " ")] * int(slow)
    tasks = [asyncio.create_task(_hold(int(port), *kind, float(pause))) for kind in kinds]
    await asyncio.to_thread(sys.stdin.read)
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


if __name__ == "__main__":
    asyncio.run(_main())
