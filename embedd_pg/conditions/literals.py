"""Literals: whether a text in quotes is a value of a type, as PostgreSQL prints it, and does not change with time."""

from __future__ import annotations

import json
import math
import re
from datetime import date, datetime, time

from embedd_pg.conditions.facts import Type

_NUMBER = re.compile(r" *[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]{1,4})? *")
_WHOLE = re.compile(r" *[+-]?[0-9]{1,30} *")
_BITS = {"smallint": 15, "integer": 31, "bigint": 63}
_LARGEST = {"real": 3.4028234e38, "double precision": math.inf}
_BOOLEANS = frozenset({"true", "false", "t", "f", "yes", "no", "y", "n", "on", "off", "1", "0"})
_UUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_DAY = r"[0-9]{4}-[0-9]{2}-[0-9]{2}"
_HOUR = r"[0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]{1,6})?)?"
_MOMENTS = {
    "date": re.compile(_DAY),
    "time": re.compile(_HOUR),
    "timestamp": re.compile(f"{_DAY}([ T]{_HOUR})?"),
    "timestamptz": re.compile(f"{_DAY}([ T]{_HOUR}([+-][0-9]{{2}}(:[0-9]{{2}})?|Z)?)?"),
}
_UNITS = r"(years?|mons?|months?|weeks?|days?|hours?|mins?|minutes?|secs?|seconds?)"
_INTERVAL = re.compile(
    rf"(?=.)([+-]?[0-9]{{1,6}} {_UNITS}( |$))*([+-]?[0-9]{{2,6}}:[0-9]{{2}}(:[0-9]{{2}}(\.[0-9]{{1,6}})?)?)?"
)


def fits(text: str, type_: Type) -> bool:
    """Return whether a condition may contain this text as a value of this type."""
    family = type_.family
    if family == "number":
        return _is_number(text, type_.name)
    if family in _MOMENTS:
        infinite = family != "time" and text in ("infinity", "-infinity")
        return infinite or _is_moment(text, family)
    if family in ("json", "jsonb"):
        return _is_json(text)
    if family == "enum":
        return text in type_.labels
    if family == "boolean":
        return text.lower() in _BOOLEANS
    if family == "uuid":
        return _UUID.fullmatch(text) is not None
    if family == "interval":
        return _INTERVAL.fullmatch(text) is not None
    return family == "text"


def number_type(text: str) -> str:
    """Return the type that PostgreSQL gives a number without quotes."""
    if not text.isdecimal():
        return "numeric"
    return next((name for name in ("integer", "bigint") if whole(text) < 2 ** _BITS[name]), "numeric")


def whole(text: str) -> float:
    """Return the value of digits. Python refuses to read thousands of digits, so large numbers become infinity."""
    text = text.strip()
    sign, digits = "-" if text.startswith("-") else "", text.lstrip("+-").lstrip("0") or "0"
    return int(sign + digits) if len(digits) < 40 else float(f"{sign}inf")


def _is_number(text: str, name: str) -> bool:
    if name in _BITS:
        return _WHOLE.fullmatch(text) is not None and -(2 ** _BITS[name]) <= whole(text) < 2 ** _BITS[name]
    if _NUMBER.fullmatch(text) is None:
        return False
    value = abs(float(text))
    return value <= _LARGEST.get(name, math.inf) and (name == "numeric" or math.isfinite(value))


def _is_moment(text: str, family: str) -> bool:
    if _MOMENTS[family].fullmatch(text) is None:
        return False
    read = {"date": date.fromisoformat, "time": time.fromisoformat}.get(family, datetime.fromisoformat)
    try:
        read(text)
    except ValueError:
        return False
    return True


def _is_json(text: str) -> bool:
    def refuse(_: str) -> None:
        raise ValueError

    try:
        json.loads(text, parse_constant=refuse)
    except (ValueError, RecursionError):
        return False
    return "\\u0000" not in text
