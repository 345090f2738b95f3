"""`embedd worker`: one worker process. Any number may run on one database."""

from __future__ import annotations

import asyncio
import gc
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from embedd_pg.cli.locate import DataDir, find_settings, open_clients
from embedd_pg.cli.logs import configure_logging
from embedd_pg.cli.running import run
from embedd_pg.cli.system import run_services, stop_on_signals, until
from embedd_pg.settings import Settings


def worker(
    drain: Annotated[bool, typer.Option("--drain", help="Stop when no work is left.")] = False,
    concurrency: Annotated[
        int | None, typer.Option(min=1, max=64, help="Concurrent batches.  [default: EMBEDD_CONCURRENCY or 4]")
    ] = None,
    data_dir: DataDir = None,
) -> None:
    """Run one worker until Ctrl-C. It finishes or releases its batch."""
    run(_worker(drain=drain, concurrency=concurrency, data_dir=data_dir))


async def _worker(*, drain: bool, concurrency: int | None, data_dir: Path | None) -> None:
    settings: Settings = find_settings(data_dir)
    configure_logging(settings)
    settings = replace(settings, concurrency=concurrency or settings.concurrency)
    # A batch creates many short-lived objects and no cycles. Default garbage collection would take a fifth of its time.
    gc.freeze()
    gc.set_threshold(5_000, 10, 10)
    with stop_on_signals() as stop:
        async with open_clients(settings) as clients, run_services(clients, worker=clients, drain=drain) as services:
            if drain:
                stopped = asyncio.create_task(stop.wait())
                await asyncio.wait({stopped, *services}, return_when=asyncio.FIRST_COMPLETED)
                stopped.cancel()
                for service in services:
                    if service.done():
                        service.result()
            else:
                await until(stop, services)
