"""create_vector_table(): the objects it creates, and its errors."""

from __future__ import annotations

import json
from typing import Any

import pytest

from embedd_pg.database.sql_files import newest
from tests.sql.calls import (
    NAME_AND_PRICE,
    PRODUCTS,
    Pg,
    Refusal,
    acting_as,
    embedding,
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

COLUMNS = json.dumps(NAME_AND_PRICE)
BY_NAME = ("get_vector_table", "sync_status", "backfill", "pause_sync", "resume_sync", "drop_vector_table")


@pytest.fixture
def products(pg: Pg) -> Pg:
    """A session in a database with the table `products`."""
    pg.execute(PRODUCTS)
    return pg


def refusal(pg: Pg, **named: Any) -> Refusal:
    return refused(pg, "create_vector_table", **({"name": "v", "source_table": "products", "columns": COLUMNS} | named))


def test_a_new_vector_table_is_listed_with_its_parameters_and_defaults(products: Pg) -> None:
    made = vector_table(products, "public.products", name="products-search")
    listed = row(products, "get_vector_table", vector_table="products-search")
    assert listed.pop("created_at").tzinfo
    assert listed.pop("embedding_provider_id").startswith("emb_")
    assert listed.pop("environment_id").startswith("env_")
    assert listed == {
        "id": made,
        "org_id": "org_self_hosted",
        "name": "products-search",
        "connection_id": "conn_local",
        "source_table": "public.products",
        "primary_key_column": "id",
        "mode": "managed",
        "sync_mode": "batch",
        "sync_status": "pending",
        "embedding_model": "all-MiniLM-L6-v2",
        "embedding_dimensions": 384,
        "columns": NAME_AND_PRICE,
        "where": None,
        "language": "english",
        "chunking": {"strategy": "none"},
        "store_settings": {},
    }
    assert rows(products, "list_vector_tables") == [row(products, "get_vector_table", vector_table=made)]


def test_a_managed_vector_table_gets_one_active_generation(products: Pg) -> None:
    made = vector_table(products)
    (generation,) = products.execute("select * from embedd.generations").fetchall()
    assert (generation["vector_table_id"], generation["state"], generation["store"]) == (made, "active", "qdrant")
    assert generation["store_table"] == f"embedd_{made}"


def test_four_statement_triggers_watch_an_ordinary_table_in_every_replication_role(products: Pg) -> None:
    vector_table(products)
    triggers = products.execute(
        "select tgname, tgenabled, tgtype & 1 as row_level from pg_trigger"
        " where tgrelid = 'products'::regclass order by tgname"
    ).fetchall()
    (capture,) = products.execute("select id from embedd.captures").fetchall()
    assert [t["tgname"] for t in triggers] == [
        f"zz_embedd_{capture['id']}_{event}" for event in ("delete", "insert", "truncate", "update")
    ]
    assert {(t["tgenabled"], t["row_level"]) for t in triggers} == {("A", 0)}


NO_ARRAY = Refusal(
    "EBV01",
    "columns must be an array with at least one entry.",
    'For example [{"name": "title", "role": "embedding"}].',
)
NO_OBJECT_HINT = 'For example {"name": "title", "role": "embedding"}.'
NAME = {"name": "name", "role": "embedding"}


@pytest.mark.parametrize(
    ("columns", "told"),
    [
        (None, NO_ARRAY),
        ({}, NO_ARRAY),
        ("name", NO_ARRAY),
        ([], NO_ARRAY),
        ([1], Refusal("EBV01", "columns[0] must be an object with a name.", NO_OBJECT_HINT)),
        ([NAME, {"role": "metadata"}], Refusal("EBV01", "columns[1] must be an object with a name.", NO_OBJECT_HINT)),
        ([{"name": 5}], Refusal("EBV01", "columns[0] must be an object with a name.", NO_OBJECT_HINT)),
        (
            [{"name": "Nope", "role": "embedding"}],
            Refusal(
                "EBV01", 'columns[0]: public.products has no column "Nope".', "It has: id, name, price, stock, note."
            ),
        ),
        (
            [NAME, NAME],
            Refusal(
                "EBV01",
                "columns[1]: the column name is listed twice.",
                "A column has one role; results contain embedded columns anyway.",
            ),
        ),
        (
            [{"name": "name", "role": "text"}],
            Refusal(
                "EBV01",
                "columns[0].role must be embedding or metadata.",
                "embedding: part of the text; metadata: can be filtered by.",
            ),
        ),
        (
            [{"name": "name"}],
            Refusal(
                "EBV01",
                "columns[0].role must be embedding or metadata.",
                "embedding: part of the text; metadata: can be filtered by.",
            ),
        ),
        (
            [NAME, {"name": "price", "role": "metadata", "filter_type": "text"}],
            Refusal(
                "EBV01",
                "columns[1].filter_type must be keyword, integer, float, boolean, datetime, uuid, keyword[] or"
                " integer[].",
                "The filter_type of a metadata column says how searches can filter by it.",
            ),
        ),
        (
            [NAME, {"name": "price", "role": "metadata", "filter_type": "integer"}],
            Refusal(
                "EBV01",
                "columns[1]: a column of type numeric cannot be filtered as integer.",
                "keyword fits every type; otherwise choose the filter_type that matches the column.",
            ),
        ),
        (
            [NAME | {"ordinal": "first"}],
            Refusal("EBV01", "columns[0]: ordinal must be a number and name_prefix a text.", "Both are optional."),
        ),
        (
            [NAME | {"name_prefix": 7}],
            Refusal("EBV01", "columns[0]: ordinal must be a number and name_prefix a text.", "Both are optional."),
        ),
        (
            [{"name": "price", "role": "metadata", "filter_type": "float"}],
            Refusal(
                "EBV01",
                "columns: at least one column must have the role embedding.",
                "Choose the columns whose text gives the row its meaning.",
            ),
        ),
        (
            [{"name": "\0", "role": "embedding"}],
            Refusal(
                "EBV01",
                "columns contains a character that no text in PostgreSQL can hold.",
                "Leave out \\u0000 and incomplete surrogate pairs.",
            ),
        ),
        (
            [{"name": "\ud800", "role": "embedding"}],
            Refusal(
                "EBV01",
                "columns contains a character that no text in PostgreSQL can hold.",
                "Leave out \\u0000 and incomplete surrogate pairs.",
            ),
        ),
    ],
)
def test_columns_that_do_not_fit_are_refused_with_the_entry_at_fault(products: Pg, columns: Any, told: Refusal) -> None:
    assert refusal(products, columns=None if columns is None else json.dumps(columns)) == told


@pytest.mark.parametrize(
    ("filter_type", "fitting", "other"),
    [
        ("integer", ["small", "whole", "big"], ["digits", "real_", "double_", "flag", "word", "moment", "list"]),
        ("float", ["small", "whole", "big", "digits", "real_", "double_"], ["flag", "word", "moment", "list"]),
        ("boolean", ["flag"], ["small", "digits", "word", "moment", "list"]),
        ("keyword", ["small", "digits", "flag", "word", "moment", "list"], []),
        ("datetime", ["moment", "local", "day"], ["big", "word", "clock", "span", "list"]),
        ("uuid", ["ident"], ["word", "big", "list"]),
        ("keyword[]", ["list", "words"], ["word", "counts", "moments"]),
        ("integer[]", ["smalls", "counts", "bigs"], ["big", "list", "moments"]),
    ],
)
def test_a_filter_type_must_fit_the_type_of_its_column(
    pg: Pg, filter_type: str, fitting: list[str], other: list[str]
) -> None:
    pg.execute(
        "create table t (id int primary key, name text, small int2, whole int4, big int8, digits numeric, real_ float4,"
        " double_ float8, flag bool, word varchar, moment timestamptz, list text[], local timestamp(3), day date,"
        " clock time, span interval, ident uuid, words varchar(9)[], smalls int2[], counts int4[][], bigs int8[],"
        " moments timestamptz[])"
    )

    def columns(name: str) -> str:
        return json.dumps([NAME, {"name": name, "role": "metadata", "filter_type": filter_type}])

    for name in fitting:
        assert vector_table(pg, "t", columns(name), name=name)
    for name in other:
        told = refusal(pg, source_table="t", columns=columns(name))
        assert told.sqlstate == "EBV01"
        assert str(told.message).endswith(f"cannot be filtered as {filter_type}.")


@pytest.mark.parametrize(
    ("named", "told"),
    [
        ({"name": None}, Refusal("EBV01", "name must have 1 to 100 characters.", "Give the vector table a name.")),
        ({"name": "  "}, Refusal("EBV01", "name must have 1 to 100 characters.", "Give the vector table a name.")),
        ({"name": "n" * 101}, Refusal("EBV01", "name must have 1 to 100 characters.", "Give the vector table a name.")),
        (
            {"connection": "nope"},
            Refusal(
                "EBN02",
                "There is no connection 'nope' in this environment.",
                "List the connections to see which exist; name one by its name or id.",
            ),
        ),
        (
            {"embedder": "nope"},
            Refusal(
                "EBN03",
                "There is no embedder 'nope' in this environment.",
                "List the embedders to see which exist; name one by its name or id.",
            ),
        ),
        (
            {"embedder": None},
            Refusal(
                "EBN03",
                "There is no embedder null in this environment.",
                "List the embedders to see which exist; name one by its name or id.",
            ),
        ),
        (
            {"mode": "cloud"},
            Refusal(
                "EBV01",
                "mode must be managed or platform.",
                "It must be the mode of the connection; leave it out to use that one.",
            ),
        ),
        ({"sync_mode": "often"}, Refusal("EBV01", "sync_mode must be batch or cdc.", "batch is the default.")),
        ({"sync_mode": None}, Refusal("EBV01", "sync_mode must be batch or cdc.", "batch is the default.")),
        (
            {"embedding_model": "text-embedding-3-small"},
            Refusal(
                "EBV01",
                "embedding_model 'text-embedding-3-small' is not a model of the provider local.",
                "Use one of: all-MiniLM-L6-v2.",
            ),
        ),
        (
            {"embedding_dimensions": 768},
            Refusal(
                "EBV01",
                "embedding_dimensions must be 384 for the model all-MiniLM-L6-v2.",
                "Leave it out, or give that number.",
            ),
        ),
        (
            {"mode": "platform"},
            Refusal(
                "EBV01",
                "mode platform needs the extension pgvector in the source database.",
                "create extension vector (as a superuser, or where the extension is trusted), or use mode managed.",
            ),
        ),
    ],
)
def test_every_other_invalid_argument_is_refused_with_the_reason(
    products: Pg, named: dict[str, Any], told: Refusal
) -> None:
    assert refusal(products, **named) == told


def test_a_name_in_use_is_refused_until_its_holder_is_dropped(products: Pg) -> None:
    vector_table(products, name="it's mine")
    assert refusal(products, name="it's mine") == Refusal(
        "EBC05",
        "A vector table named 'it''s mine' already exists.",
        "Choose another name, or drop the existing one first.",
    )
    value(products, "drop_vector_table", vector_table="it's mine")
    assert vector_table(products, name="it's mine")


def test_a_name_allowed_twice_is_ambiguous_but_ids_are_not(products: Pg) -> None:
    twins = sorted(vector_table(products, name="twin", allow_duplicate_name=allowed) for allowed in (False, True))
    told = refused(products, "get_vector_table", vector_table="twin")
    assert told == Refusal(
        "EBV01", f"2 vector tables are named 'twin': {twins[0]}, {twins[1]}.", "Name the one you mean by its id."
    )
    for twin in twins:
        assert row(products, "get_vector_table", vector_table=twin)["id"] == twin


def test_platform_mode_keeps_the_vectors_next_to_the_source_table(pg: Pg) -> None:
    pg.execute("create extension vector; create schema shop; create table shop.goods (id int primary key, name text)")
    made = vector_table(pg, "shop.goods", embedding("name"), name="Goods & more!", mode="platform")
    (generation,) = pg.execute("select store, store_schema, store_table from embedd.generations").fetchall()
    assert generation == {
        "store": "pgvector",
        "store_schema": "shop",
        "store_table": f"embedd_vt_{made[3:11]}_goods_more",
    }


def test_the_search_path_resolves_an_unqualified_source_table(pg: Pg) -> None:
    pg.execute("create schema shop; create table shop.goods (id int primary key, name text)")
    pg.execute("set search_path = shop, public")
    made = vector_table(pg, "goods", embedding("name"))
    (stored,) = pg.execute("select source_table, source_schema, source_name from embedd.vector_tables").fetchall()
    assert stored == {"source_table": "goods", "source_schema": "shop", "source_name": "goods"}
    pg.execute("insert into goods values (1, 'a')")
    assert (taken(pg), made[:3]) == (["1"], "vt_")


def test_functions_and_operators_in_public_are_never_called_in_place_of_the_built_in_ones(products: Pg) -> None:
    """Whoever may create in a schema of the caller's search path must not get code run with the caller's rights."""
    products.execute("create table public.fooled (by text)")
    trap = "returns {0} language plpgsql as $$ begin insert into public.fooled values ('{1}'); return null; end $$"
    for signature, result in {
        "format(text, text)": "text",
        "format(text, text, text)": "text",
        "format(text, name, text)": "text",
        "format_type(oid, text)": "text",
        "to_regclass(varchar)": "regclass",
        "jsonb_agg_step(jsonb, jsonb)": "jsonb",
        "unnest(int2[])": "int2",
        "int_is_oid(oid, int)": "boolean",
        "arrow(jsonb, jsonb)": "text",
        "replace(text, char, char)": "text",
        "lower(varchar)": "text",
    }.items():
        products.execute(f"create function public.{signature} {trap.format(result, signature)}".encode())
    products.execute(
        "create aggregate public.jsonb_agg(jsonb) (sfunc = public.jsonb_agg_step, stype = jsonb);"
        "create operator public.= (leftarg = oid, rightarg = int, function = public.int_is_oid);"
        "create operator public.->> (leftarg = jsonb, rightarg = jsonb, function = public.arrow)"
    )
    assert vector_table(products)
    assert refusal(products, name="w", mode="cloud").sqlstate == "EBV01"
    assert products.execute("select by from public.fooled").fetchall() == []


def test_facts_from_a_connection_describe_a_table_of_another_database(pg: Pg) -> None:
    """The same name may exist here too: no trigger may land on it."""
    pg.execute(PRODUCTS)
    facts = value(pg, "describe_source", source_table="products")
    far = value(pg, "create_connection", name="far", mode="managed", host="db.example", database="d", username="u")
    for capture in ("poll", "trigger"):
        value(pg, "record_connection_test", p_connection_id=far, p_capture=capture, p_error=None)
        made = vector_table(pg, name=capture, connection="far", source_facts=json.dumps(facts))
        (stored,) = pg.execute("select capture_id from embedd.vector_tables where id = %s", [made]).fetchall()
        assert stored["capture_id"] is None
    assert pg.execute("select from pg_trigger where tgname like 'zz_embedd%'").fetchall() == []


def test_a_connection_that_was_never_tested_is_not_used(products: Pg) -> None:
    made = value(products, "create_connection", name="far", mode="managed", host="h", database="d", username="u")
    assert refusal(products, connection="far") == Refusal(
        "EBR01", "The connection far is created, not connected.", f"Test it first: POST /v1/connections/{made}/test."
    )


def test_the_mode_of_the_connection_decides(products: Pg) -> None:
    far = value(products, "create_connection", name="far", mode="platform", host="h", database="d", username="u")
    value(products, "finish_connection_test", p_connection_id=far, p_found="{}", p_error=None)
    assert refusal(products, connection="far", mode="managed") == Refusal(
        "EBV01", "mode must be platform.", "It must be the mode of the connection; leave it out to use that one."
    )


def test_vector_tables_of_another_environment_or_organization_do_not_exist(products: Pg) -> None:
    made = vector_table(products, name="mine")
    products.execute(
        "insert into embedd.environments (organization_id, name) values ('org_self_hosted', 'dev');"
        "insert into embedd.organizations (id, name) values ('org_other', 'other');"
        "insert into embedd.users (organization_id, name, role) values ('org_other', 'o', 'owner');"
        "insert into embedd.environments (organization_id, name) values ('org_other', 'prod')"
    )
    for place in ({"environment": "dev"}, {"organization": "org_other"}):
        acting_as(products, **place)
        assert rows(products, "list_vector_tables") == []
        for function in BY_NAME:
            for reference in (made, "mine"):
                assert refused(products, function, vector_table=reference) == Refusal(
                    "EBN04",
                    f"There is no vector table '{reference}' in this environment.",
                    "List the vector tables to see which exist; name one by its name or id.",
                )
        assert refusal(products, name="mine").sqlstate == "EBN02", "the connection 'local' is prod's"
    for place in ({"environment": "nope"}, {"organization": "org_nope"}):
        acting_as(products, **place)
        assert refused(products, "list_vector_tables").sqlstate == "EBN01"
    acting_as(products)
    assert row(products, "get_vector_table", vector_table="mine")["id"] == made


def test_two_vector_tables_made_at_once_on_one_source_share_a_capture(alone: Pg, installed: str) -> None:
    alone.execute(PRODUCTS)
    second = """select embedd.create_vector_table(name => 'second', source_table => 'products',
                                                  columns => '[{"name": "note", "role": "embedding"}]')"""
    with session(installed) as watching, alone.transaction():
        vector_table(alone, name="first", columns=embedding("name"))
        with started(installed, second) as creating:
            until(lambda: creating.is_blocked(watching))
            alone.execute("commit; begin")
            creating.future.result(20)
    (capture,) = alone.execute("select tracked_columns from embedd.captures").fetchall()
    assert capture["tracked_columns"] == ["name", "note"]
    alone.execute("insert into products (id) values (1); delete from embedd.outbox; update products set note = 'n'")
    assert taken(alone) == ["1"]


@pytest.mark.parametrize(
    ("noun", "functions"),
    [
        ("vector_table", ["get_vector_table", "sync_status", "get_active_generation", "get_searchable_generation"]),
        ("connection", ["get_connection"]),
        ("embedder", ["get_embedder"]),
    ],
)
def test_an_unknown_name_is_refused_whatever_plan_is_chosen(pg: Pg, noun: str, functions: list[str]) -> None:
    """A name resolved inside a query is not looked at when the query meets no row: nothing would be said at all."""
    pg.execute("insert into embedd.environments (organization_id, name) values ('org_self_hosted', 'empty')")
    acting_as(pg, environment="empty")
    pg.execute("set local enable_indexscan = off; set local enable_bitmapscan = off")
    for function in functions:
        told = refused(pg, function, **{noun: "nope"})
        assert str(told.sqlstate).startswith("EBN")
        assert told.message == f"There is no {noun.replace('_', ' ')} 'nope' in this environment."


NEWER = json.dumps([NAME, {"name": "made", "role": "metadata", "filter_type": "datetime"}])


@pytest.fixture
def dated(products: Pg) -> Pg:
    """A session in a database whose only worker is one of this version. The table `products` has a date."""
    products.execute("alter table products add made date; delete from embedd.looks")
    value(products, "record_look", p_worker="new", p_error=None, p_knows=newest()["control"])
    return products


@pytest.mark.parametrize("knows", [None, 38])
def test_a_filter_type_that_a_running_worker_cannot_read_is_refused(dated: Pg, knows: int | None) -> None:
    made = vector_table(dated)
    value(dated, "record_look", p_worker="old", p_error=None, p_knows=knows)
    told = Refusal(
        "EBC12",
        "A worker of an earlier version is running, which cannot read columns of filter_type datetime.",
        "Upgrade embedd-pg where its workers run, and start them again.",
    )
    assert refusal(dated, columns=NEWER) == told
    assert refused(dated, "update_vector_table", vector_table=made, columns=NEWER) == told
    vector_table(dated, name="with older types")
    dated.execute("update embedd.looks set looked_at = now() - interval '1 min' where worker = 'old'")
    vector_table(dated, columns=NEWER, name="after the end of the worker")
    value(dated, "update_vector_table", vector_table=made, columns=NEWER)


def test_programs_that_cannot_read_a_filter_type_in_use_are_not_served_until_it_is_gone(dated: Pg) -> None:
    oldest = rows(dated, "oldest_program")
    made = vector_table(dated, name="with older types")
    assert rows(dated, "oldest_program") == oldest
    value(dated, "update_vector_table", vector_table=made, columns=NEWER)
    assert {row["line"]: row["number"] for row in rows(dated, "oldest_program")}["control"] == 39
    value(dated, "update_vector_table", vector_table=made, columns=COLUMNS)
    assert rows(dated, "oldest_program") == oldest
