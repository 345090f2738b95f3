"""The system that a command uses: the one that runs on a data directory, or else the one named by the environment.

`embedd up` writes its address to `running.json` and its secret key to `secret.key`. Other commands therefore need at
most the data directory.
"""

from __future__ import annotations

import fcntl
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from embedd_pg.cli.loading import begin_loading
from embedd_pg.cli.logs import configure_logging
from embedd_pg.database.call import Database, open_pool
from embedd_pg.database.migrate import check_schema
from embedd_pg.errors import ConfigurationError, DatabaseUnavailable, SourceUnreachable
from embedd_pg.settings import Settings
from embedd_pg.sources.connect import connect_once

if TYPE_CHECKING:
    from embedd_pg.clients import Clients


@dataclass(frozen=True, slots=True)
class Running:
    """The address of a running `embedd up`."""

    pid: int
    api_url: str
    database_url: str


def data_directory(option: Path | None, settings: Settings) -> Path:
    """Return the option, else EMBEDD_DATA_DIR, else the usual directory below the home directory."""
    return (option or settings.data_dir or Path("~/.local/share/embedd")).expanduser().absolute()


def read_running(directory: Path) -> Running | None:
    """Return the system that runs on the directory, or None. The lock decides, so a file left by kill -9 is ignored."""
    try:
        with (directory / "lock").open() as lock:
            fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
        return None
    except BlockingIOError:
        pass
    except FileNotFoundError:
        return None
    except PermissionError as error:
        raise ConfigurationError(
            f"{error.filename} cannot be read.", resolution="Run the command as the user who started 'embedd up'."
        ) from error
    try:
        return Running(**json.loads((directory / "running.json").read_text(encoding="utf-8")))
    except (FileNotFoundError, ValueError, TypeError):
        return None  # the system is starting or stopping


def find_settings(option: Path | None, database_url: str | None = None) -> Settings:
    """Return settings for the system, or for the database given. Raise ConfigurationError if neither is known."""
    settings = Settings.from_environment()
    if database_url is not None:
        return replace(settings, database_url=database_url, data_dir=option or settings.data_dir)
    directory = data_directory(option, settings)
    # The environment's database takes precedence over the default directory.
    named = option is not None or settings.data_dir is not None or settings.database_url is None
    running = read_running(directory) if named else None
    if running is None and settings.database_url is None:
        raise ConfigurationError(
            f"Nothing runs on {directory}, and EMBEDD_DATABASE_URL is not set.",
            resolution="Start 'embedd up' first, name its directory with --data-dir, or set EMBEDD_DATABASE_URL.",
        )
    return replace(
        settings,
        database_url=running.database_url if running else settings.database_url,
        secret_key=settings.secret_key or (read_secret(directory / "secret.key") if named else None),
        data_dir=directory if named else None,
    )


def read_secret(path: Path) -> str | None:
    """Return the content of a file of one line, or None if there is no such file."""
    try:
        return path.read_text(encoding="utf-8").strip() or None
    except FileNotFoundError:
        return None


@asynccontextmanager
async def command_clients(data_dir: Path | None) -> AsyncIterator[Clients]:
    """Open clients for a single command, which logs only warnings."""
    settings = find_settings(data_dir)
    configure_logging(settings, quiet=True)
    async with open_clients(settings) as clients:
        yield clients


@asynccontextmanager
async def open_clients(settings: Settings) -> AsyncIterator[Clients]:
    """Open clients on the database of the settings, after checking that it answers and its schema fits."""
    begin_loading("embedd_pg.clients")
    await check_database(settings.database_url or "")
    async with bare_clients(settings) as clients:
        yield clients


@asynccontextmanager
async def bare_clients(settings: Settings) -> AsyncIterator[Clients]:
    """Open clients without checking the schema, which may be gone."""
    # The door marks a command's changes in the audit log, apart from plain SQL. The API records those made with a key.
    pool = await open_pool(settings.database_url or "", size=settings.sessions, settings={"embedd.door": "cli"})
    await begin_loading("embedd_pg.clients")
    from embedd_pg.clients import Clients

    clients = Clients(settings, Database(pool))
    try:
        yield clients
    finally:
        await clients.close()
        await pool.close(timeout=1)


async def check_database(url: str, *, schema: bool = True) -> None:
    """Connect once and raise an error with the cause at once. `schema`: also check embedd's schema."""
    if not url.startswith(("postgresql://", "postgres://")):
        raise ConfigurationError(
            "The database URL is not a PostgreSQL URL.",
            resolution="Write it as postgresql://user:password@host:5432/database.",
        )
    try:
        conn = await connect_once(url)
    except SourceUnreachable as error:
        raise DatabaseUnavailable(
            f"The database of embedd cannot be reached. {error.message}",
            resolution="Check the database URL (EMBEDD_DATABASE_URL) and that the server runs.",
        ) from error
    async with conn:
        if schema:
            await check_schema(conn)
