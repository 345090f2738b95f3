"""The alias of each vector table in the managed store: a name for clients of people's own, which stays when the
collection behind it is replaced. Searches of ours take the collection from the control database."""

from __future__ import annotations

from embedd_pg.clients import Clients
from embedd_pg.database.call import Database


async def see_to_aliases(database: Database, clients: Clients) -> None:
    """See that each alias names the collection that answers now. Doing it again changes nothing; one that points to a
    collection that is removed goes with it."""
    rows = await database.rows("list_aliases")
    if rows:
        await (await clients.qdrant()).point_aliases({row["alias"]: row["collection"] for row in rows})
