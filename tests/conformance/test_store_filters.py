"""Every store answers a filter like a plain evaluation in Python, hence all of them alike."""

from __future__ import annotations

import itertools
import math
import random
import uuid
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from embedd_pg.errors import ValidationError
from embedd_pg.filter_types import FilterType
from embedd_pg.stores.base import Store, StoreTable
from tests.support.filters import checked
from tests.support.stores import FIELDS, axis, keys, point

pytestmark = pytest.mark.usefixtures("filter_check")

IDENTS = ["0f8fad5b-d9cb-469f-a165-70867728950e", "7c9e6679-7425-40de-944b-e07fc1f90ae7"]
ROWS: list[dict[str, Any]] = [
    {},
    {"word": "a", "count": 1, "price": 1.0, "flag": True},
    {"word": "A", "count": 0, "price": -0.5, "flag": False},
    {"word": "", "count": -1, "price": 0.1, "flag": None},
    {"word": None, "count": None, "price": None, "flag": None},
    {"word": "1", "count": 2**53 + 1, "price": 2**53 + 1},
    {"word": "true", "count": 2**63 - 1, "price": 1e300},
    {"word": "ü🙂'\"\\", "count": -(2**63), "price": 5e-324},
    {"word": "null", "count": 2**62 + 511, "price": 150},
    {"word": 1, "count": "1", "price": "1", "flag": 1, "when": 1, "ident": 1, "tags": 1, "codes": "1"},
    {"when": "2026-03-13T10:00:00.000000Z", "ident": IDENTS[0], "tags": ["a", "A"], "codes": [1, 2]},
    {"when": "2026-03-13T10:00:00.000001Z", "ident": IDENTS[1], "tags": ["", "a", "a"], "codes": [0]},
    {"when": "2026-03-13T09:59:59.999999Z", "tags": [], "codes": []},
    {"when": "0001-01-01T00:00:00.000000Z", "tags": ["1", "ü🙂'\"\\"], "codes": [2**53 + 1, 2**63 - 1]},
    {"when": "9999-12-31T23:59:59.999999Z", "tags": ["null"], "codes": [-(2**63)]},
    {"when": "1969-12-31T23:59:59.999999Z", "ident": None, "tags": None, "codes": None},
    {"when": "infinity"},
    {"when": "10000-01-01 00:00:00", "tags": ["true"], "codes": [-1]},
    {"when": "0044-03-15 BC"},
    {"when": None},
]


ELEMENTS: dict[str, FilterType] = {"tags": "keyword", "codes": "integer"}
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800}


def moment(operand: str) -> datetime:
    """Return the time that an operand means. The rows are years away from what is relative to now."""
    if operand.startswith("now"):
        return datetime.now(UTC) + timedelta(seconds=int(operand[3:-1] or 0) * UNITS.get(operand[-1], 0))
    found = datetime.fromisoformat(operand.upper().replace("Z", "+00:00"))
    return found if found.tzinfo else found.replace(tzinfo=UTC)


#: The times among the values of ROWS.
MOMENTS = {row["when"]: moment(row["when"]) for row in ROWS if str(row.get("when")).endswith("Z")}


def holds(row: Mapping[str, Any], filters: Mapping[str, Any]) -> bool:
    return all(_holds(row, name, condition) for name, condition in filters.items())


def _holds(row: Mapping[str, Any], name: str, condition: Any) -> bool:
    if name == "$or":
        return any(holds(row, part) for part in condition)
    if name == "$and":
        return all(holds(row, part) for part in condition)
    if name == "$not":
        return not holds(row, condition)
    if not isinstance(condition, dict):
        condition = {"eq": condition}
    return all(_operator(row.get(name), name, op.lstrip("$"), operand) for op, operand in condition.items())


def _operator(value: Any, name: str, operator: str, operand: Any) -> bool:
    if operator == "exists":
        return (value not in (None, [])) is operand
    wanted = operand if isinstance(operand, list) else [operand]
    if operator in ("any", "all"):
        kind, elements = ELEMENTS[name], value if isinstance(value, list) else []
        return {"any": any, "all": all}[operator](any(_equal(one, e, kind) for one in elements) for e in wanted)
    if operator == "prefix":
        return isinstance(value, str) and value.startswith(operand)
    if operator in ("gt", "gte", "lt", "lte"):
        kind, compare = FIELDS[name], {"gt": "__gt__", "gte": "__ge__", "lt": "__lt__", "lte": "__le__"}
        if kind == "datetime":
            return value in MOMENTS and bool(getattr(MOMENTS[value], compare[operator])(moment(str(operand))))
        if isinstance(value, bool) or not isinstance(value, int | float):
            return False
        if kind == "float":
            return bool(getattr(float(value), compare[operator])(float(operand)))
        return {
            "gt": value > operand,
            "gte": value >= operand,
            "lt": value < operand,
            "lte": value <= operand,
        }[operator]
    equal = any(_equal(value, one, FIELDS[name]) for one in wanted)
    return equal if operator in ("eq", "in") else not equal


def _equal(value: Any, operand: Any, kind: FilterType) -> bool:
    if kind == "datetime":
        return value in MOMENTS and MOMENTS[value] == moment(operand)
    if kind == "uuid":
        return isinstance(value, str) and uuid.UUID(value) == uuid.UUID(operand)
    numbers = kind in ("integer", "float")
    if numbers and (isinstance(value, bool) or not isinstance(value, int | float)):
        return False
    if not numbers and type(value) is not type(operand):
        return False
    return float(value) == float(operand) if kind == "float" else bool(value == operand)


WORDS = st.sampled_from(["a", "A", "", "1", "true", "null", "ü🙂'\"\\", "b", "a\0", "\ud800"])
COUNTS = st.one_of(
    st.sampled_from(
        [0, 1, -1, 1.0, 1.5, -0.5, 2**53, 2**53 + 1, 2**53 + 2, 2**62 + 511, 2**62 + 512, 2**63 - 1, -(2**63)]
    ),
    st.integers(-(2**63), 2**63 - 1),
)
PRICES = st.one_of(
    st.sampled_from([0, 1, 1.0, -0.5, 0.1, 2**53 + 1, 1e300, 5e-324, 150, -0.0]),
    st.floats(allow_nan=False, allow_infinity=False),
)
TIMES = st.one_of(
    st.sampled_from(
        [
            *MOMENTS,
            "2026-03-13",
            "2026-03-13T10:00:00",
            "2026-03-13 10:00",
            "2026-03-13t12:00:00.000001+02:00",
            "9999-12-31",
            "2026-03-13T10:00:00.0Z",
            "2026-03-12T23:00:00.000001-11",
            "now-40d",
            "now+9m",
            "now",
            "now-1h",
            "now+2w",
        ]
    ),
    st.datetimes(datetime(1000, 1, 1), datetime(9000, 1, 1)).map(datetime.isoformat),
)
UUIDS = st.sampled_from(
    [*IDENTS, IDENTS[0].upper(), IDENTS[1].replace("-", ""), "{" + IDENTS[0] + "}", str(uuid.UUID(int=0))]
)
OPERANDS: dict[str, st.SearchStrategy[Any]] = {
    "word": WORDS,
    "count": COUNTS,
    "price": PRICES,
    "flag": st.booleans(),
    "when": TIMES,
    "ident": UUIDS,
    "tags": WORDS,
    "codes": COUNTS,
}


def conditions(name: str) -> st.SearchStrategy[Any]:
    operand, operands = OPERANDS[name], st.lists(OPERANDS[name], max_size=3)
    operators: dict[str, st.SearchStrategy[Any]] = {"exists": st.booleans()}
    if name in ELEMENTS:
        operators |= {"any": operands, "$all": operands}
    else:
        operators |= {"eq": operand, "ne": operand, "in": operands, "$nin": operands}
    if FIELDS[name] in ("integer", "float", "datetime"):
        operators |= dict.fromkeys(["gt", "$gte", "lt", "lte"], operand)
    if FIELDS[name] == "keyword":
        operators["prefix"] = operand
    chosen = st.sets(st.sampled_from(sorted(operators)), min_size=1, max_size=3)
    several = chosen.flatmap(lambda names: st.fixed_dictionaries({name: operators[name] for name in names}))
    return several if name in ELEMENTS else st.one_of(operand, several)


FLAT = st.fixed_dictionaries({}, optional={name: conditions(name) for name in FIELDS})
FILTERS = st.recursive(
    FLAT,
    lambda inner: st.one_of(
        st.builds(
            lambda flat, name, parts: {**flat, name: parts},
            FLAT,
            st.sampled_from(["$or", "$and"]),
            st.lists(inner, min_size=1, max_size=2),
        ),
        st.builds(lambda flat, part: {**flat, "$not": part}, FLAT, inner),
    ),
    max_leaves=3,
)


@pytest.fixture
async def rows(store: Store, table: StoreTable) -> Sequence[Mapping[str, Any]]:
    """ROWS, and random ones beside them, under their number as key."""
    choice = random.Random(3)
    made = list(ROWS)
    for _ in range(30):
        row = {name: choice.choice(ROWS).get(name) for name in FIELDS}
        made.append({name: value for name, value in row.items() if choice.random() < 0.8})
    await store.upsert(table, 1, [point(str(i), metadata=row) for i, row in enumerate(made)])
    return made


@settings(
    max_examples=150,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(filters=FILTERS)
async def test_random_filters_answer_like_a_plain_evaluation(
    store: Store, table: StoreTable, rows: Sequence[Mapping[str, Any]], filters: Any
) -> None:
    try:
        tree = checked(filters, FIELDS)
    except ValidationError as error:  # a generated filter can only be too large
        assert "too deep" in str(error) or "too many" in str(error)
        return
    answer = {hit.key for hit in await store.search(table, axis(0), limit=100, filter=tree)}
    assert answer == {str(i) for i, row in enumerate(rows) if holds(row, filters)}


CASES: list[Any] = [
    *[{name: {"exists": wanted}} for name in FIELDS for wanted in (True, False)],
    *[{name: {op: []}} for name in FIELDS for op in (("any", "all") if name in ELEMENTS else ("in", "nin"))],
    *[{"when": {op: time}} for op in ("gt", "gte", "lt", "lte", "eq", "ne") for time in MOMENTS],
    {"when": {"in": [*list(MOMENTS)[:2], "2026-03-13"]}},
    {"when": {"gt": "2000-01-01", "lte": "now+1w"}},
    *[{"word": {"prefix": prefix}} for prefix in ("", "a", "tru", "true", "true ", "ü", "ü🙂'", "%", "_", "\\")],
    *[{"tags": {op: tags}} for op in ("any", "all") for tags in (["a"], ["a", "A"], ["a", "b"], ["ü🙂'\"\\"])],
    *[{"codes": {op: codes}} for op in ("any", "all") for codes in ([1], [1, 2.0], [1, 1.5], [2**53 + 1], [2**53])],
    *[{"$not": {name: {"exists": True}}} for name in FIELDS],
    {"$not": {"when": {"gte": "2026-03-13"}}},
    {"$not": {}},
    {"$not": {"$not": {"tags": {"any": ["a"]}}}},
    *[{"count": {op: n}} for op in ("gt", "gte", "lt", "lte", "eq", "neq") for n in (-0.5, 0, 1, 1.0, 1.5)],
    *[
        {"count": {op: n + d}}
        for op in ("gt", "gte", "lt", "lte", "eq", "ne")
        for n in (2**53, 2**62 + 511, 2**63 - 2, -(2**63) + 1)
        for d in (-1, 0, 1)
    ],
    *[{"price": {op: n}} for op in ("gt", "gte", "lt", "lte", "eq", "ne") for n in (0.1, 1, 150, 2**53 + 1)],
    *[{"word": {op: ["a", "1", "zz"]}} for op in ("in", "nin")],
    *[{"word": word} for word in ("a", "A", "", "1", "true", "null", "ü🙂'\"\\", "' or 1=1 --", "%s")],
    *[{"flag": {op: value}} for op in ("eq", "ne") for value in (True, False)],
    *[{"flag": {op: [True, False]}} for op in ("in", "nin")],
    {"$or": [{"word": "a"}, {"count": 0}], "price": {"lt": 0.5}},
    {"$or": [{}, {"word": "a"}]},
    {"$and": [{"word": "a"}, {"$or": [{"count": 1}, {"count": {"exists": False}}]}]},
]


async def test_adjacent_numbers_are_distinguished(store: Store, table: StoreTable) -> None:
    choice = random.Random(8)
    middle = [choice.random() * 10 ** choice.randint(-8, 14) for _ in range(8)]
    middle += [0.3, 1.1, -2.675, 4288428326224730.0, 1e22, 5e-324, float(2**53), 1.7976931348623157e308]
    prices = sorted({near for number in middle for near in neighbours(number)} | {2**53 - 1, 0, -7.25})
    counts = [-(2**63), -(2**63) + 1, 2**53 - 1, 2**53 + 1, 2**62 + 511, 2**63 - 2, 2**63 - 1]
    rows = [{"price": price, "count": count} for price, count in itertools.zip_longest(prices, counts)]
    await store.upsert(table, 1, [point(str(i), metadata=row) for i, row in enumerate(rows)])
    for filters in (
        *({"price": {operator: price}} for price in prices for operator in ("eq", "gt", "lte")),
        *({"count": {operator: count}} for count in counts for operator in ("eq", "gt", "gte", "lt", "lte")),
        {"price": {"in": prices[::2]}},
        {"price": {"gt": prices[2], "gte": prices[3], "lt": prices[-2], "lte": prices[-4]}},
        {"price": {"gte": prices[5], "lte": prices[5]}},
    ):
        assert await keys(store, table, filters) == {str(i) for i, row in enumerate(rows) if holds(row, filters)}, (
            filters
        )


async def test_adjacent_microseconds_are_distinguished(store: Store, table: StoreTable) -> None:
    choice = random.Random(5)
    years = [datetime(choice.randint(2, 9998), 1, 1, tzinfo=UTC) for _ in range(8)]
    middle = [year + timedelta(seconds=choice.random() * 1e7) for year in years]
    # Doubles hold each microsecond up to a time in the year 2255, 2^53 of them after 1970, and backwards.
    middle += [EPOCH, EPOCH + timedelta(microseconds=2**53), EPOCH - timedelta(microseconds=2**53)]
    times = sorted(time + timedelta(microseconds=step) for time in middle for step in (-2, -1, 0, 1, 2))
    written = [time.strftime("%Y-%m-%dT%H:%M:%S.%fZ").rjust(27, "0") for time in times]
    await store.upsert(table, 1, [point(str(i), metadata={"when": text}) for i, text in enumerate(written)])
    every = range(len(times))
    for i, text in enumerate(written):
        expected = {"eq": [i], "gt": every[i + 1 :], "gte": every[i:], "lt": every[:i], "lte": every[: i + 1]}
        for operator, found in expected.items():
            assert await keys(store, table, {"when": {operator: text}}) == set(map(str, found)), (operator, text)


def neighbours(number: float) -> list[float]:
    near = [math.nextafter(number, -math.inf), number, math.nextafter(number, math.inf)]
    return [one for one in near if math.isfinite(one)]


async def test_each_operator_and_undefined_case_answers_like_a_plain_evaluation(
    store: Store, table: StoreTable, rows: Sequence[Mapping[str, Any]]
) -> None:
    for filters in CASES:
        filters = {
            n: {o.replace("neq", "ne"): v for o, v in c.items()} if isinstance(c, dict) else c
            for n, c in filters.items()
        }
        expected = {str(i) for i, row in enumerate(rows) if holds(row, filters)}
        assert await keys(store, table, filters) == expected, filters
