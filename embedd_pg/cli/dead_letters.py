"""`embedd dead-letters`: show the rows that were set aside, and why, or retry them."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.text import Text

from embedd_pg.cli.locate import command_clients
from embedd_pg.cli.options import AsJson, DataDir
from embedd_pg.cli.output import console, print_json, table
from embedd_pg.cli.running import run
from embedd_pg.database.call import Actor, Row


def dead_letters(
    name: Annotated[str | None, typer.Argument(help="One vector table, by name or id.")] = None,
    retry: Annotated[bool, typer.Option("--retry", help="Retry all of them; a worker does it.")] = False,
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """Show the rows that were set aside, and why. A row is retried when it changes, or with --retry."""
    if retry and name is None:
        raise typer.BadParameter("--retry needs the name of a vector table.")
    run(_dead_letters(name, retry=retry, data_dir=data_dir, as_json=as_json))


async def _dead_letters(name: str | None, *, retry: bool, data_dir: Path | None, as_json: bool) -> None:
    async with command_clients(data_dir) as clients:
        if retry:
            count = await clients.database.value("retry_dead_letters", Actor(), vector_table=name)
            if as_json:
                print_json({"retried": count})
            else:
                console.print(f"{count} rows will be retried.")
            return
        rows = await clients.database.rows("dead_letters", Actor(), vector_table=name)
    if as_json:
        print_json(rows)
    else:
        show(rows)


def show(rows: list[Row]) -> None:
    """Show the rows as a table."""
    if not rows:
        console.print("No row is set aside.")
        return
    made = table("vector table", "key", "reason", "message", "since", "attempts", right=("attempts",))
    for row in rows:
        since = f"{row['since']:%Y-%m-%d %H:%M:%S}"
        made.add_row(
            Text(row["vector_table_name"]),
            Text(row["key"]),
            row["reason"],
            Text(row["message"]),
            since,
            str(row["attempts"]),
        )
    console.print(made)
