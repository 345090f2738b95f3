"""A disk whose power can fail: an ext4 file system in a file.

What the system has not written to the disk is in memory only. So a copy of the file holds what a disk holds after a
power failure at that moment.
"""

from __future__ import annotations

import os
import random
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from tests.support.local_store import kill, processes

SIZE = 512 * 2**20


class Disk:
    """A mounted disk. Tests write below `path`."""

    def __init__(self, image: Path, path: Path) -> None:
        self._image, self.path = image, path

    @contextmanager
    def after_a_power_failure(self) -> Iterator[Path]:
        """Yield the path of a disk that holds what this one would if the power failed now."""
        with tempfile.TemporaryDirectory(prefix="epf", dir="/tmp") as directory:
            image = Path(directory) / "image"
            with self._standing_still():
                _run("cp", "--sparse=always", str(self._image), str(image))
            with _mounted(image, Path(directory) / "disk") as path:
                yield path

    def write_some(self, choice: random.Random) -> None:
        """Write some files to the disk, as the system may do at any moment."""
        files = [path for path in self.path.rglob("*") if path.is_file()]
        for path in choice.sample(files, len(files) // 2):
            with path.open("rb") as file:
                os.fsync(file.fileno())

    @contextmanager
    def _standing_still(self) -> Iterator[None]:
        stopped = [process for directory in self.path.iterdir() for process in processes(directory)]
        for process in stopped:
            process.suspend()
        try:
            yield
        finally:
            for process in stopped:
                process.resume()


@pytest.fixture
def disk() -> Iterator[Disk]:
    with tempfile.TemporaryDirectory(prefix="epd", dir="/tmp") as directory, ExitStack() as mounted:
        image = Path(directory) / "image"
        with image.open("wb") as file:
            file.truncate(SIZE)
        try:
            _run("mkfs.ext4", "-q", "-F", str(image))
            path = mounted.enter_context(_mounted(image, Path(directory) / "disk"))
        except (OSError, subprocess.CalledProcessError):
            pytest.skip("a disk in a file cannot be mounted here: it takes the rights of root, and loop devices")
        yield Disk(image, path)


@contextmanager
def _mounted(image: Path, path: Path) -> Iterator[Path]:
    path.mkdir()
    # Without `commit` the system would write all names to the disk every five seconds.
    _run("mount", "-o", "loop,commit=300", str(image), str(path))
    try:
        yield path
    finally:
        for directory in path.iterdir():
            kill(directory)
        _run("umount", "-l", str(path))


def _run(*command: str) -> None:
    subprocess.run(command, check=True, capture_output=True)
