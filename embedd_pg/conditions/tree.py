"""The tree of a parsed condition, which prints itself with brackets around every part.

A printed condition cannot refer to objects of users: column names are quoted, functions have the schema pg_catalog, and
types and operators are found there because the session that runs the condition has no other search path.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from embedd_pg.conditions.facts import Type, named_type
from embedd_pg.conditions.vocabulary import CHOICES

BOOLEAN, TEXT, INTEGER = named_type("boolean"), named_type("text"), named_type("integer")
#: The name `character` without a size would keep one letter.
_PRINTED = {"character": "bpchar"}


@dataclass(frozen=True, slots=True)
class ColumnReference:
    """A column of the source table."""

    name: str
    type: Type

    def sql(self) -> str:
        return '"{}"'.format(self.name.replace('"', '""'))


@dataclass(frozen=True, slots=True)
class Constant:
    """A text in quotes, or null if None. PostgreSQL gives one without a cast the type of its context."""

    text: str | None
    type: Type

    def sql(self) -> str:
        return "null" if self.text is None else "'{}'".format(self.text.replace("'", "''"))


@dataclass(frozen=True, slots=True)
class Plain:
    """A number, or true or false."""

    text: str
    type: Type

    def sql(self) -> str:
        return self.text


@dataclass(frozen=True, slots=True)
class Cast:
    """A value cast to another built-in type. `size` is as in numeric(10, 2)."""

    value: Node
    type: Type
    size: tuple[int, ...] = ()

    def sql(self) -> str:
        size = f"({', '.join(map(str, self.size))})" if self.size else ""
        element, array = (self.type.element, "[]") if self.type.element else (self.type, "")
        return f"({self.value.sql()})::{_PRINTED.get(element.name, element.name)}{size}{array}"


@dataclass(frozen=True, slots=True)
class FunctionCall:
    """A call of a function."""

    name: str
    arguments: tuple[Node, ...]
    type: Type

    def sql(self) -> str:
        # Quote the name, because some functions have names of keywords.
        name = self.name if self.name in CHOICES else f'pg_catalog."{self.name}"'
        return f"{name}({_join_sql(self.arguments)})"


@dataclass(frozen=True, slots=True)
class Operation:
    """Two values with an operator between them, which may be `like` or `is distinct from`."""

    operator: str
    left: Node
    right: Node
    type: Type = BOOLEAN

    def sql(self) -> str:
        return f"({self.left.sql()} {self.operator} {self.right.sql()})"


@dataclass(frozen=True, slots=True)
class Prefixed:
    """`not` before a condition, or minus before a number."""

    operator: str
    value: Node
    type: Type = BOOLEAN

    def sql(self) -> str:
        return f"({self.operator} {self.value.sql()})"


@dataclass(frozen=True, slots=True)
class Joined:
    """Conditions joined by `and` or `or`."""

    operator: str
    parts: tuple[Node, ...]
    type: Type = BOOLEAN

    def sql(self) -> str:
        return "({})".format(f" {self.operator} ".join(part.sql() for part in self.parts))


@dataclass(frozen=True, slots=True)
class Test:
    """A test of a value by `is null`, `is true` or `is false`."""

    value: Node
    state: str
    type: Type = BOOLEAN

    def sql(self) -> str:
        return f"({self.value.sql()} is {self.state})"


@dataclass(frozen=True, slots=True)
class Between:
    """A value between two bounds, which are included."""

    value: Node
    low: Node
    high: Node
    type: Type = BOOLEAN

    def sql(self) -> str:
        return f"({self.value.sql()} between {self.low.sql()} and {self.high.sql()})"


@dataclass(frozen=True, slots=True)
class In:
    """A value that equals one of several."""

    value: Node
    among: tuple[Node, ...]
    type: Type = BOOLEAN

    def sql(self) -> str:
        return f"({self.value.sql()} in ({_join_sql(self.among)}))"


@dataclass(frozen=True, slots=True)
class Array:
    """An array, given by its elements."""

    elements: tuple[Node, ...]
    type: Type

    def sql(self) -> str:
        return f"array[{_join_sql(self.elements)}]"


@dataclass(frozen=True, slots=True)
class Some:
    """A comparison of a value with `any` or `all` of an array's elements."""

    value: Node
    operator: str
    quantity: str
    array: Node
    type: Type = BOOLEAN

    def sql(self) -> str:
        return f"({self.value.sql()} {self.operator} {self.quantity} ({self.array.sql()}))"


Node = (
    ColumnReference
    | Constant
    | Plain
    | Cast
    | FunctionCall
    | Operation
    | Prefixed
    | Joined
    | Test
    | Between
    | In
    | Array
    | Some
)


def _join_sql(nodes: Sequence[Node]) -> str:
    return ", ".join(node.sql() for node in nodes)
