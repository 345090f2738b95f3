"""PostgreSQL servers of a single test, to be copied, promoted or stopped: each a data directory below /tmp."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from psycopg.conninfo import make_conninfo

from tests.support.data_directory import change_system_identifier, new_server
from tests.support.debian import BIN, provide
from tests.support.postgres import DEBIANS

SETTINGS = "max_connections = 60\nshared_buffers = 16MB\nsynchronous_commit = off\nwal_level = replica\n"


@dataclass
class Server:
    """One server, which listens on a socket in its data directory."""

    data: Path
    programs: Path
    user: str | None

    def dsn(self, database: str = "postgres") -> str:
        return make_conninfo(host=str(self.data), user="postgres", dbname=database)

    def call(self, program: str, *arguments: str | Path, text: str | None = None) -> str:
        """Run one of PostgreSQL's programs, as the owner of the data."""
        done = subprocess.run(
            [self.programs / program, *map(str, arguments)],
            input=text,
            capture_output=True,
            text=True,
            timeout=120,
            user=self.user,
            cwd="/tmp",
        )
        assert done.returncode == 0, f"{program}: {done.stderr}"
        return done.stdout

    def start(self) -> Server:
        options = f"-h '' -k {self.data}"
        # A pipe for its output would stay open as long as the server runs.
        done = subprocess.run(
            [self.programs / "pg_ctl", "-w", "-o", options, "-l", self.data / "log", "-D", self.data, "start"],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            user=self.user,
            cwd="/tmp",
            check=False,
        )
        assert done.returncode == 0, (self.data / "log").read_text()
        return self

    def stop(self, mode: str = "fast") -> None:
        with suppress(AssertionError):
            self.call("pg_ctl", "-w", "-m", mode, "-D", self.data, "stop")

    def promote(self) -> None:
        self.call("pg_ctl", "-w", "promote", "-D", self.data)


@dataclass
class Servers:
    """The servers of one directory."""

    directory: Path
    made: list[Server] = field(default_factory=list)

    def new(self) -> Server:
        """Start an empty server."""
        if os.environ.get("EMBEDD_TEST_PG") == DEBIANS:
            return self._debians()
        data = self._place()
        handle = new_server(data, cleanup_mode=None)
        with (data / "postgresql.conf").open("a") as configuration:
            configuration.write(SETTINGS)
        return self._keep(Server(data, Path(handle.bin_path), handle.system_user)).start()

    def _debians(self) -> Server:
        provide()
        user = "postgres" if os.geteuid() == 0 else None
        server = Server(self._place(), BIN, user)
        options = ["-U", "postgres", "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8"]
        server.call("initdb", "-D", server.data, *options)
        with (server.data / "postgresql.conf").open("a") as configuration:
            configuration.write(SETTINGS)
        return self._keep(server).start()

    def standby_of(self, primary: Server) -> Server:
        """Start a streaming standby."""
        data = self._place(like=primary)
        primary.call(
            "pg_basebackup", "-h", primary.data, "-U", "postgres", "-D", data, "-R", "-X", "stream", "-c", "fast"
        )
        (data / ".s.PGSQL.5432.lock").unlink(missing_ok=True)
        return self._keep(Server(data, primary.programs, primary.user)).start()

    def copy_of(self, stopped: Server, *, new_identifier: bool = False) -> Server:
        """Start a server on a copy of the files. By default it cannot be distinguished from the original."""
        data = self._place()
        subprocess.run(["cp", "-a", stopped.data, data], check=True)
        copy = self._keep(Server(data, stopped.programs, stopped.user))
        if new_identifier:
            change_system_identifier(data)
        return copy.start()

    def _place(self, like: Server | None = None) -> Path:
        data = self.directory / f"d{len(self.made)}"
        if like is not None:
            data.mkdir(mode=0o700)
            shutil.chown(data, like.user) if like.user else None
        return data

    def _keep(self, server: Server) -> Server:
        self.made.append(server)
        return server


@contextmanager
def own_servers() -> Iterator[Servers]:
    # Use a short path, because it contains the sockets.
    with tempfile.TemporaryDirectory(prefix="epi", dir="/tmp", ignore_cleanup_errors=True) as directory:
        Path(directory).chmod(0o777)  # the servers' user makes directories in it
        servers = Servers(Path(directory))
        try:
            yield servers
        finally:
            for server in servers.made:
                server.stop("immediate")
