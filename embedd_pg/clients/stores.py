"""Vector stores: Qdrant for managed vector tables, pgvector in the database of a connection."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from embedd_pg.clients.connections import Connections
from embedd_pg.clients.shared import Shared
from embedd_pg.errors import ConfigurationError
from embedd_pg.settings import Settings
from embedd_pg.stores.pgvector.store import PgvectorStore

if TYPE_CHECKING:
    from embedd_pg.stores.qdrant.store import QdrantStore


class Stores:
    """The open stores; each is opened once."""

    def __init__(self, settings: Settings, *, connections: Connections, shared: Shared) -> None:
        self._settings = settings
        self._connections = connections
        self._shared = shared

    async def pgvector(self, connection_id: str, schema: str) -> PgvectorStore:
        """Return the store in a schema of a connection's database."""

        async def open_store() -> PgvectorStore:
            address = await self._connections.address(connection_id)
            pool = await self._connections.pool(connection_id, read_only=False, address=address)
            return PgvectorStore(pool, schema, co_located=isinstance(address, str))

        # Tables belong to the role of the sessions that create them, so the sessions are part of the identity.
        return await self._shared.get(("pgvector", self._connections.sessions(connection_id), schema), open_store)

    async def qdrant(self) -> QdrantStore:
        """Return the managed store: the server of EMBEDD_QDRANT_URL, or else Qdrant's engine in the data directory."""
        return await self._shared.get("qdrant", self._open_qdrant)

    async def _open_qdrant(self) -> QdrantStore:
        settings = self._settings
        if not (settings.qdrant_url or settings.data_dir):
            raise ConfigurationError(
                "There is no store for managed vector tables.",
                resolution="Set EMBEDD_QDRANT_URL to a Qdrant server or EMBEDD_DATA_DIR to keep them in a directory.",
            )
        # The import of Qdrant's client takes longer than all others, and platform mode does not need it.
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
        if find_spec("qdrant_edge") is None:
            raise ConfigurationError(
                "Vectors cannot be kept in the data directory: the package qdrant-edge-py is missing.",
                resolution="Install embedd-pg[embedded], or set EMBEDD_QDRANT_URL to a Qdrant server.",
            )
        return QdrantStore.local(Path(settings.data_dir or "") / "vectors")
