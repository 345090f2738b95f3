"""Vendors' clients for embedders: providers and rerankers, with decrypted credentials."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Hashable
from dataclasses import replace
from typing import TYPE_CHECKING

import structlog

from embedd_pg.clients.shared import Shared
from embedd_pg.database import transit
from embedd_pg.embedding.embedder import Embedder
from embedd_pg.embedding.endpoint_authentication import Access, access_of
from embedd_pg.embedding.providers import open_provider
from embedd_pg.embedding.providers.base import EmbedderConfig, Provider
from embedd_pg.embedding.rerankers import open_reranker
from embedd_pg.embedding.secret_references import References, ReferenceUse
from embedd_pg.envelopes import Envelopes
from embedd_pg.errors import CredentialsRemoved, EmbedderDeleted
from embedd_pg.targets import Targets

if TYPE_CHECKING:
    from embedd_pg.embedding.rerankers.base import Reranker

log = structlog.get_logger(__name__)


class Vendors:
    """The open providers and rerankers: one client for each configuration of an embedder."""

    def __init__(self, *, envelopes: Envelopes, references: References, targets: Targets, shared: Shared) -> None:
        self._envelopes = envelopes
        self._references = references
        self._targets = targets
        self._shared = shared

    async def provider(self, embedder: Embedder | None) -> Provider:
        """Return the vendor's client for an embedder. Raise EmbedderDeleted for None."""
        if embedder is None:
            raise EmbedderDeleted
        config = await self.configuration(embedder)

        async def open_client() -> Provider:
            _warn_of(config)
            # A vendor's SDK takes a second to load; a thread keeps the event loop free to renew leases.
            return await asyncio.to_thread(open_provider, config)

        return await self._shared.get(("provider", _identity(config)), open_client)

    async def reranker(self, embedder: Embedder) -> Reranker:
        """Return the reranker of an embedder's vendor. It has neither model nor size: each request names its model."""
        config = await self.configuration(replace(embedder, model=None, dimensions=None))

        async def open_client() -> Reranker:
            _warn_of(config)
            return await asyncio.to_thread(open_reranker, config)

        return await self._shared.get(("reranker", _identity(config)), open_client)

    async def configuration(self, embedder: Embedder) -> EmbedderConfig:
        """Return the configuration that adapters take for an embedder, with its key decrypted."""
        access = await self._access(embedder)
        return EmbedderConfig(
            provider=embedder.provider,
            model=embedder.model or "",
            dimensions=embedder.dimensions or 0,
            base_url=embedder.base_url,
            api_key=access.key,
            path=embedder.api_path,
            header=access.header,
            prefix=access.prefix,
            targets=self._targets,
            limits=embedder.limits,
        )

    async def _access(self, embedder: Embedder) -> Access:
        if embedder.secret_removed:
            raise CredentialsRemoved
        use = ReferenceUse(embedder.organization_id, embedder.provider, embedder.base_url)
        if embedder.secret_ref:
            return Access(self._references.resolve(embedder.secret_ref, use, by_sql=True))
        if not embedder.credentials:
            return Access()
        secret = await self._envelopes.open(embedder.credentials, embedder.place)
        if embedder.credentials_form == "endpoint":
            return access_of(secret, self._references, use)
        return Access(secret)


def _warn_of(config: EmbedderConfig) -> None:
    if sentence := transit.of_url(config.base_url, secret=bool(config.api_key)):
        log.warning("key_sent_without_tls", provider=config.provider, message=sentence)


def _identity(config: EmbedderConfig) -> Hashable:
    """Return the identity of a vendor's client, with a digest in place of the key."""
    digest = hashlib.sha256("\x1f".join((config.api_key or "", config.header, config.prefix)).encode()).hexdigest()
    return config.provider, config.model, config.dimensions, config.base_url, config.path, config.limits, digest
