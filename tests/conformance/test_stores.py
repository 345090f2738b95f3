"""One suite for every vector store: the promises of the protocol in stores/base.py."""

from __future__ import annotations

import json
import math
import random
from typing import Any

import numpy as np
import pytest

from embedd_pg.errors import StoreError
from embedd_pg.stores import base
from embedd_pg.stores.base import LEVELS, Hit, Mark, Store, StoreTable
from tests.support.stores import DIMENSIONS, axis, found, keys, new_table, point, scanned, update

pytestmark = pytest.mark.usefixtures("filter_check")

# Tokens


async def test_a_point_is_written_and_read_back_whole(store: Store, table: StoreTable) -> None:
    metadata = {"word": "a", "nested": {"a.b": [1, None, "x"]}, "missing": None, "price": 1.5, "flag": False}
    await store.upsert(table, 5, [point("1", metadata=metadata, text="Grün 🙂\nline")])
    assert await found(store, table) == [Hit("1", pytest.approx(1.0), metadata, "Grün 🙂\nline")]
    assert await store.marks(table, ["1", "2"]) == {"1": Mark(5, "t1", "m1", False)}


@pytest.mark.parametrize("late", [4, 5])
async def test_a_point_under_a_token_not_higher_is_refused(store: Store, table: StoreTable, late: int) -> None:
    await store.upsert(table, 5, [point("1", text="new")])
    await store.upsert(table, late, [point("1", text="old", text_hash="t0"), point("2")])
    assert {hit.key: hit.text for hit in await found(store, table)} == {"1": "new", "2": "text of 2"}
    assert (await store.marks(table, ["1"]))["1"] == Mark(5, "t1", "m1", False)


async def test_a_higher_token_replaces_everything(store: Store, table: StoreTable) -> None:
    await store.upsert(table, 5, [point("1", metadata={"word": "x", "old": 1}, truncated=True)])
    await store.upsert(table, 6, [point("1", metadata={"word": "y"}, vector=axis(1), text_hash="t2")])
    assert await found(store, table, vector=axis(1)) == [Hit("1", pytest.approx(1.0), {"word": "y"}, "text of 1")]
    assert (await store.marks(table, ["1"]))["1"] == Mark(6, "t2", "m1", False)


@pytest.mark.parametrize("late", [4, 5])
async def test_a_tombstone_beats_a_late_write(store: Store, table: StoreTable, late: int) -> None:
    await store.upsert(table, 1, [point("1")])
    await store.delete(table, 5, ["1", "never seen"])
    await store.upsert(table, late, [point("1"), point("never seen")])
    assert await found(store, table) == []
    dead = Mark(5, None, None, True)
    assert await store.marks(table, ["1", "never seen"]) == {"1": dead, "never seen": dead}


@pytest.mark.parametrize("late", [4, 5])
async def test_a_tombstone_under_a_token_not_higher_is_refused(store: Store, table: StoreTable, late: int) -> None:
    await store.upsert(table, 5, [point("1")])
    await store.delete(table, late, ["1"])
    assert await keys(store, table) == {"1"}


async def test_a_deleted_key_can_come_back_under_a_higher_token(store: Store, table: StoreTable) -> None:
    await store.delete(table, 5, ["1", "1"])
    await store.upsert(table, 6, [point("1")])
    assert await keys(store, table) == {"1"}


async def test_of_two_points_with_one_key_in_a_write_the_first_is_kept(store: Store, table: StoreTable) -> None:
    await store.upsert(table, 5, [point("1", text="first"), point("1", text="second")])
    assert [hit.text for hit in await found(store, table)] == ["first"]


# Metadata


@pytest.mark.parametrize("late", [4, 5])
async def test_metadata_under_a_token_not_higher_is_refused_but_not_reported(
    store: Store, table: StoreTable, late: int
) -> None:
    await store.upsert(table, 5, [point("1", metadata={"word": "kept"})])
    assert await store.update_metadata(table, late, [update("1"), update("1", text_hash="t9")]) == set()
    assert [hit.metadata for hit in await found(store, table)] == [{"word": "kept"}]


async def test_metadata_updates_report_what_must_be_embedded(store: Store, table: StoreTable) -> None:
    await store.upsert(table, 5, [point("same"), point("other text", text_hash="t0"), point("dead")])
    await store.delete(table, 6, ["dead"])
    names = ["same", "other text", "dead", "unknown"]
    missing = await store.update_metadata(table, 7, [update(key) for key in names])
    assert missing == {"other text", "dead", "unknown"}
    assert {hit.key: hit.metadata["word"] for hit in await found(store, table)} == {
        "same": "new",
        "other text": "other text",
    }


async def test_metadata_of_a_point_without_vector_is_updated(store: Store, table: StoreTable) -> None:
    await store.upsert(table, 5, [point("1", vector=None, text="", text_hash="")])
    assert await store.update_metadata(table, 6, [update("1", text_hash="")]) == set()
    assert (await store.marks(table, ["1"]))["1"] == Mark(6, "", "m2", False)


# Reading


async def test_a_point_without_vector_is_kept_but_never_found(store: Store, table: StoreTable) -> None:
    await store.upsert(table, 5, [point("1", vector=None, text=""), point("2")])
    assert await keys(store, table) == {"2"}
    assert set(await scanned(store, table)) == {"1", "2"}
    await store.upsert(table, 6, [point("2", vector=None, text="")])
    assert await keys(store, table) == set()
    await store.upsert(table, 7, [point("1")])
    assert await keys(store, table) == {"1"}


async def test_search_orders_by_cosine_similarity(store: Store, table: StoreTable) -> None:
    angles = {"0": 0.0, "30": math.pi / 6, "90": math.pi / 2, "180": math.pi}
    vectors = {key: 7 * (math.cos(a) * axis(0) + math.sin(a) * axis(1)) for key, a in angles.items()}
    await store.upsert(table, 1, [point(key, vector=vector) for key, vector in vectors.items()])
    hits = await found(store, table, vector=3 * axis(0))
    assert [hit.key for hit in hits] == ["0", "30", "90", "180"]
    assert [hit.score for hit in hits] == pytest.approx([math.cos(a) for a in angles.values()], abs=1e-6)
    assert [hit.key for hit in await found(store, table, limit=2)] == ["0", "30"]
    assert [hit.key for hit in await found(store, table, min_score=0.5)] == ["0", "30"]
    assert [hit.key for hit in await found(store, table, min_score=0.99, limit=1)] == ["0"]


async def test_a_filter_is_applied_before_the_limit(store: Store, table: StoreTable) -> None:
    generator = np.random.default_rng(1)
    points = [point(str(i), vector=generator.normal(size=DIMENSIONS), metadata={"count": i}) for i in range(1500)]
    await store.upsert(table, 1, points)
    assert len(await found(store, table, {"count": {"gte": 1400}}, limit=100)) == 100
    rare = await found(store, table, {"count": {"in": [3, 700, 1499]}}, limit=10)
    assert {hit.key for hit in rare} == {"3", "700", "1499"}


async def test_scan_yields_every_mark_once_and_prune_removes_old_tombstones(
    store: Store, table: StoreTable, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("embedd_pg.stores.qdrant.store.PAGE", 3)
    monkeypatch.setattr("embedd_pg.stores.pgvector.store.PAGE", 3)
    assert await scanned(store, table) == {}
    await store.upsert(table, 1, [point(str(i)) for i in range(7)])
    await store.delete(table, 2, ["0"])
    await store.delete(table, 3, ["1"])
    pages = [page async for page in store.scan(table)]
    assert sorted(key for page in pages for key, _ in page) == [str(i) for i in range(7)]
    assert max(len(page) for page in pages) == 3
    await store.prune(table, 3)
    marks = await scanned(store, table)
    assert set(marks) == {"1", "2", "3", "4", "5", "6"}
    assert marks["1"].dead


async def test_two_thousand_points_in_one_write(store: Store, table: StoreTable) -> None:
    generator = np.random.default_rng(2)
    points = [point(f"k{i}", vector=generator.normal(size=DIMENSIONS)) for i in range(2000)]
    await store.upsert(table, 1, points)
    assert len(await scanned(store, table)) == 2000
    names = [p.key for p in points]
    assert await store.update_metadata(table, 2, [update(key) for key in names[:300]]) == set()
    await store.delete(table, 3, names[:100])
    marks = await store.marks(table, names)
    assert sum(mark.dead for mark in marks.values()) == 100
    assert sum(mark.metadata_hash == "m2" for mark in marks.values()) == 200


async def test_a_write_is_cut_into_requests_of_bounded_size(
    store: Store, table: StoreTable, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(base, "MAX_BATCH_BYTES", 1000)
    await store.upsert(table, 1, [point(str(i), text="x" * 400) for i in range(10)])
    assert len(await keys(store, table)) == 10


async def test_an_empty_request_is_not_an_error(store: Store, table: StoreTable) -> None:
    await store.upsert(table, 1, [])
    await store.delete(table, 1, [])
    assert await store.update_metadata(table, 1, []) == set()
    assert await store.marks(table, []) == {}
    await store.prune(table, 10)


# The table itself


async def test_creating_twice_and_dropping_a_missing_store_change_nothing(store: Store) -> None:
    table = new_table()
    await store.drop(table)
    await store.create(table)
    await store.upsert(table, 1, [point("1")])
    await store.create(table)
    assert await keys(store, table) == {"1"}
    with pytest.raises(StoreError, match="another shape"):
        await store.create(StoreTable(table.name, table.vector_table_id, DIMENSIONS + 1))
    await store.drop(table)
    await store.drop(table)
    with pytest.raises(StoreError):
        await store.marks(table, ["1"])


async def test_vectors_without_direction_are_refused(store: Store, table: StoreTable) -> None:
    bad = [axis(0) + number for number in (math.nan, math.inf, 1e30)]
    for vector in [*bad, axis(0) * 0, axis(0) * 1e-30, axis(0, DIMENSIONS + 1), axis(0)[:3]]:
        with pytest.raises(StoreError, match="vector"):
            await store.upsert(table, 1, [point("1", vector=vector)])
        with pytest.raises(StoreError, match="vector"):
            await found(store, table, vector=vector)
    assert await scanned(store, table) == {}


async def test_any_text_can_be_a_key(store: Store, table: StoreTable) -> None:
    names = ["", " ", "🙂", "a'b\"c", "x" * 2000, "%s", "Ünï", "a/b", "\\", "\x01"]
    await store.upsert(table, 1, [point(key) for key in names])
    assert set(await store.marks(table, names)) == set(names)
    assert await keys(store, table) == set(names)
    await store.delete(table, 2, names)
    assert await keys(store, table) == set()


async def test_characters_that_postgresql_cannot_hold_are_left_out_everywhere(store: Store, table: StoreTable) -> None:
    metadata = {"word": "a\0b\ud800", "price": math.nan, "count": 3.0, "n\0": ["\0x", math.inf, 10**30]}
    await store.upsert(table, 1, [point("1", text="t\0\udfff", metadata=metadata)])
    (hit,) = await found(store, table)
    assert hit.text == "t"
    assert hit.metadata["word"] == "ab"
    assert hit.metadata["price"] is None
    assert await keys(store, table, {"count": 3, "word": "ab"}) == {"1"}
    assert await keys(store, table, {"word": "a\0b"}) == set()
    assert await keys(store, table, {"word": {"ne": "a\0b"}}) == {"1"}
    with pytest.raises(StoreError, match="JSON"):
        await store.upsert(table, 2, [point("1", metadata={"x": object()})])


async def test_numbers_come_back_with_all_their_digits(store: Store, table: StoreTable) -> None:
    choice = random.Random(4)
    numbers = [choice.random() * 10 ** choice.randint(-9, 15) for _ in range(200)] + [0.1 + 0.2, 4288428326224730.0]
    metadata = {"price": 1 / 3, "nested": {"a": [1, {"b": 2 / 3}, numbers]}, "count": 2**63 - 1}
    await store.upsert(table, 5, [point(str(i), metadata={"price": number}) for i, number in enumerate(numbers)])
    await store.upsert(table, 5, [point("nested", metadata=metadata)])
    expected = {str(i): {"price": number} for i, number in enumerate(numbers)} | {"nested": metadata}
    assert {hit.key: hit.metadata for hit in await found(store, table, limit=300)} == expected
    # The digits go with the metadata they belong to.
    assert await store.update_metadata(table, 6, [update("nested", metadata={"price": 2.5})]) == set()
    assert {hit.key: hit.metadata for hit in await found(store, table, limit=300)}["nested"] == {"price": 2.5}


async def test_deeply_nested_values_are_kept_as_text(store: Store, table: StoreTable) -> None:
    value: Any = "end"
    for _ in range(300):
        value = [{"a": value}]
    await store.upsert(table, 5, [point("1", metadata={"word": "a", "nested": value})])
    (hit,) = await found(store, table)
    kept, levels = hit.metadata["nested"], 0
    while not isinstance(kept, str):
        kept, levels = kept[0] if isinstance(kept, list) else kept["a"], levels + 1
    assert levels == LEVELS
    assert json.dumps(json.loads(kept)) == kept


ODD_NAMES = [
    "_e",
    "_e.dead",
    "a.b",
    "d[0]",
    '"x"',
    "$or",
    "or",
    "grün",
    "🙂",
    "a-2e-b",
    "a b",
    "x[]",
    "-",
    "%s",
]


async def test_columns_of_any_name_round_trip_and_filter(store: Store) -> None:
    table = new_table(fields=dict.fromkeys(ODD_NAMES, "keyword"))
    await store.create(table)
    metadata = {name: f"value of {name}" for name in ODD_NAMES}
    await store.upsert(table, 1, [point("1", metadata=metadata), point("2", metadata={})])
    assert (await found(store, table, {"_e": {"exists": True}}))[0].metadata == metadata
    for name in ODD_NAMES:
        assert await keys(store, table, {name: f"value of {name}"}) == {"1"}
        assert await keys(store, table, {name: {"ne": f"value of {name}"}}) == {"2"}
        assert await keys(store, table, {name: {"exists": True}}) == {"1"}
    assert await store.update_metadata(table, 2, [update("1", metadata={**metadata, "_e": "new"})]) == set()
    assert (await store.marks(table, ["1"]))["1"] == Mark(2, "t1", "m2", False)
    await store.drop(table)


async def test_a_metadata_update_keeps_vector_and_text(store: Store, table: StoreTable) -> None:
    await store.upsert(table, 5, [point("1", vector=axis(3), metadata={"word": "old", "gone": 1}), point("2")])
    assert await store.update_metadata(table, 6, [update("1")]) == set()
    assert await found(store, table, vector=axis(3), limit=1) == [
        Hit("1", pytest.approx(1.0), {"word": "new"}, "text of 1")
    ]
    assert (await store.marks(table, ["1"]))["1"] == Mark(6, "t1", "m2", False)
    assert await keys(store, table, {"word": "new"}) == {"1"}
