"""`embedd status`: the progress of each vector table, once or continuously."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Group, RenderableType
from rich.live import Live
from rich.text import Text

from embedd_pg.cli.locate import command_clients
from embedd_pg.cli.options import AsJson, DataDir
from embedd_pg.cli.output import console, print_json, table
from embedd_pg.cli.running import pause, run
from embedd_pg.database.call import Actor, Database, Row

_COLOURS = {"synced": "green", "error": "red", "paused": "yellow"}
#: Results of comparing source and store: those of the last comparison, and totals.
_DRIFT = ("verified_at", "difference", "repaired", "total_difference", "total_repaired")


def status(
    name: Annotated[str | None, typer.Argument(help="One vector table, by name or id.")] = None,
    watch: Annotated[bool, typer.Option("--watch", help="Refresh until Ctrl-C.")] = False,
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """Show the vector tables with their sources, progress and errors."""
    if watch and as_json:
        raise typer.BadParameter("--watch shows a table; leave out --json, or call the command repeatedly.")
    run(_status(name, watch=watch, data_dir=data_dir, as_json=as_json))


async def _status(name: str | None, *, watch: bool, data_dir: Path | None, as_json: bool) -> None:
    async with command_clients(data_dir) as clients:
        if as_json:
            print_json(await statuses(clients.database, name))
        elif not watch:
            console.print(await _screen(clients.database, name))
        else:
            with Live(await _screen(clients.database, name), console=console, auto_refresh=False) as live:
                while True:
                    await pause(1)
                    live.update(await _screen(clients.database, name), refresh=True)


async def _screen(database: Database, name: str | None) -> RenderableType:
    """Return the tables, problems of the database as a whole, alerts, and the notices of the last day."""
    found = render(await statuses(database, name))
    instance = await database.row("instance_status") or {}
    if instance.get("message"):
        found = Group(Text(instance["message"], style="bold red"), found)
    yesterday = datetime.now(UTC) - timedelta(days=1)
    notices = await database.rows("notices", Actor(), vector_table=name, limit=5)
    recent = [notice for notice in notices if notice["at"] > yesterday]
    alerts = [row["alert"] for row in await database.rows("health") if row["alert"]]
    return Group(
        found,
        *(Text(alert, style="yellow") for alert in alerts),
        *(Text(_notice(notice), style="dim") for notice in reversed(recent)),
    )


def _notice(notice: Row) -> str:
    return f"{notice['at']:%H:%M} {notice['vector_table_name'] or 'database'}: {notice['message']}"


async def statuses(database: Database, name: str | None = None) -> list[Row]:
    """Return vector tables with their sync status, oldest first."""
    if name is None:
        tables = await database.rows("list_vector_tables", Actor())
    else:
        tables = await database.rows("get_vector_table", Actor(), vector_table=name)
    one = None if name is None else tables[0]["id"]
    states = await _by_id(database, "sync_status", one)
    drifts = await _by_id(database, "drift", one)
    return [
        {
            **{key: table[key] for key in ("id", "name", "source_table", "mode", "sync_mode", "embedding_model")},
            **{key: value for key, value in states[table["id"]].items() if key != "vector_table_id"},
            **{key: drifts.get(table["id"], {}).get(key) for key in _DRIFT},
        }
        for table in tables
        if table["id"] in states  # another session may have removed it
    ]


async def _by_id(database: Database, function: str, name: str | None) -> dict[str, Row]:
    """Return the rows of a function by vector table, of all in one call if `name` is None."""
    rows = await database.rows(function, Actor(), vector_table=name)
    return {row["vector_table_id"]: row for row in rows}


def render(rows: list[Row]) -> RenderableType:
    """Return the rows as a table, with errors in full below it, each once."""
    if not rows:
        return Text("There is no vector table yet. Create one with embedd.create_vector_table(...) in SQL.")
    right = ("rows", "pending", "dead", "lag", "drift")
    made = table("name", "source", "mode", "status", "rows", "pending", "dead", "lag", "drift", right=right)
    errors: dict[str, list[str]] = {}
    for row in rows:
        state = row["sync_status"]
        made.add_row(
            Text(row["name"], style="bold"),
            Text(row["source_table"]),
            row["mode"],
            Text(state, style=_COLOURS.get(state, "cyan")),
            _rows(row),
            _number(row["rows_pending"]),
            _number(row["dead_rows"], "red"),
            _lag(row["staleness_secs"]),
            _drift(row),
        )
        if row["last_error"]:
            errors.setdefault(row["last_error"], []).append(row["name"])
    return Group(made, *(Text(f"{_listed(names)}: {error}", style="red") for error, names in errors.items()))


def _listed(names: list[str]) -> str:
    """Return the names of tables that share an error, the first few of them."""
    return ", ".join(names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else "")


def _rows(row: Row) -> str:
    """Return the number of synced rows and of all rows; `?` until a worker has counted a new table."""
    return f"{row['synced_rows']}/{'?' if row['total_rows'] is None else row['total_rows']}"


def _number(value: Any, style: str = "") -> Text:
    return Text(str(value or 0), style=style if value else "")


def _drift(row: Row) -> Text:
    """Return how many rows differed in the last comparison of source and store, or a dash before the first."""
    return Text("-") if row["verified_at"] is None else _number(row["difference"], "yellow")


def _lag(seconds: int | None) -> str:
    if seconds is None:
        return "-"
    return f"{seconds} s" if seconds < 120 else str(timedelta(seconds=seconds))
