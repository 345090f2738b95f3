"""The audit log, readable by owners of the organization."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from embedd_api.auth import Needs
from embedd_api.operation import Call, Operation
from embedd_api.pagination import listing
from embedd_api.shapes import AuditEntry, AuditLog, select_fields
from embedd_pg.errors import InsufficientPermission
from embedd_pg.resources import access

_entry = select_fields(AuditEntry)


def _render(row: Mapping[str, Any]) -> dict[str, Any]:
    return _entry({**row, "user_id": row["user_id"] and f"usr_{row['user_id'].hex}"})


async def list_audit(call: Call) -> dict[str, Any]:
    page = await access.list_audit(
        call.clients.database, limit=call.page.limit, before=call.page.after, actor=call.actor
    )
    return listing(page, call.page.limit, _render)


OPERATIONS = (
    Operation(
        name="list_audit_log",
        method="GET",
        path="/v1/audit-log",
        summary="List changes and attempted changes, newest first; for owners of the organization.",
        needs=Needs.READ,
        handler=list_audit,
        answer=AuditLog,
        paged=True,
        in_environment=False,
        errors=(InsufficientPermission,),
    ),
)
