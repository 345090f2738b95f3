"""The plain spelling of `embedd worker`, read without typer, which takes as long to load as a worker's own code."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

INTERVAL = "a number of minutes, hours or days between 1m and 31d, as in 10m or 1h"
_UNITS = {"m": timedelta(minutes=1), "h": timedelta(hours=1), "d": timedelta(days=1)}


def read_interval(text: str) -> timedelta | None:
    """Return a time such as 10m, 1h or 1d; None if it is none, or not between a minute and 31 days."""
    if not (parts := re.fullmatch(r"([0-9]{1,5})([mhd])", text)):
        return None
    found = int(parts[1]) * _UNITS[parts[2]]
    return found if timedelta(minutes=1) <= found <= timedelta(days=31) else None


def worker_options(arguments: Sequence[str]) -> dict[str, Any] | None:
    """Return the options of `embedd worker` for a call that needs no more than this function knows; else None.

    typer reads all other spellings, explains mistakes, and shows the help.
    """
    found: dict[str, Any] = {}
    left = list(reversed(arguments))
    while left:
        option = left.pop()
        if option == "--drain":
            found["drain"] = True
            continue
        read = _VALUES.get(option)
        value = read(left.pop()) if read and left else None
        if value is None:
            return None
        found[option.removeprefix("--").replace("-", "_")] = value
    return None if "every" in found and "drain" not in found else found


def _read_concurrency(text: str) -> int | None:
    return int(text) if re.fullmatch(r"[1-9]|[1-5][0-9]|6[0-4]", text) else None


def _read_path(text: str) -> Path | None:
    return Path(text) if text and not text.startswith("-") else None


_VALUES = {"--every": read_interval, "--concurrency": _read_concurrency, "--data-dir": _read_path}
