"""Says what is known of the columns of a source table: what describe_source() found there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from embedd_pg.conditions.vocabulary import TYPES


@dataclass(frozen=True, slots=True)
class Type:
    """A type of PostgreSQL and the family it is compared in. `other` types have no comparisons here, `foreign` ones and
    rows run what is not PostgreSQL's own."""

    name: str
    family: str
    #: Of an enum.
    labels: tuple[str, ...] = ()
    #: Of an array.
    element: Type | None = None


@dataclass(frozen=True, slots=True)
class SourceColumn:
    """A column that a condition may name."""

    name: str
    type: Type


def named_type(name: str) -> Type:
    """A built-in type by the name that PostgreSQL prints."""
    if name.endswith("[]"):
        return Type(name, "array", element=named_type(name[:-2]))
    return Type(name, TYPES[name][1] if name in TYPES else "other")


def columns_of(facts: Mapping[str, Any]) -> dict[str, SourceColumn]:
    """The columns of a table by name, from what describe_source() says of it."""
    return {column["name"]: SourceColumn(column["name"], _type(column)) for column in facts.get("columns") or ()}


def _type(column: Mapping[str, Any]) -> Type:
    compared = column.get("compared_as")
    if compared == "enum":
        return Type(str(column["enum"]), "enum", labels=tuple(column["labels"]))
    if compared in (None, "row"):
        return Type(str(column["type"]), compared or "foreign")
    return named_type(compared)
