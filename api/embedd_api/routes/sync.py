"""Sync of a vector table: status, pause, resume (contract, section 2.9)."""

from __future__ import annotations

from typing import Any

from embedd_api.auth import Needs
from embedd_api.operation import Call, Operation
from embedd_api.shapes import SyncChanged, SyncStatus, select_fields
from embedd_pg.errors import SyncAlreadyPaused, SyncNotPaused, SyncNotRunning, VectorTableNotFound
from embedd_pg.resources import vector_table

_render = select_fields(SyncStatus)


async def get_sync_status(call: Call) -> dict[str, Any]:
    row = await vector_table.sync_status(call.clients, call.path["vector_table_id"], actor=call.actor)
    return _render(row | {"last_sync_at": row["last_synced_at"]})


async def pause_sync(call: Call) -> dict[str, Any]:
    paused = await vector_table.pause(call.clients.database, call.path["vector_table_id"], actor=call.actor)
    return {
        "vector_table_id": paused,
        "sync_status": "paused",
        "message": "Sync is paused. Queries keep answering; changes are kept for later.",
    }


async def resume_sync(call: Call) -> dict[str, Any]:
    resumed = await vector_table.resume(call.clients.database, call.path["vector_table_id"], actor=call.actor)
    return {
        "vector_table_id": resumed,
        "sync_status": "synced",
        "message": "Sync runs again and catches up with what changed meanwhile.",
    }


OPERATIONS = (
    Operation(
        name="get_sync_status",
        method="GET",
        path="/v1/vector-tables/{vector_table_id}/sync/status",
        summary="Get the sync status of a vector table.",
        needs=Needs.READ,
        handler=get_sync_status,
        answer=SyncStatus,
        errors=(VectorTableNotFound,),
    ),
    Operation(
        name="pause_sync",
        method="POST",
        path="/v1/vector-tables/{vector_table_id}/sync/pause",
        summary="Stop automatic sync; queries keep answering.",
        needs=Needs.WRITE,
        permission="UPDATE_VECTOR_TABLE",
        handler=pause_sync,
        answer=SyncChanged,
        errors=(VectorTableNotFound, SyncAlreadyPaused, SyncNotRunning),
    ),
    Operation(
        name="resume_sync",
        method="POST",
        path="/v1/vector-tables/{vector_table_id}/sync/resume",
        summary="Start automatic sync again and catch up.",
        needs=Needs.WRITE,
        permission="UPDATE_VECTOR_TABLE",
        handler=resume_sync,
        answer=SyncChanged,
        errors=(VectorTableNotFound, SyncNotPaused),
    ),
)
