"""`embedd serve`: the API alone. Workers are separate processes."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from embedd_pg.cli.locate import find_settings, open_clients
from embedd_pg.cli.logs import configure_logging
from embedd_pg.cli.options import DataDir
from embedd_pg.cli.output import to_stderr
from embedd_pg.cli.running import run
from embedd_pg.cli.services import address, bind, run_services, stop_on_signals, until
from embedd_pg.cli.up import Port


def serve(
    port: Port = None,
    host: Annotated[str | None, typer.Option(help="Address to listen on.  [default: EMBEDD_HOST or 127.0.0.1]")] = None,
    data_dir: DataDir = None,
) -> None:
    """Run the API alone, until Ctrl-C. Run `embedd worker` for embedding."""
    run(_serve(port, host, data_dir=data_dir))


async def _serve(port: int | None, host: str | None, *, data_dir: Path | None) -> None:
    settings = find_settings(data_dir)
    configure_logging(settings)
    settings = replace(settings, host=host or settings.host, port=settings.port if port is None else port)
    with stop_on_signals() as stop, bind(settings.host, settings.port) as listening:
        async with open_clients(settings) as clients, run_services(clients, listening) as services:
            to_stderr.print(f"The API listens on {address(settings.host, listening)}. Ctrl-C stops it.")
            await until(stop, services)
