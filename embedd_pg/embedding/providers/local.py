"""The local model as a provider: no vendor, no key, no network.

The arithmetic runs in threads shared by all tables of the process. Documents are spread over one thread for each
usable processor; one request begins while the last packs of another are computed. Queries have their own thread, so
that a query does not wait for a backlog of documents, and the event loop never waits. The first text loads the weights,
once.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import numpy as np

from embedd_pg.embedded.local_model import LocalModel, load_local_model
from embedd_pg.embedded.processors import usable_processors
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
    "document": ThreadPoolExecutor(2, thread_name_prefix="embed-documents"),
    "query": ThreadPoolExecutor(1, thread_name_prefix="embed-queries"),
}
_processors = ThreadPoolExecutor(usable_processors(), thread_name_prefix="embed-packs")
_loading = threading.Lock()
_loaded: list[LocalModel] = []


def shared_model() -> LocalModel:
    """Return the process's only copy of the weights. The first caller waits until it is loaded."""
    with _loading:
        if not _loaded:
            _loaded.append(load_local_model())
        return _loaded[0]


class LocalProvider:
    """A provider over the shared model. It embeds documents and queries in the same way."""

    def __init__(self, config: EmbedderConfig, limits: Limits) -> None:
        self._config = config
        self.limits = limits

    async def embed(self, texts: Sequence[str], kind: InputKind) -> Embedded:
        if not texts:
            return Embedded(np.zeros((0, self._config.dimensions), np.float32), None)
        loop = asyncio.get_running_loop()
        return Embedded(await loop.run_in_executor(_lanes[kind], _embed, list(texts), kind), None)

    async def close(self) -> None:
        """Do nothing: model and threads belong to the process."""


def _embed(texts: list[str], kind: InputKind) -> Vectors:
    try:
        model = shared_model()
    except ConfigurationError as error:
        raise ProviderMisconfigured(error.message, resolution=error.resolution) from error
    return model.embed(texts, _processors.map if kind == "document" else map)
