"""`embedd serve` as a process of its own, seen by clients: with a limit on its files, and two tenants."""

from __future__ import annotations

import asyncio
import re
import resource
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode

from psycopg.conninfo import conninfo_to_dict

from embedd_pg.credentials import new_key_text
from embedd_pg.database.call import Actor, Database, open_pool
from embedd_pg.resources import access, organization
from tests.support.environment import clean_environment


@dataclass(frozen=True)
class Tenant:
    """An organization without limits on requests, its first connection, and a full key."""

    organization: str
    key: str
    connection: str

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.key}"}


@dataclass(frozen=True)
class ServedProcess:
    """The process, its address, and its tenants."""

    process: subprocess.Popen[bytes]
    port: int
    log: Path
    dsn: str
    evil: Tenant
    good: Tenant

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"


@contextmanager
def served_process(
    dsn: str, directory: Path, *, through: str | None = None, files: int = 256, **settings: str
) -> Iterator[ServedProcess]:
    """Serve the database of `dsn`, reached as `through` says. `files` limits the open files of the process."""
    evil, good = (asyncio.run(_tenant(dsn, name)) for name in ("evil", "good"))
    clean = clean_environment()
    own = {
        "EMBEDD_DATABASE_URL": url_of(through or dsn),
        "EMBEDD_SECRET_KEY": new_key_text(),
        "EMBEDD_ALLOW_SUPERUSER": "1",
        "EMBEDD_DATA_DIR": str(directory),
    }
    log = directory / "serve.log"
    process = subprocess.Popen(
        [sys.executable, "-m", "embedd_pg.cli", "serve", "--port", "0"],
        stdin=subprocess.DEVNULL,
        stdout=log.open("a"),
        stderr=subprocess.STDOUT,
        env=clean | own | settings,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (files, files)),
    )
    try:
        yield ServedProcess(process, _port(process, log), log, dsn, evil, good)
    finally:
        process.terminate()
        process.wait(20)


def url_of(dsn: str) -> str:
    """Return the connection string as a URL."""
    fields = conninfo_to_dict(dsn)
    return f"postgresql:///?{urlencode({name: str(value) for name, value in fields.items()})}"


async def _tenant(dsn: str, name: str) -> Tenant:
    pool = await open_pool(dsn, size=1)
    database = Database(pool)
    made = await organization.create(database, name, tier="enterprise")
    key = await access.create_api_key(database, name="k", actor=Actor(made))
    connection = await database.value(
        "create_connection",
        Actor(made),
        name="source",
        mode="managed",
        host="db.example.com",
        database="shop",
        username="reader",
    )
    await pool.close()
    return Tenant(made, key.key, str(connection))


def _port(process: subprocess.Popen[bytes], log: Path) -> int:
    """Return the port that the process reports."""
    until = time.monotonic() + 60
    while time.monotonic() < until:
        found = re.search(r"listens on http://127\.0\.0\.1:(\d+)", log.read_text())
        if found:
            return int(found[1])
        assert process.poll() is None, log.read_text()
        time.sleep(0.05)
    raise AssertionError(log.read_text())
