"""Embedders: stored configurations of embedding vendors. The rules are in sql/control/functions/embedder; this module
adds the parts that SQL cannot do: sealing credentials and sending requests to the vendor."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from embedd_pg.clients import Clients
from embedd_pg.database.call import Actor, Database, Row
from embedd_pg.database.page import Page, Position, list_page
from embedd_pg.embedding import endpoint_authentication
from embedd_pg.embedding.embedder import Embedder
from embedd_pg.embedding.providers.tokens import estimate_tokens
from embedd_pg.envelopes import seal_api_key
from embedd_pg.errors import EmbedderNotFound, ValidationError
from embedd_pg.resources import access


@dataclass(frozen=True, slots=True)
class Sealed:
    """Credentials as they are stored: an encrypted envelope, and a fingerprint that is equal for equal credentials."""

    envelope: str | None = None
    fingerprint: bytes = endpoint_authentication.NO_CREDENTIALS


@dataclass(frozen=True, slots=True)
class EmbeddedText:
    """The vector of a text, float32 of shape (dimensions,), and the model that made it."""

    model: str
    vector: NDArray[np.float32]


async def create(
    clients: Clients,
    *,
    name: str,
    provider: str,
    model: str | None = None,
    api_key: str | None = None,
    api_key_ref: str | None = None,
    base_url: str | None = None,
    allow_duplicate_name: bool = False,
    actor: Actor | None = None,
) -> Row:
    """Store an embedding configuration without contacting the vendor. The key is given as `api_key`, or named by
    `api_key_ref` (env:NAME, file:/path). Raise ValidationError or ConfigurationError."""
    embedder_id = uuid.uuid4()
    sealed = Sealed()
    if api_key is not None:
        address = await clients.database.value(
            "embedder_address", actor, p_provider=provider, p_base_url=base_url, p_api_path=None
        )
        sealed = await seal_key(clients, api_key, public_id(embedder_id), address, actor=actor)
    created = await clients.database.value(
        "create_embedder",
        actor,
        name=name,
        provider=provider,
        model=model,
        api_key_ref=api_key_ref,
        base_url=base_url,
        credentials=sealed.envelope,
        id=embedder_id,
        allow_duplicate_name=allow_duplicate_name,
    )
    return await get(clients.database, created, actor=actor)


async def update(
    clients: Clients,
    embedder: str,
    *,
    name: str | None = None,
    model: str | None = None,
    api_key: str | None = None,
    api_key_ref: str | None = None,
    base_url: str | None = None,
    allow_duplicate_name: bool = False,
    allow_in_use: bool = False,
    actor: Actor | None = None,
) -> Row:
    """Change the given values. A new model is the default of vector tables created later; existing ones keep theirs."""
    row = await get(clients.database, embedder, actor=actor)
    sealed = Sealed()
    if api_key is not None:
        now = await clients.database.value("load_embedder", actor or Actor(), p_embedder=row["id"])
        address = await clients.database.value(
            "embedder_address",
            actor,
            p_provider=now["provider"],
            p_base_url=base_url or now["base_url"],
            p_api_path=now["api_path"],
        )
        sealed = await seal_key(clients, api_key, row["id"], address, actor=actor)
    changed = await clients.database.value(
        "update_embedder",
        actor,
        embedder=row["id"],
        name=name,
        model=model,
        api_key_ref=api_key_ref,
        base_url=base_url,
        credentials=sealed.envelope,
        fingerprint=sealed.fingerprint,
        allow_duplicate_name=allow_duplicate_name,
        allow_in_use=allow_in_use,
    )
    return await get(clients.database, changed, actor=actor)


async def delete(database: Database, embedder: str, *, allow_in_use: bool = False, actor: Actor | None = None) -> None:
    """Delete an embedder and its credentials. Raise EmbedderConflict while vector tables use it. With `allow_in_use` it
    is deleted nevertheless: the vector tables keep their vectors and wait for another embedder."""
    await database.value("delete_embedder", actor, embedder=embedder, allow_in_use=allow_in_use)


async def list_models(database: Database) -> list[Row]:
    """Return the embedding models of the catalogue, with the size of their vectors."""
    return await database.rows("models")


async def get(database: Database, embedder: str, *, actor: Actor | None = None) -> Row:
    """Return an embedder by emb_ id, UUID or name, without its key. Raise EmbedderNotFound."""
    row = await database.row("get_embedder", actor, embedder=embedder)
    if row is None:
        raise EmbedderNotFound(f"There is no embedding provider {embedder}.")
    return row


async def check_exists(database: Database, embedder: str, *, actor: Actor | None = None) -> None:
    """Raise EmbedderNotFound unless the environment has this embedder, whatever the actor's permissions."""
    await database.value("resolve_embedder", actor, p_reference=embedder)


async def embed(
    clients: Clients,
    embedder: str,
    text: str,
    *,
    model: str | None = None,
    dimensions: int | None = None,
    actor: Actor | None = None,
) -> EmbeddedText:
    """Embed a text as a query; model and dimensions default to the embedder's.

    The usage is counted under no vector table. Raise ValidationError, EmbedderNotFound or EmbeddingProviderError.
    """
    text = text.replace("\x00", "")
    if not text.strip():
        raise ValidationError("text must not be empty.", resolution="Give the text to embed.")
    plan = await clients.database.value(
        "plan_embedding", actor or Actor(), p_embedder=embedder, p_model=model, p_dimensions=dimensions
    )
    if plan is None:
        raise ValidationError("model must be given: the embedding provider has no default_model.")
    named = plan["model"]
    provider = await clients.provider(Embedder.parse(plan))

    async def ask(texts: Sequence[str]) -> Sequence[NDArray[np.float32]]:
        vectors, tokens = await provider.embed(texts, "query")
        clients.usage.add_embedding(plan["id"], named, estimate_tokens(text) if tokens is None else tokens)
        return list(vectors)

    [vector] = await clients.query_vectors.vectors(plan["organization_id"], provider, [text], ask)
    return EmbeddedText(named, vector)


async def list_embedders(
    database: Database, *, limit: int, after: Position | None = None, actor: Actor | None = None
) -> Page:
    """Return a page of the environment's embedders, oldest first."""
    return await list_page(database, "list_embedders", limit=limit, after=after, actor=actor)


def public_id(embedder_id: uuid.UUID) -> str:
    """Return the id that Embedd's API shows for an embedder."""
    return f"emb_{embedder_id.hex}"


async def seal_key(
    clients: Clients, api_key: str, embedder_id: str, address: str, *, actor: Actor | None = None
) -> Sealed:
    """Seal a vendor's key; see seal()."""
    document = endpoint_authentication.of_key(api_key)
    return await seal(clients, api_key, document, embedder_id, address, actor=actor)


async def seal(
    clients: Clients,
    text: str,
    document: Mapping[str, Any],
    embedder_id: str,
    address: str,
    *,
    actor: Actor | None = None,
) -> Sealed:
    """Seal credentials for one embedder (`emb_...`) and one address, in the form of embedder_address(). The envelope
    holds `text`; the fingerprint is computed from `document`, the same credentials as an EndpointAuthentication."""
    organization, box = await access.organization_of(clients.database, actor), clients.envelopes.box()
    return Sealed(
        seal_api_key(box, text, organization_id=organization, embedder_id=embedder_id, address=address),
        endpoint_authentication.fingerprint(box, document, organization_id=organization),
    )
