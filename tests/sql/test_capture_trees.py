"""Capture if one statement affects several tables: partitions, inheritance, logical replication."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
from psycopg import sql

from tests.sql.calls import Pg, embedding, footprint, session, taken, until, value, vector_table
from tests.support.postgres import Cluster

PARTITIONED = """create table t (id int, name text, note text, primary key (id)) partition by range (id);
                 create table low partition of t for values from (0) to (10);
                 create table high partition of t for values from (10) to (20) partition by range (id);
                 create table high_1 partition of high for values from (10) to (15);
                 create table high_2 partition of high for values from (15) to (20)"""


@pytest.fixture
def parted(pg: Pg) -> Pg:
    """A session with the watched table `t`, partitioned on two levels, holding the keys 1, 2, 11 and 16."""
    pg.execute(PARTITIONED)
    vector_table(pg, "t", embedding("name"))
    pg.execute("insert into t values (1, 'a'), (2, 'b'), (11, 'c'), (16, 'd')")
    assert taken(pg) == ["1", "11", "16", "2"]
    return pg


@pytest.mark.parametrize(
    ("statement", "keys"),
    [
        ("insert into low values (3)", ["3"]),
        ("update low set name = 'x' where id = 1", ["1"]),
        ("update low set note = 'x'", []),
        ("delete from high", ["11", "16"]),
        ("delete from high_2", ["16"]),
        ("update t set id = 12 where id = 1", ["1", "12"]),
        ("update high set id = 17 where id = 11", ["11", "17"]),
        ("truncate t", ["T"]),
        ("truncate low", ["T"]),
        ("truncate high", ["T"]),
        ("truncate high_2", ["T"]),
    ],
)
def test_a_statement_aimed_at_any_level_is_captured(parted: Pg, statement: str, keys: list[str]) -> None:
    parted.execute(statement.encode())
    assert taken(parted) == keys


def test_every_trigger_of_the_tree_fires_in_every_replication_role(parted: Pg) -> None:
    triggers = parted.execute("select tgenabled from pg_trigger where tgname like 'zz_embedd%'").fetchall()
    assert len(triggers) == 10
    assert {t["tgenabled"] for t in triggers} == {"A"}
    parted.execute("set local session_replication_role = replica; insert into high_1 values (12); truncate high_2")
    assert taken(parted) == ["12", "T"]


def test_rows_of_partitions_that_come_later_are_captured(parted: Pg) -> None:
    parted.execute(
        "create table later partition of t for values from (20) to (30); insert into t values (20);"
        " create table joined (id int primary key, name text, note text);"
        " alter table t attach partition joined for values from (30) to (40); insert into joined values (30)"
    )
    assert taken(parted) == ["20", "30"]
    parted.execute("alter table t detach partition joined; insert into joined values (31)")
    assert taken(parted) == []


def test_dropping_the_vector_table_frees_the_whole_tree(parted: Pg) -> None:
    value(parted, "drop_vector_table", vector_table="t")
    assert (footprint(parted)["triggers"], footprint(parted)["captures"]) == (0, 0)


def test_one_partition_can_be_watched_alone(pg: Pg) -> None:
    pg.execute(PARTITIONED)
    vector_table(pg, "low", embedding("name"))
    pg.execute("insert into t values (1), (11); update t set id = 12 where id = 1")
    assert taken(pg) == ["1"]
    pg.execute("truncate t")
    assert taken(pg) == ["T"]


def test_a_tree_and_one_of_its_partitions_are_watched_side_by_side(parted: Pg) -> None:
    vector_table(parted, "low", embedding("note"))
    parted.execute("update t set note = 'x' where id = 1; update low set name = 'x' where id = 2")
    found = parted.execute(
        "select source_table::text as source, key from embedd.outbox o join embedd.captures c on c.id = capture_id"
    ).fetchall()
    assert sorted((f["source"], f["key"]) for f in found) == [("low", "1"), ("t", "2")]


@pytest.mark.parametrize(
    ("statement", "keys"),
    [
        ("insert into kid values (3, 'x')", ["3"]),
        ("update t set name = 'x'", ["1", "2"]),
        ("update only t set name = 'x'", ["1"]),
        ("update kid set name = 'x'", ["2"]),
        ("delete from t where id = 2", ["2"]),
        ("truncate kid", ["T"]),
        ("truncate t", ["T"]),
        ("set local session_replication_role = replica; delete from kid; truncate kid", ["2", "T"]),
    ],
)
def test_changes_of_inheriting_tables_are_captured(pg: Pg, statement: str, keys: list[str]) -> None:
    pg.execute("create table t (id int primary key, name text); create table kid (extra int) inherits (t)")
    vector_table(pg, "t", embedding("name"))
    pg.execute("insert into t values (1, 'a'); insert into kid values (2, 'b', 0)")
    taken(pg)
    pg.execute(statement.encode())
    assert taken(pg) == keys
    value(pg, "drop_vector_table", vector_table="t")
    assert footprint(pg)["triggers"] == 0


def test_changes_through_the_parent_reach_a_child_that_is_watched_alone(pg: Pg) -> None:
    pg.execute("create table parent (id int primary key, name text)")
    pg.execute("create table t (primary key (id)) inherits (parent)")
    vector_table(pg, "t", embedding("name"))
    pg.execute("insert into parent values (1, 'a'); insert into t values (2, 'b')")
    assert taken(pg) == ["2"]
    pg.execute("update parent set name = 'x'")
    assert taken(pg) == ["2"]
    pg.execute("delete from parent")
    assert taken(pg) == ["2"]


@pytest.fixture
def published(cluster: Cluster, database: str) -> Iterator[tuple[Pg, str]]:
    """A session in a database that publishes its table `t`, and the name of a replication slot for one subscriber."""
    slot = f"embedd_test_{os.getpid()}"
    with session(database) as publisher:
        if publisher.execute("show wal_level").fetchall() != [{"wal_level": "logical"}]:
            pytest.skip("this server cannot replicate: wal_level is not logical")
        publisher.execute("create table t (id int primary key, name text); create publication p for table t")
        publisher.execute("select pg_create_logical_replication_slot(%s, 'pgoutput')", [slot])
        yield publisher, slot
        in_use = "select from pg_replication_slots where slot_name = %s and active"
        until(lambda: not publisher.execute(in_use, [slot]).fetchall())
        publisher.execute("select pg_drop_replication_slot(%s)", [slot])


def test_changes_applied_by_logical_replication_are_captured(
    alone: Pg, published: tuple[Pg, str], database: str
) -> None:
    publisher, slot = published
    alone.execute("create table t (id int primary key, name text)")
    statement = sql.SQL(
        "create subscription s connection {} publication p"
        " with (copy_data = false, create_slot = false, slot_name = {})"
    ).format(sql.Literal(database), sql.Identifier(slot))
    alone.execute(statement)
    try:
        vector_table(alone, "t", embedding("name"))
        publisher.execute("insert into t values (1, 'a'), (2, 'b'), (3, 'c'); update t set name = 'x' where id = 1")
        publisher.execute("delete from t where id = 2; update t set id = 4 where id = 3")
        until(lambda: len(alone.execute("select from embedd.outbox").fetchall()) >= 7)
        assert taken(alone) == ["1", "2", "3", "4"]
        publisher.execute("truncate t")
        until(lambda: bool(alone.execute("select from embedd.outbox").fetchall()))
        assert taken(alone) == ["T"]
    finally:
        alone.execute("alter subscription s disable; alter subscription s set (slot_name = none); drop subscription s")
