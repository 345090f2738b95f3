"""Verifications as tasks: valid requests, concurrent work, and the keys they queue."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.sql.calls import PRODUCTS, Pg, acting_as, finish_task, generation_of, refused, row, rows, value, vector_table


@pytest.fixture
def table(pg: Pg) -> str:
    """A backfilled vector table named `v` over `products`."""
    pg.execute(PRODUCTS)
    made = vector_table(pg, name="v")
    value(pg, "backfill", vector_table="v")
    finish_task(pg)
    return made


def claimed(pg: Pg, worker: str = "w") -> dict[str, Any]:
    return row(pg, "claim_task", p_worker=worker, p_stores=["qdrant"], p_lease="1 min")


def checkpoint(pg: Pg, task: dict[str, Any], worker: str = "w", **named: Any) -> bool:
    """Note a step of a claimed verification; by default nothing new."""
    named = {
        "p_task": task["id"],
        "p_worker": worker,
        "p_start_token": task["start_token"],
        "p_phase": "source",
        "p_last": None,
        "p_rows": 0,
        "p_counts": "{}",
        "p_examples": "{}",
        "p_suspects": [],
        "p_new": [],
        "p_waiting": [],
        "p_lease": "1 min",
    } | named
    return bool(value(pg, "checkpoint_verification", **named))


def complete(pg: Pg, task: dict[str, Any]) -> None:
    assert checkpoint(pg, task, p_phase="finish")
    value(pg, "complete_task", p_task=task["id"], p_worker="w")


def believe(pg: Pg, generation: int, key: str, token: int = 5) -> None:
    pg.execute("insert into embedd.row_states values (%s, %s, %s, 't', 'm', null, %s)", [generation, key, token, token])


def job(pg: Pg, key: str) -> dict[str, Any]:
    (found,) = pg.execute("select * from embedd.jobs where key = %s", [key]).fetchall()
    return found


def test_a_table_that_was_never_filled_or_is_paused_is_not_compared(pg: Pg, table: str) -> None:
    vector_table(pg, name="empty")
    refusal = refused(pg, "verify", vector_table="empty")
    assert (refusal.sqlstate, refusal.hint) == ("EBR02", "Request a backfill first.")
    value(pg, "pause_sync", vector_table="v")
    assert refused(pg, "verify", vector_table="v").sqlstate == "EBC02"
    assert refused(pg, "verify", vector_table="nope").sqlstate == "EBN04"


def test_a_table_has_one_verification_at_a_time_next_to_a_backfill_and_a_reconcile(pg: Pg, table: str) -> None:
    task = value(pg, "verify", vector_table="v")
    refusal = refused(pg, "verify", vector_table="v", repair=True)
    assert (refusal.sqlstate, refusal.message) == ("EBC11", "A verification of this vector table is already running.")
    value(pg, "backfill", vector_table="v")
    pg.execute("select embedd_internal.request_reconcile(%s)", [table])
    pg.execute("select embedd_internal.request_reconcile(%s)", [table])
    running = pg.execute("select task_type from embedd.tasks where status = 'pending' order by 1").fetchall()
    assert [one["task_type"] for one in running] == ["backfill", "reconcile", "verify"]
    pg.execute("select embedd.cancel_task(%s)", [task])
    assert row(pg, "sync_status", vector_table="v")["sync_status"] == "backfilling", "it is the backfill's"
    assert row(pg, "verification", task=task)["status"] == "cancelled"
    assert value(pg, "verify", vector_table="v") != task


def test_a_checkpoint_adds_up_what_was_found_and_keeps_some_examples(pg: Pg, table: str) -> None:
    value(pg, "verify", vector_table="v", repair=True)
    task = claimed(pg)
    assert task["task_type"] == "verify"
    keys = [f"k{n}" for n in range(7)]
    for _ in range(2):
        counts, examples = json.dumps({"missing": 7, "waiting": 1}), json.dumps({"missing": keys})
        assert checkpoint(pg, task, p_rows=100, p_counts=counts, p_examples=examples, p_waiting=["k1"])
    pg.execute(
        "insert into embedd.jobs (generation_id, key, lane, state) values (%s, 'd', 'live', 'dead')",
        [generation_of(pg, table)],
    )
    complete(pg, task)
    found = row(pg, "verification", task=task["id"])
    shown = {name: found[name] for name in ("status", "rows_compared", "missing", "difference", "waiting", "dead")}
    assert shown == {
        "status": "completed",
        "rows_compared": 200,
        "missing": 14,
        "difference": 14,
        "waiting": 2,
        "dead": 1,
    }
    assert found["examples"] == {"missing": [*keys, "k0", "k1", "k2"]}
    assert rows(pg, "drift")[0]["total_difference"] == 14


def test_a_lost_or_ended_verification_records_and_queues_nothing(pg: Pg, table: str) -> None:
    value(pg, "verify", vector_table="v")
    task = claimed(pg)
    step = {"p_counts": json.dumps({"stale": 1}), "p_suspects": ["1"], "p_new": ["2"]}
    assert not checkpoint(pg, task, "other", **step)
    assert not checkpoint(pg, task | {"start_token": 1}, **step)
    pg.execute("update embedd.generations set state = 'draining'")
    assert not checkpoint(pg, task, **step)
    assert rows(pg, "begin_verification", p_task=task["id"]) == []
    found = row(pg, "verification", task=task["id"])
    assert (found["status"], found["stale"]) == ("cancelled", 0)
    assert pg.execute("select from embedd.jobs").fetchall() == []


def test_a_suspect_key_looks_like_one_of_a_dead_attempt(pg: Pg, table: str) -> None:
    generation = generation_of(pg, table)
    believe(pg, generation, "1")
    value(pg, "verify", vector_table="v", repair=True)
    assert checkpoint(pg, claimed(pg), p_suspects=["1"], p_new=["2"])
    assert (job(pg, "1")["lane"], job(pg, "2")["lane"], job(pg, "2")["token"]) == ("verify", "verify", 0)
    assert value(pg, "count_queued", p_generation_id=generation, p_task_type="verify") == 2
    claim = {"p_generation_id": generation, "p_lane": "verify", "p_limit": 9, "p_worker": "w", "p_lease": "1 min"}
    first, second = sorted(rows(pg, "claim_jobs", **claim), key=lambda one: one["key"])
    assert first["state_token"] < first["previous_token"] < first["token"]
    assert (second["state_token"], second["previous_token"]) == (None, 0)


def test_suspecting_a_key_disturbs_no_attempt_and_revives_no_dead_letter(pg: Pg, table: str) -> None:
    generation = generation_of(pg, table)
    pg.execute(
        "insert into embedd.jobs (generation_id, key, lane, token, state, leased_until) values"
        " (%(g)s, 'leased', 'live', 7, 'queued', now() + interval '1 min'),"
        " (%(g)s, 'lost', 'live', 7, 'queued', now() - interval '1 min'),"
        " (%(g)s, 'queued', 'live', 0, 'queued', null), (%(g)s, 'dead', 'live', 7, 'dead', null)",
        {"g": generation},
    )
    pg.execute("select embedd_internal.suspect_keys(%s, '{leased,lost,queued,dead}')", [generation])
    assert (job(pg, "leased")["token"], job(pg, "leased")["want"]) == (7, 2)
    assert (job(pg, "dead")["token"], job(pg, "dead")["state"], job(pg, "dead")["want"]) == (7, "dead", 1)
    assert job(pg, "lost")["token"] > 7
    assert (job(pg, "queued")["token"] > 0, job(pg, "queued")["lane"]) == (True, "live")


def test_a_key_is_busy_while_anything_may_still_change_it(pg: Pg, table: str) -> None:
    generation = generation_of(pg, table)
    believe(pg, generation, "1")

    def busy() -> dict[str, bool]:
        found = rows(pg, "look_at_keys", p_generation_id=generation, p_keys=["1", "2"])
        return {one["key"]: one["busy"] for one in found}

    assert busy() == {"1": False, "2": False}
    pg.execute("insert into products (id, name) values (2, 'x')")
    assert busy() == {"1": False, "2": True}, "the change is in the outbox"
    row(pg, "ingest", p_limit=10)
    assert busy() == {"1": False, "2": True}, "it is a job"
    pg.execute("delete from embedd.jobs; update products set name = 'y' where id = 2")
    pg.execute("update embedd.outbox set key = null, keys = array['3', key]")
    assert busy() == {"1": False, "2": True}, "the change is in the outbox among others"
    row(pg, "ingest", p_limit=10)
    pg.execute("update embedd.jobs set state = 'dead'")
    (found,) = [one for one in rows(pg, "look_at_keys", p_generation_id=generation, p_keys=["2"]) if one["dead"]]
    assert not found["busy"]
    pg.execute("truncate products")
    assert busy() == {"1": True, "2": True}, "the table was truncated"
    row(pg, "ingest", p_limit=10)
    assert busy() == {"1": True, "2": True}, "a reconcile is under way"
    pg.execute("update embedd.tasks set status = 'completed'")
    value(pg, "verify", vector_table="v")
    assert busy() == {"1": False, "2": False}, "a verification itself changes nothing"


def test_an_interrupted_search_for_orphans_starts_over(pg: Pg, table: str) -> None:
    for repair, kept in ((False, 0), (True, 2)):
        value(pg, "verify", vector_table="v", repair=repair)
        task = claimed(pg)
        counts = json.dumps({"orphaned": 2, "stale": 1})
        checkpoint(pg, task, p_counts=counts, p_examples=json.dumps({"orphaned": ["1", "2"]}))
        row(pg, "begin_verification", p_task=task["id"])
        found = row(pg, "verification", task=task["id"])
        assert (found["orphaned"], found["stale"], "orphaned" in found["examples"]) == (kept, 1, repair)
        complete(pg, task)


def test_a_verification_that_failed_does_not_touch_the_status_of_its_table(pg: Pg, table: str) -> None:
    value(pg, "verify", vector_table="v")
    for _ in range(3):
        task = claimed(pg)
        value(pg, "release_task", p_task=task["id"], p_worker="w", p_error="no", p_delay="0 s", p_burn=True)
    assert row(pg, "verification", task=task["id"])["status"] == "failed"
    status = row(pg, "sync_status", vector_table="v")
    assert (status["sync_status"], status["last_error"]) == ("synced", None)
    assert rows(pg, "drift") == [], "only what was compared whole counts"
    value(pg, "pause_sync", vector_table="v")
    value(pg, "resume_sync", vector_table="v")
    assert row(pg, "sync_status", vector_table="v")["sync_status"] == "synced"


def test_another_organization_sees_neither_verification_nor_drift(pg: Pg, table: str) -> None:
    task = value(pg, "verify", vector_table="v")
    complete(pg, claimed(pg))
    assert rows(pg, "drift")[0]["task_id"] == task
    other = value(pg, "create_organization", name="other", tier="free")
    environment = pg.execute("select id from embedd.environments where organization_id = %s", [other]).fetchall()
    acting_as(pg, organization=other, environment=environment[0]["id"])
    try:
        assert refused(pg, "verification", task=task).sqlstate == "EBN05"
        assert rows(pg, "drift") == []
    finally:
        acting_as(pg)


def test_a_lost_store_restarts_the_backfill_under_way(pg: Pg, table: str) -> None:
    generation = generation_of(pg, table)
    assert value(pg, "refill_generation", p_generation_id=generation) == 0, "nothing was in it"
    value(pg, "backfill", vector_table="v")
    task = claimed(pg)
    pg.execute("update embedd.tasks set phase = 'finish', last_processed_pk = '9' where id = %s", [task["id"]])
    believe(pg, generation, "1")
    assert value(pg, "refill_generation", p_generation_id=generation) == 1
    again = claimed(pg, "other")
    assert (again["id"], again["phase"], again["last_processed_pk"]) == (task["id"], "source", None)
    assert again["start_token"] > task["start_token"]
    assert refused(pg, "get_searchable_generation", vector_table="v").sqlstate == "EBR02"
    pg.execute("select embedd.cancel_task(%s)", [task["id"]])
    assert row(pg, "sync_status", vector_table="v")["sync_status"] == "pending", "it is not filled"
    value(pg, "backfill", vector_table="v")
    finish_task(pg)
    value(pg, "get_searchable_generation", vector_table="v")
