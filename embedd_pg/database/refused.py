"""The words in which the server, or a pooler in front of it, refuses a connection or a statement, and what to do then.

These words speak of the server's condition and of names, never of the contents of rows.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import psycopg
from psycopg_pool import PoolTimeout

from embedd_pg.database.connection import AnswerGarbled
from embedd_pg.errors import DatabaseRefused


@dataclass(frozen=True, slots=True)
class Condition:
    """A condition of a server, recognised by its words."""

    words: re.Pattern[str]
    #: The condition in embedd's words, where it can also concern the database of a connection.
    cause: str | None
    resolution: str


@dataclass(frozen=True, slots=True)
class Refusal:
    """The words of a server, and the condition they stand for if it is known."""

    said: str
    condition: Condition | None

    @property
    def resolution(self) -> str | None:
        return self.condition.resolution if self.condition else None


def _condition(words: str, cause: str | None, resolution: str) -> Condition:
    return Condition(re.compile(words, re.IGNORECASE), cause, resolution)


_CONDITIONS = (
    _condition(
        "replica identity",
        "a publication needs a replica identity of a table",
        "Set replica identity full for that table, or take it out of the publication.",
    ),
    _condition(
        "no space left|disk full",
        "the disk of the server is full",
        "Make room on the server's disk; embedd goes on by itself.",
    ),
    _condition(
        'incompatible library|could not find function|(halfvec|access method "hnsw"|hnsw") does not exist',
        "its pgvector has another version than is needed",
        "Install pgvector 0.8.4 or later for that PostgreSQL, and run 'alter extension vector update'.",
    ),
    _condition(
        "could not access file|could not load library",
        "a library of an extension is missing",
        "Install that library on the server, in the version of its extension.",
    ),
    _condition(
        "startup parameter", None, "Remove options from the database URL and from PGOPTIONS; embedd itself sends none."
    ),
    _condition(
        "transaction blocks not allowed",
        None,
        "Set pool_mode of the pooler to session or transaction; embedd needs transactions.",
    ),
    _condition(
        "query_wait_timeout|no more connections allowed|too many clients|connection slots",
        "the server has no free connection",
        "Allow more sessions, or lower EMBEDD_SESSIONS: each process then needs fewer.",
    ),
    _condition(
        "read-only transaction|in recovery",
        "the server is read-only",
        "Connect to the primary, or reset default_transaction_read_only of the database and the role.",
    ),
    _condition(
        "starting up|shutting down|not yet accepting",
        "the server is not ready",
        "Wait until the server runs; embedd goes on by itself.",
    ),
    _condition("authentication|pg_hba.conf|no such user", None, "Check user and password of EMBEDD_DATABASE_URL."),
    _condition(
        '(database|role) ".*" does not exist|no such database',
        None,
        "Check database and user of EMBEDD_DATABASE_URL.",
    ),
)
#: Errors that may be about the server; the last three are about a library that does not fit.
_OF_SERVER = (
    psycopg.OperationalError,
    psycopg.errors.InternalError_,
    psycopg.errors.UndefinedFunction,
    psycopg.errors.UndefinedObject,
)
_SAID = re.compile(r"FATAL: +(.+)")


def refused(error: psycopg.Error | PoolTimeout) -> DatabaseRefused | None:
    """Return an error with the server's own words, or None if it said nothing."""
    found = refusal(error)
    if found is None:
        return None
    return DatabaseRefused(f"The database of embedd refuses: {found.said}.", resolution=found.resolution)


def refusal(error: psycopg.Error | PoolTimeout) -> Refusal | None:
    """Return what the server said about its condition. Return None if it said nothing, or if its words may be about
    something else, such as the contents of a row."""
    said = _said(error)
    if said is None or not isinstance(error, _OF_SERVER):
        return None
    condition = next((known for known in _CONDITIONS if known.words.search(said)), None)
    if condition is None and not isinstance(error, psycopg.OperationalError):
        return None
    return Refusal(said.rstrip(".?!"), condition)


def _said(error: BaseException | None) -> str | None:
    """Return what the server said about a statement or, in its last answer, about a connection."""
    if isinstance(error, AnswerGarbled):
        return None
    if isinstance(error, PoolTimeout):
        return _said(error.__cause__)
    if not isinstance(error, psycopg.Error):
        return None
    if error.diag.message_primary:
        return str(error.diag.message_primary)
    fatal = _SAID.findall(str(error))
    return str(fatal[-1]).strip() if fatal else _said(error.__cause__)
