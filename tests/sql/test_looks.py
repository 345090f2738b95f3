"""Recorded looks of workers for work, and the status of vector tables that follows from them."""

from __future__ import annotations

from typing import Any

import pytest

from tests.sql.calls import Pg, row, rows, value


def standstill(pg: Pg) -> dict[str, Any] | None:
    return pg.execute("select * from embedd.standstill").fetchone()


def look(pg: Pg, worker: str, *, error: str | None = None, ago: int = 0) -> None:
    value(pg, "record_look", p_worker=worker, p_error=error)
    pg.execute(
        "update embedd.looks set looked_at = looked_at - make_interval(secs => %s) where worker = %s", [ago, worker]
    )


@pytest.fixture
def nobody(pg: Pg) -> Pg:
    pg.execute("delete from embedd.looks")
    return pg


@pytest.fixture
def filled(pg: Pg, table: str) -> str:
    """The vector table after a backfill, last up to date a minute ago."""
    value(pg, "backfill", vector_table="v")
    pg.execute("update embedd.tasks set status = 'completed'")
    pg.execute("update embedd.vector_tables set sync_status = 'synced', last_synced_at = now() - interval '1 minute'")
    return table


def test_one_worker_that_looks_is_enough(nobody: Pg, table: str) -> None:
    look(nobody, "a", error="The disk is full.")
    look(nobody, "b", ago=3)
    look(nobody, "c", ago=60)
    assert standstill(nobody) is None
    assert row(nobody, "sync_status", vector_table="v")["sync_status"] == "synced"


@pytest.mark.parametrize(
    ("looks", "said"),
    [
        ([], "No worker looks for changes. Start one"),
        ([(None, 6)], "No worker looks for changes since "),
        ([(None, -3600)], "No worker looks for changes since "),
        ([("The disk is full.", 0), (None, 60)], "No worker can look for changes. The disk is full."),
    ],
    ids=["none yet", "none lately", "one in the future", "one that cannot"],
)
def test_without_a_worker_that_looks_the_status_is_an_error(
    nobody: Pg, table: str, looks: list[tuple[str | None, int]], said: str
) -> None:
    for number, (error, ago) in enumerate(looks):
        look(nobody, f"worker {number}", error=error, ago=ago)
    status = row(nobody, "sync_status", vector_table="v")
    assert status["sync_status"] == "error" and status["last_error"].startswith(said)
    (viewed,) = nobody.execute("select sync_status, last_error, last_error_at from embedd.status").fetchall()
    assert viewed == {name: status[name] for name in viewed}
    (alert,) = nobody.execute("select value, alert from embedd.health() where subject = 'workers'").fetchall()
    assert (alert["value"], alert["alert"]) == (0, status["last_error"])
    assert value(nobody, "standstill_reason") == status["last_error"]


@pytest.mark.parametrize("state", ["pending", "paused"])
def test_tables_that_need_no_worker_show_no_error(nobody: Pg, table: str, state: str) -> None:
    nobody.execute("update embedd.vector_tables set sync_status = %s", [state])
    status = row(nobody, "sync_status", vector_table="v")
    assert (status["sync_status"], status["last_error"]) == (state, None)


def test_the_error_of_the_table_is_shown_after_the_standstill(nobody: Pg, table: str) -> None:
    value(nobody, "record_sync", p_vector_table_id=table, p_error="The store is down.")
    said = row(nobody, "sync_status", vector_table="v")["last_error"]
    assert said.startswith("No worker looks for changes.") and said.endswith("Before: The store is down.")


def test_workers_that_ended_long_ago_are_forgotten(nobody: Pg) -> None:
    look(nobody, "old", ago=100_000)
    look(nobody, "new")
    assert nobody.execute("select worker from embedd.looks").fetchall() == [{"worker": "new"}]


def test_the_time_of_the_first_failure_is_kept(nobody: Pg) -> None:
    look(nobody, "a", error="one")
    (first,) = nobody.execute("select error_at from embedd.looks").fetchall()
    look(nobody, "a", error="two")
    assert nobody.execute("select error_at from embedd.looks").fetchall() == [first]
    look(nobody, "a")
    assert nobody.execute("select error, error_at from embedd.looks").fetchall() == [{"error": None, "error_at": None}]


def test_a_worker_of_an_earlier_version_counts_as_looking(nobody: Pg, table: str) -> None:
    value(nobody, "poll_work", p_limit=10, p_from=0, p_arm=False)
    assert standstill(nobody) is None


def test_a_stall_of_changed_rows_shows_until_none_is_left(pg: Pg, filled: str, generation: int) -> None:
    pg.execute(
        "insert into embedd.jobs (generation_id, key, lane, run_at) values (%s, '1', 'live', now() - interval '6 s')",
        [generation],
    )
    pg.execute("update embedd.jobs set leased_until = now() + interval '1 minute'")
    value(pg, "note_stalls")
    assert row(pg, "sync_status", vector_table="v")["sync_status"] == "synced", "a worker has taken it"
    pg.execute("update embedd.jobs set leased_until = null")
    value(pg, "note_stalls")
    status = row(pg, "sync_status", vector_table="v")
    assert status["sync_status"] == "error" and "no worker takes them" in status["last_error"]
    value(pg, "settle_errors")
    assert row(pg, "sync_status", vector_table="v")["sync_status"] == "error"
    pg.execute("delete from embedd.jobs")
    value(pg, "settle_errors")
    status = row(pg, "sync_status", vector_table="v")
    assert (status["sync_status"], status["last_error"]) == ("synced", None)


@pytest.mark.parametrize(("last", "due"), [("1 s", "6 s"), ("1 minute", "1 s")])
def test_work_that_goes_on_is_no_stall(pg: Pg, table: str, generation: int, last: str, due: str) -> None:
    pg.execute("update embedd.vector_tables set last_synced_at = now() - %s::interval", [last])
    pg.execute(
        "insert into embedd.jobs (generation_id, key, lane, run_at) values (%s, '1', 'live', now() - %s::interval)",
        [generation, due],
    )
    value(pg, "note_stalls")
    assert row(pg, "sync_status", vector_table="v")["sync_status"] == "synced"


def test_a_comparison_that_no_worker_begins_is_a_stall(pg: Pg, filled: str) -> None:
    pg.execute("update embedd.vector_tables set capture_id = null, next_poll_at = now() - interval '6 s'")
    value(pg, "note_stalls")
    value(pg, "settle_errors")
    status = row(pg, "sync_status", vector_table="v")
    assert status["sync_status"] == "error" and "no worker begins it" in status["last_error"]
    value(pg, "record_sync", p_vector_table_id=filled, p_error=None)
    assert row(pg, "sync_status", vector_table="v")["sync_status"] == "synced"


def schedule(pg: Pg, worker: str, *, every: str, ago: int) -> None:
    value(pg, "record_schedule", p_worker=worker, p_every=every)
    value(pg, "record_look", p_worker=worker, p_error=None)
    pg.execute(
        "update embedd.looks set looked_at = looked_at - make_interval(secs => %s) where worker = %s", [ago, worker]
    )


@pytest.mark.parametrize(("ago", "overdue"), [(0, False), (599, False), (655, False), (665, True)])
def test_between_scheduled_runs_the_status_is_judged_by_the_promised_one(
    nobody: Pg, table: str, ago: int, overdue: bool
) -> None:
    schedule(nobody, "cron", every="10m", ago=ago)
    status = row(nobody, "sync_status", vector_table="v")
    assert status["sync_status"] == ("error" if overdue else "synced")
    said = "No worker looks for changes: a scheduled run was due by "
    assert (status["last_error"] or "").startswith(said) is overdue


def test_a_worker_that_stays_and_dies_is_missed_in_spite_of_an_earlier_schedule(nobody: Pg, table: str) -> None:
    schedule(nobody, "cron", every="1d", ago=60)
    look(nobody, "stays", ago=30)
    assert row(nobody, "sync_status", vector_table="v")["sync_status"] == "error"


def test_a_scheduled_run_that_could_not_look_shows_why(nobody: Pg, table: str) -> None:
    schedule(nobody, "one", every="10m", ago=600)
    value(nobody, "record_schedule", p_worker="two", p_every="10m")
    look(nobody, "two", error="The disk is full.", ago=60)
    assert row(nobody, "sync_status", vector_table="v")["last_error"].endswith("The disk is full.")


def test_between_scheduled_runs_changes_may_wait_for_the_next_one(nobody: Pg, table: str, generation: int) -> None:
    nobody.execute(
        "insert into embedd.jobs (generation_id, key, lane, dirty_since)"
        " values (%s, '1', 'live', now() - interval '14 minutes')",
        [generation],
    )
    asked = "select subject from embedd.health() where alert is not null and subject in ('job_age_live', 'listeners')"
    schedule(nobody, "cron", every="10m", ago=60)
    assert nobody.execute(asked).fetchall() == []
    schedule(nobody, "cron", every="5m", ago=60)
    assert nobody.execute(asked).fetchall() == [{"subject": "job_age_live"}]
    look(nobody, "stays")
    assert {alert["subject"] for alert in nobody.execute(asked)} == {"job_age_live", "listeners"}


def test_a_schedule_is_forgotten_a_day_after_the_run_that_it_promised(nobody: Pg) -> None:
    schedule(nobody, "kept", every="7d", ago=7 * 86_400)
    schedule(nobody, "old", every="7d", ago=8 * 86_400 + 60)
    look(nobody, "new")
    found = nobody.execute("select worker from embedd.looks order by worker").fetchall()
    assert [row["worker"] for row in found] == ["kept", "new"]


@pytest.mark.parametrize("held", ["", "tasks", "ranges", "jobs that were not given back"])
def test_only_a_worker_that_ended_without_a_lease_is_no_peer_any_more(
    nobody: Pg, table: str, generation: int, held: str
) -> None:
    for worker in ("ended", "other"):
        look(nobody, worker)
    task = value(nobody, "backfill", vector_table="v")
    if held == "tasks":
        nobody.execute("update embedd.tasks set worker = 'ended', leased_until = now() + interval '1 min'")
    if held == "ranges":
        nobody.execute(
            "insert into embedd.ranges (generation_id, task_id, last_key, worker, leased_until)"
            " values (%s, %s, '9', 'ended', now() + interval '1 min')",
            [generation, task],
        )
    value(nobody, "record_end", p_worker="ended", p_released=held[:4] != "jobs")
    peers = {peer["worker"] for peer in rows(nobody, "peers", p_worker="other")}
    assert peers == ({"ended"} if held else set())
    assert standstill(nobody) is None, "its look counts as long as any other"
    look(nobody, "ended")
    assert {peer["worker"] for peer in rows(nobody, "peers", p_worker="other")} == {"ended"}
