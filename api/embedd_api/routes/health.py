"""The health check of the service."""

from __future__ import annotations

from typing import Any

from embedd_api.auth import Needs
from embedd_api.operation import Call, Operation
from embedd_api.shapes import Health


async def get_health(_call: Call) -> dict[str, Any]:
    return {"status": "ok"}


OPERATIONS = (
    Operation(
        name="get_health",
        method="GET",
        path="/health",
        summary="Check that the service runs.",
        needs=Needs.NOTHING,
        handler=get_health,
        answer=Health,
    ),
)
