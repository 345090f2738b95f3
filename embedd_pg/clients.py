"""Live clients for stored configuration: source pools, providers, stores; opened when needed, shared, closed once.

A stored configuration that changes gets a new client; the old one is closed when nothing has used it for a while or at
the end, so work under way is never cut off.
"""

from __future__ import annotations

import asyncio
import copy
import hashlib
import json
from collections.abc import Awaitable, Callable, Hashable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import structlog

from embedd_pg.credentials import VERSION, Place, SecretBox, version_of
from embedd_pg.database import transit
from embedd_pg.database.call import Database
from embedd_pg.embedding.endpoint_authentication import Access, access_of
from embedd_pg.embedding.providers import open_provider
from embedd_pg.embedding.providers.base import EmbedderConfig, Provider
from embedd_pg.embedding.query_vectors import QueryVectors
from embedd_pg.embedding.rerankers import open_reranker
from embedd_pg.embedding.rerankers.base import Reranker
from embedd_pg.embedding.secret_references import References, ReferenceUse
from embedd_pg.embedding.usage import Usage
from embedd_pg.embedding.vector_cache import VectorCache
from embedd_pg.errors import ConfigurationError, ConnectionNotFound, CredentialsRemoved, EmbedderDeleted
from embedd_pg.generation import Generation
from embedd_pg.settings import Settings
from embedd_pg.sources.connect import SourceAddress, SourcePool, open_source
from embedd_pg.sources.remote_capture import RemoteCapture
from embedd_pg.sources.table import SourceTable
from embedd_pg.stores.base import Store
from embedd_pg.stores.pgvector.store import PgvectorStore
from embedd_pg.targets import Targets, read_exemptions

if TYPE_CHECKING:
    from embedd_pg.stores.qdrant.store import QdrantStore

T = TypeVar("T")
log = structlog.get_logger(__name__)

#: From the weakest to the strongest.
SSL_MODES = ("disable", "allow", "prefer", "require", "verify-ca", "verify-full")


class Clients:
    """Everything outside the control database that one process talks to."""

    def __init__(self, settings: Settings, database: Database) -> None:
        self.settings = settings
        self.database = database
        #: Decides where connections may lead whose address somebody else gave.
        self.targets = Targets(hosted=settings.hosted, exemptions=read_exemptions(settings.allowed_targets))
        #: Which secrets of the operator may be named, by whom and for where.
        self.references = References.read(settings.secret_references)
        #: Providers stay open until the end, so what is remembered of one stays its own.
        self.query_vectors = QueryVectors()
        self.usage = Usage(database)
        self.vector_cache = VectorCache(database)
        self._open: dict[Hashable, Any] = {}
        self._opening: dict[Hashable, asyncio.Lock] = {}
        #: Connections that are the control database itself, which they stay.
        self._here: set[str] = set()
        #: Seconds after which a statement in a source database ends.
        self._statement_timeout = 120.0

    def for_requests(self, database: Database) -> Clients:
        """The same clients as requests use them: with sessions of their own, whose statements may take no longer than
        those of requests may. What is opened through either is shared, and closed by the one this is made of."""
        mine = copy.copy(self)
        mine.database, mine._statement_timeout = database, self.settings.statement_timeout
        return mine

    def with_login(self, settings: Settings, database: Database) -> Clients:
        """The same stores and providers, for another role of the same database."""
        made = Clients(settings, database)
        made.query_vectors, made._open, made._opening = self.query_vectors, self._open, self._opening
        return made

    def secrets(self) -> SecretBox:
        """The box that opens stored credentials; without EMBEDD_SECRET_KEY a ConfigurationError."""
        return SecretBox.from_text(self.settings.secret_key, self.settings.previous_secret_key)

    async def store(self, generation: Generation) -> Store:
        """The store that holds a generation."""
        if generation.store == "qdrant":
            return await self.qdrant()
        return await self._pgvector(generation)

    async def store_beside(self, generation: Generation) -> PgvectorStore:
        """The store of a generation whose vectors lie in the control database: its transactions can join the ledger."""
        assert generation.beside
        return await self._pgvector(generation)

    async def _pgvector(self, generation: Generation) -> PgvectorStore:
        schema = generation.store_schema or "public"

        async def opened() -> PgvectorStore:
            pool = await self._pool(generation.connection_id, read_only=False)
            return PgvectorStore(pool, schema)

        # Whose sessions it has is part of what it is: its tables belong to who makes them.
        place = (self.settings.database_url, generation.connection_id, schema, self._statement_timeout)
        return await self._shared(("pgvector", *place), opened)

    async def qdrant(self) -> QdrantStore:
        """The managed store: the server of EMBEDD_QDRANT_URL, else local mode in the data directory."""

        async def opened() -> QdrantStore:
            settings = self.settings
            if not (settings.qdrant_url or settings.data_dir):
                raise ConfigurationError(
                    "There is no store for managed vector tables.",
                    resolution="Set EMBEDD_QDRANT_URL to a Qdrant server or EMBEDD_DATA_DIR for local mode.",
                )
            # Its client takes longer to load than all the rest, and platform mode has no use for it.
            from embedd_pg.stores.qdrant.store import QdrantStore

            if settings.qdrant_url:
                return QdrantStore.server(
                    settings.qdrant_url,
                    api_key=settings.qdrant_api_key,
                    ca_file=settings.qdrant_ca_file,
                    prefer_grpc=settings.qdrant_grpc,
                    grpc_port=settings.qdrant_grpc_port,
                    defaults=settings.qdrant_layout(),
                )
            return QdrantStore.local(Path(settings.data_dir or "") / "vectors")

        return await self._shared("qdrant", opened)

    async def provider(self, generation: Generation) -> Provider:
        """The vendor's client for the embedder of a generation. EmbedderDeleted when there is none any more."""
        if generation.embedder_id is None:
            raise EmbedderDeleted
        embedder = {
            "organization_id": generation.organization_id,
            "public_id": generation.embedder_id,
            "provider": generation.provider,
            "base_url": generation.live_base_url,
            "api_path": generation.api_path,
            "credentials": generation.credentials,
            "credentials_form": generation.credentials_form,
            "secret_ref": generation.secret_ref,
            "secret_removed": generation.secret_removed,
            "address": generation.credentials_address,
        }
        return await self.provider_of(embedder, generation.model, generation.dimensions)

    async def provider_of(self, embedder: Mapping[str, Any], model: str, dimensions: int) -> Provider:
        """The vendor's client for an embedder by itself; `embedder` is what load_embedder() says."""
        return await self._provider(await self._config(embedder, model, dimensions))

    async def _provider(self, config: EmbedderConfig) -> Provider:
        async def opened() -> Provider:
            _warn_of(config)
            # A vendor's SDK takes a second to load; leases are to be renewed meanwhile.
            return await asyncio.to_thread(open_provider, config)

        return await self._shared(("provider", _identity(config)), opened)

    async def reranker(self, embedder: Mapping[str, Any]) -> Reranker:
        """The reranker of the vendor of an embedder, with its credentials; `embedder` is what load_embedder() says."""
        # Neither the model nor a size is its own: each request names its model.
        config = await self._config(embedder, "", 0)

        async def opened() -> Reranker:
            _warn_of(config)
            return await asyncio.to_thread(open_reranker, config)

        return await self._shared(("reranker", _identity(config)), opened)

    async def source(self, generation: Generation) -> SourceTable:
        """The source table of a generation, read with the rights of its connection. Its condition is read here anew,
        whoever wrote it: a SourceChanged says what is wrong with it."""
        pool = await self._pool(generation.connection_id, read_only=True)
        # Only what is no table of its own can have a row without key.
        source = SourceTable(pool, generation.layout, hashed=generation.polled, keyless=generation.polled)
        written = generation.layout.condition
        if written is not None and (read := await source.read_condition()) != written:
            await self.database.value(
                "store_condition", p_vector_table_id=generation.vector_table_id, p_read=written, p_condition=read
            )
        return source

    async def remote_capture(self, connection_id: str) -> RemoteCapture:
        """The capture line in the database of a connection, used in the name of this installation."""
        installation = await self.database.value("installation")
        if installation is None:
            raise ConfigurationError("No worker has run in this database yet.", resolution="Run 'embedd worker'.")
        return RemoteCapture(await self._pool(connection_id, read_only=False), str(installation))

    async def address(self, connection_id: str) -> SourceAddress | str:
        """How to reach a connection's database; a URL for the one embedd is installed in."""
        if connection_id in self._here:
            return self._own()
        row = await self.database.row("connection_secret", p_connection_id=connection_id)
        if row is None:
            raise ConnectionNotFound(f"There is no connection {connection_id}.")
        if row["host"] is None:
            self._here.add(connection_id)
            return self._own()
        return await self.source_address(row)

    async def source_address(self, row: Mapping[str, Any]) -> SourceAddress:
        """The same from what connection_secret() says."""
        password = await self.opened(row["password"], *password_places(row)) if row["password"] else None
        return SourceAddress(
            row["host"],
            row["port"],
            row["database"],
            row["username"],
            password,
            row["ssl_mode"],
            any_authentication=bool(row["password"]) and row["password"].get("authentication") == "any",
        )

    async def opened(self, envelope: Mapping[str, Any], *places: Place) -> str:
        """The secret in an envelope. ConfigurationError, also for one of a version whose time has ended."""
        if version_of(envelope) < VERSION and await self.database.value("oldest_envelope") == VERSION:
            raise ConfigurationError(
                "A stored credential is sealed in a form that is not accepted any more.",
                resolution="Send the password or the key again.",
            )
        return self.secrets().open(envelope, *places)

    def _own(self) -> str:
        if self.settings.database_url is None:
            raise ConfigurationError("EMBEDD_DATABASE_URL is not set.")
        return self.settings.database_url

    async def close(self) -> None:
        """Close all of them, whatever state they are in."""
        await self.usage.close()
        clients = list(self._open.values())
        self._open.clear()  # not replaced: those of another role share it
        await asyncio.gather(*(client.close() for client in reversed(clients)), return_exceptions=True)

    async def _pool(self, connection_id: str, *, read_only: bool) -> SourcePool:
        address = await self.address(connection_id)

        async def opened() -> SourcePool:
            return await open_source(
                address, targets=self.targets, read_only=read_only, statement_timeout=self._statement_timeout
            )

        # The address is part of the identity: a changed password or host gets a new pool.
        return await self._shared(("pool", connection_id, read_only, address, self._statement_timeout), opened)

    async def _config(self, embedder: Mapping[str, Any], model: str, dimensions: int) -> EmbedderConfig:
        access = await self._access(embedder)
        return EmbedderConfig(
            provider=embedder["provider"],
            model=model,
            dimensions=dimensions,
            base_url=embedder["base_url"],
            api_key=access.key,
            path=embedder["api_path"],
            header=access.header,
            prefix=access.prefix,
            targets=self.targets,
        )

    async def _access(self, embedder: Mapping[str, Any]) -> Access:
        if embedder["secret_removed"]:
            raise CredentialsRemoved
        use = ReferenceUse(embedder["organization_id"], embedder["provider"], embedder["base_url"])
        if embedder["secret_ref"]:
            return Access(self.references.resolve(embedder["secret_ref"], use, by_sql=True))
        if not embedder["credentials"]:
            return Access()
        secret = await self.opened(embedder["credentials"], credentials_place(embedder))
        if embedder["credentials_form"] == "endpoint":
            return access_of(secret, self.references, use)
        return Access(secret)

    async def _shared(self, identity: Hashable, opened: Callable[[], Awaitable[T]]) -> T:
        async with self._opening.setdefault(identity, asyncio.Lock()):
            if identity not in self._open:
                self._open[identity] = await opened()
            client: T = self._open[identity]
            return client


def _warn_of(config: EmbedderConfig) -> None:
    if sentence := transit.of_url(config.base_url, secret=bool(config.api_key)):
        log.warning("a key travels without TLS", provider=config.provider, what=sentence)


def _identity(config: EmbedderConfig) -> Hashable:
    """What tells clients of embedders apart, without the key."""
    digest = hashlib.sha256("\x1f".join((config.api_key or "", config.header, config.prefix)).encode()).hexdigest()
    return config.provider, config.model, config.dimensions, config.base_url, config.path, digest


def credentials_place(embedder: Mapping[str, Any]) -> Place:
    """Where the credentials of an embedder are sealed; `embedder` is what load_embedder() says."""
    return Place(embedder["organization_id"], "embedders", embedder["public_id"], "credentials", embedder["address"])


def password_places(row: Mapping[str, Any]) -> list[Place]:
    """Where the password of a connection may have been sealed: for the ssl_mode it has now, or for a weaker one."""
    return [
        Place(
            row["organization_id"],
            "connections",
            row["id"],
            "password",
            f"{row['username']}\x1f{row['host']}\x1f{row['port']}\x1f{mode}",
        )
        for mode in reversed(SSL_MODES[: SSL_MODES.index(row["ssl_mode"]) + 1])
    ]


def seal_api_key(box: SecretBox, api_key: str, *, organization_id: str, embedder_id: str, address: str) -> str:
    """The envelope of an embedder's key, as JSON text for create_embedder(), for what embedder_address() says."""
    return json.dumps(box.seal(api_key, Place(organization_id, "embedders", embedder_id, "credentials", address)))


def seal_password(box: SecretBox, password: str, row: Mapping[str, Any]) -> str:
    """The envelope of a connection's password, as JSON text for create_connection(); `row` as connection_secret() says
    it, after the change."""
    return json.dumps(box.seal(password, password_places(row)[0]))
