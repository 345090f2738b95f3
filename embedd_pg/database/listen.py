"""LISTEN as a hint: a notification sets an event. The waiter also polls, so a lost notification costs only time.

The notification `search` says that a session waits for a search, all others that there is work."""

from __future__ import annotations

import asyncio
import contextlib

import psycopg
import structlog

from embedd_pg.database.call import translate
from embedd_pg.database.complaint import Complaint
from embedd_pg.database.connection import REACHING, address_of
from embedd_pg.database.pooler import Pooler, forget, probe_once

log = structlog.get_logger(__name__)
CHANNEL = "embedd"
#: The payload of a notification about a search.
SEARCH = "search"
#: The application name of sessions that receive notifications; embedd.health() counts them.
LISTENING = "embedd listening"
#: Seconds until a listener that receives nothing tries again.
RETRY = 60.0


class Listener:
    """A session that listens, reconnects while it runs, and checks whether notifications arrive at all.

    A pooler in transaction mode swallows notifications, although it may return one that a client sends itself. The
    listener therefore does not listen through such a pooler. Otherwise it notifies itself; if nothing arrives within
    two seconds, something else swallows notifications. In both cases `heard` stays False, `silence` says why, and the
    worker only polls, until the next try a minute later.
    """

    def __init__(self, database_url: str, wake: asyncio.Event, *, asked: asyncio.Event) -> None:
        self._database_url = database_url
        self._wake = wake
        self._asked = asked
        self.heard = False
        self.silence: str | None = None

    async def run(self) -> None:
        """Listen until cancelled."""
        complaint = Complaint("listener_disconnected", address=address_of(self._database_url))
        while True:
            rest = RETRY
            try:
                await self._listen(complaint)
            except psycopg.Error as error:
                forget(self._database_url)
                rest = complaint.failed(translate(error))
            self.heard = False
            await asyncio.sleep(rest)

    async def _listen(self, complaint: Complaint) -> None:
        pooler = await probe_once(self._database_url)
        if not pooler.keeps_sessions:
            self._say(_SILENCES[pooler])
            return
        async with await psycopg.AsyncConnection.connect(
            self._database_url, autocommit=True, application_name="embedd listen", **REACHING
        ) as conn:
            await conn.execute(f"listen {CHANNEL}")
            await conn.execute(f"notify {CHANNEL}")
            async for _ in conn.notifies(timeout=2, stop_after=1):
                self.heard, self.silence = True, None
            if not self.heard:
                self._say("Notifications do not arrive.")
                # A pooler may lend this session to others: stop listening, because nothing reads the notifications.
                await conn.execute(f"unlisten {CHANNEL}")
                return
            await conn.execute(f"set application_name to '{LISTENING}'")
            complaint.over()
            self._wake.set()
            async for notification in conn.notifies():
                (self._asked if notification.payload == SEARCH else self._wake).set()

    def _say(self, why: str) -> None:
        """Log once why this worker only polls."""
        if self.silence != why:
            log.warning(
                "polling_only", message=f"{why} The worker finds changes by polling, every EMBEDD_POLL_INTERVAL."
            )
        self.silence = why


_SILENCES = {
    Pooler.TRANSACTION: "A pooler in transaction mode is in front of PostgreSQL, and no notification passes it.",
    Pooler.UNKNOWN: "A pooler in front of PostgreSQL has no second session to spare.",
}


async def stop(task: asyncio.Task[None]) -> None:
    """Cancel a background task and wait until it has ended."""
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task
