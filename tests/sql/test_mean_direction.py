"""The vector of a search by rows: what it is made of, and when there is none."""

from __future__ import annotations

import json
from typing import Any

import psycopg
import pytest

from tests.sql.calls import Pg

ONE, OTHER, THIRD = [1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]


def direction(pg: Pg, positive: str, negative: str = "", **vectors: list[float]) -> list[float]:
    """Return the vector of a search by rows whose keys are letters."""
    like = json.dumps({"positive": list(positive), "negative": list(negative)})
    found = pg.execute(
        "select embedd_internal.mean_direction(%s, %s::text[], %s::float8[]) as made",
        [like, list(vectors), list(vectors.values())],
    ).fetchone()
    return list(found["made"])


def refused(pg: Pg, *arguments: Any, **vectors: list[float]) -> psycopg.Error:
    with pytest.raises(psycopg.Error) as raised, pg.transaction():
        direction(pg, *arguments, **vectors)
    assert raised.value.sqlstate == "EBV01" and raised.value.diag.message_hint
    return raised.value


def test_each_row_counts_the_same_whatever_the_length_of_its_vector(pg: Pg) -> None:
    assert direction(pg, "a", a=[0.0, 5.0, 0.0]) == [0, 2, 0]
    assert direction(pg, "ab", a=[100.0, 0.0, 0.0], b=THIRD) == [1, 0, 1]
    assert direction(pg, "ba", b=[0.0, 3.0, 4.0], a=ONE) == pytest.approx([1, 0.6, 0.8])


def test_the_mean_of_negative_rows_is_subtracted_once(pg: Pg) -> None:
    vectors = {"c": [0.0, 0.0, 5.0], "a": ONE, "b": OTHER}
    assert direction(pg, "a", "c", a=ONE, c=THIRD) == [2, 0, -1]
    assert direction(pg, "a", "bc", **vectors) == [2, -0.5, -0.5]
    assert direction(pg, "ab", "c", **vectors) == [1, 1, -1]


def test_rows_that_are_missing_are_named_in_their_order(pg: Pg) -> None:
    message = refused(pg, "xa", "wv", a=ONE).diag.message_primary
    assert message == 'like names rows that no search finds: "x", "w", "v".'
    message = refused(pg, "a").diag.message_primary
    assert message == 'like names rows that no search finds: "a".'
    assert "and 2 more" in str(refused(pg, "abcdefg"))


def test_rows_without_a_common_direction_are_refused(pg: Pg) -> None:
    for vectors in ({"a": ONE, "b": [-3.0, 0.0, 0.0]}, {"a": [0.0, 0.0, 0.0], "b": [0.0, 0.0, 0.0]}):
        assert "cancel each other out" in str(refused(pg, "ab", **vectors))
