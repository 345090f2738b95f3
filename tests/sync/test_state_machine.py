"""A random user, several workers that halt, die and wake up late, and an unreliable provider, on a real PostgreSQL and
both stores: whenever all come to rest, the store is f(source); and at no time does the stored token of a key fall.

`EMBEDD_SEED` replays a test (its number is printed), `EMBEDD_EXAMPLES` says how many sequences are tried; with
`EMBEDD_SHRINK=1` a sequence that fails is made as short as possible, which takes minutes.
"""

from __future__ import annotations

import asyncio
import os
import random
import secrets
import subprocess
from collections import deque
from collections.abc import AsyncIterator, Coroutine
from contextlib import AsyncExitStack, ExitStack, asynccontextmanager, suppress
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from typing import Any, ClassVar, TypeVar

import psycopg
import pytest
from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)
from psycopg.rows import dict_row

from embedd_pg.clients import Clients
from embedd_pg.stores.base import Mark
from embedd_pg.sync.worker import Worker
from tests.support.changes import FORMER, TRUNCATES, USUAL, carry_out
from tests.support.difference import active, expected_documents
from tests.support.postgres import Cluster
from tests.support.stepping import Halted, begin, halt_at_failpoints
from tests.support.vendor_stub import Fault, Stub
from tests.support.worker import PASSAGES, Site, open_site

EXAMPLES = int(os.environ.get("EMBEDD_EXAMPLES", "8"))
PHASES = (Phase.generate, Phase.shrink) if os.environ.get("EMBEDD_SHRINK") else (Phase.generate,)
#: Far beyond what a test takes: a lease is over when a rule says so.
LEASE = 3600.0
REFUSED = "REFUSED"
T = TypeVar("T")
#: Keys of which something is left to be done; a task may stand for any of them.
DIRTY = """
    select array(select unnest(coalesce(keys, array[key])) as key from embedd.outbox where kind = 'k'
                 union select key from embedd.jobs) as keys,
           exists (select from embedd.outbox where kind <> 'k')
           or exists (select from embedd.tasks where status in ('pending', 'running')) as everything"""

Change = tuple[str, dict[str, Any]]

FAULTS = {"429": Fault(status=429), "500": Fault(status=500), "NaN items": Fault(spoil="nan")}
MOODS = [*["ok"] * 4, "refuses a text", *FAULTS]
CALLS = ["pause_sync", "resume_sync", "resume_sync", "backfill"]
LONG = " ".join(f"A shade of colour number {n}." for n in range(8))
TEXTS = ["red", "green", "blue", LONG, "red", "green", "blue", f"{REFUSED} red", f"{LONG} {REFUSED}", "", None]
PASSES = [None, 0, 1, 1, 2, 2, 3, 3, 4]
ENDS = ["go on", "go on", "kill", "cancel"]
#: How often each comes.
EVENTS = {
    "meanwhile": 6,
    "transaction": 2,
    "attempt": 3,
    "let": 3,
    "change_in_another_session": 1,
    "end_other_session": 1,
    "truncate": 1,
    "manage": 1,
    "provider": 1,
    "leases_run_out": 1,
    "work_a_little": 1,
}


def change_of(chance: random.Random) -> Change:
    """Those that change something whatever there is come oftener."""
    name = chance.choice([*USUAL, *["upsert", "text", "many", "delete"] * 3])
    texts = chance.choices(TEXTS, k=2)
    return name, {
        "a": chance.randint(1, 4),
        "b": chance.randint(1, 4),
        "t": texts[0],
        "u": texts[1],
        "p": chance.choice([1, 2, None]),
    }


def event_of(number: int) -> tuple[str, dict[str, Any]]:
    """What happens next. Left to Hypothesis, which likes to repeat itself, most events would change nothing."""
    chance = random.Random(number)
    (name,) = chance.choices(list(EVENTS), list(EVENTS.values()))
    script = [change_of(chance) for _ in range(chance.randint(1, 4))]
    arguments: dict[str, dict[str, Any]] = {
        "meanwhile": {
            "first": script[0],
            "passes": chance.choice(PASSES),
            "second": change_of(chance),
            "overtaken": chance.random() < 0.5,
            "ends": chance.choice(ENDS),
        },
        "transaction": {"script": script, "commit": chance.random() < 0.7},
        "attempt": {"passes": chance.choice(PASSES), "limit": chance.randint(1, 6)},
        "let": {"number": chance.randint(0, 2), "ends": chance.choice(ENDS), "passes": chance.choice(PASSES)},
        "change_in_another_session": {"key": chance.randint(31, 33), "text": chance.choice(TEXTS)},
        "end_other_session": {"commit": chance.random() < 0.7},
        "truncate": {"name": chance.choice(TRUNCATES)},
        "manage": {"call": chance.choice(CALLS)},
        "provider": {"mood": chance.choice(MOODS)},
        "work_a_little": {"seconds": chance.choice([0.02, 0.1, 0.3])},
    }
    return name, arguments.get(name, {})


events = st.integers(0, 2**32).map(event_of)


@dataclass(frozen=True)
class Place:
    """Where the machines run."""

    mode: str
    cluster: Cluster
    template: str
    vendor: Stub
    nursery: subprocess.Popen[str]
    directory: Path


class Life(RuleBasedStateMachine):
    """One database, one store; each instance is one sequence of events."""

    place: ClassVar[Place]
    number = 0

    def __init__(self) -> None:
        super().__init__()
        self.loop = asyncio.new_event_loop()
        self.databases = ExitStack()
        self.open = AsyncExitStack()
        self.halted: list[Halted] = []
        self.seen: dict[str, Mark] = {}
        self.changes = 0
        self.other: psycopg.AsyncConnection[dict[str, Any]]
        self.site: Site
        self.clients: Clients

    def wait(self, work: Coroutine[Any, Any, T]) -> T:
        return self.loop.run_until_complete(work)

    @initialize(rows=st.sampled_from([0, 4, 4]), chunking=st.sampled_from([None, PASSAGES]))
    def set_up(self, rows: int, chunking: str | None) -> None:
        place = self.place
        dsn = self.databases.enter_context(place.cluster.fresh_database(place.template))
        Life.number += 1
        directory = place.directory / str(Life.number)
        directory.mkdir()

        async def opened() -> None:
            self.site = await self.open.enter_async_context(
                open_site(dsn, place.mode, vendor=place.vendor, nursery=place.nursery, directory=directory)
            )
            self.other = await self.open.enter_async_context(
                await psycopg.AsyncConnection.connect(dsn, row_factory=dict_row)
            )
            self.clients = self.site.owner = await self.open.enter_async_context(self.site.clients(lease=LEASE))
            await self.site.set_up(rows, chunking=chunking)
            await self.site.do(FORMER)
            await self.come_to_rest()

        self.wait(opened())

    # One rule for all, because Hypothesis leaves out some of them in each sequence, and one alone does nothing here.

    @rule(event=events)
    def happens(self, event: tuple[str, dict[str, Any]]) -> None:
        name, arguments = event
        getattr(self, name)(**arguments)

    # What users do.

    def change(self, change: Change) -> None:
        self.transact([change], commit=True)

    def transaction(self, script: list[Change], commit: bool) -> None:
        self.transact(script, commit=commit)

    def truncate(self, name: str) -> None:
        if not self.is_other_busy:
            self.transact([(name, {})], commit=True)

    def transact(self, script: list[Change], *, commit: bool) -> None:
        """Words are mostly new, or else little would change; `set back` brings old ones back."""
        self.changes += 1
        for _, given in script:
            given.update({name: f"{given[name]} {self.changes}" for name in "tu" if given.get(name)})

        async def done() -> None:
            async with self.site.sql.transaction(force_rollback=not commit):
                for name, given in script:
                    await carry_out(self.site.sql, name, given)

        self.wait(done())

    @property
    def is_other_busy(self) -> bool:
        return bool(self.other.info.transaction_status)

    def change_in_another_session(self, key: int, text: str | None) -> None:
        """It commits when it likes: its events have lower numbers than others that are consumed before."""
        upsert = "insert into articles values (%s, %s) on conflict (id) do update set title = excluded.title"
        self.wait(self.other.execute(upsert, [key, text]))

    def end_other_session(self, commit: bool) -> None:
        self.wait(self.other.commit() if commit else self.other.rollback())

    def manage(self, call: str) -> None:
        """Refused when it does not fit; then nothing changes."""
        with suppress(psycopg.errors.DatabaseError):
            self.wait(self.site.do(f"select embedd.{call}('articles')"))

    # What the world does.

    def provider(self, mood: str) -> None:
        settings = self.place.vendor.settings
        settings.refuse_marker = REFUSED if mood == "refuses a text" else ""
        settings.faults = deque([FAULTS[mood]] * 1000 if mood in FAULTS else [])

    def attempt(self, passes: int | None, limit: int) -> None:
        async def done() -> list[Halted]:
            if len(self.halted) > 4:
                return []
            await self.site.hurry()
            return await begin(self.clients, passes=passes, limit=limit)

        self.halted += self.wait(done())
        self.end_transactions()

    def let(self, number: int, ends: str, passes: int | None) -> None:
        if ends == "go on":
            self.go_on(number, passes)
        else:
            self.end(number, ends)

    def go_on(self, number: int, passes: int | None) -> None:
        for halted in self.halted[number : number + 1]:
            if self.wait(halted.go_on(passes)):
                self.halted.remove(halted)
        self.end_transactions()

    def end_transactions(self) -> None:
        """An attempt that halts in its transaction dies there: its writes are rolled back."""
        for halted in list(self.halted):
            if halted.in_transaction:
                self.halted.remove(halted)
                self.wait(halted.kill())

    def end(self, number: int, how: str) -> None:
        for halted in self.halted[number : number + 1]:
            self.halted.remove(halted)
            self.wait(halted.kill() if how == "kill" else halted.cancel())

    def meanwhile(self, first: Change, passes: int, second: Change, overtaken: bool, ends: str) -> None:
        """Cause the most important case, which is rare by chance: a row changes again while a worker processes it."""
        self.change(first)
        before = len(self.halted)
        self.attempt(passes, 6)
        self.change((second[0], second[1] | {"a": first[1]["a"]}))
        if overtaken:
            self.leases_run_out()
        self.attempt(None if overtaken else 0, 6)
        self.let(before, ends, None)

    def leases_run_out(self) -> None:
        """Attempts do not know: what keeps their late writes out is the token alone."""
        for table in ("jobs", "tasks"):
            self.wait(
                self.site.do(
                    f"update embedd.{table} set leased_until = now() - interval '1 s' where leased_until is not null"
                )
            )

    def work_a_little(self, seconds: float) -> None:
        """A whole worker, with its tasks and its heartbeat, for a moment."""

        async def done() -> None:
            async with self.working():
                await asyncio.sleep(seconds)

        self.wait(done())

    @asynccontextmanager
    async def working(self) -> AsyncIterator[None]:
        """A worker, which must stop on request."""
        stop = asyncio.Event()
        working = asyncio.create_task(Worker(self.clients).run(stop))
        try:
            yield
        finally:
            stop.set()
            _, late = await asyncio.wait({working}, timeout=20)
            assert not late, _stacks()
            await working

    # What must hold.

    @invariant()
    def no_token_falls(self) -> None:
        """And under one token the store holds one thing."""
        if not hasattr(self, "site"):
            return
        marks = self.wait(self.stored())
        for key, before in self.seen.items():
            now = marks.get(key, before)
            assert now.token >= before.token, f"{key} fell from {before} to {now}"
            assert now.token > before.token or now == before, f"{key} changed from {before} to {now}"
        self.seen |= marks

    @invariant()
    def what_is_done_is_right(self) -> None:
        """A key of which nothing is left to be done is in the store as it is in the source."""
        if self.seen:
            self.wait(self.compare_clean_keys())

    async def compare_clean_keys(self) -> None:
        (state,) = await self.site.do(DIRTY)
        if state["everything"]:
            return
        generation = await active(self.clients, "articles")
        wanted = {
            key: (document.text_hash, document.metadata_hash)
            for key, document in (await expected_documents(self.clients, generation)).items()
        }
        marks = await self.site.marks()
        there = {key: (mark.text_hash, mark.metadata_hash) for key, mark in marks.items() if not mark.dead}
        differing = {key for key in wanted | there if wanted.get(key) != there.get(key)} - set(state["keys"])
        assert not differing, f"done, and not as they are in the source: {differing}"

    async def stored(self) -> dict[str, Mark]:
        # Before the first attempt there is nothing to look into.
        ready = await self.site.one(
            "select exists (select from embedd.jobs where token > 0) or exists (select from embedd.row_states)"
        )
        return await self.site.marks() if ready or self.seen else {}

    async def come_to_rest(self) -> None:
        self.provider("ok")
        while self.halted:
            await self.halted.pop().go_on(None)
        await self.other.commit()
        with suppress(psycopg.errors.DatabaseError):
            await self.site.do("select embedd.resume_sync('articles')")
        # Rows that were refused when the provider was in its moods, or that three workers were killed with.
        dead = await self.site.do("select key, error_class from embedd.jobs where state = 'dead'")
        assert {row["error_class"] for row in dead} <= {"row", "crash"}, dead
        await self.site.do("update embedd.jobs set state = 'queued', attempts = 0, crashes = 0 where state = 'dead'")
        for table in ("jobs", "tasks"):
            await self.site.do(f"update embedd.{table} set leased_until = null")
        await self.site.hurry()
        async with self.working():
            await self.site.synced(seconds=20)

    def teardown(self) -> None:
        try:
            if hasattr(self, "site"):
                self.wait(self.come_to_rest())
                self.no_token_falls()
        finally:
            self.wait(self.closed())
            self.databases.close()
            self.loop.close()

    async def closed(self) -> None:
        for halted in self.halted:
            await halted.cancel()
        await self.open.aclose()


@pytest.mark.parametrize("mode", ["platform", "managed"])
def test_12_the_store_ends_equal_to_the_source_and_no_token_decreases(
    mode: str,
    cluster: Cluster,
    furnished: str,
    vendor: Stub,
    nursery: subprocess.Popen[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("embedd_pg.sync.worker.GRACE", 0.3)
    halt_at_failpoints(monkeypatch)
    number = int(os.environ.get("EMBEDD_SEED") or secrets.randbelow(2**32))
    print(f"EMBEDD_SEED={number}")
    place = Place(mode, cluster, furnished, vendor, nursery, tmp_path)
    run_state_machine_as_test(
        seed(number)(type("Life", (Life,), {"place": place})),
        settings=settings(
            max_examples=EXAMPLES,
            stateful_step_count=40,
            deadline=None,
            database=None,
            print_blob=True,
            suppress_health_check=list(HealthCheck),
            phases=PHASES,
        ),
    )


def _stacks() -> str:
    """What every task of this loop waits for."""
    text = StringIO()
    for task in asyncio.all_tasks():
        task.print_stack(file=text)
    return text.getvalue()
