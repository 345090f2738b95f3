"""Vector tables: searchable mirrors of source tables. The rules are in sql/control/functions/vector_table; here is what
SQL cannot do: asking another database about its table, making the physical store."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

import structlog

from embedd_pg.clients import Clients
from embedd_pg.conditions import columns_of, read_condition
from embedd_pg.database.call import Actor, Database, Row
from embedd_pg.database.page import Page, Position, list_page
from embedd_pg.errors import ConfigurationError, EmbeddError, StoreBusyElsewhere, VectorTableNotFound
from embedd_pg.failpoints import failpoint
from embedd_pg.generation import Generation, parse_generation
from embedd_pg.ids import new_id
from embedd_pg.resources import access
from embedd_pg.resources import connection as connections
from embedd_pg.resources.remote_triggers import see_to_capture
from embedd_pg.sources.connect import request_session
from embedd_pg.sources.table import describe_source

log = structlog.get_logger(__name__)


async def create(
    clients: Clients,
    *,
    name: str,
    connection: str,
    embedder: str,
    source_table: str,
    columns: Sequence[Mapping[str, Any]],
    primary_key_column: str | None = None,
    embedding_model: str | None = None,
    embedding_dimensions: int | None = None,
    mode: str | None = None,
    sync_mode: str | None = None,
    where: str | None = None,
    language: str | None = None,
    chunking: Mapping[str, Any] | None = None,
    store_settings: Mapping[str, Any] | None = None,
    allow_duplicate_name: bool = False,
    actor: Actor | None = None,
) -> Row:
    """Make a table searchable, whole or not at all. Nothing is embedded before a backfill."""
    facts = await _describe(clients, connection, source_table, actor, where=where)
    created = await clients.database.value(
        "create_vector_table",
        actor,
        name=name,
        source_table=source_table,
        columns=json.dumps(columns, ensure_ascii=False),
        embedder=embedder,
        connection=connection,
        primary_key_column=primary_key_column,
        embedding_model=embedding_model,
        embedding_dimensions=embedding_dimensions,
        mode=mode,
        sync_mode=sync_mode or "batch",
        source_facts=_json(facts),
        id=new_id("vt"),
        allow_duplicate_name=allow_duplicate_name,
        where=where,
        language=language or "english",
        chunking=_json(chunking),
        store_settings=_json(store_settings),
    )
    try:
        await failpoint("create_store")
        await _create_store(clients, created, actor)
        await _see_to_capture(clients, created, actor)
    except Exception:
        await delete(clients.database, created, actor=actor)
        raise
    return await get(clients.database, created, actor=actor)


async def update(
    clients: Clients,
    vector_table: str,
    *,
    name: str | None = None,
    columns: Sequence[Mapping[str, Any]] | None = None,
    embedder: str | None = None,
    embedding_model: str | None = None,
    embedding_dimensions: int | None = None,
    sync_mode: str | None = None,
    where: str | None = None,
    chunking: Mapping[str, Any] | None = None,
    allow_duplicate_name: bool = False,
    actor: Actor | None = None,
) -> Row:
    """Change a vector table; None keeps. Other vectors are built beside the present ones, which answer meanwhile."""
    row = await get(clients.database, vector_table, actor=actor)
    await access.authorize(clients.database, "update", "vector_table", row["id"], actor=actor)
    facts = None
    if embedding_model or embedding_dimensions or embedder or (columns, where, chunking) != (None, None, None):
        facts = await _describe(clients, row["connection_id"], row["source_table"], actor, where=where)
    changed = await clients.database.value(
        "update_vector_table",
        actor,
        vector_table=row["id"],
        name=name,
        columns=_json(columns),
        embedder=embedder,
        embedding_model=embedding_model,
        embedding_dimensions=embedding_dimensions,
        sync_mode=sync_mode,
        source_facts=_json(facts),
        allow_duplicate_name=allow_duplicate_name,
        where=where,
        chunking=_json(chunking),
    )
    # A table never filled has a new store in place of the old one, and may be queried before a worker makes it.
    await _create_store(clients, changed, actor)
    await _see_to_capture(clients, changed, actor)
    return await get(clients.database, changed, actor=actor)


async def get(database: Database, vector_table: str, *, actor: Actor | None = None) -> Row:
    """One vector table by id or name; `columns` are as they were sent."""
    row = await database.row("get_vector_table", actor, vector_table=vector_table)
    if row is None:
        raise VectorTableNotFound(f"There is no vector table {vector_table}.")
    return row


async def list_vector_tables(
    database: Database, *, limit: int, after: Position | None = None, actor: Actor | None = None
) -> Page:
    """Vector tables of the environment, oldest first."""
    return await list_page(database, "list_vector_tables", limit=limit, after=after, actor=actor)


async def delete(database: Database, vector_table: str, *, actor: Actor | None = None) -> None:
    """End it: sync and queries stop at once, a worker removes the vectors, the source table stays as it is."""
    await database.rows("drop_vector_table", actor, vector_table=vector_table)


async def sync_status(clients: Clients, vector_table: str, *, actor: Actor | None = None) -> Row:
    """How far a vector table is, as workers know; no source is looked at. Before the first count there are as many
    rows as the store holds."""
    row = await clients.database.row("sync_status", actor, vector_table=vector_table)
    if row is None:
        raise VectorTableNotFound(f"There is no vector table {vector_table}.")
    return row | {"total_rows": row["synced_rows"] if row["total_rows"] is None else row["total_rows"]}


async def pause(database: Database, vector_table: str, *, actor: Actor | None = None) -> str:
    """Stop automatic sync; queries keep answering and changes are kept. The table's id."""
    return str(await database.value("pause_sync", actor, vector_table=vector_table))


async def resume(database: Database, vector_table: str, *, actor: Actor | None = None) -> str:
    """Start automatic sync again and catch up. The table's id."""
    return str(await database.value("resume_sync", actor, vector_table=vector_table))


async def _describe(
    clients: Clients, connection: str, source_table: str, actor: Actor | None, *, where: str | None
) -> dict[str, Any] | None:
    """What the connection's own role sees of a table, and `where` in the words in which it is stored. None leaves it to
    SQL, for the database we are installed in."""
    row = await connections.get(clients.database, connection, actor=actor)
    wanted = (where or "").strip()
    if row["status"] != "connected" or (row["host"] is None and not wanted):
        return None
    facts = await _facts(clients, row, source_table, actor)
    if facts is not None and wanted:
        facts["condition"] = stored_condition(wanted, facts)
    return facts


async def _facts(clients: Clients, connection: Row, source_table: str, actor: Actor | None) -> dict[str, Any] | None:
    """What is known of a table where it is; None where there is none."""
    if connection["host"] is None:
        try:
            found = await clients.database.value("describe_source", actor, source_table=source_table)
        except EmbeddError:
            return None  # SQL is asked next, and says what is wrong with the name
        return dict(found) if found else None
    address = await clients.address(connection["id"])
    async with request_session(address, clients.targets) as conn:
        return await describe_source(conn, source_table)


def stored_condition(where: str, facts: Mapping[str, Any]) -> str | None:
    """A condition in our words; None for one that is always true, which is none."""
    read = read_condition(where, columns_of(facts)).text
    return None if read == "true" else read


def _json(value: Any) -> str | None:
    return None if value is None else json.dumps(value, ensure_ascii=False)


async def _create_store(clients: Clients, vector_table: str, actor: Actor | None) -> None:
    generation = await _generation(clients.database, vector_table, actor)
    if generation.beside:
        return  # it is to belong to the role of the worker, who makes it
    try:
        store = await clients.store(generation)
        await store.create(generation.table)
    except (StoreBusyElsewhere, ConfigurationError):
        if generation.store != "qdrant":
            raise
        # The store of managed tables belongs to another process here; the worker that has it makes the collection.
        log.info("store is left to a worker", vector_table=generation.vector_table_id)


async def _see_to_capture(clients: Clients, vector_table: str, actor: Actor | None) -> None:
    """Triggers in the database of the connection, if it may have any; what is missed before is compared later."""
    generation = await _generation(clients.database, vector_table, actor)
    if (refusal := await see_to_capture(clients.database, clients, generation)) is not None:
        log.warning("triggers elsewhere not seen to", vector_table=generation.vector_table_id, reason=refusal)


async def _generation(database: Database, vector_table: str, actor: Actor | None) -> Generation:
    return parse_generation(await database.value("active_generation", actor, vector_table=vector_table))


async def condition(clients: Clients, vector_table: str, where: str, *, actor: Actor | None = None) -> str | None:
    """A condition as it would be stored for a vector table; None for a blank one."""
    row = await get(clients.database, vector_table, actor=actor)
    connection = await connections.get(clients.database, row["connection_id"], actor=actor)
    facts = await _facts(clients, connection, row["source_table"], actor) or {}
    return stored_condition(where, facts) if where.strip() else None
