"""Ensures that what the managed store must hold is there: a collection for each generation, an alias for each table."""

from __future__ import annotations

import structlog

from embedd_pg.clients import Clients
from embedd_pg.database.call import Database
from embedd_pg.generation import Generation

log = structlog.get_logger(__name__)


async def ensure_store(database: Database, clients: Clients, generation: Generation) -> int:
    """Create the store of a generation if it is missing, and return how many of its rows are queued again.

    A worker that dies between the two steps leaves an empty store that counts as full; the next sweep finds it.
    """
    store = await clients.store(generation)
    if not await store.create(generation.store.table):
        return 0
    lost = int(await database.value("refill_generation", p_generation_id=generation.id))
    if lost:
        log.warning("store_refilled", vector_table=generation.vector_table.id, rows=lost)
    return lost


async def ensure_aliases(database: Database, clients: Clients) -> None:
    """Point each vector table's alias to the collection that answers now. Doing it again changes nothing.

    Aliases are for clients that users write themselves; searches take the collection from the control database. An
    alias of a collection that is removed is removed with it.
    """
    rows = await database.rows("list_aliases")
    if rows:
        await (await clients.qdrant()).point_aliases({row["alias"]: row["collection"] for row in rows})
