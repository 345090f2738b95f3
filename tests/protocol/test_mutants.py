"""The violations of the models in the real worker.

Each mutant breaks one rule in the code or the SQL, and a short order of events shows the harm. Without the mutant, the
same order of events does no harm.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Any

import pytest
from psycopg import sql

from embedd_pg.generation import load_generation
from embedd_pg.sources.table import SourceTable
from embedd_pg.stores.base import StoreTable
from embedd_pg.stores.pgvector import store as pgvector_store
from embedd_pg.stores.pgvector.store import PgvectorStore
from embedd_pg.sync import attempt, range_attempt
from embedd_pg.sync.queue.ledger import Claim, Ledger, Work
from embedd_pg.sync.row import plan
from tests.support.worker import Running, Site, wait_until

Mutant = Callable[[Site, pytest.MonkeyPatch], Awaitable[None]]
#: An order of events. It pauses in between for the mutant to be applied, and leaves a site at rest.
Story = Callable[[Site, pytest.MonkeyPatch, Mutant], Awaitable[None]]

UPDATE = "update articles set body = 'changed'"
DELETE = "delete from articles"


# The parts of stories.


@asynccontextmanager
async def in_step(site: Site, patch: pytest.MonkeyPatch, mutant: Mutant) -> AsyncIterator[Running]:
    """Run a worker whose table is in sync and empty, with the mutant. No lease runs out by itself."""
    await site.set_up(rows=0)
    async with site.worker(lease=60.0) as running:
        await site.synced()
        await mutant(site, patch)
        yield running


@asynccontextmanager
async def halted(patch: pytest.MonkeyPatch, running: Running, module: Any, place: str) -> AsyncIterator[asyncio.Event]:
    """Hold the first attempt that reaches the place after the event is set, within the block."""
    reached, opened = asyncio.Event(), asyncio.Event()

    async def failpoint(name: str, **_: Any) -> None:
        if name == place and not reached.is_set():
            reached.set()
            await opened.wait()

    with patch.context() as patched:
        patched.setattr(module, "failpoint", failpoint)
        try:
            yield reached
        finally:
            opened.set()
            await wait_until(lambda: not running.worker._attempts, "the attempts end")


async def ingested(site: Site, statement: str) -> None:
    await site.do(statement)

    async def look() -> bool:
        await site.do("select embedd_internal.poll_work(1000, 0, false)")
        return bool(await site.one("select not exists (select from embedd.outbox)"))

    await wait_until(look, "the events are jobs")


# Stories.


async def changed_before_acknowledgement(site: Site, patch: pytest.MonkeyPatch, mutant: Mutant) -> None:
    async with in_step(site, patch, mutant) as running:
        async with halted(patch, running, attempt, "before_ack") as reached:
            await site.insert("articles", 1)
            await wait_until(reached.is_set, "an attempt is halted")
            await ingested(site, UPDATE)
        await site.quiet()


def overtaken_by(change: str) -> Story:
    """An attempt writes after it lost its lease and another has applied the next change."""

    async def story(site: Site, patch: pytest.MonkeyPatch, mutant: Mutant) -> None:
        async with in_step(site, patch, mutant) as running:
            async with halted(patch, running, attempt, "before_write") as reached:
                await site.insert("articles", 1)
                await wait_until(reached.is_set, "an attempt is halted")
                await ingested(site, change)
                await site.do("update embedd.jobs set leased_until = now() - interval '1 s'")
                await site.quiet()
            await site.quiet()

    return story


async def acknowledged_for_another(site: Site, patch: pytest.MonkeyPatch, mutant: Mutant) -> None:
    """An attempt acknowledges after another one finished its job, while a new job of the same key waits."""
    async with in_step(site, patch, mutant) as running:
        async with halted(patch, running, attempt, "before_write") as reached:
            await site.insert("articles", 1)
            await wait_until(reached.is_set, "an attempt is halted")
            await site.do("update embedd.jobs set leased_until = now() - interval '1 s'")
            await site.quiet()
            await site.do("select embedd.pause_sync('articles')")
            await ingested(site, UPDATE)
        await site.do("select embedd.resume_sync('articles')")
        await site.quiet()


async def changed_before_claim(site: Site, patch: pytest.MonkeyPatch, mutant: Mutant) -> None:
    claim, changes = Ledger.claim, [UPDATE]

    async def late(self: Ledger, work: Work, limit: int) -> Claim | None:
        if changes:
            await ingested(site, changes.pop())
        return await claim(self, work, limit)

    patch.setattr(Ledger, "claim", late)
    async with in_step(site, patch, mutant):
        await site.insert("articles", 1)
        await site.quiet()


async def deleted_while_a_range_is_open(site: Site, patch: pytest.MonkeyPatch, mutant: Mutant) -> None:
    # A table that fits into one batch gets no range.
    await site.create_source(rows=2)
    await site.create_vector_table()
    await mutant(site, patch)
    async with site.worker(lease=60.0, batch_size=1) as running:
        async with halted(patch, running, range_attempt, "after_embed") as reached:
            await site.backfill()
            await wait_until(reached.is_set, "an attempt is halted")
            await ingested(site, DELETE)
            await wait_until(lambda: site.one("select not exists (select from embedd.jobs)"), "the deletion is done")
        await site.quiet()


# Mutants.


def in_sql(function: str, old: str, new: str) -> Mutant:
    """Replace a part of the text of a function of the ledger."""

    async def mutant(site: Site, _: pytest.MonkeyPatch) -> None:
        text = await site.one("select pg_get_functiondef(oid) from pg_proc where proname = %s", function)
        assert old in text, f"{function} has no {old!r}"
        await site.sql.execute(text.replace(old, new).encode())

    return mutant


def in_statements(module: Any, holding: str, old: str, new: str) -> Mutant:
    """Replace a part of the SQL statement of a module that contains a text."""

    async def mutant(_: Site, patch: pytest.MonkeyPatch) -> None:
        constants = {name: str(value._obj) for name, value in vars(module).items() if isinstance(value, sql.SQL)}
        [name] = [name for name, text in constants.items() if holding in text and old in text]
        patch.setattr(module, name, sql.SQL(constants[name].replace(old, new)))

    return mutant


async def deletes_leave_nothing(_: Site, patch: pytest.MonkeyPatch) -> None:
    delete = PgvectorStore.delete

    async def mutant(self: PgvectorStore, table: StoreTable, token: int, keys: Sequence[str]) -> None:
        await delete(self, table, token, keys)
        await self.prune(table, token + 1)

    patch.setattr(PgvectorStore, "delete", mutant)


async def beliefs_are_trusted(_: Site, patch: pytest.MonkeyPatch) -> None:
    for module in (plan, attempt):
        patch.setattr(module, "needs_mark", lambda job: False)


async def rows_are_read_before_the_claim(site: Site, patch: pytest.MonkeyPatch) -> None:
    claim, read = Ledger.claim, SourceTable.read
    early: dict[str, Any] = {}

    async def claim_late(self: Ledger, work: Work, limit: int) -> Claim | None:
        assert site.owner is not None
        generation = await load_generation(site.owner.database, work.generation_id)
        assert generation is not None
        keys = [row["key"] for row in await site.do("select key from embedd.jobs")]
        early.update(await read(await site.owner.source(generation), keys))
        return await claim(self, work, limit)

    async def read_early(self: SourceTable, keys: Sequence[str]) -> dict[str, Any]:
        return {key: early.pop(key) for key in keys if key in early}

    patch.setattr(Ledger, "claim", claim_late)
    patch.setattr(SourceTable, "read", read_early)


async def none(_: Site, __: pytest.MonkeyPatch) -> None:
    """Apply no mutant."""


CASES: dict[str, tuple[Story, Mutant]] = {
    "acknowledgement without want": (
        changed_before_acknowledgement,
        in_sql("acknowledge_jobs", "and j.want = d.want", ""),
    ),
    "acknowledgement without token": (
        acknowledged_for_another,
        in_sql("lock_jobs", " and token = p_token", ""),
    ),
    "store without token": (
        overtaken_by(UPDATE),
        in_statements(pgvector_store, "excluded.embedding", "stored.token < excluded.token", "true"),
    ),
    "delete without tombstone": (overtaken_by(DELETE), deletes_leave_nothing),
    "previous token ignored": (overtaken_by(DELETE), beliefs_are_trusted),
    "read before token": (changed_before_claim, rows_are_read_before_the_claim),
    "open range ignored": (
        deleted_while_a_range_is_open,
        in_sql("claim_jobs", "r.generation_id = p_generation_id", "false"),
    ),
}


@pytest.mark.parametrize("case", CASES)
async def test_each_mutant_does_harm(site: Site, monkeypatch: pytest.MonkeyPatch, case: str) -> None:
    story, mutant = CASES[case]
    await story(site, monkeypatch, mutant)
    monkeypatch.undo()
    assert await site.difference()


@pytest.mark.parametrize("case", CASES)
async def test_the_unchanged_code_does_no_harm(site: Site, monkeypatch: pytest.MonkeyPatch, case: str) -> None:
    story, _ = CASES[case]
    await story(site, monkeypatch, none)
    assert await site.difference() == []
