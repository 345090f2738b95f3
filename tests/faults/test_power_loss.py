"""The power fails while the local store is written (fault matrix, by number)."""

from __future__ import annotations

import asyncio
import random
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from embedd_pg.stores.base import Mark, StoreTable
from embedd_pg.stores.qdrant.collection import indexes as declared
from embedd_pg.stores.qdrant.edge import collection, rewrite
from embedd_pg.stores.qdrant.store import QdrantStore
from tests.support.earlier_store import EarlierEngine
from tests.support.local_store import Direct
from tests.support.power import Disk
from tests.support.stores import axis, found, new_table, point, scanned, update

pytestmark = pytest.mark.usefixtures("filter_check")


@dataclass(frozen=True, slots=True)
class Content:
    """All that a store holds: its collections and aliases, and the marks and results of one vector table."""

    names: tuple[set[str], dict[str, str]]
    marks: dict[str, Mark]
    results: dict[str, Any]


async def content(store: QdrantStore, table: StoreTable) -> Content:
    hits = [hit for number in range(8) for hit in await found(store, table, vector=axis(number), limit=2000)]
    worded = await store.search_lexical(table, "text", limit=2000)
    return Content(
        await store.names(),
        await scanned(store, table),
        {hit.key: hit.metadata for hit in hits} | {f"words of {hit.key}": hit.text for hit in worded},
    )


async def holds(path: Path, table: StoreTable, before: Content) -> None:
    """Check that the collections in a directory hold what they did before, and have their indexes."""
    store = QdrantStore(engine := Direct(path))
    try:
        assert await content(store, table) == before
        indexes = engine.shards._collection(table.name).shard.info().payload_schema
        assert len(indexes) == len(declared(table))
    finally:
        await store.close()


async def test_97_what_was_answered_outlives_a_power_failure(disk: Disk) -> None:
    store, table, choice = QdrantStore.local(disk.path / "vectors"), new_table(), random.Random(3)
    other = new_table()

    async def write(token: int) -> None:
        names = [f"{token}-{i}" for i in range(300)]
        await store.upsert(table, token, [point(name, vector=axis(i % 8)) for i, name in enumerate(names)])

    for steps in (
        [lambda: store.create(table)],
        [lambda: write(2), lambda: store.point_aliases({"embedd_active_x": table.name})],
        [
            lambda: store.delete(table, 3, ["2-1", "2-2", "unknown"]),
            lambda: store.update_metadata(table, 4, [update(f"2-{i}") for i in range(10, 40)]),
        ],
        [
            lambda: asyncio.gather(write(5), write(6), store.upsert(table, 7, [point("2-3", text_hash="t7")])),
            lambda: store.create(other),
        ],
        [lambda: store.remove(table, ["2-4", "6-8"]), lambda: store.prune(table, 4)],
        [lambda: store.drop(other)],
    ):
        disk.write_some(choice)
        for step in steps:
            await step()
        with disk.after_a_power_failure() as copy:
            await holds(copy / "vectors" / "collections", table, await content(store, table))
    await store.close()


async def test_97_a_shard_that_is_written_anew_outlives_a_power_failure(
    disk: Disk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(collection, "ENOUGH", 50)
    monkeypatch.setattr(collection, "FLUSHED", 50)
    monkeypatch.setattr(rewrite, "STEP", 0.0001)
    engine, table, choice = Direct(disk.path / "vectors"), new_table(), random.Random(5)
    store, cuts, seen = QdrantStore(engine), 0, list[str]()
    await store.create(table)
    for token in range(1, 60):
        keys = choice.sample(range(300), 60)
        await store.upsert(table, token, [point(str(key), vector=axis(token % 8)) for key in keys])
        await store.delete(table, token, [str(choice.randrange(300)) for _ in range(5)])
        disk.write_some(choice)
        await engine.shards.upkeep()
        shards = sorted(path.name for path in (disk.path / "vectors" / table.name).glob("shard-*"))
        if shards != seen:  # a new shard was begun, or has taken the place of the old one
            seen, cuts = shards, cuts + 1
            with disk.after_a_power_failure() as copy:
                await holds(copy / "vectors", table, await content(store, table))
        if cuts == 3:
            break
    assert cuts == 3
    await store.close()


async def test_97_data_of_an_earlier_release_outlives_a_power_failure(disk: Disk) -> None:
    path, table = disk.path / "vectors", new_table()
    former = QdrantStore(EarlierEngine(path))
    await former.create(table)
    await former.upsert(table, 5, [point(str(i), vector=axis(i % 8)) for i in range(100)])
    await former.close()
    store = QdrantStore.local(path)
    await store.create(table)
    before = await content(store, table)
    assert len(before.marks) == 100
    with disk.after_a_power_failure() as copy:
        assert (copy / "vectors" / "earlier-release-1" / "meta.json").exists()
        await holds(copy / "vectors" / "collections", table, before)
    await store.close()
