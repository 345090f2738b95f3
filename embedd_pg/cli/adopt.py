"""`embedd adopt`: let a copied or restored database take over the vector stores of the original."""

from __future__ import annotations

from pathlib import Path

from embedd_pg.cli.locate import command_clients
from embedd_pg.cli.options import AsJson, DataDir
from embedd_pg.cli.output import console, print_json
from embedd_pg.cli.running import run


def adopt(data_dir: DataDir = None, as_json: AsJson = False) -> None:
    """Let this copied or restored database take over the vector stores. The original must be stopped for good."""
    run(_adopt(data_dir, as_json=as_json))


async def _adopt(data_dir: Path | None, *, as_json: bool) -> None:
    async with command_clients(data_dir) as clients:
        message = await clients.database.value("adopt")
    if as_json:
        print_json({"message": message})
    else:
        console.print(message)
