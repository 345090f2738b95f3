"""The capture line in a remote database: its availability, its triggers, its outbox.

The capture line is the part of schema embedd that 'embedd migrate --capture-only' installs in a source database
(sql/capture). This module calls five of its functions, each in its own short statement.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg import errors, sql
from psycopg_pool import PoolTimeout

from embedd_pg.database.sql_files import newest
from embedd_pg.errors import EmbeddError, SourceTableAccessDenied, SourceUnreachable
from embedd_pg.sources.connect import SourcePool, explain
from embedd_pg.sources.layout import Layout

CALLED = ("capture_line", "begin_capture", "end_capture", "read_outbox", "clear_outbox")
_OLDER = "its capture line is older than this program: run 'embedd migrate --capture-only' in that database"


@dataclass(frozen=True, slots=True)
class Event:
    """A row of the remote outbox: changed keys (kind k), a truncated table (T), or a table whose shape changed (R)."""

    place: str
    id: int
    capture_id: int
    kind: str
    keys: tuple[str | None, ...]


@dataclass(frozen=True, slots=True)
class EventPage:
    """A part of the remote outbox: its rows, the number of their keys, and the facts for a mark (sync/queue/outbox.py).

    `line` is the database's own identity.
    """

    line: str
    rows: tuple[Event, ...]
    events: int
    last_id: int
    oldest: int
    newest: int


class CaptureGone(EmbeddError):
    """The remote database no longer has embedd's capture line, or has an older one."""

    code = "capture_gone"
    resolution = "Run 'embedd migrate --capture-only' in that database, then test the connection."


async def why_not(conn: psycopg.AsyncConnection[Any], installation: str | None) -> str | None:
    """Return why the session's role cannot use the capture line of this database, as text for users.

    Return an empty text if there is no capture line, and None if it can be used. `installation` is the caller's id.
    """
    there = await (await conn.execute(_THERE, {"names": list(CALLED)})).fetchone()
    if there is None:
        return ""
    if there["recovery"]:
        return "it is a read-only replica, where embedd cannot remove events that it has read"
    if there["control"]:
        return (
            "an installation of embedd in that database consumes its events. If that is this installation, use its"
            " connection local, which its operator grants to environments"
        )
    if there["functions"] < len(CALLED):
        return _OLDER
    if not there["allowed"]:
        return (
            f"the role {there['role']} may not use its capture line: the role must own the schema embedd, as"
            f" {there['owner']} does, or be a member of its owner"
        )
    line = await (await conn.execute("select * from embedd.capture_line()")).fetchone()
    assert line is not None
    known = newest()["capture"]
    if line["number"] != known:
        return _OLDER if line["number"] < known else "its capture line is newer than this program: upgrade embedd-pg"
    if line["installation"] is not None and str(line["installation"]) != installation:
        return (
            "another installation of embedd consumes its events. If that installation no longer exists, run in that"
            " database: delete from embedd.consumer"
        )
    return None


@dataclass(frozen=True, slots=True)
class RemoteCapture:
    """The capture line of a remote database, used over a connection's pool on behalf of one installation."""

    pool: SourcePool
    installation: str

    async def begin(self, layout: Layout, tracked: Sequence[str]) -> tuple[int, str] | None:
        """Ensure the triggers of a table. Return the ids of its capture and of the database; None for a view.

        Raise SourceTableAccessDenied, which names the missing right.
        """
        table = sql.Identifier(layout.schema, layout.table).as_string(None)
        names = [column.name for column in layout.key.columns]
        (found,) = await self._call("begin_capture", self.installation, table, names, list(tracked))
        return None if found["capture_id"] is None else (int(found["capture_id"]), str(found["line"]))

    async def end(self, capture_id: int) -> None:
        """Remove the triggers of a capture. Without a capture line there are none."""
        try:
            await self._call("end_capture", self.installation, capture_id)
        except CaptureGone:
            return

    async def read(self, limit: int, start: int) -> EventPage:
        """Return events with about `limit` keys at most, from id `start` on. The events stay in the outbox."""
        found = (await self._call("read_outbox", self.installation, limit, start))[0]["read_outbox"]
        rows = tuple(Event(place, id, table, kind, tuple(keys)) for place, id, table, kind, keys in found["events"])
        last = max((event.id for event in rows), default=start - 1)
        return EventPage(
            found["line"], rows, sum(len(event.keys) for event in rows), last, found["oldest"], found["newest"]
        )

    async def clear(self, events: Sequence[Event]) -> None:
        """Remove exactly these events."""
        places, ids = [event.place for event in events], [event.id for event in events]
        await self._call("clear_outbox", self.installation, places, ids)

    async def _call(self, function: str, *values: object) -> list[dict[str, Any]]:
        values_as = sql.SQL(", ").join(sql.SQL("%s::") + sql.SQL(kind) for kind in _TYPES[function])
        statement = sql.SQL("select * from {}({})").format(sql.Identifier("embedd", function), values_as)
        try:
            async with self.pool.connection() as conn:
                return await (await conn.execute(statement, values)).fetchall()
        except (errors.UndefinedFunction, errors.UndefinedTable, errors.InvalidSchemaName) as error:
            raise CaptureGone from error
        except errors.InsufficientPrivilege as error:
            raise SourceTableAccessDenied(
                "The role of the connection may not use the capture line of its database.",
                resolution="Make it a member of the role that owns the schema embedd in that database.",
            ) from error
        except (psycopg.OperationalError, PoolTimeout) as error:
            raise explain(error) from error
        except psycopg.Error as error:
            if error.sqlstate in ("EBP02", "EBV01"):
                raise SourceTableAccessDenied(error.diag.message_primary, resolution=error.diag.message_hint) from error
            raise SourceUnreachable(f"The remote capture line refused a call (SQLSTATE {error.sqlstate}).") from error


_TYPES = {
    "begin_capture": ("uuid", "text", "text[]", "text[]"),
    "end_capture": ("uuid", "int"),
    "read_outbox": ("uuid", "int", "bigint"),
    "clear_outbox": ("uuid", "tid[]", "bigint[]"),
}

#: A query on the catalogue only, which every role may read.
_THERE = """
    select current_user as role, pg_catalog.pg_is_in_recovery() as recovery,
           pg_catalog.pg_get_userbyid(n.nspowner) as owner, pg_catalog.pg_has_role(n.nspowner, 'usage') as allowed,
           exists (select from pg_catalog.pg_class v
                    where v.relnamespace = n.oid and v.relname = 'vector_tables') as control,
           (select count(*) from pg_catalog.pg_proc p
             where p.pronamespace = n.oid and p.proname = any (%(names)s)) as functions
      from pg_catalog.pg_namespace n join pg_catalog.pg_class c on c.relnamespace = n.oid and c.relname = 'outbox'
     where n.nspname = 'embedd'"""
