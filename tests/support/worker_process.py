"""Starts worker processes fast: `python -m tests.support.worker_process` imports everything once and forks on request.

One JSON object a line on standard input holds the environment of a worker; its process id comes back on standard
output. The processes end when they are told to, or with this one.
"""

from __future__ import annotations

import asyncio
import ctypes
import datetime
import json
import os
import signal
import sys
import time

import openai  # noqa: F401 - a provider's SDK is imported when first used, which would be anew in each process

from embedd_pg import failpoints
from embedd_pg.clients import Clients
from embedd_pg.database.call import Database, open_pool
from embedd_pg.settings import Settings
from embedd_pg.sync.worker import Worker


def shift_clock(seconds: float) -> None:
    """Shift this process's wall clock. time.monotonic stays unchanged."""
    now, now_ns, usual = time.time, time.time_ns, datetime.datetime

    class Shifted(datetime.datetime):
        @classmethod
        def now(cls, tz: datetime.tzinfo | None = None) -> Shifted:
            return cls.fromtimestamp(now() + seconds, tz)

    time.time = lambda: now() + seconds
    time.time_ns = lambda: now_ns() + int(seconds * 1e9)
    for name, module in list(sys.modules.items()):
        if name.startswith("embedd") and getattr(module, "datetime", None) is usual:
            module.datetime = Shifted  # type: ignore[attr-defined]


async def work() -> None:
    """Run one worker until SIGTERM."""
    settings = Settings.from_environment()
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    pool = await open_pool(settings.database_url or "")
    clients = Clients(settings, Database(pool))
    try:
        await Worker(clients).run(stop)
    finally:
        await clients.close()
        await pool.close()


def become_worker(environment: dict[str, str]) -> None:
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    ctypes.CDLL(None).prctl(1, signal.SIGKILL)  # PR_SET_PDEATHSIG: no worker outlives the tests
    log = os.open(environment["WORKER_LOG"], os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    os.dup2(log, 1)
    os.dup2(log, 2)
    os.environ.update(environment)
    if clock := environment.get("WORKER_CLOCK"):
        shift_clock(float(clock))
    failpoints._POINTS.update(failpoints._parse(environment.get("EMBEDD_FAILPOINTS", "")))
    asyncio.run(work())


def main() -> None:
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    for line in sys.stdin:
        pid = os.fork()
        if pid == 0:
            code = 1
            try:
                become_worker(json.loads(line))
                code = 0
            finally:
                os._exit(code)
        print(pid, flush=True)


if __name__ == "__main__":
    main()
