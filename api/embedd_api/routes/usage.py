"""Usage: requests, tokens and cost by day, vector table and embedder."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

from embedd_api.auth import Needs
from embedd_api.operation import Call, Operation
from embedd_api.shapes import Usage, UsageList, select_fields
from embedd_pg.database.call import Row
from embedd_pg.embedding import usage
from embedd_pg.errors import ValidationError, VectorTableNotFound

_render = select_fields(Usage)
_FORM = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_DAY = {"type": "string", "format": "date"}


async def list_usage(call: Call) -> dict[str, Any]:
    rows = await usage.list_usage(
        call.clients.database,
        first=_day(call, "from"),
        last=_day(call, "to"),
        vector_table=call.query.get("vector_table_id"),
        actor=call.actor,
    )
    return {"data": [_render(row | _rename_fields(row)) for row in rows]}


def _rename_fields(row: Row) -> Row:
    """Return the fields whose names in REST differ from SQL, and values that JSON has no type for."""
    cost = row["cost_usd"]
    return {
        "day": row["day"].isoformat(),
        "embedding_provider_id": row["embedder_id"],
        "embedding_provider_name": row["embedder_name"],
        "cost_usd": None if cost is None else float(cost),
    }


def _day(call: Call, name: str) -> date | None:
    given = call.query.get(name)
    if given is None:
        return None
    try:
        # Python would accept other forms of ISO 8601, too.
        return date.fromisoformat(given if _FORM.fullmatch(given) else "")
    except ValueError:
        raise ValidationError(f"{name} is not a valid date.", resolution=f"Send it as {name}=2026-03-13.") from None


OPERATIONS = (
    Operation(
        name="list_usage",
        method="GET",
        path="/v1/usage",
        summary="List requests, tokens and cost of embedding by day, newest first; by default for this month.",
        needs=Needs.READ,
        handler=list_usage,
        answer=UsageList,
        query={"from": _DAY, "to": _DAY, "vector_table_id": {"type": "string"}},
        errors=(ValidationError, VectorTableNotFound),
    ),
)
