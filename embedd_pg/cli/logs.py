"""The log of a process: one format on standard error, libraries included, without passwords and keys.

A line names an event by a constant and has its facts as fields, among them `request_id`, `vector_table`, `task` and
`worker` where there are such.
"""

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
#: Characters that terminals or log readers interpret: control characters, line separators, and marks that change the
#: direction of text. embedd_internal.check_text() refuses the same characters in names.
CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")
_LEVELS = {"debug": 10, "info": 20, "warning": 30, "error": 40}


def hide_secrets(text: str) -> str:
    """Return the text without passwords in URLs and without API keys."""
    for pattern, replacement in _SECRETS:
        text = pattern.sub(replacement, text)
    return text


def plain(text: str, *, lines: bool = False) -> str:
    """Return the text with each control character replaced by a sign; with `lines`, line breaks stay."""
    return CONTROL.sub(lambda found: "\n" if lines and found[0] == "\n" else "\ufffd", text)


def configure_logging(settings: Settings, *, quiet: bool = False) -> None:
    """Configure one log format on standard error for this process, libraries included.

    `quiet` is for commands whose standard error people read: it shows only warnings, unless EMBEDD_LOG_LEVEL is set.
    """
    if settings.log_level not in _LEVELS:
        raise ConfigurationError(
            f"EMBEDD_LOG_LEVEL is {settings.log_level!r}.", resolution=f"Use one of: {', '.join(_LEVELS)}."
        )
    if settings.log_format not in ("text", "json"):
        raise ConfigurationError(f"EMBEDD_LOG_FORMAT is {settings.log_format!r}.", resolution="Use one of: text, json.")
    asked = bool(os.environ.get("EMBEDD_LOG_LEVEL"))
    level = _LEVELS[settings.log_level if asked or not quiet else "warning"]
    as_json = settings.log_format == "json"
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso" if as_json else "%H:%M:%S", utc=as_json),
        structlog.processors.format_exc_info,
        _clean,
    ]
    renderer: Any = structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty(), pad_event_to=0)
    if as_json:
        renderer = structlog.processors.JSONRenderer(ensure_ascii=False, default=str)
    structlog.configure(
        processors=[*shared, renderer],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(structlog.stdlib.ProcessorFormatter(processor=renderer, foreign_pre_chain=shared))
    # At `info`, libraries log details that only their authors need.
    logging.basicConfig(handlers=[handler], level=max(level, logging.WARNING) if level > 10 else level, force=True)


def _clean(_: Any, __: str, event: Mapping[str, Any]) -> dict[str, Any]:
    """Return the event without secrets, on one line; only a traceback of an internal error has more lines."""
    return {
        name: plain(hide_secrets(value), lines=name == "exception") if isinstance(value, str) else value
        for name, value in event.items()
    }
