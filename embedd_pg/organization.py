"""Organizations and their users, for those who host for others."""

from __future__ import annotations

from embedd_pg.database.call import Actor, Database, Row


async def create(database: Database, name: str, *, tier: str = "free", owner_name: str = "owner") -> str:
    """A new tenant with its owner and the environment `prod`; returns its id. ValidationError, NameTaken."""
    return str(await database.value("create_organization", name=name, tier=tier, owner_name=owner_name))


async def list_organizations(database: Database) -> list[Row]:
    """All of them, oldest first."""
    return await database.rows("list_organizations")


async def set_tier(database: Database, organization: str, *, tier: str) -> None:
    """Move it to another tier, in force with its next request. OrganizationNotFound, ValidationError."""
    await database.rows("set_tier", organization=organization, tier=tier)


async def create_user(database: Database, name: str, *, role: str = "member", actor: Actor | None = None) -> str:
    """A user of the actor's organization; returns its id. ValidationError, NameTaken."""
    return str(await database.value("create_user", actor, name=name, role=role))


async def list_users(database: Database, *, actor: Actor | None = None) -> list[Row]:
    """Users of the actor's organization, oldest first."""
    return await database.rows("list_users", actor)


async def actor_for(database: Database, *, organization: str | None, user: str | None) -> Actor:
    """Who acts, by names or ids; the self-hosted organization and its owner where nobody is named.

    OrganizationNotFound, UserNotFound."""
    found = Actor()
    if organization is not None:
        found = Actor(str(await database.value("resolve_organization", p_organization=organization)))
    if user is not None:
        found = Actor(found.organization_id, "", str(await database.value("resolve_user", found, p_user=user)))
    return found
