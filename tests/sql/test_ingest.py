"""Ingest: an event in the outbox becomes a job in one step, whatever else happens."""

from __future__ import annotations

import pytest

from tests.sql.calls import (
    PRODUCTS,
    Pg,
    embedding,
    generation_of,
    ingest,
    jobs,
    row,
    rows,
    session,
    synced,
    taken,
    vector_table,
)


def test_events_become_one_job_a_key_that_counts_them(pg: Pg, generation: int) -> None:
    pg.execute("insert into products (id) values (1), (2); update products set name = 'x' where id = 1")
    found = ingest(pg)
    assert found["events"] == 3
    assert {key: (job["want"], job["lane"], job["state"], job["token"]) for key, job in jobs(pg).items()} == {
        "1": (2, "live", "queued", 0),
        "2": (1, "live", "queued", 0),
    }
    assert taken(pg) == []
    assert ingest(pg) == {"events": 0, "last_id": -1}


def test_ingest_takes_at_most_its_limit_from_a_given_id(pg: Pg, table: str) -> None:
    pg.execute("insert into products (id) select generate_series(1, 5)")
    (lowest,) = pg.execute("select min(id) as id from embedd.outbox").fetchall()
    first = ingest(pg, p_limit=2)
    assert first == {"events": 2, "last_id": lowest["id"] + 1}
    assert ingest(pg, p_limit=2, p_from=lowest["id"] + 3) == {"events": 2, "last_id": lowest["id"] + 4}
    assert ingest(pg, p_limit=2, p_from=lowest["id"] + 5) == {"events": 0, "last_id": lowest["id"] + 4}
    assert ingest(pg, p_limit=2) == {"events": 1, "last_id": lowest["id"] + 2}
    assert len(jobs(pg)) == 5


def test_every_vector_table_on_a_source_gets_its_own_job(pg: Pg, table: str) -> None:
    other = vector_table(pg, name="w", columns=embedding("note"))
    pg.execute("update embedd.vector_tables set sync_status = 'synced'; insert into products (id) values (1)")
    ingest(pg)
    found = pg.execute("select generation_id from embedd.jobs where key = '1'").fetchall()
    assert sorted(f["generation_id"] for f in found) == [generation_of(pg, table), generation_of(pg, other)]


def test_events_of_a_table_that_was_never_backfilled_are_dropped(pg: Pg) -> None:
    pg.execute(PRODUCTS)
    vector_table(pg)
    pg.execute("insert into products (id) values (1); truncate products")
    assert ingest(pg)["events"] == 2
    assert (jobs(pg), taken(pg), rows(pg, "tasks")) == ({}, [], [])


def test_a_transaction_that_commits_late_with_lower_ids_is_still_taken(alone: Pg, installed: str) -> None:
    synced(alone)
    with session(installed) as late, late.transaction():
        late.execute("insert into products (id) values (1)")
        alone.execute("insert into products (id) values (2)")
        found = ingest(alone)
        assert (found["events"], set(jobs(alone))) == (1, {"2"})
    assert ingest(alone, p_from=found["last_id"] + 1)["events"] == 0, "its ids are behind what was taken"
    assert ingest(alone)["events"] == 1
    assert set(jobs(alone)) == {"1", "2"}


def test_only_one_worker_ingests_at_a_time_and_none_waits(alone: Pg, installed: str) -> None:
    synced(alone)
    alone.execute("insert into products (id) values (1), (2)")
    with session(installed) as other:
        with other.transaction():
            assert ingest(other, p_limit=1)["events"] == 1
            assert ingest(alone)["events"] == 0
        assert ingest(alone)["events"] == 1
    assert set(jobs(alone)) == {"1", "2"}


def test_an_ingest_that_fails_leaves_its_events_where_they_were(alone: Pg) -> None:
    synced(alone)
    alone.execute("insert into products (id) values (1)")
    with pytest.raises(ZeroDivisionError), alone.transaction():
        assert ingest(alone)["events"] == 1
        _ = 1 / 0
    assert (jobs(alone), taken(alone)) == ({}, ["1"])


def test_a_key_too_long_for_the_job_table_blocks_nothing_and_requests_a_reconcile(pg: Pg, table: str) -> None:
    pg.execute("insert into products (id) values (1)")
    pg.execute(
        "insert into embedd.outbox (capture_id, kind, key) select capture_id, 'k', repeat('é', 1301) from embedd.outbox"
    )
    assert ingest(pg)["events"] == 2
    assert set(jobs(pg)) == {"1"}
    assert [task["task_type"] for task in rows(pg, "tasks")] == ["reconcile"]


def test_a_row_of_many_keys_becomes_many_jobs_and_a_page_ends_behind_it(pg: Pg, table: str) -> None:
    pg.execute("insert into products (id) select generate_series(1, 250); insert into products (id) values (251)")
    found = pg.execute("select id, coalesce(cardinality(keys), 1) as n from embedd.outbox order by id").fetchall()
    (first_id, one), (second_id, two), *_ = [(event["id"], event["n"]) for event in found]
    assert len(found) == 4 and row(pg, "sync_status", vector_table="v")["rows_pending"] == 251
    assert ingest(pg, p_limit=one + 1) == {"events": one + two, "last_id": second_id}
    assert len(jobs(pg)) == one + two and first_id < second_id
    assert ingest(pg, p_limit=1000, p_from=second_id + 1)["events"] == 251 - one - two
    assert set(jobs(pg)) == {str(key) for key in range(1, 252)} and taken(pg) == []


def test_one_key_that_is_too_long_among_many_is_reconciled_and_the_others_are_jobs(pg: Pg, table: str) -> None:
    pg.execute(
        "insert into embedd.outbox (capture_id, kind, keys)"
        " select id, 'k', array['1', repeat('é', 1301), '2', null] from embedd.captures"
    )
    assert ingest(pg)["events"] == 4
    assert set(jobs(pg)) == {"1", "2"}
    assert [task["task_type"] for task in rows(pg, "tasks")] == ["reconcile"]
