"""Writes that outlive a power failure. Until a file and the directory that names it are synced, the system may hold
them in memory only."""

from __future__ import annotations

import asyncio
import json
import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

#: The start of the name of a log file that is full. The engine renames a file when that happens.
FULL = "closed-"


class Log:
    """The log of a shard, in which the engine notes each write before it carries it out, and which it replays when it
    opens the shard. It maps the files to memory and leaves it to others to sync them."""

    def __init__(self, shard: Path) -> None:
        self._directory = shard / "wal"
        self._written = self._synced = 0
        self._files: set[Path] = set()
        self._turn = asyncio.Lock()

    def wrote(self) -> None:
        """Note that the engine has written to the log."""
        self._written += 1

    def settle(self) -> None:
        """Note that the disk has everything written so far, in the log or in the shard."""
        self._synced = self._written

    async def sync(self) -> None:
        """Return when the disk has everything written so far. Requests that wait together share one sync."""
        wanted = self._written
        async with self._turn:
            if self._synced < wanted:
                written, opened = self._written, list(self._open_changed())
                await asyncio.to_thread(_sync_and_close, opened)
                self._synced = max(self._synced, written)

    def sync_at_once(self) -> None:
        self._files.clear()  # another sync of them may be under way
        _sync_and_close(list(self._open_changed()))
        self.settle()

    def _open_changed(self) -> Iterator[int]:
        """Yield open files: all but those that were synced when they were full. The engine renames none meanwhile."""
        files = set(self._directory.iterdir())
        for path in files:
            if not (path.name.startswith(FULL) and path in self._files):
                yield os.open(path, os.O_RDONLY)
        if files != self._files:
            yield os.open(self._directory, os.O_RDONLY)
        self._files = files


def _sync_and_close(opened: list[int]) -> None:
    try:
        for file in opened:
            os.fsync(file)
    finally:
        for file in opened:
            os.close(file)


def sync_directory(path: Path) -> None:
    """Sync the names in a directory."""
    _sync_and_close([os.open(path, os.O_RDONLY)])


def sync_tree(directory: Path) -> None:
    """Sync all files and directories below a directory, and the directory itself."""
    for parent, _, names in os.walk(directory, topdown=False):
        for name in (*names, "."):
            # The engine, or the removal of the collection, may remove a file meanwhile.
            with suppress(FileNotFoundError):
                _sync_and_close([os.open(Path(parent) / name, os.O_RDONLY)])


def write_whole(path: Path, content: Any) -> None:
    """Replace a file with the JSON of `content`, in one step."""
    with (new := path.with_suffix(".new")).open("w") as file:
        json.dump(content, file)
        file.flush()
        os.fsync(file.fileno())
    new.replace(path)
    sync_directory(path.parent)
