"""The check of filters: accepted filters, their normal form, and refusals of all others."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Mapping
from typing import Any, get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from embedd_pg.database.sql_files import function_text
from embedd_pg.errors import ValidationError
from embedd_pg.filter_types import MADE_BY, READ_AS, FilterType
from embedd_pg.search.plan import UNSTORABLE
from embedd_pg.stores.qdrant import filter as qdrant_filter
from tests.sql.calls import PRODUCTS, Pg, Refusal, refused, rows, value, vector_table
from tests.support.filters import JSON, MAX_CONDITIONS, MAX_DEPTH, MAX_VALUES, NAMES, checked, nested
from tests.support.stores import FIELDS

pytestmark = pytest.mark.usefixtures("filter_check")
INT64_MAX = 2**63 - 1
WORD: FilterType = "keyword"
IDENT = "0f8fad5b-d9cb-469f-a165-70867728950e"

Node = dict[str, Any]


def one_of(field: str, *values: Any) -> Node:
    return {"in": {"field": field, "type": FIELDS.get(field, WORD), "values": list(values)}}


def within(field: str, **bounds: Any) -> Node:
    return {"range": {"field": field, "type": FIELDS[field], "bounds": bounds}}


def exists(field: str) -> Node:
    return {"exists": {"field": field}}


def negation(node: Node) -> Node:
    return {"not": node}


def tree(filters: Any, fields: Mapping[str, FilterType] = FIELDS) -> Any:
    """The normal form of `filters`; None if they ask for nothing."""
    found = checked(filters, fields)
    return found and found.tree


def same(one: Any, other: Any) -> bool:
    """Return whether two values are the same JSON. In Python 1 and True are equal, in a store they are not."""
    return json.dumps(one, sort_keys=True) == json.dumps(other, sort_keys=True)


@pytest.mark.parametrize("filters", [None, {}])
def test_an_empty_filter_is_no_filter(filters: Any) -> None:
    assert checked(filters, FIELDS) is None


ACCEPTED = [
    ({"word": "a"}, one_of("word", "a")),
    ({"word": {"eq": "a"}}, one_of("word", "a")),
    ({"word": {"ne": "a"}}, negation(one_of("word", "a"))),
    ({"word": {"neq": "a"}}, negation(one_of("word", "a"))),
    ({"word": {"in": ["a", "b", "a"]}}, one_of("word", "a", "b")),
    ({"word": {"nin": ["a"]}}, negation(one_of("word", "a"))),
    ({"word": {"in": []}}, one_of("word")),
    ({"word": {"nin": []}}, negation(one_of("word"))),
    ({"word": {"exists": True}}, exists("word")),
    ({"word": {"exists": False}}, negation(exists("word"))),
    ({"word": "a\0b"}, one_of("word", UNSTORABLE)),
    ({"word": {"ne": "\ud800"}}, negation(one_of("word", UNSTORABLE))),
    ({"flag": True}, one_of("flag", True)),
    ({"flag": {"in": [True, False]}}, one_of("flag", True, False)),
    ({"count": 1.0}, one_of("count", 1)),
    ({"count": 1.5}, one_of("count")),
    ({"count": {"nin": [1.5, 2]}}, negation(one_of("count", 2))),
    ({"price": 150}, one_of("price", 150)),
    ({"price": {"gte": 50, "lte": 200}}, within("price", gte=50, lte=200)),
    ({"price": {"gt": 1, "$gt": 2, "lt": 9, "$lt": 8}}, within("price", gt=2, lt=8)),
    ({"count": {"gt": 1, "lt": 5}}, within("count", gte=2, lte=4)),
    ({"count": {"gt": 1.5, "lt": 4.5}}, within("count", gte=2, lte=4)),
    ({"count": {"gte": 1.5, "lte": 4.5}}, within("count", gte=2, lte=4)),
    ({"count": {"gte": -0.5, "lt": 0.5}}, within("count", gte=0, lte=0)),
    ({"count": {"gt": INT64_MAX}}, one_of("count")),
    ({"count": {"lt": -(2**63)}}, one_of("count")),
    (
        {"word": "a", "flag": False},
        {"and": [one_of("flag", False), one_of("word", "a")]},
    ),
    (
        {"price": {"gt": 1, "ne": 3, "exists": True}},
        {"and": [negation(one_of("price", 3)), exists("price"), within("price", gt=1)]},
    ),
    (
        {"$or": [{"word": "a"}, {"$or": [{"count": 1}, {}]}], "flag": True},
        {"and": [{"or": [one_of("word", "a"), {"or": [one_of("count", 1), {"and": []}]}]}, one_of("flag", True)]},
    ),
    ({"$and": [{"word": "a"}, {"word": "b"}]}, {"and": [one_of("word", "a"), one_of("word", "b")]}),
    ({"$not": {"word": "a"}}, negation(one_of("word", "a"))),
    ({"$not": {}}, negation({"and": []})),
    (
        {"$not": {"word": "a", "count": 1}, "flag": True},
        {"and": [negation({"and": [one_of("word", "a"), one_of("count", 1)]}), one_of("flag", True)]},
    ),
    ({"word": {"prefix": "wa"}}, {"prefix": {"field": "word", "type": "keyword", "values": ["wa"]}}),
    ({"tags": {"any": ["a", "b", "a"]}}, one_of("tags", "a", "b")),
    ({"tags": {"all": ["a", "b", "a"]}}, {"all": {"field": "tags", "type": "keyword[]", "values": ["a", "b"]}}),
    ({"codes": {"all": [1, 2.0]}}, {"all": {"field": "codes", "type": "integer[]", "values": [1, 2]}}),
    ({"codes": {"all": [1, 1.5]}}, one_of("codes")),
    ({"codes": {"any": [1, 1.5]}}, one_of("codes", 1)),
    ({"codes": {"all": []}}, None),
    ({"ident": IDENT.upper().replace("-", "")}, one_of("ident", IDENT)),
    ({"when": "2026-03-13"}, one_of("when", "2026-03-13T00:00:00.000000Z")),
    ({"when": {"in": ["2026-03-13T10:00:00+02:00"]}}, one_of("when", "2026-03-13T08:00:00.000000Z")),
    (
        {"when": {"gte": "2026-03-13T10:00:00.5", "lt": "9999-12-31T23:59:59.999999Z"}},
        within("when", gte="2026-03-13T10:00:00.500000Z", lt="9999-12-31T23:59:59.999999Z"),
    ),
    (
        {"when": {"gt": "2026-03-13", "$gt": "2026-03-12", "lte": "2027-01-01", "$lte": "2026-12-31"}},
        within("when", gt="2026-03-13T00:00:00.000000Z", lte="2026-12-31T00:00:00.000000Z"),
    ),
]


@pytest.mark.parametrize(("filters", "normal_form"), ACCEPTED)
def test_an_accepted_filter_has_its_documented_meaning(filters: Any, normal_form: Any) -> None:
    assert same(tree(filters), normal_form)


def test_a_relative_time_is_that_of_the_transaction(pg: Pg) -> None:
    seconds = {"now": 0, "now-90s": -90, "now+15m": 900, "now-2h": -7200, "now-7d": -604_800, "now+1w": 604_800}
    for asked, distance in seconds.items():
        found = check(pg, {"when": {"gt": asked}}, "pgvector")["range"]["bounds"]["gt"]
        row = pg.execute("select extract(epoch from %s::timestamptz - now())::float8 as distance", [found]).fetchone()
        assert row is not None and row["distance"] == distance


def test_the_form_of_a_time_is_independent_of_settings_of_the_session(pg: Pg) -> None:
    pg.execute(
        "set local timezone = 'Asia/Kolkata'; set local datestyle = 'SQL, DMY'; set local intervalstyle = 'iso_8601'"
    )
    assert check(pg, {"when": "2026-03-04T10:00:00"}, "pgvector") == one_of("when", "2026-03-04T10:00:00.000000Z")
    assert check(pg, {"when": "2026-03-04"}, "pgvector") == one_of("when", "2026-03-04T00:00:00.000000Z")


def test_every_operator_has_an_alias_with_a_dollar() -> None:
    operands: dict[str, Any] = dict.fromkeys(("eq", "ne", "neq", "gt", "gte", "lt", "lte"), 1)
    operands |= {"in": [1], "nin": [1], "exists": True}
    for operator, operand in operands.items():
        assert tree({"count": {f"${operator}": operand}}) == tree({"count": {operator: operand}})


REFUSED = [
    ([], "filters must be an object"),
    ("word", "filters must be an object"),
    ({"nope": 1}, f"filters.nope is not a filterable field; allowed: {', '.join(sorted(FIELDS))}"),
    ({"_e.dead": True}, "filters._e.dead is not a filterable field"),
    ({"_e": {"dead": True}}, "filters._e is not a filterable field"),
    ({"$nor": {"word": "a"}}, "filters.$nor is not a filterable field"),
    ({"$not": [{"word": "a"}]}, "filters.$not must be an object"),
    ({"$not": "a"}, "filters.$not must be an object"),
    ({"$not": {"nope": 1}}, "filters.$not.nope is not a filterable field"),
    ({"word": {"$not": {"eq": "a"}}}, "filters.word.$not is not an operator"),
    ({"word": {"prefix": 1}}, "filters.word.prefix must be a string"),
    ({"word": {"any": ["a"]}}, "filters.word.any is not an operator; allowed: eq, ne, in, nin, prefix, exists"),
    ({"count": {"prefix": 1}}, "filters.count.prefix is not an operator"),
    ({"tags": "a"}, "filters.tags must name an operator; allowed: any, all, exists"),
    ({"tags": ["a"]}, "filters.tags must name an operator; allowed: any, all, exists"),
    ({"tags": {"eq": ["a"]}}, "filters.tags.eq is not an operator; allowed: any, all, exists"),
    ({"tags": {"any": "a"}}, "filters.tags.any must be an array"),
    ({"tags": {"all": ["a", 1]}}, "filters.tags.all[1] must be a string"),
    ({"codes": {"any": [2**63]}}, "filters.codes.any[0] must be within the range of a 64-bit integer"),
    ({"tags": {"gt": ["a"]}}, "filters.tags.gt is a comparison of numbers or times, but the field is keyword[]"),
    ({"ident": "a"}, "filters.ident must be a UUID"),
    ({"ident": 1}, "filters.ident must be a UUID as text"),
    ({"when": 1773396000}, "filters.when must be a time as text"),
    ({"when": {"prefix": "2026"}}, "filters.when.prefix is not an operator"),
    *(
        ({"when": time}, "filters.when must be a time in ISO 8601, or relative to now")
        for time in (
            *(
                "",
                "today",
                "infinity",
                "2026",
                "2026-03",
                "2026-02-30",
                "2026-03-13T25:00",
                "2026-03-13T10",
                "0000-01-01",
            ),
            *("2026-03-13T10:00:00.1234567Z", "2026-03-13Z", "2026-03-13T10:00 UTC", "10000-01-01", "2026-03-13 BC"),
            *("now-", "now-7", "now-7y", "now-1.5d", "now - 7d", "NOW", "now-7d-1h", "now+999999999w"),
            *("2026-03-13T10:00:00+25:00", "13.03.2026", "2026-03-13T10:00:00Z; select 1"),
        )
    ),
    ({"when": {"lt": "0001-01-01T00:00:00+01:00"}}, "filters.when.lt must be in the years 1 to 9999"),
    ({"when": {"gt": "9999-12-31T23:59:59-01:00"}}, "filters.when.gt must be in the years 1 to 9999"),
    ({"when": {"gt": "now+999999w"}}, "filters.when.gt must be in the years 1 to 9999"),
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
    ({"word": {"gt": "a"}}, "filters.word.gt is a comparison of numbers or times, but the field is keyword"),
    ({"flag": {"lte": True}}, "filters.flag.lte is a comparison of numbers or times, but the field is boolean"),
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


@pytest.mark.parametrize("name", ["$or", "$and", "$not", "$x", "a.b", "d[0]", "_e", "or", "eq", "in", "$in", ""])
def test_a_column_may_have_any_name(name: str) -> None:
    fields = {name: WORD, "word": WORD}
    assert tree({name: "a"}, fields) == one_of(name, "a")
    assert tree({name: {"ne": "a"}}, fields) == negation(one_of(name, "a"))
    assert tree({"$or": [{name: "a"}]}, fields) == {"or": [one_of(name, "a")]}


def test_a_message_holds_a_name_from_the_request_cut_and_encodable() -> None:
    with pytest.raises(ValidationError) as caught:
        checked({"\ud800" + "x" * 10_000: 1}, FIELDS)
    assert len(caught.value.message.encode()) < 300


@settings(max_examples=400, deadline=None)
@given(filters=st.one_of(JSON, st.dictionaries(NAMES, JSON, max_size=4)))
def test_any_json_is_a_filter_or_a_validation_error(filters: Any) -> None:
    try:
        filter = checked(filters, FIELDS)
    except ValidationError as error:
        assert error.message.startswith("filters")
        error.message.encode()
        return
    if filter is not None:
        assert filter.condition
        json.dumps(qdrant_filter.compiled(filter.tree), allow_nan=False).encode()


@pytest.fixture
def declared(pg: Pg) -> Callable[[str, str], None]:
    """Declare an operator for some filter types or some stores only."""

    def declare(types: str, stores: str) -> None:
        text = function_text("filter_operators")
        row = "(12, 'exists', 'exists', false, 'boolean', null,      null,         '{pgvector,qdrant}')"
        assert row in text
        pg.execute(text.replace(row, f"(12, 'exists', 'exists', false, 'boolean', null, {types}, {stores})").encode())
        # Sessions read new declarations after an upgrade, because it creates all functions again.
        pg.execute("discard plans")

    return declare


def check(pg: Pg, filters: Any, store: str) -> Any:
    return value(pg, "check_filter", p_filters=json.dumps(filters), p_fields=json.dumps(FIELDS), p_store=store)


def test_an_operator_that_a_store_lacks_is_refused_there(pg: Pg, declared: Callable[[str, str], None]) -> None:
    declared("null", "'{qdrant}'")
    filters = {"$or": [{"word": {"exists": True}}]}
    assert check(pg, filters, "qdrant") == {"or": [exists("word")]}
    arguments = {"p_filters": json.dumps(filters), "p_fields": json.dumps(FIELDS), "p_store": "pgvector"}
    assert refused(pg, "check_filter", **arguments) == Refusal(
        "EBV01",
        "filters.$or[0].word.exists is not an operator in pgvector; allowed: eq, ne, in, nin, prefix.",
        "Use another operator, or keep the vectors in a store that has it.",
    )


def test_an_operator_of_other_filter_types_is_refused(pg: Pg, declared: Callable[[str, str], None]) -> None:
    declared("'{integer,float}'", "'{pgvector,qdrant}'")
    assert check(pg, {"count": {"exists": True}}, "pgvector") == exists("count")
    arguments = {"p_filters": json.dumps({"word": {"exists": True}}), "p_fields": json.dumps(FIELDS)}
    told = refused(pg, "check_filter", **arguments, p_store="pgvector")
    assert told.message == "filters.word.exists is not an operator; allowed: eq, ne, in, nin, prefix."


def test_the_schema_of_a_vector_table_leaves_out_operators_that_cannot_be_used(
    pg: Pg, declared: Callable[[str, str], None]
) -> None:
    pg.execute(PRODUCTS)
    vector_table(pg)
    vectors_in_qdrant = rows(pg, "vector_table_schema", vector_table="products")
    declared("null", "'{pgvector}'")
    fewer = rows(pg, "vector_table_schema", vector_table="products")
    assert [row["operators"] for row in vectors_in_qdrant] == [[], [*fewer[1]["operators"], "exists"]]
    assert len(fewer[1]["operators"]) == 8
    pg.execute("update embedd.vector_tables set mode = 'platform'")
    assert rows(pg, "vector_table_schema", vector_table="products") == vectors_in_qdrant


def test_programs_have_the_filter_types_of_sql(pg: Pg) -> None:
    types = value(pg, "filter_types")
    assert list(get_args(FilterType)) == sorted(types, key=lambda name: types[name]["place"])
    assert set(READ_AS) == set(qdrant_filter.INDEXES) == set(types) and set(MADE_BY) <= set(types)
