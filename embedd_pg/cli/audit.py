"""`embedd audit`: the log of changes and their authors."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.text import Text

from embedd_pg.cli.keys import Organization
from embedd_pg.cli.locate import command_clients
from embedd_pg.cli.options import AsJson, DataDir
from embedd_pg.cli.output import console, print_json, table
from embedd_pg.cli.running import run
from embedd_pg.database.call import Row
from embedd_pg.resources import access, organization


def audit(
    limit: Annotated[int, typer.Option(min=1, help="The largest number of entries.")] = 50,
    tenant: Organization = None,
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """Show who changed or tried to change what, newest first: over REST, by commands and in SQL."""
    run(_audit(limit, tenant=tenant, data_dir=data_dir, as_json=as_json))


async def _audit(limit: int, *, tenant: str | None, data_dir: Path | None, as_json: bool) -> None:
    async with command_clients(data_dir) as clients:
        actor = await organization.actor_for(clients.database, organization=tenant, user=None)
        page = await access.list_audit(clients.database, limit=limit, actor=actor)
    if as_json:
        print_json(page.rows)
    else:
        show(page.rows)


def show(rows: list[Row]) -> None:
    """Show the entries as a table."""
    made = table("at", "by", "operation", "target", "result", "from")
    for row in rows:
        who = row["key_id"] or row["role"] or ""
        times = f" ×{row['attempts']}" if row["attempts"] > 1 else ""
        made.add_row(
            f"{row['created_at']:%Y-%m-%d %H:%M:%S}",
            Text(who),
            Text(row["operation"] + times),
            Text(row["target"] or ""),
            row["result"],
            Text(row["address"] or row["door"]),
        )
    console.print(made)
