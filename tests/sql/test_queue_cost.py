"""What an attempt reads: its own jobs, not the whole queue, also while the planner knows nothing of the queue."""

from __future__ import annotations

from tests.sql.calls import Pg, value
from tests.sql.test_ledger import acknowledge, claim, release

#: Jobs in the queue, jobs that became due at the same moment, and jobs of an attempt.
QUEUED, PAGE, TAKEN = 20_000, 2_000, 256
#: Rows that one call may read: those that became due at the same moment are sorted, and each row is met a few times.
READ = PAGE + 10 * TAKEN


def fill(pg: Pg, generation: int) -> None:
    """Fill the queue in this transaction, so that no statistics can exist. Half of the rows have a recorded state."""
    pg.execute(
        "insert into embedd.jobs (generation_id, key, lane, run_at)"
        " select %s, n, 'live', now() - (%s - n / %s) * interval '1 s' from generate_series(1, %s) n",
        [generation, QUEUED, PAGE, QUEUED],
    )
    pg.execute(
        "insert into embedd.row_states (generation_id, key, token, text_hash, metadata_hash, checked)"
        " select %s, n, 0, 't', 'm', 0 from generate_series(2, %s, 2) n",
        [generation, QUEUED],
    )


def rows_read(pg: Pg) -> int:
    """Return the rows of both tables that this transaction has read through an index or one after the other."""
    row = pg.execute(
        "select sum(coalesce(seq_tup_read, 0) + coalesce(idx_tup_fetch, 0)) as n from pg_stat_xact_user_tables"
        " where schemaname = 'embedd' and relname in ('jobs', 'row_states')"
    ).fetchone()
    return int(row["n"]) if row else 0


def test_an_attempt_reads_its_own_jobs_and_not_the_queue(pg: Pg, generation: int) -> None:
    fill(pg, generation)
    done: dict[str, int] = {}
    before = rows_read(pg)

    def count(step: str) -> None:
        nonlocal before
        done[step], before = rows_read(pg) - before, rows_read(pg)

    claimed = claim(pg, generation, p_limit=TAKEN)
    count("claim")
    keys = [job["key"] for job in claimed]
    kept = value(
        pg, "extend_leases", p_generation_id=generation, p_token=claimed[0]["token"], p_keys=keys, p_lease="1 min"
    )
    count("extend")
    release(pg, generation, claimed[:128], p_burn=False)
    count("release")
    assert acknowledge(pg, generation, claimed[128:]) == 128
    count("acknowledge")
    assert len(pg.execute("select embedd_internal.met_keys(%s, %s)", [generation, keys]).fetchall()) > 128
    count("met")
    assert kept == len(keys) == TAKEN
    assert {step: number for step, number in done.items() if number > READ} == {}, done
