"""Compilation of a filter tree into Qdrant's JSON, and the encoding of column names for its paths."""

from __future__ import annotations

import math
import re
from typing import Any

from embedd_pg.filters.tree import And, Exists, FieldType, Filter, In, Not, Or, Range

Condition = dict[str, Any]


def encoded(name: str) -> str:
    """Return a column name without characters that have a meaning in a path; `-2e-` is a dot."""
    return re.sub(r"[^A-Za-z0-9_]", lambda match: f"-{ord(match[0]):x}-", name)


def decoded(name: str) -> str:
    return re.sub(r"-([0-9a-f]+)-", lambda match: chr(int(match[1], 16)), name)


def path(name: str) -> str:
    """Return the path of a user's column in the payload."""
    return f"d.{encoded(name)}"


def compiled(tree: Filter) -> Condition:
    match tree:
        case And(parts):
            return {"must": [compiled(part) for part in parts]} if parts else negated(_never())
        case Or(parts):
            return {"should": [compiled(part) for part in parts]} if parts else _never()
        case Not(part):
            return negated(compiled(part))
        case Exists(name):
            return negated(_absent(path(name)))
        case In(name, kind, values):
            return _in(path(name), kind, list(values))
        case Range(name, FieldType.INTEGER):
            lower = [] if tree.gte is None else [_one_bound(path(name), int(tree.gte), up=True)]
            upper = [] if tree.lte is None else [_one_bound(path(name), int(tree.lte), up=False)]
            return {"must": lower + upper}
        case Range(name):
            bounds = {bound: getattr(tree, bound) for bound in ("gt", "gte", "lt", "lte")}
            return _between(path(name), **{k: v for k, v in bounds.items() if v is not None})
    raise TypeError(f"not a filter: {tree!r}")


def equal(where: str, value: str | int | bool) -> Condition:
    return {"key": where, "match": {"value": value}}


def negated(condition: Condition) -> Condition:
    return {"must_not": [condition]}


def _in(where: str, kind: FieldType, values: list[Any]) -> Condition:
    if not values:
        return _never()
    if kind is FieldType.FLOAT:
        # Qdrant cannot match floats, but a range of one number does the same.
        return {"should": [_between(where, gte=value, lte=value) for value in values]}
    if kind is FieldType.BOOLEAN:
        return {"should": [equal(where, value) for value in values]}
    return {"key": where, "match": {"any": values}}


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


def _between(where: str, **bounds: float) -> Condition:
    return {"key": where, "range": bounds}


def _absent(where: str) -> Condition:
    return {"is_empty": {"key": where}}


def _never() -> Condition:
    """Return a condition that is never true, because every point has a token."""
    return _absent("_e.v")
