"""`embedd usage`: the requests, tokens and cost of embedding, by day, vector table and embedder."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.text import Text

from embedd_pg.cli.locate import command_clients
from embedd_pg.cli.options import AsJson, DataDir
from embedd_pg.cli.output import console, print_json, table
from embedd_pg.cli.running import run
from embedd_pg.database.call import Actor, Row
from embedd_pg.embedding.usage import list_usage

_DAY = ["%Y-%m-%d"]


def usage(
    name: Annotated[str | None, typer.Argument(help="One vector table, by name or id.")] = None,
    first: Annotated[
        datetime | None, typer.Option("--from", formats=_DAY, help="First day.  [default: of this month]")
    ] = None,
    last: Annotated[datetime | None, typer.Option("--to", formats=_DAY, help="Last day.  [default: today]")] = None,
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """Show requests, tokens and cost by day, vector table and embedder."""
    days = [None if moment is None else moment.date() for moment in (first, last)]
    run(_usage(name, days[0], days[1], data_dir=data_dir, as_json=as_json))


async def _usage(
    name: str | None, first: date | None, last: date | None, *, data_dir: Path | None, as_json: bool
) -> None:
    async with command_clients(data_dir) as clients:
        rows = await list_usage(clients.database, first=first, last=last, vector_table=name, actor=Actor())
    if as_json:
        print_json([row | {"cost_usd": None if row["cost_usd"] is None else float(row["cost_usd"])} for row in rows])
    else:
        show(rows)


def show(rows: list[Row]) -> None:
    """Show the rows as a table, with totals."""
    if not rows:
        console.print("Nothing was embedded in that period.")
        return
    made = table(
        "day",
        "vector table",
        "embedder",
        "model",
        "for",
        "requests",
        "tokens",
        "US$",
        right=("requests", "tokens", "US$"),
    )
    for row in rows:
        made.add_row(
            row["day"].isoformat(),
            Text(row["vector_table_name"] or row["vector_table_id"]),
            Text(row["embedder_name"] or row["embedder_id"]),
            Text(row["model"]),
            row["kind"],
            f"{row['requests']:,}",
            f"{row['tokens']:,}",
            _dollars(row["cost_usd"]),
        )
    priced = [row["cost_usd"] for row in rows if row["cost_usd"] is not None]
    total = sum(row["requests"] for row in rows), sum(row["tokens"] for row in rows)
    made.add_row("", "", "", "", "in all", *(f"{number:,}" for number in total), _dollars(sum(priced)))
    console.print(made)
    if len(priced) < len(rows):
        console.print("The total excludes models without a price: select embedd.set_price(provider, model, dollars).")


def _dollars(amount: object) -> str:
    return "–" if amount is None else f"{amount:.4f}"
