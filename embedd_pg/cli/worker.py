"""`embedd worker`: one worker process. Any number may run on one database."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated

import typer

from embedd_pg.cli.options import DataDir
from embedd_pg.cli.plain import INTERVAL, read_interval
from embedd_pg.cli.work import work


def worker(
    drain: Annotated[bool, typer.Option("--drain", help="Stop when no work is left.")] = False,
    every: Annotated[
        str | None,
        typer.Option(metavar="TIME", help="With --drain: how often it is run, as in 10m or 1h. Status counts on it."),
    ] = None,
    concurrency: Annotated[
        int | None, typer.Option(min=1, max=64, help="Concurrent batches.  [default: EMBEDD_CONCURRENCY or 4]")
    ] = None,
    data_dir: DataDir = None,
) -> None:
    """Run one worker until Ctrl-C. It finishes or releases its batch."""
    work(drain=drain, every=_interval(every, drain=drain), concurrency=concurrency, data_dir=data_dir)


def _interval(text: str | None, *, drain: bool) -> timedelta | None:
    if text is None:
        return None
    if not drain:
        raise typer.BadParameter("--every belongs to --drain: it says when the next such run begins.")
    if (found := read_interval(text)) is None:
        raise typer.BadParameter(f"--every takes {INTERVAL}.")
    return found
