"""Composing texts and metadata, cutting them to size, and packing them into requests."""

from __future__ import annotations

import itertools
import math

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from embedd_pg.embedding.providers.base import Limits
from embedd_pg.sources.layout import Layout
from embedd_pg.sources.table import SourceRow
from embedd_pg.sync.row.text import Document, compose, estimate_tokens, request_sizes, truncate

TEXTS = st.text(st.characters(codec=None), max_size=60)
VALUES = st.none() | st.text(max_size=20) | st.integers() | st.floats() | st.booleans()


def layout(*text: tuple[str, str]) -> Layout:
    """A layout whose text is made of these columns, each with its prefix."""
    key = [{"name": "id", "type": "integer"}]
    columns = [{"name": name, "role": "embedding", "name_prefix": prefix} for name, prefix in sorted(text)]
    return Layout.parse(schema="public", table="t", key=key, columns=columns, text=text)


TWO = layout(("a", "A: "), ("b", "B: "))


def composed(a: str | None, b: str | None, *, salt: bytes = b"x", max_tokens: int = 8192, **values: object) -> Document:
    return compose(TWO, SourceRow((a, b), values), fingerprint=salt, max_tokens=max_tokens)


def test_parts_stand_in_order_behind_their_prefixes() -> None:
    assert composed("one", "two").text == "A: one\nB: two"


@pytest.mark.parametrize("blank", [None, "", " ", "\t\n", "\u2003"])
def test_a_blank_value_vanishes_with_its_prefix(blank: str | None) -> None:
    assert composed(blank, "two").text == "B: two"
    assert composed("one", blank).text == "A: one"
    nothing = composed(blank, blank)
    assert (nothing.text, nothing.text_hash, nothing.truncated) == ("", "", False)


def test_the_text_has_its_own_order_and_results_that_of_the_configuration() -> None:
    mixed = layout(("c", ""), ("a", ""), ("b", ""))
    assert [column.name for column in mixed.text] == ["c", "a", "b"]
    assert [column.name for column in mixed.columns] == ["a", "b", "c"]


def test_nul_characters_and_lone_surrogates_are_left_out() -> None:
    assert composed("a\0b\ud800c\udfff😀", None).text == "A: abc😀"


def test_the_text_hash_depends_on_text_and_configuration_alone() -> None:
    first = composed("one", "two", price=1)
    assert composed("one", "two", price=2).text_hash == first.text_hash
    assert composed("one", "two", salt=b"y").text_hash != first.text_hash
    assert composed("one", "three").text_hash != first.text_hash
    assert composed("one", "two", price=2).metadata_hash != first.metadata_hash


def test_prefix_and_order_belong_to_the_configuration() -> None:
    renamed = layout(("a", "Other: "), ("b", "B: "))
    turned = layout(("b", "B: "), ("a", "A: "))
    assert len({TWO.fingerprint(), renamed.fingerprint(), turned.fingerprint()}) == 3


@pytest.mark.parametrize("absent", [None, math.nan, math.inf, -math.inf])
def test_values_that_json_cannot_hold_are_stored_as_absent(absent: float | None) -> None:
    assert composed("a", "b", price=absent).metadata == {}
    assert composed("a", "b", price=absent).metadata_hash == composed("a", "b").metadata_hash


@given(TEXTS, TEXTS, st.dictionaries(st.text(max_size=5), VALUES, max_size=4))
def test_the_same_row_always_makes_the_same_document(a: str, b: str, values: dict[str, object]) -> None:
    turned = dict(reversed(values.items()))
    one = compose(TWO, SourceRow((a, b), values), fingerprint=b"x", max_tokens=20)
    other = compose(TWO, SourceRow((a, b), turned), fingerprint=b"x", max_tokens=20)
    assert (one.text_hash, one.metadata_hash, one.text) == (other.text_hash, other.metadata_hash, other.text)
    one.text.encode()
    assert "\0" not in one.text
    assert bool(one.text) == bool(one.text_hash)
    assert estimate_tokens(one.text) <= 20


@given(TEXTS, st.integers(0, 40))
@example("aaaa" * 20, 0)
def test_a_cut_text_is_the_longest_beginning_within_the_limit(text: str, limit: int) -> None:
    cut = truncate(text, limit)
    assert text.startswith(cut)
    assert estimate_tokens(cut) <= limit
    if cut != text:
        assert estimate_tokens(text[: len(cut) + 1]) > limit


@given(st.text(max_size=50), st.text(max_size=50))
def test_more_text_is_never_fewer_tokens(a: str, b: str) -> None:
    assert max(estimate_tokens(a), estimate_tokens(b)) <= estimate_tokens(a + b)
    assert estimate_tokens(a + b) <= estimate_tokens(a) + estimate_tokens(b)


@given(st.lists(st.text(max_size=80), max_size=40), st.integers(1, 8), st.integers(1, 60))
def test_requests_hold_every_text_once_and_stay_within_the_limits(texts: list[str], items: int, tokens: int) -> None:
    spans = list(request_sizes(texts, Limits(items, tokens, tokens)))
    assert [position for start, end in spans for position in range(start, end)] == list(range(len(texts)))
    for start, end in spans:
        assert 1 <= end - start <= items
        assert end - start == 1 or sum(map(estimate_tokens, texts[start:end])) <= tokens
    for (start, end), _ in itertools.pairwise(spans):
        full = end - start == items or sum(map(estimate_tokens, texts[start : end + 1])) > tokens
        assert full, "no request is sent half empty"
