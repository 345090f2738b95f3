"""Reads a vector table's `where` and writes it anew: only what is known here by name comes through."""

from embedd_pg.conditions.facts import SourceColumn, columns_of
from embedd_pg.conditions.parse import Condition, read_condition

__all__ = ["Condition", "SourceColumn", "columns_of", "read_condition"]
