"""Tasks: the long work users see, such as backfills. Workers do it; here it is asked for and looked at."""

from __future__ import annotations

from embedd_pg.database.call import Actor, Database, Row
from embedd_pg.database.page import Page, Position, list_page
from embedd_pg.errors import TaskNotFound


async def backfill(database: Database, vector_table: str, *, actor: Actor | None = None) -> Row:
    """Ask for every row of a vector table's source to be brought up to date; the task that will do it."""
    return await get(database, await database.value("backfill", actor, vector_table=vector_table), actor=actor)


async def get(database: Database, task: str, *, actor: Actor | None = None) -> Row:
    """One task by id."""
    row = await database.row("get_task", actor, task=task)
    if row is None:
        raise TaskNotFound(f"There is no task {task}.")
    return _shown(row)


async def list_tasks(
    database: Database, *, limit: int, before: Position | None = None, actor: Actor | None = None
) -> Page:
    """Tasks of the organization, newest first."""
    page = await list_page(database, "tasks", limit=limit, after=before, actor=actor, newest_first=True)
    return Page([_shown(row) for row in page.rows], page.next)


def _shown(row: Row) -> Row:
    """How far a task is goes into one object, `progress`."""
    shown = dict(row)
    shown["progress"] = {name: shown.pop(name) for name in ("last_processed_pk", "rows_processed", "rows_total")}
    return shown
