"""Compilers of filters: no name and no value reaches the text of a statement, and names in Qdrant's paths are plain."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from embedd_pg.filters.tree import And, Exists, FieldType, In, Not, Or, Range
from embedd_pg.stores.pgvector import filter as pgvector_filter
from embedd_pg.stores.qdrant import filter as qdrant_filter
from tests.support.filters import INJECTIONS


@pytest.mark.parametrize("payload", INJECTIONS)
def test_neither_names_nor_values_reach_the_text_of_the_sql(payload: str) -> None:
    def text(name: str, value: str) -> str:
        word = FieldType.KEYWORD
        either = Or((Range("number", FieldType.FLOAT, gt=1.0), In(name, word, (value,))))
        return pgvector_filter.compiled(And((Not(In(name, word, (value, "b"))), Exists(name), either)))[0]

    assert text(payload, payload) == text("plain", "plain")


@pytest.mark.parametrize("name", ["_e", "a.b", "d[0]", '"x"', "grün", "🙂", "-2e-", "-", "a b", "A_z9"])
def test_encoded_names_are_plain_and_reversible(name: str) -> None:
    assert re.fullmatch(r"[A-Za-z0-9_-]+", qdrant_filter.encoded(name))
    assert qdrant_filter.decoded(qdrant_filter.encoded(name)) == name


@given(st.text(min_size=1), st.text(min_size=1))
def test_no_two_names_share_an_encoding(one: str, other: str) -> None:
    assert (one == other) == (qdrant_filter.encoded(one) == qdrant_filter.encoded(other))
