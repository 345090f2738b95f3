"""`embedd backfill`: request that every row is brought up to date, and show the progress."""

from __future__ import annotations

import asyncio
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, ProgressColumn, Task, TextColumn, TimeRemainingColumn
from rich.text import Text

from embedd_pg.cli.locate import command_clients
from embedd_pg.cli.options import AsJson, DataDir
from embedd_pg.cli.output import console, print_json, show_error, to_stderr
from embedd_pg.cli.running import pause, run
from embedd_pg.database.call import Actor, Database, Row
from embedd_pg.sync.estimate import estimate


def backfill(
    name: Annotated[str, typer.Argument(help="The vector table, by name or id.")],
    no_wait: Annotated[bool, typer.Option("--no-wait", help="Only request it; a worker does it.")] = False,
    only_estimate: Annotated[
        bool, typer.Option("--estimate", help="Only show the upper bound of its rows, tokens and price.")
    ] = False,
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """Bring every row of the source table up to date. Rows that are up to date need no new embedding."""
    if only_estimate:
        run(_estimate(name, data_dir=data_dir, as_json=as_json))
        return
    run(_backfill(name, wait=not no_wait, data_dir=data_dir, as_json=as_json))


async def _backfill(name: str, *, wait: bool, data_dir: Path | None, as_json: bool) -> None:
    async with command_clients(data_dir) as clients:
        task_id = await clients.database.value("backfill", Actor(), vector_table=name)
        if not wait:
            task = await clients.database.row("get_task", Actor(), task=task_id) or {}
            if not as_json:
                to_stderr.print(f"Backfill {task_id} is running; 'embedd status {name}' shows its progress.")
        else:
            try:
                task = await follow(clients.database, task_id, name, console=to_stderr)
            except asyncio.CancelledError:
                to_stderr.print(f"The worker continues it; 'embedd status {name}' shows its progress.")
                raise
        if as_json:
            print_json(task)
        if task.get("status") in ("failed", "cancelled"):
            if not as_json:
                ended = f"The backfill {task['status']}. {task['last_error'] or ''}"
                show_error(ended, "Fix the cause, then start it again.")
            raise typer.Exit(1)


async def _estimate(name: str, *, data_dir: Path | None, as_json: bool) -> None:
    async with command_clients(data_dir) as clients:
        found = await estimate(clients, name, actor=Actor())
    if as_json:
        print_json(asdict(found) | {"cost_usd": None if found.cost_usd is None else float(found.cost_usd)})
        return
    price = "no price known" if found.cost_usd is None else f"at most ${found.cost_usd:.2f}"
    console.print(f"{found.rows:,} rows, about {found.tokens:,} tokens of {found.model}: {price}.", soft_wrap=True)
    console.print("Rows whose text is already in the store cost nothing.")


async def follow(database: Database, task_id: str, name: str, *, console: Console) -> Row:
    """Show a backfill's progress until it has ended. Return its task."""
    columns = (
        TextColumn("{task.description}"),
        BarColumn(bar_width=30),
        MofNCompleteColumn(),
        TextColumn("rows"),
        _Rate(),
        TimeRemainingColumn(compact=True),
    )
    with Progress(*columns, console=console) as progress:
        bar = progress.add_task(f"backfill {name}", total=None)
        while True:
            task = await database.row("get_task", Actor(), task=task_id) or {}
            state = await database.row("sync_status", Actor(), vector_table=name) or {}
            done, total = _how_far(task, state)
            progress.update(bar, completed=done, total=total)
            if task["status"] not in ("pending", "running"):
                return task
            await pause(0.2)


def _how_far(task: Row, state: Row) -> tuple[int, int]:
    total = task["rows_total"] or state["total_rows"] or 0
    if task["status"] == "completed":
        return total, total
    # Count the rows not yet read, or those read but not yet stored, whichever are more.
    remaining = max(total - task["rows_processed"], state["rows_pending"] or 0)
    return max(0, total - remaining), total


class _Rate(ProgressColumn):
    """The column of rows a second."""

    def render(self, task: Task) -> Text:
        speed = task.finished_speed or task.speed
        return Text(f"{speed:.0f}/s" if speed else "", style="cyan")
