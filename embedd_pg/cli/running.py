"""A command from its first line to its exit status."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

import structlog
import typer

from embedd_pg.errors import EmbeddError

T = TypeVar("T")


async def pause(seconds: float) -> None:
    """Sleep between two looks. Ctrl-C ends it, also one whose cancellation Python 3.11 lost on its way."""
    task = asyncio.current_task()
    if task is not None and task.cancelling():
        raise asyncio.CancelledError
    await asyncio.sleep(seconds)


def run(work: Coroutine[Any, Any, T]) -> T:
    """Run a command to its end. An error becomes a sentence and exit status 1, Ctrl-C status 130."""
    try:
        return asyncio.run(work)
    except EmbeddError as error:
        _show_error(error.message, error.resolution)
        raise typer.Exit(1) from None
    except KeyboardInterrupt:
        raise typer.Exit(130) from None
    except typer.Exit:
        raise  # a status the command has chosen and explained
    except Exception as error:
        # A fault of ours. Its text may hold anything, so it shows only when asked for, and cleaned.
        structlog.get_logger(__name__).debug("unexpected error", exc_info=error)
        _show_error(
            f"Something went wrong inside embedd ({type(error).__name__}).",
            "Run it again with EMBEDD_LOG_LEVEL=debug to see where.",
        )
        raise typer.Exit(1) from None


def _show_error(message: str, resolution: str) -> None:
    # What draws on the screen takes a tenth of a worker's start to load, and a worker needs it only for this.
    from embedd_pg.cli.output import show_error

    show_error(message, resolution)
