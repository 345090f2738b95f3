"""The process of a local store, as tests find and end it, and its engine without a process."""

from __future__ import annotations

from pathlib import Path

import psutil

from embedd_pg.stores.qdrant.edge.engine import EdgeEngine
from embedd_pg.stores.qdrant.edge.service import Service
from embedd_pg.stores.qdrant.edge.shards import Shards
from tests.support.worker import wait_until


class Direct(EdgeEngine):
    """The engine without a process of its own."""

    def __init__(self, directory: Path) -> None:
        super().__init__(directory)
        self.shards = Shards(directory)

    async def _ask(self, request: bytes) -> bytes:
        return await Service(self.shards)._answer(request)

    async def close(self) -> None:
        self.shards.close()


def processes(directory: Path) -> list[psutil.Process]:
    """Return the processes that have a directory open, or wait for it."""
    found = []
    for process in psutil.process_iter(["cmdline"]):
        command = process.info["cmdline"] or []
        if str(directory) in command and "embedd_pg.stores.qdrant.edge.service" in command:
            found.append(process)
    return found


def kill(directory: Path) -> None:
    for process in processes(directory):
        process.kill()


async def closed(directory: Path) -> None:
    """End the process of a directory that no program uses, and wait until it has."""
    for process in processes(directory):
        process.terminate()
    await wait_until(lambda: not processes(directory), "the process of the local store has ended")
