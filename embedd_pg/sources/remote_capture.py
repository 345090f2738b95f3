"""Our capture line in another database: whether it can be used, its triggers, its outbox. What is called there are five
functions of that line, each in a short statement of its own (sql/capture/functions)."""

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
_OLDER = "its capture line is older than this program: run 'embedd migrate --capture-only' there"


@dataclass(frozen=True, slots=True)
class Event:
    """A row of the outbox there: keys that changed (kind k), or a table truncated (T) or of another shape (R)."""

    place: str
    id: int
    capture_id: int
    kind: str
    keys: tuple[str | None, ...]


@dataclass(frozen=True, slots=True)
class Page:
    """Some of the outbox: its rows, how many keys they have, and what a mark wants to know (sync/outbox.py).

    `line` is what the database calls itself."""

    line: str
    rows: tuple[Event, ...]
    events: int
    last_id: int
    oldest: int
    newest: int


class CaptureGone(EmbeddError):
    """The database of the connection no longer has our capture line, or an older one."""

    code = "capture_gone"
    resolution = "Run 'embedd migrate --capture-only' there, then test the connection."


async def why_not(conn: psycopg.AsyncConnection[Any], installation: str | None) -> str | None:
    """Why the capture line of this database cannot be used by the session's role, for people to read; empty when there
    is none at all, and None when it can be. `installation` is who asks."""
    there = await (await conn.execute(_THERE, {"names": list(CALLED)})).fetchone()
    if there is None:
        return ""
    if there["recovery"]:
        return "it is a read-only replica, where no event can be taken"
    if there["control"]:
        return (
            "an installation of embedd in that database takes its events itself. If that is this installation, use its"
            " connection local, which its operator grants to environments"
        )
    if there["functions"] < len(CALLED):
        return _OLDER
    if not there["allowed"]:
        return (
            f"the role {there['role']} may not use the capture line there: it has to own the schema embedd, which"
            f" {there['owner']} does, or to be a member of its owner"
        )
    line = await (await conn.execute("select * from embedd.capture_line()")).fetchone()
    assert line is not None
    known = newest()["capture"]
    if line["number"] != known:
        return _OLDER if line["number"] < known else "its capture line is newer than this program: upgrade embedd-pg"
    if line["installation"] is not None and str(line["installation"]) != installation:
        return "another installation of embedd takes its events; if that is no more, there: delete from embedd.consumer"
    return None


@dataclass(frozen=True, slots=True)
class RemoteCapture:
    """The capture line over a connection's pool, on behalf of one installation."""

    pool: SourcePool
    installation: str

    async def begin(self, layout: Layout, tracked: Sequence[str]) -> tuple[int, str] | None:
        """See to the triggers of a table: the id of its capture, and of the database. None: it is a view.

        SourceTableAccessDenied names the right that lacks."""
        table = sql.Identifier(layout.schema, layout.table).as_string(None)
        names = [column.name for column in layout.key.columns]
        (found,) = await self._call("begin_capture", self.installation, table, names, list(tracked))
        return None if found["capture_id"] is None else (int(found["capture_id"]), str(found["line"]))

    async def end(self, capture_id: int) -> None:
        """Remove the triggers of a capture; without a capture line there are none."""
        try:
            await self._call("end_capture", self.installation, capture_id)
        except CaptureGone:
            return

    async def read(self, limit: int, start: int) -> Page:
        """Events with about so many keys at most, from an id on; they stay."""
        found = (await self._call("read_outbox", self.installation, limit, start))[0]["read_outbox"]
        rows = tuple(Event(place, id, table, kind, tuple(keys)) for place, id, table, kind, keys in found["events"])
        last = max((event.id for event in rows), default=start - 1)
        return Page(found["line"], rows, sum(len(event.keys) for event in rows), last, found["oldest"], found["newest"])

    async def clear(self, events: Sequence[Event]) -> None:
        """Take out just those."""
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
                resolution="Make it a member of the role that owns the schema embedd there.",
            ) from error
        except (psycopg.OperationalError, PoolTimeout) as error:
            raise explain(error) from error
        except psycopg.Error as error:
            if error.sqlstate in ("EBP02", "EBV01"):
                raise SourceTableAccessDenied(error.diag.message_primary, resolution=error.diag.message_hint) from error
            raise SourceUnreachable(f"The capture line there refused a call (SQLSTATE {error.sqlstate}).") from error


_TYPES = {
    "begin_capture": ("uuid", "text", "text[]", "text[]"),
    "end_capture": ("uuid", "int"),
    "read_outbox": ("uuid", "int", "bigint"),
    "clear_outbox": ("uuid", "tid[]", "bigint[]"),
}

#: Only the catalogue, which anybody may read.
_THERE = """
    select current_user as role, pg_catalog.pg_is_in_recovery() as recovery,
           pg_catalog.pg_get_userbyid(n.nspowner) as owner, pg_catalog.pg_has_role(n.nspowner, 'usage') as allowed,
           exists (select from pg_catalog.pg_class v
                    where v.relnamespace = n.oid and v.relname = 'vector_tables') as control,
           (select count(*) from pg_catalog.pg_proc p
             where p.pronamespace = n.oid and p.proname = any (%(names)s)) as functions
      from pg_catalog.pg_namespace n join pg_catalog.pg_class c on c.relnamespace = n.oid and c.relname = 'outbox'
     where n.nspname = 'embedd'"""
