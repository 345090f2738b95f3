"""Compilation of filters into Qdrant's JSON, the index of each filter type, and the encoding of column names for
paths."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from typing import Any

from embedd_pg.filter_types import FilterType, microseconds
from embedd_pg.stores.qdrant.numbers import bound, inward, kept, order

Condition = dict[str, Any]

#: The index that a column of this type has, which decides how Qdrant compares its values.
INDEXES: dict[FilterType, Any] = {
    "keyword": {"type": "keyword", "prefix": True},
    "integer": "integer",
    "float": "float",
    "boolean": "bool",
    "datetime": "keyword",
    "uuid": "keyword",
    "keyword[]": "keyword",
    "integer[]": "integer",
}


def encoded(name: str) -> str:
    """Return a column name without characters that have a meaning in a path; `-2e-` is a dot."""
    return re.sub(r"[^A-Za-z0-9_]", lambda match: f"-{ord(match[0]):x}-", name)


def decoded(name: str) -> str:
    return re.sub(r"-([0-9a-f]+)-", lambda match: chr(int(match[1], 16)), name)


def path(name: str) -> str:
    """Return the path of a user's column in the payload."""
    return f"d.{encoded(name)}"


def order_path(name: str) -> str:
    """Return the path of a value's position: of a time its microseconds, of a float its place among all doubles, if the
    server does not keep the float exactly."""
    return f"_e.n.{encoded(name)}"


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
        case "exists":
            return negated(_absent(path(content["field"])))
        case "in":
            return _in(content["field"], content["type"], content["values"])
        case "range":
            return _range(content["field"], content["type"], content["bounds"])
        case "all":
            return {"must": [_in(content["field"], content["type"], [value]) for value in content["values"]]}
        case "prefix":
            return {"key": path(content["field"]), "match": {"prefix": content["values"][0]}}
    raise ValueError(f"{kind} is not a filter")


def equal(where: str, value: str | int | bool) -> Condition:
    return {"key": where, "match": {"value": value}}


def negated(condition: Condition) -> Condition:
    return {"must_not": [condition]}


def integers(where: str, lowest: int | None, highest: int | None) -> Condition:
    """Return an exact comparison with integers, although Qdrant's bounds are doubles and read with two roundings.

    A bound moves inwards to the next double that is read exactly. The integers that this leaves out, some thousands
    beyond 2^53, are listed.
    """
    must = []
    if lowest is not None:
        above = bound(lowest, up=True)
        must.append(_listed(where, _between(where, gte=above), range(lowest, int(above))))
    if highest is not None:
        below = bound(highest, up=False)
        must.append(_listed(where, _between(where, lte=below), range(int(below) + 1, highest + 1)))
    return must[0] if len(must) == 1 else {"must": must}


def _in(name: str, type_: FilterType, values: list[Any]) -> Condition:
    if not values:
        return _never()
    if type_ == "float":
        # JSON does not distinguish whole doubles from integers, but Qdrant does.
        return _in_floats(name, [float(value) for value in values])
    if type_ == "boolean":
        return {"should": [equal(path(name), value) for value in values]}
    return {"key": path(name), "match": {"any": values}}


def _in_floats(name: str, values: list[float]) -> Condition:
    """Return the condition that a float is one of `values`. Qdrant cannot match floats; a range of one number can.

    A float that the server does not keep exactly is compared by its position among all doubles.
    """
    exact, others = [value for value in values if kept(value)], [value for value in values if not kept(value)]
    should: list[Condition] = []
    if exact:
        should.append(_kept(name, {"should": [_between(path(name), gte=value, lte=value) for value in exact]}))
    if others:
        should.append({"key": order_path(name), "match": {"any": [order(value) for value in others]}})
    return {"should": should}


def _range(name: str, type_: FilterType, bounds: Mapping[str, Any]) -> Condition:
    if type_ == "integer":
        return integers(path(name), bounds.get("gte"), bounds.get("lte"))
    if type_ == "float":
        return _floats(name, **{end: float(number) for end, number in bounds.items()})
    return _times(name, **{end: microseconds(time) for end, time in bounds.items()})


def _times(
    name: str, gt: int | None = None, gte: int | None = None, lt: int | None = None, lte: int | None = None
) -> Condition:
    """Return a comparison with times, by their positions."""
    lowest = [end for end in (gte, None if gt is None else gt + 1) if end is not None]
    highest = [end for end in (lte, None if lt is None else lt - 1) if end is not None]
    return integers(order_path(name), max(lowest, default=None), min(highest, default=None))


def _floats(
    name: str, gt: float | None = None, gte: float | None = None, lt: float | None = None, lte: float | None = None
) -> Condition:
    """Return a comparison with floats: by value if the server keeps them exactly, otherwise by position."""
    above, below = _next(gt, math.inf), _next(lt, -math.inf)
    lowest = max((end for end in (gte, above) if end is not None), default=None)
    highest = min((end for end in (lte, below) if end is not None), default=None)
    short = {} if lowest is None else {"gte": inward(lowest, up=True)}
    short |= {} if highest is None else {"lte": inward(highest, up=False)}
    places = integers(order_path(name), *(None if end is None else order(end) for end in (lowest, highest)))
    return {"should": [_kept(name, _between(path(name), **short)), places]}


def _kept(name: str, condition: Condition) -> Condition:
    """Return a condition on floats that the server keeps exactly."""
    return {"must": [_absent(order_path(name)), condition]}


def _listed(where: str, condition: Condition, more: range) -> Condition:
    """Return a condition that also holds for the integers of a range."""
    return {"should": [condition, {"key": where, "match": {"any": list(more)}}]} if more else condition


def _next(number: float | None, towards: float) -> float | None:
    return None if number is None else math.nextafter(number, towards)


def _between(where: str, **bounds: Any) -> Condition:
    return {"key": where, "range": bounds}


def _absent(where: str) -> Condition:
    return {"is_empty": {"key": where}}


def _never() -> Condition:
    """Return a condition that is never true, because every point has a token."""
    return _absent("_e.v")
