"""The ledger: which keys are dirty, which worker holds them, what is applied. Each call is one short transaction."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from embedd_pg.database.call import Database, Session
from embedd_pg.errors import InstanceMoved
from embedd_pg.sync.row.plan import Belief, Job
from embedd_pg.sync.row.text import Document

#: Seconds between two scans from the very beginning of a queue.
FROM_THE_BEGINNING = 30.0


@dataclass(frozen=True, slots=True)
class Work:
    """A generation with due jobs in a lane. `version` changes with the configuration."""

    generation_id: int
    vector_table_id: str
    lane: str
    store: str
    version: str


@dataclass(frozen=True, slots=True)
class WorkFound:
    """The result of one look for work."""

    events: int
    #: The last event taken; None if another worker was taking events.
    last_id: int | None
    #: Transactions below `oldest` had ended when the look began; those from `newest` on began after it.
    oldest: int
    newest: int
    work: tuple[Work, ...]
    tasks: bool
    polls: bool
    #: Whether sources are due to be counted.
    counts: bool
    #: Whether sessions wait for searches.
    searches: bool
    #: Whether there are remote outboxes that no worker reads, remote triggers to remove, and stores to remove.
    outboxes: bool
    captures: bool
    drops: bool


@dataclass(frozen=True, slots=True)
class Claim:
    """Jobs leased under one token."""

    token: int
    lane: str
    jobs: tuple[Job, ...]


@dataclass(frozen=True, slots=True)
class Outcome:
    """The result for one key. `document` None: the row is gone; `touched` False: the store needed no write."""

    job: Job
    document: Document | None
    touched: bool


class Ledger:
    """Jobs and row states of all generations, accessed through SQL functions."""

    def __init__(self, database: Database, *, worker: str, lease: float) -> None:
        self._database = database
        self._worker = worker
        self._lease = timedelta(seconds=lease)
        self._marks: dict[tuple[int, str], datetime] = {}
        self._begun = 0.0
        #: Seconds by which the database's clock is ahead of this machine's.
        self._ahead = 0.0
        #: The highest token met so far: one drawn by this ledger, or recorded for a row.
        self.highest = 0

    def on(self, session: Session) -> Ledger:
        """Return the same ledger in the transaction of `session`."""
        return Ledger(session, worker=self._worker, lease=self._lease.total_seconds())

    async def look(self, limit: int, *, start: int, arm: bool) -> WorkFound:
        """Take events from the outbox and return where work is due. `arm` requests NOTIFY from writers."""
        found = await self._database.value("poll_work", p_limit=limit, p_from=start, p_arm=arm)
        self._ahead = datetime.fromisoformat(found["at"]).timestamp() - time.time()
        work = tuple(
            Work(w["generation_id"], w["vector_table_id"], w["lane"], w["store"], w["changed_at"])
            for w in found["work"]
        )
        return WorkFound(
            found["events"],
            found["last_id"],
            found["oldest"],
            found["newest"],
            work,
            found["tasks"],
            found["polls"],
            found["counts"],
            found["searches"],
            found["outboxes"],
            found["captures"],
            found["drops"],
        )

    async def claim(self, work: Work, limit: int) -> Claim | None:
        """Lease due jobs under a new token; return None if another worker was faster.

        Raise InstanceMoved if the token is not above all known ones: the sequence was set back, and the stores would
        refuse every write.
        """
        rows = await self._database.rows(
            "claim_jobs",
            p_generation_id=work.generation_id,
            p_lane=work.lane,
            p_limit=limit,
            p_worker=self._worker,
            p_lease=self._lease,
            p_after=self._after(work),
        )
        if rows:
            self._marks[work.generation_id, work.lane] = min(row["run_at"] for row in rows)
        if not rows:
            return None
        jobs = tuple(
            Job(
                row["key"],
                row["want"],
                row["previous_token"],
                row["attempts"],
                Belief(row["state_token"], row["text_hash"], row["metadata_hash"])
                if row["state_token"] is not None
                else None,
                row["suspect"],
                row["dirty_since"],
            )
            for row in rows
        )
        token = rows[0]["token"]
        known = max(max(job.previous_token, job.belief.token if job.belief else 0) for job in jobs)
        before, self.highest = self.highest, max(self.highest, known, token)
        if token <= max(before, known):
            await self.release(
                work.generation_id,
                token,
                [job.key for job in jobs],
                delay=0,
                error_class="transient",
                error="The tokens were set back.",
            )
            raise InstanceMoved
        return Claim(token, work.lane, jobs)

    def age(self, since: datetime) -> float:
        """Return the seconds since a time of the database, as far as the last look told its clock."""
        return max(0.0, time.time() + self._ahead - since.timestamp())

    def _after(self, work: Work) -> datetime | None:
        """Return where to start in the jobs of a lane. Start at the beginning from time to time, to miss nothing."""
        now = asyncio.get_running_loop().time()
        if now - self._begun > FROM_THE_BEGINNING:
            self._begun = now
            self._marks.clear()
        return self._marks.get((work.generation_id, work.lane))

    async def extend(self, generation_id: int, token: int, keys: Sequence[str]) -> int:
        """Renew leases, and return how many of them were still held."""
        kept = await self._database.value(
            "extend_leases", p_generation_id=generation_id, p_token=token, p_keys=list(keys), p_lease=self._lease
        )
        return int(kept)

    async def remaining_vectors(self, generation_id: int) -> int | None:
        """Return how many more rows the tier allows this generation; None means no limit."""
        remaining = await self._database.value("remaining_vectors", p_generation_id=generation_id)
        return None if remaining is None else int(remaining)

    async def acknowledge(self, generation_id: int, token: int, outcomes: Sequence[Outcome]) -> bool:
        """Record what was applied. Return False if some jobs stay because their rows changed again."""
        documents = [outcome.document for outcome in outcomes]
        done = await self._database.value(
            "acknowledge_jobs",
            p_generation_id=generation_id,
            p_token=token,
            p_keys=[o.job.key for o in outcomes],
            p_wants=[o.job.want for o in outcomes],
            p_gone=[d is None for d in documents],
            p_touched=[o.touched for o in outcomes],
            p_text_hashes=[d.text_hash if d else None for d in documents],
            p_metadata_hashes=[d.metadata_hash if d else None for d in documents],
            p_source_hashes=[d.source_hash if d else None for d in documents],
        )
        return int(done) == len(outcomes)

    async def release(
        self,
        generation_id: int,
        token: int,
        keys: Sequence[str],
        *,
        delay: float,
        error_class: str,
        error: str,
        dead_at: Sequence[int] | None = None,
    ) -> None:
        """Release jobs for later, or make them dead letters if their rows are at fault.

        `dead_at` holds each job's `want` at the time its row was read. A job that changed since does not become dead.
        """
        await self._database.value(
            "release_jobs",
            p_generation_id=generation_id,
            p_token=token,
            p_keys=list(keys),
            p_delay=timedelta(seconds=delay),
            p_error_class=error_class,
            p_error=error,
            p_burn=dead_at is not None,
            p_max_attempts=1,
            p_wants=None if dead_at is None else list(dead_at),
        )

    async def record_sync(self, vector_table_id: str, error: str | None) -> None:
        """Record in the table's status that work on its rows succeeded, or the error that stops it."""
        await self._database.value("record_sync", p_vector_table_id=vector_table_id, p_error=error, p_of_work=True)

    async def record_look(self, error: str | None, knows: int) -> None:
        """Note that this worker looks for work, or why it cannot: without a recent note no table counts as synced.

        `knows` is the newest migration of the line control that this program knows.
        """
        await self._database.value("record_look", p_worker=self._worker, p_error=error, p_knows=knows)

    async def record_schedule(self, every: timedelta) -> None:
        """Note that this worker's next run begins within this time, so that no look is missed until then."""
        await self._database.value("record_schedule", p_worker=self._worker, p_every=every)

    async def note_stalls(self) -> None:
        """Set the status of vector tables to error if work on them is due and no worker does it."""
        await self._database.value("note_stalls")

    async def settle_errors(self) -> None:
        """Clear the errors of work that no longer exists."""
        await self._database.value("settle_errors")
