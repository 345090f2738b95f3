"""Dead letters: shown without the text of the row, retried on request or when the row changes; and the rows that become
one."""

from __future__ import annotations

from typing import Any

import pytest

from tests.sql.calls import Pg, acting_as, generation_of, refused, rows, value, vector_table


def enqueue(pg: Pg, generation: int, *keys: str, lane: str = "live") -> None:
    value(pg, "enqueue_keys", p_generation_id=generation, p_keys=list(keys), p_lane=lane)


def claim(pg: Pg, generation: int, worker: str = "w") -> list[str]:
    """Lease due jobs; the keys."""
    named = {"p_generation_id": generation, "p_lane": "live", "p_limit": 100, "p_worker": worker, "p_lease": "1 min"}
    return sorted(row["key"] for row in rows(pg, "claim_jobs", **named))


def token(pg: Pg, key: str) -> int:
    (found,) = pg.execute("select token from embedd.jobs where key = %s", [key]).fetchall()
    return int(found["token"])


def release(pg: Pg, generation: int, key: str, *, refused: bool = False) -> None:
    value(
        pg,
        "release_jobs",
        p_generation_id=generation,
        p_token=token(pg, key),
        p_keys=[key],
        p_delay="0",
        p_error_class="row" if refused else "transient",
        p_error="No.",
        p_burn=refused,
        p_max_attempts=1,
    )


def die(pg: Pg) -> None:
    """The workers die: their leases run out."""
    pg.execute("update embedd.jobs set leased_until = now() - interval '1 s' where leased_until is not null")


def state(pg: Pg, key: str) -> tuple[str, int]:
    (found,) = pg.execute("select state, crashes from embedd.jobs where key = %s", [key]).fetchall()
    return found["state"], found["crashes"]


def set_aside(pg: Pg, generation: int, *keys: str) -> None:
    enqueue(pg, generation, *keys)
    claim(pg, generation)
    for key in keys:
        release(pg, generation, key, refused=True)


def letters(pg: Pg, *of: str) -> list[str]:
    return [row["key"] for row in rows(pg, "dead_letters", **({"vector_table": of[0]} if of else {}))]


def test_dead_letters_show_row_reason_time_and_attempts(pg: Pg, generation: int) -> None:
    set_aside(pg, generation, "7")
    (letter,) = rows(pg, "dead_letters")
    assert letter.pop("since") is not None
    assert letter == {"vector_table_name": "v", "key": "7", "reason": "row", "message": "No.", "attempts": 1}


def test_dead_letters_are_listed_for_one_vector_table_or_the_environment(pg: Pg, generation: int) -> None:
    pg.execute("create table others (id int primary key, name text, price numeric)")
    other = vector_table(pg, "others", name="w")
    set_aside(pg, generation, "1")
    set_aside(pg, generation_of(pg, other), "2")
    assert (letters(pg), letters(pg, "v"), letters(pg, "w")) == (["1", "2"], ["1"], ["2"])
    assert refused(pg, "dead_letters", vector_table="x").sqlstate == "EBN04"
    assert refused(pg, "retry_dead_letters", vector_table="x").sqlstate == "EBN04"
    value(pg, "create_environment", name="elsewhere")
    acting_as(pg, environment="elsewhere")
    assert letters(pg) == []
    assert refused(pg, "retry_dead_letters", vector_table="v").sqlstate == "EBN04"


def test_the_requested_dead_letters_are_retried_and_counted(pg: Pg, generation: int) -> None:
    set_aside(pg, generation, "1", "2", "3")
    assert value(pg, "retry_dead_letters", vector_table="v", keys=["2", "nothing"]) == 1
    assert letters(pg) == ["1", "3"]
    assert claim(pg, generation) == ["2"]
    assert value(pg, "retry_dead_letters", vector_table="v") == 2
    assert value(pg, "retry_dead_letters", vector_table="v") == 0, "what is queued is no dead letter"


# Rows that workers die with


def test_after_two_crashes_rows_are_tried_alone_and_the_third_crash_identifies_the_row(pg: Pg, generation: int) -> None:
    enqueue(pg, generation, "1", "2", "3")
    for _ in range(2):
        assert claim(pg, generation) == ["1", "2", "3"]
        die(pg)
    assert claim(pg, generation) == ["1"]
    assert claim(pg, generation) == [], "not two at once: the next death would not tell which"
    assert claim(pg, generation, "another worker") == ["2"]
    pg.execute("update embedd.jobs set leased_until = now() - interval '1 s' where key = '1'")
    assert claim(pg, generation) == ["3"]
    assert letters(pg) == ["1"]
    assert rows(pg, "dead_letters")[0]["reason"] == "crash"


def test_a_worker_tries_a_suspect_row_without_other_rows_of_the_table(pg: Pg, generation: int) -> None:
    """Another row that ends workers may be among them, and this one would be blamed."""
    enqueue(pg, generation, "1")
    for _ in range(2):
        claim(pg, generation)
        die(pg)
    enqueue(pg, generation, "2", "3")
    assert claim(pg, generation) == ["1"]
    assert claim(pg, generation) == []
    assert claim(pg, generation, "another worker") == ["2", "3"]
    pg.execute("update embedd.jobs set leased_until = null where key = '1'")
    assert claim(pg, generation, "another worker") == []
    assert claim(pg, generation) == ["1"]


def test_other_tables_continue_next_to_a_suspect_row(pg: Pg, generation: int) -> None:
    pg.execute("create table others (id int primary key, name text, price numeric)")
    other = generation_of(pg, vector_table(pg, "others", name="w"))
    enqueue(pg, generation, "1")
    for _ in range(2):
        claim(pg, generation)
        die(pg)
    enqueue(pg, other, "2")
    assert (claim(pg, generation), claim(pg, other)) == (["1"], ["2"])


def test_a_released_row_resets_its_crashes(pg: Pg, generation: int) -> None:
    enqueue(pg, generation, "1")
    for _ in range(2):
        claim(pg, generation)
        die(pg)
    assert claim(pg, generation) == ["1"]
    release(pg, generation, "1")
    assert state(pg, "1") == ("queued", 0)


@pytest.mark.parametrize("how", ["a change", "a backfill", "being asked"])
def test_a_retried_crash_row_is_tried_alone_from_the_start(pg: Pg, generation: int, how: str) -> None:
    enqueue(pg, generation, "1")
    for _ in range(3):
        claim(pg, generation)
        die(pg)
    claim(pg, generation)
    assert state(pg, "1") == ("dead", 3)
    if how == "a change":
        pg.execute("insert into products (id) values (1)")
        rows(pg, "ingest", p_limit=10)
    elif how == "a backfill":
        enqueue(pg, generation, "1")
    else:
        value(pg, "retry_dead_letters", vector_table="v")
    enqueue(pg, generation, "2")
    assert claim(pg, generation) == ["1"]
    die(pg)
    assert claim(pg, generation) == ["2"]
    assert letters(pg) == ["1"], "one death is enough now"


def test_changes_of_a_row_do_not_reset_its_crashes(pg: Pg, generation: int) -> None:
    """One that changes all the time would otherwise end workers for ever."""
    pg.execute("insert into products (id) values (1)")
    rows(pg, "ingest", p_limit=10)
    for _ in range(3):
        claim(pg, generation)
        pg.execute("update products set name = name || 'x', price = 1")
        pg.execute("update products set name = coalesce(name, '') || 'y'")
        rows(pg, "ingest", p_limit=10)
        die(pg)
    assert claim(pg, generation) == []
    assert letters(pg) == ["1"]


# Polled sources


def compare(pg: Pg, generation: int, **hashes: str) -> int:
    named = {"p_keys": list(hashes), "p_hashes": list(hashes.values())}
    return int(value(pg, "compare_hashes", p_generation_id=generation, **named))


def refuse_all(pg: Pg, generation: int) -> list[str]:
    claimed = claim(pg, generation)
    for key in claimed:
        release(pg, generation, key, refused=True)
    return claimed


def test_a_dead_row_of_a_polled_source_is_retried_only_when_it_changed(pg: Pg, generation: int) -> None:
    compare(pg, generation, a="1")
    assert refuse_all(pg, generation) == ["a"]
    assert compare(pg, generation, a="1") == 1, "it is known"
    assert claim(pg, generation) == []
    compare(pg, generation, a="2")
    assert letters(pg) == []
    assert refuse_all(pg, generation) == ["a"]
    compare(pg, generation, a="2")
    assert claim(pg, generation) == []


def test_a_dead_row_of_a_backfill_is_retried_once(pg: Pg, generation: int) -> None:
    set_aside(pg, generation, "a")
    compare(pg, generation, a="1")
    assert refuse_all(pg, generation) == ["a"]
    compare(pg, generation, a="1")
    assert claim(pg, generation) == []


def known(pg: Pg, generation: int, **named: Any) -> list[str]:
    named = {"p_generation_id": generation, "p_after": None, "p_limit": 2} | named
    return [str(row["known_keys"]) for row in rows(pg, "known_keys", **named)]


def test_a_dead_row_counts_as_known_so_that_its_deletion_is_noticed(pg: Pg, generation: int) -> None:
    set_aside(pg, generation, "a", "c")
    pg.execute(
        "insert into embedd.row_states values (%s, 'b', 1, 't', 'm', null, 1), (%s, 'c', 1, 't', 'm', null, 1)",
        [generation, generation],
    )
    assert value(pg, "count_known", p_generation_id=generation) == 3
    assert (known(pg, generation), known(pg, generation, p_after="b")) == (["a", "b"], ["c"])
    assert compare(pg, generation, a="1", b="1") == 2
    (last,) = pg.execute("select last_value from embedd.fence").fetchall()
    assert known(pg, generation, p_unchecked_since=last["last_value"]) == ["b", "c"], "an attempt has met a"
