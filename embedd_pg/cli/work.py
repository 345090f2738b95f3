"""One worker process, from its settings to its last batch."""

from __future__ import annotations

import asyncio
import gc
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from embedd_pg.cli.loading import begin_loading
from embedd_pg.cli.locate import find_settings, open_clients
from embedd_pg.cli.logs import configure_logging
from embedd_pg.cli.running import run
from embedd_pg.cli.services import run_services, stop_on_signals, until


def work(
    *,
    drain: bool = False,
    every: timedelta | None = None,
    concurrency: int | None = None,
    data_dir: Path | None = None,
) -> None:
    """Run one worker until it is told to stop, or with `drain` until no work is left."""
    run(_work(drain=drain, every=every, concurrency=concurrency, data_dir=data_dir))


async def _work(*, drain: bool, every: timedelta | None, concurrency: int | None, data_dir: Path | None) -> None:
    settings = find_settings(data_dir)
    configure_logging(settings)
    settings = replace(settings, concurrency=concurrency or settings.concurrency)
    gc.disable()  # until the code is loaded
    with stop_on_signals() as stop:
        begin_loading("embedd_pg.sync.worker")
        async with (
            open_clients(settings) as clients,
            run_services(clients, worker=clients, drain=drain, every=every) as services,
        ):
            # A batch creates many short-lived objects and no cycles. Default collection would take a fifth of its time.
            gc.freeze()
            gc.set_threshold(5_000, 10, 10)
            gc.enable()
            if drain:
                stopped = asyncio.create_task(stop.wait())
                await asyncio.wait({stopped, *services}, return_when=asyncio.FIRST_COMPLETED)
                stopped.cancel()
                for service in services:
                    if service.done():
                        service.result()
            else:
                await until(stop, services)
