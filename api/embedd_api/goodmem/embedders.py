"""Embedders with the fields of GoodMem's face. The rules are in SQL (create_embedder_record(),
update_embedder_record()); this module seals the credentials for the address that the embedder will have."""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from embedd_pg.clients import Clients
from embedd_pg.database.call import Actor, Database, Row
from embedd_pg.embedding import endpoint_authentication
from embedd_pg.embedding.secret_references import ReferenceUse
from embedd_pg.errors import EmbedderNotFound
from embedd_pg.resources import access, embedder
from embedd_pg.resources.embedder import Sealed


async def create(
    clients: Clients,
    *,
    provider_type: str,
    fields: Mapping[str, Any],
    credentials: Mapping[str, Any] | None,
    owner_id: str | None,
    embedder_id: str | None,
    actor: Actor,
) -> Row:
    """Store an embedder without contacting the provider. Raise ValidationError, InsufficientPermission or
    EmbedderExists."""
    new_id = uuid.UUID(embedder_id) if embedder_id else uuid.uuid4()
    planned = {"p_fields": _json(fields), "p_provider_type": provider_type}
    sealed, _ = await _seal(clients, new_id, credentials, planned, actor)
    await clients.database.value(
        "create_embedder_record",
        actor,
        p_fields=_json(fields),
        p_provider_type=provider_type,
        p_fingerprint=sealed.fingerprint,
        p_id=new_id,
        p_credentials=sealed.envelope,
        p_owner=owner_id,
    )
    return await get(clients.database, str(new_id), actor=actor)


async def get(database: Database, embedder_id: str, *, actor: Actor) -> Row:
    """Return an embedder by UUID. Raise EmbedderNotFound or InsufficientPermission."""
    row = await database.row("get_embedder_record", actor, embedder=embedder_id)
    if row is None:
        raise EmbedderNotFound
    return row


async def list_all(
    database: Database,
    *,
    owner_id: str | None,
    provider_type: str | None,
    labels: Sequence[tuple[str, str]],
    actor: Actor,
) -> list[Row]:
    """Return all embedders that the actor may list and that have all the given labels, oldest first."""
    wanted = json.dumps([{key: value} for key, value in labels], ensure_ascii=False)
    return await database.rows(
        "list_embedder_records", actor, p_owner=owner_id, p_provider_type=provider_type, p_labels=wanted
    )


async def update(
    clients: Clients,
    embedder_id: str,
    *,
    fields: Mapping[str, Any],
    credentials: Mapping[str, Any] | None,
    actor: Actor,
) -> Row:
    """Change the given fields, all or none. Raise the errors of create(), or EmbedderInUse for fields that existing
    vectors depend on."""
    planned = {"p_fields": _json(fields), "p_embedder": embedder_id}
    sealed, address = await _seal(clients, uuid.UUID(embedder_id), credentials, planned, actor)
    await clients.database.value(
        "update_embedder_record",
        actor,
        p_embedder=embedder_id,
        p_fields=_json(fields),
        p_credentials=sealed.envelope,
        p_fingerprint=sealed.fingerprint,
        p_address=address,
    )
    return await get(clients.database, embedder_id, actor=actor)


async def delete(database: Database, embedder_id: str, *, actor: Actor) -> None:
    """Delete an embedder and its credentials; vectors made with it stay."""
    await embedder.delete(database, embedder_id, allow_in_use=True, actor=actor)


async def _seal(
    clients: Clients,
    embedder_id: uuid.UUID,
    credentials: Mapping[str, Any] | None,
    planned: Mapping[str, Any],
    actor: Actor,
) -> tuple[Sealed, str | None]:
    """Seal credentials for the address that the embedder will have. Return them and that address; `planned` holds the
    arguments of planned_address()."""
    if credentials is None:
        return Sealed(), None
    endpoint_authentication.check(credentials)
    address = await clients.database.value("planned_address", actor, **planned)
    provider, base_url, _ = address.split("\x1f")
    endpoint_authentication.check_reference(
        credentials,
        clients.references,
        ReferenceUse(await access.organization_of(clients.database, actor), provider, base_url or None),
    )
    text = endpoint_authentication.to_text(credentials)
    sealed = await embedder.seal(clients, text, credentials, embedder.public_id(embedder_id), address, actor=actor)
    return sealed, address


def _json(fields: Mapping[str, Any]) -> str:
    return json.dumps(fields, ensure_ascii=False)
