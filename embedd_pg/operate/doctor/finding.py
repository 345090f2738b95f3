"""Findings of checks, and the objects that a check examines."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from embedd_pg.clients import Clients
from embedd_pg.database.inspection import Inspection
from embedd_pg.settings import Settings

#: A `note` is for information; `wrong` needs an operator.
State = Literal["ok", "note", "wrong"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One result of a check, and the advice for it."""

    state: State
    message: str
    advice: str = ""


@dataclass(frozen=True, slots=True)
class Surroundings:
    """The objects to examine: the database, seen with the role of the settings, and external systems."""

    database: Inspection
    clients: Clients
    settings: Settings


def ok(message: str) -> Finding:
    return Finding("ok", message)


def note(message: str, advice: str = "") -> Finding:
    return Finding("note", message, advice)


def wrong(message: str, advice: str) -> Finding:
    return Finding("wrong", message, advice)
