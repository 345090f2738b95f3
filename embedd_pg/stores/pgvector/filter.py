"""Compilation of a filter tree into a condition on the column `metadata`: fixed SQL text with parameters for values."""

from __future__ import annotations

import json
from typing import Any

from embedd_pg.filters.tree import And, Exists, Filter, In, Not, Or, Range

_OPERATORS = {"gt": ">", "gte": ">=", "lt": "<", "lte": "<="}


def compiled(tree: Filter) -> tuple[str, list[Any]]:
    """Return SQL that is true or false, never null, with a `%s` for each value."""
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
            # Containment compares type and value, and uses the index on metadata.
            documents = [json.dumps({name: value}, ensure_ascii=False) for value in values]
            return "(metadata @> any(%s::text[]::jsonb[]))", [documents]
        case Range(name):
            return _range(name, tree)
    raise TypeError(f"not a filter: {tree!r}")


def _joined(parts: tuple[Filter, ...], word: str) -> tuple[str, list[Any]]:
    pieces = [compiled(part) for part in parts]
    return f"({word.join(piece for piece, _ in pieces)})", [value for _, values in pieces for value in values]


def _range(name: str, tree: Range) -> tuple[str, list[Any]]:
    """Return a comparison as numeric: exact for int64, and in the same order for doubles by their shortest decimals."""
    comparisons, values = [], [name]
    for bound, operator in _OPERATORS.items():
        number = getattr(tree, bound)
        if number is not None:
            comparisons.append(f"(metadata ->> %s)::numeric {operator} %s::numeric")
            values += [name, str(number)]
    # Use `case` instead of `and`, whose sides may be evaluated in any order: the cast would fail for other types.
    comparison = " and ".join(comparisons) or "true"
    return f"(case when jsonb_typeof(metadata -> %s) = 'number' then {comparison} else false end)", values
