"""Debian's PostgreSQL for tests: its packages, installed if that is allowed, and a private cluster.

It is used for features that the wheel's server lacks: extension files in their usual place, plpython3u, and another
version.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.support.postgres import SETTINGS, Cluster, asking_for_passwords

VERSION = 15
SERVER = f"postgresql-{VERSION}"
BIN = Path(f"/usr/lib/postgresql/{VERSION}/bin")
#: The directory in which CREATE EXTENSION looks for control files and scripts.
EXTENSIONS = Path(f"/usr/share/postgresql/{VERSION}/extension")

_LOCK = Path("/tmp/embedd-apt.lock")
_CLUSTERS = Path("/etc/postgresql-common/createcluster.conf")


def provide(*packages: str) -> None:
    """Ensure that the server and these packages are installed, or skip the test with the reason."""
    provide_only(SERVER, *packages)


def provide_only(*packages: str) -> None:
    """Ensure that these packages are installed, or skip the test with the reason."""
    missing = [name for name in packages if not _version(name)]
    if not missing:
        return
    if not shutil.which("apt-get"):
        pytest.skip(f"needs the Debian packages {', '.join(missing)}; this system has no apt-get")
    if os.geteuid() != 0:
        pytest.skip(f"needs the Debian packages {', '.join(missing)}; as root the tests install them")
    with _LOCK.open("w") as lock:
        # Another test process may be installing them.
        fcntl.flock(lock, fcntl.LOCK_EX)
        reason = _install([name for name in missing if not _version(name)])
    if reason:
        pytest.skip(f"needs the Debian packages {', '.join(missing)}: {reason}")


@contextmanager
def debian_cluster(*packages: str, settings: str = "") -> Iterator[Cluster]:
    """Run a private cluster of Debian's server, reached through a socket, with a superuser `postgres`. It is stopped
    and removed at the end. `settings` are lines for postgresql.conf."""
    provide(*packages)
    # Use a short path, because it contains the socket. The server refuses to run as root.
    place = Path(tempfile.mkdtemp(prefix="dpg", dir="/tmp"))
    data = place / "d"
    try:
        if os.geteuid() == 0:
            shutil.chown(place, "postgres", "postgres")
        _run("initdb", "--pgdata", data, "--username=postgres", "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8")
        with (data / "postgresql.conf").open("a") as configuration:
            configuration.write(f"{SETTINGS}\nlisten_addresses = ''\nunix_socket_directories = '{place}'\n{settings}\n")
        _run("pg_ctl", "start", "--wait", "--pgdata", data, "--log", place / "log")
        try:
            yield asking_for_passwords(f"postgresql://postgres@/postgres?host={place}", data)
        finally:
            _run("pg_ctl", "stop", "--wait", "--mode=immediate", "--pgdata", data)
    finally:
        shutil.rmtree(place, ignore_errors=True)


def data_directory(cluster: Cluster) -> Path:
    """Return the data directory of such a cluster."""
    return Path(cluster.dsn().partition("host=")[2]) / "d"


def _install(packages: list[str]) -> str | None:
    """Install packages. Return the reason if that fails."""
    if not packages:
        return None
    have = _version(SERVER)
    if SERVER not in packages and not any(name.startswith("postgresql") for name in packages):
        return _apt("install", *packages) and (_apt("update") or _apt("install", *packages))
    if not have:
        # Tell the server's package beforehand not to create and start a cluster.
        _apt("update")
        if reason := _apt("install", "postgresql-common"):
            return reason
        _CLUSTERS.write_text(_CLUSTERS.read_text() + "\ncreate_main_cluster = false\n")
        return _apt("install", *packages)
    # Install the version of the present server, if any: replacing the server would break other tests.
    same = [f"{name}={have}" for name in packages]
    if _apt("install", *same) is None or (_apt("update") is None and _apt("install", *same) is None):
        return None
    return _apt("install", *packages)


def _apt(command: str, *arguments: str) -> str | None:
    options = ["-o", "DPkg::Lock::Timeout=120", "-o", "Dpkg::Options::=--force-confold", "--no-install-recommends"]
    done = subprocess.run(
        ["apt-get", "-q", "-y", *options, command, *arguments],
        env=os.environ | {"DEBIAN_FRONTEND": "noninteractive"},
        capture_output=True,
        text=True,
    )
    last = (done.stderr.strip().splitlines() or ["apt-get says nothing"])[-1]
    return None if done.returncode == 0 else last


def _version(package: str) -> str | None:
    """Return the installed version of a package, or None."""
    if not shutil.which("dpkg-query"):
        return None
    query = ["dpkg-query", "--show", "--showformat=${db:Status-Status} ${Version}", package]
    status, _, version = subprocess.run(query, capture_output=True, text=True).stdout.partition(" ")
    return version if status == "installed" else None


def _run(program: str, *arguments: str | Path) -> None:
    """Run one of the server's programs, as its own user if the tests run as root."""
    # Use a program to change the user: subprocess would fork completely, which a process with gRPC does not survive.
    user = ["setpriv", "--reuid=postgres", "--regid=postgres", "--init-groups"] if os.geteuid() == 0 else []
    done = subprocess.run(
        [*user, BIN / program, *map(str, arguments)],
        cwd="/",
        stdout=subprocess.PIPE if program != "pg_ctl" else subprocess.DEVNULL,
        # Do not use a pipe: a started server keeps it open.
        stderr=subprocess.PIPE if program != "pg_ctl" else subprocess.DEVNULL,
        text=True,
    )
    assert done.returncode == 0, f"{program}: {done.stderr or done.returncode}"
