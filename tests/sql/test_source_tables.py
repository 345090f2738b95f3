"""The tables and keys that create_vector_table() accepts, and its messages for others."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.sql.calls import (
    NAME_AND_PRICE,
    PRODUCTS,
    Pg,
    Refusal,
    refused,
    vector_table,
)

COLUMNS = json.dumps(NAME_AND_PRICE)
SCHEMA_HINT = "Give its name with the schema, as in public.products; quote names that need it."
KEY_HINT = "Use smallint, integer, bigint, uuid, text or varchar with a deterministic collation."


@pytest.fixture
def products(pg: Pg) -> Pg:
    """A session in a database with the table `products`."""
    pg.execute(PRODUCTS)
    return pg


def refusal(pg: Pg, **named: Any) -> Refusal:
    return refused(pg, "create_vector_table", **({"name": "v", "source_table": "products", "columns": COLUMNS} | named))


@pytest.mark.parametrize(
    "source_table",
    ["nope", "a b c", '"', '"unclosed', "x.y.z.w", "postgres.public.products", "", ".", '"Products"', None],
)
def test_a_missing_source_table_is_refused_by_name(products: Pg, source_table: str | None) -> None:
    named = "null" if source_table is None else source_table
    assert refusal(products, source_table=source_table) == Refusal(
        "EBV01", f"source_table: there is no table {named}.", SCHEMA_HINT
    )


NO_KEY = "public.t has no primary key."
VIEW = "public.t is not an ordinary table, so it has no primary key."
VIEW_HINT = "Give a column with unique values as primary_key_column."
NO_KEY_HINT = "Add one, or name a unique, not null column as primary_key_column."
BAD_TYPE = "primary_key_column: keys of type {} are not supported."
TIME = "timestamp with time zone"
# The server of the tests may have no ICU, so the collation is declared non-deterministic afterwards.
LOOSE = """create collation loose from "C"; create table t (id text collate loose primary key);
           update pg_collation set collisdeterministic = false where collname = 'loose'"""


@pytest.mark.parametrize(
    ("ddl", "message", "hint"),
    [
        ("create table t (name text, price int)", NO_KEY, NO_KEY_HINT),
        ("create table t ()", NO_KEY, NO_KEY_HINT),
        ("create view t as select 1 as id", VIEW, VIEW_HINT),
        ("create table t (id numeric primary key)", BAD_TYPE.format("numeric"), KEY_HINT),
        ("create table t (id timestamptz primary key)", BAD_TYPE.format(TIME), KEY_HINT),
        ("create table t (id bpchar primary key)", BAD_TYPE.format("character"), KEY_HINT),
        (LOOSE, BAD_TYPE.format("text"), KEY_HINT),
    ],
)
def test_a_source_table_without_a_usable_key_is_refused(pg: Pg, ddl: str, message: str, hint: str) -> None:
    pg.execute(ddl.encode())
    assert refusal(pg, source_table="t") == Refusal("EBV01", message, hint)


def test_a_temporary_table_is_refused(pg: Pg) -> None:
    pg.execute("create temp table t (id int primary key, name text, price int)")
    told = refusal(pg, source_table="t")
    assert (told.sqlstate, told.hint) == ("EBV01", "Use a permanent table.")
    assert "is a temporary table" in str(told.message)


NO_NAME = "primary_key_column: public.t.{} is not unique and not null, so it does not identify a row."
NO_NAME_HINT = "Use the primary key, or add a unique index and a NOT NULL constraint."


@pytest.mark.parametrize(
    ("key", "message", "hint"),
    [
        ("nope", "primary_key_column: public.t has no column nope.", "Its primary key is id."),
        ("", 'primary_key_column: public.t has no column "".', "Its primary key is id."),
        ("maybe", NO_NAME.format("maybe"), NO_NAME_HINT),
        ("often", NO_NAME.format("often"), NO_NAME_HINT),
        ("partly", NO_NAME.format("partly"), NO_NAME_HINT),
    ],
)
def test_a_named_key_must_exist_be_unique_and_not_null(pg: Pg, key: str, message: str, hint: str) -> None:
    pg.execute(
        "create table t (id int primary key, name text, price int, maybe int unique, often int not null,"
        " partly int not null); create unique index on t (partly) where partly > 0"
    )
    assert refusal(pg, source_table="t", primary_key_column=key) == Refusal("EBV01", message, hint)


def test_a_key_named_on_a_table_without_any_column_is_refused(pg: Pg) -> None:
    pg.execute("create table t ()")
    told = refusal(pg, source_table="t", primary_key_column="id")
    assert told == Refusal("EBV01", "primary_key_column: public.t has no column id.", "Its primary key is missing.")


@pytest.mark.parametrize(
    ("ddl", "key", "named"),
    [
        ("create table t (id smallint primary key, name text, price int)", None, "smallint"),
        ("create table t (id int8 primary key, name text, price int)", None, "bigint"),
        ("create table t (id uuid primary key, name text, price int)", None, "uuid"),
        ("create table t (id varchar(20) primary key, name text, price int)", None, "character varying"),
        ('create table t (id text collate "C" primary key, name text, price int)', None, "text"),
        ("create domain code as int; create table t (id code primary key, name text, price int)", None, "integer"),
        ("create table t (id int, name text, price int, primary key (id) include (name))", None, "integer"),
        ("create table t (a int, b int not null unique, name text, price int, primary key (a, b))", "b", "integer"),
    ],
)
def test_supported_keys_are_accepted(pg: Pg, ddl: str, key: str | None, named: str) -> None:
    pg.execute(ddl.encode())
    made = vector_table(pg, "t", primary_key_column=key)
    (stored,) = pg.execute("select key_types from embedd.vector_tables where id = %s", [made]).fetchall()
    assert stored["key_types"] == [named]
