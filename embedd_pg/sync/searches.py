"""Searches that sessions ask of workers in SQL, through embedd.prepare_search().

A notification wakes the worker, and its look for work finds requests whose notification did not arrive. Searches run
next to the attempts, in database sessions of their own, so they do not wait for a backfill.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from contextlib import suppress
from datetime import timedelta

import structlog

from embedd_pg.clients import Clients
from embedd_pg.database.call import Actor, Database, Row, open_pool
from embedd_pg.errors import EmbeddError
from embedd_pg.turns import Turns

log = structlog.get_logger(__name__)

#: Searches that a worker carries out at once. claim_searches() bounds those of an organization.
AT_ONCE = 64
#: Seconds that one of them may take.
LEASE = 30.0


class Searches:
    """The search requests that one worker answers. `asked` is set when there may be new ones."""

    def __init__(self, clients: Clients, *, worker: str, stores: Sequence[str]) -> None:
        self.asked = asyncio.Event()
        self._clients = clients
        self._worker = worker
        self._stores = stores
        self._running: set[asyncio.Task[None]] = set()

    async def run(self) -> None:
        """Answer requests until cancelled. Then give back those under way."""
        await self.asked.wait()
        settings = self._clients.settings
        size = max(1, settings.sessions // 2)
        pool = await open_pool(settings.database_url or "", size=size, statement_timeout=settings.statement_timeout)
        database = Database(pool, turns=Turns(max(1, size // 2)))
        try:
            while True:
                self.asked.clear()
                await self._begin(self._clients.for_requests(database))
                await self.asked.wait()
        finally:
            await self._give_back(database)
            await pool.close(timeout=1)

    async def _begin(self, clients: Clients) -> None:
        """Claim requests, as many as may be carried out at once, and begin to answer them."""
        while free := AT_ONCE - len(self._running):
            try:
                claimed = await clients.database.rows(
                    "claim_searches",
                    p_worker=self._worker,
                    p_stores=list(self._stores),
                    p_lease=timedelta(seconds=LEASE),
                    p_limit=free,
                )
            except EmbeddError as error:
                log.warning("searches_not_claimed", error=error.message)
                return
            if not claimed:
                return
            for request in claimed:
                task = asyncio.create_task(self._answer(clients, request), name="search")
                self._running.add(task)
                task.add_done_callback(self._running.discard)

    async def _answer(self, clients: Clients, request: Row) -> None:
        """Carry out one request, and record what was found or why nothing was."""
        made = {"p_generation_id": request["generation_id"], "p_vector": None, "p_answer": None}
        refusal = None
        try:
            async with asyncio.timeout(LEASE):
                made = await _carry_out(clients, request)
        except TimeoutError:
            refusal = _refusal(f"The search took more than {LEASE:g} seconds.", "Search again later.")
        except EmbeddError as error:
            shown = error.for_users()
            if shown is not error:
                log.warning("search_failed", vector_table=request["vector_table_id"], error=error.message)
            refusal = _refusal(shown.message, shown.resolution, shown.sqlstate)
        except Exception as error:
            log.error("search_broke", vector_table=request["vector_table_id"], exc_info=error)
            refusal = _refusal("An internal error ended the search.", "The worker's log has it.")
        try:
            more = await clients.database.value(
                "answer_search",
                p_digest=request["digest"],
                p_worker=self._worker,
                p_ask=request["ask"],
                **made,
                p_refusal=refusal,
            )
        except EmbeddError as error:
            log.warning("search_not_recorded", vector_table=request["vector_table_id"], error=error.message)
            return
        if more:
            self.asked.set()

    async def _give_back(self, database: Database) -> None:
        """Cancel the searches under way, and give them to other workers."""
        running = list(self._running)
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)
        if running:
            with suppress(EmbeddError):
                await database.value("release_searches", p_worker=self._worker)


async def _carry_out(clients: Clients, request: Row) -> Row:
    """Return what was found as parameters of answer_search()."""
    from embedd_pg.search.prepared import prepare  # late, because not every worker is asked

    actor = Actor(request["organization_id"], request["environment_id"], str(request["user_id"] or ""))
    made = await prepare(clients, request["vector_table_id"], request["need"], actor, co_located=request["co_located"])
    return {
        "p_generation_id": made.generation_id,
        "p_vector": None if made.vector is None else f"{{{','.join(map(str, made.vector.tolist()))}}}",
        "p_answer": None if made.answer is None else json.dumps(made.answer, allow_nan=False),
    }


def _refusal(message: str, hint: str, sqlstate: str | None = None) -> str:
    """Return an error as answer_search() records it."""
    return json.dumps({"message": message, "hint": hint, "sqlstate": sqlstate})
