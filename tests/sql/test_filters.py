"""Filters in SQL have the same meaning as over REST: the cases and random filters of the suite for stores."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from psycopg import errors

from embedd_pg.search.plan import request_json
from embedd_pg.stores.base import StoreTable, storable_metadata
from tests.conformance.test_store_filters import CASES, FILTERS, ROWS, holds
from tests.sql.calls import Pg
from tests.support.stores import FIELDS

TABLE = StoreTable("stored", "vt", 1, FIELDS)


@pytest.fixture
def stored(pg: Pg) -> Iterator[list[dict[str, Any]]]:
    """Rows as a store keeps them, under their number; dropped with the transaction."""
    choice = random.Random(3)
    rows = list(ROWS)
    for _ in range(30):
        row = {name: choice.choice(ROWS).get(name) for name in FIELDS}
        rows.append({name: value for name, value in row.items() if choice.random() < 0.8})
    pg.execute("create temporary table stored (key int, metadata jsonb)")
    with pg.cursor() as cursor:
        documents = [json.dumps(storable_metadata(TABLE, row), ensure_ascii=False) for row in rows]
        cursor.executemany("insert into stored values (%s, %s)", list(enumerate(documents)))
    yield rows


def answer(pg: Pg, filters: Any) -> set[int]:
    checked = "select embedd_internal.check_filter(%s, %s, 'pgvector') as filter"
    compiled = f"select embedd_internal.compile_filter(filter) as sql from ({checked}) c where filter is not null"
    row = pg.execute(compiled.encode(), [request_json(filters), json.dumps(FIELDS)]).fetchone()
    condition = "true" if row is None else row["sql"]
    return {found["key"] for found in pg.execute(f"select key from stored where {condition}".encode())}


def expected(rows: list[dict[str, Any]], filters: Any) -> set[int]:
    return {number for number, row in enumerate(rows) if holds(row, filters)}


@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(filters=FILTERS)
def test_random_filters_answer_like_a_plain_evaluation(pg: Pg, stored: list[dict[str, Any]], filters: Any) -> None:
    try:
        with pg.transaction():
            found = answer(pg, filters)
    except errors.DatabaseError as error:  # too deep is the only way a generated filter can be wrong
        assert "too deep" in str(error)
        return
    assert found == expected(stored, filters)


def test_each_operator_and_undefined_case_answers_like_a_plain_evaluation(pg: Pg, stored: list[dict[str, Any]]) -> None:
    for filters in CASES:
        filters = {
            n: {o.replace("neq", "ne"): v for o, v in c.items()} if isinstance(c, dict) else c
            for n, c in filters.items()
        }
        assert answer(pg, filters) == expected(stored, filters), filters


@pytest.mark.parametrize("word", ["'; drop table stored; --", "%s %L $1", "\\", "a'b\"c"])
def test_no_value_becomes_sql(pg: Pg, stored: list[dict[str, Any]], word: str) -> None:
    assert answer(pg, {"word": {"in": [word, "a"]}}) == expected(stored, {"word": {"in": [word, "a"]}})
    with pytest.raises(errors.DatabaseError, match="not a filterable field"), pg.transaction():
        answer(pg, {word: 1})
