"""The store under test, once for each kind, with an empty vector table; at the end, the results of all suites.

`qdrant-server` and `qdrant-grpc` are a real server where tests/support/qdrant_real.py finds one named, else the
client's local mode behind tests/support/qdrant_server.py and qdrant_grpc.py. The test id ends in `url` or `app`
accordingly, and the first lines of the tables say it.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator
from functools import partial
from pathlib import Path

import pytest

from embedd_pg.stores.base import Store, StoreTable
from embedd_pg.stores.qdrant.store import QdrantStore
from tests.support import conformance_table, qdrant_grpc, qdrant_real
from tests.support.postgres import Cluster
from tests.support.qdrant_server import QdrantServer, running
from tests.support.stores import new_table, opened

SERVERS = ["qdrant-server", "qdrant-grpc"]
REMOTE = [pytest.param(name, id=f"{name}-{'url' if qdrant_real.URL else 'app'}") for name in SERVERS]
STORES = ["qdrant-local", *REMOTE, "pgvector"]

Connect = Callable[..., QdrantStore]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    conformance_table.mark([item for item in items if item.path.is_relative_to(Path(__file__).parent)])


@pytest.fixture(scope="session")
def connected() -> Iterator[Connect]:
    """Makes one more store on the server of this session."""
    if url := qdrant_real.URL:
        yield partial(QdrantStore.server, url, **qdrant_real.OPTIONS)
        return
    with running() as server:
        yield partial(QdrantStore.server, server.url)


@pytest.fixture(scope="session")
def connected_by_grpc() -> Iterator[Connect]:
    """The same over gRPC."""
    if url := qdrant_real.URL:
        grpc = {"prefer_grpc": True, "grpc_port": qdrant_real.GRPC_PORT}
        yield partial(QdrantStore.server, url, **grpc, **qdrant_real.OPTIONS)
        return
    with qdrant_grpc.running() as server:
        yield partial(QdrantStore.server, "http://127.0.0.1:1", prefer_grpc=True, grpc_port=server.port)


@pytest.fixture
def qdrant() -> Iterator[QdrantServer]:
    """A server for one test, whose behaviour it scripts."""
    with running() as server:
        yield server


@pytest.fixture(params=STORES)
async def store(
    request: pytest.FixtureRequest, cluster: Cluster, connected: Connect, connected_by_grpc: Connect, tmp_path: Path
) -> AsyncIterator[Store]:
    if request.param in SERVERS:
        server = connected() if request.param == "qdrant-server" else connected_by_grpc()
        try:
            yield server
        finally:
            await server.close()
        return
    async with opened(request.param, cluster=cluster, directory=tmp_path / "qdrant") as opened_store:
        yield opened_store


@pytest.fixture
async def table(store: Store) -> AsyncIterator[StoreTable]:
    made = new_table()
    await store.create(made)
    yield made
    await store.drop(made)
