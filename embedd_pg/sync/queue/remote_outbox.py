"""Fetches events from the outbox of another database in which our capture line is installed.

One worker at a time does so for a database, whatever connections lead there. It reads some events, which stay; queues
their keys here, in a transaction that commits; and only then removes there just the rows it has read, in a statement of
its own. No cursor decides what is done with, and no transaction is open on either side while the other is asked. A
crash in between queues the same keys again, which costs a read of their rows and nothing else; so do two workers that
both believe it is their turn.

Why nothing is missed. An event and the change it tells of commit together there, so whatever is read there after the
event sees the change. Its job is queued after the event was read, a job's token is drawn after that, and the row is
read after the token: each committed change is followed by a read of its row. A table that awaits its first backfill
gets no job; if one was asked for in a transaction that the queueing one could not see, it begins after the event was
read, and its read sees the change. While a backfill goes on every event becomes a job in the live lane, whether the
backfill has passed that row or not. Triggers are there before the vector table is handed out, and CREATE TRIGGER waits
for those who are writing: what was committed before them is seen by the backfill.

Where that does not hold (somebody asked for the backfill earlier, triggers were dropped, the database was restored)
the comparison of a polled source does what it always does, after it has seen to the triggers: then every change is one
that the triggers tell of, or one that the comparison sees. One follows the first backfill and each change of the
columns, then one every EMBEDD_CAPTURED_INTERVAL.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from datetime import timedelta

import structlog

from embedd_pg.clients import Clients
from embedd_pg.database.call import Database
from embedd_pg.errors import EmbeddError
from embedd_pg.failpoints import failpoint
from embedd_pg.sources.remote_capture import Page, RemoteCapture
from embedd_pg.sync.queue.outbox import OutboxMark

log = structlog.get_logger(__name__)

#: Keys fetched in one statement.
PAGE = 5_000
#: Seconds until an outbox that could not be read is tried again.
RETRY = 5


class RemoteOutboxes:
    """Fetches what triggers in other databases wrote down; `queued` is set whenever there is something to do."""

    def __init__(
        self, database: Database, clients: Clients, *, worker: str, lease: float, queued: asyncio.Event
    ) -> None:
        self._database = database
        self._clients = clients
        self._worker = worker
        self._lease = lease
        self._queued = queued
        #: With `drain`: those that were found empty.
        self._emptied: list[str] = []

    async def claim(self) -> str | None:
        """A connection whose outbox nobody fetches from, if any."""
        claimed = await self._database.value(
            "claim_remote_outbox", p_worker=self._worker, p_lease=timedelta(seconds=self._lease), p_except=self._emptied
        )
        return None if claimed is None else str(claimed)

    async def run(self, connection: str, *, drain: bool) -> None:
        """Fetch until told to stop, with `drain` until nothing is left, or until it fails, which the tables show."""
        error, delay = None, 0.0
        try:
            await self._fetch(connection, drain=drain)
            if drain:
                self._emptied.append(connection)
        except EmbeddError as failure:
            error, delay = f"{failure.message} {failure.resolution}", RETRY
            log.warning("events of another database not fetched", connection=connection, error=failure.message)
        finally:
            with suppress(EmbeddError):
                await asyncio.shield(
                    self._database.value(
                        "release_remote_outbox",
                        p_connection_id=connection,
                        p_worker=self._worker,
                        p_error=error,
                        p_delay=timedelta(seconds=delay),
                    )
                )

    async def _fetch(self, connection: str, *, drain: bool) -> None:
        loop, mark, renewed = asyncio.get_running_loop(), OutboxMark(PAGE), 0.0
        while True:
            # Opened anew each time it has another address or password.
            capture = await self._clients.remote_capture(connection)
            page = await capture.read(PAGE, mark.start)
            if page.rows:
                await self._take(capture, page)
            if not renewed or loop.time() - renewed > self._lease / 3:
                renewed = loop.time()
                if not await self._database.value(
                    "extend_remote_outbox",
                    p_connection_id=connection,
                    p_worker=self._worker,
                    p_lease=timedelta(seconds=self._lease),
                ):
                    return
            mark.looked(page, loop.time())
            if mark.more:
                continue
            if drain:
                return
            await asyncio.sleep(self._clients.settings.poll_interval)

    async def _take(self, capture: RemoteCapture, page: Page) -> None:
        """Queue the keys here, then remove the events there."""
        entries = [(event.capture_id, event.kind, key) for event in page.rows for key in event.keys]
        captures, kinds, keys = (list(column) for column in zip(*entries, strict=True))
        await self._database.value("ingest_remote", p_line=page.line, p_captures=captures, p_kinds=kinds, p_keys=keys)
        self._queued.set()
        await failpoint("remote_events_queued")
        await capture.clear(page.rows)
