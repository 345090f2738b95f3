"""The facts about the columns of a source table, as returned by describe_source()."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from embedd_pg.conditions.vocabulary import TYPES


@dataclass(frozen=True, slots=True)
class Type:
    """A type of PostgreSQL and the family in which it is compared.

    Types of family `other` have no comparisons in conditions. Those of `foreign` types and rows may run code that is
    not PostgreSQL's own.
    """

    name: str
    family: str
    #: The labels of an enum.
    labels: tuple[str, ...] = ()
    #: The element type of an array.
    element: Type | None = None


@dataclass(frozen=True, slots=True)
class SourceColumn:
    """A column that a condition may use."""

    name: str
    type: Type


def named_type(name: str) -> Type:
    """Return a built-in type by the name that PostgreSQL prints."""
    if name.endswith("[]"):
        return Type(name, "array", element=named_type(name[:-2]))
    return Type(name, TYPES[name][1] if name in TYPES else "other")


def columns_of(facts: Mapping[str, Any]) -> dict[str, SourceColumn]:
    """Return the columns of a table by name, from the result of describe_source()."""
    return {column["name"]: SourceColumn(column["name"], _type(column)) for column in facts.get("columns") or ()}


def _type(column: Mapping[str, Any]) -> Type:
    compared = column.get("compared_as")
    if compared == "enum":
        return Type(str(column["enum"]), "enum", labels=tuple(column["labels"]))
    if compared in (None, "row"):
        return Type(str(column["type"]), compared or "foreign")
    return named_type(compared)
