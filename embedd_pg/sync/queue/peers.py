"""Peers: the other workers on this database. A worker that dies gives nothing back, so its peers end its leases."""

from __future__ import annotations

import asyncio

import structlog

from embedd_pg.database.call import Database
from embedd_pg.errors import EmbeddError

log = structlog.get_logger(__name__)

#: Seconds between two signs of life.
BEAT = 2.0
#: Seconds without a sign of life after which a peer counts as dead.
DEAD = 9.0


class Peers:
    """The exchange of signs of life between this worker and its peers.

    Silence is measured by this worker's own monotonic clock, and only while this worker reaches the database: after an
    interruption every peer has the full time again. So no clock and no outage makes a living worker look dead.
    """

    def __init__(self, database: Database, *, worker: str, freed: asyncio.Event) -> None:
        self._database = database
        self._worker = worker
        self._freed = freed
        #: The last sign of life of each peer, and when it was first seen.
        self._seen: dict[str, tuple[int, float]] = {}
        self._looked = 0.0

    async def run(self) -> None:
        """Beat until cancelled."""
        while True:
            try:
                await self.beat()
            except EmbeddError:
                self.lost_sight()
            await asyncio.sleep(BEAT)

    def lost_sight(self) -> None:
        """Start to measure silence again, because peers may have given signs of life in the meantime."""
        self._seen.clear()

    async def beat(self) -> None:
        """Give a sign of life, and end the leases of dead peers."""
        found = await self._database.row("beat", p_worker=self._worker) or {}
        if found["clock_back"]:
            log.warning("database_clock_went_back", seconds=round(found["clock_back"], 1))
            self._freed.set()
        now = asyncio.get_running_loop().time()
        if now - self._looked > DEAD / 2:
            self.lost_sight()
        self._looked = now
        peers: dict[str, int] = found["peers"]
        self._seen = {
            name: seen if (seen := self._seen.get(name)) and seen[0] == beat else (beat, now)
            for name, beat in peers.items()
        }
        for name, (beat, since) in self._seen.items():
            if now - since >= DEAD and await self._database.value("end_leases", p_worker=name, p_beat=beat):
                log.warning("worker_died", worker=name)
                self._freed.set()
