"""Lexical search over every store: the rows that contain the words, and their order."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from embedd_pg.stores import sparse
from embedd_pg.stores.base import Store, StoreTable
from tests.support.filters import checked
from tests.support.stores import new_table, point, update

pytestmark = pytest.mark.usefixtures("filter_check")

TEXTS = {
    "shoes": "Running shoes, light shoes for long runs",
    "hose": "Garden hose with a spray nozzle",
    "lamp": "A lamp with warm light for the garden",
    "chair": "Office chair with wheels",
    "hat": "Sun hat for the garden",
}


async def fill(store: Store, table: StoreTable, texts: dict[str, str] = TEXTS, token: int = 1) -> None:
    await store.upsert(table, token, [point(key, text=text) for key, text in texts.items()])


async def words(store: Store, table: StoreTable, query: str, filters: Any = None, limit: int = 10) -> list[str]:
    hits = await store.search_lexical(table, query, limit=limit, filter=checked(filters, table.fields))
    assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)
    assert all(hit.score > 0 for hit in hits)
    return [hit.key for hit in hits]


@pytest.mark.parametrize("query", ["run shoe", "SHOES", "shoe or something never seen"])
async def test_words_are_found_with_any_ending(store: Store, table: StoreTable, query: str) -> None:
    await fill(store, table)
    assert await words(store, table, query) == ["shoes"]


async def test_a_rare_word_counts_more_than_a_common_one(store: Store, table: StoreTable) -> None:
    await fill(store, table)
    assert (await words(store, table, "garden nozzle"))[0] == "hose"
    found = await words(store, table, "garden light lamp")
    assert found[0] == "lamp" and set(found) == {"lamp", "shoes", "hose", "hat"}


async def test_a_hit_contains_the_whole_row(store: Store, table: StoreTable) -> None:
    await store.upsert(table, 1, [point("1", text="a wheel", metadata={"word": "x", "price": 1.5})])
    (hit,) = await store.search_lexical(table, "wheels", limit=3)
    assert (hit.key, hit.text, hit.metadata) == ("1", "a wheel", {"word": "x", "price": 1.5})


async def test_filter_and_limit_apply_to_lexical_search(store: Store, table: StoreTable) -> None:
    points = [point(str(n), text=f"garden {n}", metadata={"count": n}) for n in range(30)]
    await store.upsert(table, 1, points)
    assert len(await words(store, table, "garden", limit=7)) == 7
    assert set(await words(store, table, "garden", {"count": {"lt": 3}})) == {"0", "1", "2"}
    assert await words(store, table, "garden", {"word": "none"}) == []


async def test_a_changed_row_is_found_by_its_new_words(store: Store, table: StoreTable) -> None:
    await fill(store, table)
    await store.upsert(table, 2, [point("hat", text="Rain coat", text_hash="t2")])
    await store.update_metadata(table, 2, [update("hose", metadata={"word": "changed"})])
    await store.delete(table, 2, ["lamp"])
    assert await words(store, table, "garden") == ["hose"]
    assert await words(store, table, "coats") == ["hat"]
    await store.upsert(table, 3, [point("hat", vector=None, text="", text_hash="t3")])
    assert await words(store, table, "coats") == []


@pytest.mark.parametrize(
    "query", ["", "  ", "the and of", "!&|():*<->", "'", "\\", "'a' & !'b'", "shoe' | 'hose", "nul\0l", "\ud800", "🙂"]
)
async def test_no_query_is_an_error_or_has_a_special_meaning(store: Store, table: StoreTable, query: str) -> None:
    await fill(store, table)
    found = set(await words(store, table, query))
    assert found <= ({"shoes", "hose"} if "shoe" in query else {"hose", "lamp", "hat", "chair", "shoes"})
    if not any(letter.isalpha() for letter in query):
        assert not found


async def test_words_of_any_script_are_found(store: Store) -> None:
    table = replace(new_table(), language="simple")
    await store.create(table)
    await fill(store, table, {"de": "Gartenmöbel für draußen", "ru": "садовая мебель", "no": "nothing"})
    assert await words(store, table, "GARTENMÖBEL") == ["de"]
    assert await words(store, table, "Мебель") == ["ru"]
    await store.drop(table)


async def test_search_finds_the_same_rows_with_and_without_the_index(store: Store, table: StoreTable) -> None:
    await fill(store, table)
    before = await words(store, table, "garden lights")
    await store.index(table)
    await store.index(table)
    assert await words(store, table, "garden lights") == before and before[0] == "lamp"
    await fill(store, table, {"late": "another garden"}, token=2)
    assert "late" in await words(store, table, "garden")


async def test_a_text_of_many_megabytes_can_be_stored_and_found_by_its_beginning(
    store: Store, table: StoreTable
) -> None:
    await store.index(table)
    await fill(store, table, {"long": "beginning " + " ".join(f"w{n}x" for n in range(400_000))})
    assert await words(store, table, "beginning") == ["long"]


def test_a_word_counts_less_the_more_often_and_in_longer_texts() -> None:
    def weight(text: str) -> float:
        (number,) = sparse.query_vector("cat", "english").indices
        vector = sparse.document_vector(text, "english")
        return vector.values[vector.indices.index(number)]

    once, twice, often = weight("cat"), weight("cat cats"), weight("cat " * 50)
    assert once < twice < often < sparse.K1 + 1
    assert twice - once > weight("cat " * 3) - twice
    assert weight("a cat among " + "others " * 300) < once


def test_a_sparse_vector_names_no_dimension_twice() -> None:
    vector = sparse.document_vector(" ".join(f"w{n}" for n in range(5000)) + " w1 w2", "english")
    assert len(set(vector.indices)) == len(vector.indices) == len(vector.values)
    assert vector.indices == sorted(vector.indices)
