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


async def set_disabled(database: Database, organization: str, *, disabled: bool) -> None:
    """Refuse its keys and let its sync rest, or admit and catch up. OrganizationNotFound, ValidationError."""
    function = "disable_organization" if disabled else "enable_organization"
    actor = await actor_for(database, organization=organization, user=None)
    await database.rows(function, actor, organization=organization)


async def delete(database: Database, organization: str, *, confirm: bool) -> list[Row]:
    """What it has; with `confirm` all that ends. OrganizationNotFound, ValidationError."""
    actor = await actor_for(database, organization=organization, user=None)
    return await database.rows("delete_organization", actor, organization=organization, confirm=confirm)


async def create_user(database: Database, name: str, *, role: str = "member", actor: Actor | None = None) -> str:
    """A user of the actor's organization; returns its id. ValidationError, NameTaken."""
    return str(await database.value("create_user", actor, name=name, role=role))


async def list_users(database: Database, *, actor: Actor | None = None) -> list[Row]:
    """Users of the actor's organization, oldest first."""
    return await database.rows("list_users", actor)


async def set_user_disabled(database: Database, user: str, *, disabled: bool, actor: Actor | None = None) -> None:
    """Refuse a user's keys, or admit them again. UserNotFound; ValidationError for the only owner."""
    await database.rows("disable_user" if disabled else "enable_user", actor, user=user)


async def delete_user(
    database: Database, user: str, *, heir: str | None, confirm: bool, actor: Actor | None = None
) -> list[Row]:
    """What a user owns; with `confirm` their keys end, and the rest passes to the heir, by default another owner."""
    return await database.rows("delete_user", actor, user=user, heir=heir, confirm=confirm)


async def actor_for(database: Database, *, organization: str | None, user: str | None) -> Actor:
    """Who acts, by names or ids; the self-hosted organization and its owner where nobody is named.

    OrganizationNotFound, UserNotFound."""
    found = Actor()
    if organization is not None:
        found = Actor(str(await database.value("resolve_organization", p_organization=organization)))
    if user is not None:
        found = Actor(found.organization_id, "", str(await database.value("resolve_user", found, p_user=user)))
    return found
