"""The settings that a session must have, whatever stands between embedd and PostgreSQL.

None is asked for in the startup packet: poolers refuse or ignore options there. A session that leads straight to the
server gets its settings once, and they are then checked. Behind a pooler, which may lend the server's session to others
between two transactions, each transaction begins with the settings, and they end with it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from psycopg import sql

_UNITS = ((86_400_000, "d"), (3_600_000, "h"), (60_000, "min"), (1_000, "s"))


def duration(seconds: float) -> str:
    """Return a time in the way PostgreSQL shows it in a setting."""
    milliseconds = round(seconds * 1000)
    for size, unit in _UNITS:
        if milliseconds and milliseconds % size == 0:
            return f"{milliseconds // size}{unit}"
    return f"{milliseconds}ms" if milliseconds else "0"


@dataclass(frozen=True)
class SessionSettings:
    """Settings by name, with values as PostgreSQL shows them. With `read_only`, transactions begin as read-only."""

    values: Mapping[str, str]
    read_only: bool = False

    @cached_property
    def lasting(self) -> bytes:
        """The statement that makes the settings for the rest of the session."""
        return self._made(local=False)

    @cached_property
    def local(self) -> bytes:
        """The statement that makes the settings for the rest of the transaction."""
        return self._made(local=True)

    @cached_property
    def shown(self) -> bytes:
        """The query for the settings of a session and the process id of its server."""
        named = sql.SQL(", ").join(
            sql.SQL("pg_catalog.current_setting({})").format(sql.Literal(name)) for name in self.values
        )
        return sql.SQL("select pg_catalog.pg_backend_pid(), {}").format(named).as_bytes(None)

    @cached_property
    def transaction(self) -> bytes:
        """The statements that begin a transaction with the settings. It may write although transactions of the role
        are read-only by default."""
        return self._begin + b" read " + (b"only; " if self.read_only else b"write; ") + self.local

    @cached_property
    def transaction_in_recovery(self) -> bytes:
        """The same on a standby, where no transaction may ask for writing."""
        return self._begin + b"; " + self.local

    _begin = b"begin isolation level read committed"

    def _made(self, *, local: bool) -> bytes:
        pairs = (
            sql.SQL("pg_catalog.set_config({}, {}, {})").format(*map(sql.Literal, (name, value, local)))
            for name, value in self.values.items()
        )
        return sql.SQL("select {}").format(sql.SQL(", ").join(pairs)).as_bytes(None)
