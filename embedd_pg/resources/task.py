"""Tasks: long-running work that users see, such as backfills. This module requests, reads and cancels tasks; workers
run them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from embedd_pg.database.call import Actor, Database, Row
from embedd_pg.database.page import Page, Position, list_page
from embedd_pg.errors import TaskNotFound


async def backfill(database: Database, vector_table: str, *, actor: Actor | None = None) -> Row:
    """Request that every row of a vector table be brought up to date. Return the task."""
    return await get(database, await database.value("backfill", actor, vector_table=vector_table), actor=actor)


async def get(database: Database, task: str, *, actor: Actor | None = None) -> Row:
    """Return a task by id. Raise TaskNotFound."""
    row = await database.row("get_task", actor, task=task)
    if row is None:
        raise TaskNotFound(f"There is no task {task}.")
    return _with_progress(row)


async def list_tasks(
    database: Database, *, limit: int, before: Position | None = None, actor: Actor | None = None
) -> Page:
    """Return a page of the organization's tasks, newest first."""
    page = await list_page(database, "tasks", limit=limit, after=before, actor=actor, newest_first=True)
    return Page([_with_progress(row) for row in page.rows], page.next)


async def cancel(database: Database, task: str, *, actor: Actor | None = None) -> Row:
    """Cancel a pending or running task and return it. Raise TaskNotFound or TaskEnded."""
    await database.rows("cancel_task", actor, task=task)
    return await get(database, task, actor=actor)


def _with_progress(row: Row) -> Row:
    """Move the progress of a task into one object, `progress`, and add the rate in rows per second and the estimated
    end."""
    shown = dict(row)
    progress = {name: shown.pop(name) for name in ("last_processed_pk", "rows_processed", "rows_total")}
    rate, end = _forecast(row)
    shown["progress"] = progress | {"rate": rate, "estimated_end": end}
    return shown


def _forecast(row: Row) -> tuple[float | None, datetime | None]:
    started, done, total = row["started_at"], row["rows_processed"], row["rows_total"]
    if started is None or not done:
        return None, None
    until = row["finished_at"] or datetime.now(UTC)
    rate = done / max((until - started).total_seconds(), 0.001)
    if row["status"] != "running" or total is None:
        return round(rate, 1), None
    return round(rate, 1), until + timedelta(seconds=max(total - done, 0) / rate)
