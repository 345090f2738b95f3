"""`embedd doctor`: check everything that embedd depends on, and say how to fix problems."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer
from rich.text import Text

from embedd_pg.cli.locate import bare_clients, check_database, find_settings
from embedd_pg.cli.logs import configure_logging
from embedd_pg.cli.options import AsJson, DataDir
from embedd_pg.cli.output import console, print_json, table
from embedd_pg.cli.running import run
from embedd_pg.database.inspection import inspecting
from embedd_pg.operate.doctor.examination import examine
from embedd_pg.operate.doctor.finding import Finding, Surroundings

STYLES = {"ok": "green", "note": "yellow", "wrong": "bold red"}


def doctor(
    database_url: Annotated[str | None, typer.Option(help="The database.  [default: EMBEDD_DATABASE_URL]")] = None,
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """Check versions, rights, triggers, wake-up, pooling, replication, disk and snapshots, and suggest fixes."""
    if run(_doctor(database_url, data_dir, as_json=as_json)):
        raise typer.Exit(1)


async def _doctor(database_url: str | None, data_dir: Path | None, *, as_json: bool) -> bool:
    settings = find_settings(data_dir, database_url)
    configure_logging(settings, quiet=True)
    url = settings.database_url or ""
    await check_database(url, schema=False)
    async with inspecting(url) as database, bare_clients(settings) as clients:
        found = [one async for one in examine(Surroundings(database, clients, settings))]
    if as_json:
        print_json([{"check": name, **asdict(finding)} for name, finding in found])
    else:
        _show(found)
    return any(finding.state == "wrong" for _, finding in found)


def _show(found: list[tuple[str, Finding]]) -> None:
    listed = table("Check", "", "Found", "What to do")
    for name, finding in found:
        state = Text(finding.state, style=STYLES[finding.state])
        listed.add_row(name, state, Text(finding.message), Text(finding.advice))
    console.print(listed)
