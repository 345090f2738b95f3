"""What a check finds, and what it is given to look at."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from embedd_pg.clients import Clients
from embedd_pg.database.inspection import Inspection
from embedd_pg.settings import Settings

#: A `note` is worth knowing; `wrong` needs somebody.
State = Literal["ok", "note", "wrong"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One sentence of one check, and what to do about it."""

    state: State
    message: str
    advice: str = ""


@dataclass(frozen=True, slots=True)
class Look:
    """The database, as the role of the settings sees it, and what is outside it."""

    database: Inspection
    clients: Clients
    settings: Settings


def ok(message: str) -> Finding:
    return Finding("ok", message)


def note(message: str, advice: str = "") -> Finding:
    return Finding("note", message, advice)


def wrong(message: str, advice: str) -> Finding:
    return Finding("wrong", message, advice)
