"""The text of a key: one for each key; texts that cannot be a key are recognised without a query."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from embedd_pg.sources.key import Key, join, split

UUID = "00000000-0000-0000-0000-00000000000a"


def key(*types: str) -> Key:
    return Key.parse([{"name": f"c{place}", "type": kind} for place, kind in enumerate(types)])


@given(parts=st.lists(st.text(st.characters(exclude_categories=["Cs"])), min_size=2, max_size=4))
def test_parts_come_back_from_the_text_they_made(parts: list[str]) -> None:
    text = join(parts)
    assert split(text) == tuple(parts)
    assert json.loads(text) == parts


@given(one=st.lists(st.text(max_size=3), min_size=2, max_size=2), other=st.lists(st.text(max_size=3), min_size=2))
def test_different_keys_have_different_texts(one: list[str], other: list[str]) -> None:
    assert (join(one) == join(other)) == (one == other)


NO_KEYS = [
    "",
    "42",
    '["42"]x',
    '[ "a","b"]',
    "[1,2]",
    '["a",1]',
    '{"a":"b"}',
    '["\\u0061","b"]',
    '"ab"',
    "null",
    "[NaN]",
    '["\\ud800","b"]',
    "\0",
    '["a","b"',
    "[" * 10**5,
]


@pytest.mark.parametrize("text", NO_KEYS, ids=range(len(NO_KEYS)))
def test_other_texts_are_not_split(text: str) -> None:
    assert split(text) == ()
    assert not key("text", "text").may_hold(text)
    with pytest.raises(ValueError, match="no key of c0, c1"):
        key("text", "text").parts(text)


@pytest.mark.parametrize(
    ("types", "text", "may"),
    [
        (["bigint"], "42", True),
        (["bigint"], "4 2", False),
        (["bigint"], "9223372036854775808", False),
        (["uuid"], UUID, True),
        (["uuid"], UUID.upper(), False),
        (["text"], "", True),
        (["text"], "a\0", False),
        (["bigint", "integer"], '["42","7"]', True),
        (["bigint", "integer"], '["42","2147483648"]', True),
        (["bigint", "integer"], '["42","9223372036854775808"]', False),
        (["bigint", "integer"], '["42"]', False),
        (["bigint", "integer"], '["42","7","1"]', False),
        (["bigint", "integer"], "42", False),
        (["bigint", "integer"], '["42",""]', False),
        (["smallint", "uuid"], f'["-1","{UUID}"]', True),
        (["smallint", "uuid"], f'["-1","{UUID[1:]}"]', False),
        (["text", "character varying"], '["",""]', True),
        (["text", "integer"], '["a\\u0000","1"]', False),
    ],
)
def test_texts_that_cannot_be_a_key_are_recognised(types: list[str], text: str, may: bool) -> None:
    assert key(*types).may_hold(text) is may
    assert (key(*types).arrays("k", [text])["k_0"] != []) is may
