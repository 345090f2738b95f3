"""Authorization by API key. One function decides and denies by default. Every operation declares what it needs; the
application does not start when a declaration is missing."""

from __future__ import annotations

import enum
from dataclasses import replace

from starlette.datastructures import Headers

from embedd_pg.database.call import Actor, Database
from embedd_pg.errors import PermissionDenied, Unauthorized
from embedd_pg.resources import access
from embedd_pg.resources.access import Principal


class Needs(enum.Enum):
    """The access that an operation needs."""

    NOTHING = "nothing"
    READ = "read"
    WRITE = "write"


#: The access that each permission of an API key allows.
_ALLOWED = {"full": frozenset({Needs.READ, Needs.WRITE}), "read_only": frozenset({Needs.READ})}


def authorize(principal: Principal, needs: Needs) -> None:
    """Raise PermissionDenied unless the principal's key allows this access."""
    if needs not in _ALLOWED.get(principal.permission, frozenset()):
        raise PermissionDenied


async def acting(database: Database, principal: Principal, headers: Headers) -> Actor:
    """Return the actor in the environment that X-Environment-Id names, or in `prod` without that header. Raise
    EnvironmentNotFound for an unknown one."""
    environment = headers.get("x-environment-id", "")
    actor = Actor(principal.organization_id, environment, principal.user_id, principal.key_id)
    if environment:
        return replace(actor, environment_id=await access.resolve_environment(database, actor))
    return actor


def key_of(headers: Headers) -> str:
    """Return the key from `Authorization: Bearer sk_...` or `x-api-key`. Raise Unauthorized without exactly one key."""
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
