"""The local model as a provider: no vendor, no key, no network.

Arithmetic runs in two threads that all tables of the process share, one for documents and one for queries, so
the event loop never waits and a query never stands behind a backlog. The weights are loaded once, by the
first text.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import numpy as np

from embedd_pg.embedded.local_model import LocalModel, load_local_model
from embedd_pg.embedding.providers.base import (
    Embedded,
    EmbedderConfig,
    InputKind,
    Limits,
    ProviderMisconfigured,
    Vectors,
)
from embedd_pg.errors import ConfigurationError

_lanes = {
    "document": ThreadPoolExecutor(1, thread_name_prefix="embed-documents"),
    "query": ThreadPoolExecutor(1, thread_name_prefix="embed-queries"),
}
_loading = threading.Lock()
_loaded: list[LocalModel] = []


def shared_model() -> LocalModel:
    """The process's one copy of the weights; the first caller waits for it to load."""
    with _loading:
        if not _loaded:
            _loaded.append(load_local_model())
        return _loaded[0]


class LocalProvider:
    """Provider over the shared model; documents and queries are embedded alike."""

    def __init__(self, config: EmbedderConfig, limits: Limits) -> None:
        self._config = config
        self.limits = limits

    async def embed(self, texts: Sequence[str], kind: InputKind) -> Embedded:
        if not texts:
            return Embedded(np.zeros((0, self._config.dimensions), np.float32), None)
        loop = asyncio.get_running_loop()
        return Embedded(await loop.run_in_executor(_lanes[kind], _embed, list(texts)), None)

    async def close(self) -> None:
        """Nothing to close: model and threads belong to the process."""


def _embed(texts: list[str]) -> Vectors:
    try:
        model = shared_model()
    except ConfigurationError as error:
        raise ProviderMisconfigured(error.message, resolution=error.resolution) from error
    return model.embed(texts)
