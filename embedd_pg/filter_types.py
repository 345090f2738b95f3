"""The filter types of metadata columns, and how the values of each are read from a source.

SQL declares what a type means, in embedd_internal.filter_types(). Here are the names for programs, which hold the same
ones (tests/sql/test_filter_check.py).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any, Literal

FilterType = Literal["keyword", "integer", "float", "boolean", "datetime", "uuid", "keyword[]", "integer[]"]

#: The SQL expression that reads a column of this type. Floats and times are read as text, because one number beyond the
#: range of a double, or one date beyond that of a timestamp, would fail the whole statement.
READ_AS: dict[FilterType, str] = {
    "keyword": "{}::text",
    "integer": "{}::int8",
    "float": "{}::text",
    "boolean": "{}",
    "datetime": "{}::text",
    "uuid": "{}::text",
    "keyword[]": "{}::text[]",
    "integer[]": "{}::int8[]",
}

#: A date or time as PostgreSQL writes it, in UTC and with DateStyle ISO: the date, the time, and its fraction.
_WRITTEN = re.compile(r"(\d{4}-\d\d-\d\d)(?: (\d\d:\d\d:\d\d)(\.\d{1,6})?(?:\+00)?)?")
#: A time as it is stored.
_STORED = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def stored_time(written: str) -> str:
    """Return a date or time in the one form of stored times, as 2026-03-13T10:00:00.000000Z.

    What has no place among the years 1 to 9999 stays as PostgreSQL writes it: infinity, years before Christ, later
    years.
    """
    found = _WRITTEN.fullmatch(written)
    if found is None:
        return written
    date, time, fraction = found.groups()
    return f"{date}T{time or '00:00:00'}{(fraction or '.').ljust(7, '0')}Z"


def microseconds(stored: Any) -> int | None:
    """Return the microseconds from 1970 to a stored time; None for anything else."""
    if not isinstance(stored, str) or _STORED.fullmatch(stored) is None:
        return None
    return (datetime.fromisoformat(stored) - _EPOCH) // timedelta(microseconds=1)


def flat(array: list[Any]) -> list[Any]:
    """Return the elements of an array of any dimensions, without NULLs."""
    return list(_elements(array))


def _elements(array: list[Any]) -> Iterator[Any]:
    for element in array:
        if isinstance(element, list):
            yield from _elements(element)
        elif element is not None:
            yield element


#: The function that makes a value of this type from what was read. Raises ValueError for a value that does not fit.
MADE_BY: dict[FilterType, Callable[[Any], Any]] = {
    "float": float,
    "datetime": stored_time,
    "keyword[]": flat,
    "integer[]": flat,
}
