"""The filter types of metadata columns, and how the values of each are read from a source.

SQL declares what a type means, in embedd_internal.filter_types(). Here are the names for programs, which hold the same
ones (tests/sql/test_filter_check.py).
"""

from __future__ import annotations

from typing import Literal

FilterType = Literal["keyword", "integer", "float", "boolean"]

#: The SQL expression that reads a column of this type. Floats are read as text, because one number beyond the range of
#: a double would fail the whole statement.
READ_AS: dict[FilterType, str] = {"keyword": "{}::text", "integer": "{}::int8", "float": "{}::text", "boolean": "{}"}
