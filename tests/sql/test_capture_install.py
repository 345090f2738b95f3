"""Installation and operation of capture during writes: locks, the doorbell, two-phase commit, unusual names."""

from __future__ import annotations

import json

import psycopg
import pytest
from psycopg import sql

from embedd_pg.database.migrate import script
from tests.sql.calls import PRODUCTS, Pg, embedding, footprint, row, session, started, taken, until, value, vector_table
from tests.support import postgres

CREATE = """select embedd.create_vector_table(name => 'v', source_table => 'products',
                                              columns => '[{"name": "name", "role": "embedding"}]')"""


def test_creating_triggers_waits_for_a_long_writer_without_blocking_others(alone: Pg, installed: str) -> None:
    """Fault 38."""
    alone.execute(PRODUCTS)
    with session(installed) as long, session(installed) as other, long.transaction():
        long.execute("insert into products (id) values (1)")
        with started(installed, CREATE) as creating:
            until(lambda: creating.is_blocked(other))
            other.execute("insert into products (id) values (2)")
            assert not creating.future.done(), "it gave way, and tries again"
            long.execute("commit; begin")
            creating.future.result(20)
    alone.execute("insert into products (id) values (3)")
    assert taken(alone) == ["3"]


def test_a_busy_table_of_a_tree_does_not_keep_the_others_locked(alone: Pg, installed: str) -> None:
    """Locks already held are given back with each try, or the free table would stand still behind the busy one."""
    alone.execute("create table products (id int primary key, name text); create table kid () inherits (products)")
    with session(installed) as long, session(installed) as other, long.transaction():
        long.execute("insert into kid values (1)")
        with started(installed, CREATE) as creating:
            until(lambda: creating.is_blocked(other))
            other.execute("insert into products values (2)")
            assert not creating.future.done(), "it gave way, and tries again"
            long.execute("commit; begin")
            creating.future.result(20)
    assert footprint(alone)["triggers"] == 4


def test_creating_triggers_keeps_the_lock_timeout_of_the_session(pg: Pg) -> None:
    pg.execute(PRODUCTS)
    pg.execute("set local lock_timeout = '7s'")
    vector_table(pg)
    assert pg.execute("show lock_timeout").fetchall() == [{"lock_timeout": "7s"}]
    value(pg, "drop_vector_table", vector_table="products")
    assert pg.execute("show lock_timeout").fetchall() == [{"lock_timeout": "7s"}]


def rung(worker: Pg) -> int:
    """How many notifications have come; one of our own shows that no more are on their way."""
    worker.execute("notify embedd, 'end'")
    payloads = []
    for notification in worker.notifies(timeout=5):
        payloads.append(notification.payload)
        if notification.payload == "end":
            break
    assert payloads[-1] == "end"
    return len(payloads) - 1


@pytest.mark.parametrize("partitioned", ["", " partition by hash (id)"])
def test_the_doorbell_rings_only_when_armed_switched_on_and_there_is_something_new(
    alone: Pg, installed: str, partitioned: str
) -> None:
    alone.execute((PRODUCTS + partitioned).encode())
    if partitioned:
        alone.execute("create table products_0 partition of products for values with (modulus 1, remainder 0)")
    vector_table(alone)
    with session(installed) as worker:
        worker.execute("listen embedd")
        alone.execute("insert into products (id) values (1)")
        assert rung(worker) == 0
        value(alone, "poll_work", p_limit=10, p_from=0, p_arm=True)
        assert armed(alone) is True, "also by a look that found something"
        alone.execute("update products set note = 'untracked'; delete from products where id = 7")
        assert rung(worker) == 0
        alone.execute("update products set name = 'x'")
        assert rung(worker) == 1
        value(alone, "poll_work", p_limit=10, p_from=0, p_arm=False)
        assert armed(alone) is False, "who found something and goes on looking needs no bell"
        value(alone, "poll_work", p_limit=10, p_from=0, p_arm=True)
        value(alone, "poll_work", p_limit=10, p_from=0, p_arm=False)
        assert armed(alone) is True, "who hears no bell leaves that of others alone"
        alone.execute("update embedd.doorbell set enabled = false; truncate products")
        assert rung(worker) == 0


def armed(pg: Pg) -> bool:
    (bell,) = pg.execute("select armed from embedd.doorbell").fetchall()
    return bool(bell["armed"])


def test_a_prepared_transaction_is_captured_while_the_doorbell_is_switched_off(monkeypatch: pytest.MonkeyPatch) -> None:
    """Fault 16. PREPARE TRANSACTION fails after any NOTIFY, so applications that use it need the switch. A server of
    its own: two-phase commit is off unless configured."""
    monkeypatch.delenv("EMBEDD_TEST_DSN", raising=False)
    monkeypatch.setattr(postgres, "SETTINGS", postgres.SETTINGS + "max_prepared_transactions = 5\n")
    with postgres.running_cluster() as cluster, session(cluster.dsn()) as pg:
        pg.execute(script().encode())
        pg.execute(PRODUCTS)
        vector_table(pg)
        pg.execute("update embedd.doorbell set armed = true")
        with pytest.raises(psycopg.errors.FeatureNotSupported):
            pg.execute("begin; insert into products (id) values (1); prepare transaction 'a'")
        pg.execute("rollback; update embedd.doorbell set enabled = false")
        pg.execute("begin; insert into products (id) values (2); prepare transaction 'b'")
        assert taken(pg) == []
        pg.execute("commit prepared 'b'")
        assert taken(pg) == ["2"]


ODD_NAMES = [
    'say "hi"',
    "it's",
    "100%s %I %1$L",
    "$body$ $function$ $1",
    "two words; drop table products; --",
    "Größe 寿司 🍣",
    "old",
    "select",
    "v_rows",
    "back\\slash",
    "new_rows.n",
    "ä" * 31 + "x",
    "n" * 63,
]


@pytest.mark.parametrize("layout", ["", " partition by hash ({key})"], ids=["plain", "partitioned"])
@pytest.mark.parametrize("name", ODD_NAMES)
def test_odd_names_of_schemas_tables_and_columns_work_from_end_to_end(pg: Pg, name: str, layout: str) -> None:
    """The key, the embedded column and the filter column get names made of it too."""
    assert len(name.encode()) <= 63
    key, text, number = (name[: 63 - len(name.encode()) + len(name) - 1] + end for end in "ktn")
    names: dict[str, sql.Composable] = {
        "table": sql.Identifier(name, name),
        "key": sql.Identifier(key),
        "text": sql.Identifier(text),
        "number": sql.Identifier(number),
        "schema": sql.Identifier(name),
        "part": sql.Identifier(name, "part"),
        "name": sql.Literal(name),
    }

    def run(statement: str) -> None:
        pg.execute(sql.SQL(statement).format(**names))

    run("create schema {schema}")
    run("create table {table} ({key} text primary key, {text} text, {number} int, other int)" + layout)
    if layout:
        run("create table {part} partition of {table} for values with (modulus 1, remainder 0)")
    columns = [{"name": text, "role": "embedding"}, {"name": number, "role": "metadata", "filter_type": "integer"}]
    made = vector_table(pg, sql.Identifier(name, name).as_string(), json.dumps(columns), name=name)
    stored = row(pg, "get_vector_table", vector_table=made)
    assert (stored["primary_key_column"], stored["columns"]) == (key, columns)
    run("insert into {table} values ({name}, 'a', 1), ('2', 'b', 2)")
    assert taken(pg) == sorted({name, "2"})
    run("update {table} set other = 1")
    assert taken(pg) == []
    run("update {table} set {text} = 'x' where {key} = '2'")
    assert taken(pg) == ["2"]
    run("update {table} set {number} = 7, {key} = '3' where {key} = '2'")
    assert taken(pg) == ["2", "3"]
    run("delete from {table}")
    assert taken(pg) == sorted({name, "3"})
    run("truncate {table}")
    assert taken(pg) == ["T"]
    run("alter table {table} rename {text} to gone")
    run("insert into {table} values ('9')")
    assert taken(pg) == ["R"]
    value(pg, "drop_vector_table", vector_table=name)
    assert footprint(pg)["triggers"] == 0


def test_a_change_of_the_generator_reaches_captures_at_the_next_installation(alone: Pg) -> None:
    alone.execute(PRODUCTS)
    vector_table(alone, columns=embedding("name"))
    alone.execute("create table gone (id int primary key, name text)")
    vector_table(alone, "gone", embedding("name"))
    (before,) = alone.execute("select prosrc from pg_proc where proname = 'capture_1'").fetchall()
    alone.execute(
        "drop table gone; create or replace function embedd.capture_1() returns trigger language plpgsql"
        " as $$ begin return null; end $$"
    )
    alone.execute(script().encode())
    (after,) = alone.execute("select prosrc from pg_proc where proname = 'capture_1'").fetchall()
    assert after["prosrc"] == before["prosrc"]
    alone.execute("insert into products (id) values (1)")
    assert taken(alone) == ["1"]
