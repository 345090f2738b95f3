"""`embedd detach`: give a copied database its own vector stores, and leave those of the original alone."""

from __future__ import annotations

from pathlib import Path

from embedd_pg.cli.locate import command_clients
from embedd_pg.cli.options import AsJson, DataDir
from embedd_pg.cli.output import console, print_json
from embedd_pg.cli.running import run


def detach(data_dir: DataDir = None, as_json: AsJson = False) -> None:
    """Give this copied database its own empty vector stores; those of the original are left alone."""
    run(_detach(data_dir, as_json=as_json))


async def _detach(data_dir: Path | None, *, as_json: bool) -> None:
    async with command_clients(data_dir) as clients:
        count = await clients.database.value("detach")
    if as_json:
        print_json({"detached": count})
    else:
        console.print(f"{count} vector tables have their own empty stores. Fill each with 'embedd backfill NAME'.")
