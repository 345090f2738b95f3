"""Conditions that no worker has parsed yet: written in SQL, or stored by an earlier version.

The worker parses them before any row changes, so that the author of a condition soon sees an error in it.
"""

from __future__ import annotations

from collections.abc import Iterable

import structlog

from embedd_pg.clients import Clients
from embedd_pg.database.call import Database
from embedd_pg.errors import EmbeddError, SourceChanged
from embedd_pg.generation import Generation

log = structlog.get_logger(__name__)


async def read_conditions(database: Database, clients: Clients, generations: Iterable[Generation]) -> None:
    """Parse and store the condition of each generation. A condition with an error puts its vector table into error."""
    for generation in generations:
        vector_table = generation.vector_table.id
        try:
            read = (await clients.source(generation)).condition
        except SourceChanged as error:
            await database.value("record_sync", p_vector_table_id=vector_table, p_error=error.message)
        except EmbeddError as error:
            log.warning("condition_check_failed", vector_table=vector_table, error=error.message)
        else:
            written = generation.source.layout.condition
            await database.value("store_condition", p_vector_table_id=vector_table, p_read=written, p_condition=read)
