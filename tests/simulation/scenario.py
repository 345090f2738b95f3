"""One simulated life, decided by its seed: users change rows, workers die, stop and wake up late, requests are lost,
late or repeated, and the provider fails at times.

The invariants are checked whenever a job is done, and at rest.
"""

from __future__ import annotations

import asyncio
import random
from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any, cast

import numpy as np

from embedd_pg.clients import Clients
from embedd_pg.settings import Settings
from embedd_pg.sync.row.back_off import BackOff, Breaker
from embedd_pg.sync.worker import Worker
from tests.simulation.loop import simulated
from tests.simulation.network import Network, Weather
from tests.simulation.world import REFUSED, MemoryClients, World, document, vector_of

STORM = 30.0
#: The longest time to settle without faults: the longest rest after failures is 72 s, followed by leases and retries.
PATIENCE = 600.0
BODIES = ["red", "green", "blue", f"{REFUSED} red", "", None]


class Violation(AssertionError):
    """An invariant does not hold."""


@dataclass(eq=False)
class Process:
    """One worker process, which may die, or stop and continue."""

    worker: Worker
    network: Network
    stop: asyncio.Event
    task: asyncio.Task[None]

    def kill(self) -> None:
        self.network.dead = True
        self.network.go_on()
        self.task.cancel()


@dataclass
class Scenario:
    seed: int
    chance: random.Random
    world: World
    weather: Weather
    settings: Settings
    processes: list[Process] = field(default_factory=list)
    transactions: list[asyncio.Task[None]] = field(default_factory=list)
    story: list[str] = field(default_factory=list)
    #: A worker would catch the error at this place.
    found: list[Violation] = field(default_factory=list)

    @classmethod
    def of(cls, seed: int) -> Scenario:
        loop = asyncio.get_running_loop()
        chance = random.Random(seed)
        random.seed(seed)  # back-off draws from it
        faults = [chance.choice([0.0, 0.0, 0.02, 0.1, 0.3]) for _ in range(4)]
        weather = Weather(*faults, slowest=chance.choice([0.01, 0.1, 1.0]), latest=chance.choice([1.0, 10.0, 40.0]))
        settings = Settings(
            poll_interval=1.0,
            lease=chance.choice([2.0, 5.0]),
            concurrency=chance.randint(1, 3),
            batch_size=chance.randint(1, 6),
        )
        return cls(seed, chance, World.create(chance, loop.time), weather, settings)

    def tell(self, what: str) -> None:
        self.story.append(f"{asyncio.get_running_loop().time():8.3f} {what}")

    def start_process(self) -> None:
        network = Network(self.chance, self.weather)
        clients = MemoryClients(self.world, network, self.settings)
        worker, clock = Worker(cast(Clients, clients)), asyncio.get_running_loop().time
        worker._back_offs = defaultdict(lambda: BackOff(clock))
        worker._breakers = defaultdict(lambda: Breaker(clock))
        stop = asyncio.Event()
        self.processes.append(Process(worker, network, stop, asyncio.create_task(worker.run(stop))))

    async def play(self) -> None:
        self._watch_acknowledgements()
        for key in range(self.chance.randint(0, 6)):
            self.world.source.rows[str(key)] = ("red", 1)
        self.world.ledger.backfill()
        for _ in range(self.chance.randint(1, 3)):
            self.start_process()
        loop, pace = asyncio.get_running_loop(), self.chance.choice([0.1, 0.3, 1.0])
        while loop.time() < STORM:
            await asyncio.sleep(self.chance.expovariate(1 / pace))
            await self.chance.choice([*[self.change] * 6, self.hurt, self.mood])()
            for violation in self.found:
                raise violation
        await self.rest()

    # Events.

    async def change(self) -> None:
        keys = self.chance.sample([str(key) for key in range(8)], self.chance.choice([1, 1, 2, 5]))
        if self.chance.random() < 0.02:
            self.tell("truncate")
            self.world.source.truncate()
            return
        changes = {
            key: None if self.chance.random() < 0.3 else (self.chance.choice(BODIES), self.chance.randint(1, 2))
            for key in keys
        }
        self.transactions.append(asyncio.create_task(self._transaction(changes, self.chance.choice([0.0, 0.0, 2.0]))))

    async def _transaction(self, changes: dict[str, tuple[str | None, int] | None], longest: float) -> None:
        transaction, events = self.world.source.begin(list(changes))
        await asyncio.sleep(self.chance.uniform(0, longest))
        self.tell(f"commit {changes}")
        self.world.source.commit(transaction, events, changes)

    async def hurt(self) -> None:
        process = self.chance.choice(self.processes)
        match self.chance.choice(["kill", "stop", "stop", "end", "pause", "backfill"]):
            case "kill":
                self.tell(f"kill {self.processes.index(process)}")
                process.kill()
                self.processes.remove(process)
                self.start_process()
            case "stop":
                length = self.settings.lease * self.chance.uniform(0.1, 3.0)
                self.tell(f"stop {self.processes.index(process)} for {length:.1f} s")
                process.network.stop()
                asyncio.get_running_loop().call_later(length, process.network.go_on)
            case "end":
                self.tell(f"end {self.processes.index(process)}")
                await self.end(process)
                self.start_process()
            case "pause" if self.world.ledger.status in ("synced", "paused"):
                self.world.ledger.status = "paused" if self.world.ledger.status == "synced" else "synced"
            case "backfill" if self.world.ledger.status == "synced":
                self.world.ledger.backfill()

    async def end(self, process: Process) -> None:
        """Send SIGTERM, which must be obeyed: a stopped process continues, to receive it."""
        self.processes.remove(process)
        process.network.go_on()
        process.stop.set()
        _, late = await asyncio.wait({process.task}, timeout=120)
        if late:
            raise Violation(f"a worker does not stop: {process.task}")
        process.task.result()

    async def mood(self) -> None:
        mood = self.world.mood
        mood.failure, mood.refuses, mood.spoils = "", False, False
        match self.chance.choice(["ok", "ok", "busy", "down", "refuses", "spoils"]):
            case "refuses":
                mood.refuses = True
            case "spoils":
                mood.spoils = True
            case failure if failure != "ok":
                mood.failure = failure

    # Invariants.

    def _watch_acknowledgements(self) -> None:
        """Check that a key whose last job is done equals the source in the store, unless an event of it waits or a
        truncated table is being reconciled."""
        ledger = self.world.ledger
        acknowledge = ledger.acknowledge_jobs

        def watched(**named: Any) -> int:
            done = acknowledge(**named)
            waiting = {event.key for event in ledger.outbox.values()}
            if any(task.is_open and task.task_type == "reconcile" for task in ledger.tasks.values()):
                return done
            for key in named["p_keys"]:
                if key not in ledger.jobs and not {key, None} & waiting:
                    try:
                        self.compare(key, f"acknowledged under token {named['p_token']}")
                    except Violation as violation:
                        self.found.append(violation)
            return done

        ledger.acknowledge_jobs = watched  # type: ignore[method-assign, assignment]

    def compare(self, key: str, when: str) -> None:
        held, row = self.world.points.held.get(key), self.world.source.read([key]).get(key)
        point = held.point if held else None
        if row is None or point is None:
            if row is not None or point is not None:
                raise Violation(f"{key}, {when}: the source has {row}, the store {held}")
            return
        wanted = document(self.world.generation, row)
        right = (point.text_hash, point.metadata_hash) == (wanted.text_hash, wanted.metadata_hash)
        vector = point.vector is None if not wanted.text else np.array_equal(point.vector, vector_of(wanted.text))
        if not (right and vector and point.text == wanted.text and point.metadata == wanted.metadata):
            raise Violation(f"{key}, {when}: the source has {row}, the store {held}")

    async def rest(self) -> None:
        """End all faults, and retry dead rows as a user may request. Delayed requests arrive at the end."""
        self.tell("calm")
        weather, mood, ledger = self.weather, self.world.mood, self.world.ledger
        weather.lost = weather.unanswered = weather.late = weather.doubled = 0.0
        mood.failure, mood.refuses, mood.spoils = "", False, False
        ledger.status = "synced" if ledger.status == "paused" else ledger.status
        await asyncio.gather(*self.transactions)
        loop = asyncio.get_running_loop()
        end = loop.time() + PATIENCE
        while ledger.outbox or ledger.jobs or any(task.is_open for task in ledger.tasks.values()):
            await asyncio.sleep(1)
            ledger.enqueue_keys(1, [job.key for job in ledger.jobs.values() if job.state == "dead"], "live")
            if loop.time() > end:
                raise Violation(f"nothing moves: {ledger.outbox}, {ledger.jobs}, {ledger.tasks}")
        for process in list(self.processes):
            await self.end(process)
        await asyncio.sleep(weather.latest + weather.slowest)
        for key in {*self.world.source.rows, *self.world.points.held}:
            self.compare(key, "at rest")
        for violation in self.found:
            raise violation
        for key, held in self.world.points.held.items():
            state = ledger.states.get(key)
            believed = (state.token, state.text_hash, state.metadata_hash) if state else None
            if believed != ((held.token, held.text_hash, held.metadata_hash) if held.point else None):
                raise Violation(f"{key} is believed to be {believed}, and is {held}")


def play(seed: int) -> list[str]:
    """Run one life. Return its events. Raise Violation with the events so far."""

    async def played() -> list[str]:
        scenario = Scenario.of(seed)
        try:
            await scenario.play()
        except Exception as error:
            story = "\n".join(scenario.story)
            raise Violation(f"seed {seed}: {type(error).__name__}: {error}\n{story}") from error
        return scenario.story

    return simulated(played())
