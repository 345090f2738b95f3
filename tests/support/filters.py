"""Filters for tests: checked by a database without a vector table, random JSON, and injections."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import psycopg
from hypothesis import strategies as st

from embedd_pg.database.call import translate
from embedd_pg.filter_types import FilterType
from embedd_pg.search.plan import request_json
from embedd_pg.stores.base import Filter

#: The documented limits on the size of a filter.
MAX_DEPTH, MAX_CONDITIONS, MAX_VALUES = 5, 64, 1000

NAMES = st.one_of(
    st.sampled_from(
        [
            "word",
            "count",
            "price",
            "flag",
            "when",
            "tags",
            "$or",
            "$and",
            "$not",
            *("eq", "ne", "gt", "gte", "lt", "lte", "in", "nin", "prefix", "any", "all", "exists"),
        ]
    ),
    st.text(max_size=5),
)
SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(st.characters(codec=None), max_size=5),
    st.sampled_from([2**63, -(2**63), 2**63 - 1, 10**400, 1.5, "\0", "\ud800", "now-7d", "2026-03-13"]),
)
JSON = st.recursive(
    SCALARS,
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(NAMES, inner, max_size=4)),
    max_leaves=12,
)

INJECTIONS = [
    "' or 1=1 --",
    '" or ""="',
    "'; drop table x; --",
    "%s",
    "%(a)s",
    "{}",
    "\\'; select pg_sleep(9)--",
    "1) or (1=1",
    "$1",
    "$$;select 1;$$",
    "a' union select null--",
]

_sessions: list[psycopg.Connection[Any]] = []


@contextmanager
def checked_in(dsn: str) -> Iterator[None]:
    """Check filters in this database, which has the schema, while the block runs."""
    with psycopg.connect(dsn, autocommit=True) as session:
        _sessions.append(session)
        try:
            yield
        finally:
            _sessions.remove(session)


def checked(filters: Any, fields: Mapping[str, FilterType]) -> Filter | None:
    """Return `filters`, checked and compiled, or None for an empty filter. Raise ValidationError."""
    if filters is None:
        return None
    assert _sessions, "the fixture filter_check is needed"
    query = "select f, embedd_internal.compile_filter(f) from embedd_internal.check_filter(%s, %s, 'pgvector') f"
    try:
        row = _sessions[-1].execute(query, [request_json(filters), json.dumps(dict(fields))]).fetchone()
    except psycopg.Error as error:
        raise translate(error) from error
    assert row is not None
    return None if row[0] is None else Filter(*row)


def nested(depth: int) -> dict[str, Any]:
    return {"word": "a"} if depth == 1 else {"$or": [nested(depth - 1)]}
