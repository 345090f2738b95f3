"""The local store of earlier releases: the Qdrant client's local mode, in one thread of this process."""

from __future__ import annotations

import asyncio
import warnings
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any

from qdrant_client import QdrantClient

from embedd_pg.stores.qdrant.grpc import arguments, plain


class EarlierEngine:
    """The engine as earlier releases had it. It does nothing about payload indexes, which local mode lacks."""

    local = False

    def __init__(self, directory: Path) -> None:
        warnings.filterwarnings("ignore", message="Local mode is not recommended")
        self._directory = directory
        self._client: QdrantClient | None = None
        self._thread = ThreadPoolExecutor(1)

    async def call(
        self, operation: str, collection: str = "", body: Mapping[str, Any] | None = None, **parameters: str
    ) -> Any:
        work = partial(self._run, operation, arguments(operation, collection, body, parameters))
        return await asyncio.get_running_loop().run_in_executor(self._thread, work)

    def _run(self, operation: str, given: Mapping[str, Any]) -> Any:
        if operation in ("create_payload_index", "update_collection"):
            return {"status": "completed"}
        if self._client is None:
            self._client = QdrantClient(path=str(self._directory))
        return plain(operation, getattr(self._client, operation)(**given))

    async def close(self) -> None:
        if self._client is not None:
            await asyncio.get_running_loop().run_in_executor(self._thread, self._client.close)
        self._thread.shutdown()
