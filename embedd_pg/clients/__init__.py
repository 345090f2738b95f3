"""Live clients for stored configuration: source pools, providers, stores; opened when needed, shared, closed once."""

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
from embedd_pg.embedding.rerankers.base import Reranker
from embedd_pg.embedding.secret_references import References
from embedd_pg.embedding.usage import Usage
from embedd_pg.embedding.vector_cache import VectorCache
from embedd_pg.envelopes import Envelopes
from embedd_pg.errors import ConfigurationError
from embedd_pg.generation import Generation
from embedd_pg.settings import Settings
from embedd_pg.sources.remote_capture import RemoteCapture
from embedd_pg.sources.table import SourceTable
from embedd_pg.stores.base import Store
from embedd_pg.stores.pgvector.store import PgvectorStore
from embedd_pg.targets import Targets, read_exemptions

if TYPE_CHECKING:
    from embedd_pg.stores.qdrant.store import QdrantStore

#: Seconds after which a statement of a worker in a source database ends.
STATEMENT_TIMEOUT = 120.0


class Clients:
    """Everything outside the control database that one process talks to, put together for one role.

    `like` shares what it has opened, and closes it.
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
        #: Providers stay open until the end, so what is remembered of one stays its own.
        self.query_vectors: QueryVectors = like.query_vectors if like else QueryVectors()
        self.usage = Usage(database)
        self.vector_cache = VectorCache(database)
        #: Decides where connections may lead whose address somebody else gave.
        self.targets = Targets(hosted=settings.hosted, exemptions=read_exemptions(settings.allowed_targets))
        #: Which secrets of the operator may be named, by whom and for where.
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
        """The same clients as requests use them: with sessions of their own, whose statements may take no longer than
        those of requests may. What is used is counted through the sessions of this one, which outlive a request's."""
        made = Clients(self.settings, database, statement_timeout=self.settings.statement_timeout, like=self)
        made.usage, made.vector_cache = self.usage, self.vector_cache
        return made

    def with_login(self, settings: Settings, database: Database) -> Clients:
        """The same stores and providers, for another role of the same database."""
        return Clients(settings, database, like=self)

    async def store(self, generation: Generation) -> Store:
        """The store that holds a generation."""
        if generation.store.kind == "qdrant":
            return await self.qdrant()
        return await self._pgvector(generation)

    async def store_beside(self, generation: Generation) -> PgvectorStore:
        """The store of a generation whose vectors lie in the control database: its transactions can join the ledger."""
        assert generation.store.co_located
        return await self._pgvector(generation)

    async def qdrant(self) -> QdrantStore:
        """The managed store."""
        return await self._stores.qdrant()

    async def provider(self, embedder: Embedder | None) -> Provider:
        """The vendor's client for an embedder. EmbedderDeleted when there is none any more."""
        return await self.vendors.provider(embedder)

    async def reranker(self, embedder: Embedder) -> Reranker:
        """The reranker of an embedder's vendor."""
        return await self.vendors.reranker(embedder)

    async def source(self, generation: Generation) -> SourceTable:
        """The source table of a generation, read with the rights of its connection. Its condition is read here anew,
        whoever wrote it: a SourceChanged says what is wrong with it."""
        pool = await self.connections.pool(generation.source.connection_id, read_only=True)
        layout, compared = generation.source.layout, generation.source.capture.compared
        # Only what is no table of its own can have a row without key.
        source = SourceTable(pool, layout, hashed=compared, keyless=compared)
        written = layout.condition
        if written is not None and (read := await source.read_condition()) != written:
            await self.database.value(
                "store_condition", p_vector_table_id=generation.vector_table.id, p_read=written, p_condition=read
            )
        return source

    async def remote_capture(self, connection_id: str) -> RemoteCapture:
        """The capture line in the database of a connection, used in the name of this installation."""
        installation = await self.database.value("installation")
        if installation is None:
            raise ConfigurationError("No worker has run in this database yet.", resolution="Run 'embedd worker'.")
        return RemoteCapture(await self.connections.pool(connection_id, read_only=False), str(installation))

    async def close(self) -> None:
        """Close all of them, whatever state they are in."""
        await self.usage.close()
        await self._shared.close()

    async def _pgvector(self, generation: Generation) -> PgvectorStore:
        return await self._stores.pgvector(generation.source.connection_id, generation.store.schema or "public")
