"""Peers: the other workers on this database. A worker that dies gives nothing back, so its peers end its leases."""

from __future__ import annotations

import asyncio
import math
from datetime import datetime

import structlog

from embedd_pg.database.call import Database
from embedd_pg.errors import EmbeddError
from embedd_pg.sync.queue.looks import Looks

log = structlog.get_logger(__name__)

#: Seconds between two signs of life.
BEAT = 1.0
#: Seconds without a sign of life after which a peer counts as dead.
DEAD = 9.0


class Peers:
    """The exchange of signs of life between this worker and its peers. A recorded look for work is a sign of life.

    Silence is measured by this worker's own monotonic clock, and only while this worker reaches the database: after an
    interruption every peer has the full time again. Neither a clock nor an outage makes a living worker count as dead.
    """

    def __init__(self, database: Database, looks: Looks, *, worker: str, freed: asyncio.Event) -> None:
        self._database = database
        self._looks = looks
        self._worker = worker
        #: Set when leases were ended: the worker looks for work at once.
        self._freed = freed
        #: The last sign of life of each peer, and when this worker first saw it.
        self._seen: dict[str, tuple[datetime, float]] = {}
        self._looked = 0.0

    async def run(self) -> None:
        """Exchange signs of life until cancelled."""
        while True:
            try:
                await self._looks.note()
                await self.look()
            except EmbeddError:
                self.lost_sight()
            await asyncio.sleep(BEAT)

    def lost_sight(self) -> None:
        """Start to measure silence again, because peers may have given signs of life in the meantime."""
        self._seen.clear()

    async def look(self) -> None:
        """Look at the signs of life of the peers, and end the leases of dead ones."""
        peers = await self._database.rows("peers", p_worker=self._worker)
        now = asyncio.get_running_loop().time()
        if now - self._looked > DEAD / 2:
            self.lost_sight()
        self._looked = now
        before, self._seen = self._seen, {}
        for row in peers:
            name, sign = row["worker"], row["looked_at"]
            seen = before.get(name)
            self._seen[name] = seen if seen and seen[0] == sign else (sign, now)
        for name, (sign, since) in self._seen.items():
            if now - since >= DEAD:
                self._seen[name] = (sign, math.inf)
                await self._end_leases(name, sign)

    async def _end_leases(self, name: str, sign: datetime) -> None:
        if await self._database.value("end_leases", p_worker=name, p_looked_at=sign):
            log.warning("worker_silent", worker=name, message="Its leases were ended; other workers continue its work.")
            self._freed.set()
