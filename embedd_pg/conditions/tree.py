"""What a condition is once it is read: a small tree that prints itself, with brackets around everything.

Nothing in a printed condition can mean something of a user's: names of columns are quoted, functions carry the schema
pg_catalog, and types and operators are found there because the session that runs it has no other search path.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from embedd_pg.conditions.facts import Type, named_type
from embedd_pg.conditions.vocabulary import CHOICES

BOOLEAN, TEXT, INTEGER = named_type("boolean"), named_type("text"), named_type("integer")
#: By itself, `character` would keep one letter.
_PRINTED = {"character": "bpchar"}


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the source table."""

    name: str
    type: Type

    def sql(self) -> str:
        return '"{}"'.format(self.name.replace('"', '""'))


@dataclass(frozen=True, slots=True)
class Constant:
    """A text in quotes, or null when it is None. PostgreSQL gives one that is not cast the type of what it meets."""

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
    """A value as one of another built-in type. `size` is as in numeric(10, 2)."""

    value: Node
    type: Type
    size: tuple[int, ...] = ()

    def sql(self) -> str:
        size = f"({', '.join(map(str, self.size))})" if self.size else ""
        element, array = (self.type.element, "[]") if self.type.element else (self.type, "")
        return f"({self.value.sql()})::{_PRINTED.get(element.name, element.name)}{size}{array}"


@dataclass(frozen=True, slots=True)
class Call:
    """A function with its arguments."""

    name: str
    arguments: tuple[Node, ...]
    type: Type

    def sql(self) -> str:
        # Some functions have the names of keywords.
        name = self.name if self.name in CHOICES else f'pg_catalog."{self.name}"'
        return f"{name}({_listed(self.arguments)})"


@dataclass(frozen=True, slots=True)
class Operation:
    """Two values with an operator between them; among those are `like` and `is distinct from`."""

    operator: str
    left: Node
    right: Node
    type: Type = BOOLEAN

    def sql(self) -> str:
        return f"({self.left.sql()} {self.operator} {self.right.sql()})"


@dataclass(frozen=True, slots=True)
class Prefixed:
    """`not`, or the minus before a number."""

    operator: str
    value: Node
    type: Type = BOOLEAN

    def sql(self) -> str:
        return f"({self.operator} {self.value.sql()})"


@dataclass(frozen=True, slots=True)
class Joined:
    """Conditions with `and` or `or` between them."""

    operator: str
    parts: tuple[Node, ...]
    type: Type = BOOLEAN

    def sql(self) -> str:
        return "({})".format(f" {self.operator} ".join(part.sql() for part in self.parts))


@dataclass(frozen=True, slots=True)
class Test:
    """A value with `is null`, `is true` or `is false` behind it."""

    value: Node
    state: str
    type: Type = BOOLEAN

    def sql(self) -> str:
        return f"({self.value.sql()} is {self.state})"


@dataclass(frozen=True, slots=True)
class Between:
    """A value between two others, both of them included."""

    value: Node
    low: Node
    high: Node
    type: Type = BOOLEAN

    def sql(self) -> str:
        return f"({self.value.sql()} between {self.low.sql()} and {self.high.sql()})"


@dataclass(frozen=True, slots=True)
class In:
    """A value that is one of several."""

    value: Node
    among: tuple[Node, ...]
    type: Type = BOOLEAN

    def sql(self) -> str:
        return f"({self.value.sql()} in ({_listed(self.among)}))"


@dataclass(frozen=True, slots=True)
class Array:
    """An array of its elements."""

    elements: tuple[Node, ...]
    type: Type

    def sql(self) -> str:
        return f"array[{_listed(self.elements)}]"


@dataclass(frozen=True, slots=True)
class Some:
    """A value compared with `any` or `all` of an array's elements."""

    value: Node
    operator: str
    quantity: str
    array: Node
    type: Type = BOOLEAN

    def sql(self) -> str:
        return f"({self.value.sql()} {self.operator} {self.quantity} ({self.array.sql()}))"


Node = Column | Constant | Plain | Cast | Call | Operation | Prefixed | Joined | Test | Between | In | Array | Some


def _listed(nodes: Sequence[Node]) -> str:
    return ", ".join(node.sql() for node in nodes)
