"""The decisions of the worker's plan (embedd_pg/sync/row/plan.py), in the terms of the models.

A value of the modelled row is two letters, one for its text and one for its metadata ("ax"); "" is a missing row or,
in the store, a tombstone. A stored value is a pair (token, value), or () for none.
"""

from __future__ import annotations

from functools import cache
from types import SimpleNamespace
from typing import cast

from embedd_pg.stores.base import Mark
from embedd_pg.sync.row import plan
from embedd_pg.sync.row.plan import Action, Belief, Job
from embedd_pg.sync.row.text import Document

Held = tuple[int, str] | tuple[()]


@cache
def needs_mark(previous: int, belief: Held, suspect: bool = False) -> bool:
    """Return whether an attempt asks the store before it decides."""
    return plan.needs_mark(_job(previous, belief, suspect))


@cache
def decide(previous: int, belief: Held, value: str, mark: Held, suspect: bool = False) -> Action:
    """Return the action of an attempt for the value it has read."""
    return plan.decide(_job(previous, belief, suspect), _document(value), _mark(mark))


@cache
def shown_meanwhile(previous: int, belief: Held, value: str, mark: Held) -> str:
    """Return the stored text with the metadata of the row, which is written while a provider is down; "" if nothing
    changed."""
    held = plan.believed(_job(previous, belief, False), _mark(mark))
    shown = held.text_hash + value[1] if held and value else ""
    return "" if held and shown == held.text_hash + held.metadata_hash else shown


def _job(previous: int, belief: Held, suspect: bool) -> Job:
    known = Belief(belief[0], belief[1][0], belief[1][1]) if belief else None
    return Job(key="1", want=1, previous_token=previous, attempts=0, belief=known, suspect=suspect)


def _document(value: str) -> Document | None:
    # The plan uses only the hashes of a document.
    return cast(Document, SimpleNamespace(text_hash=value[0], metadata_hash=value[1])) if value else None


def _mark(held: Held) -> Mark | None:
    if not held:
        return None
    token, value = held
    return Mark(token, value[0], value[1], dead=False) if value else Mark(token, None, None, dead=True)
