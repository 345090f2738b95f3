"""Verifications and their results, and changes of a store that bypass embedd."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from embedd_pg.ids import point_id
from tests.support.difference import active
from tests.support.worker import DIMENSIONS, Running, Site, wait_until

#: A write is answered when it is applied.
WAIT = {"wait": "true"}
KINDS = ("missing", "stale", "orphaned", "unreadable")


async def verified(site: Site, name: str = "articles", *, repair: bool = False) -> dict[str, Any]:
    """Run a verification and return its result."""
    return await ended(site, await site.one("select embedd.verify(%s, %s)", name, repair))


async def ended(site: Site, task: str, status: str = "completed") -> dict[str, Any]:
    async def look() -> dict[str, Any] | None:
        (row,) = await site.do("select * from embedd.verification(%s)", task)
        return row if row["status"] not in ("pending", "running") else None

    row: dict[str, Any] = await wait_until(look, "the verification ends", seconds=40)
    assert row["status"] == status, row
    return row


def found(row: dict[str, Any]) -> dict[str, int]:
    """Return the number of differences of each kind."""
    return {kind: row[kind] for kind in KINDS if row[kind]}


async def sweep(site: Site, interval: str = "1 microsecond") -> dict[str, Any] | None:
    """Request a sweep of the table that has waited longest, if one is due."""
    task = await site.one("select embedd_internal.request_sweep('{qdrant,pgvector}', %s::interval)", interval)
    return task and await ended(site, task)


@asynccontextmanager
async def uncaptured(site: Site) -> AsyncIterator[None]:
    """Make changes in the block that no trigger captures."""
    async with site.sql.transaction():
        yield
        await site.do("delete from embedd.outbox")


class Hand:
    """A program that changes the store without embedd."""

    def __init__(self, site: Site, worker: Running, name: str = "articles") -> None:
        self.site, self.worker, self.name = site, worker, name

    async def table(self) -> str:
        return str(
            await self.site.one(
                "select format('%%I.%%I', g.store_schema, g.store_table) from embedd.generations g"
                " join embedd.vector_tables v on v.id = g.vector_table_id where v.name = %s and g.state = 'active'",
                self.name,
            )
        )

    async def call(self, operation: str, body: dict[str, Any] | None = None) -> Any:
        collection = (await active(self.worker.clients, self.name)).store.table.name
        store = await self.worker.clients.qdrant()
        return await store._engine.call(operation, collection, body, **({} if operation == "retrieve" else WAIT))

    async def identity(self, key: str) -> str:
        return point_id((await active(self.worker.clients, self.name)).store.table.vector_table_id, key)

    async def delete(self, *keys: str) -> None:
        if self.site.mode == "platform":
            await self.site.do(f"delete from {await self.table()} where pk_value = any (%s)", list(keys))
        else:
            await self.call("delete", {"points": [await self.identity(key) for key in keys]})

    async def alter(self, key: str, part: str = "text_hash") -> None:
        """Make the mark of a point claim another text."""
        if self.site.mode == "platform":
            await self.site.do(f"update {await self.table()} set {part} = 'other' where pk_value = %s", key)
        else:
            short = {"text_hash": "th", "metadata_hash": "mh"}[part]
            body = {"ids": [await self.identity(key)], "with_payload": True, "with_vector": True}
            (point,) = await self.call("retrieve", body)
            point["payload"]["_e"][short] = "other"
            await self.call("upsert", {"points": [{name: point[name] for name in ("id", "vector", "payload")}]})

    async def add(self, key: str) -> None:
        """Add a point without a row."""
        if self.site.mode == "platform":
            await self.site.do(
                f"insert into {await self.table()} (pk_value, embedding, token, text_hash, metadata_hash)"
                " select %s, embedding, token, text_hash, metadata_hash from " + await self.table() + " limit 1",
                key,
            )
        else:
            system = {"v": 1, "th": "t", "mh": "m", "pk": key, "dead": False, "trunc": False, "text": "extra"}
            await self.put(await self.identity(key), {"_e": system, "d": {}})

    async def put(self, identity: str | int, payload: dict[str, Any]) -> None:
        vector: Any = {"": [1.0] * DIMENSIONS}
        await self.call("upsert", {"points": [{"id": identity, "vector": vector, "payload": payload}]})

    async def drop(self) -> None:
        if self.site.mode == "platform":
            await self.site.do(f"drop table {await self.table()}")
        else:
            await self.call("delete_collection")
