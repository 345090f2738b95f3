"""LISTEN as a hint: a notification sets an event. The waiter also polls, so a lost notification costs only time."""

from __future__ import annotations

import asyncio
import contextlib

import psycopg
import structlog

log = structlog.get_logger(__name__)
CHANNEL = "embedd"
#: The application name of sessions that receive notifications; embedd.health() counts them.
LISTENING = "embedd listening"
#: Seconds until a listener that receives nothing tries again.
RETRY = 60.0


class Listener:
    """A session that listens, reconnects while it runs, and checks whether notifications arrive at all.

    Poolers in transaction mode swallow notifications. After LISTEN, the listener therefore notifies itself. If nothing
    arrives within two seconds, `heard` stays False and the worker only polls, until the next try a minute later.
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
                log.warning("listener_disconnected", retry_in=rest)
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
                log.warning(
                    "notifications_missing",
                    message="Notifications do not arrive, perhaps because of a pooler in transaction mode. The worker"
                    " only polls.",
                )
                # The pooler gives this session to other clients: stop listening, because nothing reads it any more.
                await conn.execute(f"unlisten {CHANNEL}")
                return
            await conn.execute(f"set application_name to '{LISTENING}'")
            self._wake.set()
            async for _ in conn.notifies():
                self._wake.set()


async def stop(task: asyncio.Task[None]) -> None:
    """Cancel a background task and wait until it has ended."""
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task
