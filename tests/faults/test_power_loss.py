"""The power fails while the local store is written (fault matrix, by number)."""

from __future__ import annotations

from pathlib import Path

import pytest

from embedd_pg.stores.base import Mark
from embedd_pg.stores.qdrant.store import QdrantStore
from tests.support.power import Disk, disk
from tests.support.stores import found, new_table, point, scanned, update

__all__ = ["disk"]
pytestmark = pytest.mark.usefixtures("filter_check")


async def test_97_what_was_answered_outlives_a_power_failure(disk: Disk) -> None:
    store, table = QdrantStore.local(disk.path / "vectors"), new_table()
    await store.create(table)
    known: dict[str, Mark] = {}
    for token in range(1, 4):
        names = [f"{token}-{i}" for i in range(200)]
        await store.upsert(table, token, [point(name) for name in names])
        known |= dict.fromkeys(names, Mark(token, "t1", "m1", False))
        with disk.after_a_power_failure() as copy:
            assert await content(copy, table) == known
    await store.close()


async def content(disk: Path, table) -> dict[str, Mark]:
    store = QdrantStore.local(disk / "vectors")
    try:
        return await scanned(store, table)
    finally:
        await store.close()
