"""Conditions: parse a vector table's `where` and print it again, so that only known elements of SQL remain."""

from embedd_pg.conditions.facts import SourceColumn, columns_of
from embedd_pg.conditions.parse import Condition, read_condition

__all__ = ["Condition", "SourceColumn", "columns_of", "read_condition"]
