"""Organizations and their users, for operators that host embedd for several tenants."""

from __future__ import annotations

from embedd_pg.database.call import Actor, Database, Row


async def create(database: Database, name: str, *, tier: str = "free", owner_name: str = "owner") -> str:
    """Create an organization with an owner and the environment `prod`. Return its id. Raise ValidationError or
    NameTaken."""
    return str(await database.value("create_organization", name=name, tier=tier, owner_name=owner_name))


async def list_organizations(database: Database) -> list[Row]:
    """Return all organizations, oldest first."""
    return await database.rows("list_organizations")


async def set_tier(database: Database, organization: str, *, tier: str) -> None:
    """Change the tier of an organization, effective from its next request. Raise OrganizationNotFound or
    ValidationError."""
    await database.rows("set_tier", organization=organization, tier=tier)


async def set_disabled(database: Database, organization: str, *, disabled: bool) -> None:
    """Disable an organization, so that its keys are refused and its sync stops; or enable it, so that its sync catches
    up. Raise OrganizationNotFound or ValidationError."""
    function = "disable_organization" if disabled else "enable_organization"
    actor = await actor_for(database, organization=organization, user=None)
    await database.rows(function, actor, organization=organization)


async def delete(database: Database, organization: str, *, confirm: bool) -> list[Row]:
    """Return what an organization holds; with `confirm`, delete it with everything it holds. Raise OrganizationNotFound
    or ValidationError."""
    actor = await actor_for(database, organization=organization, user=None)
    return await database.rows("delete_organization", actor, organization=organization, confirm=confirm)


async def create_user(database: Database, name: str, *, role: str = "member", actor: Actor | None = None) -> str:
    """Create a user in the actor's organization. Return its id. Raise ValidationError or NameTaken."""
    return str(await database.value("create_user", actor, name=name, role=role))


async def list_users(database: Database, *, actor: Actor | None = None) -> list[Row]:
    """Return the users of the actor's organization, oldest first."""
    return await database.rows("list_users", actor)


async def set_user_disabled(database: Database, user: str, *, disabled: bool, actor: Actor | None = None) -> None:
    """Disable a user, so that their keys are refused, or enable them. Raise UserNotFound; ValidationError for the only
    owner."""
    await database.rows("disable_user" if disabled else "enable_user", actor, user=user)


async def delete_user(
    database: Database, user: str, *, heir: str | None, confirm: bool, actor: Actor | None = None
) -> list[Row]:
    """Return what a user owns; with `confirm`, delete the user and their keys. Everything else passes to the heir, by
    default another owner."""
    return await database.rows("delete_user", actor, user=user, heir=heir, confirm=confirm)


async def actor_for(database: Database, *, organization: str | None, user: str | None) -> Actor:
    """Return the actor for an organization and a user, by name or id. The defaults are the self-hosted organization and
    the owner. Raise OrganizationNotFound or UserNotFound."""
    found = Actor()
    if organization is not None:
        found = Actor(str(await database.value("resolve_organization", p_organization=organization)))
    if user is not None:
        found = Actor(found.organization_id, "", str(await database.value("resolve_user", found, p_user=user)))
    return found
