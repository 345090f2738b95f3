"""Rows of several passages over every store: found once, by the best passage, and replaced whole."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from embedd_pg.errors import StoreError
from embedd_pg.stores.base import Mark, Point, Store, StoreTable
from embedd_pg.stores.qdrant.store import QdrantStore
from tests.support.stores import DIMENSIONS, axis, found, new_table, point, update

pytestmark = pytest.mark.usefixtures("filter_check")


@pytest.fixture
async def table(store: Store) -> AsyncIterator[StoreTable]:
    made = replace(new_table(), chunked=True)
    assert await store.create(made)
    yield made
    await store.drop(made)


def row(key: str, *passages: tuple[str, np.ndarray], **changes: object) -> Point:
    """A point whose text is its passages with a blank between."""
    spans, start = [], 0
    for text, _ in passages:
        spans.append((start, start + len(text)))
        start += len(text) + 1
    text = " ".join(text for text, _ in passages)
    return point(key, text=text, spans=spans, vector=np.array([vector for _, vector in passages]), **changes)


BEE = ("Bienen fliegen 🐝", axis(1))
CAT = ("cats sleep", axis(2))
DOG = ("dogs bark", axis(3))


async def passages(store: Store, table: StoreTable, number: int, limit: int = 10) -> list[tuple[str, str | None]]:
    """Return key and passage of the hits near an axis."""
    hits = await found(store, table, vector=axis(number), limit=limit, min_score=0.5)
    return [(hit.key, hit.passage) for hit in hits]


async def test_a_row_is_found_once_by_its_best_passage(store: Store, table: StoreTable) -> None:
    near = axis(2) + 0.5 * axis(3)
    await store.upsert(table, 1, [row("1", BEE, CAT, ("more cats", near)), row("2", DOG)])
    assert await passages(store, table, 1) == [("1", BEE[0])]
    assert await passages(store, table, 3) == [("2", "dogs bark")]
    (hit,) = [hit for hit in await found(store, table, vector=axis(2)) if hit.score > 0.1]
    assert (hit.key, hit.score, hit.passage) == ("1", pytest.approx(1), "cats sleep")
    assert hit.text == "Bienen fliegen 🐝 cats sleep more cats"


async def test_passages_are_replaced_whole_by_fewer_and_by_more(store: Store, table: StoreTable) -> None:
    await store.upsert(table, 1, [row("1", BEE, CAT)])
    await store.upsert(table, 2, [row("1", DOG, text_hash="t2")])
    assert [await passages(store, table, number) for number in (1, 2, 3)] == [[], [], [("1", "dogs bark")]]
    await store.upsert(table, 3, [row("1", DOG, CAT, BEE, text_hash="t3")])
    assert [len(await passages(store, table, number)) for number in (1, 2, 3)] == [1, 1, 1]
    assert await store.marks(table, ["1"]) == {"1": Mark(3, "t3", "m1", False)}


@pytest.mark.parametrize("late", [4, 5])
async def test_a_late_write_stores_no_passage(store: Store, table: StoreTable, late: int) -> None:
    await store.upsert(table, 5, [row("1", BEE)])
    await store.upsert(table, late, [row("1", CAT, DOG), row("2", DOG)])
    assert await passages(store, table, 1) == [("1", BEE[0])]
    assert [key for key, _ in await passages(store, table, 3)] == ["2"]
    await store.delete(table, late, ["1"])
    assert await passages(store, table, 1) == [("1", BEE[0])]


async def test_a_deleted_row_has_no_passage_left(store: Store, table: StoreTable) -> None:
    await store.upsert(table, 1, [row("1", BEE, CAT)])
    await store.delete(table, 2, ["1", "never seen"])
    assert await passages(store, table, 1) == [] and await passages(store, table, 2) == []
    await store.upsert(table, 3, [row("1", CAT)])
    assert await passages(store, table, 2) == [("1", "cats sleep")]
    await store.delete(table, 4, ["1"])
    await store.prune(table, 5)
    assert await store.marks(table, ["1"]) == {}


async def test_new_metadata_leave_the_passages(store: Store, table: StoreTable) -> None:
    await store.upsert(table, 1, [row("1", BEE, CAT)])
    assert await store.update_metadata(table, 2, [update("1", metadata={"word": "new"})]) == set()
    (hit,) = await found(store, table, {"word": "new"}, vector=axis(1))
    assert (hit.passage, hit.metadata) == (BEE[0], {"word": "new"})


async def test_a_filter_applies_to_passages(store: Store, table: StoreTable) -> None:
    await store.upsert(table, 1, [row("1", BEE, metadata={"count": 1}), row("2", BEE, CAT, metadata={"count": 2})])
    assert [hit.key for hit in await found(store, table, {"count": {"gte": 2}}, vector=axis(1))] == ["2"]


async def test_many_near_passages_of_one_row_hide_no_other_row(store: Store, table: StoreTable) -> None:
    crowd = [(f"bee {n}", axis(1) + n / 10_000 * axis(4)) for n in range(500)]
    await store.upsert(table, 1, [row("crowd", *crowd), *(row(str(n), ("far", axis(1) + axis(5))) for n in range(9))])
    await store.index(table)
    hits = await passages(store, table, 1, limit=10)
    assert hits[0] == ("crowd", "bee 0") and len(hits) == 10


@pytest.mark.parametrize("change", ["replaced", "deleted", "gone"])
async def test_a_row_that_changes_during_the_search_is_returned_without_passage(
    store: Store, table: StoreTable, change: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not isinstance(store, QdrantStore):
        pytest.skip("one statement finds row and passage there")
    await store.upsert(table, 1, [row("1", BEE, CAT)])
    found_vectors = store._passage_vectors

    async def late(*given: Any) -> Any:
        if change == "replaced":
            await store.upsert(table, 2, [row("1", DOG, BEE, text_hash="t2")])
        else:
            await store.delete(table, 2, ["1"])
        if change == "gone":
            await store.prune(table, 3)
        return await found_vectors(*given)

    monkeypatch.setattr(store, "_passage_vectors", late)
    (hit,) = await found(store, table, vector=axis(1), limit=1)
    assert (hit.key, hit.passage, hit.text) == ("1", None, "Bienen fliegen 🐝 cats sleep")


async def test_a_row_without_text_has_no_passage(store: Store, table: StoreTable) -> None:
    await store.upsert(table, 1, [point("1", vector=None, text="", text_hash="")])
    assert await found(store, table) == []
    assert await store.marks(table, ["1"]) == {"1": Mark(1, "", "m1", False)}


async def test_a_lexical_search_returns_the_passage_with_the_most_words(store: Store, table: StoreTable) -> None:
    await store.upsert(table, 1, [row("1", BEE, CAT, ("cats sleep and dream", axis(4)), DOG), row("2", DOG)])
    hits = await store.search_lexical(table, "dreaming cats", limit=5)
    assert [(hit.key, hit.passage) for hit in hits] == [("1", "cats sleep and dream")]
    hits = await store.search_lexical(table, "bark", limit=5)
    assert {(hit.key, hit.passage) for hit in hits} == {("1", "dogs bark"), ("2", "dogs bark")}


@pytest.mark.parametrize("vector", [np.zeros(DIMENSIONS), np.full(DIMENSIONS, np.nan), np.ones(3)])
async def test_a_passage_without_direction_is_refused_with_its_row(
    store: Store, table: StoreTable, vector: np.ndarray
) -> None:
    broken = point("1", text="ab", spans=[(0, 1), (1, 2)], vector=[axis(0), vector])
    with pytest.raises(StoreError, match="vector"):
        await store.upsert(table, 1, [broken])
    assert await store.marks(table, ["1"]) == {}
