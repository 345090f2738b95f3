"""Refusals of conditions: messages with the place, the fault, and what to write instead."""

from __future__ import annotations

from embedd_pg.errors import ValidationError

USUAL = "Write one condition on the columns of the source table: price > 0 and status = 'active'."
VIEW = "Make a view that has the result as a column, and use the view as the source table."


class Refused(ValidationError):
    """This condition cannot be used."""


def refusal(what: str, cure: str = USUAL) -> Refused:
    """Return an error that says what is wrong."""
    return Refused(f"where: {what}.", resolution=cure)


def shorten(text: str) -> str:
    """Return a piece of a condition, shortened for a message."""
    return text if len(text) <= 60 else text[:57] + "..."
