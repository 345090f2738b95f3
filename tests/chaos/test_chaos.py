"""Real processes under load while everything between and below them breaks: processes are killed, stopped and woken up
late, sessions terminated, the database stopped immediately and started, the store killed, the network slow, lossy, cut
or silent, answers swallowed, requests duplicated and late, the provider unreliable. Some processes use poolers, and one
worker may be of an earlier release. Then all faults end, and without help the store must become equal to the source,
row by row. Meanwhile no token decreases, no query returns a row whose deletion was acknowledged, and the API answers,
or says in a declared way that it cannot.

This test runs a short round. `make chaos SEED=… MINUTES=…` runs as long as requested; each round has its own seed,
which replays it (with the same faults and changes, but at other moments). Even seeds: pgvector, odd: Qdrant. An earlier
release takes part in every other round of each store. WITHOUT=… leaves parts out (tests/chaos/parts.py)."""

from __future__ import annotations

import asyncio
import os
import random
import secrets
import subprocess
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import psycopg

from tests.chaos.faults import of_network, of_processes, storm
from tests.chaos.history import History
from tests.chaos.parts import WITHOUT, has
from tests.chaos.servers import Postgres
from tests.chaos.system import System, running_system
from tests.chaos.writers import WORDS, Writers
from tests.support.relay import HttpRelay
from tests.support.vendor_stub import Stub
from tests.support.worker import wait_until

MINUTES = float(os.environ.get("EMBEDD_MINUTES") or 0)
#: Seconds of faults in a round.
STORM = 40.0 if MINUTES else 8.0
#: The longest rest after a failure is a minute, and several failures may follow one another.
PATIENCE = float(os.environ.get("EMBEDD_PATIENCE", "240"))


def seeds() -> Iterator[int]:
    """Return the seeds of the rounds; without MINUTES one for each store."""
    given = os.environ.get("EMBEDD_SEED")
    first = int(given) if given else secrets.randbelow(10**6) if MINUTES else 20
    end = time.monotonic() + MINUTES * 60
    yield first
    yield from ([first + 1] if not MINUTES else ())
    while time.monotonic() < end:
        first += 1
        yield first


async def test_the_store_ends_equal_to_the_source_whatever_breaks(
    postgres: Postgres, vendor: Stub, nursery: subprocess.Popen[str], tmp_path: Path
) -> None:
    for seed in seeds():
        store = "qdrant" if seed % 2 else "pgvector"
        print(f"\nchaos with {store}, to replay: make chaos {_replay(seed)}", flush=True)
        directory = tmp_path / str(seed)
        directory.mkdir()
        chance = random.Random(seed)
        upgraded = has("upgrade") and seed % 4 in (0, 3)
        async with running_system(store, postgres, vendor, nursery, directory, chance, upgraded=upgraded) as system:
            try:
                told = await round_of(system, chance)
            except Exception as error:
                told = f"make chaos {_replay(seed)}: {'; '.join(_causes(error))}\n{await system.report()}"
                raise AssertionError(told) from error
        print(told, flush=True)


def _replay(seed: int) -> str:
    without = f" WITHOUT={','.join(sorted(WITHOUT))}" if WITHOUT else ""
    return f"SEED={seed} MINUTES=1{without}"


async def round_of(system: System, chance: random.Random) -> str:
    """Run one storm and its aftermath. Return a summary."""
    await system.at_rest(seconds=60)
    writers, storms = Writers(system.dsn, random.Random(chance.random())), (of_processes(), of_network())
    stop = asyncio.Event()
    async with system.site.clients(**system.direct) as clients:
        history = History(system.dsn, clients, writers)
        async with asyncio.TaskGroup() as group:
            group.create_task(history.watch(stop))
            if system.client is not None:
                group.create_task(system.client.run(stop))
            writing = group.create_task(writers.run())
            raging = [storm(system, faults, random.Random(chance.random()), STORM) for faults in storms]
            met = sum(await asyncio.gather(*raging), Counter[str]())
            writers.stop.set()
            await writing
            begun = time.monotonic()
            await system.at_rest(seconds=PATIENCE)
            took = time.monotonic() - begun
            await system.landed()
            stop.set()
    differing = await system.differing()
    assert not differing, differing
    answers = await _answers(system)
    assert all(worker.alive for worker in system.workers), "a worker ended by itself"
    assert history.samples, "the store was never looked at"
    faults = ", ".join(f"{name} {count}" for name, count in sorted(met.items()))
    later = sum(relay.sent_later for relay in system.relays if isinstance(relay, HttpRelay))
    return (
        f"  {writers.committed.total()} changes; {faults}; {later} requests once more or late\n"
        f"  {history.samples} samples, {history.queries} queries, longest lag {history.longest_lag:.1f} s,"
        f" at rest {took:.1f} s after the last fault\n  {answers}"
    )


async def _answers(system: System) -> str:
    """Check that the API finds what is in the source, now that everything is at rest. Return what it answered."""
    if system.client is None:
        return "no client searched over REST"
    found = await wait_until(lambda: system.client and system.client.search(WORDS[0]), "the API answers")
    async with await psycopg.AsyncConnection.connect(system.dsn) as session:
        rows = await session.execute("select id::text, coalesce(body, '') from articles")
        texts: dict[str, str] = dict(await rows.fetchall())
    assert all(row["id"] in texts and texts[row["id"]] in row["embedded_text"] for row in found), found
    return "over REST: " + ", ".join(f"{answer} {count}" for answer, count in system.client.answers.most_common())


def _causes(error: BaseException) -> list[str]:
    if isinstance(error, BaseExceptionGroup):
        return [cause for one in error.exceptions for cause in _causes(one)]
    return [f"{type(error).__name__}: {error}"]
