"""The lists of words of pgvector tables: the ranking of a plain BM25 over the texts, whatever was written before."""

from __future__ import annotations

import asyncio
import math
import random
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import psycopg
import pytest

from embedd_pg.errors import StoreError
from embedd_pg.stores.base import StoreTable
from embedd_pg.stores.pgvector import lexical
from embedd_pg.stores.pgvector import words as lists
from embedd_pg.stores.pgvector.lexical import _COMPLETE
from embedd_pg.stores.pgvector.store import PgvectorStore
from tests.support.filters import checked
from tests.support.postgres import Cluster
from tests.support.stores import new_table, opened, point, update

pytestmark = pytest.mark.usefixtures("filter_check")

VOCABULARY = [f"w{n}x" for n in range(40)]
#: A word of a text is the more common the lower its number.
WEIGHTS = [1 / (1 + n) for n in range(40)]


class Model:
    """The live rows of a table, and a naive ranking of them."""

    def __init__(self) -> None:
        self.texts: dict[str, str] = {}

    def ranked(self, query: str, keys: set[str] | None = None) -> dict[str, float]:
        """Return the score of each row that has a word of the query, best first, then by key."""
        counts = {key: Counter(text.split()) for key, text in self.texts.items() if text}
        mean = sum(count.total() for count in counts.values()) / max(1, len(counts))
        scores: Counter[str] = Counter()
        for word in set(query.split()):
            having = [key for key, count in counts.items() if count[word]]
            weight = math.log(1 + (len(counts) - len(having) + 0.5) / (len(having) + 0.5))
            for key in having:
                times = counts[key][word]
                scores[key] += weight * times * 2.2 / (times + 1.2 * (0.25 + 0.75 * counts[key].total() / mean))
        found = {key: score for key, score in scores.items() if keys is None or key in keys}
        return dict(sorted(found.items(), key=lambda item: (-round(item[1], 9), item[0])))


@pytest.fixture
async def store(cluster: Cluster, tmp_path: Any) -> AsyncIterator[PgvectorStore]:
    async with opened("pgvector", cluster=cluster, directory=tmp_path) as made:
        assert isinstance(made, PgvectorStore)
        yield made


@pytest.fixture
async def table(store: PgvectorStore) -> StoreTable:
    made = replace(new_table(), language="simple")
    await store.create(made)
    return made


def text(rnd: random.Random) -> str:
    return " ".join(rnd.choices(VOCABULARY, WEIGHTS, k=rnd.choice([0, 1, 3, 8, 30])))


async def run(store: PgvectorStore, statement: str) -> list[Any]:
    async with store._pool.connection() as connection:
        cursor = await connection.execute(statement.encode())
        return await cursor.fetchall() if cursor.description else []


async def has_lists(store: PgvectorStore, table: StoreTable) -> bool:
    """Return whether searches of this session use the lists."""
    asked = {"p_table": table.name, "p_words": f"{table.name}_words", "p_texts": f"{table.name}_texts"}
    async with store._pool.connection() as connection:
        (complete,) = await (await connection.execute(_COMPLETE.encode(), asked)).fetchone() or (False,)
    return bool(complete)


async def check(store: PgvectorStore, table: StoreTable, model: Model, rnd: random.Random) -> None:
    """Compare the best rows of random queries, some with a filter, with the naive ranking."""
    for limit in (1, 3, 10, 100):
        query = " ".join(rnd.choices(VOCABULARY, k=rnd.choice([1, 2, 5, 18])))
        chosen = rnd.sample(sorted(model.texts), min(len(model.texts), 4)) if rnd.random() < 0.3 else None
        tree = {"word": {"in": chosen}} if chosen else None
        wanted = list(model.ranked(query, chosen and set(chosen)).items())[:limit]
        hits = await store.search_lexical(table, query, limit=limit, filter=checked(tree, table.fields))
        assert [hit.score for hit in hits] == pytest.approx([score for _, score in wanted])
        # Sums of equal parts in another order may differ in the last digit, and change places.
        assert all(model.ranked(query)[hit.key] == pytest.approx(hit.score) for hit in hits)
        assert {hit.text for hit in hits} == {model.texts[hit.key] for hit in hits}


def add_up_few_words(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let searches take words of more than three rows as common, as words of more than 3,000 rows are otherwise."""
    given = lexical.statement

    def changed(function: str, *args: Any, **names: Any) -> tuple[str, list[Any]]:
        text, values = given(function, *args, **names)
        assert function != "ranked_words" or text.count("<= 3000 ") == 1
        return text.replace("<= 3000 ", "<= 3 "), values

    monkeypatch.setattr(lexical, "statement", changed)


@pytest.mark.parametrize("seed", range(6))
async def test_random_writes_leave_the_ranking_of_a_plain_bm25(
    store: PgvectorStore, table: StoreTable, seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lists, "WRITES", 4)
    monkeypatch.setattr(lists, "LINES", seed % 3 + 1)
    if seed % 2:
        add_up_few_words(monkeypatch)
    rnd, model = random.Random(seed), Model()
    indexed = rnd.randrange(12)
    for token in range(1, 41):
        keys = rnd.sample(range(60), rnd.choice([1, 1, 5, 20]))
        if token == indexed:
            await store.index(table)
        match rnd.randrange(6):
            case 0:
                await store.delete(table, token, [str(key) for key in keys])
                for key in keys:
                    model.texts.pop(str(key), None)
            case 1:
                await store.update_metadata(table, token, [update(str(k), metadata={"word": str(k)}) for k in keys])
            case 2:
                await store.prune(table, token)
                await store.tend(table)
            case _:
                new = {str(key): text(rnd) for key in keys}
                points = [point(k, text=t, text_hash="t1", metadata={"word": k}) for k, t in new.items()]
                await store.upsert(table, token, points)
                model.texts |= new
        if token % 8 == 0:
            await check(store, table, model, rnd)
    await run(store, f"truncate {table.name} cascade")
    assert await store.search_lexical(table, " ".join(VOCABULARY), limit=10) == []


async def filled(store: PgvectorStore, table: StoreTable, rows: int, seed: int = 7) -> Model:
    """Fill a table with random texts."""
    rnd, model = random.Random(seed), Model()
    model.texts = {str(key): text(rnd) for key in range(rows)}
    points = [point(key, text=words, metadata={"word": key}) for key, words in model.texts.items()]
    await store.upsert(table, 1, points)
    return model


async def test_writers_during_the_making_of_the_lists_and_merges_lose_no_word(
    store: PgvectorStore, table: StoreTable, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lists, "PAGE_ROWS", 7)
    monkeypatch.setattr(lists, "WRITES", 3)
    monkeypatch.setattr(lists, "LINES", 1)
    model = await filled(store, table, 300)

    async def write(number: int) -> None:
        rnd = random.Random(number)
        for token in range(2, 40):
            key = str(3 * rnd.randrange(120) + number)
            if rnd.random() < 0.3:
                await store.delete(table, token, [key])
                model.texts.pop(key, None)
            else:
                model.texts[key] = text(rnd)
                await store.upsert(table, token, [point(key, text=model.texts[key], metadata={"word": key})])

    async def make() -> None:
        await store.index(table)
        for _ in range(8):
            await store.tend(table)

    await asyncio.gather(make(), write(0), write(1))
    await store.tend(table)
    assert await has_lists(store, table)
    # Writes with a token as low as a row's own are refused; the table says what was written.
    rows = await run(store, f"select pk_value, embedded_text from {table.name} where not dead")
    model.texts = dict(rows)
    rnd = random.Random(1)
    for _ in range(10):
        await check(store, table, model, rnd)
    ((rows_with_words, numbered),) = await run(
        store,
        f"select (select sum(n) from {table.name}_words where word = ''), (select count(*) from {table.name}_texts)",
    )
    assert rows_with_words == numbered == sum(1 for words in model.texts.values() if words)


async def test_rows_of_equal_rank_come_in_the_order_of_their_keys(store: PgvectorStore, table: StoreTable) -> None:
    await store.upsert(table, 1, [point(str(n), text="same words") for n in range(50)])
    for _ in range(2):
        hits = await store.search_lexical(table, "words same", limit=5)
        assert [hit.key for hit in hits] == ["0", "1", "10", "11", "12"]
        await store.index(table)


async def test_lists_drop_words_of_rows_that_are_gone(
    store: PgvectorStore, table: StoreTable, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lists, "WRITES", 1)
    monkeypatch.setattr(lists, "LINES", 1)
    await store.index(table)
    for token in range(1, 20):
        await store.upsert(table, token, [point("1", text=f"one number{token}")])
    await store.tend(table)
    await store.tend(table)
    left = await run(store, f"select word, n, cardinality(postings) from {table.name}_words order by 1")
    assert left == [("", 1, None), (" ", 2, None), ("number19", 1, 1), ("one", 1, 1)]


async def test_a_table_of_an_earlier_release_gets_its_lists_and_loses_its_index_on_words(
    store: PgvectorStore, table: StoreTable
) -> None:
    model = await filled(store, table, 100)
    await store.tend(table)
    assert not await has_lists(store, table)  # its first fill may be under way
    await run(
        store,
        f"create index earlier on {table.name} using gin"
        " ((to_tsvector('pg_catalog.simple'::regconfig, left(embedded_text, 100000)))) where not dead",
    )
    await check(store, table, model, random.Random(2))
    await store.tend(table)
    assert await has_lists(store, table)
    assert await run(store, "select from pg_class where relname = 'earlier'") == []
    await check(store, table, model, random.Random(2))


async def test_lists_whose_making_was_interrupted_are_completed(
    store: PgvectorStore, table: StoreTable, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lists, "PAGE_ROWS", 30)
    model = await filled(store, table, 100)
    merge = lists.Words._merge

    async def interrupt(*_: Any) -> None:
        raise psycopg.OperationalError("the connection is lost")

    monkeypatch.setattr(lists.Words, "_merge", interrupt)
    with pytest.raises(StoreError):
        await store.index(table)
    assert not await has_lists(store, table)
    await store.upsert(table, 2, [point("5", text="quite new")])
    model.texts["5"] = "quite new"
    await check(store, table, model, random.Random(3))
    monkeypatch.setattr(lists.Words, "_merge", merge)
    await store.index(table)
    assert await has_lists(store, table)
    await check(store, table, model, random.Random(3))
    assert [hit.key for hit in await store.search_lexical(table, "quite", limit=3)] == ["5"]


async def test_a_write_that_is_undone_leaves_no_words(store: PgvectorStore, table: StoreTable) -> None:
    await store.index(table)
    with pytest.raises(RuntimeError):
        async with store.transaction() as (joined, _):
            await joined.upsert(table, 1, [point("1", text="never seen")])
            raise RuntimeError
    assert await run(store, f"select * from {table.name}_words") == []
    await store.drop(table)
    assert await run(store, f"select from pg_class where relname like '{table.name}%'") == []
    assert await run(store, f"select from pg_proc where proname like '{table.name}%'") == []


async def test_a_name_without_room_for_the_lists_is_searched_by_its_texts(store: PgvectorStore) -> None:
    table = replace(new_table(), name="n" * 60, language="simple")
    await store.create(table)
    model = await filled(store, table, 20)
    await store.index(table)
    await store.tend(table)
    await check(store, table, model, random.Random(4))
    assert not await has_lists(store, table)


async def test_common_words_are_looked_up_only_for_rows_that_can_still_be_among_the_best(
    store: PgvectorStore, table: StoreTable
) -> None:
    await run(
        store,
        f"""insert into {table.name} (pk_value, token, embedded_text, metadata)
            select n, 1, concat_ws(' ', 'all', 'more' || n % 2, 'some' || n % 3, 'few' || n % 40,
                                   case when n % 500 < 3 then 'rare rare' end, repeat('all ', n % 7),
                                   case when n % 1000 = 5 then repeat('all ', 200) || 'seldom' end),
                   jsonb_build_object('count', n) from generate_series(1, 12000) n""",
    )
    await store.index(table)
    model = Model()
    model.texts = dict(await run(store, f"select pk_value, embedded_text from {table.name}"))
    for query in (
        "rare all more1 some2 few7",
        "all more0 some1",
        "few1 few2 few3 more1 some0",
        "all",
        "rare few39 all",
        "seldom more1",  # short texts without the rare word are better
    ):
        for filters in (None, {"count": {"lte": 900}}):
            passing = {str(n) for n in range(1, 901)} if filters else None
            wanted = list(model.ranked(query, passing).items())[:10]
            hits = await store.search_lexical(table, query, limit=10, filter=checked(filters, table.fields))
            assert [hit.score for hit in hits] == pytest.approx([score for _, score in wanted])
            assert [hit.key for hit in hits] == [key for key, _ in wanted]
