"""Keys of several columns: supported keys, their text, and the events of triggers."""

from __future__ import annotations

import json
from typing import Any

import pytest
from psycopg import sql

from embedd_pg.sources.key import Key, join
from tests.sql.calls import Pg, Refusal, embedding, ingest, jobs, refused, taken, value, vector_table

LINES = (
    "create table t (order_id bigint, line_no int, name text, price numeric,"
    " primary key (order_id, line_no) deferrable)"
)
PARTS = [
    "",
    "7",
    'a"b',
    "a'b",
    "[",
    '"],["',
    ",",
    "\\",
    "\\n",
    "\n\t\r\b\f\x01\x1f",
    "é\u2028😀",
    "%s",
    "\x7f",
    "a b",
    "null",
]
TYPE_HINT = (
    "Each column of a key is smallint, integer, bigint, uuid, text or varchar with a deterministic collation; "
    "name other columns that are unique, or make a view of the table."
)


def stored(pg: Pg, made: str) -> dict[str, Any]:
    (found,) = pg.execute(
        "select primary_key_column, key_columns, key_types from embedd.vector_tables where id = %s", [made]
    ).fetchall()
    return found


def refusal(pg: Pg, **named: Any) -> Refusal:
    columns = json.dumps([{"name": "name", "role": "embedding"}])
    return refused(pg, "create_vector_table", **({"name": "v", "source_table": "t", "columns": columns} | named))


@pytest.mark.parametrize(
    ("ddl", "named", "shown", "columns"),
    [
        (LINES, None, "order_id, line_no", ["order_id", "line_no"]),
        (LINES, "order_id,line_no", "order_id,line_no", ["order_id", "line_no"]),
        (LINES, ' ORDER_ID , "line_no"', ' ORDER_ID , "line_no"', ["order_id", "line_no"]),
        (
            'create table t ("Or,der" uuid, "l""n" text, c varchar(9), name text, primary key (c, "Or,der", "l""n"))',
            None,
            'c, "Or,der", "l""n"',
            ["c", "Or,der", 'l"n'],
        ),
        (
            'create table t ("Or,der" uuid, "l""n" text, name text, primary key ("Or,der", "l""n"))',
            '"Or,der", "l""n"',
            '"Or,der", "l""n"',
            ["Or,der", 'l"n'],
        ),
        ('create table t (a int, b int, "a, b" int not null unique, name text)', "a, b", "a, b", ["a, b"]),
        (
            "create table t (id int primary key, a int not null, b text not null, name text,"
            " unique (a, b) include (name))",
            "a, b",
            "a, b",
            ["a", "b"],
        ),
        ("create table t (a int, b int, name text, primary key (a, b) deferrable)", None, "a, b", ["a", "b"]),
        (
            "create table t (a int, b int, name text, primary key (a, b)); create unique index on t (b, a)",
            "b, a",
            "b, a",
            ["b", "a"],
        ),
        (
            "create domain code as int; create table t (a code, b code, name text, primary key (b, a))",
            None,
            "b, a",
            ["b", "a"],
        ),
        ("create view t as select 1 as a, 'x'::text as b, 'n'::text as name", "b, a", "b, a", ["b", "a"]),
    ],
)
def test_supported_keys_are_accepted(pg: Pg, ddl: str, named: str | None, shown: str, columns: list[str]) -> None:
    pg.execute(ddl.encode())
    made = vector_table(pg, "t", embedding("name"), primary_key_column=named)
    found = stored(pg, made)
    assert (found["primary_key_column"], found["key_columns"]) == (shown, columns)
    assert len(found["key_types"]) == len(columns)
    generation = value(pg, "get_active_generation", vector_table=made)
    assert [column["name"] for column in generation["source"]["key"]] == columns
    value(pg, "update_vector_table", vector_table=made, columns=embedding("name"), where="name <> ''")
    assert stored(pg, made) == found


TABLE = "create table t (id int primary key, a int not null, b int not null, n int, d date not null, name text)"
NOT_UNIQUE = "primary_key_column: a, b of public.t are not unique together, so they do not identify a row."
UNIQUE_HINT = "Use the primary key, or add a unique index on just these columns."
LIST_HINT = (
    "Write column names with commas between them, as in order_id, line_no; "
    'quote names that need it, as in "Order", "No.".'
)


@pytest.mark.parametrize(
    ("more", "named", "message", "hint"),
    [
        ("", "a, nope", "primary_key_column: public.t has no column nope.", "Its primary key is id."),
        ("", 'a, "A"', 'primary_key_column: public.t has no column "A".', "Its primary key is id."),
        ("", "a, b", NOT_UNIQUE, UNIQUE_HINT),
        ("unique (a, b) deferrable", "a, b", NOT_UNIQUE, UNIQUE_HINT),
        ("unique (a, b, d)", "a, b", NOT_UNIQUE, UNIQUE_HINT),
        ("unique (a)", "a, b", NOT_UNIQUE, UNIQUE_HINT),
        (
            "unique (a, b)",
            "b, a",
            "primary_key_column: the columns b, a of public.t are unique in another order, which must be used.",
            "Write a, b; that is the order of the parts in a row's id, too.",
        ),
        (
            "unique (a, n)",
            "a, n",
            "primary_key_column: public.t.n may be null, so it cannot be part of a key.",
            "Use the primary key, or add a NOT NULL constraint.",
        ),
        (
            "unique (a, d)",
            "a, d",
            "primary_key_column: the column d has the type date, which is not supported in keys.",
            TYPE_HINT,
        ),
        ("", "a, a", "primary_key_column: a, a names a column twice.", "Name each once."),
        *(
            ("", named, f"primary_key_column: '{named}' is not a list of columns.", LIST_HINT)
            for named in ("a,", ",", "a,,b", 'a,"b', "a, t.b", "a, b c", 'a, ""', "a, 1b", "a, b;")
        ),
    ],
)
def test_unsupported_keys_are_refused_with_the_column(pg: Pg, more: str, named: str, message: str, hint: str) -> None:
    pg.execute(f"{TABLE[:-1]}{', ' * bool(more)}{more})".encode())
    assert refusal(pg, primary_key_column=named) == Refusal("EBV01", message, hint)


def test_unique_only_for_some_rows_is_not_unique(pg: Pg) -> None:
    pg.execute(f"{TABLE}; create unique index on t (a, b) where a > 0; create unique index on t (a, (b + 1))".encode())
    assert refusal(pg, primary_key_column="a, b") == Refusal("EBV01", NOT_UNIQUE, UNIQUE_HINT)


def test_a_partitioned_table_with_a_date_in_its_key_is_refused_with_the_reason(pg: Pg) -> None:
    pg.execute(
        "create table t (id bigint, created_on date, name text, primary key (id, created_on))"
        " partition by range (created_on)"
    )
    message = "primary_key_column: the column created_on has the type date, which is not supported in keys."
    assert refusal(pg) == Refusal("EBV01", message, TYPE_HINT)


def test_a_key_with_a_nondeterministic_collation_is_refused(pg: Pg) -> None:
    pg.execute(
        'create collation loose from "C"; create table t (a int, b text collate loose, name text, primary key (a, b));'
        " update pg_collation set collisdeterministic = false where collname = 'loose'"
    )
    assert "the column b has the type text" in str(refusal(pg).message)


# One text for each key.


@pytest.mark.parametrize("part", PARTS)
def test_sql_and_python_write_the_same_text_and_python_reads_it(pg: Pg, part: str) -> None:
    expression = value(pg, "key_text", p_row="r", p_key=['a"%', "b"])
    statement = sql.SQL('select {} as key from (select %s::text as "a""%%", %s::uuid as b) r').format(
        sql.SQL(expression.replace("%", "%%"))
    )
    other = "00000000-0000-0000-0000-00000000000a"
    (found,) = pg.execute(statement, [part, other]).fetchall()
    assert found["key"] == join([part, other])
    key = Key.parse([{"name": "a", "type": "text"}, {"name": "b", "type": "uuid"}])
    assert key.may_hold(found["key"])
    assert key.parts(found["key"]) == (part, other)


# Capture.


@pytest.fixture(params=["", " partition by list (line_no)"], ids=["plain", "partitioned"])
def watched(pg: Pg, request: pytest.FixtureRequest) -> Pg:
    pg.execute(f"{LINES}{request.param}".encode())
    if request.param:
        pg.execute("create table one partition of t for values in (1); create table other partition of t default")
    made = vector_table(pg, "t")
    value(pg, "backfill", vector_table=made)
    pg.execute("insert into t select i, 1 + i % 3, 'n' || i, i from generate_series(1, 4) i")
    taken(pg)
    return pg


@pytest.mark.parametrize(
    ("statement", "keys"),
    [
        ("insert into t values (9, -1, 'a', 1)", ['["9","-1"]']),
        ("update t set name = 'x' where order_id = 1", ['["1","2"]']),
        ("update t set line_no = line_no", []),
        ("update t set line_no = 1 where order_id = 1", ['["1","1"]', '["1","2"]']),
        ("update t set order_id = 11 where order_id = 1", ['["1","2"]', '["11","2"]']),
        ("update t set order_id = 5 - order_id where order_id in (1, 4)", ['["1","2"]', '["4","2"]']),
        ("delete from t where line_no = 3", ['["2","3"]']),
        ("truncate t", ["T"]),
        (
            "insert into t select 7, i, 'n' from generate_series(10, 300) i",
            sorted(f'["7","{i}"]' for i in range(10, 301)),
        ),
        (
            "update t set line_no = line_no + 10",
            sorted(f'["{i}","{1 + i % 3 + add}"]' for i in range(1, 5) for add in (0, 10)),
        ),
    ],
)
def test_the_keys_of_changed_rows_are_queued_old_and_new(watched: Pg, statement: str, keys: list[str]) -> None:
    watched.execute(statement.encode())
    assert taken(watched) == keys


def test_many_keys_of_a_statement_go_together_and_become_jobs(watched: Pg) -> None:
    watched.execute("insert into t select 7, i, 'n' from generate_series(1, 250) i")
    (found,) = watched.execute("select count(*) from embedd.outbox where keys is not null").fetchall()
    rows = watched.execute("select relkind from pg_class where oid = 't'::regclass and relkind = 'r'").fetchall()
    assert bool(found["count"]) == bool(rows), "row triggers write one by one"
    ingest(watched)
    assert set(jobs(watched)) == {f'["7","{i}"]' for i in range(1, 251)}


def test_a_missing_key_column_is_reported_and_no_write_fails(watched: Pg) -> None:
    (capture,) = watched.execute("select id from embedd.captures").fetchall()
    watched.execute("select embedd_internal.audit_capture(%s)", [capture["id"]])
    watched.execute("alter table t rename column order_id to number")
    watched.execute(
        "insert into t values (9, 1); update t set name = 'x' where number = 9; delete from t where number = 9"
    )
    assert taken(watched) == ["R"]
    assert watched.execute("select embedd_internal.audit_capture(%s)", [capture["id"]]).fetchall()


def test_a_key_column_of_an_unsupported_type_is_reported_and_no_write_fails(pg: Pg) -> None:
    pg.execute(LINES.encode())
    vector_table(pg, "t")
    pg.execute("insert into t values (1, 1, 'a')")
    pg.execute("alter table t drop constraint t_pkey; alter table t alter line_no type json using to_json(line_no)")
    taken(pg)
    pg.execute("update t set name = 'x'; insert into t values (2, '2'); delete from t")
    assert taken(pg) == ["R"]


def test_rows_with_an_incomplete_key_do_not_fail_and_block_nothing(pg: Pg) -> None:
    pg.execute("create table t (a int not null, b text not null, name text, unique (a, b))")
    made = vector_table(pg, "t", embedding("name"), primary_key_column="a, b")
    value(pg, "backfill", vector_table=made)
    pg.execute("alter table t alter a drop not null; alter table t alter b drop not null")
    pg.execute("insert into t values (null, 'x', 'n'), (1, null, 'n'), (2, '', 'n'), (3, null, 'n')")
    pg.execute("update t set name = 'm'; update t set b = 'now' where a = 3")
    assert ingest(pg)["events"] == 13
    assert sorted(jobs(pg)) == ['["2",""]', '["3","now"]']


def test_the_capture_check_repairs_triggers_of_a_composite_key(watched: Pg) -> None:
    (capture,) = watched.execute("select id from embedd.captures").fetchall()
    audit = f"select embedd_internal.audit_capture({capture['id']}) as found"
    assert watched.execute(audit.encode()).fetchall() == []
    watched.execute("alter table t disable trigger user")
    assert watched.execute(audit.encode()).fetchall()
    watched.execute("update t set line_no = 1 where order_id = 1")
    assert taken(watched) == ['["1","1"]', '["1","2"]']
    assert watched.execute(audit.encode()).fetchall() == []


def test_two_vector_tables_share_a_capture_of_the_same_key_only(pg: Pg) -> None:
    pg.execute(f"{LINES}; create unique index on t (line_no, order_id)".encode())
    for number, named in enumerate((None, "order_id, line_no", "line_no, order_id")):
        vector_table(pg, "t", embedding("name"), name=f"v{number}", primary_key_column=named)
    pg.execute("insert into t values (1, 2, 'n')")
    found = pg.execute("select key from embedd.outbox order by 1").fetchall()
    assert [row["key"] for row in found] == ['["1","2"]', '["2","1"]']
