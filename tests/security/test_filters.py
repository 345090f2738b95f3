"""Filters: a tree of declared columns and values. embedd's own fields cannot be queried, and no value becomes SQL."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import psycopg
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from embedd_pg.errors import ValidationError
from embedd_pg.filter_types import FilterType
from embedd_pg.stores.base import Mark, StoreTable
from embedd_pg.stores.pgvector.store import PgvectorStore
from tests.api.conftest import Service, working
from tests.support.filters import INJECTIONS, JSON, MAX_CONDITIONS, MAX_DEPTH, MAX_VALUES, NAMES, checked, nested
from tests.support.postgres import Cluster
from tests.support.stores import DIMENSIONS, FIELDS, axis, keys, opened, point

pytestmark = pytest.mark.usefixtures("filter_check")

#: What is ours in a store, as somebody would ask for it.
OURS = [
    "_e",
    "_e.dead",
    "_e.v",
    "_e.th",
    "_e.pk",
    "d",
    "d.word",
    "d[0]",
    "metadata",
    "token",
    "dead",
    "text_hash",
    "key",
    "*",
    "",
]


def leaves(node: Mapping[str, Any], depth: int = 1) -> list[tuple[str, Any, int]]:
    """Return the conditions on fields in a tree: the kind and content of each, and its depth."""
    [(kind, content)] = node.items()
    if kind in ("and", "or"):
        return [leaf for part in content for leaf in leaves(part, depth + 1)]
    return leaves(content, depth) if kind == "not" else [(kind, content, depth)]


@settings(max_examples=200, deadline=None)
@given(filters=st.one_of(JSON, st.dictionaries(st.one_of(NAMES, st.sampled_from(OURS)), JSON, max_size=4)))
def test_row_25_any_json_becomes_a_tree_of_declared_columns_within_its_bounds_or_is_refused(filters: Any) -> None:
    try:
        filter = checked(filters, FIELDS)
    except ValidationError as error:
        assert error.message.startswith("filters")
        return
    found = [] if filter is None else leaves(filter.tree)
    assert len(found) <= MAX_CONDITIONS
    for kind, content, depth in found:
        assert kind in ("in", "all", "range", "prefix", "exists") and content["field"] in FIELDS
        assert depth <= 2 * MAX_DEPTH and len(content.get("values", [])) <= MAX_VALUES


async def test_row_25_our_own_fields_in_a_store_cannot_be_queried_and_limits_hold(service: Service) -> None:
    table = await service.vector_table()
    excessive = [
        nested(MAX_DEPTH + 1),
        {"$or": [{"category": "a"}] * (MAX_CONDITIONS + 1)},
        {"category": {"in": ["a"] * (MAX_VALUES + 1)}},
    ]
    async with working(service.clients):
        await service.synced(table)
    for filters in [*({name: {"eq": True}} for name in OURS), *({"$or": [{name: 1}]} for name in OURS), *excessive]:
        refused = await service.http.post(f"/v1/vector-tables/{table}/query", json={"query": "x", "filters": filters})
        assert refused.status_code == 422, refused.text
        assert refused.json()["error"]["message"].startswith("filters"), refused.text
    with psycopg.connect(service.dsn, autocommit=True) as session:
        for filters in [{name: True} for name in OURS]:
            asked = [json.dumps(filters), json.dumps(FIELDS)]
            with pytest.raises(psycopg.errors.DatabaseError, match="filters"):
                session.execute("select embedd_internal.check_filter(%s, %s, 'pgvector')", asked)


def each_way(name: str, word: str) -> dict[str, Any]:
    """A filter in which a name and a value occur in each kind of node."""
    return {"$or": [{name: word}, {name: {"nin": [word, "b"]}}, {name: {"exists": False}}, {name + "#": {"gt": 1}}]}


async def test_row_26_no_name_and_no_value_of_a_filter_changes_what_pgvector_is_asked(
    cluster: Cluster, tmp_path: Path
) -> None:
    """PostgreSQL identifies a query by what its parser has read, apart from the values of constants."""
    async with opened("pgvector", cluster=cluster, directory=tmp_path) as store:
        assert isinstance(store, PgvectorStore)
        table = StoreTable("stored", "vt", DIMENSIONS, {"word": "keyword"})
        await store.create(table)
        points = [point(f"k{place}", metadata={"word": word}) for place, word in enumerate(INJECTIONS)]
        await store.upsert(table, 1, points)
        everything = {each.key for each in points}
        for place, word in enumerate(INJECTIONS):
            for condition in (word, {"in": [word]}, {"eq": word, "exists": True}):
                assert await keys(store, table, {"word": condition}) == {f"k{place}"}
            assert await keys(store, table, {"word": {"ne": word}}) == everything - {f"k{place}"}
            named = await store.search_lexical(table, "text", limit=100, filter=checked({"word": word}, table.fields))
            assert [hit.key for hit in named] == [f"k{place}"]

    def condition(name: str, word: str) -> str:
        fields: dict[str, FilterType] = {name: "keyword", name + "#": "float"}
        made = checked(each_way(name, word), fields)
        assert made is not None and made.condition is not None
        return made.condition

    with cluster.fresh_database() as dsn, psycopg.connect(dsn, autocommit=True) as session:
        session.execute("set compute_query_id = on; create table stored (metadata jsonb)")

        def identifier(condition: str) -> int:
            explained = f"explain (verbose, format json) select from stored where {condition}"
            row = session.execute(explained.encode()).fetchone()
            assert row is not None
            return int(row[0][0]["Query Identifier"])

        plain = identifier(condition("name", "word"))
        assert {identifier(condition(payload, payload)) for payload in INJECTIONS} == {plain}
        assert identifier(condition("name", "word") + " or 1 = 1") != plain


@pytest.mark.parametrize("kind", ["pgvector", "qdrant"])
async def test_row_35_columns_may_have_our_names_without_touching_our_fields(
    kind: str, cluster: Cluster, tmp_path: Path
) -> None:
    names = ["_e", "a.b", "d[0]", "_e.dead", "a", "d", "$or", '"x"', "b[]", "metadata"]
    fields: dict[str, FilterType] = dict.fromkeys(names, "keyword")
    async with opened(kind, cluster=cluster, directory=tmp_path) as store:
        table = StoreTable("embedd_test_names", "vt_names", DIMENSIONS, fields)
        await store.create(table)
        metadata = {name: f"value of {name}" for name in names}
        await store.upsert(table, 5, [point("one", metadata=metadata), point("two", metadata={"a": "other"})])
        hits = await store.search(table, axis(0), limit=10, filter=checked({"_e": "value of _e"}, fields))
        assert [(hit.key, hit.metadata, hit.text) for hit in hits] == [("one", metadata, "text of one")]
        for name in names:
            assert await keys(store, table, {name: {"eq": f"value of {name}"}}) == {"one"}, name
            assert await keys(store, table, {name: {"exists": False}}) == ({"two"} if name != "a" else set()), name
        marks = await store.marks(table, ["one", "two"])
        assert marks == dict.fromkeys(("one", "two"), Mark(5, "t1", "m1", False))
        # A row cannot make itself dead or older, either.
        await store.upsert(table, 6, [point("one", metadata={"_e": "dead", "_e.dead": "true", "d": "{}"})])
        assert (await store.marks(table, ["one"]))["one"] == Mark(6, "t1", "m1", False)
        assert await keys(store, table, {"_e.dead": "true"}) == {"one"}
