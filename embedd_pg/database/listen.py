"""LISTEN as a hint: sets an event when the doorbell rings. Whoever waits also polls, so losing it costs only time."""

from __future__ import annotations

import asyncio
import contextlib

import psycopg
import structlog

log = structlog.get_logger(__name__)
CHANNEL = "embedd"
#: Sessions that hear notifications bear this name: embedd.health() counts them.
LISTENING = "embedd listening"
#: Seconds until a listener that hears nothing tries again.
RETRY = 60.0


class Listener:
    """Keeps one session listening, reconnects for as long as it runs, and knows whether notifications arrive at all.

    Poolers in transaction mode swallow notifications: after LISTEN it notifies itself, and without an echo within
    two seconds `heard` stays False and the worker lives by polling alone, until another try a minute later.
    """

    def __init__(self, database_url: str, wake: asyncio.Event) -> None:
        self._database_url = database_url
        self._wake = wake
        self.heard = False

    async def run(self) -> None:
        """Listen until cancelled."""
        while True:
            rest = 2.0
            try:
                await self._listen()
                rest = RETRY
            except psycopg.Error:
                log.warning("listening stopped, polling goes on", retry_in=rest)
            self.heard = False
            await asyncio.sleep(rest)

    async def _listen(self) -> None:
        async with await psycopg.AsyncConnection.connect(
            self._database_url,
            autocommit=True,
            application_name="embedd listen",
            connect_timeout=10,
            keepalives_idle=10,
            keepalives_interval=5,
            keepalives_count=3,
            tcp_user_timeout=15_000,
        ) as conn:
            await conn.execute(f"listen {CHANNEL}")
            await conn.execute(f"notify {CHANNEL}")
            async for _ in conn.notifies(timeout=2, stop_after=1):
                self.heard = True
            if not self.heard:
                log.warning("no notification comes through (a pooler in transaction mode?), polling only")
                # The session behind a pooler is others' as well: it must not go on listening for nobody.
                await conn.execute(f"unlisten {CHANNEL}")
                return
            await conn.execute(f"set application_name to '{LISTENING}'")
            self._wake.set()
            async for _ in conn.notifies():
                self._wake.set()


async def stop(task: asyncio.Task[None]) -> None:
    """Cancel a background task and wait until it is gone."""
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task
