"""Embedders with all their fields, as the GoodMem face shows them. The rules are in sql/control/functions/embedder;
here is what SQL cannot do: sealing credentials, and telling equal ones without showing them."""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from embedd_pg.clients import Clients
from embedd_pg.database.call import Actor, Database, Row
from embedd_pg.embedding import endpoint_authentication
from embedd_pg.embedding.secret_references import ReferenceUse
from embedd_pg.envelopes import seal_api_key
from embedd_pg.errors import EmbeddingProviderNotFound
from embedd_pg.resources import access


async def create(
    clients: Clients,
    *,
    provider_type: str,
    fields: Mapping[str, Any],
    credentials: Mapping[str, Any] | None = None,
    owner_id: str | None = None,
    embedder_id: str | None = None,
    actor: Actor | None = None,
) -> Row:
    """Store an embedder; the provider is not contacted. ValidationError, InsufficientPermission, EmbedderExists."""
    new_id = uuid.UUID(embedder_id) if embedder_id else uuid.uuid4()
    planned = {"p_fields": _json(fields), "p_provider_type": provider_type}
    sealed, fingerprint, _ = await _seal(clients, new_id, credentials, planned, actor)
    await clients.database.value(
        "create_embedder_record",
        actor,
        p_fields=_json(fields),
        p_provider_type=provider_type,
        p_fingerprint=fingerprint,
        p_id=new_id,
        p_credentials=sealed,
        p_owner=owner_id,
    )
    return await get(clients.database, str(new_id), actor=actor)


async def get(database: Database, embedder_id: str, *, actor: Actor | None = None) -> Row:
    """One embedder by UUID. EmbeddingProviderNotFound, InsufficientPermission."""
    row = await database.row("get_embedder_record", actor, embedder=embedder_id)
    if row is None:
        raise EmbeddingProviderNotFound
    return row


async def exists(database: Database, embedder_id: str, *, actor: Actor | None = None) -> None:
    """EmbeddingProviderNotFound unless it does, whoever may see it."""
    await database.value("resolve_embedder", actor, p_reference=embedder_id)


async def list_records(
    database: Database,
    *,
    owner_id: str | None = None,
    provider_type: str | None = None,
    labels: Sequence[tuple[str, str]] = (),
    actor: Actor | None = None,
) -> list[Row]:
    """All embedders the actor may list, oldest first; each label given must be there with its value."""
    wanted = json.dumps([{key: value} for key, value in labels], ensure_ascii=False)
    return await database.rows(
        "list_embedder_records", actor, p_owner=owner_id, p_provider_type=provider_type, p_labels=wanted
    )


async def update(
    clients: Clients,
    embedder_id: str,
    *,
    fields: Mapping[str, Any],
    credentials: Mapping[str, Any] | None = None,
    actor: Actor | None = None,
) -> Row:
    """Change the given fields, all or none. Also EmbedderInUse, for what vectors depend on."""
    planned = {"p_fields": _json(fields), "p_embedder": embedder_id}
    sealed, fingerprint, address = await _seal(clients, uuid.UUID(embedder_id), credentials, planned, actor)
    await clients.database.value(
        "update_embedder_record",
        actor,
        p_embedder=embedder_id,
        p_fields=_json(fields),
        p_credentials=sealed,
        p_fingerprint=fingerprint,
        p_address=address,
    )
    return await get(clients.database, embedder_id, actor=actor)


async def delete(database: Database, embedder_id: str, *, actor: Actor | None = None) -> None:
    """Remove it and its credentials for good; vectors made with it stay."""
    await database.value("delete_embedder", actor, embedder=embedder_id, allow_in_use=True)


async def _seal(
    clients: Clients,
    embedder_id: uuid.UUID,
    credentials: Mapping[str, Any] | None,
    planned: Mapping[str, Any],
    actor: Actor | None,
) -> tuple[str | None, bytes, str | None]:
    """The envelope of credentials, their fingerprint, and the address they are sealed for: the one the embedder will
    have (`planned`: what planned_address() is to know). Of none, none and a fixed fingerprint."""
    if credentials is None:
        return None, endpoint_authentication.NO_CREDENTIALS, None
    endpoint_authentication.check(credentials)
    organization = await access.organization_of(clients.database, actor)
    address = await clients.database.value("planned_address", actor, **planned)
    provider, base_url, _ = address.split("\x1f")
    endpoint_authentication.check_reference(
        credentials, clients.references, ReferenceUse(organization, provider, base_url or None)
    )
    box = clients.envelopes.box()
    sealed = seal_api_key(
        box,
        endpoint_authentication.to_text(credentials),
        organization_id=organization,
        embedder_id=f"emb_{embedder_id.hex}",
        address=address,
    )
    return sealed, endpoint_authentication.fingerprint(box, credentials, organization_id=organization), address


def _json(fields: Mapping[str, Any]) -> str:
    return json.dumps(fields, ensure_ascii=False)
