"""The process of a local store, as tests find and end it."""

from __future__ import annotations

from pathlib import Path

import psutil

from tests.support.worker import wait_until


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
