"""The filter tree as a condition on the column `metadata`: fixed SQL text, all values as parameters."""

from __future__ import annotations

import json
from typing import Any

from embedd_pg.filters.tree import And, Exists, Filter, In, Not, Or, Range

_OPERATORS = {"gt": ">", "gte": ">=", "lt": "<", "lte": "<="}


def compiled(tree: Filter) -> tuple[str, list[Any]]:
    """SQL that is true or false, never null, with a `%s` for each of the values."""
    match tree:
        case And(parts):
            return _joined(parts, " and ") if parts else ("true", [])
        case Or(parts):
            return _joined(parts, " or ") if parts else ("false", [])
        case Not(part):
            condition, values = compiled(part)
            return f"(not {condition})", values
        case Exists(name):
            return "coalesce(metadata -> %s not in ('null', '[]'), false)", [name]
        case In(name, _, values):
            # Containment compares type and value, and the index on metadata knows it.
            documents = [json.dumps({name: value}, ensure_ascii=False) for value in values]
            return "(metadata @> any(%s::text[]::jsonb[]))", [documents]
        case Range(name):
            return _range(name, tree)
    raise TypeError(f"not a filter: {tree!r}")


def _joined(parts: tuple[Filter, ...], word: str) -> tuple[str, list[Any]]:
    pieces = [compiled(part) for part in parts]
    return f"({word.join(piece for piece, _ in pieces)})", [value for _, values in pieces for value in values]


def _range(name: str, tree: Range) -> tuple[str, list[Any]]:
    """Compared as numeric: exact for int64, and for doubles in the same order by their shortest decimals."""
    comparisons, values = [], [name]
    for bound, operator in _OPERATORS.items():
        number = getattr(tree, bound)
        if number is not None:
            comparisons.append(f"(metadata ->> %s)::numeric {operator} %s::numeric")
            values += [name, str(number)]
    # Not `and`, which may be evaluated from either side: the cast must not meet another type.
    comparison = " and ".join(comparisons) or "true"
    return f"(case when jsonb_typeof(metadata -> %s) = 'number' then {comparison} else false end)", values
