"""`embedd migrate`: install or upgrade the schema, or print the script that does it."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from embedd_pg.cli.locate import check_database, find_settings
from embedd_pg.cli.logs import configure_logging
from embedd_pg.cli.options import DataDir
from embedd_pg.cli.output import console
from embedd_pg.cli.running import run
from embedd_pg.database import migrate as schema
from embedd_pg.database import plpython as helper
from embedd_pg.database.sql_files import LINES
from embedd_pg.settings import Settings


def migrate(
    database_url: Annotated[str | None, typer.Option(help="The database.  [default: EMBEDD_DATABASE_URL]")] = None,
    sql: Annotated[bool, typer.Option("--sql", help="Print the script instead, for psql and migration tools.")] = False,
    capture_only: Annotated[
        bool, typer.Option("--capture-only", help="Install only the outbox and triggers, in a remote source database.")
    ] = False,
    plpython: Annotated[
        bool, typer.Option("--plpython", help="Install only the helper by which SQL calls the service; as a superuser.")
    ] = False,
    data_dir: DataDir = None,
) -> None:
    """Install or upgrade schema embedd. The command can be repeated."""
    if plpython and capture_only:
        raise typer.BadParameter("--plpython and --capture-only are installed in different databases.")
    lines = ("capture",) if capture_only else LINES
    if sql:
        sys.stdout.write(helper.script() if plpython else schema.script(lines))
        return
    run(_install(database_url, data_dir) if plpython else _migrate(database_url, lines, data_dir=data_dir))


async def _migrate(database_url: str | None, lines: tuple[str, ...], *, data_dir: DataDir) -> None:
    configure_logging(Settings.from_environment(), quiet=True)
    url = database_url or find_settings(data_dir).database_url or ""
    await check_database(url, schema=False)
    console.print(f"Schema embedd is up to date: {await schema.migrate(url, lines)}.")


async def _install(database_url: str | None, data_dir: DataDir) -> None:
    configure_logging(Settings.from_environment(), quiet=True)
    url = database_url or find_settings(data_dir).database_url or ""
    await check_database(url, schema=False)
    await helper.install(url)
    console.print("SQL can call the service once embedd_service.json is in the data directory of the server.")
