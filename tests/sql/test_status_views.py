"""The views for people: their content, their readers, and that unselected columns cost nothing."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from psycopg import sql

from tests.conftest import MakeRole
from tests.sql.calls import (
    Pg,
    acting_as,
    change,
    checkpoint,
    generation_of,
    refused,
    row,
    synced,
    value,
    vector_table,
)

VIEWS = ("status", "activity", "usage")


def status(pg: Pg, name: str = "v") -> dict[str, Any]:
    (found,) = pg.execute("select * from embedd.status where name = %s", [name]).fetchall()
    return found


def activity(pg: Pg, kind: str) -> list[dict[str, Any]]:
    return pg.execute("select * from embedd.activity where kind = %s", [kind]).fetchall()


def believe(pg: Pg, generation: int, **texts: str) -> None:
    """Let the ledger believe that the store holds these keys."""
    for key, text in texts.items():
        pg.execute("insert into embedd.row_states values (%s, %s, 1, %s, '', null, 1)", [generation, key, text])


def test_the_view_status_shows_the_same_as_sync_status(pg: Pg, table: str, generation: int) -> None:
    believe(pg, generation, a="x", b="")
    change(pg, 1, 2)
    pg.execute("insert into products values (3, 'c')")
    pg.execute("update embedd.jobs set state = 'dead' where key = '2'")
    pg.execute("update embedd.vector_tables set last_error = 'down', last_synced_at = now() - interval '1 minute'")
    shown, told = status(pg), row(pg, "sync_status", vector_table="v")
    same = ("synced_rows", "dead_rows", "skipped_rows", "last_error", "last_synced_at")
    assert {name: shown[name] for name in same} == {name: told[name] for name in same}
    assert (shown["pending_rows"], told["rows_pending"]) == (2, 2)
    assert abs(shown["staleness"] - timedelta(seconds=told["staleness_secs"])) < timedelta(seconds=5)
    assert shown["staleness"] >= timedelta(minutes=1)
    assert (shown["organization"], shown["environment"], shown["connection"]) == ("self-hosted", "prod", "local")
    assert (shown["source_table"], shown["mode"], shown["embedder"], shown["id"]) == (
        "products",
        "managed",
        "local",
        table,
    )


def test_sync_status_of_all_is_that_of_each(pg: Pg, table: str) -> None:
    for name in ("w", "x"):
        vector_table(pg, name=name)
    pg.execute("insert into products values (3, 'c')")
    pg.execute("select embedd.drop_vector_table('w')")
    found = pg.execute("select * from embedd.sync_status()").fetchall()
    each = [row(pg, "sync_status", vector_table=name) for name in ("v", "x")]
    assert {one["vector_table_id"]: one for one in found} == {one["vector_table_id"]: one for one in each}
    assert len(found) == 2
    value(pg, "create_environment", name="elsewhere")
    acting_as(pg, environment="elsewhere")
    assert pg.execute("select * from embedd.sync_status()").fetchall() == []


def test_nothing_waits_means_no_staleness(pg: Pg, table: str) -> None:
    assert (status(pg)["staleness"], status(pg)["pending_rows"], status(pg)["running"]) == (timedelta(0), 0, None)
    pg.execute("insert into products values (3, 'c')")
    pg.execute("update embedd.vector_tables set last_synced_at = now() - interval '1 hour'")
    assert status(pg)["staleness"] >= timedelta(hours=1)


def test_the_views_show_all_organizations_and_no_dropped_table(pg: Pg, table: str) -> None:
    pg.execute("select embedd.create_organization('acme', 'pro', 'ann')")
    acting_as(pg, organization="org_of_nobody")
    assert status(pg)["id"] == table
    acting_as(pg)
    value(pg, "drop_vector_table", vector_table="v")
    assert pg.execute("select * from embedd.status").fetchall() == []


def test_activity_shows_a_task_from_its_request_to_its_end(pg: Pg, table: str) -> None:
    asked = value(pg, "backfill", vector_table="v")
    (shown,) = activity(pg, "task")
    assert (shown["id"], shown["what"], shown["state"], shown["worker"]) == (asked, "backfill", "pending", None)
    assert status(pg)["running"] == "backfill (pending)"
    task = row(pg, "claim_task", p_worker="w", p_stores=["qdrant"], p_lease="1 min")
    assert checkpoint(pg, task, p_keys=["1", "2", "3", "4"], p_last="4", p_rows_total=10)
    pg.execute("update embedd.tasks set started_at = clock_timestamp() - interval '10 s'")
    pg.execute("delete from embedd.jobs where key in ('1', '2')")
    (shown,) = activity(pg, "task")
    assert (shown["state"], shown["worker"], shown["rows_done"], shown["rows_total"]) == ("running", "w", 2, 10)
    assert 0 < shown["rows_per_second"] <= 0.2 and shown["estimated_end"] is not None
    (told,) = pg.execute("select rows_processed from embedd.tasks()").fetchall()
    assert told["rows_processed"] == shown["rows_done"]
    assert status(pg)["running"] == "backfill (running)"
    value(pg, "cancel_task", task=asked)
    (shown,) = activity(pg, "task")
    assert (shown["state"], shown["estimated_end"]) == ("cancelled", None)


def test_activity_shows_which_worker_holds_what(pg: Pg, table: str, generation: int) -> None:
    change(pg, 1, 2)
    pg.execute("select embedd_internal.claim_jobs(%s, 'live', 10, 'someone', '1 min')", [generation])
    (shown,) = activity(pg, "jobs")
    assert (shown["vector_table"], shown["what"], shown["worker"], shown["rows_total"]) == ("v", "live", "someone", 2)
    pg.execute("update embedd.jobs set leased_until = clock_timestamp() - interval '1 s'")
    assert activity(pg, "jobs") == []
    pg.execute("select embedd_internal.add_notice(null, 'something happened')")
    (shown,) = activity(pg, "notice")
    assert (shown["vector_table"], shown["message"]) == (None, "something happened")


def test_usage_has_names_and_costs(pg: Pg, table: str, generation: int) -> None:
    pg.execute("select embedd_internal.record_usage(%s, 'query', 2, 3000000)", [generation])
    pg.execute("select embedd.set_price('local', 'all-MiniLM-L6-v2', 0.5)")
    (shown,) = pg.execute("select * from embedd.usage").fetchall()
    (told,) = pg.execute("select * from embedd.list_usage()").fetchall()
    assert (shown["organization"], shown["environment"], shown["vector_table"]) == ("self-hosted", "prod", "v")
    same = ("day", "provider", "model", "kind", "requests", "tokens", "cost_usd")
    assert {name: shown[name] for name in same} == {name: told[name] for name in same}
    assert shown["cost_usd"] == 1.5


@pytest.mark.parametrize("view", VIEWS)
def test_a_reader_needs_only_select_on_a_view(pg: Pg, table: str, make_role: MakeRole, view: str) -> None:
    reader = sql.Identifier(make_role())
    pg.execute(
        sql.SQL("grant usage on schema embedd to {}; grant select on embedd.{} to {}").format(
            reader, sql.Identifier(view), reader
        )
    )
    with pg.transaction(force_rollback=True):
        pg.execute(sql.SQL("set local role {}").format(reader))
        pg.execute(sql.SQL("select * from embedd.{}").format(sql.Identifier(view)))


@pytest.mark.parametrize(
    ("columns", "counted"),
    [
        ("name, sync_status, last_error, running", set()),
        ("name, synced_rows", {"row_states"}),
        ("name, dead_rows", {"jobs"}),
    ],
)
def test_counts_that_are_not_selected_are_not_computed(pg: Pg, columns: str, counted: set[str]) -> None:
    plan = pg.execute(f"explain select {columns} from embedd.status".encode()).fetchall()
    text = "\n".join(line["QUERY PLAN"] for line in plan)
    assert {name for name in ("row_states", "jobs", "outbox") if name in text} == counted


def test_a_generation_being_built_is_the_one_counted(pg: Pg) -> None:
    made = synced(pg)
    believe(pg, generation_of(pg, made), a="x")
    vector_table(pg, name="other")
    pg.execute(
        "insert into embedd.generations (vector_table_id, state, store, store_table, provider, embedding_model,"
        " embedding_dimensions, columns) values (%s, 'building', 'qdrant', 'b', 'local', 'm', 3, '[]')",
        [made],
    )
    assert status(pg)["synced_rows"] == 0


def test_tables_of_a_disabled_organization_are_shown_as_paused_with_the_reason(pg: Pg, table: str) -> None:
    change(pg, 1, 2)
    pg.execute("update embedd.jobs set state = 'dead' where key = '2'")
    pg.execute("update embedd.vector_tables set last_error = 'down', last_synced_at = now() - interval '1 hour'")
    assert figure(pg, "dead_letters") == 1
    waiting = pg.execute("select value from embedd.health() where subject = 'job_age_live'").fetchall()
    before = [status(pg), row(pg, "sync_status", vector_table="v"), row(pg, "get_vector_table", vector_table="v")]
    assert [shown["sync_status"] for shown in before] == ["synced"] * 3
    assert figure(pg, "disabled_tables") == 0

    pg.execute("update embedd.organizations set status = 'disabled'")
    resting = [status(pg), row(pg, "sync_status", vector_table="v"), row(pg, "get_vector_table", vector_table="v")]
    assert [shown["sync_status"] for shown in resting] == ["paused"] * 3
    assert resting[0]["last_error"] == resting[1]["last_error"]
    assert "organization is disabled" in resting[0]["last_error"] and "down" in resting[0]["last_error"]
    assert resting[1]["staleness_secs"] >= 3600 and resting[0]["staleness"] >= timedelta(hours=1)
    told = refused(pg, "resume_sync", vector_table="v")
    assert told.sqlstate == "EBC03" and "organization is disabled" in (told.message or "")
    assert figure(pg, "disabled_tables") == 1
    assert figure(pg, "job_age_live") == figure(pg, "dead_letters") == 0, "that they wait is meant"

    pg.execute("update embedd.organizations set status = 'active'")
    after = [status(pg), row(pg, "sync_status", vector_table="v"), row(pg, "get_vector_table", vector_table="v")]
    for shown in before + after:
        shown.pop("staleness", None), shown.pop("staleness_secs", None)
    assert after == before and waiting[0]["value"] > 0


def figure(pg: Pg, subject: str) -> float:
    (found,) = pg.execute("select value from embedd.health() where subject = %s", [subject]).fetchall()
    return float(found["value"])
