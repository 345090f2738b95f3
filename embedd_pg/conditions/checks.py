"""Type checks of conditions: which values can be compared, calculated with and cast, so that the row alone decides.

Operations that depend on a setting or on the current time (such as the date of a timestamp with time zone) are
excluded, as PostgreSQL excludes them from the predicate of an index.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from embedd_pg.conditions.facts import Type, named_type
from embedd_pg.conditions.literals import fits
from embedd_pg.conditions.refusal import VIEW, refusal, shorten
from embedd_pg.conditions.tree import TEXT, ColumnReference, Constant, Node

#: The type of a text in quotes, or of null, before its context gives it one.
UNKNOWN = Type("unknown", "unknown")

_NUMBERS = ("smallint", "integer", "bigint", "numeric", "real", "double precision")
_WHOLE = frozenset(_NUMBERS[:4])
#: Families whose values can be compared with one another, and the type used for it.
_WIDER = {
    frozenset({"date", "timestamp"}): "timestamp without time zone",
    frozenset({"time", "interval"}): "interval",
}
#: Operations on dates and times: the operands' families, and the type of the result.
_MOMENTS = {
    ("date", "-", "date"): "integer",
    ("timestamp", "-", "timestamp"): "interval",
    ("timestamptz", "-", "timestamptz"): "interval",
    ("time", "-", "time"): "interval",
    ("interval", "+", "interval"): "interval",
    ("interval", "-", "interval"): "interval",
    **{(left, sign, "interval"): "timestamp without time zone" for left in ("date", "timestamp") for sign in "+-"},
}
#: Families to which values of a family can be cast, besides their own.
_CASTS = {
    "number": {"text"},
    "text": {"number", "boolean", "uuid"},
    "boolean": {"text"},
    "uuid": {"text"},
    "date": {"timestamp"},
    "time": {"interval"},
    "timestamp": {"date", "time"},
    "jsonb": {"number", "boolean"},
}
#: The arguments of each function, one letter for each, and its result. `=` is the widest type of its arguments. `~` is
#: numeric for numeric arguments, and double precision for other numbers.
_SIGNATURES: dict[str, tuple[tuple[str, str], ...]] = {
    **dict.fromkeys(("lower", "upper", "md5", "reverse"), (("t", "text"),)),
    **dict.fromkeys(("btrim", "ltrim", "rtrim"), (("t", "text"), ("tt", "text"))),
    **dict.fromkeys(("length", "char_length", "octet_length"), (("t", "integer"),)),
    **dict.fromkeys(("left", "right"), (("ti", "text"),)),
    "substr": (("ti", "text"), ("tii", "text")),
    "replace": (("ttt", "text"),),
    "strpos": (("tt", "integer"),),
    "starts_with": (("tt", "boolean"),),
    "abs": (("n", "="),),
    **dict.fromkeys(("ceil", "ceiling", "floor", "sign"), (("n", "~"),)),
    **dict.fromkeys(("round", "trunc"), (("n", "~"), ("wi", "numeric"))),
    "mod": (("ww", "="),),
    "cardinality": (("a", "integer"),),
    "array_length": (("ai", "integer"),),
    "jsonb_typeof": (("j", "text"),),
}
_LETTERS = {
    "t": "a text",
    "i": "an integer",
    "n": "a number",
    "w": "a whole number or numeric",
    "a": "an array",
    "j": "jsonb",
}


def adopt(node: Node, type_: Type) -> Node:
    """Give a text in quotes the type of its context. Return other values unchanged."""
    if not isinstance(node, Constant) or node.type is not UNKNOWN:
        return node
    if node.text is not None and not fits(node.text, type_):
        cure = f"Allowed are {', '.join(type_.labels)}." if type_.labels else _CURES.get(type_.family, VIEW)
        raise refusal(f"'{shorten(node.text)}' is not a value of type {type_.name} that a condition may contain", cure)
    return replace(node, type=type_)


_CURES = {
    "number": "Write the number without quotes.",
    "boolean": "Write true or false.",
    "date": "Write '2026-01-31'.",
    "time": "Write '13:30:00'.",
    "timestamp": "Write '2026-01-31 13:30:00'.",
    "timestamptz": "Write '2026-01-31 13:30:00+00'.",
    "interval": "Write '3 days'.",
}


def settle(nodes: Sequence[Node]) -> list[Node]:
    """Return the values with their common type, which texts in quotes adopt. Refuse values without one."""
    typed = [node for node in nodes if node.type is not UNKNOWN]
    if not typed:
        return [adopt(node, TEXT) for node in nodes]
    first = typed[0].type
    for node in typed:
        if not _alike(first, node.type):
            raise refusal(
                f"{first.name} and {node.type.name} cannot be compared here",
                "Cast one of them to the type of the other.",
            )
    widest = _widest([node.type for node in typed])
    return [adopt(node, widest) for node in nodes]


def check_comparison(left: Node, right: Node) -> tuple[Node, Node]:
    """Check the two sides of a comparison, and return them with a common type."""
    one, other = settle((left, right))
    if one.type.family in ("json", "array"):
        raise refusal(
            f"values of type {one.type.name} cannot be compared here",
            "Compare parts of them, as in data ->> 'key' = 'value'.",
        )
    if one.type.family == "enum" and not isinstance(one, ColumnReference) and not isinstance(other, ColumnReference):
        raise refusal(f"neither side of a comparison of {one.type.name} is a column")
    return one, other


def check_calculation(operator: str, left: Node, right: Node) -> tuple[Node, Node, Type]:
    """Check the two operands of a calculation, and return them with the type of the result."""
    if operator in "+-" and UNKNOWN in (left.type, right.type):
        known = right.type if left.type is UNKNOWN else left.type
        if known.family == "number" or (known.family, operator, known.family) in _MOMENTS:
            left, right = adopt(left, known), adopt(right, known)
    elif UNKNOWN in (left.type, right.type):
        left, right = settle((left, right))
    one, other = left.type, right.type
    if one.family == other.family == "number":
        if operator == "%" and not {one.name, other.name} <= _WHOLE:
            raise refusal("% needs whole numbers or numeric", "Cast to numeric: (price::numeric) % 2 = 0.")
        return left, right, _widest([one, other])
    if one.family == "date" and operator in "+-" and other.name in ("smallint", "integer"):
        return left, right, one
    if (result := _MOMENTS.get((one.family, operator, other.family))) is not None:
        return left, right, named_type(result)
    raise refusal(f"a condition cannot use {one.name} {operator} {other.name}", VIEW)


def check_cast(node: Node, type_: Type) -> None:
    """Refuse a cast that is impossible or depends on a setting."""
    source = node.type
    if node.type.element is not None and type_.element is not None:
        source, type_ = node.type.element, type_.element
    whole = {source.name, type_.name} == {"boolean", "integer"}
    if source.family != type_.family and type_.family not in _CASTS.get(source.family, ()) and not whole:
        cure = "Compare it as it is, because the result of this cast depends on settings. " + VIEW
        raise refusal(f"a condition cannot cast {source.name} to {type_.name}", cure)
    if source.family in ("json", "interval", "other", "array") and source.name != type_.name:
        raise refusal(f"a condition cannot cast {source.name} to {type_.name}", VIEW)


def check_call(name: str, arguments: Sequence[Node]) -> tuple[tuple[Node, ...], Type]:
    """Check the arguments of a function, and return them with the type of the result."""
    for letters, result in _SIGNATURES[name]:
        if len(letters) == len(arguments):
            given = [adopt(a, TEXT) if letter == "t" else a for a, letter in zip(arguments, letters, strict=True)]
            if all(map(_takes, letters, given)):
                return tuple(given), _result_type(result, [node.type for node in given])
    takes = " or ".join(f"({', '.join(_LETTERS[letter] for letter in letters)})" for letters, _ in _SIGNATURES[name])
    raise refusal(f"{name} takes {takes}, not ({', '.join(a.type.name for a in arguments)})")


def check_choice(name: str, arguments: Sequence[Node]) -> tuple[tuple[Node, ...], Type]:
    """Check the arguments of coalesce, greatest, least or nullif, and return them with the type of the result."""
    if not arguments or (name == "nullif" and len(arguments) != 2):
        raise refusal(f"{name} has the wrong number of arguments")
    given = settle(arguments)
    if given[0].type.family in ("enum", "array") or (name != "coalesce" and given[0].type.family == "json"):
        raise refusal(f"{name} cannot take {given[0].type.name} here", VIEW)
    return tuple(given), given[0].type if name == "nullif" else _widest([node.type for node in given])


def _takes(letter: str, node: Node) -> bool:
    if letter in "iw":
        return node.type.name in (("smallint", "integer") if letter == "i" else _WHOLE)
    return node.type.family == {"t": "text", "n": "number", "a": "array", "j": "jsonb"}[letter]


def _result_type(result: str, types: Sequence[Type]) -> Type:
    if result == "=":
        return _widest(types)
    if result == "~":
        return named_type("numeric" if types[0].name == "numeric" else "double precision")
    return named_type(result)


def _alike(one: Type, other: Type) -> bool:
    if one.element is not None and other.element is not None:
        return one.name == other.name
    if "enum" in (one.family, other.family):
        return one.name == other.name
    return one.family == other.family or frozenset({one.family, other.family}) in _WIDER


def _widest(types: Sequence[Type]) -> Type:
    """Return the common type of values of these types."""
    names = {type_.name for type_ in types}
    if len(names) == 1:
        return types[0]
    if types[0].family == "number":
        if names & set(_NUMBERS[4:]):
            return named_type("double precision")
        return named_type(max(names, key=_NUMBERS.index))
    if (wider := _WIDER.get(frozenset(type_.family for type_ in types))) is not None:
        return named_type(wider)
    return TEXT if types[0].family == "text" else types[0]
