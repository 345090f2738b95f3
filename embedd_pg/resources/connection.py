"""Connections: addresses and logins of source databases. The rules are in sql/control/functions/connection; this module
adds the parts that SQL cannot do: sealing the password and testing whether a database answers."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import structlog

from embedd_pg.clients import Clients
from embedd_pg.database import transit
from embedd_pg.database.call import Actor, Database, Row
from embedd_pg.database.page import Page, Position, list_page
from embedd_pg.envelopes import SSL_MODES, seal_password
from embedd_pg.errors import ConnectionNotFound, SourceUnreachable
from embedd_pg.ids import new_id
from embedd_pg.resources import access
from embedd_pg.sources.connect import SourceAddress
from embedd_pg.sources.probe import Probe, probe

log = structlog.get_logger(__name__)


async def create(
    clients: Clients,
    *,
    name: str,
    mode: str,
    host: str,
    database: str,
    user: str,
    password: str | None,
    port: int = 5432,
    ssl_mode: str = "prefer",
    allow_duplicate_name: bool = False,
    actor: Actor | None = None,
) -> Row:
    """Store the address and login of a database, without contacting it. Raise ValidationError or ConfigurationError."""
    connection_id = new_id("conn")
    sealed = None
    if password is not None:
        organization = await access.organization_of(clients.database, actor)
        place = {"id": connection_id, "organization_id": organization, "host": host, "port": port, "username": user}
        sealed = seal_password(clients.envelopes.box(), password, _sealable(place | {"ssl_mode": ssl_mode}))
    created = await clients.database.value(
        "create_connection",
        actor,
        name=name,
        mode=mode,
        host=host,
        database=database,
        username=user,
        password=sealed,
        port=port,
        ssl_mode=ssl_mode,
        id=connection_id,
        allow_duplicate_name=allow_duplicate_name,
    )
    return await get(clients.database, created, actor=actor)


async def get(database: Database, connection: str, *, actor: Actor | None = None) -> Row:
    """Return a connection by id or name, without its password. Raise ConnectionNotFound."""
    row = await database.row("get_connection", actor, connection=connection)
    if row is None:
        raise ConnectionNotFound(f"There is no connection {connection}.")
    return row


async def list_connections(
    database: Database, *, limit: int, after: Position | None = None, actor: Actor | None = None
) -> Page:
    """Return a page of the environment's connections, oldest first."""
    return await list_page(database, "list_connections", limit=limit, after=after, actor=actor)


async def update(
    clients: Clients,
    connection: str,
    *,
    name: str | None = None,
    credentials: Mapping[str, Any] | None = None,
    allow_duplicate_name: bool = False,
    actor: Actor | None = None,
) -> Row:
    """Change a connection; None keeps a value. `credentials` holds any of host, port, database, user, password,
    ssl_mode."""
    row = await get(clients.database, connection, actor=actor)
    given = dict(credentials or {})
    if "user" in given:
        given["username"] = given.pop("user")
    if (password := given.pop("password", None)) is not None:
        # The password is sealed for one address. That address is written with it, so a concurrent change cannot
        # separate them.
        address = {"host": row["host"], "port": row["port"], "username": row["user"], "ssl_mode": row["ssl_mode"]}
        given = address | {field: value for field, value in given.items() if value is not None}
        place = given | {"id": row["id"], "organization_id": row["org_id"]}
        given["password"] = seal_password(clients.envelopes.box(), password, _sealable(place))
    changed = await clients.database.value(
        "update_connection", actor, connection=row["id"], name=name, allow_duplicate_name=allow_duplicate_name, **given
    )
    return await get(clients.database, changed, actor=actor)


async def delete(database: Database, connection: str, *, actor: Actor | None = None) -> None:
    """Delete a connection. Raise ConnectionConflict while a vector table uses it."""
    await database.rows("delete_connection", actor, connection=connection)


async def test(clients: Clients, connection: str, *, actor: Actor | None = None) -> dict[str, Any]:
    """Test a connection, store the outcome and return it. A database that does not answer is an outcome, not an
    error."""
    row = await get(clients.database, connection, actor=actor)
    await access.authorize(clients.database, "update", "connection", row["id"], actor=actor)
    address = await clients.connections.address(row["id"])
    local = isinstance(address, str)
    try:
        installation = await clients.database.value("installation")
        asker = None if installation is None else str(installation)
        found = await probe(address, targets=clients.targets, installation=asker)
        _check_fitness(found, row["mode"])
    except SourceUnreachable as error:
        await _record(clients.database, row["id"], found=None, error=error.message)
        return {"status": "failed", "error": error.message, "resolution": error.resolution}
    refused = None if local else found.no_capture
    capture = await _record(clients.database, row["id"], found={"capture_line": found.no_capture is None}, error=None)
    return {
        "status": "ok",
        "latency_ms": found.latency_ms,
        "server_version": found.server_version,
        "capture": capture,
        "readable_tables": found.readable_tables,
        **({"capture_refused": f"Changes are polled, because {refused}."} if refused else {}),
        **({"warnings": warnings} if (warnings := _warnings(row["id"], address)) else {}),
    }


def _sealable(row: Row) -> Row:
    """Replace an unknown ssl_mode, so that the password can be sealed; SQL refuses the unknown one afterwards."""
    return row | {"ssl_mode": row["ssl_mode"] if row["ssl_mode"] in SSL_MODES else "prefer"}


def _warnings(connection_id: str, address: SourceAddress | str) -> list[str]:
    """Return warnings about a connection that works but is at risk."""
    if isinstance(address, str):
        return []
    sentence = transit.of_database(address.host, address.ssl_mode, password=bool(address.password))
    if sentence is None:
        return []
    log.warning("password_sent_without_tls", connection=connection_id, ssl_mode=address.ssl_mode)
    return [sentence]


def _check_fitness(found: Probe, mode: str | None) -> None:
    if mode == "platform" and found.in_recovery:
        raise SourceUnreachable(
            "The server is a read-only replica, and mode platform writes vectors there.",
            resolution="Connect to the primary, or use mode managed.",
        )


async def _record(
    database: Database, connection_id: str, *, found: Mapping[str, Any] | None, error: str | None
) -> str | None:
    """Record the outcome of a test, and return how changes over the connection are noticed."""
    capture: str | None = await database.value(
        "finish_connection_test",
        p_connection_id=connection_id,
        p_found=None if found is None else json.dumps(found),
        p_error=error,
    )
    return capture
