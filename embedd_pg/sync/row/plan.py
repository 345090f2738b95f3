"""The plan: decides, without I/O, which action a claimed key needs (sync protocol, section 4, PLAN).

The recorded state of the store (`row_states`) can be trusted only if no unacknowledged attempt came since: an attempt
that died after its write leaves the store ahead of the record. In that case the store is asked for its own mark, and
the row is written under the new token in any case, so that late effects of the earlier attempt are refused.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import Enum, auto

from embedd_pg.stores.base import Mark
from embedd_pg.sync.row.text import Document


class Action(Enum):
    """The action that one key needs."""

    NOTHING = auto()
    METADATA = auto()
    EMBED = auto()
    DELETE = auto()


@dataclass(frozen=True, slots=True)
class Belief:
    """The recorded state of a live row in the store."""

    token: int
    text_hash: str
    metadata_hash: str


@dataclass(frozen=True, slots=True)
class Job:
    """One claimed dirty key. `previous_token` is the token of the previous attempt, 0 if there was none."""

    key: str
    want: int
    previous_token: int
    attempts: int
    belief: Belief | None
    #: Whether an attempt at a range of keys, which may include this one, is still open.
    suspect: bool = False
    #: When the oldest change that waits was noted, by the database's clock.
    dirty_since: datetime | None = None


def needs_mark(job: Job) -> bool:
    """Return whether an earlier attempt may have written without acknowledging, or may still write."""
    unacknowledged = job.previous_token != 0 and (job.belief is None or job.belief.token != job.previous_token)
    return unacknowledged or job.suspect


def believed(job: Job, mark: Mark | None) -> Belief | None:
    """Return the state of the store: its own mark where the recorded state cannot be trusted."""
    if not needs_mark(job):
        return job.belief
    if mark is None or mark.dead:
        return None
    return Belief(mark.token, mark.text_hash or "", mark.metadata_hash or "")


def decide(job: Job, document: Document | None, mark: Mark | None) -> Action:
    """Return the action that makes the store equal the row as read (`document` None: the row does not exist)."""
    belief = believed(job, mark)
    must_write = needs_mark(job)
    if document is None:
        return Action.DELETE if must_write or belief is not None else Action.NOTHING
    if belief is None or belief.text_hash != document.text_hash:
        return Action.EMBED
    if must_write or belief.metadata_hash != document.metadata_hash:
        return Action.METADATA
    return Action.NOTHING
