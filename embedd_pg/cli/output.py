"""What people and scripts see: tables and sentences, or JSON alone on standard output; the rest on standard error."""

from __future__ import annotations

import asyncio
import json
import logging
import os
import re
import sys
from collections.abc import Coroutine, Mapping
from datetime import datetime
from typing import Any, TypeVar

import structlog
import typer
from rich.console import Console
from rich.syntax import Syntax
from rich.table import Table
from rich.text import Text

from embedd_pg.errors import ConfigurationError, EmbeddError
from embedd_pg.settings import Settings

T = TypeVar("T")

console = Console(highlight=False)
to_stderr = Console(stderr=True, highlight=False)

_SECRETS = ((re.compile(r"(://[^:/@\s]*:)[^@\s]+@"), r"\1***@"), (re.compile(r"\bsk_[A-Za-z0-9_-]{8,}"), "sk_***"))
_LEVELS = {"debug": 10, "info": 20, "warning": 30, "error": 40}


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
        show_error(error.message, error.resolution)
        raise typer.Exit(1) from None
    except KeyboardInterrupt:
        raise typer.Exit(130) from None
    except Exception as error:
        # A fault of ours. Its text may hold anything, so it shows only when asked for, and cleaned.
        structlog.get_logger(__name__).debug("unexpected error", exc_info=error)
        show_error(
            f"Something went wrong inside embedd ({type(error).__name__}).",
            "Run it again with EMBEDD_LOG_LEVEL=debug to see where.",
        )
        raise typer.Exit(1) from None


def show_error(message: str, resolution: str) -> None:
    """One red sentence, and what to do."""
    to_stderr.print(Text(hide_secrets(message), style="bold red"), soft_wrap=True)
    if resolution:
        to_stderr.print(Text(hide_secrets(resolution)), soft_wrap=True)


def hide_secrets(text: str) -> str:
    """The text without passwords in URLs and without API keys."""
    for pattern, replacement in _SECRETS:
        text = pattern.sub(replacement, text)
    return text


def print_json(value: Any) -> None:
    """One line of JSON on standard output."""
    sys.stdout.write(json.dumps(value, default=_as_json, ensure_ascii=False) + "\n")
    sys.stdout.flush()


def _as_json(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else str(value)


def table(*columns: str, right: tuple[str, ...] = ()) -> Table:
    """An empty table in the one style of all commands."""
    made = Table(header_style="bold", box=None, pad_edge=False)
    for column in columns:
        made.add_column(column, justify="right" if column in right else "left", overflow="fold")
    return made


def step(what: str) -> None:
    """A headline of a demonstration."""
    console.print()
    console.print(Text(f"▸ {what}", style="bold"), soft_wrap=True)


def show_statement(statement: str) -> str:
    """Print SQL and return it, so that what is shown is what runs."""
    console.print(Syntax(statement, "sql", theme="ansi_dark", background_color="default", word_wrap=True))
    return statement


def configure_logging(settings: Settings, *, quiet: bool = False) -> None:
    """Logs of this process, libraries included, as one kind of line on standard error.

    `quiet` is for commands whose standard error people read: warnings only, unless EMBEDD_LOG_LEVEL asks for more.
    """
    if settings.log_level not in _LEVELS:
        raise ConfigurationError(
            f"EMBEDD_LOG_LEVEL is {settings.log_level!r}.", resolution=f"Use one of: {', '.join(_LEVELS)}."
        )
    asked = bool(os.environ.get("EMBEDD_LOG_LEVEL"))
    level = _LEVELS[settings.log_level if asked or not quiet else "warning"]
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="%H:%M:%S", utc=False),
        structlog.processors.format_exc_info,
        _without_secrets,
    ]
    renderer = structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty(), pad_event_to=0)
    structlog.configure(
        processors=[*shared, renderer],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(structlog.stdlib.ProcessorFormatter(processor=renderer, foreign_pre_chain=shared))
    # Libraries tell at `info` what only their authors want to know.
    logging.basicConfig(handlers=[handler], level=max(level, logging.WARNING) if level > 10 else level, force=True)


def _without_secrets(_: Any, __: str, event: Mapping[str, Any]) -> dict[str, Any]:
    return {name: hide_secrets(value) if isinstance(value, str) else value for name, value in event.items()}
