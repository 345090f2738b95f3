"""Filters: a tree of declared columns and bound values. embedd's own fields cannot be queried, and no value becomes
SQL."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import psycopg
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from psycopg_pool import AsyncConnectionPool

from embedd_pg.errors import ValidationError
from embedd_pg.filters.tree import And, Exists, FieldType, Filter, In, Not, Or, Range
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


def parts(tree: Filter, depth: int = 1) -> list[tuple[Any, int]]:
    """The conditions of a tree, each with its depth."""
    if isinstance(tree, And | Or):
        return [found for part in tree.parts for found in parts(part, depth + 1)]
    return parts(tree.part, depth) if isinstance(tree, Not) else [(tree, depth)]


@settings(max_examples=200, deadline=None)
@given(filters=st.one_of(JSON, st.dictionaries(st.one_of(NAMES, st.sampled_from(OURS)), JSON, max_size=4)))
def test_row_25_any_json_becomes_a_tree_of_declared_columns_within_its_bounds_or_is_refused(filters: Any) -> None:
    try:
        tree = checked(filters, FIELDS)
    except ValidationError as error:
        assert error.message.startswith("filters")
        return
    found = [] if tree is None else parts(tree)
    assert len(found) <= MAX_CONDITIONS
    for part, depth in found:
        assert isinstance(part, In | Range | Exists) and part.field in FIELDS
        assert depth <= 2 * MAX_DEPTH and (not isinstance(part, In) or len(part.values) <= MAX_VALUES)


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
        fields = json.dumps({name: str(kind) for name, kind in FIELDS.items()})
        for filters in [{name: True} for name in OURS]:
            with pytest.raises(psycopg.errors.DatabaseError, match="filters"):
                session.execute("select embedd_internal.check_filter(%s, %s)", [json.dumps(filters), fields])


async def test_row_26_values_of_filters_reach_pgvector_only_as_bound_parameters(
    cluster: Cluster, tmp_path: Path
) -> None:
    """Read from what the driver really sent: no statement that was parsed has a value in it, each was bound."""
    sent = tmp_path / "sent"
    with cluster.fresh_database() as dsn, sent.open("wb") as file:
        with psycopg.connect(dsn, autocommit=True) as session:
            session.execute("create extension vector")

        async def traced(conn: psycopg.AsyncConnection[Any]) -> None:
            conn.pgconn.trace(file.fileno())

        pool = AsyncConnectionPool(
            dsn, open=False, min_size=1, max_size=1, kwargs={"autocommit": True}, configure=traced
        )
        async with pool:
            store = PgvectorStore(pool, "public")
            table = StoreTable("stored", "vt", DIMENSIONS, {"word": FieldType.KEYWORD})
            await store.create(table)
            points = [point(f"k{place}", metadata={"word": word}) for place, word in enumerate(INJECTIONS)]
            await store.upsert(table, 1, points)
            for place, word in enumerate(INJECTIONS):
                for condition in (word, {"in": [word]}, {"eq": word, "exists": True}):
                    assert await keys(store, table, {"word": condition}) == {f"k{place}"}
                everything = {f"k{other}" for other in range(len(INJECTIONS))}
                assert await keys(store, table, {"word": {"ne": word}}) == everything - {f"k{place}"}
    # Without what marks quotes in JSON, in an array and in the trace.
    messages = sent.read_text(errors="replace").replace("\\", "").replace('"', "").splitlines()
    parsed = [line for line in messages if "\tParse\t" in line]
    bound = [line for line in messages if "\tBind\t" in line]
    assert parsed and bound
    for word in (payload.replace("\\", "").replace('"', "") for payload in INJECTIONS):
        assert any(word in line for line in bound), word
        assert len(word) < 4 or not any(word in line for line in parsed), word


@pytest.mark.parametrize("kind", ["pgvector", "qdrant"])
async def test_row_35_columns_may_have_our_names_without_touching_our_fields(
    kind: str, cluster: Cluster, tmp_path: Path
) -> None:
    names = ["_e", "a.b", "d[0]", "_e.dead", "a", "d", "$or", '"x"', "b[]", "metadata"]
    fields = dict.fromkeys(names, FieldType.KEYWORD)
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
