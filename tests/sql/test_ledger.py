"""The ledger: a job is deleted only when its work is done and nothing new has arrived."""

from __future__ import annotations

from typing import Any

import pytest

from tests.sql.calls import PRODUCTS, Pg, change, ingest, jobs, row, rows, value, vector_table


def claim(pg: Pg, generation: int, **named: Any) -> list[dict[str, Any]]:
    """Lease due jobs; their rows by key."""
    defaults = {"p_generation_id": generation, "p_lane": "live", "p_limit": 100, "p_worker": "w", "p_lease": "1 min"}
    return sorted(rows(pg, "claim_jobs", **(defaults | named)), key=lambda claimed: str(claimed["key"]))


def acknowledge(pg: Pg, generation: int, claimed: list[dict[str, Any]], **named: Any) -> int:
    """Acknowledge the claimed jobs as written to the store; `gone`, `touched`, `text` and `source` apply to all."""
    spread = {"gone": False, "touched": True, "text": "t", "source": None} | named
    return int(
        value(
            pg,
            "acknowledge_jobs",
            p_generation_id=generation,
            p_token=claimed[0]["token"],
            p_keys=[job["key"] for job in claimed],
            p_wants=[job["want"] for job in claimed],
            p_gone=[spread["gone"]] * len(claimed),
            p_touched=[spread["touched"]] * len(claimed),
            p_text_hashes=[spread["text"]] * len(claimed),
            p_metadata_hashes=["m"] * len(claimed),
            p_source_hashes=[spread["source"]] * len(claimed),
        )
    )


def release(pg: Pg, generation: int, claimed: list[dict[str, Any]], **named: Any) -> None:
    defaults = {
        "p_generation_id": generation,
        "p_token": claimed[0]["token"],
        "p_keys": [job["key"] for job in claimed],
        "p_delay": "0 s",
        "p_error_class": "row",
        "p_error": "no",
        "p_burn": True,
        "p_max_attempts": 3,
    }
    value(pg, "release_jobs", **(defaults | named))


def states(pg: Pg) -> dict[str, dict[str, Any]]:
    return {state["key"]: state for state in pg.execute("select * from embedd.row_states").fetchall()}


# What is due


def test_jobs_of_a_paused_table_are_kept_but_not_due(pg: Pg, table: str, generation: int) -> None:
    value(pg, "pause_sync", vector_table="v")
    change(pg, 1)
    assert set(jobs(pg)) == {"1"}
    assert rows(pg, "find_work") == []
    value(pg, "resume_sync", vector_table="v")
    (work,) = rows(pg, "find_work")
    assert (work["generation_id"], work["vector_table_id"], work["lane"]) == (generation, table, "live")


@pytest.mark.parametrize(("state", "found"), [("backfilling", 1), ("synced", 1), ("error", 1), ("pending", 0)])
def test_work_is_found_in_the_states_that_sync(pg: Pg, table: str, state: str, found: int) -> None:
    change(pg, 1)
    pg.execute("update embedd.vector_tables set sync_status = %s", [state])
    assert len(rows(pg, "find_work")) == found


def test_live_work_comes_before_backfill_and_verification(pg: Pg, generation: int) -> None:
    for lane, keys in (("verify", ["1"]), ("backfill", ["2"]), ("live", ["3"])):
        value(pg, "enqueue_keys", p_generation_id=generation, p_keys=keys, p_lane=lane)
    assert [work["lane"] for work in rows(pg, "find_work")] == ["live", "backfill", "verify"]
    claim(pg, generation)
    assert [work["lane"] for work in rows(pg, "find_work")] == ["backfill", "verify"]


# Claims and acknowledgements


def test_a_claim_draws_one_token_above_all_earlier_ones_and_leases_what_is_due(pg: Pg, generation: int) -> None:
    change(pg, 1, 2)
    first = claim(pg, generation, p_limit=1)
    second = claim(pg, generation)
    assert [(c["key"], c["previous_token"], c["attempts"], c["state_token"]) for c in first] == [("1", 0, 0, None)]
    assert [c["key"] for c in second] == ["2"]
    assert second[0]["token"] > first[0]["token"] > 0
    assert claim(pg, generation) == []
    assert rows(pg, "find_work") == []


def test_a_claim_takes_only_due_jobs_of_its_lane_and_generation(pg: Pg, generation: int) -> None:
    value(pg, "enqueue_keys", p_generation_id=generation, p_keys=["1"], p_lane="backfill")
    assert claim(pg, generation) == []
    assert claim(pg, generation + 1, p_lane="backfill") == []
    pg.execute("update embedd.jobs set run_at = clock_timestamp() + interval '1 hour'")
    assert claim(pg, generation, p_lane="backfill") == []
    pg.execute("update embedd.jobs set run_at = now(), state = 'dead'")
    assert claim(pg, generation, p_lane="backfill") == []


def test_a_claim_is_durable_also_where_commits_need_not_be(pg: Pg, generation: int) -> None:
    change(pg, 1)
    pg.execute("set local synchronous_commit = off")
    claim(pg, generation)
    assert pg.execute("show synchronous_commit").fetchall() == [{"synchronous_commit": "on"}]


def test_an_acknowledged_job_is_gone_and_its_row_is_known(pg: Pg, generation: int) -> None:
    change(pg, 1, 2)
    claimed = claim(pg, generation)
    assert acknowledge(pg, generation, claimed, source="s") == 2
    assert jobs(pg) == {}
    token = claimed[0]["token"]
    known = {"token": token, "checked": token, "text_hash": "t", "metadata_hash": "m", "source_hash": "s"}
    assert states(pg) == {key: {"generation_id": generation, "key": key} | known for key in ("1", "2")}
    change(pg, 1)
    (again,) = claim(pg, generation)
    assert (again["state_token"], again["text_hash"], again["metadata_hash"]) == (token, "t", "m")
    assert again["previous_token"] == 0, "its job is a new one"


def test_a_key_that_became_dirty_while_leased_is_due_at_once(pg: Pg, generation: int) -> None:
    change(pg, 1)
    claimed = claim(pg, generation)
    change(pg, 1)
    assert claim(pg, generation) == [], "its lease holds"
    assert acknowledge(pg, generation, claimed) == 0
    job = jobs(pg)["1"]
    assert (job["want"], job["leased_until"], job["worker"], job["state"]) == (2, None, None, "queued")
    (again,) = claim(pg, generation)
    assert again["previous_token"] == claimed[0]["token"] == again["state_token"]
    assert acknowledge(pg, generation, [again]) == 1
    assert jobs(pg) == {}


def test_an_acknowledgement_with_an_old_token_changes_nothing(pg: Pg, generation: int) -> None:
    change(pg, 1)
    late = claim(pg, generation, p_lease="-1 s")
    owner = claim(pg, generation)
    assert acknowledge(pg, generation, late, text="old") == 0
    assert (states(pg), jobs(pg)["1"]["token"], jobs(pg)["1"]["worker"]) == ({}, owner[0]["token"], "w")
    assert acknowledge(pg, generation, owner, text="new") == 1
    assert acknowledge(pg, generation, late, text="old") == 0
    assert states(pg)["1"]["text_hash"] == "new"
    assert acknowledge(pg, generation, late, gone=True) == 0
    assert set(states(pg)) == {"1"}


def test_the_state_of_a_deleted_row_is_forgotten(pg: Pg, generation: int) -> None:
    change(pg, 1, 2)
    acknowledge(pg, generation, claim(pg, generation))
    pg.execute("delete from products where id = 1")
    ingest(pg)
    assert acknowledge(pg, generation, claim(pg, generation), gone=True) == 1
    assert set(states(pg)) == {"2"}


def test_a_row_inserted_and_deleted_before_it_is_read_leaves_no_state(pg: Pg, generation: int) -> None:
    pg.execute("insert into products (id) values (1); delete from products")
    ingest(pg)
    assert acknowledge(pg, generation, claim(pg, generation), gone=True) == 1
    assert (jobs(pg), states(pg)) == ({}, {})


def test_an_unchanged_row_is_only_marked_as_checked(pg: Pg, generation: int) -> None:
    change(pg, 1)
    first = claim(pg, generation)
    acknowledge(pg, generation, first, source="s1")
    change(pg, 1)
    second = claim(pg, generation)
    assert acknowledge(pg, generation, second, touched=False, text="ignored", source="s2") == 1
    state = states(pg)["1"]
    assert (state["token"], state["checked"]) == (first[0]["token"], second[0]["token"])
    assert (state["text_hash"], state["source_hash"]) == ("t", "s2")


def test_an_expired_lease_is_taken_over_with_the_token_of_the_lost_attempt(pg: Pg, generation: int) -> None:
    change(pg, 1)
    (lost,) = claim(pg, generation, p_worker="lost", p_lease="-1 s")
    (taker,) = claim(pg, generation, p_worker="taker")
    assert taker["previous_token"] == lost["token"] < taker["token"]
    assert (jobs(pg)["1"]["crashes"], jobs(pg)["1"]["worker"]) == (1, "taker")


def test_a_heartbeat_renews_only_its_own_leases(pg: Pg, generation: int) -> None:
    change(pg, 1, 2)
    lost = claim(pg, generation, p_lease="-1 s")
    claim(pg, generation, p_limit=1, p_worker="other")

    def extend() -> Any:
        return value(
            pg,
            "extend_leases",
            p_generation_id=generation,
            p_token=lost[0]["token"],
            p_keys=["1", "2"],
            p_lease="1 min",
        )

    assert extend() == 1
    assert claim(pg, generation) == [], "the other one was renewed"
    acknowledge(pg, generation, [lost[1]])
    assert extend() == 0


# Releases and dead jobs


def test_a_failure_not_caused_by_the_row_never_counts(pg: Pg, generation: int) -> None:
    change(pg, 1)
    for _ in range(5):
        claimed = claim(pg, generation)
        release(pg, generation, claimed, p_burn=False, p_error_class="busy", p_error="later")
    job = jobs(pg)["1"]
    assert (job["attempts"], job["state"], job["error_class"], job["error"]) == (0, "queued", "busy", "later")
    assert (job["leased_until"], job["worker"]) == (None, None)


def test_a_row_is_set_aside_after_its_last_attempt(pg: Pg, generation: int) -> None:
    change(pg, 1)
    seen = []
    for _ in range(3):
        claimed = claim(pg, generation)
        seen.append(claimed[0]["attempts"])
        release(pg, generation, claimed)
    job = jobs(pg)["1"]
    assert (seen, job["attempts"], job["state"]) == ([0, 1, 2], 3, "dead")
    assert (claim(pg, generation), rows(pg, "find_work")) == ([], [])


def test_a_release_delays_the_next_try(pg: Pg, generation: int) -> None:
    change(pg, 1)
    release(pg, generation, claim(pg, generation), p_delay="1 hour")
    assert claim(pg, generation) == []
    pg.execute("update embedd.jobs set run_at = run_at - interval '1 hour'")
    assert len(claim(pg, generation)) == 1


def test_a_release_with_an_old_token_changes_nothing(pg: Pg, generation: int) -> None:
    change(pg, 1)
    late = claim(pg, generation, p_lease="-1 s")
    claim(pg, generation, p_worker="owner")
    release(pg, generation, late, p_max_attempts=1)
    job = jobs(pg)["1"]
    assert (job["state"], job["attempts"], job["worker"]) == ("queued", 0, "owner")


def test_a_row_that_changed_since_it_was_read_is_not_blamed(pg: Pg, generation: int) -> None:
    change(pg, 1, 2)
    claimed = claim(pg, generation)
    change(pg, 1)
    release(pg, generation, claimed, p_max_attempts=1, p_wants=[c["want"] for c in claimed])
    assert {key: job["state"] for key, job in jobs(pg).items()} == {"1": "queued", "2": "dead"}


@pytest.mark.parametrize("how", ["a change", "a backfill"])
def test_a_dead_key_is_revived_by(pg: Pg, generation: int, how: str) -> None:
    change(pg, 1)
    release(pg, generation, claim(pg, generation), p_max_attempts=1)
    if how == "a change":
        change(pg, 1)
    else:
        value(pg, "enqueue_keys", p_generation_id=generation, p_keys=["1"], p_lane="backfill")
    job = jobs(pg)["1"]
    assert (job["state"], job["attempts"], job["lane"]) == ("queued", 0, "live" if how == "a change" else "backfill")


def test_queued_keys_keep_the_faster_lane(pg: Pg, generation: int) -> None:
    change(pg, 1)
    value(pg, "enqueue_keys", p_generation_id=generation, p_keys=["1", "2", "2"], p_lane="backfill")
    assert {key: (job["lane"], job["want"]) for key, job in jobs(pg).items()} == {
        "1": ("live", 2),
        "2": ("backfill", 1),
    }
    change(pg, 2)
    assert jobs(pg)["2"]["lane"] == "live"


# Polled sources and the status


def test_a_page_of_hashes_queues_what_is_new_or_different(pg: Pg, generation: int) -> None:
    change(pg, 1, 2)
    acknowledge(pg, generation, claim(pg, generation), source="h")
    met = value(pg, "compare_hashes", p_generation_id=generation, p_keys=["1", "2", "3"], p_hashes=["h", "x", "h"])
    assert (met, set(jobs(pg))) == (2, {"2", "3"})
    claim(pg, generation)
    value(pg, "compare_hashes", p_generation_id=generation, p_keys=["2"], p_hashes=["y"])
    assert jobs(pg)["2"]["want"] == 1, "a key with a job is left to it"
    assert value(pg, "count_known", p_generation_id=generation) == 2


def test_known_keys_are_listed_in_pages_and_include_the_empty_key(pg: Pg, generation: int) -> None:
    value(pg, "enqueue_keys", p_generation_id=generation, p_keys=["", "a", "b"], p_lane="live")
    acknowledge(pg, generation, claim(pg, generation))

    def page(after: str | None, **named: Any) -> list[str]:
        defaults = {"p_generation_id": generation, "p_after": after, "p_limit": 2}
        return [str(found["known_keys"]) for found in rows(pg, "known_keys", **(defaults | named))]

    assert (page(None), page("a"), page("b")) == (["", "a"], ["b"], [])
    change(pg, 1)
    since = claim(pg, generation)[0]["token"]
    value(pg, "enqueue_keys", p_generation_id=generation, p_keys=["a"], p_lane="live")
    acknowledge(pg, generation, claim(pg, generation), touched=False)
    assert page(None, p_unchecked_since=since) == ["", "b"]


def test_known_keys_include_those_of_attempts_that_began_before(pg: Pg, generation: int) -> None:
    value(pg, "enqueue_keys", p_generation_id=generation, p_keys=["under way"], p_lane="live")
    claim(pg, generation)
    value(pg, "enqueue_keys", p_generation_id=generation, p_keys=["waits"], p_lane="live")
    named = {"p_generation_id": generation, "p_after": None, "p_limit": 9}
    begun = pg.execute("select nextval('embedd.fence') as token").fetchone()
    assert begun is not None
    found = rows(pg, "known_keys", **named, p_unchecked_since=begun["token"])
    assert [row["known_keys"] for row in found] == ["under way"], "an attempt on the other one begins later"
    assert not rows(pg, "known_keys", **named)


def test_tombstones_wait_an_hour_and_for_every_attempt_under_way(pg: Pg, generation: int) -> None:
    change(pg, 1)
    assert value(pg, "prunable_token") is None
    (claimed,) = claim(pg, generation)
    assert value(pg, "prunable_token") is None, "an attempt under way makes nothing older"
    pg.execute("update embedd.fence_marks set at = at - interval '61 minutes', fence = %s", [claimed["token"] + 50])
    assert value(pg, "prunable_token") == claimed["token"]
    acknowledge(pg, generation, [claimed])
    assert value(pg, "prunable_token") == claimed["token"] + 50
    pg.execute("update embedd.fence_marks set at = at - interval '3 hours'")
    value(pg, "prunable_token")
    assert len(pg.execute("select from embedd.fence_marks").fetchall()) == 1


def test_the_status_counts_synced_waiting_and_dead_rows(pg: Pg, table: str, generation: int) -> None:
    def status() -> dict[str, Any]:
        shown = row(pg, "sync_status", vector_table="v")
        return {
            name: shown[name] for name in ("total_rows", "synced_rows", "rows_pending", "dead_rows", "skipped_rows")
        }

    nothing = {"total_rows": 0, "synced_rows": 0, "rows_pending": 0, "dead_rows": 0, "skipped_rows": 0}
    assert status() == nothing
    assert row(pg, "sync_status", vector_table="v")["staleness_secs"] == 0
    pg.execute("insert into products (id) select generate_series(1, 5)")
    assert status() == nothing | {"rows_pending": 5}
    ingest(pg)
    assert status() == nothing | {"rows_pending": 5}
    claimed = claim(pg, generation)
    acknowledge(pg, generation, claimed[:2])
    acknowledge(pg, generation, claimed[2:3], text="")
    release(pg, generation, claimed[3:4], p_max_attempts=1)
    assert status() == {"total_rows": 4, "synced_rows": 3, "rows_pending": 1, "dead_rows": 1, "skipped_rows": 1}
    pg.execute("update embedd.vector_tables set last_synced_at = now() - interval '90 s'")
    assert 90 <= row(pg, "sync_status", vector_table="v")["staleness_secs"] < 120
    acknowledge(pg, generation, claimed[4:])
    assert status() == {"total_rows": 5, "synced_rows": 4, "rows_pending": 0, "dead_rows": 1, "skipped_rows": 1}


def test_before_the_first_backfill_every_row_is_pending(pg: Pg) -> None:
    pg.execute(PRODUCTS + "; insert into products (id) select generate_series(1, 5)")
    made = vector_table(pg)
    assert row(pg, "sync_status", vector_table=made)["total_rows"] is None, "no worker has counted"
    (count,) = rows(pg, "claim_count", p_lease="1 min")
    assert rows(pg, "claim_count", p_lease="1 min") == []
    named = {"p_generation_id": count["generation_id"], "p_began": count["began"], "p_rest": "1 hour"}
    value(pg, "finish_count", p_rows=None, p_delay="0 s", **named)
    assert rows(pg, "claim_count", p_lease="1 min"), "one that failed is tried again"
    value(pg, "finish_count", p_rows=5, p_delay="0 s", **named)
    assert rows(pg, "claim_count", p_lease="1 min") == []
    status = row(pg, "sync_status", vector_table=made)
    assert (status["sync_status"], status["total_rows"], status["rows_pending"]) == ("pending", 5, 5)
    assert (status["synced_rows"], status["staleness_secs"], status["last_synced_at"]) == (0, None, None)


def test_an_error_is_shown_until_sync_succeeds_again(pg: Pg, table: str) -> None:
    value(pg, "backfill", vector_table="v")
    pg.execute("update embedd.tasks set status = 'completed'; update embedd.vector_tables set sync_status = 'synced'")
    value(pg, "record_sync", p_vector_table_id=table, p_error="no route to the store")
    status = row(pg, "sync_status", vector_table="v")
    assert (status["sync_status"], status["last_error"]) == ("error", "no route to the store")
    assert status["last_error_at"] is not None
    value(pg, "record_sync", p_vector_table_id=table, p_error=None)
    status = row(pg, "sync_status", vector_table="v")
    assert (status["sync_status"], status["last_error"], status["last_error_at"]) == ("synced", None, None)


def test_an_error_of_work_is_cleared_when_none_is_left(pg: Pg, table: str, generation: int) -> None:
    """Another worker may have done the rest before the error was recorded, or have died before it recorded success."""
    value(pg, "backfill", vector_table="v")
    pg.execute("update embedd.tasks set status = 'completed'; update embedd.vector_tables set sync_status = 'synced'")

    def settled() -> bool:
        value(pg, "settle_errors")
        return bool(row(pg, "sync_status", vector_table="v")["last_error"] is None)

    def meet(**more: Any) -> None:
        value(pg, "record_sync", p_vector_table_id=table, p_error="no route to the provider", **more)

    meet(p_of_work=True)
    pg.execute("insert into embedd.jobs (generation_id, key, lane) values (%s, '1', 'live')", [generation])
    assert not settled(), "a job waits"
    pg.execute("update embedd.jobs set state = 'dead'")
    assert settled(), "what is set aside waits for people"
    assert row(pg, "sync_status", vector_table="v")["sync_status"] == "synced"
    meet(p_of_work=True)
    a_range = "insert into embedd.ranges (generation_id, task_id, last_key) select %s, id, '9' from embedd.tasks"
    pg.execute(a_range, [generation])
    assert not settled(), "a range waits"
    pg.execute("delete from embedd.ranges")
    meet()
    assert not settled(), "an error of something else"
    meet(p_of_work=True)
    pg.execute("update embedd.tasks set status = 'failed'")
    assert not settled(), "rows may be missing"
