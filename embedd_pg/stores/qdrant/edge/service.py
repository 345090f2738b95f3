"""The process that has a directory of vectors open, with Qdrant's own engine, for all programs of this user.

It is a separate process because the engine never lets other threads of Python run. Programs start it when there is
none, and talk to it over a Unix socket. It ends some seconds after the last of them has disconnected.

    python -m embedd_pg.stores.qdrant.edge.service DIRECTORY

The command returns 0 when the process listens, and BUSY if another one has the directory.
"""

from __future__ import annotations

import asyncio
import fcntl
import os
import signal
import socket
import sys
import time
import traceback
from contextlib import suppress
from pathlib import Path
from typing import Any, NoReturn, TextIO

import orjson

from embedd_pg.stores.qdrant.edge import socket_file
from embedd_pg.stores.qdrant.edge.earlier import take_over
from embedd_pg.stores.qdrant.edge.shards import LOGGED, Shards

#: Seconds without any program after which the process ends.
IDLE = 5.0
#: Seconds for which the command waits for the lock of a process that is ending.
WAIT = 2.0
#: Seconds between two looks for what is to be flushed.
UPKEEP = 0.5
#: The largest message in bytes.
LARGEST = 256 * 2**20
#: Points written at once. Other requests wait meanwhile.
SLICE = 32
BUSY = 3
#: The first message to each program. It shows that the process is alive, and which messages it understands.
GREETING = b"embedd local store 1"


async def read_message(reader: asyncio.StreamReader) -> bytes:
    size = int.from_bytes(await reader.readexactly(4))
    if size > LARGEST:
        raise ConnectionError(f"a message of {size} bytes")
    return await reader.readexactly(size)


def framed(message: bytes) -> bytes:
    """Return a message with its length before it."""
    return len(message).to_bytes(4) + message


class Service:
    """An open directory and the programs that are connected."""

    def __init__(self, shards: Shards) -> None:
        self._shards = shards
        self._programs = 0
        self._changed = asyncio.Event()
        self._stopping = False

    def stop(self) -> None:
        """End as soon as no program is connected."""
        self._stopping = True
        self._changed.set()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer the requests of one connection, one after another."""
        self._programs += 1
        writer.write(framed(GREETING))
        try:
            while True:
                writer.write(framed(await self._answer(await read_message(reader))))
                await writer.drain()
        except (ConnectionError, asyncio.IncompleteReadError):
            pass  # the program has disconnected
        finally:
            self._programs -= 1
            self._changed.set()
            writer.close()

    async def _answer(self, request: bytes) -> bytes:
        try:
            return orjson.dumps({"result": await self._carry_out(*orjson.loads(request))})
        except Exception as error:
            return orjson.dumps({"refused": f"{type(error).__name__}: {error}"[:500]})
        except asyncio.CancelledError:
            raise
        except BaseException:
            end_badly()  # a panic of the engine

    async def _carry_out(self, operation: str, collection: str, body: dict[str, Any] | None) -> Any:
        """Carry out a request. Let other requests pass between the parts of a write."""
        if operation == "upsert" and body:
            points = body["points"]
            for start in range(SLICE, len(points), SLICE):
                self._shards.call(operation, collection, body | {"points": points[start : start + SLICE]})
                await asyncio.sleep(0)
            body |= {"points": points[:SLICE]}
        result = self._shards.call(operation, collection, body)
        if operation in LOGGED:
            try:
                await self._shards.sync(collection)
            except OSError:
                end_badly()  # the system may have dropped what it could not write, and will not say so again
        return result

    async def upkeep(self, directory: Path, lock: TextIO) -> None:
        """Flush shards and write them anew, between requests. End the process if its directory was removed."""
        try:
            while True:
                if not has_lock(directory, lock):
                    sys.stderr.write(f"{directory} was removed\n")
                    os._exit(1)
                await asyncio.sleep(0.02 if await self._shards.upkeep() else UPKEEP)
        except Exception:
            end_badly()

    async def until_idle(self) -> None:
        """Return when no program has been connected for a while."""
        while self._programs or not self._stopping:
            self._changed.clear()
            with suppress(TimeoutError):
                async with asyncio.timeout(IDLE):
                    await self._changed.wait()
                continue
            if not self._programs:
                return


def end_badly() -> NoReturn:
    """End the process with the present error. What was acknowledged is in the log that the next process replays."""
    traceback.print_exc()
    sys.stderr.flush()
    os._exit(1)


def take_lock(directory: Path) -> TextIO | None:
    """Take the lock of a directory, which the system releases when the process ends. Return None if it is taken."""
    lock = (directory / "engine.lock").open("w")
    end = time.monotonic() + WAIT
    while True:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() > end:
                return None
            time.sleep(0.02)
        else:
            return lock


def has_lock(directory: Path, lock: TextIO) -> bool:
    """Return whether the lock is still that of the directory, which may have been removed or replaced."""
    try:
        return os.path.samestat((directory / "engine.lock").stat(), os.fstat(lock.fileno()))
    except FileNotFoundError:
        return False


async def run(directory: Path, lock: TextIO, listening: socket.socket) -> None:
    take_over(directory, directory / "collections")
    service = Service(shards := Shards(directory / "collections"))
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, service.stop)
    server = await asyncio.start_unix_server(service.serve, sock=listening, limit=2**20)
    upkeep = asyncio.create_task(service.upkeep(directory, lock))
    await service.until_idle()
    upkeep.cancel()
    server.close()
    if has_lock(directory, lock):
        socket_file.remove(directory)
    shards.close()


def main(directory: Path) -> int:
    directory.mkdir(parents=True, exist_ok=True, mode=0o700)
    lock = take_lock(directory)
    if lock is None:
        return BUSY
    listening = socket_file.listen(directory)
    if os.fork() == 0:
        asyncio.run(run(directory, lock, listening))
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
