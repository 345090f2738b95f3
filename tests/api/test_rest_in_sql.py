"""Everything that REST can do can be done in SQL: each operation has a row in docs/reference/sql-api.md, and a function
with a parameter for each field of its body."""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path
from typing import Any

import psycopg
import pytest
from pydantic import BaseModel

from embedd_api.app import OPERATIONS
from embedd_api.bodies import Query, Rerank
from embedd_api.operation import Operation
from tests.sql.calls import Pg

DOCS = (Path(__file__).parents[2] / "docs" / "reference" / "sql-api.md").read_text()
_ROW = re.compile(r"^\| `((?:GET|POST|PUT|DELETE) \S+)` \| (.+) \|$", re.MULTILINE)
#: Fields that SQL calls otherwise: by name, and never with a secret.
CALLED = {
    "connection_id": "connection",
    "embedding_provider_id": "embedder",
    "default_model": "model",
    "api_key": "api_key_ref",
    "display_name": "name",
    "provider_type": "provider",
    "endpoint_url": "base_url",
    "model_identifier": "model",
    "credentials": "api_key_ref",
    "embedder_id": "id",
    "replace_labels": "labels",
}
#: Fields without a parameter, and why.
WITHOUT = {
    "owner_id": "embedd.user says who acts",
    "merge_labels": "labels are given whole",
}
#: Operations whose bodies hold a secret that has to be sealed: their functions take what the service makes of it.
SEALED = {"create_connection", "update_connection", "create_api_key"}


@cache
def documented() -> dict[str, str]:
    rows = _ROW.findall(DOCS.partition("## From REST to SQL")[2])
    assert len(rows) == len(dict(rows)), "one row an operation"
    return dict(rows)


def functions(operation: Operation) -> list[str]:
    return re.findall(r"`(\w+)\(\)`", documented()[f"{operation.method} {operation.path}"])


def parameters(pg: Pg, function: str) -> set[str]:
    """The names it can be called with."""
    found = pg.execute(
        "select proargnames[:pronargs] as names from pg_proc"
        " where pronamespace = 'embedd'::regnamespace and proname = %s",
        [function],
    ).fetchone()
    assert found is not None, f"there is no function embedd.{function}()"
    return set(found["names"] or [])


def test_the_table_has_a_row_for_each_operation_and_no_other() -> None:
    assert documented().keys() == {f"{o.method} {o.path}" for o in OPERATIONS}


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.name)
def test_each_operation_is_a_documented_function_or_has_a_reason_not_to_be_one(pg: Pg, operation: Operation) -> None:
    if not functions(operation):
        row = documented()[f"{operation.method} {operation.path}"]
        if view := re.fullmatch(r"the view `(embedd\.\w+)`", row):
            assert pg.execute("select relkind from pg_class where oid = to_regclass(%s)", [view[1]]).fetchall()
        else:
            assert re.match(r"– \w.{20,}", row)
            assert operation.name == "test_connection", "everything else can be had"
    described = DOCS.partition("## From REST to SQL")[0]
    for function in functions(operation):
        parameters(pg, function)
        assert f"`{function}(" in described, f"{function}() is not described"


@pytest.mark.parametrize(
    "operation", [o for o in OPERATIONS if o.body and o.name not in SEALED], ids=lambda operation: operation.name
)
def test_each_field_of_a_body_is_a_parameter(pg: Pg, operation: Operation) -> None:
    assert operation.body is not None
    known = set().union(*(parameters(pg, function) for function in functions(operation)))
    fields = set(operation.body.model_fields) - WITHOUT.keys()
    assert {CALLED.get(field, field) for field in fields} <= known


def test_the_schema_of_a_vector_table_is_the_same_over_rest(pg: Pg) -> None:
    pg.execute(
        "create table kinds (id int primary key, a text, b int, c float8, d boolean, e text, f date, g uuid, h text[])"
    )
    types = {
        "a": "keyword",
        "b": "integer",
        "c": "float",
        "d": "boolean",
        "f": "datetime",
        "g": "uuid",
        "h": "keyword[]",
    }
    metadata = ",".join(f'{{"name": "{n}", "role": "metadata", "filter_type": "{t}"}}' for n, t in types.items())
    pg.execute(
        "select embedd.create_vector_table('kinds', 'kinds', %s::json)",
        [f'[{{"name": "e", "role": "embedding", "ordinal": 2, "name_prefix": "E: "}}, {metadata}]'],
    )
    first, *rest = pg.execute("select * from embedd.vector_table_schema('kinds')").fetchall()
    assert first == {
        "name": "e",
        "role": "embedding",
        "ordinal": 2,
        "name_prefix": "E: ",
        "filter_type": None,
        "operators": [],
    }
    words = ["eq", "ne", "in", "nin", "exists"]
    ordered = ["eq", "ne", "gt", "gte", "lt", "lte", "in", "nin", "exists"]
    assert {row["name"]: row["operators"] for row in rest} == {
        "a": ["eq", "ne", "in", "nin", "prefix", "exists"],
        **dict.fromkeys(["b", "c", "f"], ordered),
        **dict.fromkeys(["d", "g"], words),
        "h": ["any", "all", "exists"],
    }


@pytest.mark.parametrize(
    ("body", "field", "path", "least", "most"),
    [
        (Query, "limit", ["limit"], 1, 100),
        (Query, "min_similarity_score", ["min_similarity_score"], 0, 1),
        (Query, "query", ["query"], "x", "x" * 100_000),
        (Rerank, "candidates", ["rerank", "candidates"], 10, 1000),
        (Rerank, "model", ["rerank", "model"], "x", "x" * 200),
    ],
)
def test_the_document_of_a_query_has_the_bounds_that_sql_holds(
    pg: Pg, body: type[BaseModel], field: str, path: list[str], least: Any, most: Any
) -> None:
    written = body.model_json_schema()["properties"][field]
    [bounds] = [kind for kind in written.get("anyOf", [written]) if kind["type"] != "null"]
    size = len(most) if isinstance(most, str) else most
    assert size == bounds.get("maximum", bounds.get("maxLength"))
    beyond = most * 2 if isinstance(most, str) else most + 1
    for asked, accepted in ((least, True), (most, True), (beyond, False)):
        request: Any = asked
        for name in reversed(path):
            request = {name: request}
        if "rerank" in request:
            request["rerank"]["embedder"] = "own"
        assert planned(pg, {"query": "x", "limit": 10, "search_mode": "vector"} | request) == accepted


def planned(pg: Pg, request: dict[str, Any]) -> bool:
    generation = '{"store": {"co_located": true}, "source": {"columns": []}}'
    try:
        with pg.transaction():
            pg.execute("select embedd_internal.plan_search(%s, %s)", [generation, json.dumps(request)])
    except psycopg.errors.DatabaseError as error:
        assert error.sqlstate == "EBV01"
        return False
    return True


def test_details_of_an_embedder_are_changed_by_name(pg: Pg) -> None:
    pg.execute("select embedd.create_embedder('own', 'openai', model => 'm', base_url => 'http://127.0.0.1:1')")
    pg.execute(
        "select embedd.set_embedder_details('own', description => 'ours', labels => '{\"team\": \"search\"}',"
        " dimensionality => 12, max_sequence_length => 100, supported_modalities => '{TEXT,IMAGE}')"
    )
    pg.execute("select embedd.set_embedder_details('own', description => '', api_path => '/v2/embed')")
    (shown,) = pg.execute("select * from embedd.get_embedder_record(%s)", [_id(pg, "own")]).fetchall()
    assert (shown["description"], shown["labels"], shown["dimensionality"]) == (None, {"team": "search"}, 12)
    assert (shown["api_path"], shown["max_sequence_length"]) == ("/v2/embed", 100)
    assert shown["supported_modalities"] == ["TEXT", "IMAGE"]


def _id(pg: Pg, name: str) -> object:
    (found,) = pg.execute("select id from embedd.embedders where name = %s", [name]).fetchall()
    return found["id"]
