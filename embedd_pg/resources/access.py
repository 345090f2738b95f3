"""Access: API keys, the principals they stand for, and the audit log.

A key is 256 random bits, so its plain SHA-256 digest is safe to store. The key itself is shown once and not stored.
Keys chosen by people must never be accepted: they would need a slow hash.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
import zlib
from dataclasses import asdict, dataclass
from datetime import datetime
from time import monotonic
from typing import Any
from uuid import UUID

from embedd_pg.database.call import Actor, Database, Row
from embedd_pg.database.page import Page, Position, list_page
from embedd_pg.errors import ApiKeyNotFound, KeyRevoked, OrganizationDeleting, Unauthorized
from embedd_pg.generation import SeenVersion

KEY_PREFIX = "sk_live_"
SHOWN = 12
#: Message and resolution for a revoked key, by the status that authenticate() returns.
_ENDED = {
    "expired": ("This API key has expired.", None),
    "user_disabled": ("The user of this API key is disabled.", "Ask the operator of this service."),
}


@dataclass(frozen=True, slots=True)
class Principal:
    """The user and organization behind an API key, the key's permission (`full` or `read_only`), and the rate limit;
    None is no limit. `seen` is the version of the generation to search, if it was asked for together with the key."""

    key_id: str
    organization_id: str
    user_id: str
    permission: str
    requests_per_minute: int | None = None
    seen: SeenVersion | None = None


@dataclass(frozen=True, slots=True)
class Sought:
    """The vector table that a request wants to search, by name or id, and the environment; empty for `prod`."""

    vector_table: str
    environment: str

    @property
    def storable(self) -> bool:
        """Whether PostgreSQL can hold both texts."""
        return self.vector_table.isprintable() and self.environment.isprintable()


@dataclass(frozen=True, slots=True)
class Admission:
    """The decision of the rate limit on a request, and the values of the headers that report it."""

    admitted: bool
    remaining: int
    reset_at: int
    wait_seconds: int


@dataclass(frozen=True, slots=True)
class Audited:
    """An entry of the audit log: a request that changed or tried to change something."""

    key_id: str
    operation: str
    target: str | None
    result: str
    address: str | None
    request_id: str


@dataclass(frozen=True, slots=True)
class NewKey:
    """A key just created; `key` cannot be shown again."""

    key: str
    api_key: Row


async def authenticate(database: Database, key: str, sought: Sought | None = None) -> Principal:
    """Return the principal of a key, and for a search what it looks for. Raise Unauthorized, KeyRevoked or
    OrganizationDeleting. Every key costs the same look-up, whatever its form, so that timing reveals nothing. The
    look-up is always made: a key that was revoked is refused with the next request in every process."""
    digest, began = _digest(key), monotonic()
    if sought is not None and sought.storable:
        row = await database.joined_row(
            "authenticate_search",
            p_digest=digest,
            p_environment=sought.environment,
            p_vector_table=sought.vector_table,
        )
    else:
        row = await database.joined_row("authenticate", p_digest=digest)
    if row is None or not hmac.compare_digest(bytes(row["digest"]), digest):
        raise Unauthorized
    if row["revoked_at"] is not None:
        message, resolution = _ENDED.get(row["status"], (None, None))
        raise KeyRevoked(message, resolution=resolution)
    if row["status"] == "disabled":
        raise KeyRevoked(
            "The organization of this API key is disabled.", resolution="Ask the operator of this service."
        )
    if row["status"] != "active":
        raise OrganizationDeleting
    version = row.get("search_version")
    return Principal(
        row["id"],
        row["organization_id"],
        str(row["user_id"]),
        row["permission"],
        row["requests_per_minute"],
        None if version is None else SeenVersion(version, began),
    )


async def take_request(
    database: Database, organization_id: str, *, per_minute: int, at: datetime | None = None
) -> Admission:
    """Count one request against the organization's limit; `at` replaces the database's clock."""
    clock: dict[str, Any] = {"p_at": at} if at else {}
    row = await database.row("take_request", p_organization_id=organization_id, p_limit=per_minute, **clock)
    assert row is not None
    return Admission(**row)


async def record_audit(database: Database, entry: Audited, *, actor: Actor) -> None:
    """Add an entry to the audit log."""
    await database.rows("record_audit", actor, **{f"p_{name}": value for name, value in asdict(entry).items()})


async def list_audit(
    database: Database, *, limit: int, before: Position | None = None, actor: Actor | None = None
) -> Page:
    """Return a page of the organization's audit log, newest first. Raise InsufficientPermission unless the actor is an
    owner."""
    return await list_page(database, "list_audit", limit=limit, after=before, actor=actor, newest_first=True)


async def count_failed_login(database: Database, address: str) -> None:
    """Count a request from this address that had an invalid key."""
    await database.rows("count_failed_login", p_address=address)


async def organization_of(database: Database, actor: Actor | None) -> str:
    """Return the id of the actor's organization; SQL decides the default."""
    if actor and actor.organization_id:
        return actor.organization_id
    return str(await database.value("acting_organization", actor))


async def resolve_environment(database: Database, actor: Actor) -> str:
    """Return the id of the actor's environment, `prod` by default. Raise EnvironmentNotFound."""
    return str(await database.value("acting_environment", actor))


async def authorize(database: Database, operation: str, noun: str, thing: str, *, actor: Actor | None) -> None:
    """Raise InsufficientPermission unless the actor may do this to the object with this id. SQL functions check this
    themselves; call it before steps that precede them, such as contacting a server."""
    await database.rows("authorize", actor, p_operation=operation, p_noun=noun, p_id=thing)


def new_key() -> str:
    """Return a new key: 256 random bits, and a checksum by which scanners for leaked keys recognise it."""
    key = KEY_PREFIX + secrets.token_urlsafe(32)
    return f"{key}{zlib.crc32(key.encode()):08x}"


async def create_api_key(
    database: Database,
    *,
    name: str,
    permission: str = "full",
    expires_at: datetime | None = None,
    actor: Actor | None = None,
) -> NewKey:
    """Create a key that acts as the actor's user until it is revoked or expires. A key created with another key expires
    no later than that one."""
    key = new_key()
    created = await database.value(
        "create_api_key",
        actor,
        name=name,
        digest=_digest(key),
        key_prefix=key[:SHOWN],
        permission=permission,
        expires_at=expires_at,
    )
    return NewKey(key, await get_api_key(database, created, actor=actor))


async def get_api_key(database: Database, api_key: str, *, actor: Actor | None = None) -> Row:
    """Return an API key by id, without the key itself. Raise ApiKeyNotFound."""
    row = await database.row("get_api_key", actor, api_key=api_key)
    if row is None:
        raise ApiKeyNotFound(f"There is no API key {api_key}.")
    return _with_public_user(row)


async def list_api_keys(
    database: Database, *, limit: int, after: Position | None = None, actor: Actor | None = None
) -> Page:
    """Return a page of the organization's API keys, oldest first, including revoked ones."""
    page = await list_page(database, "list_api_keys", limit=limit, after=after, actor=actor)
    return Page([_with_public_user(row) for row in page.rows], page.next)


async def revoke_api_key(database: Database, api_key: str, *, actor: Actor | None = None) -> list[Row]:
    """Revoke a key; it stays listed. Return the keys that were created with it, which stay valid."""
    await database.rows("revoke_api_key", actor, api_key=api_key)
    return [_with_public_user(row) for row in await database.rows("minted_keys", actor, api_key=api_key)]


def _digest(key: str) -> bytes:
    return hashlib.sha256(key.encode("utf-8", "surrogatepass")).digest()


def _with_public_user(row: Row) -> Row:
    """Replace the UUID of the user by its public `usr_` id."""
    return row | {"created_by": f"usr_{UUID(str(row['created_by'])).hex}"}
