"""The words in which the server, or a pooler in front of it, refuses a connection or a statement, and what to do then.

These words speak of the server's condition and of names, never of the contents of rows.
"""

from __future__ import annotations

import re

import psycopg
from psycopg_pool import PoolTimeout

from embedd_pg.errors import DatabaseRefused

#: Parts of a refusal, in lower case, and what to do.
_CURES = (
    (
        ("replica identity",),
        "Set replica identity full for that table, or take it out of the publication.",
    ),
    (("no space left", "disk full"), "Make room on the server's disk; embedd goes on by itself."),
    (
        ("could not access file", "could not load library"),
        "Install that library on the server, in the version of its extension.",
    ),
    (
        ("startup parameter",),
        "Remove options from the database URL and from PGOPTIONS; embedd itself sends none.",
    ),
    (
        ("transaction blocks not allowed",),
        "Set pool_mode of the pooler to session or transaction; embedd needs transactions.",
    ),
    (
        ("query_wait_timeout", "no more connections allowed", "too many clients", "connection slots"),
        "Allow more sessions, or lower EMBEDD_SESSIONS: each process then needs fewer.",
    ),
    (
        ("read-only transaction", "in recovery"),
        "Connect to the primary, or reset default_transaction_read_only of the database and the role.",
    ),
    (("starting up", "shutting down", "not yet accepting"), "Wait until the server runs; embedd goes on by itself."),
    (("authentication", "pg_hba.conf", "no such user"), "Check user and password of EMBEDD_DATABASE_URL."),
    (("does not exist", "no such database"), "Check database and user of EMBEDD_DATABASE_URL."),
)
_SAID = re.compile(r"FATAL: +(.+)")


def refused(error: psycopg.Error | PoolTimeout) -> DatabaseRefused | None:
    """Return an error with the server's own words, or None if it said nothing."""
    said = _said(error)
    if said is None:
        return None
    cures = (cure for signs, cure in _CURES if any(sign in said.lower() for sign in signs))
    return DatabaseRefused(f"The database of embedd refuses: {said.rstrip('.')}.", resolution=next(cures, None))


def _said(error: BaseException | None) -> str | None:
    """Return what the server said about a statement or, in its last answer, about a connection."""
    if isinstance(error, PoolTimeout):
        return _said(error.__cause__)
    if not isinstance(error, psycopg.Error):
        return None
    if error.diag.message_primary:
        return str(error.diag.message_primary)
    fatal = _SAID.findall(str(error))
    return str(fatal[-1]).strip() if fatal else _said(error.__cause__)
