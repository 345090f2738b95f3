"""The normal form of a filter: a small tree that each store compiles to its own language.

embedd_internal.check_filter() checks the filter of a request and returns this form as JSON. A compiler handles only six
nodes: `eq` and `in` are `In`, `ne`, `nin` and `exists: false` are `Not` around the positive condition. A
condition is false on a row that lacks the field, so its negation is true there; no node is ever "unknown".
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class FieldType(StrEnum):
    """The `filter_type` of a metadata column."""

    KEYWORD = "keyword"
    INTEGER = "integer"
    FLOAT = "float"
    BOOLEAN = "boolean"


Scalar = str | int | float | bool


@dataclass(frozen=True, slots=True)
class And:
    """A condition that holds if all parts hold; without parts it always holds."""

    parts: tuple[Filter, ...]


@dataclass(frozen=True, slots=True)
class Or:
    """A condition that holds if at least one part holds; without parts it never holds."""

    parts: tuple[Filter, ...]


@dataclass(frozen=True, slots=True)
class Not:
    """A condition that holds if its part does not."""

    part: Filter


@dataclass(frozen=True, slots=True)
class In:
    """A condition that holds if the field equals one of the values, all of the field's type; without values it never
    holds."""

    field: str
    type: FieldType
    values: tuple[Scalar, ...]


@dataclass(frozen=True, slots=True)
class Range:
    """A condition that holds if a number is within all given bounds. An integer field has only `gte` and `lte`, as
    int64."""

    field: str
    type: FieldType
    gt: float | None = None
    gte: float | None = None
    lt: float | None = None
    lte: float | None = None


@dataclass(frozen=True, slots=True)
class Exists:
    """A condition that holds if the field is present and not null."""

    field: str


Filter = And | Or | Not | In | Range | Exists


def load(node: Mapping[str, Any]) -> Filter:
    """Build the tree from the JSON of embedd_internal.check_filter()."""
    [(kind, content)] = node.items()
    match kind:
        case "and":
            return And(tuple(map(load, content)))
        case "or":
            return Or(tuple(map(load, content)))
        case "not":
            return Not(load(content))
        case "exists":
            return Exists(content["field"])
    field, type_ = content["field"], FieldType(content["type"])
    # JSON does not distinguish whole doubles from integers.
    number = float if type_ is FieldType.FLOAT else int
    if kind == "range":
        return Range(field, type_, **{bound: number(value) for bound, value in content["bounds"].items()})
    numeric = type_ in (FieldType.INTEGER, FieldType.FLOAT)
    return In(field, type_, tuple(number(value) if numeric else value for value in content["values"]))
