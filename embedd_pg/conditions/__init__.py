"""Conditions: parse a vector table's `where` and print it again, so that only known elements of SQL remain."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from embedd_pg.conditions.facts import SourceColumn, columns_of

if TYPE_CHECKING:
    from embedd_pg.conditions.parse import Condition

__all__ = ["SourceColumn", "columns_of", "read_condition"]


def read_condition(text: str, columns: Mapping[str, SourceColumn]) -> Condition:
    """Parse a condition. Raise Refused, which says where the text is wrong and what to write instead."""
    # The parser is a sixth of what a worker would load at its start, and few tables have a condition.
    from embedd_pg.conditions.parse import parse_condition

    return parse_condition(text, columns)
