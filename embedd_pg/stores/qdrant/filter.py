"""Compilation of filters into Qdrant's JSON, the index of each filter type, and the encoding of column names for
paths."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from typing import Any

from qdrant_client.models import PayloadSchemaType

from embedd_pg.filter_types import FilterType

Condition = dict[str, Any]

#: The index that a column of this type has, which decides how Qdrant compares its values.
INDEXES: dict[FilterType, PayloadSchemaType] = {
    "keyword": PayloadSchemaType.KEYWORD,
    "integer": PayloadSchemaType.INTEGER,
    "float": PayloadSchemaType.FLOAT,
    "boolean": PayloadSchemaType.BOOL,
}


def encoded(name: str) -> str:
    """Return a column name without characters that have a meaning in a path; `-2e-` is a dot."""
    return re.sub(r"[^A-Za-z0-9_]", lambda match: f"-{ord(match[0]):x}-", name)


def decoded(name: str) -> str:
    return re.sub(r"-([0-9a-f]+)-", lambda match: chr(int(match[1], 16)), name)


def path(name: str) -> str:
    """Return the path of a user's column in the payload."""
    return f"d.{encoded(name)}"


def compiled(tree: Mapping[str, Any]) -> Condition:
    """Compile the normal form that embedd_internal.check_filter() describes."""
    [(kind, content)] = tree.items()
    match kind:
        case "and":
            return {"must": [compiled(part) for part in content]} if content else negated(_never())
        case "or":
            return {"should": [compiled(part) for part in content]} if content else _never()
        case "not":
            return negated(compiled(content))
    where = path(content["field"])
    match kind:
        case "exists":
            return negated(_absent(where))
        case "in":
            return _in(where, content["type"], content["values"])
        case "range":
            return _range(where, content["type"], content["bounds"])
    raise ValueError(f"{kind} is not a filter")


def equal(where: str, value: str | int | bool) -> Condition:
    return {"key": where, "match": {"value": value}}


def negated(condition: Condition) -> Condition:
    return {"must_not": [condition]}


def _in(where: str, type_: FilterType, values: list[Any]) -> Condition:
    if not values:
        return _never()
    if type_ == "float":
        # Qdrant cannot match floats, but a range of one number does the same.
        return {"should": [_range(where, type_, {"gte": value, "lte": value}) for value in values]}
    if type_ == "boolean":
        return {"should": [equal(where, value) for value in values]}
    return {"key": where, "match": {"any": values}}


def _range(where: str, type_: FilterType, bounds: Mapping[str, Any]) -> Condition:
    if type_ == "integer":
        return {"must": [_one_bound(where, bound, up=name == "gte") for name, bound in bounds.items()]}
    # JSON does not distinguish whole doubles from integers, but Qdrant does.
    return _between(where, **{name: float(bound) if type_ == "float" else bound for name, bound in bounds.items()})


def _one_bound(where: str, bound: int, *, up: bool) -> Condition:
    """Return a comparison with an integer, although Qdrant's bounds are doubles.

    A bound beyond 2^53 moves inwards to the next double. The integers that this leaves out, at most 1023, are listed.
    """
    double = float(bound)
    if up and double < bound:
        double = math.nextafter(double, math.inf)
    if not up and double > bound:
        double = math.nextafter(double, -math.inf)
    beyond = _between(where, gte=double) if up else _between(where, lte=double)
    left_out = list(range(bound, int(double)) if up else range(int(double) + 1, bound + 1))
    return {"should": [beyond, {"key": where, "match": {"any": left_out}}]} if left_out else beyond


def _between(where: str, **bounds: Any) -> Condition:
    return {"key": where, "range": bounds}


def _absent(where: str) -> Condition:
    return {"is_empty": {"key": where}}


def _never() -> Condition:
    """Return a condition that is never true, because every point has a token."""
    return _absent("_e.v")
