"""From the JSON of a request to the filter tree (contract, section 3.7).

Only declared metadata columns can be named, operands must fit the column's type, and size is limited, so
whatever comes out is safe to compile. Everything wrong is a ValidationError that names the path and says what
is allowed.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from embedd_pg.errors import ValidationError
from embedd_pg.filters.tree import And, Exists, FieldType, Filter, In, Not, Or, Range, Scalar

MAX_DEPTH = 5
MAX_CONDITIONS = 64
MAX_VALUES = 1000

INT64_MIN, INT64_MAX = -(2**63), 2**63 - 1

_BOUNDS = ("gt", "gte", "lt", "lte")
_NAMES = ("eq", "ne", "neq", *_BOUNDS, "in", "nin", "exists")
_OPERATORS = {prefix + name: name for name in _NAMES for prefix in ("", "$")} | {"neq": "ne", "$neq": "ne"}
_NUMERIC = (FieldType.INTEGER, FieldType.FLOAT)
_EXPECTED = {
    FieldType.KEYWORD: "a string",
    FieldType.INTEGER: "a number",
    FieldType.FLOAT: "a number",
    FieldType.BOOLEAN: "true or false",
}


def parse(filters: Any, fields: Mapping[str, FieldType]) -> Filter | None:
    """The tree of `filters`, None where it asks for nothing. `fields` are the columns one may filter by."""
    if filters is None:
        return None
    tree = _Parser(fields).group(filters, "filters", 1)
    return None if tree == And(()) else tree


def operators(field_type: str | None) -> list[str]:
    """What a column of this filter type can be filtered by; nothing for columns that are embedded."""
    if field_type is None:
        return []
    return [name for name in _NAMES if name != "neq" and (name not in _BOUNDS or field_type in _NUMERIC)]


@dataclass
class _Parser:
    fields: Mapping[str, FieldType]
    conditions: int = 0

    def group(self, value: Any, path: str, depth: int) -> Filter:
        """One filter object: everything in it must hold."""
        if not isinstance(value, dict):
            raise ValidationError(f"{path} must be an object that maps fields to conditions")
        if depth > MAX_DEPTH:
            raise ValidationError(f"{path} is nested too deep: at most {MAX_DEPTH} levels are allowed")
        if not value and depth > 1:
            self._count(path, 1)
        parts: list[Filter] = []
        for name, condition in value.items():
            where = f"{path}.{_shown(name)}"
            # A list is no operand of a field, so a column that is really called "$or" stays reachable.
            if name in ("$or", "$and") and (isinstance(condition, list) or name not in self.fields):
                parts.append(self._combination(name, condition, path=where, depth=depth))
            else:
                parts.extend(self._field(name, condition, where))
        return parts[0] if len(parts) == 1 else And(tuple(parts))

    def _combination(self, name: str, value: Any, *, path: str, depth: int) -> Filter:
        if not isinstance(value, list) or not value:
            raise ValidationError(f"{path} must be an array of at least one filter object")
        parts = tuple(self.group(part, f"{path}[{i}]", depth + 1) for i, part in enumerate(value))
        return Or(parts) if name == "$or" else And(parts)

    def _field(self, name: Any, condition: Any, path: str) -> list[Filter]:
        kind = self.fields.get(name) if isinstance(name, str) else None
        if kind is None:
            allowed = ", ".join(_shown(field) for field in sorted(self.fields)) or "none in this table"
            raise ValidationError(f"{path} is not a filterable field; allowed: {allowed}")
        if not isinstance(condition, dict):
            condition = {"eq": condition}
            path_of = dict.fromkeys(condition, path)
        elif not condition:
            raise ValidationError(f"{path} must name an operator; allowed: {', '.join(_NAMES)}")
        else:
            path_of = {operator: f"{path}.{_shown(operator)}" for operator in condition}
        found: list[Filter] = []
        bounds: dict[str, float] = {}
        for operator, operand in condition.items():
            where = path_of[operator]
            self._count(where, 1)
            canonical = _OPERATORS.get(operator)
            if canonical is None:
                raise ValidationError(f"{where} is not an operator; allowed: {', '.join(_NAMES)}")
            if canonical in _BOUNDS:
                _tighten(bounds, canonical, _bound(kind, operand, where))
            else:
                found.append(_equality(name, kind, operator=canonical, operand=operand, path=where))
        if bounds:
            found.append(_range(name, kind, bounds))
        return found

    def _count(self, path: str, number: int) -> None:
        self.conditions += number
        if self.conditions > MAX_CONDITIONS:
            raise ValidationError(f"{path} is one condition too many: at most {MAX_CONDITIONS} are allowed")


def _equality(name: str, kind: FieldType, *, operator: str, operand: Any, path: str) -> Filter:
    if operator == "exists":
        if not isinstance(operand, bool):
            raise ValidationError(f"{path} must be true or false")
        return Exists(name) if operand else Not(Exists(name))
    if operator in ("in", "nin"):
        if not isinstance(operand, list):
            raise ValidationError(f"{path} must be an array")
        if len(operand) > MAX_VALUES:
            raise ValidationError(f"{path} is too long: at most {MAX_VALUES} values are allowed")
        values = [_value(kind, value, f"{path}[{i}]") for i, value in enumerate(operand)]
    else:
        values = [_value(kind, operand, path)]
    # None: a legal operand that no stored value can equal.
    condition = In(name, kind, tuple(dict.fromkeys(value for value in values if value is not None)))
    return Not(condition) if operator in ("ne", "nin") else condition


def _value(kind: FieldType, operand: Any, path: str) -> Scalar | None:
    if operand is None:
        raise ValidationError(f"{path} must not be null; use exists to ask whether a field is there")
    if kind in _NUMERIC:
        number = _number(kind, operand, path)
        return None if kind is FieldType.INTEGER and isinstance(number, float) else number
    if kind is FieldType.BOOLEAN and isinstance(operand, bool):
        return operand
    if kind is FieldType.KEYWORD and isinstance(operand, str):
        return operand if _is_text(operand) else None
    raise ValidationError(f"{path} must be {_EXPECTED[kind]}")


def _number(kind: FieldType, operand: Any, path: str) -> int | float:
    """A finite float for a float field; for an integer field an int64, or a float that has a fraction."""
    if isinstance(operand, bool) or not isinstance(operand, (int, float)):
        raise ValidationError(f"{path} must be a number")
    if not isinstance(operand, int) and not math.isfinite(operand):
        raise ValidationError(f"{path} must be a finite number")
    if kind is FieldType.FLOAT:
        try:
            return float(operand)
        except OverflowError:
            raise ValidationError(f"{path} must be a number within the range of a double") from None
    number: int | float = int(operand) if operand == int(operand) else operand
    if not INT64_MIN <= number <= INT64_MAX:
        raise ValidationError(f"{path} must be within the range of a 64-bit integer")
    return number


def _bound(kind: FieldType, operand: Any, path: str) -> float:
    if kind not in _NUMERIC:
        raise ValidationError(
            f"{path} is a comparison of numbers, but the field is {kind}; allowed: eq, ne, in, nin, exists"
        )
    if operand is None:
        raise ValidationError(f"{path} must not be null; it must be a number")
    return _number(kind, operand, path)


def _tighten(bounds: dict[str, float], operator: str, value: float) -> None:
    """An operator and its alias may both be there: both must hold."""
    stricter = max if operator in ("gt", "gte") else min
    bounds[operator] = stricter(bounds.get(operator, value), value)


def _range(name: str, kind: FieldType, bounds: Mapping[str, float]) -> Filter:
    if kind is FieldType.FLOAT:
        return Range(name, kind, **bounds)
    # Whole closed bounds, because a store may cut off the fraction of a bound of an integer field.
    lower = [math.floor(bounds["gt"]) + 1] if "gt" in bounds else []
    lower += [math.ceil(bounds["gte"])] if "gte" in bounds else []
    upper = [math.ceil(bounds["lt"]) - 1] if "lt" in bounds else []
    upper += [math.floor(bounds["lte"])] if "lte" in bounds else []
    gte, lte = max(lower, default=None), min(upper, default=None)
    if (gte is not None and gte > INT64_MAX) or (lte is not None and lte < INT64_MIN):
        return In(name, kind, ())
    return Range(name, kind, gte=gte, lte=lte)


def _is_text(value: str) -> bool:
    """Whether a stored string can equal it: stores keep no NUL and no lone surrogates."""
    return "\0" not in value and not any("\ud800" <= char <= "\udfff" for char in value)


def _shown(name: Any) -> str:
    """A name from the request as a message may hold it: short, and encodable."""
    text = str(name).encode("utf-8", "replace").decode()
    return text if len(text) <= 80 else text[:77] + "..."
