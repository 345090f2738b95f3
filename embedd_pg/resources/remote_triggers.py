"""Triggers in remote source databases: installed when a vector table needs them, removed when none does."""

from __future__ import annotations

import structlog

from embedd_pg.clients import Clients
from embedd_pg.database.call import Database
from embedd_pg.errors import EmbeddError
from embedd_pg.generation import Generation
from embedd_pg.sources.connect import SourceAddress
from embedd_pg.sources.remote_capture import RemoteCapture

log = structlog.get_logger(__name__)


async def ensure_triggers(
    clients: Clients, generation: Generation, *, address: SourceAddress | str | None = None
) -> str | None:
    """Ensure that a source table in a remote database has its triggers, if that database allows them, and store their
    capture.

    If the database refuses triggers for a table that has none yet, the refusal is stored as a notice and the table is
    polled. If the table already had triggers, the refusal is returned, to be shown as an error. `address` is that of
    the connection, if the caller has it already.
    """
    source, database = generation.source, clients.database
    if not source.capture.remote or (installation := await database.value("installation")) is None:
        # Before the first worker there is no installation id; the first comparison of that worker installs triggers.
        return None
    try:
        pool = await clients.connections.pool(source.connection_id, read_only=False, address=address)
        found = await RemoteCapture(pool, str(installation)).begin(source.layout, source.tracked)
    except EmbeddError as error:
        refusal = f"{error.message} {error.resolution}"
        if source.remote_capture_id is not None:
            return refusal
        log.info("triggers_refused", vector_table=generation.vector_table.id, reason=refusal)
        await _record(
            database, generation, None, None, f"It is polled, because its database refused triggers. {refusal}"
        )
        return None
    if found is not None:
        await _record(database, generation, *found, None)
    return None


async def _record(
    database: Database, generation: Generation, capture: int | None, line: str | None, refusal: str | None
) -> None:
    await database.value(
        "record_remote_capture",
        p_vector_table_id=generation.vector_table.id,
        p_capture_id=capture,
        p_line=line,
        p_refusal=refusal,
    )


async def drop_captures(database: Database, clients: Clients) -> None:
    """Remove triggers in remote databases that no vector table needs any more. Those of an unreachable database are
    retried later and do not delay the others."""
    for row in await database.rows("list_dropped_captures"):
        connection, number = row["connection_id"], row["remote_capture_id"]
        try:
            await (await clients.remote_capture(connection)).end(number)
            await database.value("finish_capture_drop", p_connection_id=connection, p_capture_id=number)
        except EmbeddError as error:
            log.warning("remote_triggers_not_removed", connection=connection, error=error.message)
