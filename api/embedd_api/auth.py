"""Who may do what. One function decides, and it says no unless something says yes; every operation declares what it
needs, and the application does not start with one that does not."""

from __future__ import annotations

import enum
from dataclasses import replace

from starlette.datastructures import Headers

from embedd_pg.database.call import Actor, Database
from embedd_pg.errors import PermissionDenied, Unauthorized
from embedd_pg.resources import access
from embedd_pg.resources.access import Principal


class Needs(enum.Enum):
    """What an operation asks of its caller."""

    NOTHING = "nothing"
    READ = "read"
    WRITE = "write"


#: What the two permissions of API keys allow.
_ALLOWED = {"full": frozenset({Needs.READ, Needs.WRITE}), "read_only": frozenset({Needs.READ})}


def authorize(principal: Principal, needs: Needs) -> None:
    """Raises PermissionDenied unless the principal's key allows it."""
    if needs not in _ALLOWED.get(principal.permission, frozenset()):
        raise PermissionDenied


async def acting(database: Database, principal: Principal, headers: Headers) -> Actor:
    """The actor in the environment that X-Environment-Id names, else `prod`. EnvironmentNotFound."""
    environment = headers.get("x-environment-id", "")
    actor = Actor(principal.organization_id, environment, principal.user_id, principal.key_id)
    if environment:
        return replace(actor, environment_id=await access.resolve_environment(database, actor))
    return actor


def key_of(headers: Headers) -> str:
    """The key of a request, from `Authorization: Bearer sk_...` or `x-api-key`. Unauthorized."""
    authorizations = headers.getlist("authorization")
    if authorizations:
        scheme, _, key = authorizations[0].partition(" ")
        if scheme.lower() == "bearer" and len(authorizations) == 1 and key.strip():
            return key.strip()
        raise Unauthorized("The Authorization header does not hold a bearer key.")
    keys = headers.getlist("x-api-key")
    if len(keys) != 1 or not keys[0].strip():
        raise Unauthorized("The API key is missing.")
    return keys[0].strip()
