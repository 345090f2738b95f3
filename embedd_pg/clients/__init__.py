"""Live clients for stored configuration: source pools, providers and stores. They are opened on first use, shared, and
closed together."""

from __future__ import annotations

from typing import TYPE_CHECKING

from embedd_pg.clients.connections import Connections
from embedd_pg.clients.shared import Shared
from embedd_pg.clients.stores import Stores
from embedd_pg.clients.vendors import Vendors
from embedd_pg.database.call import Database
from embedd_pg.embedding.embedder import Embedder
from embedd_pg.embedding.providers.base import Provider
from embedd_pg.embedding.query_vectors import QueryVectors
from embedd_pg.embedding.secret_references import References
from embedd_pg.embedding.usage import Usage
from embedd_pg.embedding.vector_cache import VectorCache
from embedd_pg.envelopes import Envelopes
from embedd_pg.errors import ConfigurationError
from embedd_pg.generation import Generation, KnownGenerations
from embedd_pg.settings import Settings
from embedd_pg.sources.remote_capture import RemoteCapture
from embedd_pg.sources.table import SourceTable
from embedd_pg.stores.base import Store
from embedd_pg.stores.pgvector.store import PgvectorStore
from embedd_pg.targets import Targets, read_exemptions

if TYPE_CHECKING:
    from embedd_pg.embedding.rerankers.base import Reranker
    from embedd_pg.stores.qdrant.store import QdrantStore

#: Timeout in seconds of a worker's statements in source databases.
STATEMENT_TIMEOUT = 120.0


class Clients:
    """The clients of one process for everything outside the control database, used by one role.

    With `like` they share the open clients of another instance, which closes them.
    """

    def __init__(
        self,
        settings: Settings,
        database: Database,
        *,
        statement_timeout: float = STATEMENT_TIMEOUT,
        like: Clients | None = None,
    ) -> None:
        self.settings = settings
        self.database = database
        self._shared: Shared = like._shared if like else Shared()
        #: A cache of query vectors by provider; providers stay open until the end, so their identity is stable.
        self.query_vectors: QueryVectors = like.query_vectors if like else QueryVectors()
        self.known_generations: KnownGenerations = like.known_generations if like else KnownGenerations()
        self.usage = Usage(database)
        self.vector_cache = VectorCache(database)
        #: The rules for addresses that users supply.
        self.targets = Targets(hosted=settings.hosted, exemptions=read_exemptions(settings.allowed_targets))
        #: The operator's secrets that may be referenced, and by which organizations and for which addresses.
        self.references = References.read(settings.secret_references)
        self.envelopes = Envelopes(settings, database)
        self.connections = Connections(
            settings,
            database,
            envelopes=self.envelopes,
            targets=self.targets,
            shared=self._shared,
            statement_timeout=statement_timeout,
        )
        self._stores = Stores(settings, connections=self.connections, shared=self._shared)
        self.vendors = Vendors(
            envelopes=self.envelopes, references=self.references, targets=self.targets, shared=self._shared
        )

    def for_requests(self, database: Database) -> Clients:
        """Return the same clients for requests: with their own sessions, under the statement timeout of requests.
        Usage is counted through the sessions of this instance, which outlive those of a request."""
        made = Clients(self.settings, database, statement_timeout=self.settings.statement_timeout, like=self)
        made.usage, made.vector_cache = self.usage, self.vector_cache
        return made

    def with_login(self, settings: Settings, database: Database) -> Clients:
        """Return the same stores and providers for another role of the same database."""
        return Clients(settings, database, like=self)

    async def store(self, generation: Generation) -> Store:
        """Return the store that holds a generation."""
        if generation.store.kind == "qdrant":
            return await self.qdrant()
        return await self._pgvector(generation)

    async def co_located_store(self, generation: Generation) -> PgvectorStore:
        """Return the store of a generation in the control database: one transaction can write to it and to the
        ledger."""
        assert generation.store.co_located
        return await self._pgvector(generation)

    async def qdrant(self) -> QdrantStore:
        """Return the managed store."""
        return await self._stores.qdrant()

    async def provider(self, embedder: Embedder | None) -> Provider:
        """Return the vendor's client for an embedder. Raise EmbedderDeleted for None."""
        return await self.vendors.provider(embedder)

    async def reranker(self, embedder: Embedder) -> Reranker:
        """Return the reranker of an embedder's vendor."""
        return await self.vendors.reranker(embedder)

    async def source(self, generation: Generation) -> SourceTable:
        """Return the source table of a generation, read with the rights of its connection. Its condition is parsed at
        each call; an invalid one raises SourceChanged with the reason."""
        pool = await self.connections.pool(generation.source.connection_id, read_only=True)
        layout, compared = generation.source.layout, generation.source.capture.compared
        # Rows without a key are possible only in sources that are compared, such as views.
        source = SourceTable(pool, layout, hashed=compared, keyless=compared)
        written = layout.condition
        if written is not None and (read := await source.read_condition()) != written:
            await self.database.value(
                "store_condition", p_vector_table_id=generation.vector_table.id, p_read=written, p_condition=read
            )
        return source

    async def remote_capture(self, connection_id: str) -> RemoteCapture:
        """Return the capture line in the database of a connection, with this installation as its consumer."""
        installation = await self.database.value("installation")
        if installation is None:
            raise ConfigurationError("No worker has run in this database yet.", resolution="Run 'embedd worker'.")
        return RemoteCapture(await self.connections.pool(connection_id, read_only=False), str(installation))

    async def close(self) -> None:
        """Close all clients, whatever state they are in."""
        await self.usage.close()
        await self._shared.close()

    async def _pgvector(self, generation: Generation) -> PgvectorStore:
        return await self._stores.pgvector(generation.source.connection_id, generation.store.schema or "public")
