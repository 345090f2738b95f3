"""Environments: separate spaces inside an organization. Objects of one environment are not visible in another."""

from __future__ import annotations

from embedd_pg.database.call import Actor, Database, Row
from embedd_pg.database.page import Page, Position, list_page
from embedd_pg.errors import EnvironmentNotFound


async def create(database: Database, *, name: str, actor: Actor | None = None) -> Row:
    """Create an environment. Raise ValidationError or NameTaken."""
    created = await database.value("create_environment", actor, name=name)
    return await get(database, created, actor=actor)


async def get(database: Database, environment: str, *, actor: Actor | None = None) -> Row:
    """Return an environment of the organization. Raise EnvironmentNotFound."""
    row = await database.row("get_environment", actor, environment=environment)
    if row is None:
        raise EnvironmentNotFound(f"There is no environment {environment}.")
    return row


async def list_environments(
    database: Database, *, limit: int, after: Position | None = None, actor: Actor | None = None
) -> Page:
    """Return a page of the organization's environments, oldest first."""
    return await list_page(database, "list_environments", limit=limit, after=after, actor=actor)


async def delete(database: Database, environment: str, *, actor: Actor | None = None) -> None:
    """Delete an environment and its embedders. Raise EnvironmentConflict while it holds connections or vector
    tables."""
    await database.rows("delete_environment", actor, environment=environment)
