"""Vector tables: create, read, delete, backfill (contract, section 2.7)."""

from __future__ import annotations

from typing import Any

from embedd_api.auth import Needs
from embedd_api.bodies import CreateVectorTable, UpdateVectorTable
from embedd_api.face import EMBEDD
from embedd_api.operation import Call, Operation
from embedd_api.pagination import listing
from embedd_api.shapes import BackfillRequested, MadeVectorTable, Schema, VectorTable, VectorTableList, select_fields
from embedd_pg.database.call import Row
from embedd_pg.errors import (
    BackfillInProgress,
    ConfigurationError,
    ConnectionNotFound,
    ConnectionNotReady,
    EmbedderNotFound,
    SourceChanged,
    SourceTableAccessDenied,
    SourceUnreachable,
    StoreError,
    SyncAlreadyPaused,
    TierLimitReached,
    VectorTableNotFound,
    WorkerOutdated,
)
from embedd_pg.resources import task, vector_table

_render = select_fields(VectorTable)


def _render_made(row: Row) -> dict[str, Any]:
    return _render(row) | ({"warnings": row["warnings"]} if row["warnings"] else {})


async def create_vector_table(call: Call) -> dict[str, Any]:
    row = await vector_table.create(
        call.clients, **_given(call, CreateVectorTable), allow_duplicate_name=True, actor=call.actor
    )
    return _render_made(row)


async def list_vector_tables(call: Call) -> dict[str, Any]:
    page = await vector_table.list_vector_tables(
        call.clients.database, limit=call.page.limit, after=call.page.after, actor=call.actor
    )
    return listing(page, call.page.limit, _render)


async def get_vector_table(call: Call) -> dict[str, Any]:
    return _render(await vector_table.get(call.clients.database, call.path["vector_table_id"], actor=call.actor))


async def update_vector_table(call: Call) -> dict[str, Any]:
    row = await vector_table.update(
        call.clients,
        call.path["vector_table_id"],
        **_given(call, UpdateVectorTable),
        allow_duplicate_name=True,
        actor=call.actor,
    )
    return _render_made(row)


async def get_schema(call: Call) -> dict[str, Any]:
    row = await vector_table.get(call.clients.database, call.path["vector_table_id"], actor=call.actor)
    schema = await call.clients.database.rows("vector_table_schema", call.actor, vector_table=row["id"])
    operators = {column["name"]: column["operators"] for column in schema}
    return {
        "vector_table_id": row["id"],
        "source_table": row["source_table"],
        "primary_key_column": row["primary_key_column"],
        "columns": [column | {"operators": operators.get(column["name"], [])} for column in row["columns"]],
    }


async def delete_vector_table(call: Call) -> None:
    await vector_table.delete(call.clients.database, call.path["vector_table_id"], actor=call.actor)


async def backfill_vector_table(call: Call) -> dict[str, Any]:
    row = await task.backfill(call.clients.database, call.path["vector_table_id"], actor=call.actor)
    # The task as it was requested: a worker may have started it in the meantime.
    return {
        "task_id": row["id"],
        "id": row["id"],
        "task_type": row["task_type"],
        "target_id": row["target_id"],
        "status": "pending",
        "created_at": row["created_at"],
    }


#: Fields whose names differ from those of the SQL parameters.
_REFERENCES = {"connection_id": "connection", "embedding_provider_id": "embedder"}


def _given(call: Call, body: type[CreateVectorTable | UpdateVectorTable]) -> Any:
    """Return the given fields of a body, by the names of the SQL parameters."""
    given = call.body(body).model_dump(exclude_none=True)
    for field, parameter in _REFERENCES.items():
        if field in given:
            given[parameter] = EMBEDD.check_id(field, given.pop(field))
    if "columns" in given:
        # Columns are stored exactly as sent, because answers return them with the same keys.
        given["columns"] = call.sent["columns"]
    return given


OPERATIONS = (
    Operation(
        name="create_vector_table",
        method="POST",
        path="/v1/vector-tables",
        summary="Make a source table searchable by meaning. Request a backfill next.",
        needs=Needs.WRITE,
        permission="CREATE_VECTOR_TABLE",
        handler=create_vector_table,
        body=CreateVectorTable,
        answer=MadeVectorTable,
        status=201,
        errors=(
            ConnectionNotFound,
            EmbedderNotFound,
            ConnectionNotReady,
            SourceTableAccessDenied,
            TierLimitReached,
            SourceChanged,
            SourceUnreachable,
            StoreError,
            WorkerOutdated,
            ConfigurationError,
        ),
    ),
    Operation(
        name="list_vector_tables",
        method="GET",
        path="/v1/vector-tables",
        summary="List vector tables, oldest first.",
        needs=Needs.READ,
        handler=list_vector_tables,
        answer=VectorTableList,
        paged=True,
    ),
    Operation(
        name="get_vector_table",
        method="GET",
        path="/v1/vector-tables/{vector_table_id}",
        summary="Get a vector table.",
        needs=Needs.READ,
        handler=get_vector_table,
        answer=VectorTable,
        errors=(VectorTableNotFound,),
    ),
    Operation(
        name="update_vector_table",
        method="PUT",
        path="/v1/vector-tables/{vector_table_id}",
        summary="Change a vector table. While new vectors are built, the old ones answer queries.",
        needs=Needs.WRITE,
        permission="UPDATE_VECTOR_TABLE",
        handler=update_vector_table,
        body=UpdateVectorTable,
        answer=MadeVectorTable,
        errors=(
            VectorTableNotFound,
            EmbedderNotFound,
            BackfillInProgress,
            SyncAlreadyPaused,
            SourceTableAccessDenied,
            SourceUnreachable,
            WorkerOutdated,
            ConfigurationError,
        ),
    ),
    Operation(
        name="get_vector_table_schema",
        method="GET",
        path="/v1/vector-tables/{vector_table_id}/schema",
        summary="Get the configured columns and the filter operators of each.",
        needs=Needs.READ,
        handler=get_schema,
        answer=Schema,
        errors=(VectorTableNotFound,),
    ),
    Operation(
        name="delete_vector_table",
        method="DELETE",
        path="/v1/vector-tables/{vector_table_id}",
        summary="Delete a vector table and its vectors; the source table is not changed.",
        needs=Needs.WRITE,
        permission="DELETE_VECTOR_TABLE",
        handler=delete_vector_table,
        status=204,
        errors=(VectorTableNotFound,),
    ),
    Operation(
        name="backfill_vector_table",
        method="POST",
        path="/v1/vector-tables/{vector_table_id}/backfill",
        summary="Bring every row of the source table up to date.",
        needs=Needs.WRITE,
        permission="UPDATE_VECTOR_TABLE",
        handler=backfill_vector_table,
        answer=BackfillRequested,
        status=202,
        errors=(VectorTableNotFound, BackfillInProgress, SyncAlreadyPaused, ConnectionNotReady),
    ),
)
