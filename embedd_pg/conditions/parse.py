"""The parser of conditions: turns the text of a condition into a tree of known elements.

sqlglot parses the text as PostgreSQL's dialect, but its tree is not used directly. Each known node becomes a node of
`tree.py`, and every other node is refused. Where PostgreSQL and sqlglot could disagree about precedence, the condition
must have brackets.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import sqlglot
from sqlglot import exp
from sqlglot.dialects.postgres import Postgres
from sqlglot.errors import SqlglotError
from sqlglot.parsers.postgres import PostgresParser
from sqlglot.tokenizer_core import TokenType

from embedd_pg.conditions import vocabulary as known
from embedd_pg.conditions.checks import (
    UNKNOWN,
    adopt,
    check_calculation,
    check_call,
    check_cast,
    check_choice,
    check_comparison,
    settle,
)
from embedd_pg.conditions.facts import SourceColumn, Type, named_type
from embedd_pg.conditions.literals import number_type, whole
from embedd_pg.conditions.refusal import USUAL, VIEW, refusal, shorten
from embedd_pg.conditions.tokens import check_tokens
from embedd_pg.conditions.tree import (
    BOOLEAN,
    TEXT,
    Array,
    Between,
    Cast,
    ColumnReference,
    Constant,
    FunctionCall,
    In,
    Joined,
    Node,
    Operation,
    Plain,
    Prefixed,
    Some,
    Test,
)


def _arrow(kind: type[exp.Expr]) -> Callable[..., exp.Expr]:
    return lambda parser, left, key: parser.expression(kind(this=left, expression=key))


class _Dialect(Postgres):
    """PostgreSQL's dialect without knowledge of functions or JSON paths, which are taken as written."""

    class Parser(PostgresParser):
        FUNCTIONS: ClassVar[Any] = {}
        FUNCTION_PARSERS: ClassVar[Any] = {}
        NO_PAREN_FUNCTIONS: ClassVar[Any] = {}
        NO_PAREN_FUNCTION_PARSERS: ClassVar[Any] = {}
        JSON_OPERATORS: ClassVar[Any] = {
            TokenType.ARROW: _arrow(exp.JSONExtract),
            TokenType.DARROW: _arrow(exp.JSONExtractScalar),
        }


@dataclass(frozen=True, slots=True)
class Condition:
    """A condition that was parsed: its printed text, and the columns it uses."""

    text: str
    columns: tuple[str, ...]


def parse_condition(text: str, columns: Mapping[str, SourceColumn]) -> Condition:
    """Parse a condition. Raise Refused, which says where the text is wrong and what to write instead."""
    check_tokens(text)
    try:
        found = sqlglot.parse(text, dialect=_Dialect)
        if len(found) != 1 or found[0] is None:
            raise refusal("it is not a single condition")
        reader = _Reader(columns)
        tree = reader.truth(found[0])
        return Condition(tree.sql(), tuple(sorted(reader.named)))
    except SqlglotError as error:
        raise refusal(_describe_stop(error)) from error
    except RecursionError:
        raise refusal("it is nested too deep", VIEW) from None


def _describe_stop(error: SqlglotError) -> str:
    """Return where the parser stopped. Its own message names internal classes and contains terminal codes."""
    for fault in getattr(error, "errors", ()):
        return f"it cannot be read beyond line {fault.get('line')}, character {fault.get('col')}"
    return "it cannot be read"


_COMPARISONS: dict[type[exp.Expr], str] = {
    exp.EQ: "=",
    exp.NEQ: "<>",
    exp.LT: "<",
    exp.LTE: "<=",
    exp.GT: ">",
    exp.GTE: ">=",
}
_CALCULATIONS: dict[type[exp.Expr], str] = {exp.Add: "+", exp.Sub: "-", exp.Mul: "*", exp.Div: "/", exp.Mod: "%"}
_DISTINCT: dict[type[exp.Expr], str] = {exp.NullSafeNEQ: "is distinct from", exp.NullSafeEQ: "is not distinct from"}
_LIKE: dict[type[exp.Expr], str] = {exp.Like: "like", exp.ILike: "ilike"}
_ARROWS: dict[type[exp.Expr], str] = {exp.JSONExtract: "->", exp.JSONExtractScalar: "->>"}

#: Expressions that need no brackets as a part of another one, by precedence, the highest first.
_SINGLE: tuple[type[exp.Expr], ...] = (
    exp.Paren,
    exp.Column,
    exp.Literal,
    exp.Boolean,
    exp.Null,
    exp.Cast,
    exp.Anonymous,
    exp.Dot,
    exp.Array,
)
_FACTORS: tuple[type[exp.Expr], ...] = (*_SINGLE, exp.Neg)
_PRODUCTS: tuple[type[exp.Expr], ...] = (*_FACTORS, exp.Mul, exp.Div, exp.Mod)
_SUMS: tuple[type[exp.Expr], ...] = (*_PRODUCTS, exp.Add, exp.Sub)
_VALUES: tuple[type[exp.Expr], ...] = (*_SUMS, exp.DPipe, *_ARROWS)
_TRUTHS: tuple[type[exp.Expr], ...] = (
    *_VALUES,
    *_COMPARISONS,
    *_DISTINCT,
    *_LIKE,
    exp.In,
    exp.Between,
    exp.Is,
    exp.Not,
)


class _Reader:
    """The conversion of sqlglot's nodes into nodes of `tree.py`. `named` holds the columns met so far."""

    def __init__(self, columns: Mapping[str, SourceColumn]) -> None:
        self._columns = columns
        self.named: set[str] = set()

    def truth(self, node: exp.Expr) -> Node:
        """Return an expression that is true or false."""
        read = adopt(self._read(node), BOOLEAN)
        if read.type.family != "boolean":
            raise refusal(f"{read.sql()} is of type {read.type.name}, but must be true or false")
        return read

    def _read(self, node: exp.Expr) -> Node:
        how = _HOW.get(type(node))
        if how is None:
            raise refusal(f"a condition must not contain {type(node).__name__.upper()}", VIEW)
        return how(self, node)

    def _part(self, node: exp.Expr, allowed: tuple[type[exp.Expr], ...] = _VALUES) -> Node:
        """Return a part of an expression. Refuse one that needs brackets, that is, any type not in `allowed`."""
        if not isinstance(node, allowed):
            raise refusal("the order of evaluation is not clear", "Put brackets around each part: (a || 'x') = b.")
        return self._read(node)

    def paren(self, node: exp.Expr) -> Node:
        _only(node, "this")
        return self._read(node.this)

    def column(self, node: exp.Expr) -> Node:
        name = self._name(node)
        column = self._columns[name]
        if column.type.family in ("foreign", "row", "other"):
            raise refusal(
                f'"{name}" is of type {column.type.name}, which a condition cannot compare',
                f'A condition can only test "{name}" is null. {VIEW}',
            )
        return ColumnReference(name, column.type)

    def _name(self, node: exp.Expr) -> str:
        _only(node, "this")
        if not isinstance(node.this, exp.Identifier):
            raise refusal("there is a column without a name")
        name = str(node.this.this) if node.this.args.get("quoted") else str(node.this.this).lower()
        if name not in self._columns:
            raise refusal(f'there is no column "{shorten(name)}"', f"Columns are {', '.join(self._columns)}.")
        self.named.add(name)
        return name

    def literal(self, node: exp.Expr) -> Node:
        text = str(node.this)
        return Constant(text, UNKNOWN) if node.args.get("is_string") else Plain(text, named_type(number_type(text)))

    def boolean(self, node: exp.Expr) -> Node:
        return Plain("true" if node.this else "false", BOOLEAN)

    def null(self, node: exp.Expr) -> Node:
        return Constant(None, UNKNOWN)

    def joined(self, node: exp.Expr) -> Node:
        kind, parts = type(node), []
        while type(node) is kind:
            _only(node, "this", "expression")
            parts.append(node.expression)
            node = node.this
        parts.append(node)
        allowed = _TRUTHS if kind is exp.And else (*_TRUTHS, exp.And)
        if not all(isinstance(part, allowed) for part in parts):
            raise refusal("the order of evaluation is not clear", "Put brackets around each part.")
        return Joined("and" if kind is exp.And else "or", tuple(self.truth(part) for part in reversed(parts)))

    def negation(self, node: exp.Expr) -> Node:
        _only(node, "this")
        if not isinstance(node.this, _TRUTHS):
            raise refusal("the order of evaluation is not clear", "Put brackets after not.")
        return Prefixed("not", self.truth(node.this))

    def comparison(self, node: exp.Expr) -> Node:
        _only(node, "this", "expression")
        operator, right = _COMPARISONS[type(node)], node.expression
        if isinstance(right, exp.Anonymous) and _function(right) in ("any", "all"):
            return self._some(node.this, operator, right)
        return Operation(operator, *check_comparison(self._part(node.this), self._part(right)))

    def _some(self, left: exp.Expr, operator: str, right: exp.Expr) -> Node:
        value, quantity = self._part(left), _function(right)
        _only(right, "this", "expressions")
        if len(right.expressions) != 1:
            raise refusal(f"{quantity} takes one array", "Write status = any(array['a', 'b']).")
        array = self._read(right.expressions[0])
        if array.type.element is None:
            raise refusal(f"{quantity} takes an array", "Write status = any(array['a', 'b']).")
        value, _ = check_comparison(value, Constant(None, array.type.element))
        if value.type.family == "enum":
            return _enum_among(value, operator, quantity, array)
        return Some(value, operator, quantity, array)

    def distinct(self, node: exp.Expr) -> Node:
        _only(node, "this", "expression")
        return Operation(_DISTINCT[type(node)], *check_comparison(self._part(node.this), self._part(node.expression)))

    def like(self, node: exp.Expr) -> Node:
        _only(node, "this", "expression", "negate")
        # Print `like`, not ~~, which has the precedence of other operators and would take only a part of the pattern.
        left, right = adopt(self._part(node.this), TEXT), adopt(self._part(node.expression, _SUMS), TEXT)
        if not left.type.family == right.type.family == "text":
            raise refusal(f"like compares texts, not {left.type.name} and {right.type.name}")
        return Operation(("not " if node.args.get("negate") else "") + _LIKE[type(node)], left, right)

    def state(self, node: exp.Expr) -> Node:
        _only(node, "this", "expression", "negate")
        asked, value = node.expression, _bare(node.this)
        negation = "not " if node.args.get("negate") else ""
        if isinstance(asked, exp.Null):
            if isinstance(value, exp.Column):
                name = self._name(value)
                if self._columns[name].type.family == "row":
                    raise refusal(f'"{name}" is a composite value', f"Null has two meanings for it.  {VIEW}")
                return Test(ColumnReference(name, self._columns[name].type), f"{negation}null")
            return Test(adopt(self._part(node.this), TEXT), f"{negation}null")
        if not isinstance(asked, exp.Boolean):
            raise refusal("is must be followed by null, true, false or distinct from")
        self._part(node.this)
        return Test(self.truth(node.this), negation + ("true" if asked.this else "false"))

    def between(self, node: exp.Expr) -> Node:
        _only(node, "this", "low", "high")
        # PostgreSQL compares with each bound separately.
        value = self._part(node.this)
        _, low = check_comparison(value, self._part(node.args["low"]))
        _, high = check_comparison(value, self._part(node.args["high"]))
        return Between(value, low, high)

    def among(self, node: exp.Expr) -> Node:
        _only(node, "this", "expressions")
        value, among = self._part(node.this), [self._read(one) for one in node.expressions]
        # PostgreSQL determines one type for all constants, and compares with columns one by one.
        constant = [place for place, one in enumerate(node.expressions) if one.find(exp.Column) is None]
        if len(constant) > 1:
            value, *settled = settle([value, *(among[place] for place in constant)])
            for place, one in zip(constant, settled, strict=True):
                among[place] = one
        for one in among:
            value, _ = check_comparison(value, one)
        if value.type.family == "enum" and not isinstance(value, ColumnReference):
            raise refusal(f"the left side of in must be a column of type {value.type.name}")
        return In(value, tuple(among))

    def calculation(self, node: exp.Expr) -> Node:
        _only(node, "this", "expression", "typed", "safe")
        product = isinstance(node, (exp.Mul, exp.Div, exp.Mod))
        left = self._part(node.this, _PRODUCTS if product else _SUMS)
        right = self._part(node.expression, _FACTORS if product else _PRODUCTS)
        operator = _CALCULATIONS[type(node)]
        left, right, result = check_calculation(operator, left, right)
        return Operation(operator, left, right, result)

    def minus(self, node: exp.Expr) -> Node:
        _only(node, "this")
        value = self._part(node.this, _FACTORS)
        if value.type.family not in ("number", "interval"):
            raise refusal(f"{value.type.name} cannot have a minus")
        return Prefixed("-", value, value.type)

    def concatenation(self, node: exp.Expr) -> Node:
        _only(node, "this", "expression", "safe")
        left = adopt(self._part(node.this, (*_SINGLE, exp.DPipe)), TEXT)
        right = adopt(self._part(node.expression, _SINGLE), TEXT)
        if not left.type.family == right.type.family == "text":
            raise refusal("|| joins texts only", "Cast numbers to text: name || (price::text).")
        return Operation("||", left, right, TEXT)

    def arrow(self, node: exp.Expr) -> Node:
        _only(node, "this", "expression")
        left = self._part(node.this, (*_SINGLE, *_ARROWS))
        right = adopt(self._part(node.expression, _SINGLE), TEXT)
        if left.type.family not in ("json", "jsonb"):
            raise refusal(f"-> and ->> need json or jsonb, not {left.type.name}")
        if right.type.family != "text" and right.type.name not in ("smallint", "integer"):
            raise refusal("-> and ->> must be followed by a key or a number", "Write data ->> 'key'.")
        operator = _ARROWS[type(node)]
        return Operation(operator, left, right, left.type if operator == "->" else TEXT)

    def array(self, node: exp.Expr) -> Node:
        _only(node, "expressions", "bracket_notation")
        elements = settle([self._read(element) for element in node.expressions])
        if not elements or elements[0].type.element is not None:
            raise refusal("an array must have elements, which must not be arrays", "Write array['a', 'b'].")
        element = elements[0].type
        for other in elements[1:]:
            element = settle((Constant(None, element), other))[1].type
        return Array(tuple(elements), Type(f"{element.name}[]", "array", element=element))

    def cast(self, node: exp.Expr) -> Node:
        _only(node, "this", "to")
        value, to = self._part(node.this, _SINGLE), node.args["to"]
        type_, size = self._type(to)
        if isinstance(value, Constant) and value.type is UNKNOWN:
            value = adopt(value, type_)
            # The type of an enum is not printed, because the other side of the comparison determines it.
            return value if type_.family == "enum" else Cast(value, type_, size)
        if type_.family == "enum" or (type_.element is not None and type_.element.family == "enum"):
            if value.type == type_:
                return value
            raise refusal(f"only texts in quotes can be cast to {type_.name}")
        check_cast(value, type_)
        return Cast(value, type_, size)

    def _type(self, to: exp.Expr) -> tuple[Type, tuple[int, ...]]:
        """Return the type of a cast, and its size."""
        if to.this == exp.DType.ARRAY and len(to.expressions) == 1:
            element, size = self._type(to.expressions[0])
            return Type(f"{element.name}[]", "array", element=element), size
        if to.this == exp.DType.USERDEFINED and not to.expressions:
            return self._named(to.args["kind"]), ()
        name = _TYPES.get(to.this)
        if name is None:
            raise refusal(f"a condition cannot cast to {shorten(to.sql())}", f"Allowed are {', '.join(known.TYPES)}.")
        sizes = [part.this.this for part in to.expressions if isinstance(part, exp.DataTypeParam)]
        if len(sizes) != len(to.expressions) or len(sizes) > {"numeric": 2, "character varying": 1}.get(name, 0):
            raise refusal(f"{name} cannot have this size", "Leave out the brackets after the type.")
        return named_type(name), tuple(int(min(whole(size), 10**9)) for size in sizes)

    def _named(self, kind: Any) -> Type:
        """Return the type given by a name with its schema, which must be the enum of a column."""
        names = [str(part.this) if part.args.get("quoted") else str(part.this).lower() for part in _identifiers(kind)]
        enums = {column.type.name: column.type for column in self._columns.values() if column.type.family == "enum"}
        named = ".".join(map(_as_identifier, names))
        if len(names) != 2 or named not in enums:
            cure = f"Enums of the table's columns are {', '.join(enums)}." if enums else VIEW
            raise refusal(f"{shorten(named)} is neither a built-in type nor the enum of a column", cure)
        return enums[named]

    def call(self, node: exp.Expr) -> Node:
        _only(node, "this", "expressions")
        name = _function(node)
        if name not in known.FUNCTIONS:
            raise refusal(f"a condition must not call the function {shorten(name)}", VIEW)
        arguments = [self._read(argument) for argument in node.expressions]
        return FunctionCall(name, *(check_choice if name in known.CHOICES else check_call)(name, arguments))

    def qualified(self, node: exp.Expr) -> Node:
        _only(node, "this", "expression")
        schema = node.this
        if not (isinstance(schema, exp.Identifier) and schema.this == "pg_catalog"):
            raise refusal("names of schemas and tables are not allowed here", USUAL)
        if not isinstance(node.expression, exp.Anonymous) or _function(node.expression) in known.CHOICES:
            raise refusal("only functions may have the schema pg_catalog here")
        return self.call(node.expression)


def _enum_among(value: Node, operator: str, quantity: str, array: Node) -> Node:
    """Return a comparison with the labels of an enum. It is written as `in`, where labels need no type."""
    if (
        not isinstance(value, ColumnReference)
        or not isinstance(array, Array)
        or (operator, quantity) not in (("=", "any"), ("<>", "all"))
    ):
        raise refusal("an enum allows only = any(array[…]) and <> all(array[…])", "Write status in ('a', 'b').")
    among = In(value, array.elements)
    return among if quantity == "any" else Prefixed("not", among)


def _only(node: exp.Expr, *parts: str) -> None:
    """Refuse a node with parts other than those that are converted."""
    more = {name for name, part in node.args.items() if part not in (None, False, []) and name not in parts}
    if more or node.comments:
        raise refusal(f"a condition must not contain {type(node).__name__.upper()} {' '.join(sorted(more))}", VIEW)


def _bare(node: exp.Expr) -> exp.Expr:
    while isinstance(node, exp.Paren):
        node = node.this
    return node


def _function(node: exp.Expr) -> str:
    """Return the name of a function as PostgreSQL looks it up."""
    name = node.this
    if isinstance(name, exp.Identifier):
        return str(name.this) if name.args.get("quoted") else str(name.this).lower()
    return str(name).lower()


def _identifiers(kind: Any) -> list[exp.Identifier]:
    if isinstance(kind, exp.Identifier):
        return [kind]
    if isinstance(kind, exp.Dot):
        return [*_identifiers(kind.this), *_identifiers(kind.expression)]
    raise refusal("a condition cannot cast to this type", VIEW)


def _as_identifier(name: str) -> str:
    """Return a name as PostgreSQL prints it."""
    plain = name.isascii() and name.replace("_", "a").isalnum() and not name[0].isdigit() and name == name.lower()
    return name if plain else '"{}"'.format(name.replace('"', '""'))


_TYPES = {
    exp.DType.BOOLEAN: "boolean",
    exp.DType.SMALLINT: "smallint",
    exp.DType.INT: "integer",
    exp.DType.BIGINT: "bigint",
    exp.DType.DECIMAL: "numeric",
    exp.DType.FLOAT: "real",
    exp.DType.DOUBLE: "double precision",
    exp.DType.TEXT: "text",
    exp.DType.VARCHAR: "character varying",
    exp.DType.BPCHAR: "character",
    exp.DType.NAME: "name",
    exp.DType.DATE: "date",
    exp.DType.TIMESTAMP: "timestamp without time zone",
    exp.DType.TIMESTAMPTZ: "timestamp with time zone",
    exp.DType.TIME: "time without time zone",
    exp.DType.INTERVAL: "interval",
    exp.DType.UUID: "uuid",
    exp.DType.JSON: "json",
    exp.DType.JSONB: "jsonb",
}

_HOW: dict[type, Callable[[_Reader, Any], Node]] = {
    exp.Paren: _Reader.paren,
    exp.Column: _Reader.column,
    exp.Literal: _Reader.literal,
    exp.Boolean: _Reader.boolean,
    exp.Null: _Reader.null,
    exp.And: _Reader.joined,
    exp.Or: _Reader.joined,
    exp.Not: _Reader.negation,
    exp.Is: _Reader.state,
    exp.Between: _Reader.between,
    exp.In: _Reader.among,
    exp.Neg: _Reader.minus,
    exp.DPipe: _Reader.concatenation,
    exp.Array: _Reader.array,
    exp.Cast: _Reader.cast,
    exp.Anonymous: _Reader.call,
    exp.Dot: _Reader.qualified,
    **dict.fromkeys(_COMPARISONS, _Reader.comparison),
    **dict.fromkeys(_DISTINCT, _Reader.distinct),
    **dict.fromkeys(_LIKE, _Reader.like),
    **dict.fromkeys(_CALCULATIONS, _Reader.calculation),
    **dict.fromkeys(_ARROWS, _Reader.arrow),
}
