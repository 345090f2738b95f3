"""Detection of what is between embedd and PostgreSQL: nothing, or a pooler in session or in transaction mode.

A pooler announces process ids of its own making to its clients, so that they differ from the server's. In transaction
mode it gives the server's session of one client to another as soon as a transaction ends. A second client reveals that:
while it holds a transaction, either it has the first client's process, or the first client gets another one.
"""

from __future__ import annotations

from enum import Enum
from math import inf
from time import monotonic

import psycopg

from embedd_pg.database.connection import REACHING, Connection

#: Seconds that a second client has to reveal the mode.
PATIENCE = 3.0
#: Seconds for which no pooler is expected where there was none: a process that starts opens several pools at once.
BELIEVED = 30.0
#: How often it tries: a pooler under load may happen to give both clients the same processes again.
ROUNDS = 5


class Pooler(Enum):
    """A pooler in front of PostgreSQL, by what it allows."""

    NONE = "none"
    #: Each client has a session of the server for itself.
    SESSION = "session"
    #: Each transaction gets any session: nothing lasts longer, so no notification arrives.
    TRANSACTION = "transaction"
    #: The mode is unknown, because the pooler admits no second client. Assume that nothing lasts.
    UNKNOWN = "unknown"

    @property
    def keeps_sessions(self) -> bool:
        """Whether a client has a session of the server for itself: it hears notifications, and its settings last."""
        return self in (Pooler.NONE, Pooler.SESSION)


#: When a session of an address led straight to the server, by time.monotonic().
_direct: dict[str, float] = {}


def note_direct(conninfo: str) -> None:
    """Note that a session of this address leads straight to the server: no pooler is in front of it."""
    _direct[conninfo] = monotonic()


def forget(conninfo: str) -> None:
    """Forget what is known of an address whose server was lost: another may have taken its place."""
    _direct.pop(conninfo, None)


async def probe_once(conninfo: str) -> Pooler:
    """Return what is in front of a database, without asking if a session of this process has just found no pooler."""
    if monotonic() - _direct.get(conninfo, -inf) < BELIEVED:
        return Pooler.NONE
    return await find_pooler(conninfo)


async def find_pooler(conninfo: str) -> Pooler:
    """Return what is in front of a database. Raise psycopg.Error if the database cannot be reached."""
    # The first client outlasts the second, which must not be admitted only because the first one has gone.
    async with await _connect(conninfo, 2 * PATIENCE) as first:
        if await first.server_process() == first.info.backend_pid:
            note_direct(conninfo)
            return Pooler.NONE
        try:
            async with await _connect(conninfo, PATIENCE) as second:
                return await _mode(first, second)
        except psycopg.Error:
            return Pooler.UNKNOWN


async def _mode(first: Connection, second: Connection) -> Pooler:
    for _ in range(ROUNDS):
        mine = await first.server_process()
        await second.execute("begin")
        if mine == await second.server_process() or mine != await first.server_process():
            return Pooler.TRANSACTION
        await second.rollback()
    return Pooler.SESSION


async def _connect(conninfo: str, seconds: float) -> Connection:
    session = await Connection.connect(
        conninfo, autocommit=True, application_name="embedd pooler", **{**REACHING, "connect_timeout": 3}
    )
    session.prepare_threshold = None
    session.end_after(seconds)
    return session
