"""The owner mark: an entry in the managed store that names the database which writes to it.

PostgreSQL offers no way to distinguish two physical copies of one database. The mark lets them detect each other. Each
beat writes a new random mark, which the database has recorded before. A copy finds a mark that it does not know, waits,
and observes whether it changes. If it does, the original is alive, and the copy stops. If not, the original is gone,
and the copy takes its place. Between two copies started at the same moment, one beat decides.
"""

from __future__ import annotations

from datetime import timedelta

from embedd_pg.clients import Clients
from embedd_pg.database.call import Database
from embedd_pg.stores.base import Point, StoreTable


class StoreOwner:
    """Reader and writer of the owner mark of the managed store. `interval` is the time between two beats in seconds."""

    def __init__(self, clients: Clients, *, interval: float) -> None:
        self._clients = clients
        self._database: Database = clients.database
        self._watch = timedelta(seconds=3 * interval)
        self._uid = ""
        self._created = False

    async def beat(self) -> str:
        """Read the mark and write the next. Return `own`, `unknown` (do not write for now) or `foreign`."""
        store = await self._clients.qdrant()
        while True:
            table = StoreTable("embedd_owners", self._uid, 1)
            if not self._created:
                await store.create(table)
                self._created = True
            found = (await store.marks(table, [self._uid])).get(self._uid)
            noted = await self._database.row(
                "note_owner",
                p_uid=self._uid,
                p_found=found.text_hash if found else None,
                p_found_token=found.token if found else 0,
                p_watch=self._watch,
            )
            assert noted is not None
            if noted["state"] != "renamed":
                break
            self._uid = noted["uid"]
        if noted["state"] == "own":
            point = Point(self._uid, None, "", noted["beat"], noted["beat"], {})
            await store.upsert(table, noted["token"], [point])
        return str(noted["state"])
