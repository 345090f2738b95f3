"""The system of `embedd up`, in one process and one event loop: PostgreSQL, migrations, roles, API, worker.

Parts start in the order in which they need each other, and stop in reverse, also after a start that failed halfway.
Each part has a time limit to stop, so that everything has ended within ten seconds.
"""

from __future__ import annotations

import asyncio
import fcntl
import json
import os
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager, suppress
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TextIO

import structlog

from embedd_pg.cli.locate import Running, check_database, open_clients, read_running, read_secret
from embedd_pg.cli.services import address, bind, run_services
from embedd_pg.clients import Clients
from embedd_pg.credentials import SecretBox, new_key_text
from embedd_pg.database.call import Database, open_pool
from embedd_pg.database.logins import Logins, provide_logins, provide_owner
from embedd_pg.database.migrate import migrate
from embedd_pg.database.powers import is_superuser
from embedd_pg.embedded.postgres import PrivatePostgres, write_private
from embedd_pg.errors import ConfigurationError, DatabaseUnavailable, KeyRevoked, Unauthorized
from embedd_pg.resources import access
from embedd_pg.settings import Settings

log = structlog.get_logger(__name__)


@dataclass(slots=True)
class System:
    """The running system. `fresh_key`: the API key was created by this start."""

    clients: Clients
    directory: Path
    api_url: str
    api_key: str
    database_url: str
    private_database: bool
    fresh_key: bool
    services: list[asyncio.Task[None]]


@asynccontextmanager
async def running_system(settings: Settings, directory: Path, *, port: int) -> AsyncIterator[System]:
    """Run the whole system on a data directory. It is ready inside the block, and stopped after it."""
    async with AsyncExitStack() as stack:
        make_private(directory)
        stack.enter_context(_only_one(directory))
        listening = stack.enter_context(bind(settings.host, port))
        private = settings.database_url is None
        url = settings.database_url
        if url is None:
            url = await stack.enter_async_context(_private_database(directory))
        await check_database(url, schema=False)
        log.info("schema_installed", version=await migrate(url))
        secret_key = settings.secret_key or _provide_secret_key(directory)
        logins = await _logins(url, secret_key, settings)
        settings = replace(settings, database_url=logins.api, data_dir=directory, secret_key=secret_key)
        clients = await stack.enter_async_context(open_clients(settings))
        worker = await stack.enter_async_context(_with_login(clients, logins.worker))
        key, fresh = await _provide_api_key(clients, directory)
        services = await stack.enter_async_context(run_services(clients, listening, worker=worker))
        running = Running(os.getpid(), address(settings.host, listening), url)
        _write_running(directory, running)
        stack.callback((directory / "running.json").unlink, missing_ok=True)
        yield System(clients, directory, running.api_url, key, url, private, fresh, services)


def make_private(directory: Path) -> None:
    """Create the data directory, readable only by its owner. Raise ConfigurationError if that is not possible."""
    try:
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        # The engine's process creates this directory otherwise, later.
        (directory / "vectors").mkdir(mode=0o700, exist_ok=True)
    except OSError as error:
        raise ConfigurationError(
            f"The data directory {directory} cannot be created: {error.strerror}.",
            resolution="Choose another one with --data-dir or EMBEDD_DATA_DIR.",
        ) from error


def _write_running(directory: Path, running: Running) -> None:
    write_private(directory / "running.json", json.dumps(asdict(running)) + "\n")


@contextmanager
def _only_one(directory: Path) -> Iterator[None]:
    """Hold the lock of the directory. The system releases it however this process ends."""
    lock: TextIO = os.fdopen(os.open(directory / "lock", os.O_RDWR | os.O_CREAT, 0o600), "w")
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            running = read_running(directory)
            who = f"process {running.pid}, {running.api_url}" if running else "it is starting or stopping"
            raise ConfigurationError(
                f"embedd already runs on {directory} ({who}).",
                resolution="Use that system, stop it first, or choose another --data-dir.",
            ) from None
        yield


@asynccontextmanager
async def _private_database(directory: Path) -> AsyncIterator[str]:
    """Run the private server. Yield the URL of its database's owner, who is not a superuser."""
    server = PrivatePostgres(directory / "postgres")
    try:
        superuser = await server.start()
        yield await provide_owner(superuser, server.owner_password())
    finally:
        await server.stop()


async def _logins(url: str, secret_key: str, settings: Settings) -> Logins:
    """Return the logins to serve as: those of the URL, or embedd's own roles in place of a superuser."""
    if settings.allow_superuser or not await is_superuser(url):
        return Logins(url, url)
    logins = await provide_logins(url, SecretBox.from_text(secret_key))
    try:
        for login in (logins.api, logins.worker):
            await check_database(login)
    except DatabaseUnavailable as error:
        raise ConfigurationError(
            "The database URL is that of a superuser. embedd serves as its own roles instead, and the server does"
            f" not let them log in. {error.message}",
            resolution="Let them in with a password (pg_hba.conf: scram-sha-256), or set EMBEDD_DATABASE_URL to the"
            " owner of the database if that role is not a superuser.",
        ) from error
    return logins


@asynccontextmanager
async def _with_login(clients: Clients, url: str) -> AsyncIterator[Clients]:
    """Yield the worker's clients: those of the API, with database sessions of the worker's own role."""
    if url == clients.settings.database_url:
        yield clients
        return
    pool = await open_pool(url, size=clients.settings.sessions)
    worker = clients.with_login(replace(clients.settings, database_url=url), Database(pool))
    try:
        yield worker
    finally:
        await worker.close()
        await pool.close(timeout=1)


def _provide_secret_key(directory: Path) -> str:
    """Return the key that decrypts stored credentials. Create it at the first start."""
    path = directory / "secret.key"
    key = read_secret(path)
    if key is None:
        key = new_key_text()
        write_private(path, key + "\n")
    return key


async def _provide_api_key(clients: Clients, directory: Path) -> tuple[str, bool]:
    """Return the API key in `api.key`, and whether it is new. Create it unless the database accepts the present one."""
    path = directory / "api.key"
    key = read_secret(path)
    if key is not None:
        with suppress(Unauthorized, KeyRevoked):
            await access.authenticate(clients.database, key)
            return key, False
    made = await access.create_api_key(clients.database, name="embedd up")
    write_private(path, made.key + "\n")
    return made.key, True
