"""The plan of changes that bring an installation to the state in a file, field by field. Planning changes nothing.

Resources are matched by name. Fields that the file does not mention keep their values. A field that cannot be changed
makes its step impossible, and then no step of the plan is done.
"""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Literal

from embedd_pg.clients import Clients
from embedd_pg.credentials import resolve_reference
from embedd_pg.database.call import Actor, Row
from embedd_pg.database.page import Page
from embedd_pg.errors import ConfigurationError, EmbeddError, ValidationError
from embedd_pg.operate.declarative.file import Thing, Wanted, each
from embedd_pg.resources import connection as connections
from embedd_pg.resources import embedder as embedders
from embedd_pg.resources import vector_table as vector_tables
from embedd_pg.sources.connect import SourceAddress

Kind = Literal["connection", "embedder", "vector table"]
Action = Literal["create", "change", "delete"]

#: More resources than any installation has, because lists come by page.
_ALL = 1_000_000
EMBED = "all rows are embedded again, while the present vectors still answer queries"
REFILL = "metadata is written again; nothing is embedded"
ROWS = "rows are added and removed; only added ones are embedded"
TEST = "the connection is tested"
NOTICED_LATER = "existing vector tables keep the model they were created with"


@dataclass(frozen=True, slots=True)
class Change:
    """A change of one field. `before` is None if there was no value."""

    field: str
    before: Any
    after: Any


@dataclass(frozen=True, slots=True)
class Step:
    """One resource to create, change or delete. `effects` are the consequences, `impossible` the reason against it."""

    action: Action
    kind: Kind
    name: str
    changes: tuple[Change, ...] = ()
    effects: tuple[str, ...] = ()
    impossible: str | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """The steps in the order in which they are done. `left` are existing resources that the file does not name."""

    steps: tuple[Step, ...]
    left: tuple[tuple[Kind, str], ...]

    @property
    def impossible(self) -> list[Step]:
        return [step for step in self.steps if step.impossible]


async def make_plan(
    clients: Clients, wanted: Wanted, *, prune: bool = False, backfill: bool = True, actor: Actor | None = None
) -> Plan:
    """Compare the present state with the wanted one.

    `prune` deletes what the file's own sections do not name; `backfill` fills new vector tables. Raise the errors of
    references and conditions that are refused.
    """
    found = await _Found.read(clients, actor or Actor(), backfill=backfill)
    steps: list[Step | None] = []
    steps += [await _connection(found, name, thing) for name, thing in each(wanted, "connections")]
    steps += [await _embedder(found, name, thing) for name, thing in each(wanted, "embedders")]
    known = set(found.embedders) | set(wanted.embedders or {}), set(found.connections) | set(wanted.connections or {})
    steps += [await _vector_table(found, name, thing, *known) for name, thing in each(wanted, "vector_tables")]
    others = _others(found, wanted)
    if prune:
        steps += [Step("delete", kind, name) for kind, name in others]
    return Plan(tuple(step for step in steps if step), () if prune else tuple(others))


@dataclass(frozen=True, slots=True)
class _Found:
    """The existing resources, by name."""

    clients: Clients
    actor: Actor
    backfill: bool
    connections: dict[str, Row]
    embedders: dict[str, Row]
    vector_tables: dict[str, Row]

    @staticmethod
    async def read(clients: Clients, actor: Actor, *, backfill: bool) -> _Found:
        async def named(what: str, lister: Callable[..., Awaitable[Page]]) -> dict[str, Row]:
            rows = (await lister(clients.database, limit=_ALL, actor=actor)).rows
            names = [row["name"] for row in rows]
            if twice := sorted({name for name in names if names.count(name) > 1}):
                raise ConfigurationError(
                    f"There are several {what} named {twice[0]}; a file can only refer to one.",
                    resolution="Rename all but one of them.",
                )
            return {row["name"]: row for row in rows}

        return _Found(
            clients,
            actor,
            backfill,
            await named("connections", connections.list_connections),
            await named("embedders", embedders.list_embedders),
            await named("vector tables", vector_tables.list_vector_tables),
        )


def _others(found: _Found, wanted: Wanted) -> list[tuple[Kind, str]]:
    """Return existing resources not named in the file's own sections, in an order in which they can be deleted."""
    kinds: list[tuple[Kind, dict[str, Row], Any]] = [
        ("vector table", found.vector_tables, wanted.vector_tables),
        ("embedder", found.embedders, wanted.embedders),
        ("connection", found.connections, wanted.connections),
    ]
    return [
        (kind, name)
        for kind, rows, section in kinds
        if section is not None
        for name in rows
        # Every installation has a connection and an embedder of this name.
        if name not in section and (name != "local" or kind == "vector table")
    ]


def _find_changes(row: Row, thing: Thing, fields: dict[str, str]) -> list[Change]:
    """Return the fields that differ. `fields` maps their names in the file to those of the row."""
    return [
        Change(field, row[column], thing[field])
        for field, column in fields.items()
        if field in thing and not _same(row[column], thing[field])
    ]


def _same(one: Any, other: Any) -> bool:
    return json.dumps(one, sort_keys=True) == json.dumps(other, sort_keys=True)


def _create_step(kind: Kind, name: str, thing: Thing, *effects: str, impossible: str | None = None) -> Step:
    return Step(
        "create", kind, name, tuple(Change(field, None, value) for field, value in thing.items()), effects, impossible
    )


def _change_step(kind: Kind, name: str, changes: list[Change], effects: list[str], fixed: list[Change]) -> Step | None:
    if not changes and not fixed:
        return None
    impossible = None
    if fixed:
        fields = ", ".join(change.field for change in fixed)
        impossible = f"{fields} cannot be changed: create another {kind} under a new name, or restore the present value"
    return Step("change", kind, name, (*changes, *fixed), tuple(effects), impossible)


async def _connection(found: _Found, name: str, thing: Thing) -> Step | None:
    row = found.connections.get(name)
    if row is None:
        if "password" in thing:
            resolve(thing["password"])
        return _create_step("connection", name, thing, TEST)
    same = ("host", "port", "database", "user", "ssl_mode")
    changes = _find_changes(row, thing, dict(zip(same, same, strict=True)))
    if "password" in thing:
        address = await found.clients.connections.address(row["id"])
        if isinstance(address, SourceAddress) and address.password != resolve(thing["password"]):
            changes.append(Change("password", "(another one)", thing["password"]))
        elif any(change.field != "database" for change in changes):
            # A secret stored for one address is not sent to another one.
            changes.append(Change("password", "(stored)", thing["password"]))
    if not changes and row["status"] != "connected":
        changes.append(Change("status", row["status"], "connected"))
    return _change_step("connection", name, changes, [TEST], _find_changes(row, thing, {"mode": "mode"}))


async def _embedder(found: _Found, name: str, thing: Thing) -> Step | None:
    row = found.embedders.get(name)
    if row is None:
        return _create_step("embedder", name, thing)
    secret = await found.clients.database.value("load_embedder", found.actor, p_embedder=row["id"])
    row = row | {"api_key": secret["secret_ref"] or ("(stored)" if secret["credentials"] else None)}
    changes = _find_changes(row, thing, {"model": "default_model", "api_key": "api_key", "base_url": "base_url"})
    fields = {change.field for change in changes}
    if "base_url" in fields and "api_key" in thing and "api_key" not in fields:
        # A secret stored for one address is not sent to another one.
        changes.append(Change("api_key", row["api_key"], thing["api_key"]))
    effects = [NOTICED_LATER] if any(change.field == "model" for change in changes) else []
    return _change_step("embedder", name, changes, effects, _find_changes(row, thing, {"provider": "provider"}))


async def _vector_table(
    found: _Found, name: str, thing: Thing, known_embedders: set[str], known_connections: set[str]
) -> Step | None:
    for field, known in (("embedder", known_embedders), ("connection", known_connections)):
        if field in thing and thing[field] not in known:
            raise ConfigurationError(
                f"The vector table {name} names the {field} {thing[field]}, which is neither in the file nor exists.",
                resolution="Correct the name, or add it to the file.",
            )
    row = found.vector_tables.get(name)
    if row is None:
        return _create_step("vector table", name, thing, *(["all rows are embedded"] if found.backfill else []))
    row, thing = await _comparable(found, row, thing)
    free = ("columns", "embedder", "embedding_model", "embedding_dimensions", "sync_mode", "chunking", "where")
    fixed = ("source_table", "connection", "primary_key_column", "mode", "language", "store_settings")
    changes = _find_changes(row, thing, {field: field for field in free})
    return _change_step(
        "vector table",
        name,
        changes,
        await _effects(found, row, thing, changes),
        _find_changes(row, thing, {field: field for field in fixed}),
    )


async def _comparable(found: _Found, row: Row, thing: Thing) -> tuple[Row, Thing]:
    """Return both in the same form: names for ids, conditions and settings as they are stored."""
    database, thing = found.clients.database, dict(thing)
    names = {row["id"]: name for rows in (found.connections, found.embedders) for name, row in rows.items()}
    row = row | {
        "connection": names.get(row["connection_id"]),
        "embedder": names.get(row["embedding_provider_id"]),
        "where": row["where"] or "",
    }
    if "where" in thing:
        thing["where"] = await _condition(found, row, thing["where"])
        with suppress(ValidationError):  # a condition of an earlier version that cannot be parsed differs in any case
            row["where"] = await _condition(found, row, row["where"])
    if "chunking" in thing:
        given = json.dumps(thing["chunking"])
        thing["chunking"] = await database.value("check_chunking", p_chunking=given)
    if "store_settings" in thing:
        given = json.dumps(thing["store_settings"])
        thing["store_settings"] = await database.value("check_store_settings", p_settings=given, p_mode=row["mode"])
    return row, thing


async def _condition(found: _Found, row: Row, where: str) -> str:
    return await vector_tables.condition(found.clients, row["id"], where, actor=found.actor) or ""


async def _effects(found: _Found, row: Row, thing: Thing, changes: list[Change]) -> list[str]:
    """Return the effects of changes of a vector table."""
    changed = {change.field for change in changes}
    if row["sync_status"] == "pending" or not changed - {"sync_mode"}:
        return []
    if await _other_vectors(found, row, thing, changed):
        return [EMBED]
    return [effect for field, effect in (("columns", REFILL), ("where", ROWS)) if field in changed]


async def _other_vectors(found: _Found, row: Row, thing: Thing, changed: set[str]) -> bool:
    if changed & {"embedding_model", "embedding_dimensions", "chunking"}:
        return True
    if "embedder" in changed:
        before, after = found.embedders.get(row["embedder"]), found.embedders.get(thing["embedder"])
        if not (before and after and before["provider"] == after["provider"]):
            return True
    return "columns" in changed and await _signature(found, row["columns"]) != await _signature(found, thing["columns"])


async def _signature(found: _Found, columns: Any) -> Any:
    return await found.clients.database.value("text_signature", p_columns=json.dumps(columns))


def resolve(reference: str) -> str:
    """Return the secret that a reference names on this machine, even if workers on others could not resolve it."""
    try:
        return resolve_reference(reference)
    except EmbeddError as error:
        raise ConfigurationError(
            f"The password's reference {reference} cannot be resolved.", resolution="Set it where this command runs."
        ) from error
