"""The local store in a process of its own: shared, killed at any moment, closed to others, and filled from before."""

from __future__ import annotations

import asyncio
import os
import random
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from embedd_pg.errors import StoreError
from embedd_pg.stores.base import Mark
from embedd_pg.stores.qdrant.edge import collection, engine, rewrite, service, socket_file
from embedd_pg.stores.qdrant.store import QdrantStore
from tests.support.earlier_store import EarlierEngine
from tests.support.local_store import Direct, closed, kill, processes
from tests.support.stores import axis, found, keys, new_table, point, scanned, update
from tests.support.worker import wait_until

pytestmark = pytest.mark.usefixtures("filter_check")


@pytest.fixture
def small_disk() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="ees", dir="/tmp") as directory:
        if os.system(f"mount -t tmpfs -o size=120m,mode=700 tmpfs {directory} 2>/dev/null") != 0:
            pytest.skip("a small disk cannot be mounted here: it takes the rights of root")
        try:
            yield Path(directory)
        finally:
            kill(Path(directory))
            os.system(f"umount -l {directory}")


def grow(disk: Path) -> None:
    os.system(f"mount -o remount,size=400m {disk}")


def mode(path: Path) -> int:
    return path.stat().st_mode & 0o777


async def test_any_number_of_programs_share_a_directory(tmp_path: Path) -> None:
    stores = [QdrantStore.local(tmp_path) for _ in range(3)]
    table = new_table()
    await asyncio.gather(*(store.create(table) for store in stores))
    await asyncio.gather(*(store.upsert(table, 5, [point(str(i))]) for i, store in enumerate(stores)))
    await wait_until(lambda: len(processes(tmp_path)) == 1, "those that came second have ended")
    for store in stores:
        assert await keys(store, table) == {"0", "1", "2"}
        await store.close()
    await wait_until(lambda: not processes(tmp_path), "the process ends with the last program", seconds=20)
    again = QdrantStore.local(tmp_path)
    assert await keys(again, table) == {"0", "1", "2"}
    await again.close()


async def test_what_was_acknowledged_outlives_kills_at_any_moment(tmp_path: Path) -> None:
    store, table, choice = QdrantStore.local(tmp_path), new_table(), random.Random(5)
    await store.create(table)
    known: dict[str, Mark] = {}
    for token in range(1, 13):
        names = [f"{token}-{i}" for i in range(40)]
        await store.upsert(table, token, [point(name) for name in names])
        known |= dict.fromkeys(names, Mark(token, "t1", "m1", False))
        gone = choice.sample(sorted(known), 5)
        await store.delete(table, 100 + token, gone)
        known |= dict.fromkeys(gone, Mark(100 + token, None, None, True))
        late = asyncio.create_task(store.upsert(table, 1, [point(name) for name in gone]))
        await asyncio.sleep(choice.random() * 0.01)
        kill(tmp_path)
        await late
        assert await scanned(store, table) == known
    await store.close()


async def test_only_its_user_reaches_the_process_also_where_the_path_is_too_long_for_a_socket(tmp_path: Path) -> None:
    for directory in (tmp_path / "vectors", tmp_path / ("long" * 30) / "vectors"):
        table = new_table()
        for _ in range(2):
            store = QdrantStore.local(directory)
            await store.create(table)
            path = Path(socket_file.socket_path(directory))
            assert (mode(path), mode(path.parent)) == (0o600, 0o700)
            await store.close()
            kill(directory)
    assert not path.is_relative_to(tmp_path)
    socket_file.remove(directory)
    assert not path.parent.exists()


async def test_data_of_an_earlier_release_is_taken_over_whole(tmp_path: Path) -> None:
    table, former = new_table(), QdrantStore(EarlierEngine(tmp_path))
    await former.create(table)
    metadata: dict[str, Any] = {"word": "a", "flag": True, "price": 0.1 + 0.2}
    await former.upsert(table, 5, [point(str(i), vector=axis(i % 8), metadata=metadata) for i in range(600)])
    await former.delete(table, 6, ["7"])
    await former.point_aliases({"embedd_active_x": table.name})
    before = await scanned(former, table)
    await former.close()
    for _ in range(2):
        store = QdrantStore.local(tmp_path)
        assert await scanned(store, table) == before
        assert await store.names() == ({table.name}, {"embedd_active_x": table.name})
        await store.create(table)
        assert len(await keys(store, table, {"flag": True, "price": 0.1 + 0.2})) == 100
        (near, *_) = await found(store, table, vector=axis(3), limit=1)
        assert (near.score, near.metadata) == (pytest.approx(1.0), metadata)
        assert len(await store.search_lexical(table, "text of", limit=20)) == 20
        assert await store.update_metadata(table, 9, [update("4")]) == set()
        before["4"] = Mark(9, "t1", "m2", False)
        await store.close()
        await closed(tmp_path)


async def test_a_shard_is_written_anew_while_it_is_read_and_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(collection, "ENOUGH", 50)
    monkeypatch.setattr(collection, "FLUSHED", 50)
    monkeypatch.setattr(rewrite, "PAGE", 20)
    monkeypatch.setattr(rewrite, "STEP", 0.0001)
    store, choice = QdrantStore(Direct(tmp_path)), random.Random(7)
    table, begun = new_table(), 0
    await store.create(table)
    for token in range(1, 40):
        await store.upsert(table, token, [point(str(i), vector=axis(token % 8)) for i in choice.sample(range(400), 60)])
        await store.delete(table, token, [str(choice.randrange(400)) for _ in range(5)])
        await store.update_metadata(table, token, [update(str(choice.randrange(400)))])
        await store.prune(table, token - 20)
        before, hits = await scanned(store, table), sorted(hit.key for hit in await found(store, table, limit=500))
        begun += await store._engine.shards.upkeep()  # type: ignore[attr-defined]
        assert await scanned(store, table) == before
        assert sorted(hit.key for hit in await found(store, table, limit=500)) == hits
        late = choice.sample(sorted(before), min(3, len(before)))
        await store.upsert(table, 0, [point(key) for key in late])
        assert await scanned(store, table) == before
    assert begun > 3
    assert not (tmp_path / table.name / "shard-1").exists()
    await store.close()
    # The number of writes is not kept as safely as the points.
    (tmp_path / table.name / collection.WRITES).write_text("")
    again = QdrantStore(Direct(tmp_path))
    assert await scanned(again, table) == before
    await again.close()


async def test_a_directory_that_is_removed_is_noticed_and_made_again(tmp_path: Path) -> None:
    store, table = QdrantStore.local(tmp_path / "vectors"), new_table()
    await store.create(table)
    await store.upsert(table, 5, [point("1")])
    shutil.rmtree(tmp_path / "vectors")
    await wait_until(lambda: not processes(tmp_path / "vectors"), "the process has noticed it")
    assert await store.names() == (set(), {})
    assert await store.create(table)
    assert await keys(store, table) == set()
    await store.close()


async def test_a_directory_that_cannot_be_used_is_an_error_that_says_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    store = QdrantStore.local(tmp_path / "file")
    with pytest.raises(StoreError, match="cannot be written") as caught:
        await store.ping()
    assert "another data directory" in caught.value.resolution
    (tmp_path / "vectors" / socket_file.NAME / "in the way").mkdir(parents=True)
    with pytest.raises(StoreError, match="ended while it started") as caught:
        await QdrantStore.local(tmp_path / "vectors").ping()
    assert "engine.log" in caught.value.resolution
    assert socket_file.NAME in (tmp_path / "vectors" / "engine.log").read_text()


async def test_a_process_of_another_release_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = QdrantStore.local(tmp_path)
    monkeypatch.setattr(engine, "GREETING", b"embedd local store 2")
    with pytest.raises(StoreError, match="another release"):
        await store.ping()
    await store.close()
    await closed(tmp_path)


async def test_a_directory_held_by_another_process_is_an_error(tmp_path: Path) -> None:
    lock = service.take_lock(tmp_path)
    assert lock is not None
    store = QdrantStore.local(tmp_path)
    with pytest.raises(StoreError, match="cannot be reached") as caught:
        await store.ping()
    assert "EMBEDD_QDRANT_URL" in caught.value.resolution
    lock.close()
    await store.ping()
    await store.close()


async def test_a_process_that_dies_of_each_request_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "meta.json").write_text("this is no file of an earlier release")
    store = QdrantStore.local(tmp_path)
    with pytest.raises(StoreError, match="ended while it started") as caught:
        await store.ping()
    assert "engine.log" in caught.value.resolution
    assert "JSONDecodeError" in (tmp_path / "engine.log").read_text()
    assert (tmp_path / "meta.json").exists()


async def test_a_full_disk_loses_nothing_that_was_acknowledged(small_disk: Path) -> None:
    store, table, known = QdrantStore.local(small_disk), new_table(512), set[str]()
    await store.create(table)
    with pytest.raises(StoreError):
        for token in range(1, 1000):
            names = [f"{token}-{i}" for i in range(64)]
            await store.upsert(table, token, [point(name, vector=[1.0] * 512, text="x" * 20_000) for name in names])
            known.update(names)
    grow(small_disk)
    assert known <= set(await scanned(store, table))
    await store.upsert(table, 2000, [point(name, vector=[1.0] * 512) for name in known])
    assert {mark.token for key, mark in (await scanned(store, table)).items() if key in known} == {2000}
    await store.close()
    await closed(small_disk)
