"""`embedd verify`: check that the store equals the source. A table for people, JSON and an exit status for scripts."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Group, RenderableType
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
from rich.text import Text

from embedd_pg.cli.locate import command_clients
from embedd_pg.cli.options import AsJson, DataDir
from embedd_pg.cli.output import console, print_json, show_error, table, to_stderr
from embedd_pg.cli.running import pause, run
from embedd_pg.database.call import Actor, Database, Row
from embedd_pg.errors import EmbeddError

KINDS = ("missing", "stale", "orphaned", "unreadable")
#: Expected deviations, which are no drift: rows that wait to be synced, that were left out, that were set aside.
KNOWN = ("waiting", "skipped", "dead")


class NotTakenUp(EmbeddError):
    """No worker has started the verification."""

    resolution = (
        "Start one with 'embedd up' or 'embedd worker'. The vectors in a data directory are served only by the process"
        " that runs on it."
    )


def verify(
    name: Annotated[str | None, typer.Argument(help="One vector table, by name or id.  [default: all]")] = None,
    repair: Annotated[
        bool, typer.Option("--repair", help="Bring differing rows up to date, then compare again.")
    ] = False,
    strict: Annotated[
        bool, typer.Option("--strict", help="Count rows that wait, were left out or set aside as differences.")
    ] = False,
    wait: Annotated[float, typer.Option(min=0, help="Seconds until a worker must start it.")] = 15.0,
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """Compare every row of the source with the store. Status 0: equal, 1: different, 2: not compared."""
    try:
        code = run(_verify(name, repair=repair, strict=strict, wait=wait, data_dir=data_dir, as_json=as_json))
    except SystemExit as ended:
        raise SystemExit(2 if ended.code == 1 else ended.code) from None
    raise typer.Exit(code)


async def _verify(
    name: str | None, *, repair: bool, strict: bool, wait: float, data_dir: Path | None, as_json: bool
) -> int:
    async with command_clients(data_dir) as clients:
        database = clients.database
        if name is None:
            tables = await database.rows("list_vector_tables", Actor())
            # Skip tables without vectors, or paused ones. Named explicitly, they report that themselves.
            tables = [one for one in tables if strict or one["sync_status"] not in ("pending", "paused")]
        else:
            tables = await database.rows("get_vector_table", Actor(), vector_table=name)
        results = [await _compare(database, one, repair=repair, wait=wait) for one in tables]
    for result in results:
        result["equal"] = _is_equal(result, strict=strict)
    if as_json:
        print_json(results)
    else:
        console.print(render(results))
        for result in results:
            if result["error"]:
                show_error(f"{result['name']}: {result['error']}", result["resolution"] or "")
    if any(result["error"] for result in results):
        return 2
    return 0 if all(result["equal"] for result in results) else 1


async def _compare(database: Database, vector_table: Row, *, repair: bool, wait: float) -> Row:
    """Return the result of comparing one vector table. With `repair`, `left` is the number of differences after it."""
    unknown = dict.fromkeys(("task_id", "rows_compared", *KINDS, *KNOWN, "repaired", "left"))
    result = {"id": vector_table["id"], "name": vector_table["name"], **unknown, "examples": {}}
    try:
        found = await _pass(database, vector_table, repair=repair, wait=wait)
        result |= {key: found[key] for key in result if key in found and key != "name"}
        last = found
        if repair and found["difference"]:
            last = await _pass(database, vector_table, repair=False, wait=wait)
            result |= {key: last[key] for key in KNOWN}
        return result | {"left": last["difference"], "error": None, "resolution": None}
    except EmbeddError as error:
        return result | {"error": error.message, "resolution": error.resolution}


async def _pass(database: Database, vector_table: Row, *, repair: bool, wait: float) -> Row:
    """Run one verification, from its request to its result."""
    # Shield the request from an interruption: without its id, the task could not be cancelled.
    asking = asyncio.create_task(database.value("verify", Actor(), vector_table=vector_table["id"], repair=repair))
    try:
        task = await asyncio.shield(asking)
    except asyncio.CancelledError:
        await database.rows("cancel_task", Actor(), task=await asking)
        raise
    try:
        found = await _follow(database, task, vector_table, wait=wait)
    except (asyncio.CancelledError, NotTakenUp):
        await database.rows("cancel_task", Actor(), task=task)
        raise
    if found["status"] != "completed":
        reason = found["last_error"] or f"The verification was {found['status']}."
        raise EmbeddError(reason, resolution="Fix the cause, then verify again.")
    return found


async def _follow(database: Database, task: str, vector_table: Row, *, wait: float) -> Row:
    """Show the progress until the verification has ended."""
    loop = asyncio.get_running_loop()
    asked = loop.time()
    status = await database.row("sync_status", Actor(), vector_table=vector_table["id"]) or {}
    columns = (TextColumn("{task.description}"), BarColumn(bar_width=30), MofNCompleteColumn(), TextColumn("rows"))
    with Progress(*columns, console=to_stderr, transient=True) as progress:
        bar = progress.add_task(f"verify {vector_table['name']}", total=status.get("total_rows"))
        while True:
            found = await database.row("verification", Actor(), task=task) or {}
            progress.update(bar, completed=found["rows_compared"])
            if found["status"] not in ("pending", "running"):
                return found
            if found["status"] == "pending" and loop.time() - asked > wait:
                raise NotTakenUp(f"No worker has started the verification within {wait:g} seconds.")
            await pause(0.2)


def _is_equal(result: Row, *, strict: bool) -> bool:
    if result["error"]:
        return False
    return not result["left"] and not (strict and any(result[kind] for kind in KNOWN))


def render(results: list[Row]) -> RenderableType:
    """Return the results as a table, with example keys below it."""
    if not results:
        return Text("There is no vector table to compare.")
    # Show rare kinds only if there are any, so that the table fits into 80 columns.
    rare = [kind for kind in (*KNOWN, "repaired") if any(result[kind] for result in results)]
    numbers = ("rows", *KINDS, *rare)
    made = table("name", *numbers, "result", right=numbers)
    examples = []
    for result in results:
        counts = [result["rows_compared"], *(result[kind] for kind in (*KINDS, *rare))]
        made.add_row(Text(result["name"], style="bold"), *(_number(count) for count in counts), _verdict(result))
        for kind in (*KINDS, "waiting", "skipped"):
            if keys := result["examples"].get(kind):
                more = ", …" if (result[kind] or 0) > len(keys) else ""
                examples.append(Text(f"{result['name']}: {kind} {', '.join(keys)}{more}"))
    return Group(made, *examples)


def _number(count: Any) -> str:
    return "-" if count is None else str(count)


def _verdict(result: Row) -> Text:
    if result["error"]:
        return Text("not compared", style="red")
    if not result["equal"]:
        return Text("different", style="red")
    return Text("repaired" if result["repaired"] else "equal", style="green")
