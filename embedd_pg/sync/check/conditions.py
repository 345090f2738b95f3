"""Conditions that no worker has read yet: written in SQL, or in former times. They are read before there is work, so
that who wrote one sees soon what is wrong with it."""

from __future__ import annotations

from collections.abc import Iterable

import structlog

from embedd_pg.clients import Clients
from embedd_pg.database.call import Database
from embedd_pg.errors import EmbeddError, SourceChanged
from embedd_pg.generation import Generation

log = structlog.get_logger(__name__)


async def read_conditions(database: Database, clients: Clients, generations: Iterable[Generation]) -> None:
    """Put the condition of each into our words; one that cannot be read puts its vector table into error."""
    for generation in generations:
        vector_table = generation.vector_table.id
        try:
            read = (await clients.source(generation)).condition
        except SourceChanged as error:
            await database.value("record_sync", p_vector_table_id=vector_table, p_error=error.message)
        except EmbeddError as error:
            log.warning("condition left for later", vector_table=vector_table, error=error.message)
        else:
            written = generation.source.layout.condition
            await database.value("store_condition", p_vector_table_id=vector_table, p_read=written, p_condition=read)
