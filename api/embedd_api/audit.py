"""The audit log: every operation that writes, or tries to, adds an entry. Entries cannot be changed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

import structlog

from embedd_api.frame import Frame
from embedd_pg.database.call import Actor, Database
from embedd_pg.errors import EmbeddError
from embedd_pg.resources import access
from embedd_pg.resources.access import Audited, Principal

log = structlog.get_logger("embedd_api")


async def record(
    database: Database, frame: Frame, principal: Principal, *, target: str | None, error: BaseException | None = None
) -> None:
    """Record the outcome of an operation. The operation has ended, so an entry that cannot be stored goes to the
    log."""
    result = "ok" if error is None else error.code if isinstance(error, EmbeddError) else EmbeddError.code
    entry = Audited(
        key_id=principal.key_id,
        operation=frame.operation or "",
        target=target,
        result=result,
        address=frame.address or None,
        request_id=frame.request_id,
    )
    try:
        await access.record_audit(database, entry, actor=Actor(principal.organization_id, "", principal.user_id))
    except EmbeddError as lost:
        log.error("audit_entry_lost", code=lost.code, **asdict(entry))


async def record_failed_login(database: Database, address: str) -> None:
    """Count a request with an invalid key. The request is refused even if the count cannot be stored."""
    try:
        await access.count_failed_login(database, address)
    except EmbeddError as lost:
        log.error("failed_login_not_counted", code=lost.code, address=address)


def target_of(path: Mapping[str, str], result: Any) -> str | None:
    """Return the id of the object that an operation concerns: the id in the path, or that of the object it created."""
    found: Any = next((value for name, value in path.items() if name != "provider"), None)
    if found is None and isinstance(result, dict):
        made = result.get("api_key", result)
        found = made.get("id", made.get("embedderId")) if isinstance(made, dict) else None
    return found[:100] if isinstance(found, str) and found.isprintable() else None
