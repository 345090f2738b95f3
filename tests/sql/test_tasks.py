"""Backfill and reconcile as tasks: their worker, their progress, and when they start over."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from tests.sql.calls import (
    PRODUCTS,
    Pg,
    checkpoint,
    finish_task,
    generation_of,
    row,
    rows,
    session,
    value,
    vector_table,
)


@pytest.fixture
def table(pg: Pg) -> str:
    """A backfilled vector table named `v` over `products`."""
    pg.execute(PRODUCTS)
    made = vector_table(pg, name="v")
    value(pg, "backfill", vector_table="v")
    finish_task(pg)
    return made


def claim(pg: Pg, worker: str = "w", **named: Any) -> dict[str, Any] | None:
    found = rows(pg, "claim_task", **({"p_worker": worker, "p_stores": ["qdrant"], "p_lease": "1 min"} | named))
    return found[0] if found else None


def claimed(pg: Pg, worker: str = "w", **named: Any) -> dict[str, Any]:
    found = claim(pg, worker, **named)
    assert found is not None
    return found


def ingest(pg: Pg) -> None:
    row(pg, "ingest", p_limit=100)


def task(pg: Pg) -> dict[str, Any]:
    """The newest task, as it is stored."""
    return pg.execute("select * from embedd.tasks order by created_at desc, status desc").fetchall()[0]


def test_a_task_belongs_to_one_worker_until_its_lease_ends(pg: Pg, table: str) -> None:
    value(pg, "backfill", vector_table="v")
    assert claim(pg, p_stores=["pgvector"]) is None, "that worker cannot write there"
    first = claimed(pg, p_lease="-1 s")
    second = claimed(pg, "other")
    assert first["id"] == second["id"]
    assert first["start_token"] == second["start_token"], "it goes on, it does not start over"
    assert claim(pg) is None
    assert not checkpoint(pg, first, p_keys=["1"])
    assert checkpoint(pg, second, "other", p_keys=["1"])


def test_a_checkpoint_queues_its_page_and_records_it_in_one_step(pg: Pg, table: str) -> None:
    value(pg, "backfill", vector_table="v")
    mine = claimed(pg)
    assert checkpoint(pg, mine, p_keys=["1", "2"], p_last="2", p_rows_total=9)
    assert checkpoint(pg, mine, p_keys=["3"], p_last="3")
    shown = row(pg, "get_task", task=mine["id"])
    assert (shown["rows_processed"], shown["rows_total"], shown["last_processed_pk"]) == (0, 9, "3")
    found = pg.execute("select key, lane from embedd.jobs order by key").fetchall()
    assert [(job["key"], job["lane"]) for job in found] == [(key, "backfill") for key in "123"]
    generation = generation_of(pg, table)
    assert value(pg, "count_queued", p_generation_id=generation, p_task_type="backfill") == 3
    assert value(pg, "count_queued", p_generation_id=generation, p_task_type="reconcile") == 0
    # What is done is what no longer waits.
    pg.execute("delete from embedd.jobs where key <> '3'")
    assert row(pg, "get_task", task=mine["id"])["rows_processed"] == 2


def test_open_ranges_and_changed_rows_are_not_counted_as_queued(pg: Pg, table: str) -> None:
    value(pg, "backfill", vector_table="v")
    mine = claimed(pg)
    generation = generation_of(pg, table)
    pg.execute("update embedd.tasks set rows_processed = 5")
    pg.execute(
        "insert into embedd.ranges (generation_id, task_id, last_key) values (%s, %s, '9')", [generation, mine["id"]]
    )
    pg.execute("insert into embedd.jobs (generation_id, key, lane) values (%s, '1', 'live')", [generation])
    assert row(pg, "get_task", task=mine["id"])["rows_processed"] == 5
    assert value(pg, "count_queued", p_generation_id=generation, p_task_type="backfill") == 1


@pytest.mark.parametrize("fate", ["cancelled", "completed", "failed"])
def test_the_checkpoint_of_a_task_that_is_over_queues_nothing(pg: Pg, table: str, fate: str) -> None:
    value(pg, "backfill", vector_table="v")
    mine = claimed(pg)
    pg.execute("update embedd.tasks set status = %s where id = %s", [fate, mine["id"]])
    assert not checkpoint(pg, mine, p_keys=["1"])
    assert pg.execute("select from embedd.jobs").fetchall() == []


def test_only_a_backfill_in_its_last_phase_makes_a_table_synced(pg: Pg, table: str) -> None:
    value(pg, "backfill", vector_table="v")
    mine = claimed(pg)
    value(pg, "complete_task", p_task=mine["id"], p_worker="w")
    assert (task(pg)["status"], row(pg, "sync_status", vector_table="v")["sync_status"]) == ("running", "backfilling")
    checkpoint(pg, mine, p_phase="finish")
    value(pg, "complete_task", p_task=mine["id"], p_worker="other")
    assert task(pg)["status"] == "running"
    value(pg, "complete_task", p_task=mine["id"], p_worker="w")
    assert (task(pg)["status"], row(pg, "sync_status", vector_table="v")["sync_status"]) == ("completed", "synced")
    assert task(pg)["finished_at"] is not None


def test_an_outage_costs_a_task_no_attempt_and_its_own_errors_do(pg: Pg, table: str) -> None:
    value(pg, "backfill", vector_table="v")
    for burn in (False, False, False, False, True, True, True):
        assert task(pg)["status"] in ("pending", "running")
        mine = claimed(pg)
        value(pg, "release_task", p_task=mine["id"], p_worker="w", p_error="no", p_delay="0 s", p_burn=burn)
    ended = task(pg)
    assert (ended["status"], ended["attempts"], ended["last_error"]) == ("failed", 3, "no")
    status = row(pg, "sync_status", vector_table="v")
    assert (status["sync_status"], status["last_error"]) == ("error", "no")
    assert claim(pg) is None


def test_a_task_given_back_waits_for_its_delay(pg: Pg, table: str) -> None:
    value(pg, "backfill", vector_table="v")
    mine = claimed(pg)
    value(pg, "release_task", p_task=mine["id"], p_worker="w", p_error=None, p_delay="1 hour")
    assert (claim(pg), task(pg)["attempts"]) == (None, 0)
    pg.execute("update embedd.tasks set run_at = now()")
    assert claimed(pg)["start_token"] == mine["start_token"]


@pytest.mark.parametrize(
    "event", ["truncate products", "alter table products rename name to x; update products set stock = 1"]
)
def test_a_truncate_or_a_changed_shape_requests_a_reconcile(pg: Pg, table: str, event: str) -> None:
    pg.execute("insert into products (id) values (1)")
    ingest(pg)
    pg.execute(event.encode())
    ingest(pg)
    asked = task(pg)
    assert (asked["task_type"], asked["status"], asked["target_id"]) == ("reconcile", "pending", table)
    assert asked["priority"] < 3, "it goes before backfills"


def test_a_running_reconcile_starts_over_when_another_is_requested(pg: Pg, table: str) -> None:
    pg.execute("truncate products")
    ingest(pg)
    mine = claimed(pg)
    assert checkpoint(pg, mine, p_keys=["1"], p_last="1", p_phase="finish")
    pg.execute("truncate products")
    ingest(pg)
    assert not checkpoint(pg, mine, p_keys=["2"], p_phase="finish")
    value(pg, "complete_task", p_task=mine["id"], p_worker="w")
    again = claimed(pg)
    assert not checkpoint(pg, mine, p_keys=["2"]), "the same worker, but not the same round"
    assert (again["id"], again["phase"], again["last_processed_pk"], again["rows_processed"]) == (
        mine["id"],
        "source",
        None,
        0,
    )
    assert again["start_token"] > mine["start_token"]
    assert [t["task_type"] for t in rows(pg, "tasks")].count("reconcile") == 1


def test_every_vector_table_on_a_truncated_source_is_reconciled(pg: Pg, table: str) -> None:
    other = vector_table(pg, name="w")
    value(pg, "backfill", vector_table="w")
    finish_task(pg)
    vector_table(pg, name="pending")
    pg.execute("truncate products")
    ingest(pg)
    found = [t["target_id"] for t in rows(pg, "tasks") if t["task_type"] == "reconcile"]
    assert sorted(found) == sorted([table, other])


def test_two_workers_never_get_the_same_task(alone: Pg, installed: str) -> None:
    alone.execute(PRODUCTS)
    vector_table(alone, name="v")
    vector_table(alone, name="w")
    asked = {value(alone, "backfill", vector_table=name) for name in ("v", "w")}
    with session(installed) as other, other.transaction():
        first, second = claimed(other), claimed(alone)
        assert {first["id"], second["id"]} == asked
        assert claim(alone) is None


def test_one_search_for_work_takes_events_and_reports_everything_that_is_due(pg: Pg, table: str) -> None:
    def look() -> dict[str, Any]:
        found: dict[str, Any] = value(pg, "poll_work", p_limit=100, p_from=0, p_arm=False)
        return found

    quiet = look()
    assert quiet.pop("oldest") <= quiet.pop("newest")
    assert datetime.fromisoformat(quiet.pop("at")).tzinfo
    assert quiet == {
        "events": 0,
        "last_id": -1,
        "work": [],
        "tasks": False,
        "polls": False,
        "counts": False,
        "outboxes": False,
        "searches": False,
        "captures": False,
        "drops": False,
    }
    pg.execute("insert into products (id) values (1)")
    found = look()
    assert (found["events"], [work["lane"] for work in found["work"]]) == (1, ["live"])
    pg.execute("truncate products")
    assert look()["tasks"] is True
    value(pg, "drop_vector_table", vector_table="v")
    last = look()
    assert (last["tasks"], last["work"], last["drops"]) == (False, [], True)


def test_a_polled_source_is_due_after_its_delay_and_leased_to_one_worker(pg: Pg, table: str) -> None:
    pg.execute("update embedd.vector_tables set capture_id = null, next_poll_at = now()")

    def due() -> list[dict[str, Any]]:
        return rows(pg, "claim_poll", p_stores=["qdrant"], p_lease="1 min")

    (mine,) = due()
    assert mine == {"generation_id": generation_of(pg, table), "sync_mode": "batch"}
    assert due() == []
    value(pg, "finish_poll", p_vector_table_id=table, p_error=None, p_source_rows=7, p_delay="0 s")
    assert row(pg, "sync_status", vector_table="v")["total_rows"] == 7
    assert len(due()) == 1
    value(pg, "finish_poll", p_vector_table_id=table, p_error="cannot read", p_source_rows=None, p_delay="1 hour")
    status = row(pg, "sync_status", vector_table="v")
    assert (status["sync_status"], status["last_error"], status["total_rows"]) == ("error", "cannot read", 7)
    assert due() == []
