"""What this process counts and times while it works, for its metrics.

Nothing is kept before `collect()` names a collector: a process without metrics pays one comparison for each number.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from time import perf_counter
from typing import Protocol
from weakref import WeakSet


class Collector(Protocol):
    """A collector of numbers. `name` and labels are those of operate/metrics.py."""

    def count(self, name: str, by: float, labels: dict[str, str]) -> None:
        """Add to a counter."""

    def seconds(self, name: str, value: float, labels: dict[str, str]) -> None:
        """Record how long something took."""


class Part(Protocol):
    """A part of the process that has something to measure."""

    def measure(self) -> Iterable[tuple[str, dict[str, str], float]]:
        """Return values as they are now: names, labels and numbers."""


_collector: Collector | None = None
_parts: WeakSet[Part] = WeakSet()


def collect(collector: Collector | None) -> None:
    """Give all numbers of this process to a collector from now on; None ends that."""
    global _collector
    _collector = collector


def count(name: str, by: float = 1, **labels: str) -> None:
    """Add to a counter."""
    if _collector is not None:
        _collector.count(name, by, labels)


def seconds(name: str, value: float, **labels: str) -> None:
    """Record how many seconds something took."""
    if _collector is not None:
        _collector.seconds(name, value, labels)


@contextmanager
def timed(name: str, **labels: str) -> Iterator[None]:
    """Record how long the block takes, also if it fails."""
    began = perf_counter()
    try:
        yield
    finally:
        seconds(name, perf_counter() - began, **labels)


def watch(part: Part) -> None:
    """Ask a part for its values whenever somebody collects, as long as it lives."""
    _parts.add(part)


def measured() -> Iterator[tuple[str, dict[str, str], float]]:
    """Return the values of all parts, with those of equal names and labels added up."""
    sums: defaultdict[tuple[str, tuple[tuple[str, str], ...]], float] = defaultdict(float)
    for part in list(_parts):
        for name, labels, value in part.measure():
            sums[name, tuple(sorted(labels.items()))] += value
    for (name, pairs), value in sums.items():
        yield name, dict(pairs), value
