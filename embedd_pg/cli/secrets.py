"""`embedd secrets`: the key that encrypts stored credentials."""

from __future__ import annotations

from pathlib import Path

import typer

from embedd_pg import credentials
from embedd_pg.cli.locate import command_clients
from embedd_pg.cli.options import AsJson, DataDir
from embedd_pg.cli.output import console, print_json
from embedd_pg.cli.running import run
from embedd_pg.operate import rotation

app = typer.Typer(no_args_is_help=True)


@app.command()
def generate() -> None:
    """Print a new value for EMBEDD_SECRET_KEY."""
    typer.echo(credentials.new_key_text())


@app.command()
def rotate(data_dir: DataDir = None, as_json: AsJson = False) -> None:
    """Encrypt all stored credentials again, with EMBEDD_SECRET_KEY; EMBEDD_PREVIOUS_SECRET_KEY decrypts them."""
    run(_rotate(data_dir=data_dir, as_json=as_json))


async def _rotate(*, data_dir: Path | None, as_json: bool) -> None:
    async with command_clients(data_dir) as clients:
        rotated = await rotation.rotate(clients)
    if as_json:
        print_json({"rotated": rotated})
    else:
        console.print(f"{rotated} credentials were encrypted again. EMBEDD_PREVIOUS_SECRET_KEY is no longer needed.")
