"""The record of a worker's looks for work. Without a recent one no vector table counts as synced."""

from __future__ import annotations

import asyncio
from datetime import timedelta

from embedd_pg.database.complaint import Complaint
from embedd_pg.database.connection import address_of
from embedd_pg.database.listen import Listener
from embedd_pg.database.sql_files import newest
from embedd_pg.errors import EmbeddError
from embedd_pg.settings import Settings
from embedd_pg.sync.queue.ledger import Ledger

#: Seconds within which a worker finds a change, or says why it does not.
PROMISE = 5.0


class Looks:
    """The state of one worker's looks for work, which it notes in the database every second."""

    def __init__(self, ledger: Ledger, listener: Listener, settings: Settings) -> None:
        self._ledger = ledger
        self._listener = listener
        self._interval = settings.poll_interval
        self._complaint = Complaint("look_for_work_failed", address=address_of(settings.database_url or ""))
        #: The newest migration that this program knows. It tells the database which columns this worker can read.
        self._knows = newest()["control"]
        self._begun: float | None = None
        #: Whether this worker runs on a schedule, in which changes wait for the next run anyway.
        self._scheduled = False

    async def promise(self, every: timedelta) -> None:
        """Promise in the database that the next run of this worker begins within this time."""
        self._scheduled = True
        await self.note()
        await self._ledger.record_schedule(every)

    def begin(self) -> None:
        """Record that a look begins."""
        self._begun = asyncio.get_running_loop().time()

    def succeeded(self) -> None:
        """Record that a look ended."""
        self._begun = None
        self._complaint.over()

    def failed(self, error: EmbeddError) -> float:
        """Record that a look failed. Return the seconds to pause before the next one."""
        self._begun = None
        return self._complaint.failed(error)

    async def note(self) -> None:
        """Note the state in the database, for the status of all tables."""
        await self._ledger.record_look(self.reason(), self._knows)

    async def end(self) -> None:
        """Note the end of a scheduled run: the time until the next one counts from here."""
        if self._scheduled:
            await self.note()

    def reason(self) -> str | None:
        """Return why this worker may miss a change for longer than it promises, and what to do."""
        if (error := self._complaint.error) is not None:
            return error.advice
        if self._begun is not None and asyncio.get_running_loop().time() - self._begun > PROMISE:
            return "A look for work has taken more than five seconds. pg_stat_activity shows what it waits for."
        if not (self._scheduled or self._listener.heard) and self._interval > PROMISE:
            why = self._listener.silence or "The worker is not connected for notifications."
            return f"{why} It polls every {self._interval:g} seconds only. Lower EMBEDD_POLL_INTERVAL to 5 or less."
        return None
