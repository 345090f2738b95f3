"""The health checks of the service: whether it runs, and whether a worker looks for changes."""

from __future__ import annotations

import asyncio
from time import monotonic
from typing import Any
from weakref import WeakKeyDictionary

from embedd_api.auth import Needs
from embedd_api.operation import Call, Operation
from embedd_api.shapes import Health, Readiness
from embedd_pg.clients import Clients
from embedd_pg.errors import DatabaseUnavailable, WorkersMissing


async def get_health(_call: Call) -> dict[str, Any]:
    return {"status": "ok"}


#: When each service last asked the database, and the answer.
_ASKED: WeakKeyDictionary[Clients, tuple[float, asyncio.Future[Any]]] = WeakKeyDictionary()


async def get_readiness(call: Call) -> dict[str, Any]:
    """Return whether a worker looks for changes. Ask the database once a second at most: this needs no key."""
    now = monotonic()
    asked_at, answer = _ASKED.get(call.clients, (0.0, None))
    if answer is None or now - asked_at > 1:
        answer = asyncio.ensure_future(call.clients.database.value("standstill_reason"))
        _ASKED[call.clients] = now, answer
    if (reason := await asyncio.shield(answer)) is not None:
        raise WorkersMissing(reason)
    return {"status": "ready"}


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
    Operation(
        name="get_readiness",
        method="GET",
        path="/health/ready",
        summary="Check that the database answers and that a worker looks for changes.",
        needs=Needs.NOTHING,
        handler=get_readiness,
        answer=Readiness,
        errors=(DatabaseUnavailable, WorkersMissing),
    ),
)
