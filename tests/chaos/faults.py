"""Faults of the parts. Each fault begins and ends by itself, and has ended when its function returns."""

from __future__ import annotations

import asyncio
import random
import signal
from collections import Counter, deque
from collections.abc import Awaitable, Callable
from contextlib import suppress

import psutil
import psycopg

from tests.chaos.parts import has
from tests.chaos.system import LEASE, System
from tests.support.relay import HttpRelay, Relay
from tests.support.vendor_stub import Fault as VendorFault

Fault = Callable[[System, random.Random], Awaitable[None]]

# Processes.


async def kill_worker(system: System, chance: random.Random) -> None:
    number = chance.randrange(len(system.workers))
    await system.workers[number].kill()
    await asyncio.sleep(chance.choice([0, 0, 0.5]))
    system.start_worker(number)


async def end_worker(system: System, chance: random.Random) -> None:
    number = chance.randrange(len(system.workers))
    system.workers[number].signal(signal.SIGTERM)
    await system.workers[number].gone(seconds=60)
    system.start_worker(number)


async def stall_worker(system: System, chance: random.Random) -> None:
    """Stall a worker, often past its lease: it wakes up with the belief that it still holds it."""
    worker = chance.choice(system.workers)
    worker.signal(signal.SIGSTOP)
    await asyncio.sleep(LEASE * chance.uniform(0.2, 2.0))
    worker.signal(signal.SIGCONT)


async def terminate_backends(system: System, chance: random.Random) -> None:
    """End only the sessions of workers. Sessions of users would show failures of their own statements."""
    with suppress(psycopg.OperationalError):
        async with await psycopg.AsyncConnection.connect(system.postgres.dsn, autocommit=True) as session:
            found = await session.execute("select pid from pg_stat_activity where application_name like 'embedd%'")
            pids = [row[0] for row in await found.fetchall()]
            for pid in chance.sample(pids, min(len(pids), chance.randint(1, 4))):
                await session.execute("select pg_terminate_backend(%s)", [pid])


async def crash_database(system: System, chance: random.Random) -> None:
    await asyncio.to_thread(system.postgres.crash)
    try:
        await asyncio.sleep(chance.choice([0, 1]))
    finally:
        await asyncio.to_thread(system.postgres.start)


async def stall_database(system: System, chance: random.Random) -> None:
    """Stop every process of the server for a while: sessions stay open and do not answer."""
    processes = await asyncio.to_thread(system.postgres.processes)
    for process in processes:
        with suppress(psutil.NoSuchProcess):
            process.suspend()
    try:
        await asyncio.sleep(chance.uniform(0.5, 3.0))
    finally:
        for process in processes:
            with suppress(psutil.NoSuchProcess):
                process.resume()


async def crash_store(system: System, chance: random.Random) -> None:
    if system.qdrant is None:
        return
    system.qdrant.crash()
    try:
        await asyncio.sleep(chance.choice([0, 1]))
    finally:
        await asyncio.to_thread(system.qdrant.start)


# The network, and the provider behind it.


async def slow(relay: Relay, chance: random.Random) -> None:
    relay.delay = chance.uniform(0.01, 0.2)


async def lossy(relay: Relay, chance: random.Random) -> None:
    relay.loss = chance.uniform(0.02, 0.3)


async def broken_off(relay: Relay, chance: random.Random) -> None:
    relay.cut_after = chance.randrange(1, 4000)


async def gone(relay: Relay, chance: random.Random) -> None:
    relay.cut()


async def black_hole(relay: Relay, chance: random.Random) -> None:
    relay.black_hole = True


async def swallowed(relay: Relay, chance: random.Random) -> None:
    relay.swallow = True


async def doubled(relay: HttpRelay, chance: random.Random) -> None:
    relay.doubled = chance.choice([0.3, 1.0])


async def late(relay: HttpRelay, chance: random.Random) -> None:
    relay.late = chance.choice([0.1, 0.5])


WEATHER = [slow, lossy, broken_off, gone, black_hole, swallowed]
HTTP_WEATHER = [doubled, late]


async def bad_weather(system: System, chance: random.Random) -> None:
    relay = chance.choice(system.relays)
    try:
        if isinstance(relay, HttpRelay) and chance.random() < 0.5:
            await chance.choice(HTTP_WEATHER)(relay, chance)
        else:
            await chance.choice(WEATHER)(relay, chance)
        await asyncio.sleep(chance.uniform(0.3, 2.0))
        if chance.random() < 0.5:
            relay.reset()  # what a black hole holds back is lost, or else comes late
    finally:
        relay.mend()


async def moody_provider(system: System, chance: random.Random) -> None:
    moods = [
        VendorFault(status=429, headers={"Retry-After": "1"}),
        VendorFault(status=500),
        VendorFault(spoil="short"),
        VendorFault(spoil="garbage"),
        VendorFault(hang=LEASE),
    ]
    settings = system.site.stub.settings
    settings.faults = deque([chance.choice(moods)] * chance.choice([1, 3, 100]))
    try:
        await asyncio.sleep(chance.uniform(0.3, 2.0))
    finally:
        settings.faults.clear()


def of_processes() -> list[Fault]:
    """Return the faults of processes, the usual ones twice."""
    usual = [kill_worker, stall_worker, terminate_backends]
    return [*usual, *usual, end_worker, crash_database, stall_database, *([crash_store] if has("store") else [])]


def of_network() -> list[Fault]:
    """Return the faults of the network and of the provider behind it."""
    return [*([bad_weather] * 3 if has("network") else []), moody_provider]


async def storm(system: System, faults: list[Fault], chance: random.Random, seconds: float) -> Counter[str]:
    """Cause one fault after another. The seed alone decides which, and for how long."""
    met: Counter[str] = Counter()
    end = asyncio.get_running_loop().time() + seconds
    while asyncio.get_running_loop().time() < end:
        await asyncio.sleep(chance.uniform(0.1, 0.6))
        fault = chance.choice(faults)
        met[fault.__name__] += 1
        await fault(system, chance)
    return met
