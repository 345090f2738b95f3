"""Capture: every change of a row's tracked columns puts its key into the outbox, and nothing else does."""

from __future__ import annotations

import psycopg
import pytest

from tests.sql.calls import Pg, embedding, session, taken, value, vector_table

COLUMNS = "id int primary key, name text, data json, price numeric, note text"
FILLED = """insert into {0} values (1, 'one', '{{"a": 1}}', 1.0, 'n'), (2, 'two', '{{"a": 2}}', 2.0, 'n'),
                                   (3, 'three', null, null, 'n')"""
#: The same table with statement triggers (plain) and with row triggers (the others).
LAYOUTS = {
    "plain": f"create table t ({COLUMNS})",
    "partitioned": f"create table t ({COLUMNS}) partition by range (id);"
    " create table t_low partition of t for values from (0) to (3);"
    " create table t_high partition of t for values from (3) to (100)",
    "child": f"create table parent ({COLUMNS}); create table t (primary key (id)) inherits (parent)",
    "parent": f"create table t ({COLUMNS}); create table kid () inherits (t)",
}
TRACKED = """[{"name": "name", "role": "embedding"}, {"name": "data", "role": "embedding"},
              {"name": "price", "role": "metadata", "filter_type": "float"}]"""


@pytest.fixture(params=LAYOUTS)
def watched(pg: Pg, request: pytest.FixtureRequest) -> Pg:
    """A session with the watched table `t`: name, data and price of the keys 1 to 3 are tracked, note is not."""
    pg.execute(LAYOUTS[request.param].encode())
    vector_table(pg, "t", TRACKED)
    pg.execute(FILLED.format("t").encode())
    assert taken(pg) == ["1", "2", "3"]
    return pg


@pytest.mark.parametrize(
    ("statement", "keys"),
    [
        ("insert into t values (4)", ["4"]),
        ("insert into t values (4), (5), (6)", ["4", "5", "6"]),
        ("insert into t (id, name) select id + 10, name from t", ["11", "12", "13"]),
        ("insert into t select * from t where false", []),
        ("update t set name = 'x' where id = 2", ["2"]),
        ("update t set name = upper(name)", ["1", "2", "3"]),
        ("update t set name = null where id = 1", ["1"]),
        ("update t set price = 0 where price is null", ["3"]),
        ("update t set name = 'x' where false", []),
        ("update t set note = 'other'", []),
        ("update t set name = name, data = data, price = price", []),
        ("update t set name = 'one', note = 'other' where id = 1", []),
        ("update t set name = 'TWO', note = 'other' where id in (1, 2)", ["1", "2"]),
        ("update t set name = case id when 2 then 'TWO' else name end", ["2"]),
        ("update t set price = 1.00 where id = 1", ["1"]),
        ("""update t set data = '{"a":1}' where id = 1""", ["1"]),
        ("update t set id = 9 where id = 1", ["1", "9"]),
        ("update t set id = id + 10", ["1", "11", "12", "13", "2", "3"]),
        ("delete from t where id = 2", ["2"]),
        ("delete from t", ["1", "2", "3"]),
        ("delete from t where false", []),
        ("truncate t", ["T"]),
        ("insert into t values (1, 'x'), (4, 'x') on conflict do nothing", ["4"]),
        ("insert into t values (1, 'x'), (4, 'x') on conflict (id) do update set name = excluded.name", ["1", "4"]),
        ("insert into t values (1, 'one') on conflict (id) do update set name = excluded.name", []),
        ("insert into t values (1) on conflict (id) do update set note = 'x'", []),
        ("update t set name = s.name from (values (1, 'x'), (2, 'two')) s (id, name) where s.id = t.id", ["1"]),
        ("delete from t using (values (1), (7)) s (id) where s.id = t.id", ["1"]),
        ("with gone as (delete from t where id = 1 returning *) insert into t select 4, name from gone", ["1", "4"]),
        ("with u as (update t set name = 'x' where id = 1 returning id) delete from t where id = 2", ["1", "2"]),
        (
            "merge into t using (values (1, 'x'), (2, null), (4, 'y')) s (id, name) on s.id = t.id"
            " when matched and s.name is null then delete when matched then update set name = s.name"
            " when not matched then insert values (s.id, s.name)",
            ["1", "2", "4"],
        ),
        ("merge into t using (values (1)) s (id) on s.id = t.id when matched then update set note = 'x'", []),
        ("do $$ begin insert into t values (4); raise 'undone'; exception when others then null; end $$", []),
        ("do $$ begin for i in 4..6 loop insert into t values (i); end loop; end $$", ["4", "5", "6"]),
    ],
)
def test_a_statement_captures_the_keys_whose_tracked_columns_it_changes(
    watched: Pg, statement: str, keys: list[str]
) -> None:
    """Fault 29."""
    if statement.startswith("merge") and watched.info.server_version < 150000:
        pytest.skip("MERGE came with PostgreSQL 15")
    watched.execute(statement.encode())
    assert taken(watched) == keys


def test_every_row_of_a_copy_is_captured(watched: Pg) -> None:
    with watched.cursor() as cursor, cursor.copy("copy t (id, name) from stdin") as copy:
        for key in range(10, 15):
            copy.write_row((key, "x"))
    assert taken(watched) == ["10", "11", "12", "13", "14"]


@pytest.mark.parametrize("statement", ["insert", "update", "key", "delete"])
def test_a_large_statement_puts_many_keys_into_a_row(pg: Pg, statement: str) -> None:
    pg.execute(LAYOUTS["plain"])
    vector_table(pg, "t", TRACKED)
    keys = range(1, 1001)
    pg.execute("insert into t select generate_series(1, 1000)")
    if statement != "insert":
        taken(pg)
    match statement:
        case "update":
            pg.execute("update t set note = 'x', name = case when id % 2 = 0 then 'even' end")
            keys = range(2, 1001, 2)
        case "key":
            pg.execute("update t set id = id + 1000")
            keys = range(1, 2001)
        case "delete":
            pg.execute("delete from t")
    (rows,) = pg.execute("select count(*) as n, max(cardinality(keys)) as most from embedd.outbox").fetchall()
    assert rows["most"] <= 100 and rows["n"] == len(keys) // 100 + 1
    assert taken(pg) == sorted(map(str, keys))


def test_changes_through_a_view_are_captured(watched: Pg) -> None:
    watched.execute(
        "create view v as select id, name from t; update v set name = 'x' where id = 2; delete from v where id = 3"
    )
    assert taken(watched) == ["2", "3"]


def test_a_rolled_back_change_leaves_no_event(watched: Pg) -> None:
    with pytest.raises(ZeroDivisionError), watched.transaction():
        watched.execute("update t set name = 'x'")
        _ = 1 / 0
    assert taken(watched) == []


@pytest.mark.parametrize("role", ["replica", "local", "origin"])
def test_every_replication_role_is_captured(watched: Pg, role: str) -> None:
    """Fault 32."""
    watched.execute(f"set local session_replication_role = {role}".encode())
    watched.execute("insert into t values (4); update t set name = 'x' where id = 1; delete from t where id = 2")
    assert taken(watched) == ["1", "2", "4"]
    watched.execute("truncate t")
    assert taken(watched) == ["T"]


@pytest.mark.parametrize("layout", ["plain", "partitioned"])
def test_two_keys_swapped_in_one_statement_are_both_captured(pg: Pg, layout: str) -> None:
    pg.execute(LAYOUTS[layout].encode())
    pg.execute("alter table t drop constraint t_pkey, add primary key (id) deferrable")
    vector_table(pg, "t", TRACKED)
    pg.execute(FILLED.format("t").encode())
    taken(pg)
    pg.execute("update t set id = 3 - id where id in (1, 2)")
    assert taken(pg) == ["1", "2"]


@pytest.mark.parametrize("layout", ["plain", "partitioned", "parent"])
@pytest.mark.parametrize("kind", ["stored", "virtual"])
def test_a_change_behind_a_generated_column_is_captured(pg: Pg, layout: str, kind: str) -> None:
    if kind == "virtual" and pg.info.server_version < 180000:
        pytest.skip("virtual generated columns came with PostgreSQL 18")
    generated = f"shown text generated always as (upper(note)) {kind}"
    pg.execute(LAYOUTS[layout].replace(COLUMNS, f"{COLUMNS}, {generated}").encode())
    vector_table(pg, "t", embedding("name", "shown"))
    pg.execute("insert into t (id, note) values (1, 'a'), (2, 'b')")
    taken(pg)
    pg.execute("update t set note = 'c' where id = 2")
    assert taken(pg) == ["2"]
    pg.execute("update t set price = 5")
    assert taken(pg) == []
    pg.execute("alter table t drop shown; update t set name = 'c'")
    assert taken(pg) == ["R"]


def test_changes_by_a_before_trigger_are_captured(watched: Pg) -> None:
    watched.execute(
        "create function edit() returns trigger language plpgsql as $$"
        " begin new.name := case new.note when 'keep' then old.name when 'edit' then 'edited' else new.name end;"
        " return new; end $$;"
        " create trigger edit before update on t for each row execute function edit()"
    )
    watched.execute("update t set note = 'edit' where id = 1")
    assert taken(watched) == ["1"]
    watched.execute("update t set name = 'x', note = 'keep' where id = 2")
    assert taken(watched) == []


def test_an_unchanged_large_text_is_not_captured(watched: Pg) -> None:
    watched.execute(
        "update t set name = (select string_agg(md5(i::text), '') from generate_series(1, 160000) i) where id = 1"
    )
    assert taken(watched) == ["1"]
    watched.execute("update t set note = 'x'; update t set name = name || '' where id = 1")
    assert taken(watched) == []
    watched.execute("update t set name = overlay(name placing 'x' from 5000000) where id = 1")
    assert taken(watched) == ["1"]


@pytest.mark.parametrize(
    ("action", "statement", "keys"),
    [
        ("on delete cascade", "delete from makers where id = 1", ["1", "2"]),
        ("on delete set null", "delete from makers where id = 1", ["1", "2"]),
        ("on delete set default", "delete from makers where id = 1", ["1", "2"]),
        ("on update cascade", "update makers set id = 9 where id = 1", ["1", "2"]),
        ("on update cascade", "update makers set name = 'x' where id = 1", []),
    ],
)
@pytest.mark.parametrize("partitioned", ["", "partition by hash (id)"])
def test_cascades_of_foreign_keys_are_captured(
    pg: Pg, action: str, statement: str, keys: list[str], partitioned: str
) -> None:
    """Fault 29."""
    goods = f"id int primary key, maker int default 2 references makers {action}"
    pg.execute("create table makers (id int primary key, name text); insert into makers values (1), (2)")
    pg.execute(f"create table goods ({goods}) {partitioned}".encode())
    if partitioned:
        pg.execute("create table goods_0 partition of goods for values with (modulus 1, remainder 0)")
    vector_table(pg, "goods", embedding("maker"))
    pg.execute("insert into goods values (1, 1), (2, 1), (3, 2)")
    taken(pg)
    pg.execute(statement.encode())
    assert taken(pg) == keys


@pytest.mark.parametrize(
    ("ddl", "after"),
    [
        ("alter table t rename id to key", ["R"]),
        ("alter table t drop id cascade", ["R"]),
        ("alter table t rename name to title", ["R"]),
        ("alter table t drop price", ["R"]),
        ("alter table t rename note to remark", ["1", "2", "4"]),
        ("alter table t drop note", ["1", "2", "4"]),
        ("alter table t add extra text", ["1", "2", "4"]),
        ("alter table t rename to moved", ["1", "2", "4"]),
        ("create schema elsewhere; alter table t set schema elsewhere", ["1", "2", "4"]),
        ("alter table t alter price type text", ["1", "2", "4"]),
        ("alter table t alter name type varchar(50)", ["1", "2", "4"]),
        ("alter table t alter data type jsonb", ["1", "2", "4"]),
        ("alter table t alter id type bigint", ["1", "2", "4"]),
        ("alter table t alter id type text", ["1", "2", "4"]),
    ],
)
@pytest.mark.parametrize("layout", ["plain", "parent"])
def test_writers_never_fail_after_a_change_of_the_table(pg: Pg, layout: str, ddl: str, after: list[str]) -> None:
    """The session has planned the trigger's statements before: plans kept from then must not break it."""
    pg.execute(LAYOUTS[layout].encode())
    vector_table(pg, "t", TRACKED)
    pg.execute(FILLED.format("t").encode())
    pg.execute("update t set name = 'warm', price = 7; delete from t where id = 3; select 't'::regclass::oid")
    taken(pg)
    (before,) = pg.execute("select 't'::regclass::oid as oid").fetchall()
    pg.execute(ddl.encode())
    (now,) = pg.execute("select %s::regclass::text as name", [before["oid"]]).fetchall()
    names = {row["attname"] for row in pg.execute(COLUMN_NAMES, [before["oid"]]).fetchall()}
    table, text = now["name"], "name" if "name" in names else "title"
    key = "id" if "id" in names else "key" if "key" in names else "price"
    pg.execute(f"update {table} set {text} = 'x' where {key}::text in ('1', '7')".encode())
    pg.execute(f"insert into {table} ({key}, {text}) values ('4', 'x')".encode())
    pg.execute(f"delete from {table} where {key}::text = '2'".encode())
    assert taken(pg) == after


def test_a_column_whose_new_type_has_no_operator_of_equality_stops_no_writer(pg: Pg) -> None:
    pg.execute("create table t (id int primary key, name text); insert into t values (1, 'one'), (2, 'two')")
    vector_table(pg, "t", embedding("name"))
    pg.execute("update t set name = 'warm'")
    taken(pg)
    pg.execute("alter table t alter name type json using to_json(name)")
    pg.execute("update t set name = '{}'")
    assert taken(pg) == ["R"]


@pytest.mark.parametrize(
    ("type_", "before", "after"),
    [
        ("float", "'0'", "'-0'"),
        ("numeric[]", "'{1.0}'", "'{1.00}'"),
        ("jsonb", "'1.0'", "'1.00'"),
        ("json", "'{}'", "'{ }'"),
        ("interval", "'24 hours'", "'1 day'"),
        ("char(3)", "'a'", "'b'"),
        ("mood", "'sad'", "'glad'"),
        ("text", "null", "''"),
        ("date", "'infinity'", "'-infinity'"),
        ("bytea", "'a'", "'ab'"),
    ],
)
def test_a_value_that_looks_different_is_a_change_although_it_may_be_equal(
    pg: Pg, type_: str, before: str, after: str
) -> None:
    pg.execute("create type mood as enum ('sad', 'glad')")
    pg.execute(f"create table t (id int primary key, name {type_}, other text default 'same', note text)".encode())
    vector_table(pg, "t", embedding("name", "other"))
    pg.execute(f"insert into t (id, name) values (1, {before}), (2, {before})".encode())
    taken(pg)
    pg.execute(f"update t set note = 'untracked', name = {before}".encode())
    assert taken(pg) == []
    pg.execute(f"update t set name = {after} where id = 2".encode())
    assert taken(pg) == ["2"]


COLUMN_NAMES = "select attname from pg_attribute where attrelid = %s and attnum > 0 and not attisdropped"


@pytest.mark.parametrize(("layout", "events"), [("plain", ["R"]), ("parent", ["1", "2", "4"])])
def test_writers_never_fail_when_the_key_becomes_a_type_without_equality(
    pg: Pg, layout: str, events: list[str]
) -> None:
    pg.execute(LAYOUTS[layout].encode())
    vector_table(pg, "t", TRACKED)
    pg.execute(FILLED.format("t").encode())
    pg.execute("update t set name = 'warm'; alter table t drop constraint t_pkey; alter table t alter id drop not null")
    taken(pg)
    pg.execute("alter table t alter id type json using to_json(id)")
    pg.execute("update t set name = 'x' where id::text = '1'; insert into t (id) values ('4')")
    pg.execute("delete from t where id::text = '2'")
    assert taken(pg) == events


@pytest.mark.parametrize("layout", ["plain", "partitioned", "parent"])
def test_a_column_whose_name_comes_back_is_captured_again(pg: Pg, layout: str) -> None:
    pg.execute(LAYOUTS[layout].encode())
    vector_table(pg, "t", TRACKED)
    pg.execute("insert into t values (1); alter table t rename price to cost")
    taken(pg)
    pg.execute("update t set cost = 1")
    assert taken(pg) == ["R"]
    pg.execute("alter table t rename cost to price; update t set price = 2")
    assert taken(pg) == ["1"]


def test_rows_without_a_key_do_not_fail_and_block_nothing(pg: Pg) -> None:
    pg.execute("create table t (id int not null unique, name text)")
    made = vector_table(pg, "t", embedding("name"), primary_key_column="id")
    value(pg, "backfill", vector_table=made)
    pg.execute(
        "alter table t alter id drop not null; insert into t values (null, 'a'), (1, 'b'); update t set name = 'c'"
    )
    pg.execute("delete from t where id is null")
    assert ingested(pg) == 6
    assert [j["key"] for j in pg.execute("select key from embedd.jobs").fetchall()] == ["1"]


def ingested(pg: Pg) -> int:
    (found,) = pg.execute("select events from embedd_internal.ingest(1000)").fetchall()
    return int(found["events"])


def test_a_dropped_table_can_be_forgotten_and_its_successor_watched(pg: Pg) -> None:
    pg.execute(LAYOUTS["plain"].encode())
    vector_table(pg, "t", TRACKED, name="old")
    pg.execute("drop table t")
    pg.execute(LAYOUTS["plain"].encode())
    vector_table(pg, "t", TRACKED, name="new")
    value(pg, "drop_vector_table", vector_table="old")
    pg.execute("insert into t values (1)")
    assert taken(pg) == ["1"]
    assert len(pg.execute("select from embedd.captures").fetchall()) == 1


def test_the_tracked_columns_of_several_vector_tables_are_united(pg: Pg) -> None:
    pg.execute(LAYOUTS["plain"].encode())
    vector_table(pg, "t", embedding("name"), name="a")
    pg.execute(FILLED.format("t").encode())
    taken(pg)
    pg.execute("update t set note = 'x' where id = 1")
    assert taken(pg) == []
    vector_table(pg, "t", embedding("note"), name="b")
    pg.execute("update t set note = 'y' where id = 1; update t set name = 'y' where id = 2; update t set price = 9")
    assert taken(pg) == ["1", "2"]
    assert len(pg.execute("select from embedd.captures").fetchall()) == 1


def test_vector_tables_with_different_keys_are_captured_each_by_its_own(pg: Pg) -> None:
    pg.execute("create table t (id int primary key, code text not null unique, name text)")
    first = vector_table(pg, "t", embedding("name"), name="by id")
    second = vector_table(pg, "t", embedding("name"), name="by code", primary_key_column="code")
    pg.execute("insert into t values (1, 'one', 'a')")
    found = pg.execute(
        "select v.id, o.key from embedd.outbox o join embedd.vector_tables v using (capture_id)"
    ).fetchall()
    assert {(f["id"], f["key"]) for f in found} == {(first, "1"), (second, "one")}


def test_objects_of_the_writer_cannot_replace_those_that_capture_uses(watched: Pg) -> None:
    """If they could, changes would get lost, and code of the writer run with the rights of the schema's owner."""
    watched.execute(
        "create temp table pg_attribute (attrelid oid, attname name, atttypid oid, attisdropped bool);"
        " create temp table old_rows (id int); create temp table new_rows (id int);"
        " create temp table doorbell (armed bool); create table public.fooled (by text);"
        " create function public.pg_notify(text, name) returns void language sql"
        "   as $$ insert into public.fooled values ('pg_notify') $$;"
        " create function public.same(text, text) returns bool language sql"
        "   as $$ insert into public.fooled values ('=') returning true $$;"
        " create operator public.= (leftarg = text, rightarg = text, function = public.same);"
        " update embedd.doorbell set armed = true;"
        " set local search_path = pg_temp, public, pg_catalog"
    )
    watched.execute("insert into t values (4); update t set name = 'x' where id operator(pg_catalog.=) 1")
    watched.execute("delete from t where id operator(pg_catalog.=) 2")
    watched.execute("set local search_path = public")
    assert watched.execute("select by from public.fooled").fetchall() == []
    assert taken(watched) == ["1", "2", "4"]


@pytest.mark.parametrize("isolation", ["repeatable read", "serializable"])
def test_strictly_isolated_writers_meet_no_conflict_with_the_worker(alone: Pg, installed: str, isolation: str) -> None:
    """Fault 15. Their snapshots are older than what ingest does meanwhile: a queue they updated would fail them."""
    alone.execute(LAYOUTS["plain"].encode())
    value(alone, "backfill", vector_table=vector_table(alone, "t", TRACKED))
    with session(installed) as first, session(installed) as second:
        for writer in (first, second):
            writer.execute(f"set default_transaction_isolation = '{isolation}'".encode())
        for turn in range(0, 40, 10):
            value(alone, "poll_work", p_limit=100, p_from=0, p_arm=True)
            with first.transaction(), second.transaction():
                first.execute("select from t where id = 1")
                second.execute("insert into t values (%s)", [turn])
                value(alone, "poll_work", p_limit=100, p_from=0, p_arm=True)
                first.execute("insert into t values (%s)", [turn + 1])
                second.execute("insert into t values (%s)", [turn + 2])
                value(alone, "poll_work", p_limit=100, p_from=0, p_arm=False)
    value(alone, "poll_work", p_limit=100, p_from=0, p_arm=True)
    jobs = {j["key"] for j in alone.execute("select key from embedd.jobs").fetchall()}
    assert jobs == {str(turn + n) for turn in range(0, 40, 10) for n in range(3)}


def test_an_error_of_the_writer_is_unchanged(watched: Pg) -> None:
    with pytest.raises(psycopg.errors.UniqueViolation), watched.transaction():
        watched.execute("insert into t values (4), (1)")
    assert taken(watched) == []
