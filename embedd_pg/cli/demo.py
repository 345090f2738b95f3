"""`embedd demo`: from rows in a table to search results that follow changes, in a minute, in a temporary directory.

The demo runs the same system as `embedd up`, and the SQL it prints is the SQL it runs.
"""

from __future__ import annotations

import asyncio
import json
import tempfile
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.text import Text

from embedd_pg.cli.backfill import follow
from embedd_pg.cli.demo_data import Data, Mode, own_data, quote, sample_data, show_changes, show_join
from embedd_pg.cli.logs import configure_logging
from embedd_pg.cli.output import console, show_statement, step
from embedd_pg.cli.query import as_table
from embedd_pg.cli.running import run
from embedd_pg.cli.services import stop_on_signals, until
from embedd_pg.cli.system import System, running_system
from embedd_pg.cli.up import addresses
from embedd_pg.database.call import open_pool
from embedd_pg.embedded.local_model import load_local_model
from embedd_pg.errors import EmbeddError
from embedd_pg.search.request import SearchRequest
from embedd_pg.search.search import search
from embedd_pg.settings import Settings
from embedd_pg.sources.csv_file import load_csv


class DemoFailed(EmbeddError):
    """The demo did not reach its end."""

    code = "demo_failed"
    resolution = "Run it again with EMBEDD_LOG_LEVEL=info to see what happens."


def demo(
    keep: Annotated[bool, typer.Option("--keep", help="Leave everything running until Ctrl-C.")] = False,
    csv: Annotated[Path | None, typer.Option(help="Use this file instead of the sample catalogue.")] = None,
    text: Annotated[str | None, typer.Option(help="With --csv: the columns to embed, as in title,body.")] = None,
    filter: Annotated[
        list[str] | None, typer.Option(help="With --csv: a column to filter by, as in price:float. Repeatable.")
    ] = None,
    query: Annotated[list[str] | None, typer.Option(help="A text to search for. Repeatable.")] = None,
    mode: Annotated[Mode, typer.Option(help="Where vectors go: managed, Qdrant; platform, pgvector.")] = "managed",
) -> None:
    """Show the whole system in a temporary directory: sample data, search, and changes that are found at once."""
    data = _data(csv, text, filter or [], query or [], keep=keep)
    run(_demo(replace(data, mode=mode), keep=keep))


def _data(csv: Path | None, text: str | None, filters: list[str], queries: list[str], *, keep: bool) -> Data:
    if csv is None:
        if text or filters:
            raise typer.BadParameter("these options need --csv.", param_hint="--text, --filter")
        return sample_data(queries)
    if not text:
        raise typer.BadParameter("name the columns to embed, as in --text title,body.", param_hint="--text")
    if not queries and not keep:
        raise typer.BadParameter("give a text to search for, or use --keep to query later.", param_hint="--query")
    return run(asyncio.to_thread(own_data, csv, text, filters, queries))


async def _demo(data: Data, *, keep: bool) -> None:
    configure_logging(Settings.from_environment(), quiet=True)
    with stop_on_signals() as stop:
        async with _temporary_system() as system:
            await _unless(stop, system, _walk(system, data))
            if keep:
                step("Everything stays until Ctrl-C")
                console.print(addresses(system), soft_wrap=True)
                ask = f"Query it: embedd query {data.name} 'a text' --data-dir {system.directory}"
                console.print(ask, style="dim", soft_wrap=True)
                await until(stop, system.services)
            else:
                step("Stopping and removing everything")


@asynccontextmanager
async def _temporary_system() -> AsyncIterator[System]:
    """Run `up` in a temporary directory. Ignore configured servers, so that the demo writes into no other database."""
    settings = replace(
        Settings.from_environment(), database_url=None, qdrant_url=None, secret_key=None, host="127.0.0.1"
    )
    with tempfile.TemporaryDirectory(prefix="embedd-demo-", ignore_cleanup_errors=True) as directory:
        step("Starting PostgreSQL with pgvector, the API and the worker")
        waiting = console.status("a few seconds …")
        waiting.start()
        try:
            # Find damaged or missing weights now rather than by a failed backfill.
            await asyncio.to_thread(load_local_model)
            async with running_system(settings, Path(directory), port=0) as system:
                waiting.stop()
                console.print(f"API  {system.api_url}\nSQL  psql {system.database_url}", style="cyan", soft_wrap=True)
                yield system
        finally:
            waiting.stop()


async def _unless(stop: asyncio.Event, system: System, work: Coroutine[Any, Any, None]) -> None:
    """Do the work until it ends, is interrupted, or a service ends."""
    working, ended = asyncio.create_task(work), asyncio.create_task(until(stop, system.services))
    await asyncio.wait({working, ended}, return_when=asyncio.FIRST_COMPLETED)
    first, other = (working, ended) if working.done() else (ended, working)
    other.cancel()
    await asyncio.gather(other, return_exceptions=True)
    await first
    if first is ended:
        raise KeyboardInterrupt


async def _walk(system: System, data: Data) -> None:
    pool = await open_pool(system.database_url, size=1)
    try:
        async with pool.connection() as conn:
            await _load(conn, data)
            await _make_searchable(system, conn, data)
            step("Searching by meaning")
            for text, filters in data.queries:
                await _show_query(system, data, text, filters)
            if data.path is None:
                step("Searching in plain SQL, joined with the table itself")
                await show_join(conn)
                step("Changing rows with plain SQL; triggers report the changes")
                await show_changes(system.clients, conn, data.name)
    finally:
        await pool.close(timeout=1)


async def _load(conn: Any, data: Data) -> None:
    step(f"Loading {len(data.table.rows)} rows into {data.source}" + (f" from {data.path}" if data.path else ""))
    await load_csv(conn, data.table)
    if data.table.numbered:
        console.print("The file has no column id, so its rows were numbered.", style="dim")
    types = ", ".join(f"{name} {kind}" for name, kind in data.table.columns.items())
    console.print(types, style="dim")


async def _make_searchable(system: System, conn: Any, data: Data) -> None:
    step("Making the table searchable, in SQL")
    await conn.execute(show_statement(data.create_statement()))
    step("Embedding the existing rows")
    backfill = f"select embedd.backfill({quote(data.name)});"
    (row,) = await (await conn.execute(show_statement(backfill))).fetchall()
    task = await follow(system.clients.database, row["backfill"], data.name, console=console)
    if task["status"] != "completed":
        raise DemoFailed(f"The backfill {task['status']}: {task['last_error']}")


async def _show_query(system: System, data: Data, text: str, filters: dict[str, Any] | None) -> None:
    found = await search(system.clients, data.name, SearchRequest(text, 5, filters=filters))
    title = f'"{text}"' + (f"  filtered by {json.dumps(filters)}" if filters else "")
    results = found.as_json()["results"]
    console.print(Text(title, style="bold"), soft_wrap=True)
    console.print(as_table(results, hide=data.hidden) if results else "No row matches.")
    console.print()
