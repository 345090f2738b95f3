"""Recording of the calls to the control database during a piece of work."""

from __future__ import annotations

from typing import Any

import pytest

from embedd_pg.database.call import Actor, Database, Row


def recorded(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return a growing list of the functions called from now on, in order."""
    called: list[str] = []
    real = Database.rows

    async def rows(self: Database, function: str, /, actor: Actor | None = None, **named: Any) -> list[Row]:
        called.append(function)
        return await real(self, function, actor, **named)

    monkeypatch.setattr(Database, "rows", rows)
    return called
