"""Counts what a piece of work asks of the control database."""

from __future__ import annotations

from typing import Any

import pytest

from embedd_pg.database.call import Actor, Database, Row


def recorded(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The functions that are called from now on, in order; it grows."""
    called: list[str] = []
    real = Database.rows

    async def rows(self: Database, function: str, /, actor: Actor | None = None, **named: Any) -> list[Row]:
        called.append(function)
        return await real(self, function, actor, **named)

    monkeypatch.setattr(Database, "rows", rows)
    return called
