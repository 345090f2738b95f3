"""The instance guard: detects copies, failovers and restores of the control database (sync protocol, section 10).

A copy writes nothing until an operator adopts or detaches it. After a failover, a restore or a reset of the token
sequence, each store is read before jobs are claimed for it. The database itself refuses claims, in the transaction of
the claim, unless it owns its stores. This module finds the cause, reports it, and repairs what is safe to repair
without an operator.
"""

from __future__ import annotations

import asyncio
from datetime import timedelta

import structlog

from embedd_pg.clients import Clients
from embedd_pg.database.call import Database
from embedd_pg.database.complaint import Complaint
from embedd_pg.database.connection import address_of
from embedd_pg.database.migrate import is_served
from embedd_pg.errors import EmbeddError, InstanceConflict, SchemaVersionError, StoreError
from embedd_pg.generation import load_generation
from embedd_pg.stores.base import Store, StoreTable
from embedd_pg.sync.check.physical_stores import ensure_store
from embedd_pg.sync.store_owner import StoreOwner

log = structlog.get_logger(__name__)

#: Seconds until a failed check is tried again.
RETRY = 2.0
#: Seconds between two owner marks in the managed store.
BEAT = 10.0
MANAGED = "qdrant"
#: The lease of reading a store, renewed with each page. A failed reading is tried again after it.
LEASE = timedelta(seconds=15)


_RIVAL = "Another database left its mark in the managed store. This worker checks whether that database still writes."


class InstanceGuard:
    """The guard that checks the database's identity at start, each `interval` seconds, and soon after a call of `look`.

    `stores` are the kinds of stores that the worker serves. The managed store is in it only while the owner mark in it
    is this database's.
    """

    def __init__(self, clients: Clients, stores: list[str], *, interval: float) -> None:
        self._clients = clients
        self._database: Database = clients.database
        self._stores = stores
        self._interval = interval
        self._beat = min(BEAT, interval)
        self._owner = StoreOwner(clients, interval=self._beat)
        self._managed = False
        self._asked = asyncio.Event()
        #: Whether the identity was checked at the start, and not since.
        self._begun = False
        self._reported = {"database": "own", "store": "own"}
        self._seen = 0
        self._complaint = Complaint("instance_check_failed", address=address_of(clients.settings.database_url or ""))

    def look(self, seen: int = 0) -> None:
        """Request a check soon. `seen` is a token that was drawn, even if the database no longer knows of it."""
        self._seen = max(self._seen, seen)
        self._asked.set()

    async def begin(self, *, strict: bool) -> None:
        """Make the first check, before any claim. With `strict`, raise InstanceConflict instead of waiting."""
        self._managed = MANAGED in self._stores
        try:
            await self.check()
            await self._mind_owner()
            self._begun = True
        except InstanceConflict:
            if strict:
                raise
        except EmbeddError as error:
            self._complaint.failed(error)
        if strict and self._reported["store"] != "own":
            raise InstanceConflict(_RIVAL)

    async def run(self) -> None:
        """Check until cancelled. Raise SchemaVersionError if an upgrade of the schema has ended support for this
        program."""
        loop = asyncio.get_running_loop()
        checked = 0.0
        while True:
            wait = self._beat
            try:
                if self._asked.is_set() or loop.time() - checked >= self._interval:
                    self._asked.clear()
                    if not self._begun:
                        await self.check()
                    self._begun = False
                    if await self._read_stores():
                        checked = loop.time()
                    else:
                        wait = RETRY
                await self._mind_owner()
                self._complaint.over()
            except SchemaVersionError:
                raise
            except EmbeddError as error:
                if not isinstance(error, InstanceConflict):
                    self._complaint.failed(error)
                wait = min(wait, RETRY)
            try:
                async with asyncio.timeout(wait):
                    await self._asked.wait()
                await asyncio.sleep(0.2)  # do not repeat the check in a tight loop while claims are refused
            except TimeoutError:
                continue

    async def _mind_owner(self) -> None:
        """Serve the managed store only while its owner mark is ours. If the store does not answer, change nothing.

        A local store is left alone until a vector table is in it.
        """
        if not self._managed:
            return
        if not self._clients.settings.qdrant_url:
            generations = await self._database.rows("list_generations")
            if not any(generation["store"] == MANAGED for generation in generations):
                return
        try:
            state = await self._owner.beat()
        except StoreError:
            return
        if state == "own" and MANAGED not in self._stores:
            self._stores.append(MANAGED)
        elif state != "own" and MANAGED in self._stores:
            self._stores.remove(MANAGED)
        before, self._reported["store"] = self._reported["store"], state
        if state == "unknown" and before != state:
            log.warning("managed_store_writes_paused", message=_RIVAL)
        if state == "foreign":
            self.look()

    async def check(self) -> None:
        """Check the identity once. Raise InstanceConflict if this database must not write to its stores."""
        oldest = await self._database.rows("oldest_program")
        if not is_served({row["line"]: row["number"] for row in oldest}):
            raise SchemaVersionError(
                "The schema embedd was upgraded while this worker ran, to one that no longer serves it.",
                resolution="Upgrade embedd-pg and start it again.",
            )
        state = await self._database.value("check_instance", p_seen=self._seen)
        before, self._reported["database"] = self._reported["database"], state
        if state == "moved":
            log.warning(
                "instance_moved",
                message="The database was failed over or restored, or its tokens were set back. All rows are compared.",
            )
        elif state in ("foreign", "standby"):
            status = await self._database.row("instance_status") or {}
            error = InstanceConflict(status.get("message"))
            if before != state:
                log.error("instance_conflict", message=error.message, advice=error.resolution)
            raise error
        elif before in ("foreign", "standby"):
            log.info("instance_conflict_resolved", message="This database owns its stores now.")

    async def _read_stores(self) -> bool:
        """Read the stores that must be read, concurrently: one that does not answer does not hold up the others.

        Return False if some are still unread.
        """
        readings = []
        while row := await self._database.row("claim_unread_store", p_stores=self._stores, p_lease=LEASE):
            readings.append(asyncio.create_task(self._read_store(row["generation_id"], row["token"])))
        if readings:
            await asyncio.gather(*readings)
        return not await self._database.value("count_unread_stores")

    async def _read_store(self, generation_id: int, token: int) -> None:
        generation = await load_generation(self._database, generation_id)
        if generation is None:
            return
        try:
            await ensure_store(self._database, self._clients, generation)
            store = await self._clients.store(generation)
            highest = await self._learn(store, generation.store.table, generation_id, token)
            await self._database.value(
                "finish_store_reading", p_generation_id=generation_id, p_token=token, p_highest=highest
            )
            log.info("store_read", vector_table=generation.vector_table.id)
        except EmbeddError as error:
            log.warning("store_skipped", vector_table=generation.vector_table.id, error=error.message)

    async def _learn(self, store: Store, table: StoreTable, generation_id: int, token: int) -> int:
        """Record the store's marks in the ledger, page by page, and return the highest token among them."""
        highest = 0
        async for page in store.scan(table):
            ours = {key: mark for key, mark in page if not mark.stray}
            marks = list(ours.values())
            highest = max([highest, *(mark.token for mark in marks)])
            held = await self._database.value(
                "learn_marks",
                p_generation_id=generation_id,
                p_token=token,
                p_keys=list(ours),
                p_tokens=[mark.token for mark in marks],
                p_text_hashes=[mark.text_hash for mark in marks],
                p_metadata_hashes=[mark.metadata_hash for mark in marks],
                p_dead=[mark.dead for mark in marks],
                p_lease=LEASE,
            )
            if not held:
                raise EmbeddError("Another worker reads this store.")
        return highest
