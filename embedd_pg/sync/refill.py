"""A physical store that is gone is made anew, and what it held is asked for again."""

from __future__ import annotations

import structlog

from embedd_pg.clients import Clients
from embedd_pg.database.call import Database
from embedd_pg.generation import Generation

log = structlog.get_logger(__name__)


async def see_to_store(database: Database, clients: Clients, generation: Generation) -> int:
    """See that the store of a generation is there. How many rows were lost with the one before: they are queued.

    A worker that dies between the two leaves an empty store that is believed to be full; the next sweep sees it.
    """
    store = await clients.store(generation)
    if not await store.create(generation.table):
        return 0
    lost = int(await database.value("refill_generation", p_generation_id=generation.id))
    if lost:
        log.warning("the store was lost and is filled again", vector_table=generation.vector_table_id, rows=lost)
    return lost
