"""The external objects of an installation: collections and aliases in the managed store, vector tables and triggers in
other databases. They are found from the installation's own tables, and removed together with embedd.

Only objects that belong to this database are removed. A copy that was neither adopted nor detached shares all of them
with its original. An owner mark in the managed store that this database did not write shows that another one uses it.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from embedd_pg.clients import Clients
from embedd_pg.errors import EmbeddError
from embedd_pg.operate.uninstall.database import Installation, Part, Row
from embedd_pg.sources.connect import SourcePool, open_source
from embedd_pg.sources.remote_capture import RemoteCapture
from embedd_pg.stores.base import StoreTable
from embedd_pg.stores.pgvector.store import PgvectorStore

if TYPE_CHECKING:
    from embedd_pg.stores.qdrant.store import QdrantStore

#: States of a database that owns the objects named in its tables.
OWN = ("own", "moved")


@dataclass(frozen=True, slots=True)
class Holding:
    """One external object. `remove` is idempotent."""

    kind: str
    name: str
    remove: Callable[[], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Holdings:
    """The objects found, and for each place that could not be searched, the objects that may remain and the reason."""

    found: Sequence[Holding]
    left: Sequence[Part]


@asynccontextmanager
async def holdings(clients: Clients, installation: Installation) -> AsyncIterator[Holdings]:
    """Search all places. The objects found can be removed inside the block."""
    async with AsyncExitStack() as stack:
        search = _Search(clients, installation, stack)
        if installation.state == "new" or not installation.control:
            pass
        elif installation.state in OWN:
            await search.everywhere()
        else:
            search.leave_all()
        yield Holdings(search.found, search.left)


class _Search:
    def __init__(self, clients: Clients, installation: Installation, stack: AsyncExitStack) -> None:
        self._clients = clients
        self._installation = installation
        self._stack = stack
        self._connections = {row["id"]: row for row in installation.connections}
        self._tables = {row["id"]: row for row in installation.vector_tables}
        self.found: list[Holding] = []
        self.left: list[Part] = []

    async def everywhere(self) -> None:
        if self._collections:
            await self._in_qdrant()
        for connection in sorted({*self._remote_stores, *self._captures}):
            await self._in_database(connection)

    def leave_all(self) -> None:
        """Report everything as left behind, because this database is, or may be, a copy."""
        why = (
            "It belongs to the database this one was copied from, which may still use it."
            if self._installation.state == "foreign"
            else "The schema is too broken to determine whether it belongs to this database or to its original."
        )
        self._leave("collection", self._collections, f"{why} If it is not in use, drop it in Qdrant.")
        for connection in sorted({*self._remote_stores, *self._captures}):
            self._leave_database(connection, f"{why} If it is not in use, drop it in that database")

    # The managed store.

    @property
    def _collections(self) -> list[str]:
        return sorted(row["store_table"] for row in self._installation.generations if row["store"] == "qdrant")

    async def _in_qdrant(self) -> None:
        uid = str(self._installation.instance["uid"])
        try:
            store = await self._clients.qdrant()
            collections, aliases = await store.names()
            owners = StoreTable("embedd_owners", uid, 1)
            marks = await store.marks(owners, [uid]) if owners.name in collections else {}
        except EmbeddError as error:
            why = f"The managed store cannot be searched: {error.message} {error.resolution}"
            return self._leave("collection", self._collections, why)
        if uid in marks and marks[uid].text_hash not in self._installation.instance.get("beats", ()):
            why = "Another database left its mark in the managed store: one of the two is a copy. Drop it in Qdrant."
            return self._leave("collection", self._collections, why)
        ours = set(self._collections)
        for alias, collection in sorted(aliases.items()):
            if alias.startswith("embedd_active_") and collection in ours:
                self._add("alias", alias, partial(store.remove_alias, alias))
        for name in self._collections:
            if name in collections:
                self._add("collection", name, partial(store.drop, StoreTable(name, "", 1)))
        if uid in marks:
            self._add("mark", f"{uid} in {owners.name}", partial(_unmark, store, owners, uid))
        return None

    # Other databases.

    @property
    def _remote_stores(self) -> dict[str, list[Row]]:
        """The generations whose tables are in another database, by connection."""
        found: dict[str, list[Row]] = {}
        for row in self._installation.generations:
            connection = self._tables[row["vector_table_id"]]["connection_id"]
            if row["store"] == "pgvector" and self._connections[connection]["host"] is not None:
                found.setdefault(connection, []).append(row)
        return found

    @property
    def _captures(self) -> dict[str, list[int]]:
        """The captures in other databases, by connection."""
        found: dict[str, set[int]] = {}
        for row in self._installation.vector_tables:
            if row.get("remote_capture_id") is not None:
                found.setdefault(row["connection_id"], set()).add(row["remote_capture_id"])
        return {connection: sorted(captures) for connection, captures in found.items()}

    async def _in_database(self, connection: str) -> None:
        where = self._where(connection)
        try:
            pool = await self._pool(connection)
            async with pool.connection(timeout=10) as session:
                await session.execute("select 1")
        except Exception as error:  # any failure; the driver's text is not shown
            why = f"{error.message} {error.resolution}" if isinstance(error, EmbeddError) else "It does not answer."
            return self._leave_database(connection, f"{where} cannot be reached. {why} Then drop it in that database")
        for row in self._remote_stores.get(connection, ()):
            store = PgvectorStore(pool, row["store_schema"] or "public")
            # The store drops a table of passages together with its main table.
            table = StoreTable(row["store_table"], row["vector_table_id"], 1, chunked=True)
            self._add("remote vectors", f"{row['store_table']} in {where}", partial(store.drop, table))
        capture = RemoteCapture(pool, str(self._installation.instance["uid"]))
        for number in self._captures.get(connection, ()):
            self._add("remote triggers", f"capture {number} in {where}", partial(capture.end, number))
        return None

    async def _pool(self, connection: str) -> SourcePool:
        row = self._connections[connection]
        if row["password"]:
            # The same form as that of connection_secret().
            row = {**row, "password": {**row["password"], "authentication": row["authentication"]}}
        address = await self._clients.connections.read_address(row)
        pool = await open_source(address, targets=self._clients.targets, size=1, read_only=False)
        self._stack.push_async_callback(pool.close)
        return pool

    def _where(self, connection: str) -> str:
        row = self._connections[connection]
        return f"database {row['database']} of {row['host']}"

    def _leave_database(self, connection: str, why: str) -> None:
        where, uid = self._where(connection), self._installation.instance.get("uid")
        tables = self._remote_stores.get(connection, ())
        self._leave("remote vectors", [f"{row['store_table']} in {where}" for row in tables], f"{why}.")
        for number in self._captures.get(connection, ()):
            how = f"{why}: select embedd.end_capture('{uid}', {number})."
            self._leave("remote triggers", [f"capture {number} in {where}"], how)

    def _add(self, kind: str, name: str, remove: Callable[[], Awaitable[Any]]) -> None:
        self.found.append(Holding(kind, name, remove))

    def _leave(self, kind: str, names: Sequence[str], note: str) -> None:
        self.left += [Part(kind, name, False, note) for name in names]


async def _unmark(store: QdrantStore, owners: StoreTable, uid: str) -> None:
    """Remove the mark by which copies of this database would detect it, and the collection with the last mark."""
    await store.remove(owners, [uid])
    if await store.is_empty(owners):
        await store.drop(owners)
