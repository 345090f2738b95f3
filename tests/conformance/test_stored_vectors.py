"""Rows like others over every store: the vectors that it gives back, and the rows that it leaves out."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from embedd_pg.errors import ValidationError
from embedd_pg.stores.base import Store, StoreTable
from tests.support.filters import checked, compiled, mean_direction
from tests.support.stores import DIMENSIONS, FIELDS, axis, new_table, point

pytestmark = pytest.mark.usefixtures("filter_check")


def cosine(one: NDArray[np.float32], other: NDArray[np.float32]) -> float:
    return float(one @ other / np.linalg.norm(one) / np.linalg.norm(other))


def directions(vectors: dict[str, NDArray[np.float32]]) -> dict[str, list[float]]:
    """Return vectors with length 1 and few digits: stores may keep the direction only."""
    return {key: [round(float(n), 5) + 0.0 for n in row / np.linalg.norm(row)] for key, row in vectors.items()}


async def test_vectors_come_back_by_key_if_a_search_could_find_the_row(store: Store, table: StoreTable) -> None:
    rows = [point("1", vector=3 * axis(1)), point('["2","b"]', vector=axis(2)), point("empty", vector=None, text="")]
    await store.upsert(table, 1, [*rows, point("gone")])
    await store.delete(table, 2, ["gone"])
    read = await store.vectors(table, ["1", '["2","b"]', "empty", "gone", "never"])
    assert directions(read) == directions({"1": axis(1), '["2","b"]': axis(2)})
    assert await store.vectors(table, []) == {}


async def test_a_text_of_passages_has_the_mean_of_their_directions(store: Store) -> None:
    table = replace(new_table(), chunked=True)
    await store.create(table)
    try:
        spans = [(0, 4), (5, 9)]
        cut = point("1", text="some text", spans=spans, vector=np.array([axis(1), 2 * axis(2)]))
        whole = point("2", text="text", spans=[(0, 4)], vector=np.array([axis(3)]))
        await store.upsert(table, 1, [cut, whole, point("empty", vector=None, text=""), replace(whole, key="gone")])
        await store.delete(table, 2, ["gone"])
        read = await store.vectors(table, ["1", "2", "empty", "gone"])
        assert directions(read) == directions({"1": axis(1) + axis(2), "2": axis(3)})
    finally:
        await store.drop(table)


async def test_rows_are_left_out_by_key_in_every_search(store: Store, table: StoreTable) -> None:
    keys = ["1", "it's", '["4","x"]', "%s", "5"]
    await store.upsert(table, 1, [point(key, text="one lamp", metadata={"word": "a"}) for key in keys])
    left_out = compiled({"not": {"keys": [*keys[:4], "never"]}})
    assert [hit.key for hit in await store.search(table, axis(0), limit=9, filter=left_out)] == ["5"]
    assert [hit.key for hit in await store.search_lexical(table, "lamp", limit=9, filter=left_out)] == ["5"]
    both = {"and": [{"in": {"field": "word", "type": "keyword", "values": ["a"]}}, {"keys": ["1", "5"]}]}
    assert {hit.key for hit in await store.search(table, axis(0), limit=9, filter=compiled(both))} == {"1", "5"}
    assert await store.search(table, axis(0), limit=9, filter=compiled({"keys": []})) == []


@pytest.mark.parametrize("seed", range(3))
async def test_random_rows_are_found_as_by_a_plain_evaluation(store: Store, table: StoreTable, seed: int) -> None:
    choice = np.random.default_rng(seed)
    rows = {str(n): choice.normal(size=DIMENSIONS).astype(np.float32) for n in range(60)}
    await store.upsert(table, 1, [point(key, vector=vector) for key, vector in rows.items()])
    await store.index(table)
    for _ in range(5):
        named = [str(n) for n in choice.choice(60, size=choice.integers(1, 8), replace=False)]
        positive = int(choice.integers(1, len(named) + 1))
        like = {"positive": named[:positive], "negative": named[positive:]}
        vector = mean_direction(like, await store.vectors(table, named))
        units = {key: row / np.linalg.norm(row) for key, row in rows.items()}
        mean = 2 * np.mean([units[key] for key in like["positive"]], axis=0)
        if like["negative"]:
            mean = mean - np.mean([units[key] for key in like["negative"]], axis=0)
        expected = sorted(((cosine(mean, row), key) for key, row in rows.items() if key not in named), reverse=True)
        hits = await store.search(table, vector, limit=10, filter=compiled({"not": {"keys": named}}))
        assert [hit.key for hit in hits] == [key for _, key in expected[:10]]
        assert [hit.score for hit in hits] == pytest.approx([score for score, _ in expected[:10]], abs=1e-5)


def test_only_a_plan_names_keys() -> None:
    with pytest.raises(ValidationError, match=r"filters\.keys is not a filterable field"):
        checked({"keys": ["1"]}, FIELDS)
