"""Vector tables: searchable mirrors of source tables. The rules are in sql/control/functions/vector_table; this module
adds the parts that SQL cannot do: describing a table of a remote database and creating the physical store."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Required, TypedDict, Unpack

import structlog

from embedd_pg.clients import Clients
from embedd_pg.conditions import columns_of, read_condition
from embedd_pg.database.call import Actor, Database, Row
from embedd_pg.database.page import Page, Position, list_page
from embedd_pg.errors import ConfigurationError, EmbeddError, VectorTableNotFound
from embedd_pg.failpoints import failpoint
from embedd_pg.generation import Generation, parse_generation
from embedd_pg.ids import new_id
from embedd_pg.resources import access
from embedd_pg.resources import connection as connections
from embedd_pg.resources.model_trial import try_model
from embedd_pg.resources.remote_triggers import ensure_triggers
from embedd_pg.sources.connect import SourceAddress, request_session
from embedd_pg.sources.table import describe_source

log = structlog.get_logger(__name__)


class NewVectorTable(TypedDict, total=False):
    """The parameters of embedd.create_vector_table() that a caller gives; SQL supplies the defaults of the others."""

    name: Required[str]
    connection: Required[str]
    embedder: Required[str]
    source_table: Required[str]
    columns: Required[Sequence[Mapping[str, Any]]]
    primary_key_column: str | None
    embedding_model: str | None
    embedding_dimensions: int | None
    mode: str | None
    sync_mode: str | None
    where: str | None
    language: str | None
    chunking: Mapping[str, Any] | None
    store_settings: Mapping[str, Any] | None
    allow_duplicate_name: bool


class ChangedVectorTable(TypedDict, total=False):
    """The parameters of embedd.update_vector_table() that a caller gives; the others, and None, keep a value."""

    name: str | None
    columns: Sequence[Mapping[str, Any]] | None
    embedder: str | None
    embedding_model: str | None
    embedding_dimensions: int | None
    sync_mode: str | None
    where: str | None
    chunking: Mapping[str, Any] | None
    allow_duplicate_name: bool


#: Parameters whose change requires a new description of the source table.
_ABOUT_THE_SOURCE = {"columns", "embedder", "embedding_model", "embedding_dimensions", "where", "chunking"}


async def create(clients: Clients, *, actor: Actor | None = None, **given: Unpack[NewVectorTable]) -> Row:
    """Create a vector table, completely or not at all. Nothing is embedded before a backfill. The returned row has
    `warnings`."""
    connection = await connections.get(clients.database, given["connection"], actor=actor)
    source = await _describe(clients, connection, given["source_table"], actor, where=given.get("where"))
    warnings = await try_model(
        clients, given["embedder"], given.get("embedding_model"), given.get("embedding_dimensions"), actor=actor
    )
    created = await clients.database.value(
        "create_vector_table", actor, **_arguments(given), source_facts=_json(source.facts), id=new_id("vt")
    )
    try:
        await failpoint("create_store")
        await _carry_out(clients, created, actor, address=source.address)
    except Exception:
        await delete(clients.database, created, actor=actor)
        raise
    return await get(clients.database, created, actor=actor) | {"warnings": warnings}


async def update(
    clients: Clients, vector_table: str, *, actor: Actor | None = None, **given: Unpack[ChangedVectorTable]
) -> Row:
    """Change a vector table; None keeps a value. While new vectors are built, the present ones answer queries. The
    returned row has `warnings`."""
    row = await get(clients.database, vector_table, actor=actor)
    await access.authorize(clients.database, "update", "vector_table", row["id"], actor=actor)
    arguments, source = _arguments(given), _Described()
    if arguments.keys() & _ABOUT_THE_SOURCE:
        connection = await connections.get(clients.database, row["connection_id"], actor=actor)
        source = await _describe(clients, connection, row["source_table"], actor, where=given.get("where"))
    model = given.get("embedder"), given.get("embedding_model"), given.get("embedding_dimensions")
    warnings = await try_model(clients, *model, vector_table=row["id"], actor=actor) if any(model) else []
    changed = await clients.database.value(
        "update_vector_table", actor, **arguments, vector_table=row["id"], source_facts=_json(source.facts)
    )
    # A vector table that was never filled switches to its new store at once, and may be queried before a worker
    # creates that store.
    await _carry_out(clients, changed, actor, address=source.address)
    return await get(clients.database, changed, actor=actor) | {"warnings": warnings}


async def get(database: Database, vector_table: str, *, actor: Actor | None = None) -> Row:
    """Return a vector table by id or name, with `columns` as they were sent. Raise VectorTableNotFound."""
    row = await database.row("get_vector_table", actor, vector_table=vector_table)
    if row is None:
        raise VectorTableNotFound(f"There is no vector table {vector_table}.")
    return row


async def list_vector_tables(
    database: Database, *, limit: int, after: Position | None = None, actor: Actor | None = None
) -> Page:
    """Return a page of the environment's vector tables, oldest first."""
    return await list_page(database, "list_vector_tables", limit=limit, after=after, actor=actor)


async def delete(database: Database, vector_table: str, *, actor: Actor | None = None) -> None:
    """Delete a vector table: sync and queries stop at once, and a worker removes the vectors. The source table is not
    changed."""
    await database.rows("drop_vector_table", actor, vector_table=vector_table)


async def sync_status(clients: Clients, vector_table: str, *, actor: Actor | None = None) -> Row:
    """Return the sync status that workers have stored; the source is not queried. Before the first count, `total_rows`
    is the number of rows in the store."""
    row = await clients.database.row("sync_status", actor, vector_table=vector_table)
    if row is None:
        raise VectorTableNotFound(f"There is no vector table {vector_table}.")
    return row | {"total_rows": row["synced_rows"] if row["total_rows"] is None else row["total_rows"]}


async def pause(database: Database, vector_table: str, *, actor: Actor | None = None) -> str:
    """Pause automatic sync; queries keep answering and changes are kept for later. Return the id of the vector
    table."""
    return str(await database.value("pause_sync", actor, vector_table=vector_table))


async def resume(database: Database, vector_table: str, *, actor: Actor | None = None) -> str:
    """Resume automatic sync, which catches up. Return the id of the vector table."""
    return str(await database.value("resume_sync", actor, vector_table=vector_table))


@dataclass(frozen=True, slots=True)
class _Described:
    """The description of a source table, which SQL checks, and the address it was read from. Without facts, SQL reads
    the table itself."""

    facts: dict[str, Any] | None = None
    address: SourceAddress | str | None = None


async def _describe(
    clients: Clients, connection: Row, source_table: str, actor: Actor | None, *, where: str | None
) -> _Described:
    """Describe a table as the role of the connection sees it, with `where` in its stored form."""
    wanted = (where or "").strip()
    if connection["status"] != "connected" or (connection["host"] is None and not wanted):
        return _Described()
    described = await _read_source(clients, connection, source_table, actor)
    if described.facts is not None and wanted:
        described.facts["condition"] = stored_condition(wanted, described.facts)
    return described


async def _read_source(clients: Clients, connection: Row, source_table: str, actor: Actor | None) -> _Described:
    """Read the description of a table in the database of its connection; without facts if there is no such table."""
    if connection["host"] is None:
        try:
            found = await clients.database.value("describe_source", actor, source_table=source_table)
        except EmbeddError:
            return _Described()  # the SQL function called next reports what is wrong with the name
        return _Described(dict(found) if found else None)
    address = await clients.connections.address(connection["id"])
    async with request_session(address, clients.targets) as conn:
        return _Described(await describe_source(conn, source_table), address)


def stored_condition(where: str, facts: Mapping[str, Any]) -> str | None:
    """Return the stored form of a condition; None for a condition that is always true."""
    read = read_condition(where, columns_of(facts)).text
    return None if read == "true" else read


def _arguments(given: Mapping[str, Any]) -> dict[str, Any]:
    """Return the given parameters as arguments of the SQL function."""
    return {
        name: _json(value) if name in ("columns", "chunking", "store_settings") else value
        for name, value in given.items()
        if value is not None
    }


def _json(value: Any) -> str | None:
    return None if value is None else json.dumps(value, ensure_ascii=False)


async def _carry_out(
    clients: Clients, vector_table: str, actor: Actor | None, *, address: SourceAddress | str | None
) -> None:
    """Create the store and the triggers that the configuration requires, as far as this process can."""
    row = await clients.database.value("get_active_generation", actor, vector_table=vector_table)
    generation = parse_generation(row)
    await _create_store(clients, generation)
    # A later comparison finds the changes made before the triggers exist.
    if (refusal := await ensure_triggers(clients, generation, address=address)) is not None:
        log.warning("remote_triggers_not_updated", vector_table=generation.vector_table.id, reason=refusal)


async def _create_store(clients: Clients, generation: Generation) -> None:
    if generation.store.co_located:
        return  # the worker creates this table, so that it belongs to the role of the worker
    try:
        store = await clients.store(generation)
        await store.create(generation.store.table)
    except ConfigurationError:
        if generation.store.kind != "qdrant":
            raise
        # Qdrant is not configured here: the worker that has access to the store creates the collection.
        log.info("store_left_to_worker", vector_table=generation.vector_table.id)


async def condition(clients: Clients, vector_table: str, where: str, *, actor: Actor | None = None) -> str | None:
    """Return the form in which a condition would be stored for a vector table; None for a blank one."""
    row = await get(clients.database, vector_table, actor=actor)
    connection = await connections.get(clients.database, row["connection_id"], actor=actor)
    facts = (await _read_source(clients, connection, row["source_table"], actor)).facts or {}
    return stored_condition(where, facts) if where.strip() else None
