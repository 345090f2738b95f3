"""Physical stores: ensure that each generation has its collection, and each managed vector table its alias."""

from __future__ import annotations

import structlog

from embedd_pg.clients import Clients
from embedd_pg.database.call import Database
from embedd_pg.generation import Generation

log = structlog.get_logger(__name__)


async def ensure_store(database: Database, clients: Clients, generation: Generation) -> int:
    """Create the store of a generation if it is missing, and return how many of its rows were queued again.

    A worker that dies between the two steps leaves an empty store that counts as full; the next sweep detects it.
    """
    store = await clients.store(generation)
    if not await store.create(generation.store.table):
        return 0
    lost = int(await database.value("refill_generation", p_generation_id=generation.id))
    if lost:
        log.warning("store_refilled", vector_table=generation.vector_table.id, rows=lost)
    return lost


async def ensure_aliases(database: Database, clients: Clients) -> None:
    """Point each vector table's alias to its active collection. The function is idempotent.

    Aliases serve clients that users write themselves; embedd's searches read the collection's name from the control
    database. Qdrant removes an alias together with its collection.
    """
    rows = await database.rows("list_aliases")
    if rows:
        await (await clients.qdrant()).point_aliases({row["alias"]: row["collection"] for row in rows})
