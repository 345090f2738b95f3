"""The request of a search on its way to the database, and the plan that comes back.

embedd_internal.plan_search() checks a request and decides how it is carried out. JSON in PostgreSQL cannot hold all
values of Python: no NUL and no lone surrogate in a text, no number that is not finite. request_json() replaces such
values by stand-ins that lead to the same result.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from embedd_pg.errors import ValidationError
from embedd_pg.stores.base import Filter, storable_text

#: The stand-in for a text that PostgreSQL cannot hold. It equals no stored text and no column name: it has 128 random
#: bits.
UNSTORABLE = f"<text that PostgreSQL cannot hold, {secrets.token_hex(16)}>"
#: The stand-in for numbers that are not finite or exceed it; it exceeds the range of every column, too.
BEYOND = 10**400


@dataclass(frozen=True, slots=True)
class SearchPlan:
    """How to carry out a search."""

    limit: int
    #: The number of rows to find; a reranker keeps `limit` of them.
    candidates: int
    #: The number of rows that each ranking of a hybrid search returns.
    depth: int
    #: The weight of meaning in a hybrid score; the rest is the weight of words.
    meaning: float
    min_score: float | None
    #: The columns and fields that results show; None for all.
    select: frozenset[str] | None
    filter: Filter | None


def parse_plan(row: Mapping[str, Any]) -> SearchPlan:
    """Read the JSON of embedd_internal.plan_search()."""
    return SearchPlan(
        row["limit"],
        row["candidates"],
        row["depth"],
        row["meaning"],
        row["min_score"],
        None if row["select"] is None else frozenset(row["select"]),
        None if row["filter"] is None else Filter(row["filter"], row["condition"]),
    )


def request_json(request: Mapping[str, Any]) -> str:
    """Write a request as JSON that PostgreSQL can read. Raise ValidationError for values that JSON cannot hold."""
    try:
        return json.dumps(_storable(request))
    except RecursionError:
        raise ValidationError("filters is nested too deep.") from None


def _storable(value: Any) -> Any:
    match value:
        case None | bool():
            return value
        case str():
            return value if storable_text(value) == value else UNSTORABLE
        case int() | float():
            # The comparison is false for infinity and NaN.
            return value if -BEYOND < value < BEYOND else BEYOND
        case list() | tuple():
            return [_storable(item) for item in value]
        case Mapping():
            return {_storable(str(name)): _storable(item) for name, item in value.items()}
    raise ValidationError(f"filters must be JSON; a value of type {type(value).__name__} is not.")
