"""The processors that this process may use: those of the machine, less what affinity or the container's quota takes."""

from __future__ import annotations

import math
import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

_ROOT = Path("/")


def usable_processors(root: Path = _ROOT) -> int:
    """Return the number of threads that can run at the same time, at least one. `root` holds /proc and /sys."""
    try:
        found = len(os.sched_getaffinity(0))
    except AttributeError:  # not on this system
        found = os.cpu_count() or 1
    return max(1, min([found, *(math.ceil(quota) for quota in _quotas(root))]))


def _quotas(root: Path) -> Iterator[float]:
    """Yield the processors that each control group of this process allows, its own and those above it."""
    groups = ""
    with suppress(OSError):
        groups = (root / "proc/self/cgroup").read_text()
    for line in groups.splitlines():
        number, _, rest = line.partition(":")
        kinds, _, path = rest.partition(":")
        base = root / "sys/fs/cgroup"
        if number != "0":
            if "cpu" not in kinds.split(","):
                continue
            base /= "cpu"
        # In a container the path may be the one that the host sees, and only the root is mounted.
        place = base / path.lstrip("/")
        for group in (place, *place.parents):
            if group == base.parent:
                break
            with suppress(OSError, ValueError, ZeroDivisionError):
                yield _unified(group) if number == "0" else _separate(group)


def _unified(group: Path) -> float:
    """Read version 2: quota and period in microseconds; ValueError for the quota `max`, which is none."""
    quota, period = (group / "cpu.max").read_text().split()
    return int(quota) / int(period)


def _separate(group: Path) -> float:
    """Read version 1: a quota of -1 is none."""
    quota = int((group / "cpu.cfs_quota_us").read_text())
    if quota < 0:
        raise ValueError
    return quota / int((group / "cpu.cfs_period_us").read_text())
