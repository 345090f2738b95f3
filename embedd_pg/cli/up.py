"""`embedd up`: the whole system in one process, kept in one directory."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer
from rich.text import Text

from embedd_pg.cli.locate import data_directory
from embedd_pg.cli.logs import configure_logging, hide_secrets
from embedd_pg.cli.options import AsJson, DataDir
from embedd_pg.cli.output import console, print_json, to_stderr
from embedd_pg.cli.running import run
from embedd_pg.cli.services import stop_on_signals, until
from embedd_pg.cli.system import System, running_system
from embedd_pg.settings import Settings

Port = Annotated[
    int | None,
    typer.Option(min=0, max=65535, help="Port of the API, 0 for a free one.  [default: EMBEDD_PORT or 8080]"),
]


def up(port: Port = None, data_dir: DataDir = None, as_json: AsJson = False) -> None:
    """Run PostgreSQL, API and worker in one process until Ctrl-C.

    Without EMBEDD_DATABASE_URL a private PostgreSQL is started. Without EMBEDD_QDRANT_URL vectors are kept in the data
    directory. With --json one line of JSON is printed when everything is ready.
    """
    run(_up(port, data_dir, as_json=as_json))


async def _up(port: int | None, data_dir: Path | None, *, as_json: bool) -> None:
    settings = Settings.from_environment()
    configure_logging(settings)
    directory = data_directory(data_dir, settings)
    chosen = settings.port if port is None else port
    with stop_on_signals() as stop:
        async with running_system(replace(settings, port=chosen), directory, port=chosen) as system:
            if as_json:
                print_json({"api_url": system.api_url, "api_key": system.api_key, "database_url": system.database_url})
            else:
                console.print(addresses(system), soft_wrap=True)
            await until(stop, system.services)
            if not as_json:
                to_stderr.print("Stopping …")


def addresses(system: System) -> Text:
    """Return all addresses, one on each line.

    A terminal shows a new API key, once, and the password of the private database. Other outputs show neither, because
    they may be kept as logs. The password of a user's own database is never shown.
    """
    kept = system.directory / "api.key"
    open_database = system.private_database and console.is_terminal
    url = system.database_url if open_database else hide_secrets(system.database_url)
    show_key = system.fresh_key and console.is_terminal
    vectors = system.clients.settings.qdrant_url or str(system.directory / "vectors")
    lines = [
        ("API", system.api_url),
        ("API key", system.api_key if show_key else f"kept in {kept}"),
        *([("", f"shown this once, kept in {kept}")] if show_key else []),
        ("SQL", f"psql {url}"),
        ("Vectors", hide_secrets(vectors)),
        ("Described", f"{system.api_url}/openapi.json"),
    ]
    text = Text("embedd is running. ", style="bold green").append("Ctrl-C stops it.\n", style="not bold default")
    for label, value in lines:
        text.append(f"  {label:<10} ", style="bold default").append(f"{value}\n", style="not bold cyan")
    return text
