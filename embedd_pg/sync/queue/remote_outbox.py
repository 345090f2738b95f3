"""Remote outboxes: fetch events from another database in which embedd's triggers are installed.

One worker at a time fetches from a database, even if several connections lead to it. The worker reads events, which
stay in place. It queues their keys in the control database, in a transaction that commits. Only then it removes exactly
the rows it has read from the remote database, in a separate statement. No cursor decides what is done, and neither side
has an open transaction while the other is called. A crash in between queues the same keys again, which only costs a
read of their rows. The same holds for two workers that both believe it is their turn.

Why no change is missed. An event and its change commit together in the remote database, so every read that follows the
event sees the change. The job is queued after the event was read, its token is drawn after that, and the row is read
after the token: a read of the row follows each committed change. A table that waits for its first backfill gets no job.
If a concurrent transaction requested the backfill, invisible to the transaction that queues, the backfill begins after
the event was read, so it sees the change. During a backfill every event becomes a job in the live lane, even if the
backfill has not reached that row. Triggers exist before the vector table is usable, and CREATE TRIGGER waits for
running writers: the backfill sees everything committed before the triggers.

This does not hold if the backfill was requested earlier, triggers were dropped, or the database was restored. In these
cases the comparison of polled sources finds the changes. It first ensures that the triggers are in place, so each
change is seen either by a trigger or by the comparison. A comparison follows the first backfill and each change of the
columns; later, one runs every EMBEDD_CAPTURED_INTERVAL.
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
from embedd_pg.sources.remote_capture import EventPage, RemoteCapture
from embedd_pg.sync.queue.outbox import OutboxMark

log = structlog.get_logger(__name__)

#: Keys fetched in one statement.
PAGE = 5_000
#: Seconds until a failed outbox is tried again.
RETRY = 5


class RemoteOutboxes:
    """The outboxes of other databases, in which triggers record events. `queued` is set when work was queued."""

    def __init__(
        self, database: Database, clients: Clients, *, worker: str, lease: float, queued: asyncio.Event
    ) -> None:
        self._database = database
        self._clients = clients
        self._worker = worker
        self._lease = lease
        self._queued = queued
        #: With `drain`: connections whose outbox was found empty.
        self._emptied: list[str] = []

    async def claim(self) -> str | None:
        """Claim a connection whose outbox no worker reads, or return None."""
        claimed = await self._database.value(
            "claim_remote_outbox", p_worker=self._worker, p_lease=timedelta(seconds=self._lease), p_except=self._emptied
        )
        return None if claimed is None else str(claimed)

    async def run(self, connection: str, *, drain: bool) -> None:
        """Fetch until cancelled or, with `drain`, until no event is left. Record a failure for the tables' status."""
        error, delay = None, 0.0
        try:
            await self._fetch(connection, drain=drain)
            if drain:
                self._emptied.append(connection)
        except EmbeddError as failure:
            error, delay = failure.advice, RETRY
            log.warning("remote_events_failed", connection=connection, error=failure.message)
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
            # Look up the connection for each page, because its address or password may have changed.
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

    async def _take(self, capture: RemoteCapture, page: EventPage) -> None:
        """Queue the keys in the control database, then remove the events from the remote database."""
        entries = [(event.capture_id, event.kind, key) for event in page.rows for key in event.keys]
        captures, kinds, keys = (list(column) for column in zip(*entries, strict=True))
        await self._database.value("ingest_remote", p_line=page.line, p_captures=captures, p_kinds=kinds, p_keys=keys)
        self._queued.set()
        await failpoint("remote_events_queued")
        await capture.clear(page.rows)
