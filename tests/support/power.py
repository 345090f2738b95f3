"""A disk whose power can fail: an ext4 file system in a file.

What the system has not written to the disk yet is in memory only. So a copy of the file holds what a disk holds after
a power failure at that moment.
"""

from __future__ import annotations

import os
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.support.local_store import kill

SIZE = 512 * 2**20


class Disk:
    """A mounted disk. The tests write to `path`."""

    def __init__(self, image: Path, path: Path) -> None:
        self._image, self.path = image, path

    @contextmanager
    def after_a_power_failure(self) -> Iterator[Path]:
        """Yield the path of a disk with what this one would hold if the power failed now."""
        with tempfile.TemporaryDirectory(prefix="epf", dir="/tmp") as directory:
            image = Path(directory) / "image"
            run("cp", "--sparse=always", str(self._image), str(image))
            with _mounted(image, Path(directory) / "disk") as path:
                yield path


@pytest.fixture
def disk() -> Iterator[Disk]:
    with tempfile.TemporaryDirectory(prefix="epd", dir="/tmp") as directory:
        image = Path(directory) / "image"
        with image.open("wb") as file:
            file.truncate(SIZE)
        try:
            run("mkfs.ext4", "-q", "-F", str(image))
            mounting = _mounted(image, Path(directory) / "disk")
            path = mounting.__enter__()
        except (OSError, subprocess.CalledProcessError):
            pytest.skip("a disk in a file cannot be mounted here: it takes the rights of root, and loop devices")
        try:
            yield Disk(image, path)
        finally:
            mounting.__exit__(None, None, None)


@contextmanager
def _mounted(image: Path, path: Path) -> Iterator[Path]:
    path.mkdir()
    # The system itself writes what is older than `commit` seconds.
    run("mount", "-o", "loop,commit=300", str(image), str(path))
    try:
        yield path
    finally:
        for directory in path.iterdir():
            kill(directory)
        run("umount", "-l", str(path))


def run(*command: str) -> None:
    subprocess.run(command, check=True, capture_output=True, env={**os.environ, "LC_ALL": "C"})
