"""The engine of a Qdrant store on a server. `edge` has that of a local store."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Sequence
from typing import Any, Protocol

from qdrant_client import AsyncQdrantClient, models

from embedd_pg.errors import StoreError
from embedd_pg.stores.qdrant.filter import Condition, integers, negated
from embedd_pg.stores.qdrant.points import as_json, as_models

#: After a crash, older servers evaluate the conditions of logged writes again, against points that have changed since,
#: so a deleted row can come back. Servers before 1.16 ignore conditions altogether.
MIN_VERSION = (1, 19)


class Engine(Protocol):
    """Calls of a Qdrant client's methods by name. `upsert` also takes the points of points.py."""

    async def call(self, method: str, **arguments: Any) -> Any: ...

    async def close(self) -> None: ...


class ServerEngine:
    """A Qdrant server. Its version is checked before the first call, and again after a failure, because the server may
    have been replaced. `timeout` bounds a whole call; the client's own limit is per byte."""

    def __init__(self, client: AsyncQdrantClient, timeout: float, *, grpc: bool = False) -> None:
        self._client = client
        self._timeout = timeout
        self._checked = False
        self._upsert = self._upsert_models if grpc else self._upsert_json

    async def call(self, method: str, **arguments: Any) -> Any:
        try:
            async with asyncio.timeout(self._timeout):
                if not self._checked:
                    _require_version((await self._client.info()).version)
                    self._checked = True
                operation = self._upsert if method == "upsert" else getattr(self._client, method)
                return await operation(**arguments)
        except Exception:
            self._checked = False
            raise

    async def _upsert_models(self, points: Sequence[Any], **arguments: Any) -> Any:
        return await self._client.upsert(points=as_models(points), **arguments)

    async def _upsert_json(
        self,
        collection_name: str,
        points: Sequence[Any],
        *,
        update_filter: models.Filter | None = None,
        update_mode: models.UpdateMode | None = None,
        **arguments: Any,
    ) -> Any:
        body: Any = as_json(points, update_filter, update_mode)
        arguments = {"wait": True, "point_insert_operations": body} | arguments
        return (await self._client.http.points_api.upsert_points(collection_name, **arguments)).result

    async def close(self) -> None:
        await self._client.close()


def _require_version(version: str) -> None:
    numbers = tuple(int(part) for part in re.findall(r"\d+", version)[:2])
    if numbers < MIN_VERSION:
        raise StoreError(
            f"Qdrant {version[:20]} is too old: before 1.19, deleted rows can come back when the server restarts after "
            "a crash, because it then evaluates conditional writes again.",
            resolution="Upgrade the Qdrant server to 1.19 or later.",
        )


def filter_of(condition: Condition) -> models.Filter:
    """Return a condition in the form of the client's filter argument."""
    if not {"must", "should", "must_not"} & condition.keys():
        condition = {"must": [condition]}
    return models.Filter.model_validate(condition)


def older_than(token: int) -> models.Filter:
    """Return the condition of a write with this token, which must not change points with the same or a higher one."""
    return filter_of(negated(integers("_e.v", token, None)))
