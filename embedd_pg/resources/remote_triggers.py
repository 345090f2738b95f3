"""Triggers in other databases: that they are there for as long as a vector table needs them."""

from __future__ import annotations

import structlog

from embedd_pg.clients import Clients
from embedd_pg.database.call import Database
from embedd_pg.errors import EmbeddError
from embedd_pg.generation import Generation

log = structlog.get_logger(__name__)


async def see_to_capture(database: Database, clients: Clients, generation: Generation) -> str | None:
    """See to the triggers of a source table, where its own database may have them, and remember their capture.

    What keeps us from it is told in the notices where the table has none yet, for it is polled instead; of one that had
    some it is returned, to be shown as an error.
    """
    if not generation.remote or await database.value("installation") is None:
        return None  # before the first worker there is no name to do it under; its first comparison does
    try:
        capture = await clients.remote_capture(generation.connection_id)
        found = await capture.begin(generation.layout, generation.tracked)
    except EmbeddError as error:
        refusal = f"{error.message} {error.resolution}"
        if generation.remote_capture_id is not None:
            return refusal
        log.info("polled, without triggers", vector_table=generation.vector_table_id, reason=refusal)
        await _record(database, generation, None, None, f"It is polled, for its database refused triggers. {refusal}")
        return None
    if found is not None:
        await _record(database, generation, *found, None)
    return None


async def _record(
    database: Database, generation: Generation, capture: int | None, line: str | None, refusal: str | None
) -> None:
    await database.value(
        "record_remote_capture",
        p_vector_table_id=generation.vector_table_id,
        p_capture_id=capture,
        p_line=line,
        p_refusal=refusal,
    )


async def drop_captures(database: Database, clients: Clients) -> None:
    """Remove triggers in other databases that no vector table needs any more; one that is down keeps only its own."""
    for row in await database.rows("list_dropped_captures"):
        connection, number = row["connection_id"], row["remote_capture_id"]
        try:
            await (await clients.remote_capture(connection)).end(number)
            await database.value("finish_capture_drop", p_connection_id=connection, p_capture_id=number)
        except EmbeddError as error:
            log.warning("triggers elsewhere left for later", connection=connection, error=error.message)
