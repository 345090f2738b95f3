"""The ledger in memory gives the same answers as the one in PostgreSQL, for the same calls in the same order, and
leaves the same jobs, states and tasks."""

from __future__ import annotations

import os
import random
from collections.abc import Callable
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

import pytest

from tests.simulation.ledger import Event, MemoryLedger, Row
from tests.sql.calls import Pg, embedding, rows, vector_table

SCRIPTS = int(os.environ.get("EMBEDD_SCRIPTS") or 40)
STEPS = 60
KEYS = [str(key) for key in range(5)]
#: A duration that no sum of arguments of `pass_time` equals, so that no two moments are the same.
LEASE = timedelta(seconds=100.5)
LANES = ["live", "backfill", "verify"]
#: Columns with different times and names, and columns that only one of the two has.
UNCOMPARED = {"dirty_since", "id", "vector_table_id", "generation_id", "ranged", "run_at"}
JOBS = ["key", "lane", "want", "token", "state", "attempts", "crashes", "error", "leased", "worker"]
STATES = ["key", "token", "text_hash", "metadata_hash", "source_hash", "checked"]
TASKS = ["task_type", "status", "phase", "start_token", "last_processed_pk", "rows_processed", "rows_total", "attempts"]


class Pair:
    """Both ledgers, and a random script for both."""

    def __init__(self, pg: Pg, seed: int) -> None:
        self.pg = pg
        self.chance = random.Random(seed)
        self.now = 0.0
        self.memory = MemoryLedger(self._clock)
        #: Names of tasks in PostgreSQL by those in memory, and the known claims.
        self.names: dict[str, str] = {}
        self.claims: list[Row] = []
        self.tasks: list[Row] = []
        #: When the jobs of the last claim were due, in memory and in PostgreSQL.
        self.after: list[tuple[float, datetime]] = []
        pg.execute("truncate embedd.outbox, embedd.jobs, embedd.row_states, embedd.tasks cascade")
        pg.execute("select setval('embedd.fence', 1, false)")

    def _clock(self) -> float:
        self.now += 1e-6
        return self.now

    def call(self, function: str, **named: Any) -> list[Row]:
        """Call a function on both, and check that the answers are the same."""
        mine = self.memory.call(function, named)
        there = named | ({"p_task": self.names[named["p_task"]]} if "p_task" in named else {})
        theirs = rows(self.pg, function, **there)
        assert _compared(mine) == _compared(theirs), (function, named)
        if function == "claim_task" and mine:
            self.names[mine[0]["id"]] = theirs[0]["id"]
        return mine

    def play(self) -> None:
        steps: list[Callable[[], None]] = [
            self.event,
            self.event,
            self.event,
            self.poll,
            self.poll,
            self.claim,
            self.claim,
            self.acknowledge,
            self.acknowledge,
            self.release,
            self.extend,
            self.enqueue,
            self.pass_time,
            self.known,
            self.claim_task,
            self.checkpoint,
            self.complete,
            self.release_task,
            self.count,
        ]
        for _ in range(STEPS):
            self.chance.choice(steps)()
            self.compare_tables()

    # Steps.

    def some_keys(self) -> list[str]:
        return self.chance.sample(KEYS, self.chance.randint(1, 3))

    def event(self) -> None:
        kind, key = self.chance.choice([*[("k", key) for key in KEYS], *[("k", key) for key in KEYS], ("T", None)])
        id = self.memory.next_event()
        self.memory.outbox[id] = Event(id, kind, key, self._clock())
        self.pg.execute(
            "insert into embedd.outbox (capture_id, kind, key) select id, %s, %s from embedd.captures", [kind, key]
        )

    def poll(self) -> None:
        self.call("poll_work", p_limit=self.chance.choice([2, 100]), p_from=0, p_arm=False)

    def claim(self) -> None:
        lane, limit = self.chance.choice(LANES), self.chance.randint(1, 4)
        after = self.chance.choice([None, *self.after])
        named = {"p_generation_id": 1, "p_lane": lane, "p_limit": limit, "p_worker": self.chance.choice(["v", "w"])}
        mine = self.memory.call("claim_jobs", named | {"p_lease": LEASE, "p_after": after and after[0]})
        theirs = rows(self.pg, "claim_jobs", **named, p_lease=LEASE, p_after=after and after[1])
        assert _compared(mine) == _compared(theirs), named
        if mine:
            self.claims.append(mine)
            self.after = [(min(row["run_at"] for row in mine), min(row["run_at"] for row in theirs))]

    def claimed(self) -> tuple[int, list[Row]]:
        """Return the token of a claim, or of none, and some of its jobs."""
        claim = self.chance.choice([*filter(None, self.claims), [{"token": 77, "key": "1", "want": 1}]])
        return claim[0]["token"], self.chance.sample(claim, self.chance.randint(1, len(claim)))

    def acknowledge(self) -> None:
        token, jobs = self.claimed()
        gone = [self.chance.random() < 0.3 for _ in jobs]
        hashes = [None if one else self.chance.choice("abc") for one in gone]
        self.call(
            "acknowledge_jobs",
            p_generation_id=1,
            p_token=token,
            p_keys=[job["key"] for job in jobs],
            p_wants=[job["want"] for job in jobs],
            p_gone=gone,
            p_touched=[self.chance.random() < 0.7 for _ in jobs],
            p_text_hashes=hashes,
            p_metadata_hashes=hashes,
            p_source_hashes=hashes,
        )

    def release(self) -> None:
        token, jobs = self.claimed()
        burn = self.chance.random() < 0.5
        self.call(
            "release_jobs",
            p_generation_id=1,
            p_token=token,
            p_keys=[job["key"] for job in jobs],
            p_delay=timedelta(seconds=self.chance.choice([0, 50])),
            p_error_class="row",
            p_error="why",
            p_burn=burn,
            p_max_attempts=self.chance.randint(1, 2),
            p_wants=[job["want"] for job in jobs] if burn else None,
        )

    def extend(self) -> None:
        token, jobs = self.claimed()
        keys = [job["key"] for job in jobs]
        self.call("extend_leases", p_generation_id=1, p_token=token, p_keys=keys, p_lease=LEASE)

    def enqueue(self) -> None:
        self.call("enqueue_keys", p_generation_id=1, p_keys=self.some_keys(), p_lane=self.chance.choice(LANES))

    def known(self) -> None:
        after, since = self.chance.choice([None, "2"]), self.chance.choice([None, 5, 15])
        self.call("known_keys", p_generation_id=1, p_after=after, p_limit=2, p_unchecked_since=since)

    def count(self) -> None:
        self.call("count_queued", p_generation_id=1, p_task_type=self.chance.choice(["backfill", "reconcile"]))

    def claim_task(self) -> None:
        if self.chance.random() < 0.3 and not any(
            task.is_open and task.task_type == "backfill" for task in self.memory.tasks.values()
        ):
            self.memory.backfill()
            self.pg.execute("select embedd.backfill('t')")
        worker = self.chance.choice(["v", "w"])
        self.tasks += [
            task | {"worker": worker}
            for task in self.call("claim_task", p_worker=worker, p_stores=["qdrant"], p_lease=LEASE)
        ]

    def checkpoint(self) -> None:
        for task in self.chance.sample(self.tasks, min(1, len(self.tasks))):
            self.call(
                "checkpoint_task",
                p_task=task["id"],
                p_worker=task["worker"],
                p_start_token=task["start_token"],
                p_keys=self.chance.choice([[], self.some_keys()]),
                p_phase=self.chance.choice(["settle", "finish"]),
                p_last=self.chance.choice([None, "3"]),
                p_rows_total=self.chance.choice([None, 9]),
                p_lease=LEASE,
            )

    def complete(self) -> None:
        for task in self.chance.sample(self.tasks, min(1, len(self.tasks))):
            self.call("complete_task", p_task=task["id"], p_worker=task["worker"])

    def release_task(self) -> None:
        for task in self.chance.sample(self.tasks, min(1, len(self.tasks))):
            delay = timedelta(seconds=self.chance.choice([0, 50]))
            error, burn = self.chance.choice([(None, False), ("why", True), ("why", False)])
            self.call(
                "release_task", p_task=task["id"], p_worker=task["worker"], p_error=error, p_delay=delay, p_burn=burn
            )

    def pass_time(self) -> None:
        seconds = self.chance.choice([30, 70, 150, 150])
        self.now += seconds
        self.after = [(mine, theirs - timedelta(seconds=seconds)) for mine, theirs in self.after]
        for table in ("jobs", "tasks"):
            self.pg.execute(
                f"update embedd.{table} set run_at = run_at - %(d)s, leased_until = leased_until - %(d)s".encode(),
                {"d": timedelta(seconds=seconds)},
            )

    # Tables.

    def compare_tables(self) -> None:
        jobs = [asdict(job) | {"leased": job.leased_until is not None} for job in self.memory.jobs.values()]
        states = [{"key": key} | asdict(state) for key, state in self.memory.states.items()]
        tasks = [asdict(task) for task in self.memory.tasks.values()]
        for mine, columns, table in ((jobs, JOBS, "jobs"), (states, STATES, "row_states"), (tasks, TASKS, "tasks")):
            theirs = self.pg.execute(f"select *, {_LEASED.get(table, 'null')} as leased from embedd.{table}".encode())
            found = [[str(row[column]) for column in columns] for row in theirs.fetchall()]
            assert sorted([str(row[column]) for column in columns] for row in mine) == sorted(found), table


_LEASED = {"jobs": "leased_until is not null"}


def _compared(answer: list[Row]) -> list[str]:
    """Return rows in any order, without the columns that are not compared."""
    shown = []
    for row in answer:
        looked = row.get("poll_work")
        if looked:
            lanes = [one["lane"] for one in looked["work"]]
            row = {"events": looked["events"], "tasks": looked["tasks"], "lanes": lanes}
        shown.append({name: value or None for name, value in row.items() if name not in UNCOMPARED})
    return sorted(str(sorted(row.items())) for row in shown)


@pytest.fixture
def watched(pg: Pg) -> Pg:
    pg.execute("create table t (id int primary key, name text)")
    vector_table(pg, "t", embedding("name"))
    pg.execute("update embedd.generations set store = 'qdrant'")
    pg.execute("update embedd.vector_tables set name = 't', sync_status = 'synced'")
    return pg


def test_the_memory_ledger_answers_like_the_sql_ledger(watched: Pg) -> None:
    given = os.environ.get("EMBEDD_SEED")
    for seed in [int(given)] if given else range(SCRIPTS):
        try:
            Pair(watched, seed).play()
        except Exception as error:
            raise AssertionError(f"EMBEDD_SEED={seed}") from error
