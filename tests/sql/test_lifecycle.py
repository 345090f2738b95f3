"""Backfill, pause, resume, drop: the states in which they are allowed, and their effects."""

from __future__ import annotations

from typing import Any

import pytest

from tests.sql.calls import (
    PRODUCTS,
    Pg,
    Refusal,
    acting_as,
    embedding,
    finish_task,
    footprint,
    generation_of,
    refused,
    row,
    rows,
    session,
    started,
    taken,
    until,
    value,
    vector_table,
)


@pytest.fixture
def table(pg: Pg) -> str:
    """The id of a vector table named `v` over `products`, not yet backfilled."""
    pg.execute(PRODUCTS)
    return vector_table(pg, name="v")


def status(pg: Pg, name: str = "v") -> str:
    return str(row(pg, "get_vector_table", vector_table=name)["sync_status"])


def put(pg: Pg, state: str) -> None:
    """Bring the vector table `v` to a state."""
    pg.execute("update embedd.vector_tables set sync_status = %s where name = 'v'", [state])


def test_a_backfill_is_a_pending_task_that_shows_in_the_status(pg: Pg, table: str) -> None:
    task = value(pg, "backfill", vector_table="v")
    assert task.startswith("task_")
    assert status(pg) == "backfilling"
    shown = row(pg, "get_task", task=task)
    assert shown == rows(pg, "tasks")[0]
    assert {name: shown[name] for name in ("org_id", "task_type", "target_id", "status", "rows_processed")} == {
        "org_id": "org_self_hosted",
        "task_type": "backfill",
        "target_id": table,
        "status": "pending",
        "rows_processed": 0,
    }


def test_a_second_backfill_waits_for_the_first(pg: Pg, table: str) -> None:
    first = value(pg, "backfill", vector_table="v")
    assert refused(pg, "backfill", vector_table="v") == Refusal(
        "EBC01",
        "A backfill of this vector table is already running.",
        "Wait for it to end; its progress shows in the sync status.",
    )
    finish_task(pg)
    assert status(pg) == "synced"
    assert value(pg, "backfill", vector_table="v") != first


def test_a_reconcile_does_not_keep_a_backfill_waiting(pg: Pg, table: str) -> None:
    put(pg, "synced")
    value(pg, "request_reconcile", p_vector_table_id=table)
    assert value(pg, "backfill", vector_table="v")


def test_a_backfill_needs_a_tested_connection(pg: Pg, table: str) -> None:
    pg.execute("update embedd.connections set status = 'failed'")
    assert refused(pg, "backfill", vector_table="v") == Refusal(
        "EBR01",
        "The connection of this vector table is not connected.",
        "Test it first: POST /v1/connections/conn_local/test.",
    )


def test_a_paused_table_is_not_backfilled(pg: Pg, table: str) -> None:
    put(pg, "paused")
    assert refused(pg, "backfill", vector_table="v") == Refusal(
        "EBC02", "Sync of this vector table is paused.", "Resume it first."
    )


@pytest.mark.parametrize("state", ["synced", "error"])
def test_pause_and_resume_end_in_a_table_that_syncs(pg: Pg, table: str, state: str) -> None:
    value(pg, "backfill", vector_table="v")
    finish_task(pg)
    put(pg, state)
    assert value(pg, "pause_sync", vector_table="v") == table
    assert status(pg) == "paused"
    assert value(pg, "resume_sync", vector_table="v") == table
    assert status(pg) == "synced"


@pytest.mark.parametrize("state", ["pending", "backfilling", "pending_rebackfill"])
def test_a_table_that_is_not_synced_yet_cannot_be_paused(pg: Pg, table: str, state: str) -> None:
    put(pg, state)
    assert refused(pg, "pause_sync", vector_table="v") == Refusal(
        "EBC04",
        f"Sync of this vector table is {state}, so it cannot be paused.",
        "Wait until its backfill has finished.",
    )


def test_a_table_in_error_cannot_be_paused_before_its_backfill_has_finished(pg: Pg, table: str) -> None:
    """Resuming would call it synced."""
    refusal = Refusal(
        "EBC04",
        "The backfill of this vector table has not finished, so its sync cannot be paused.",
        "Fix the error its sync status shows, or cancel the task.",
    )
    put(pg, "error")
    assert refused(pg, "pause_sync", vector_table="v") == refusal
    value(pg, "backfill", vector_table="v")
    finish_task(pg)
    value(pg, "backfill", vector_table="v")
    put(pg, "error")
    assert refused(pg, "pause_sync", vector_table="v") == refusal


def test_pausing_twice_is_refused(pg: Pg, table: str) -> None:
    put(pg, "paused")
    assert refused(pg, "pause_sync", vector_table="v") == Refusal(
        "EBC02", "Sync of this vector table is already paused.", "Resume it before pausing again."
    )


@pytest.mark.parametrize("state", ["pending", "backfilling", "synced", "error"])
def test_only_a_paused_table_can_be_resumed(pg: Pg, table: str, state: str) -> None:
    put(pg, state)
    assert refused(pg, "resume_sync", vector_table="v") == Refusal(
        "EBC03", "Sync of this vector table is not paused.", "Only a paused table can be resumed."
    )


def test_a_rebackfill_that_failed_leaves_the_configuration_that_still_answers(pg: Pg, table: str) -> None:
    value(pg, "backfill", vector_table="v")
    finish_task(pg)
    before = row(pg, "get_vector_table", vector_table="v")
    for _ in range(2):  # The same change can be asked for again.
        value(pg, "update_vector_table", vector_table="v", columns=embedding("note"))
        assert status(pg) == "pending_rebackfill"
        for _ in range(3):
            task = row(pg, "claim_task", p_worker="w", p_stores=["qdrant"], p_lease="1 min")
            value(pg, "release_task", p_task=task["id"], p_worker="w", p_error="no", p_delay="-1 s")
        assert row(pg, "get_task", task=task["id"])["status"] == "failed"
        assert row(pg, "get_vector_table", vector_table="v") == before | {"sync_status": "error"}
        states = pg.execute("select state from embedd.generations order by id").fetchall()
        assert [found["state"] for found in states][:2] == ["active", "dropped"]
        assert not any(found["state"] == "building" for found in states)


def test_95_a_change_that_was_cancelled_leaves_an_error_until_a_backfill_is_complete(pg: Pg, table: str) -> None:
    """The vectors that answer may lack rows, so neither status nor answers may claim to be complete."""
    value(pg, "backfill", vector_table="v")
    finish_task(pg)
    assert (status(pg), lacking(pg)) == ("synced", None)
    age(pg)
    value(pg, "update_vector_table", vector_table="v", where="id > 1")
    assert lacking(pg) == {"rows_processed": 0, "rows_total": None}
    for request in (None, "backfill"):
        if request:
            age(pg)
            value(pg, request, vector_table="v")
        (running,) = [one for one in rows(pg, "tasks") if one["status"] == "pending"]
        value(pg, "cancel_task", task=running["id"])
        value(pg, "record_sync", p_vector_table_id=table, p_error=None)
        shown = row(pg, "sync_status", vector_table="v")
        assert (shown["sync_status"], "Request a backfill." in str(shown["last_error"])) == ("error", True)
        assert lacking(pg) == {"rows_processed": 0, "rows_total": None}
    value(pg, "pause_sync", vector_table="v")
    value(pg, "resume_sync", vector_table="v")
    assert status(pg) == "error"
    age(pg)
    value(pg, "backfill", vector_table="v")
    finish_task(pg)
    assert (status(pg), lacking(pg)) == ("synced", None)
    assert row(pg, "sync_status", vector_table="v")["last_error"] is None


def test_a_cancelled_generation_leaves_the_one_that_answers_complete(pg: Pg, table: str) -> None:
    value(pg, "backfill", vector_table="v")
    finish_task(pg)
    age(pg)
    value(pg, "update_vector_table", vector_table="v", columns=embedding("note"))
    (running,) = [one for one in rows(pg, "tasks") if one["status"] == "pending"]
    value(pg, "cancel_task", task=running["id"])
    assert (status(pg), lacking(pg)) == ("synced", None)


def age(pg: Pg) -> None:
    """Make the tasks so far older: the clock of this transaction stands still."""
    pg.execute("update embedd.tasks set created_at = created_at - interval '1 second'")


def lacking(pg: Pg) -> Any:
    """What answers of the vector table lack."""
    (found,) = pg.execute(
        "select embedd_internal.partial_answer(id) as lacking from embedd.generations where state = 'active'"
    ).fetchall()
    return found["lacking"]


@pytest.mark.parametrize(
    ("function", "name"),
    [
        (function, name)
        for function in ("backfill", "pause_sync", "resume_sync", "sync_status", "drop_vector_table")
        for name in ("nope", "vt_00000000000000000000000000000000", "", None)
        if (function, name) != ("sync_status", None)  # which is the status of all
    ],
)
def test_a_missing_object_is_refused_by_name(pg: Pg, function: str, name: str | None) -> None:
    named = "null" if name is None else f"'{name}'"
    assert refused(pg, function, vector_table=name) == Refusal(
        "EBN04",
        f"There is no vector table {named} in this environment.",
        "List the vector tables to see which exist; name one by its name or id.",
    )


def test_a_task_of_another_organization_does_not_exist(pg: Pg, table: str) -> None:
    task = value(pg, "backfill", vector_table="v")
    told = Refusal("EBN05", "There is no task {}.", "List the tasks to see which exist.")
    assert refused(pg, "get_task", task="task_x") == Refusal("EBN05", "There is no task task_x.", told.hint)
    assert refused(pg, "get_task", task=None).sqlstate == "EBN05"
    acting_as(pg, organization="org_other")
    assert rows(pg, "tasks") == []
    assert refused(pg, "get_task", task=task) == Refusal("EBN05", f"There is no task {task}.", told.hint)


def test_tasks_are_listed_newest_first_and_by_pages(pg: Pg, table: str) -> None:
    made = [value(pg, "backfill", vector_table="v")]
    pg.execute("update embedd.tasks set created_at = now() - interval '1 hour', status = 'completed'")
    made.insert(0, value(pg, "backfill", vector_table="v"))
    assert [t["id"] for t in rows(pg, "tasks")] == made
    (newest,) = rows(pg, "tasks", limit=1)
    (older,) = rows(pg, "tasks", before_created_at=newest["created_at"], before_id=newest["id"])
    assert [newest["id"], older["id"]] == made


def test_dropping_removes_triggers_and_jobs_and_leaves_the_store_to_a_worker(pg: Pg, table: str) -> None:
    generation = generation_of(pg, table)
    before = footprint(pg)
    value(pg, "backfill", vector_table="v")
    pg.execute("insert into products (id) values (1)")
    value(pg, "drop_vector_table", vector_table=table)
    after = footprint(pg)
    assert (after["triggers"], after["captures"], after["outbox"]) == (0, 0, 0)
    assert after["functions"] == before["functions"] - 1
    assert rows(pg, "list_vector_tables") == []
    assert [t["status"] for t in rows(pg, "tasks")] == ["cancelled"]
    assert rows(pg, "list_dropped") == [{"generation_id": generation, "store": "qdrant"}]
    assert refused(pg, "drop_vector_table", vector_table=table).sqlstate == "EBN04"
    pg.execute("insert into products (id) values (2)")
    assert taken(pg) == []
    value(pg, "finish_drop", p_generation_id=generation)
    assert (footprint(pg)["vector_tables"], footprint(pg)["generations"]) == (0, 0)


def test_finishing_a_drop_that_was_not_requested_changes_nothing(pg: Pg, table: str) -> None:
    before = footprint(pg)
    value(pg, "finish_drop", p_generation_id=generation_of(pg, table))
    assert footprint(pg) == before


def test_the_triggers_stay_until_the_last_vector_table_on_the_source_is_dropped(pg: Pg, table: str) -> None:
    vector_table(pg, name="w", columns=embedding("note"))
    value(pg, "drop_vector_table", vector_table="v")
    pg.execute("insert into products (id) values (1)")
    assert taken(pg) == ["1"]
    value(pg, "drop_vector_table", vector_table="w")
    pg.execute("insert into products (id) values (2)")
    assert taken(pg) == []
    assert (footprint(pg)["triggers"], footprint(pg)["captures"]) == (0, 0)


def test_after_a_drop_only_the_columns_still_needed_are_tracked(pg: Pg, table: str) -> None:
    """Otherwise a renamed, unused column would report a changed shape with every write, forever."""
    vector_table(pg, name="w", columns=embedding("note"))
    pg.execute("insert into products (id) values (1); alter table products rename name to title")
    taken(pg)
    pg.execute("update products set note = 'a'")
    assert taken(pg) == ["R"]
    value(pg, "drop_vector_table", vector_table="v")
    pg.execute("update products set note = 'b'")
    assert taken(pg) == ["1"]
    pg.execute("update products set title = 'c'")
    assert taken(pg) == []


def test_two_last_vector_tables_dropped_at_once_leave_no_triggers(alone: Pg, installed: str) -> None:
    alone.execute(PRODUCTS)
    vector_table(alone, name="v")
    vector_table(alone, name="w")
    with session(installed) as watching, alone.transaction():
        value(alone, "drop_vector_table", vector_table="v")
        with started(installed, "select embedd.drop_vector_table('w')") as dropping:
            until(lambda: dropping.is_blocked(watching))
            alone.execute("commit; begin")
            dropping.future.result(20)
    assert (footprint(alone)["triggers"], footprint(alone)["captures"]) == (0, 0)


def test_a_drop_does_not_block_readers_behind_a_long_transaction(alone: Pg, installed: str) -> None:
    alone.execute(PRODUCTS)
    vector_table(alone, name="v")
    with session(installed) as reader, session(installed) as watching, reader.transaction():
        reader.execute("select from products")
        with started(installed, "select embedd.drop_vector_table('v')") as dropping:
            until(lambda: dropping.is_blocked(watching))
            watching.execute("set statement_timeout = '3 s'; select from products")
            assert not dropping.future.done()
            reader.execute("commit; begin")
            dropping.future.result(20)
    assert footprint(alone)["triggers"] == 0


def test_a_backfill_wakes_the_worker(alone: Pg, installed: str) -> None:
    alone.execute(PRODUCTS)
    vector_table(alone, name="v")
    with session(installed) as worker:
        worker.execute("listen embedd")
        value(alone, "backfill", vector_table="v")
        assert [n.channel for n in worker.notifies(timeout=5, stop_after=1)] == ["embedd"]
        put(alone, "paused")
        value(alone, "resume_sync", vector_table="v")
        assert [n.channel for n in worker.notifies(timeout=5, stop_after=1)] == ["embedd"]


def searchable(pg: Pg) -> Any:
    return value(pg, "get_searchable_generation", vector_table="v")


def test_a_table_answers_queries_from_its_first_backfill_on(pg: Pg, table: str) -> None:
    told = refused(pg, "get_searchable_generation", vector_table="v")
    assert told == Refusal(
        "EBR02",
        "The vector table v is pending, so it cannot be queried yet.",
        f"Request a backfill: POST /v1/vector-tables/{table}/backfill.",
    )
    put(pg, "error")
    assert refused(pg, "get_searchable_generation", vector_table="v").sqlstate == "EBR02"
    for state in ("backfilling", "synced", "paused"):
        put(pg, state)
        assert searchable(pg)["vector_table"]["id"] == table
    pg.execute("update embedd.vector_tables set sync_status = 'error', last_synced_at = now()")
    assert searchable(pg)["embedding"]["model"] == "all-MiniLM-L6-v2"
