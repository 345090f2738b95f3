"""The store under test, once for each kind, and an empty vector table in it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from embedd_pg.stores.base import Store, StoreTable
from tests.support.postgres import Cluster
from tests.support.stores import STORES, new_table, opened


@pytest.fixture(params=STORES)
async def store(request: pytest.FixtureRequest, cluster: Cluster, tmp_path: Path) -> AsyncIterator[Store]:
    async with opened(request.param, cluster=cluster, directory=tmp_path / "qdrant") as opened_store:
        yield opened_store


@pytest.fixture
async def table(store: Store) -> AsyncIterator[StoreTable]:
    made = new_table()
    await store.create(made)
    yield made
    await store.drop(made)
