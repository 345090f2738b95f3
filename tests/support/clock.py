"""A PostgreSQL server whose clock tests can set, by Debian's libfaketime. Its monotonic clock is unchanged."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.support import postgres
from tests.support.debian import provide_only
from tests.support.postgres import Cluster


@dataclass(frozen=True)
class Clock:
    """The clock of one server."""

    file: Path

    def shift(self, seconds: float) -> None:
        """Set the clock to the true time plus these seconds."""
        self.file.write_text(f"{seconds:+}\n")


@contextmanager
def cluster_with_clock() -> Iterator[tuple[Cluster, Clock]]:
    """Run a private server with a clock of its own."""
    provide_only("libfaketime")
    with tempfile.TemporaryDirectory(prefix="clock", dir="/tmp") as place, pytest.MonkeyPatch.context() as start:
        Path(place).chmod(0o755)  # the server may run as another user
        clock = Clock(Path(place) / "shift")
        clock.shift(0)
        (library,) = Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1")
        start.delenv("EMBEDD_TEST_DSN", raising=False)
        start.setenv("LD_PRELOAD", str(library))
        start.setenv("FAKETIME_TIMESTAMP_FILE", str(clock.file))
        start.setenv("FAKETIME_NO_CACHE", "1")
        start.setenv("FAKETIME_DONT_FAKE_MONOTONIC", "1")
        with postgres.running_cluster() as cluster:
            for name in ("LD_PRELOAD", "FAKETIME_TIMESTAMP_FILE", "FAKETIME_NO_CACHE", "FAKETIME_DONT_FAKE_MONOTONIC"):
                start.delenv(name)
            yield cluster, clock
