"""Workers that are killed: their peers take over within seconds, however long the leases are."""

from __future__ import annotations

import asyncio
from typing import Any, cast

import pytest

from embedd_pg.database.call import Database
from embedd_pg.errors import DatabaseUnavailable
from embedd_pg.sync.queue import peers
from embedd_pg.sync.queue.looks import Looks
from embedd_pg.sync.queue.peers import BEAT, DEAD, Peers
from tests.support.worker import Site, both_stores, wait_until

#: Longer than any test waits.
LEASE = "600"


@both_stores
async def test_78_what_a_killed_worker_held_is_taken_over_long_before_its_lease_ends(site: Site) -> None:
    await site.set_up(rows=10)
    await site.process("after_claim=exit", EMBEDD_LEASE=LEASE).gone()
    assert await site.one("select count(*) from embedd.jobs where leased_until > now() + interval '1 min'") == 10
    async with site.worker():
        await site.synced()


async def test_78_a_task_of_a_killed_worker_goes_on_with_another(site: Site) -> None:
    await site.set_up(rows=10)
    await site.process("backfill_page=exit", EMBEDD_LEASE=LEASE).gone()
    assert await site.one("select leased_until > now() + interval '1 min' from embedd.tasks")
    async with site.worker():
        await site.synced()


async def test_78_a_worker_that_is_killed_while_others_work_delays_its_rows_alone(site: Site) -> None:
    await site.set_up(rows=10)
    async with site.worker():
        await site.synced()
        site.stub.settings.latency_ms = 500
        dying = site.process("after_embed=exit", EMBEDD_LEASE=LEASE)
        await site.do("update articles set body = 'changed ' || id")
        await wait_until(lambda: site.one("select true from embedd.looks having count(*) = 2"), "both live")
        while dying.alive:
            await site.do("update articles set body = body || '.'")
            await asyncio.sleep(0.1)
        await site.synced()


async def test_each_kind_of_lease_of_a_dead_worker_ends_and_no_other(site: Site) -> None:
    await site.set_up(rows=1)
    for worker in ("dead", "alive"):
        await site.do("select embedd_internal.record_look(%s, null)", worker)
        await site.do(
            "insert into embedd.jobs (generation_id, key, lane, worker, leased_until)"
            " values (1, %s, 'live', %s, now() + interval '1 hour')",
            worker,
            worker,
        )
        await site.do(
            "insert into embedd.ranges (generation_id, task_id, last_key, worker, leased_until)"
            " select 1, id, %s, %s, now() + interval '1 hour' from embedd.tasks",
            worker,
            worker,
        )
    await site.do(
        "update embedd.tasks set worker = 'dead', status = 'running', leased_until = now() + interval '1 hour'"
    )
    ends = "select embedd_internal.end_leases('dead', {}) from embedd.looks where worker = 'dead'"
    assert not await site.one(ends.format("looked_at - interval '1 s'")), "it has looked since"
    assert await site.one(ends.format("looked_at"))
    assert not await site.one(ends.format("looked_at")), "a peer was faster"
    for table in ("jobs", "ranges", "tasks"):
        held = await site.do(f"select worker from embedd.{table} where leased_until > now() order by 1")
        assert [row["worker"] for row in held] == ["alive"] * (table != "tasks")


class Script:
    """A database with prepared answers, and a clock that advances by a second with each of them."""

    def __init__(self, *answers: dict[str, int] | None) -> None:
        self.answers = list(answers)
        self.ended: list[str] = []
        self.now = 100.0

    async def rows(self, function: str, **_: Any) -> list[dict[str, Any]]:
        assert function == "peers"
        self.now += BEAT
        answer = self.answers.pop(0)
        if answer is None:
            raise DatabaseUnavailable
        return [{"worker": worker, "looked_at": sign} for worker, sign in answer.items()]

    async def value(self, function: str, *, p_worker: str, p_looked_at: int) -> bool:
        assert function == "end_leases"
        self.ended.append(p_worker)
        return True

    def watching(self) -> Peers:
        return Peers(cast(Database, self), cast(Looks, None), worker="me", freed=asyncio.Event())

    def get_running_loop(self) -> Script:
        return self

    def time(self) -> float:
        return self.now


async def told(monkeypatch: pytest.MonkeyPatch, script: Script) -> list[str]:
    """Return the workers whose leases were ended."""
    watching = script.watching()
    with monkeypatch.context() as patch:
        patch.setattr(peers.asyncio, "get_running_loop", script.get_running_loop)
        while script.answers:
            try:
                await watching.look()
            except DatabaseUnavailable:
                watching.lost_sight()
    return script.ended


SILENT = int(DEAD / BEAT) + 2


async def test_the_leases_of_a_silent_peer_are_ended_once(monkeypatch: pytest.MonkeyPatch) -> None:
    answers = [{"silent": 3, "other": n} for n in range(3 * SILENT)]
    assert await told(monkeypatch, Script(*answers)) == ["silent"]


async def test_no_peer_counts_as_dead_after_an_interruption_of_the_database(monkeypatch: pytest.MonkeyPatch) -> None:
    half: list[dict[str, int] | None] = [{"peer": 3}] * (SILENT - 2)
    assert await told(monkeypatch, Script(*half, None, *half)) == []


async def test_a_worker_that_was_stopped_itself_takes_no_peer_for_dead(monkeypatch: pytest.MonkeyPatch) -> None:
    script = Script({"peer": 3}, {"peer": 3})
    watching = script.watching()
    with monkeypatch.context() as patch:
        patch.setattr(peers.asyncio, "get_running_loop", script.get_running_loop)
        await watching.look()
        script.now += 3600
        await watching.look()
    assert script.ended == []
