"""The SQL functions a worker calls, in memory: one vector table with one generation. `test_memory_ledger.py` holds each
of them to the answers of PostgreSQL. Times are seconds."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass, field, fields
from datetime import UTC, datetime, timedelta
from typing import Any

Row = dict[str, Any]
LANES = ("live", "backfill", "verify")
PRIORITY = {"reconcile": 2, "backfill": 3}
CRASHED = "Three workers in a row ended while they worked on this row."


#: The tier has no limits, an hour never passes, and no user queries the status or has a client.
CONSTANT: dict[str, Any] = {
    "record_sync": None,
    "settle_errors": None,
    "remaining_vectors": None,
    "prunable_token": None,
    "request_sweep": None,
    "forget_searches": None,
    "note_stalls": None,
    "record_usage": None,
    "list_aliases": [],
}


@dataclass
class Event:
    id: int
    kind: str
    key: str | None
    at: float


@dataclass
class Job:
    key: str
    lane: str
    run_at: float
    dirty_since: float
    want: int = 1
    token: int = 0
    state: str = "queued"
    leased_until: float | None = None
    worker: str | None = None
    attempts: int = 0
    crashes: int = 0
    error: str | None = None

    @property
    def deaths(self) -> int:
        """Return how many workers in a row died with it; a lease that was not given back stands for the last one."""
        return self.crashes + (self.leased_until is not None)


@dataclass
class State:
    token: int
    text_hash: str
    metadata_hash: str
    source_hash: str | None
    checked: int


@dataclass
class Task:
    id: str
    task_type: str
    run_at: float
    created_at: float
    vector_table_id: str = "vt_1"
    generation_id: int = 1
    status: str = "pending"
    phase: str = "source"
    start_token: int | None = None
    last_processed_pk: str | None = None
    rows_processed: int = 0
    rows_total: int | None = None
    ranged: bool = False
    worker: str | None = None
    leased_until: float | None = None
    attempts: int = 0
    last_error: str | None = None
    phase_since: float | None = None

    @property
    def is_open(self) -> bool:
        return self.status in ("pending", "running")


#: Columns that claim_task does not answer.
KEPT_BACK = {"run_at", "created_at", "status", "worker", "leased_until", "attempts", "last_error", "phase_since"}
CLAIMED = [entry.name for entry in fields(Task) if entry.name not in KEPT_BACK]


@dataclass
class MemoryLedger:
    clock: Callable[[], float]
    #: What get_generation answers.
    generation: Row = field(default_factory=dict)
    status: str = "synced"
    fence: int = 0
    outbox: dict[int, Event] = field(default_factory=dict)
    jobs: dict[str, Job] = field(default_factory=dict)
    states: dict[str, State] = field(default_factory=dict)
    tasks: dict[str, Task] = field(default_factory=dict)
    #: The latest look for work of each worker.
    looks: dict[str, float] = field(default_factory=dict)
    #: Transactions that have begun and not ended, and the number of the next.
    transactions: set[int] = field(default_factory=set)
    next_transaction: int = 1
    _event_ids: itertools.count[int] = field(default_factory=lambda: itertools.count(1))
    _task_ids: itertools.count[int] = field(default_factory=lambda: itertools.count(1))

    def call(self, function: str, named: Row) -> list[Row]:
        """The rows of one SQL function, which all happens at one moment."""
        if function == "get_generation":
            return [{function: self.generation}]
        found = CONSTANT[function] if function in CONSTANT else getattr(self, function)(**named)
        return found if isinstance(found, list) else [{function: found}]

    def next_token(self) -> int:
        self.fence += 1
        return self.fence

    def next_event(self) -> int:
        return next(self._event_ids)

    def begin(self) -> int:
        self.transactions.add(self.next_transaction)
        self.next_transaction += 1
        return self.next_transaction - 1

    # Workers.

    def record_look(self, p_worker: str, p_error: str | None, p_knows: int) -> None:
        self.looks[p_worker] = self.clock()

    def peers(self, p_worker: str) -> list[Row]:
        return [{"worker": name, "looked_at": at} for name, at in self.looks.items() if name != p_worker]

    def end_leases(self, p_worker: str, p_looked_at: float) -> bool:
        if self.looks.get(p_worker) != p_looked_at:
            return False
        now = self.clock()
        held = [
            one
            for one in (*self.jobs.values(), *self.tasks.values())
            if one.worker == p_worker and one.leased_until is not None and one.leased_until > now
        ]
        for one in held:
            one.leased_until = now
        return bool(held)

    # The outbox.

    def poll_work(self, p_limit: int, p_from: int, p_arm: bool) -> Row:
        events, last_id = self.ingest(p_limit, p_from)
        oldest, newest = min(self.transactions, default=self.next_transaction), self.next_transaction
        tasks = any(task.is_open and self._is_due(task) for task in self.tasks.values())
        return {
            "at": datetime.fromtimestamp(self.clock(), UTC).isoformat(),
            "events": events,
            "last_id": last_id,
            "oldest": oldest,
            "newest": newest,
            "work": self.find_work(),
            "tasks": tasks,
            "polls": False,
            "counts": False,
            "searches": False,
            "outboxes": False,
            "captures": False,
            "drops": False,
        }

    def ingest(self, p_limit: int, p_from: int) -> tuple[int, int]:
        ids = sorted(id for id in self.outbox if id >= p_from)[:p_limit]
        taken = [self.outbox.pop(id) for id in ids]
        if self.status != "pending":
            now = self.clock()
            wants = Counter(event.key for event in taken if event.kind == "k" and event.key is not None)
            for key, want in wants.items():
                self._dirty(key, want, now, min(event.at for event in taken if event.key == key))
            if any(event.kind != "k" for event in taken):
                self.request_reconcile()
        return len(ids), max(ids, default=p_from - 1)

    def _dirty(self, key: str, want: int, now: float, since: float) -> None:
        job = self.jobs.get(key)
        if job is None:
            self.jobs[key] = Job(key, "live", now, since, want)
            return
        job.want += want
        job.lane, job.state, job.attempts, job.crashes, job.error = "live", "queued", 0, min(job.crashes, 2), None
        job.run_at, job.dirty_since = min(job.run_at, now), min(job.dirty_since, since)

    # Jobs.

    def find_work(self) -> list[Row]:
        if self.status in ("pending", "paused"):
            return []
        due = {job.lane for job in self.jobs.values() if job.state == "queued" and self._is_due(job)}
        return [
            {"generation_id": 1, "vector_table_id": "vt_1", "lane": lane, "store": "qdrant", "changed_at": "then"}
            for lane in LANES
            if lane in due
        ]

    def _is_due(self, what: Job | Task) -> bool:
        now = self.clock()
        return what.run_at <= now and (what.leased_until is None or what.leased_until < now)

    def claim_jobs(
        self,
        p_generation_id: int,
        p_lane: str,
        p_limit: int,
        p_worker: str,
        p_lease: timedelta,
        p_after: float | None = None,
    ) -> list[Row]:
        due = self._suspect(p_worker)
        if due is None:
            due = [
                job
                for job in self._due()
                if job.lane == p_lane and job.deaths < 2 and (p_after is None or job.run_at >= p_after)
            ][:p_limit]
        if not due and p_after is not None:
            return self.claim_jobs(p_generation_id, p_lane, p_limit, p_worker, p_lease)
        token = self.next_token() if due else 0
        claimed = []
        for job in due:
            state = self.states.get(job.key)
            claimed.append(
                {
                    "token": token,
                    "key": job.key,
                    "want": job.want,
                    "previous_token": job.token,
                    "attempts": job.attempts,
                    "dirty_since": datetime.fromtimestamp(job.dirty_since, UTC),
                    "state_token": state and state.token,
                    "text_hash": state and state.text_hash,
                    "metadata_hash": state and state.metadata_hash,
                    "source_hash": state and state.source_hash,
                    "suspect": False,
                    "run_at": job.run_at,
                }
            )
            job.crashes = job.deaths
            job.token, job.leased_until, job.worker = token, self.clock() + p_lease.total_seconds(), p_worker
        return claimed

    def _due(self) -> list[Job]:
        due = [job for job in self.jobs.values() if job.state == "queued" and self._is_due(job)]
        return sorted(due, key=lambda job: (job.run_at, job.key))

    def _leased_by(self, worker: str) -> list[Job]:
        now = self.clock()
        return [job for job in self.jobs.values() if job.worker == worker and (job.leased_until or 0) > now]

    def _suspect(self, worker: str) -> list[Job] | None:
        """A job that two workers died with, for a worker that has no other; one that a third died with is set aside.
        None: there is none. Nothing: wait for what is under way."""
        if any(job.state == "queued" and job.crashes > 1 for job in self._leased_by(worker)):
            return []
        suspects = [job for job in self._due() if job.crashes > 0 and job.deaths >= 2]
        for job in sorted(suspects, key=lambda job: -job.deaths):
            if job.deaths == 2:
                return [] if self._leased_by(worker) else [job]
            job.state, job.crashes, job.attempts, job.error = "dead", 3, job.attempts + 1, CRASHED
            job.leased_until, job.worker, job.run_at = None, None, self.clock()
        return None

    def _held(self, token: int, keys: Iterable[str]) -> list[Job]:
        return [self.jobs[key] for key in keys if key in self.jobs and self.jobs[key].token == token]

    def extend_leases(self, p_generation_id: int, p_token: int, p_keys: Sequence[str], p_lease: timedelta) -> int:
        held = self._held(p_token, p_keys)
        for job in held:
            job.leased_until = self.clock() + p_lease.total_seconds()
        return len(held)

    def acknowledge_jobs(
        self,
        p_generation_id: int,
        p_token: int,
        p_keys: Sequence[str],
        p_wants: Sequence[int],
        p_gone: Sequence[bool],
        p_touched: Sequence[bool],
        p_text_hashes: Sequence[str | None],
        p_metadata_hashes: Sequence[str | None],
        p_source_hashes: Sequence[str | None],
    ) -> int:
        done = 0
        hashes = zip(p_text_hashes, p_metadata_hashes, p_source_hashes, strict=True)
        for key, want, gone, touched, (text_hash, metadata_hash, source_hash) in zip(
            p_keys, p_wants, p_gone, p_touched, hashes, strict=True
        ):
            if not self._held(p_token, [key]):
                continue
            job, state = self.jobs[key], self.states.get(key)
            if gone:
                if touched and state and state.token < p_token:
                    del self.states[key]
            elif touched:
                if state is None or state.token < p_token:
                    self.states[key] = State(p_token, text_hash or "", metadata_hash or "", source_hash, p_token)
            elif state and state.checked < p_token:
                state.checked, state.source_hash = p_token, source_hash
            if job.want == want:
                del self.jobs[key]
                done += 1
            else:
                job.leased_until, job.worker, job.crashes, job.run_at = None, None, 0, min(job.run_at, self.clock())
        return done

    def release_jobs(
        self,
        p_generation_id: int,
        p_token: int,
        p_keys: Sequence[str],
        p_delay: timedelta,
        p_error_class: str,
        p_error: str,
        p_burn: bool,
        p_max_attempts: int,
        p_wants: Sequence[int] | None = None,
    ) -> None:
        for key, want in sorted(zip(p_keys, p_wants or itertools.repeat(None), strict=False)):
            for job in self._held(p_token, [key]):
                burn = p_burn and want in (None, job.want)
                job.leased_until, job.worker, job.crashes, job.error = None, None, 0, p_error
                job.run_at = self.clock() + p_delay.total_seconds()
                job.attempts += burn
                job.state = "dead" if burn and job.attempts >= p_max_attempts else "queued"

    def enqueue_keys(self, p_generation_id: int, p_keys: Iterable[str], p_lane: str) -> None:
        now = self.clock()
        for key in set(p_keys):
            job = self.jobs.get(key)
            if job is None:
                self.jobs[key] = Job(key, p_lane, now, now)
                continue
            job.lane = "live" if (job.lane, job.state) == ("live", "queued") else p_lane
            job.want, job.attempts, job.crashes, job.state = job.want + 1, 0, min(job.crashes, 2), "queued"
            job.run_at, job.error = min(job.run_at, now), None

    def known_keys(
        self, p_generation_id: int, p_after: str | None, p_limit: int, p_unchecked_since: int | None = None
    ) -> list[Row]:
        jobs = (
            (key, job.token)
            for key, job in self.jobs.items()
            if job.state == "dead" or (job.token > 0 and p_unchecked_since is not None)
        )
        met = [*((key, state.checked) for key, state in self.states.items()), *jobs]
        found = sorted(
            {
                key
                for key, token in met
                if (p_after is None or key > p_after) and (p_unchecked_since is None or token < p_unchecked_since)
            }
        )
        return [{"known_keys": key} for key in found[:p_limit]]

    # Tasks.

    def backfill(self) -> str:
        now = self.clock()
        task = Task(f"task_{next(self._task_ids)}", "backfill", now, now)
        self.tasks[task.id] = task
        self.status = "backfilling"
        return task.id

    def request_reconcile(self) -> None:
        now = self.clock()
        for task in self.tasks.values():
            if task.is_open and task.task_type == "reconcile":
                task.phase, task.start_token, task.last_processed_pk, task.rows_processed = "source", None, None, 0
                task.leased_until, task.worker, task.run_at = None, None, now
                return
        task = Task(f"task_{next(self._task_ids)}", "reconcile", now, now)
        self.tasks[task.id] = task

    def claim_task(self, p_worker: str, p_stores: Sequence[str], p_lease: timedelta) -> list[Row]:
        due = [task for task in self.tasks.values() if task.is_open and self._is_due(task)]
        if not due:
            return []
        task = min(due, key=lambda task: (PRIORITY[task.task_type], task.created_at))
        task.status, task.worker, task.leased_until = "running", p_worker, self.clock() + p_lease.total_seconds()
        if task.start_token is None:
            task.start_token = self.next_token()
        answered = asdict(task)
        return [{name: answered[name] for name in CLAIMED}]

    def checkpoint_task(
        self,
        p_task: str,
        p_worker: str,
        p_start_token: int,
        p_keys: Sequence[str],
        p_phase: str,
        p_last: str | None,
        p_rows_total: int | None,
        p_lease: timedelta,
    ) -> bool:
        task = self.tasks[p_task]
        if (task.worker, task.status, task.start_token) != (p_worker, "running", p_start_token):
            return False
        task.phase_since = task.phase_since if task.phase == p_phase else self.clock()
        task.phase, task.last_processed_pk = p_phase, p_last
        task.rows_processed += len(p_keys) if p_phase == "source" else 0
        task.rows_total = task.rows_total if p_rows_total is None else p_rows_total
        task.leased_until = self.clock() + p_lease.total_seconds()
        self.enqueue_keys(task.generation_id, p_keys, "verify" if task.task_type == "reconcile" else "backfill")
        return True

    def complete_task(self, p_task: str, p_worker: str) -> None:
        task = self.tasks[p_task]
        if (task.worker, task.status, task.phase) == (p_worker, "running", "finish"):
            task.status, task.leased_until = "completed", None
            if task.task_type == "backfill" and self.status == "backfilling":
                self.status = "synced"

    def release_task(self, p_task: str, p_worker: str, p_error: str | None, p_delay: timedelta, p_burn: bool) -> None:
        task = self.tasks[p_task]
        if (task.worker, task.status) == (p_worker, "running"):
            task.leased_until, task.worker, task.run_at = None, None, self.clock() + p_delay.total_seconds()
            burn = p_error is not None and p_burn
            task.attempts += burn
            task.status = "failed" if burn and task.attempts >= 3 else task.status

    def count_queued(self, p_generation_id: int, p_task_type: str) -> int:
        """Jobs in the task's lane, and live ones of rows that no attempt has met since a backfill began."""
        lane = "verify" if p_task_type == "reconcile" else "backfill"
        settling = [
            task
            for task in self.tasks.values()
            if task.status == "running"
            and task.task_type == p_task_type == "backfill"
            and task.phase in ("settle", "finish")
        ]

        def unmet(job: Job, task: Task) -> bool:
            met = job.key in self.states and self.states[job.key].checked >= (task.start_token or 0)
            return job.dirty_since <= (task.phase_since or 0) and not met

        return sum(
            job.state == "queued"
            and (job.lane == lane or (job.lane == "live" and any(unmet(job, task) for task in settling)))
            for job in self.jobs.values()
        )
