"""The log of a process: one kind of line on standard error, libraries included, without passwords and keys."""

from __future__ import annotations

import logging
import os
import re
import sys
from collections.abc import Mapping
from typing import Any

import structlog

from embedd_pg.errors import ConfigurationError
from embedd_pg.settings import Settings

_SECRETS = ((re.compile(r"(://[^:/@\s]*:)[^@\s]+@"), r"\1***@"), (re.compile(r"\bsk_[A-Za-z0-9_-]{8,}"), "sk_***"))
#: What a terminal or a reader of logs takes for more than text: control characters, separators of lines, marks that
#: turn the direction of writing around. embedd_internal.check_text() refuses the same in names.
CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")
_LEVELS = {"debug": 10, "info": 20, "warning": 30, "error": 40}


def hide_secrets(text: str) -> str:
    """The text without passwords in URLs and without API keys."""
    for pattern, replacement in _SECRETS:
        text = pattern.sub(replacement, text)
    return text


def plain(text: str, *, lines: bool = False) -> str:
    """The text without control characters, each a sign of its own instead; with `lines`, line breaks stay."""
    return CONTROL.sub(lambda found: "\n" if lines and found[0] == "\n" else "\ufffd", text)


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
        _cleaned,
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


def _cleaned(_: Any, __: str, event: Mapping[str, Any]) -> dict[str, Any]:
    """Without secrets, and one line for each event: only the traceback of a fault of ours has more."""
    return {
        name: plain(hide_secrets(value), lines=name == "exception") if isinstance(value, str) else value
        for name, value in event.items()
    }
