"""Connections to source databases: their addresses and pools."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import Any

from embedd_pg.clients.shared import Shared
from embedd_pg.database.call import Database
from embedd_pg.envelopes import Envelopes, password_places
from embedd_pg.errors import ConfigurationError, ConnectionNotFound
from embedd_pg.settings import Settings
from embedd_pg.sources.connect import SourceAddress, SourcePool, open_source
from embedd_pg.targets import Targets


class Connections:
    """The addresses and session pools of the databases of connections."""

    def __init__(
        self,
        settings: Settings,
        database: Database,
        *,
        envelopes: Envelopes,
        targets: Targets,
        shared: Shared,
        statement_timeout: float,
    ) -> None:
        self._settings = settings
        self._database = database
        self._envelopes = envelopes
        self._targets = targets
        self._shared = shared
        #: Timeout in seconds of statements in a source database.
        self._statement_timeout = statement_timeout
        #: Ids of connections to the control database itself; a connection never changes in this respect.
        self._local: set[str] = set()

    async def address(self, connection_id: str) -> SourceAddress | str:
        """Return the address of a connection's database; a URL for the control database."""
        if connection_id in self._local:
            return self._own()
        row = await self._database.row("connection_secret", p_connection_id=connection_id)
        if row is None:
            raise ConnectionNotFound(f"There is no connection {connection_id}.")
        if row["host"] is None:
            self._local.add(connection_id)
            return self._own()
        return await self.read_address(row)

    async def read_address(self, row: Mapping[str, Any]) -> SourceAddress:
        """Return the address in a row of connection_secret(), with the password decrypted."""
        password = await self._envelopes.open(row["password"], *password_places(row)) if row["password"] else None
        return SourceAddress(
            row["host"],
            row["port"],
            row["database"],
            row["username"],
            password,
            row["ssl_mode"],
            any_authentication=bool(row["password"]) and row["password"].get("authentication") == "any",
        )

    async def pool(
        self, connection_id: str, *, read_only: bool, address: SourceAddress | str | None = None
    ) -> SourcePool:
        """Return a pool of sessions in a connection's database; `address` saves reading it again."""
        address = address or await self.address(connection_id)

        async def open_pool() -> SourcePool:
            return await open_source(
                address,
                targets=self._targets,
                size=max(1, self._settings.sessions // 2),
                read_only=read_only,
                statement_timeout=self._statement_timeout,
            )

        # The address is part of the identity, so a changed password or host gets a new pool.
        return await self._shared.get(("pool", connection_id, read_only, address, self._statement_timeout), open_pool)

    def sessions(self, connection_id: str) -> Hashable:
        """Return the identity of the sessions of a connection: the login, the connection and the statement timeout."""
        return self._settings.database_url, connection_id, self._statement_timeout

    def _own(self) -> str:
        if self._settings.database_url is None:
            raise ConfigurationError("EMBEDD_DATABASE_URL is not set.")
        return self._settings.database_url
