"""Metadata in a Qdrant server is written back with its points, on condition that no other writer changed them."""

from __future__ import annotations

from typing import Any

import pytest

from embedd_pg.errors import StoreError
from embedd_pg.ids import point_id
from embedd_pg.stores import base
from tests.support.qdrant_server import QdrantServer
from tests.support.stores import axis, connected_to, found, keys, new_table, point, scanned, update

pytestmark = pytest.mark.usefixtures("filter_check")


async def test_metadata_of_long_texts_is_written_back_in_requests_of_bounded_size(
    qdrant: QdrantServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(base, "MAX_BATCH_BYTES", 100_000)
    qdrant.settings.max_body = 300_000
    table, names = new_table(), [str(i) for i in range(60)]
    async with connected_to(qdrant) as store:
        await store.create(table)
        await store.upsert(table, 1, [point(name, text="ü" * 8000) for name in names])
        assert await store.update_metadata(table, 2, [update(name) for name in names]) == set()
        assert {mark.token for mark in (await scanned(store, table)).values()} == {2}


async def test_a_float_written_by_an_earlier_release_is_written_again_by_a_verification(qdrant: QdrantServer) -> None:
    table = new_table()
    async with connected_to(qdrant) as store:
        await store.create(table)
        prices = {"few digits": 1.25, "many digits": 0.1 + 0.2, "a great integer": 2**53 - 1}
        await store.upsert(table, 1, [point(key, metadata={"price": price}) for key, price in prices.items()])
        assert {mark.metadata_hash for mark in (await store.marks(table, list(prices))).values()} == {"m1"}
        for key, price in prices.items():
            system = {"v": 1, "th": "t1", "mh": "m1", "pk": key, "dead": False, "trunc": False, "text": ""}
            written = {"id": point_id(table.vector_table_id, key), "vector": axis(0).tolist()}
            payload = {"_e": system, "d": {"price": price}}
            await store._engine.call("upsert", table.name, {"points": [written | {"payload": payload}]}, wait="true")
        stale = {"few digits": "m1", "many digits": None, "a great integer": None}
        assert {key: mark.metadata_hash for key, mark in (await store.marks(table, list(prices))).items()} == stale
        assert {key: mark.metadata_hash for key, mark in (await scanned(store, table)).items()} == stale
        updates = [update(key, metadata={"price": price}) for key, price in prices.items()]
        assert await store.update_metadata(table, 2, updates) == set()
        assert {mark.metadata_hash for mark in (await scanned(store, table)).values()} == {"m2"}
        for key, price in prices.items():
            assert await keys(store, table, {"price": price}) == {key}


async def test_metadata_of_a_point_that_another_writer_changed_meanwhile_is_written_in_the_next_round(
    qdrant: QdrantServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    table = new_table()
    async with connected_to(qdrant) as store, connected_to(qdrant) as other:
        await store.create(table)
        await store.upsert(table, 1, [point("1"), point("gone"), point("2")])
        plain, between = store._engine.call, [2, 3]

        async def call(operation: str, *given: Any, **parameters: str) -> Any:
            if operation == "upsert" and between:
                token = between.pop(0)
                await other.upsert(table, token, [point("1", vector=axis(token))])
                await other.remove(table, ["gone"])
            return await plain(operation, *given, **parameters)

        monkeypatch.setattr(store._engine, "call", call)
        assert await store.update_metadata(table, 9, [update(key) for key in ("1", "gone", "2")]) == {"gone"}
        (near, *_) = await found(store, table, vector=axis(3))
        assert (near.key, near.score, near.metadata) == ("1", pytest.approx(1.0), {"word": "new"})
        assert {key: mark.token for key, mark in (await scanned(store, table)).items()} == {"1": 9, "2": 9}


async def test_metadata_of_a_point_that_changes_each_time_is_given_up_and_nothing_is_lost(
    qdrant: QdrantServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    table = new_table()
    async with connected_to(qdrant) as store, connected_to(qdrant) as other:
        await store.create(table)
        await store.upsert(table, 1, [point("1")])
        plain, tokens = store._engine.call, iter(range(2, 90))

        async def call(operation: str, *given: Any, **parameters: str) -> Any:
            if operation == "upsert":
                await other.upsert(table, next(tokens), [point("1")])
            return await plain(operation, *given, **parameters)

        monkeypatch.setattr(store._engine, "call", call)
        with pytest.raises(StoreError, match="other writers changed the points"):
            await store.update_metadata(table, 99, [update("1")])
        monkeypatch.undo()
        assert await store.update_metadata(table, 99, [update("1")]) == set()
