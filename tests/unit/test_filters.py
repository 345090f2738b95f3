"""The compiler of filters for Qdrant: numbers have the type of their field, and names in paths are plain."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from embedd_pg.stores.qdrant import filter as qdrant_filter


@pytest.mark.parametrize("name", ["_e", "a.b", "d[0]", '"x"', "grün", "🙂", "-2e-", "-", "a b", "A_z9"])
def test_encoded_names_are_plain_and_reversible(name: str) -> None:
    assert re.fullmatch(r"[A-Za-z0-9_-]+", qdrant_filter.encoded(name))
    assert qdrant_filter.decoded(qdrant_filter.encoded(name)) == name


@given(st.text(min_size=1), st.text(min_size=1))
def test_no_two_names_share_an_encoding(one: str, other: str) -> None:
    assert (one == other) == (qdrant_filter.encoded(one) == qdrant_filter.encoded(other))


@pytest.mark.parametrize(
    "node",
    [
        {"in": {"field": "n", "type": "float", "values": [3]}},
        {"range": {"field": "n", "type": "float", "bounds": {"gte": 3, "lte": 3}}},
    ],
)
def test_a_whole_number_for_a_float_field_is_a_double(node: Any) -> None:
    written = str(qdrant_filter.compiled(node, "vt_1"))
    assert "3.0" in written and "3}" not in written


def test_a_node_of_an_unknown_kind_is_an_error() -> None:
    with pytest.raises(ValueError, match="like is not a filter"):
        qdrant_filter.compiled({"like": {"field": "n", "type": "keyword", "values": ["a"]}}, "vt_1")
