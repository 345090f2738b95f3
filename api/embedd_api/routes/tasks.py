"""Tasks: the current and past long-running work of the organization (contract, section 2.10)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from embedd_api.auth import Needs
from embedd_api.operation import Call, Operation
from embedd_api.pagination import listing
from embedd_api.shapes import Progress, Task, TaskList, select_fields
from embedd_pg.errors import TaskEnded, TaskNotFound
from embedd_pg.resources import task

_task, _progress = select_fields(Task), select_fields(Progress)


def _render(row: Mapping[str, Any]) -> dict[str, Any]:
    return _task(row) | {"progress": _progress(row["progress"])}


async def list_tasks(call: Call) -> dict[str, Any]:
    page = await task.list_tasks(call.clients.database, limit=call.page.limit, before=call.page.after, actor=call.actor)
    return listing(page, call.page.limit, _render)


async def get_task(call: Call) -> dict[str, Any]:
    return _render(await task.get(call.clients.database, call.path["task_id"], actor=call.actor))


async def cancel_task(call: Call) -> dict[str, Any]:
    return _render(await task.cancel(call.clients.database, call.path["task_id"], actor=call.actor))


OPERATIONS = (
    Operation(
        name="list_tasks",
        method="GET",
        path="/v1/tasks",
        summary="List tasks of the organization, newest first.",
        needs=Needs.READ,
        handler=list_tasks,
        answer=TaskList,
        paged=True,
    ),
    Operation(
        name="get_task",
        method="GET",
        path="/v1/tasks/{task_id}",
        summary="Get a task and its progress.",
        needs=Needs.READ,
        handler=get_task,
        answer=Task,
        errors=(TaskNotFound,),
    ),
    Operation(
        name="cancel_task",
        method="POST",
        path="/v1/tasks/{task_id}/cancel",
        summary="Stop a pending or running task.",
        needs=Needs.WRITE,
        permission="UPDATE_VECTOR_TABLE",
        handler=cancel_task,
        answer=Task,
        errors=(TaskNotFound, TaskEnded),
    ),
)
