"""The store under test, once for each kind, and an empty vector table in it; at the end, what all suites have found.

`qdrant-server` is a real server when EMBEDD_TEST_QDRANT_URL names one (EMBEDD_TEST_QDRANT_API_KEY is its key),
else tests/support/qdrant_server.py; the test id ends in `url` or `app` accordingly.
"""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Callable, Iterator
from functools import partial
from pathlib import Path

import pytest

from embedd_pg.stores.base import Store, StoreTable
from embedd_pg.stores.qdrant import QdrantStore
from tests.support import conformance_table
from tests.support.postgres import Cluster
from tests.support.qdrant_server import QdrantServer, running
from tests.support.stores import new_table, opened

QDRANT_URL = os.environ.get("EMBEDD_TEST_QDRANT_URL")
QDRANT_API_KEY = os.environ.get("EMBEDD_TEST_QDRANT_API_KEY")
STORES = [
    "qdrant-local",
    pytest.param("qdrant-server", id="qdrant-server-url" if QDRANT_URL else "qdrant-server-app"),
    "pgvector",
]

PLACES = pytest.StashKey[dict[str, conformance_table.Place]]()


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    ours = [item for item in items if item.path.is_relative_to(Path(__file__).parent)]
    config.stash[PLACES] = dict(conformance_table.places(ours))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    for line in conformance_table.lines(config.stash.get(PLACES, {}), terminalreporter.stats):
        terminalreporter.write_line(line)


@pytest.fixture(scope="session")
def connected() -> Iterator[Callable[[], QdrantStore]]:
    """Makes one more store on the server of this session."""
    if QDRANT_URL:
        yield partial(QdrantStore.server, QDRANT_URL, api_key=QDRANT_API_KEY)
        return
    with running() as server:
        yield partial(QdrantStore.server, server.url)


@pytest.fixture
def qdrant() -> Iterator[QdrantServer]:
    """A server of the test's own, to be told how to behave."""
    with running() as server:
        yield server


@pytest.fixture(params=STORES)
async def store(
    request: pytest.FixtureRequest, cluster: Cluster, connected: Callable[[], QdrantStore], tmp_path: Path
) -> AsyncIterator[Store]:
    if request.param == "qdrant-server":
        server = connected()
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
