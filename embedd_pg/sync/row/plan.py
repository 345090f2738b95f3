"""Decides what a claimed key needs; pure (sync protocol, section 4, PLAN).

What we believe the store holds (`row_states`) can be trusted only if no unacknowledged attempt came between: an attempt
that died after its write leaves the store ahead of the belief. Then the store's own mark is asked, and something is
written under the new token whatever it says, so that the late effects of the earlier attempt are refused.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto

from embedd_pg.stores.base import Mark
from embedd_pg.sync.row.text import Document


class Action(Enum):
    """What to do with one key."""

    NOTHING = auto()
    METADATA = auto()
    EMBED = auto()
    DELETE = auto()


@dataclass(frozen=True, slots=True)
class Belief:
    """What the store holds of a live row, as far as known."""

    token: int
    text_hash: str
    metadata_hash: str


@dataclass(frozen=True, slots=True)
class Job:
    """One claimed dirty key. `previous_token` is that of the attempt before, 0 if there was none."""

    key: str
    want: int
    previous_token: int
    attempts: int
    belief: Belief | None
    #: Whether an attempt at a whole range of keys, this one perhaps among them, is still open.
    suspect: bool = False


def needs_mark(job: Job) -> bool:
    """Whether an earlier attempt may have written without acknowledging, or may write yet."""
    unacknowledged = job.previous_token != 0 and (job.belief is None or job.belief.token != job.previous_token)
    return unacknowledged or job.suspect


def believed(job: Job, mark: Mark | None) -> Belief | None:
    """What the store holds: its own word where the ledger's cannot be trusted."""
    if not needs_mark(job):
        return job.belief
    if mark is None or mark.dead:
        return None
    return Belief(mark.token, mark.text_hash or "", mark.metadata_hash or "")


def decide(job: Job, document: Document | None, mark: Mark | None) -> Action:
    """The action that makes the store equal the row as it was read (`document` None: the row does not exist)."""
    belief = believed(job, mark)
    must_write = needs_mark(job)
    if document is None:
        return Action.DELETE if must_write or belief is not None else Action.NOTHING
    if belief is None or belief.text_hash != document.text_hash:
        return Action.EMBED
    if must_write or belief.metadata_hash != document.metadata_hash:
        return Action.METADATA
    return Action.NOTHING
