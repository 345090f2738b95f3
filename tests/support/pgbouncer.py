"""PgBouncer, the real one of Debian's package, in front of the test server."""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from psycopg.rows import dict_row

from tests.support.debian import provide_only
from tests.support.postgres import PASSWORD

PROGRAM = "/usr/sbin/pgbouncer"


@dataclass(frozen=True, slots=True)
class PgBouncer:
    """A running pooler."""

    target: str
    port: int

    @property
    def dsn(self) -> str:
        """The connection string of the test database through the pooler."""
        return self.through(self.target)

    def through(self, dsn: str) -> str:
        """Return a connection string that leads to the same database and role through the pooler."""
        return make_conninfo(dsn, host="127.0.0.1", port=self.port, sslmode="disable")

    def url(self, user: str | None = None) -> str:
        """Return the connection string as a URL."""
        named = conninfo_to_dict(self.target)
        return f"postgresql://{user or named['user']}:{PASSWORD}@127.0.0.1:{self.port}/{named['dbname']}"

    def pools(self) -> list[dict[str, Any]]:
        """Return what the pooler says of its pools."""
        console = make_conninfo(self.dsn, dbname="pgbouncer", user="postgres")
        with psycopg.connect(console, autocommit=True, row_factory=dict_row) as session:
            return session.execute("show pools").fetchall()


@contextmanager
def pgbouncer(dsn: str, mode: str, *, roles: tuple[str, ...] = (), **settings: object) -> Iterator[PgBouncer]:
    """Run a pooler in `mode` in front of the server of `dsn` for the block, with further settings of PgBouncer.

    `roles` may log in besides the role of `dsn`.
    """
    provide_only("pgbouncer")
    named = conninfo_to_dict(dsn)
    place = Path(tempfile.mkdtemp(prefix="pgb", dir="/tmp"))
    port = _free_port()
    users = "".join(f'"{name}" "{PASSWORD}"\n' for name in {str(named["user"]), "postgres", *roles})
    (place / "users").write_text(users)
    wanted = {
        "listen_addr": "127.0.0.1",
        "listen_port": port,
        "unix_socket_dir": "",
        "auth_type": "trust",
        "auth_file": place / "users",
        "admin_users": "postgres",
        "pool_mode": mode,
        "logfile": place / "log",
    } | settings
    lines = "".join(f"{name} = {value}\n" for name, value in wanted.items())
    server = f"host={named.get('host') or '127.0.0.1'} port={named.get('port') or 5432}"
    (place / "ini").write_text(f"[databases]\n* = {server}\n[pgbouncer]\n{lines}")
    process = _start(place, str(named.get("host") or ""))
    try:
        _await_port(port, process, place / "log")
        yield PgBouncer(dsn, port)
    finally:
        process.kill()
        process.wait()
        shutil.rmtree(place, ignore_errors=True)


def _start(place: Path, server: str) -> subprocess.Popen[bytes]:
    """Start the program. It refuses to run as root; if the tests do, it runs as the user of the server."""
    command: list[str | Path] = [PROGRAM, place / "ini"]
    if os.geteuid() == 0:
        owner = Path(server).stat().st_uid if server.startswith("/") else 0
        user = owner or pwd.getpwnam("postgres").pw_uid
        for path in (place, *place.iterdir()):
            os.chown(path, user, -1)
        command = ["setpriv", f"--reuid={user}", "--clear-groups", *command]
    return subprocess.Popen(command, cwd="/", stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def _free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def _await_port(port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    end = time.monotonic() + 10
    while time.monotonic() < end and process.poll() is None:
        with socket.socket() as one:
            if one.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.02)
    raise AssertionError(log.read_text() if log.exists() else "PgBouncer does not start")
