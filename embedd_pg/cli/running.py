"""The run of a command, from its first line to its exit status."""

from __future__ import annotations

import asyncio
import gc
import sys
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

import structlog

from embedd_pg.errors import EmbeddError

T = TypeVar("T")


async def pause(seconds: float) -> None:
    """Sleep between two polls. End on Ctrl-C, even if Python 3.11 has lost the cancellation."""
    task = asyncio.current_task()
    if task is not None and task.cancelling():
        raise asyncio.CancelledError
    await asyncio.sleep(seconds)


def run(work: Coroutine[Any, Any, T]) -> T:
    """Run a command to its end. An error becomes a message and exit status 1, Ctrl-C status 130."""
    gc.enable()
    try:
        with asyncio.Runner(loop_factory=_loop_factory()) as runner:
            return runner.run(work)
    except EmbeddError as error:
        _show_error(error.message, error.resolution)
        raise SystemExit(1) from None
    except KeyboardInterrupt:
        raise SystemExit(130) from None
    except Exception as error:
        if _has_chosen_status(error):
            raise
        # An internal error. Its text may contain anything, so it is shown only at level debug, without secrets.
        structlog.get_logger(__name__).debug("unexpected error", exc_info=error)
        _show_error(
            f"Something went wrong inside embedd ({type(error).__name__}).",
            "Run it again with EMBEDD_LOG_LEVEL=debug to see where.",
        )
        raise SystemExit(1) from None


def _has_chosen_status(error: Exception) -> bool:
    """Return whether the command has chosen its exit status, and explained it. A worker loads no typer."""
    typer = sys.modules.get("typer")
    return typer is not None and isinstance(error, typer.Exit)


def _loop_factory() -> Callable[[], asyncio.AbstractEventLoop] | None:
    """Return uvloop's event loop, which needs a tenth less CPU per request; None, where it does not exist (Windows)."""
    try:
        import uvloop
    except ImportError:
        return None
    return uvloop.new_event_loop


def _show_error(message: str, resolution: str) -> None:
    # Import late: the console takes a tenth of a worker's start to load, and a worker needs it only for this.
    from embedd_pg.cli.output import show_error

    show_error(message, resolution)
