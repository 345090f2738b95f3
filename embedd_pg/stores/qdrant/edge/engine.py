"""The engine of a local store as programs use it: connections to the process that has the directory open."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import orjson
import pybase64

from embedd_pg.errors import StoreError
from embedd_pg.stores.qdrant.edge.service import BUSY, GREETING, LARGEST, framed, read_message
from embedd_pg.stores.qdrant.edge.socket_file import socket_path
from embedd_pg.stores.qdrant.engine import Answered

#: Variables of the environment that the process gets: none with a secret.
_ENVIRONMENT = ("PATH", "HOME", "LANG", "TMPDIR", "PYTHONPATH", "LD_LIBRARY_PATH")
#: How often the process is started until a connection to it succeeds.
_STARTS = 3
#: The size in bytes from which the log of the process begins anew.
_LOG_BYTES = 1_000_000

Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]


class EdgeEngine:
    """Operations carried out by another process, which is started if there is none.

    Calls at the same time have a connection each. `timeout` bounds a call, in seconds.
    """

    local = True

    def __init__(self, directory: Path, timeout: float = 60.0) -> None:
        self._directory, self._timeout = directory.absolute(), timeout
        self._idle: list[Streams] = []
        self._starting = asyncio.Lock()

    async def call(self, operation: str, collection: str = "", body: Mapping[str, Any] | None = None, **_: str) -> Any:
        request = orjson.dumps([operation, collection, body], default=_packed)
        if len(request) > LARGEST:
            raise Answered(413)
        answer = orjson.loads(await self._ask(request))
        if "refused" in answer:
            raise RuntimeError(answer["refused"])
        return answer["result"]

    async def close(self) -> None:
        for _, writer in self._idle:
            writer.close()
        self._idle.clear()

    async def _ask(self, request: bytes) -> bytes:
        """Send a request, and return the answer. If the process ends meanwhile, ask the next one once: a write that the
        first has carried out changes nothing when it is repeated."""
        async with asyncio.timeout(self._timeout):
            try:
                return await self._exchange(request)
            except (ConnectionError, asyncio.IncompleteReadError):
                await self.close()  # the other connections are broken, too
            try:
                return await self._exchange(request)
            except (ConnectionError, asyncio.IncompleteReadError) as error:
                raise self._ended("before it answered") from error

    async def _exchange(self, request: bytes) -> bytes:
        streams = self._idle.pop() if self._idle else await self._connect()
        try:
            reader, writer = streams
            writer.write(framed(request))
            await writer.drain()
            answer = await read_message(reader)
        except BaseException:
            streams[1].close()  # a late answer would be taken for that of the next request
            raise
        self._idle.append(streams)
        return answer

    async def _connect(self) -> Streams:
        async with self._starting:
            started = False
            for _ in range(_STARTS):
                try:
                    return await self._greeted()
                except (FileNotFoundError, ConnectionError, asyncio.IncompleteReadError):
                    started = await self._start()
        if started:
            raise self._ended("while it started")
        raise StoreError(
            f"Another process has the local vector store in {self._directory} and cannot be reached.",
            resolution="Only programs of one user on one machine can share a directory. Stop the others, or set"
            " EMBEDD_QDRANT_URL to a Qdrant server.",
        )

    async def _greeted(self) -> Streams:
        """Return a connection to a process that is alive: one that was killed may accept connections for a moment."""
        reader, writer = await asyncio.open_unix_connection(socket_path(self._directory), limit=2**20)
        try:
            greeting = await read_message(reader)
        except BaseException:
            writer.close()
            raise
        if greeting != GREETING:
            writer.close()
            raise StoreError(
                "The process of the local vector store is of another release.",
                resolution="Restart all programs that use its data directory.",
            )
        return reader, writer

    async def _start(self) -> bool:
        """Start the process, and return whether it listens; otherwise another one has the directory."""
        path = self._directory / "engine.log"
        try:
            self._directory.mkdir(parents=True, exist_ok=True, mode=0o700)
            log = path.open("wb" if path.exists() and path.stat().st_size > _LOG_BYTES else "ab")
        except OSError as error:
            raise StoreError(
                f"The directory of the local vector store, {self._directory}, cannot be written: {error.strerror}.",
                resolution="Give the user of this program the right to write there, or choose another data directory.",
            ) from error
        with log:
            process = await asyncio.create_subprocess_exec(
                sys.executable,
                "-P",
                "-m",
                "embedd_pg.stores.qdrant.edge.service",
                str(self._directory),
                stdin=asyncio.subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                env={name: os.environ[name] for name in _ENVIRONMENT if name in os.environ},
            )
        if (code := await process.wait()) not in (0, BUSY):
            raise self._ended("while it started")
        return code == 0

    def _ended(self, when: str) -> StoreError:
        return StoreError(
            f"The process of the local vector store ended {when}.",
            resolution=f"{self._directory / 'engine.log'} says why. A full disk is a usual cause.",
        )


def _packed(vector: Any) -> Any:
    """Return a vector, or a matrix with one for each passage, as `vector_of` reads it."""
    if vector.ndim == 2:
        return [_packed(row) for row in vector]
    return pybase64.b64encode(vector.astype("<f4", copy=False).tobytes()).decode()
