"""The engines of a Qdrant store: the client of a server, or the client's local mode in a directory."""

from __future__ import annotations

import asyncio
import json
import re
import warnings
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Protocol

from qdrant_client import AsyncQdrantClient, QdrantClient, models

from embedd_pg.errors import LocalStoreBusy, StoreError
from embedd_pg.stores.base import batches
from embedd_pg.stores.qdrant.filter import Condition, equal
from embedd_pg.stores.qdrant.payload import MARK, is_ours

#: Older servers ignore `update_filter`, without which late writes are not refused.
MIN_VERSION = (1, 16)


@dataclass(frozen=True, slots=True)
class Overwrite:
    """A new payload for a point, if it still has this text hash and an older token."""

    id: str
    text_hash: str
    token: int
    payload: dict[str, Any]

    @property
    def condition(self) -> models.Filter:
        must = [{"has_id": [self.id]}, equal("_e.th", self.text_hash)]
        return filter_of({"must": must, "must_not": [not_older(self.token)]})

    @property
    def weight(self) -> int:
        """An upper bound of its size in a request; the texts of the updates do not determine it."""
        return 512 + len(json.dumps(self.payload))


class Engine(Protocol):
    """Calls of a Qdrant client's methods by name. `local`: functions that only a server has are missing."""

    local: bool

    async def call(self, method: str, **arguments: Any) -> Any: ...

    async def overwrite(self, collection: str, overwrites: Sequence[Overwrite]) -> Any: ...

    async def close(self) -> None: ...


class ServerEngine:
    """A Qdrant server. Its version is checked before the first call, and again after a failure, because the server may
    have been replaced. `timeout` bounds a whole call; the client's own limit is per byte."""

    local = False

    def __init__(self, client: AsyncQdrantClient, timeout: float) -> None:
        self._client = client
        self._timeout = timeout
        self._checked = False

    async def call(self, method: str, **arguments: Any) -> Any:
        try:
            async with asyncio.timeout(self._timeout):
                if not self._checked:
                    _require_version((await self._client.info()).version)
                    self._checked = True
                return await getattr(self._client, method)(**arguments)
        except Exception:
            self._checked = False
            raise

    async def overwrite(self, collection: str, overwrites: Sequence[Overwrite]) -> Any:
        results: list[models.UpdateResult] = []
        for batch in batches(overwrites, lambda one: one.weight):
            operations = [
                models.OverwritePayloadOperation(
                    overwrite_payload=models.SetPayload(payload=one.payload, filter=one.condition)
                )
                for one in batch
            ]
            results += await self.call(
                "batch_update_points",
                collection_name=collection,
                update_operations=operations,
                wait=True,
                ordering=models.WriteOrdering.STRONG,
            )
        return results

    async def close(self) -> None:
        await self._client.close()


class LocalEngine:
    """The client's local mode. It is not thread-safe, so its own thread makes all calls."""

    local = True

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._client: QdrantClient | None = None
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="qdrant-local")
        self._closed = False
        # embedd logs its own warning once, with advice.
        warnings.filterwarnings("ignore", message="Local mode is not recommended")

    async def call(self, method: str, **arguments: Any) -> Any:
        return await self._in_thread(lambda client: getattr(client, method)(**arguments))

    async def overwrite(self, collection: str, overwrites: Sequence[Overwrite]) -> Any:
        return await self._in_thread(partial(_overwrite_by_id, collection=collection, overwrites=overwrites))

    async def close(self) -> None:
        if self._closed:
            return
        self._closed = True
        await asyncio.get_running_loop().run_in_executor(self._thread, self._close)
        self._thread.shutdown()

    async def _in_thread(self, job: Callable[[QdrantClient], Any]) -> Any:
        return await asyncio.get_running_loop().run_in_executor(self._thread, self._run, job)

    def _run(self, job: Callable[[QdrantClient], Any]) -> Any:
        if self._client is None:
            self._client = self._open()
        return job(self._client)

    def _open(self) -> QdrantClient:
        try:
            return QdrantClient(path=str(self._directory))
        except RuntimeError as error:
            if "already accessed" in str(error):
                raise LocalStoreBusy(f"The vector store in {self._directory} is in use by another process.") from error
            raise

    def _close(self) -> None:
        if self._client is not None:
            self._client.close()
            self._client = None


def _overwrite_by_id(
    client: QdrantClient, *, collection: str, overwrites: Sequence[Overwrite]
) -> list[models.UpdateResult]:
    """Overwrite payloads after checking the conditions in Python.

    With a filter, local mode would examine every point (with 5,000 points, 56 overwrites a second instead of 1,000).
    The check is safe because this thread is the only writer.
    """
    results = []
    stored = {
        str(record.id): (record.payload or {})["_e"]
        for record in client.retrieve(collection, [one.id for one in overwrites], with_payload=MARK)
        if is_ours(record)
    }
    for one in overwrites:
        mark = stored.get(one.id)
        if mark and mark["th"] == one.text_hash and mark["v"] < one.token:
            results.append(client.overwrite_payload(collection, one.payload, points=[one.id]))
    return results


def _require_version(version: str) -> None:
    numbers = tuple(int(part) for part in re.findall(r"\d+", version)[:2])
    if numbers < MIN_VERSION:
        raise StoreError(
            f"Qdrant {version[:20]} is too old: before 1.16 it ignores update_filter, so that late writes "
            "would overwrite newer ones.",
            resolution="Upgrade the Qdrant server to 1.16 or later.",
        )


def filter_of(condition: Condition) -> models.Filter:
    """Return a condition in the form of the client's filter argument."""
    if not {"must", "should", "must_not"} & condition.keys():
        condition = {"must": [condition]}
    return models.Filter.model_validate(condition)


def not_older(token: int) -> Condition:
    """Return a condition for points with `token` or a higher one, which a write with that token must not change."""
    return {"key": "_e.v", "range": {"gte": token}}
