"""Words for what a condition is refused with: the place, what is wrong there, and what to write instead."""

from __future__ import annotations

from embedd_pg.errors import ValidationError

USUAL = "Write one condition on the columns of the source table: price > 0 and status = 'active'."
VIEW = "Make a view that has the answer as a column, and use the view as source table."


class Refused(ValidationError):
    """This is no condition that can be used."""


def refused(what: str, cure: str = USUAL) -> Refused:
    """An error that says what is wrong."""
    return Refused(f"where: {what}.", resolution=cure)


def shown(text: str) -> str:
    """A piece of a condition as a message may hold it."""
    return text if len(text) <= 60 else text[:57] + "..."
