"""Pages of lists: every list function takes a limit and the position of the last row of the previous page."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from embedd_pg.database.call import Actor, Database, Row


@dataclass(frozen=True, slots=True)
class Position:
    """The end of a page. Rows are ordered by time of creation, then id."""

    created_at: datetime
    id: str


@dataclass(frozen=True, slots=True)
class Page:
    """Some rows of a list, and the position after which the next page starts; None at the end."""

    rows: list[Row]
    next: Position | None


async def list_page(
    database: Database,
    function: str,
    *,
    limit: int,
    after: Position | None,
    actor: Actor | None,
    newest_first: bool = False,
) -> Page:
    """Return one page of a list function. One more row is requested, to find out whether there is a next page."""
    word = "before" if newest_first else "after"
    start = {f"{word}_created_at": after.created_at, f"{word}_id": after.id} if after else {}
    rows = await database.rows(function, actor, limit=limit + 1, **start)
    rows, more = rows[:limit], len(rows) > limit
    return Page(rows, Position(rows[-1]["created_at"], rows[-1]["id"]) if more else None)
