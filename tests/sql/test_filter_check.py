"""The check of filters: accepted filters, their normal form, and refusals of all others."""

from __future__ import annotations

import json
import math
import re
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from embedd_pg.errors import ValidationError
from embedd_pg.filters.tree import And, Exists, FieldType, In, Not, Or, Range
from embedd_pg.search.plan import UNSTORABLE
from embedd_pg.stores.pgvector import filter as pgvector_filter
from embedd_pg.stores.qdrant import filter as qdrant_filter
from tests.support.filters import JSON, MAX_CONDITIONS, MAX_DEPTH, MAX_VALUES, NAMES, checked, nested
from tests.support.stores import FIELDS

WORD, COUNT, PRICE, FLAG = FieldType.KEYWORD, FieldType.INTEGER, FieldType.FLOAT, FieldType.BOOLEAN
pytestmark = pytest.mark.usefixtures("filter_check")
INT64_MAX = 2**63 - 1


@pytest.mark.parametrize("filters", [None, {}])
def test_an_empty_filter_is_no_filter(filters: Any) -> None:
    assert checked(filters, FIELDS) is None


ACCEPTED = [
    ({"word": "a"}, In("word", WORD, ("a",))),
    ({"word": {"eq": "a"}}, In("word", WORD, ("a",))),
    ({"word": {"ne": "a"}}, Not(In("word", WORD, ("a",)))),
    ({"word": {"neq": "a"}}, Not(In("word", WORD, ("a",)))),
    ({"word": {"in": ["a", "b", "a"]}}, In("word", WORD, ("a", "b"))),
    ({"word": {"nin": ["a"]}}, Not(In("word", WORD, ("a",)))),
    ({"word": {"in": []}}, In("word", WORD, ())),
    ({"word": {"nin": []}}, Not(In("word", WORD, ()))),
    ({"word": {"exists": True}}, Exists("word")),
    ({"word": {"exists": False}}, Not(Exists("word"))),
    ({"word": "a\0b"}, In("word", WORD, (UNSTORABLE,))),
    ({"word": {"ne": "\ud800"}}, Not(In("word", WORD, (UNSTORABLE,)))),
    ({"flag": True}, In("flag", FLAG, (True,))),
    ({"flag": {"in": [True, False]}}, In("flag", FLAG, (True, False))),
    ({"count": 1.0}, In("count", COUNT, (1,))),
    ({"count": 1.5}, In("count", COUNT, ())),
    ({"count": {"nin": [1.5, 2]}}, Not(In("count", COUNT, (2,)))),
    ({"price": 150}, In("price", PRICE, (150.0,))),
    ({"price": {"gte": 50, "lte": 200}}, Range("price", PRICE, gte=50.0, lte=200.0)),
    ({"price": {"gt": 1, "$gt": 2, "lt": 9, "$lt": 8}}, Range("price", PRICE, gt=2.0, lt=8.0)),
    ({"count": {"gt": 1, "lt": 5}}, Range("count", COUNT, gte=2, lte=4)),
    ({"count": {"gt": 1.5, "lt": 4.5}}, Range("count", COUNT, gte=2, lte=4)),
    ({"count": {"gte": 1.5, "lte": 4.5}}, Range("count", COUNT, gte=2, lte=4)),
    ({"count": {"gte": -0.5, "lt": 0.5}}, Range("count", COUNT, gte=0, lte=0)),
    ({"count": {"gt": INT64_MAX}}, In("count", COUNT, ())),
    ({"count": {"lt": -(2**63)}}, In("count", COUNT, ())),
    (
        {"word": "a", "flag": False},
        And((In("flag", FLAG, (False,)), In("word", WORD, ("a",)))),
    ),
    (
        {"price": {"gt": 1, "ne": 3, "exists": True}},
        And((Not(In("price", PRICE, (3.0,))), Exists("price"), Range("price", PRICE, gt=1.0))),
    ),
    (
        {"$or": [{"word": "a"}, {"$or": [{"count": 1}, {}]}], "flag": True},
        And(
            (
                Or((In("word", WORD, ("a",)), Or((In("count", COUNT, (1,)), And(()))))),
                In("flag", FLAG, (True,)),
            )
        ),
    ),
    ({"$and": [{"word": "a"}, {"word": "b"}]}, And((In("word", WORD, ("a",)), In("word", WORD, ("b",))))),
]


@pytest.mark.parametrize(("filters", "tree"), ACCEPTED)
def test_an_accepted_filter_has_its_documented_meaning(filters: Any, tree: Any) -> None:
    parsed = checked(filters, FIELDS)
    assert parsed == tree
    # Tuples compare 1 and 1.0 and True as equal; the stores do not.
    assert repr(parsed) == repr(tree)


def test_every_operator_has_an_alias_with_a_dollar() -> None:
    operands: dict[str, Any] = dict.fromkeys(("eq", "ne", "neq", "gt", "gte", "lt", "lte"), 1)
    operands |= {"in": [1], "nin": [1], "exists": True}
    for operator, operand in operands.items():
        assert checked({"count": {f"${operator}": operand}}, FIELDS) == checked({"count": {operator: operand}}, FIELDS)


REFUSED = [
    ([], "filters must be an object"),
    ("word", "filters must be an object"),
    ({"nope": 1}, "filters.nope is not a filterable field; allowed: count, flag, price, word"),
    ({"_e.dead": True}, "filters._e.dead is not a filterable field"),
    ({"_e": {"dead": True}}, "filters._e is not a filterable field"),
    ({"$not": {"word": "a"}}, "filters.$not is not a filterable field"),
    ({"word": None}, "filters.word must not be null; use exists"),
    ({"word": {"eq": None}}, "filters.word.eq must not be null"),
    ({"word": {"in": ["a", None]}}, "filters.word.in[1] must not be null"),
    ({"count": {"gt": None}}, "filters.count.gt must not be null"),
    ({"word": 1}, "filters.word must be a string"),
    ({"word": True}, "filters.word must be a string"),
    ({"word": ["a"]}, "filters.word must be a string"),
    ({"word": {}}, "filters.word must name an operator; allowed: eq, ne"),
    ({"word": {"like": "a"}}, "filters.word.like is not an operator; allowed: eq, ne"),
    ({"word": {"$or": []}}, "filters.word.$or is not an operator"),
    ({"word": {"in": "abc"}}, "filters.word.in must be an array"),
    ({"word": {"nin": {"a": 1}}}, "filters.word.nin must be an array"),
    ({"word": {"exists": 1}}, "filters.word.exists must be true or false"),
    ({"word": {"gt": "a"}}, "filters.word.gt is a comparison of numbers, but the field is keyword"),
    ({"flag": {"lte": True}}, "filters.flag.lte is a comparison of numbers, but the field is boolean"),
    ({"flag": 1}, "filters.flag must be true or false"),
    ({"flag": "true"}, "filters.flag must be true or false"),
    ({"count": True}, "filters.count must be a number"),
    ({"count": "1"}, "filters.count must be a number"),
    ({"price": {"gte": "1"}}, "filters.price.gte must be a number"),
    ({"price": {"gte": False}}, "filters.price.gte must be a number"),
    ({"price": math.nan}, "filters.price must be a number within the range of a double"),
    ({"count": {"lt": math.inf}}, "filters.count.lt must be within the range of a 64-bit integer"),
    ({"price": {"in": [-math.inf]}}, "filters.price.in[0] must be a number within the range of a double"),
    ({"count": 2**63}, "filters.count must be within the range of a 64-bit integer"),
    ({"count": {"gte": -(2**63) - 1}}, "filters.count.gte must be within the range"),
    ({"count": {"gt": 1e300}}, "filters.count.gt must be within the range"),
    ({"price": 10**400}, "filters.price must be a number within the range of a double"),
    ({"$or": []}, "filters.$or must be an array of at least one"),
    ({"$or": {"word": "a"}}, "filters.$or must be an array"),
    ({"$and": None}, "filters.$and must be an array"),
    ({"$or": [{"word": "a"}, "b"]}, "filters.$or[1] must be an object"),
    ({"$or": [{"word": "a"}, {"nope": 1}]}, "filters.$or[1].nope is not a filterable field"),
    ({"$or": [None]}, "filters.$or[0] must be an object"),
]


@pytest.mark.parametrize(("filters", "message"), REFUSED)
def test_a_refused_filter_names_the_fault(filters: Any, message: str) -> None:
    with pytest.raises(ValidationError, match=re.escape(message)):
        checked(filters, FIELDS)


def test_a_table_without_filterable_fields_says_so() -> None:
    with pytest.raises(ValidationError, match="allowed: none in this table"):
        checked({"word": "a"}, {})


def test_the_limits_hold_exactly() -> None:
    checked(nested(MAX_DEPTH), FIELDS)
    checked({"$or": [{"word": "a"}] * MAX_CONDITIONS}, FIELDS)
    checked({"word": {"in": [str(i) for i in range(MAX_VALUES)]}}, FIELDS)
    too_much = [
        (nested(MAX_DEPTH + 1), "nested too deep"),
        ({"$or": [{"word": "a"}] * (MAX_CONDITIONS + 1)}, "at most 64"),
        ({"$or": [{}] * (MAX_CONDITIONS + 1)}, "at most 64"),
        ({"$or": [{"word": "a", "count": {"gt": 1, "lt": 2}}] * 22}, "at most 64"),
        ({"word": {"in": ["a"] * (MAX_VALUES + 1)}}, "at most 1000"),
    ]
    for filters, message in too_much:
        with pytest.raises(ValidationError, match=message):
            checked(filters, FIELDS)


@pytest.mark.parametrize("name", ["$or", "$and", "$x", "a.b", "d[0]", "_e", "or", "eq", "in", "$in", ""])
def test_a_column_may_have_any_name(name: str) -> None:
    fields = {name: WORD, "word": WORD}
    assert checked({name: "a"}, fields) == In(name, WORD, ("a",))
    assert checked({name: {"ne": "a"}}, fields) == Not(In(name, WORD, ("a",)))
    assert checked({"$or": [{name: "a"}]}, fields) == Or((In(name, WORD, ("a",)),))


def test_a_message_holds_a_name_from_the_request_cut_and_encodable() -> None:
    with pytest.raises(ValidationError) as caught:
        checked({"\ud800" + "x" * 10_000: 1}, FIELDS)
    assert len(caught.value.message.encode()) < 300


@settings(max_examples=400, deadline=None)
@given(filters=st.one_of(JSON, st.dictionaries(NAMES, JSON, max_size=4)))
def test_any_json_is_a_filter_or_a_validation_error(filters: Any) -> None:
    try:
        tree = checked(filters, FIELDS)
    except ValidationError as error:
        assert error.message.startswith("filters")
        error.message.encode()
        return
    if tree is not None:
        text, values = pgvector_filter.compiled(tree)
        assert text.count("%s") == len(values)
        json.dumps(qdrant_filter.compiled(tree), allow_nan=False).encode()
