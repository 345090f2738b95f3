"""The request of a search on its way to the database, and the plan that comes back.

embedd_internal.plan_search() checks a request and decides how it is carried out. JSON in PostgreSQL holds less than
Python: no NUL and no lone surrogate in a text, no number that is not finite. request_json() replaces such values by
others that mean the same.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from embedd_pg.errors import ValidationError
from embedd_pg.filters.tree import Filter, load
from embedd_pg.stores.base import storable_text

#: Stands for a text that PostgreSQL cannot hold. No stored text and no column is called so: 128 of its bits are random.
UNSTORABLE = f"<text that PostgreSQL cannot hold, {secrets.token_hex(16)}>"
#: Stands for a number that is not finite or longer than this: beyond the range of any column, too.
BEYOND = 10**400


@dataclass(frozen=True, slots=True)
class Plan:
    """How to carry out a search."""

    limit: int
    #: Rows to find; a reranker keeps `limit` of them.
    candidates: int
    #: Rows that each ranking of a hybrid search brings.
    depth: int
    #: The share of a hybrid score that meaning decides; words decide the rest.
    meaning: float
    min_score: float | None
    filter: Filter | None


def parse_plan(row: Mapping[str, Any]) -> Plan:
    """Read the JSON of embedd_internal.plan_search()."""
    return Plan(
        row["limit"],
        row["candidates"],
        row["depth"],
        row["meaning"],
        row["min_score"],
        None if row["filter"] is None else load(row["filter"]),
    )


def request_json(request: Mapping[str, Any]) -> str:
    """Write a request as JSON that PostgreSQL can read. ValidationError where it is no JSON."""
    try:
        return json.dumps(_held(request))
    except RecursionError:
        raise ValidationError("filters is nested too deep.") from None


def _held(value: Any) -> Any:
    match value:
        case None | bool():
            return value
        case str():
            return value if storable_text(value) == value else UNSTORABLE
        case int() | float():
            # False for a number that is not finite and for NaN.
            return value if -BEYOND < value < BEYOND else BEYOND
        case list() | tuple():
            return [_held(item) for item in value]
        case Mapping():
            return {_held(str(name)): _held(item) for name, item in value.items()}
    raise ValidationError(f"filters must be JSON; a value of type {type(value).__name__} is not.")
