"""A limit on the memory of processes by a control group, where this machine lets the tests make one."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

#: Files of a group by the version of the hierarchy: the limit in bytes, and the number of processes killed.
FILES = {1: ("memory.limit_in_bytes", "memory.oom_control"), 2: ("memory.max", "memory.events")}


@dataclass(frozen=True)
class MemoryLimit:
    """A group of processes with a limit. Without a `group` it limits nothing."""

    group: Path | None
    version: int = 1

    def add(self, pid: int) -> None:
        """Add a process and what it starts. Memory that it has already does not count."""
        if self.group is not None:
            (self.group / "cgroup.procs").write_text(str(pid))

    @property
    def killed(self) -> int:
        """How many processes the kernel has killed because the limit was reached."""
        if self.group is None:
            return 0
        found = re.search(r"^oom_kill (\d+)", (self.group / FILES[self.version][1]).read_text(), re.MULTILINE)
        assert found is not None, "this kernel counts the processes it kills"
        return int(found[1])


@contextmanager
def memory_limit(megabytes: int) -> Iterator[MemoryLimit]:
    """Yield a group with this limit; where none can be made, print why and yield no limit."""
    made = _make(megabytes)
    try:
        yield made
    finally:
        if made.group is not None:
            made.group.rmdir()


def _make(megabytes: int) -> MemoryLimit:
    own = Path("/proc/self/cgroup").read_text()
    found = re.search(r"^\d+:(?P<of>memory|):(?P<path>/.*)$", own, re.MULTILINE)
    version = 1 if found and found["of"] else 2
    root = Path("/sys/fs/cgroup/memory" if version == 1 else "/sys/fs/cgroup")
    group = root / (found["path"].strip("/") if found else "") / f"embedd-{megabytes}"
    try:
        group.mkdir()
        (group / FILES[version][0]).write_text(str(megabytes << 20))
    except OSError as reason:
        print(f"memory is measured and not limited, because no control group can be made here: {reason}")
        if group.is_dir():
            group.rmdir()
        return MemoryLimit(None)
    return MemoryLimit(group, version)
