"""Long texts cut into passages, from the source to the search, over both stores."""

from __future__ import annotations

import json
from typing import Any

import psycopg
import pytest

from embedd_pg.generation import parse_generation
from embedd_pg.sync.estimate import estimate
from tests.support.search import search
from tests.support.vendor_stub import vector_of
from tests.support.worker import DIMENSIONS, Site, both_stores, wait_until

CHUNKING = '{"strategy": "recursive", "max_tokens": 20, "overlap_tokens": 0}'
COLUMNS = [
    {"name": "body", "role": "embedding"},
    {"name": "price", "role": "metadata", "filter_type": "float"},
]
PARTS = [
    "The kettle boils water for tea and coffee in a minute.",
    "Its lid locks, so that nothing is spilled when it falls.",
    "The warranty covers ten years of daily use, seals included.",
]


async def insert(site: Site, key: int, parts: list[str], price: int = 1) -> None:
    await site.do(
        "insert into articles (id, body, price) values (%s, %s, %s)"
        " on conflict (id) do update set body = excluded.body, price = excluded.price",
        key,
        "\n\n".join(parts),
        price,
    )


async def set_up(site: Site, rows: int = 3, **more: Any) -> None:
    await site.create_source()
    for key in range(1, rows + 1):
        await insert(site, key, [f"{part} Row {key}." for part in PARTS], price=key)
    await site.create_vector_table(columns=COLUMNS, **({"chunking": CHUNKING} | more))
    await site.backfill()


async def found(site: Site, query: str, **options: Any) -> list[tuple[str, str | None]]:
    async with site.clients() as clients:
        hits = (await search(site.owner or clients, "articles", query, **options)).hits
    return [(hit.key, hit.passage) for hit in hits]


@both_stores
async def test_a_row_with_passages_is_found_once_by_its_best_passage(site: Site) -> None:
    await set_up(site)
    async with site.worker():
        await site.synced()
        hits = await found(site, "The warranty covers ten years of daily use, seals included. Row 2.", limit=10)
        assert len(hits) == 3 and hits[0] == ("2", "The warranty covers ten years of daily use, seals included. Row 2.")
        await insert(site, 2, ["Something else.", "Nothing of the kind."], price=2)
        await site.do("delete from articles where id = 3")
        await site.synced()
        hits = await found(site, "The warranty covers ten years of daily use, seals included. Row 2.", limit=10)
        assert {key for key, _ in hits} == {"1", "2"} and hits[0][0] == "1"
        assert (await found(site, "nothing of the kind", search_mode="lexical"))[0][1] is not None
        assert (await found(site, "kettle tea", search_mode="hybrid", limit=1))[0][0] == "1"
        assert await found(site, "kettle", filters={"price": {"gte": 2}}, search_mode="lexical") == []


@both_stores
async def test_only_the_passages_are_embedded_and_metadata_embed_nothing(site: Site) -> None:
    await set_up(site, rows=2)
    async with site.worker():
        await site.synced()
        assert len(site.texts()) == 2 * 3 or min(map(len, site.texts())) > 0
        assert max(map(len, site.texts())) <= 80
        sent = sum(site.texts().values())
        await site.do("update articles set price = 9")
        await site.synced()
        assert sum(site.texts().values()) == sent
        assert {key for key, _ in await found(site, "kettle", filters={"price": 9})} == {"1", "2"}


@both_stores
async def test_more_passages_than_a_request_takes_are_written_at_once(site: Site) -> None:
    """The stub's model takes 16 texts a request. A crash between two requests writes nothing of the row."""
    await set_up(site, rows=1)
    long = [f"Passage number {n} speaks of subject {n * 7919}." for n in range(700)]
    async with site.worker():
        await site.synced()
        await insert(site, 1, long)
        await site.synced()
        assert await found(site, long[311], limit=1) == [("1", long[311])]
        rows = await site.status()
        assert rows["synced_rows"] == 1


@both_stores
async def test_a_refused_passage_sets_its_row_aside_and_no_other(site: Site) -> None:
    await set_up(site, rows=2)
    async with site.worker():
        await site.synced()
        site.stub.settings.refuse_marker = "poison"
        await insert(site, 1, [*PARTS, "There is poison in this passage."])
        await insert(site, 2, [*PARTS, "And none in that one."])
        await wait_until(lambda: is_dead(site, "1"), "the row is set aside")
        await wait_until(lambda: embedded(site, "2", "And none in that one."), "the other row is there")
        site.stub.settings.refuse_marker = ""
        await site.do("select embedd.retry_dead_letters('articles')")
        await site.synced()


async def is_dead(site: Site, key: str) -> bool:
    return bool(await site.do("select key from embedd.dead_letters('articles') where key = %s", key))


async def embedded(site: Site, key: str, passage: str) -> bool:
    return (await found(site, passage, limit=1))[0] == (key, passage)


@both_stores
async def test_other_chunking_builds_another_generation_and_the_old_one_answers_meanwhile(site: Site) -> None:
    await set_up(site, chunking=None)
    async with site.worker():
        await site.synced()
        assert (await found(site, PARTS[1]))[0][1] is None
        site.stub.settings.latency_ms = 30
        await site.do("select embedd.update_vector_table('articles', chunking => %s)", CHUNKING)
        assert (await found(site, PARTS[1]))[0][1] is None
        await site.synced()
        assert (await found(site, f"{PARTS[1]} Row 1."))[0] == ("1", f"{PARTS[1]} Row 1.")
        await site.do("""select embedd.update_vector_table('articles', chunking => '{"strategy": "none"}')""")
        await site.synced()
        assert (await found(site, PARTS[1]))[0][1] is None


@both_stores
async def test_a_text_of_too_many_passages_is_truncated_and_marked(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("embedd_pg.embedding.chunking.MAX_PASSAGES", 2)
    await set_up(site, rows=1)
    async with site.worker():
        await site.synced()
        assert len(site.texts()) == 2


async def test_sql_finds_the_same_passages(site: Site) -> None:
    if site.mode != "platform":
        site.mode = "platform"
    await set_up(site, rows=5)
    async with site.worker():
        await site.synced()
        query = "The warranty covers ten years of daily use, seals included. Row 4."
        vector = [float(number) for number in vector_of(query, DIMENSIONS)]
        rows = await site.do("select * from embedd.search('articles', query_vector => %s::real[])", vector)
        expected = await found(site, query)
        assert [(row["pk_value"], row["passage"]) for row in rows] == expected
        by_words = "select * from embedd.search('articles', query => 'spilled lids', search_mode => 'lexical')"
        rows = await site.do(by_words)
        expected = await found(site, "spilled lids", search_mode="lexical")
        assert [(row["pk_value"], row["passage"]) for row in rows] == expected and expected
        rows = await site.do(
            "select * from embedd.search('articles', %s, 2, search_mode => 'hybrid', query_vector => %s::real[])",
            query,
            vector,
        )
        assert rows[0]["pk_value"] == "4" and rows[0]["passage"] == query


async def test_many_passages_of_one_row_hide_no_other_row_in_sql(site: Site) -> None:
    site.mode = "platform"
    await set_up(site, rows=3)
    await insert(site, 9, [f"Kettle {n}." for n in range(400)])
    async with site.worker():
        await site.synced()
        vector = [float(number) for number in vector_of("Kettle 5.", DIMENSIONS)]
        nearest = "select pk_value from embedd.search('articles', \"limit\" => 4, query_vector => %s::real[])"
        rows = await site.do(nearest, vector)
        assert rows[0]["pk_value"] == "9" and {row["pk_value"] for row in rows} == {"1", "2", "3", "9"}


async def test_an_estimate_counts_overlaps_twice(site: Site) -> None:
    await site.create_source(rows=0)
    await insert(site, 1, [" ".join(f"word{n}" for n in range(2000))])
    await site.create_vector_table(columns=COLUMNS, chunking=CHUNKING.replace(": 0", ": 8"))
    await site.create_vector_table("other", "articles", columns=COLUMNS)
    async with site.clients() as clients:
        cut, whole = await estimate(clients, "articles"), await estimate(clients, "other")
    assert cut.tokens > 1.3 * whole.tokens


BAD = [
    ('"recursive"', "must be an object"),
    ('{"strategy": "magic"}', "strategy must be none, recursive, sentences or markdown"),
    ('{"strategy": "recursive", "size": 1}', "there is no setting size"),
    ('{"strategy": "none", "max_tokens": 100}', "strategy none takes no sizes"),
    ('{"max_tokens": 100}', "strategy none takes no sizes"),
    ('{"strategy": "recursive", "max_tokens": 15}', "between 16 and 8192"),
    ('{"strategy": "recursive", "max_tokens": 99.5}', "between 16 and 8192"),
    ('{"strategy": "recursive", "max_tokens": "many"}', "must be whole numbers"),
    ('{"strategy": "recursive", "max_tokens": 100, "overlap_tokens": 51}', "half of max_tokens"),
    ('{"strategy": "recursive", "overlap_tokens": -1}', "half of max_tokens"),
]


@pytest.mark.parametrize(("chunking", "message"), BAD)
async def test_invalid_chunking_is_refused(site: Site, chunking: str, message: str) -> None:
    await site.create_source()
    with pytest.raises(psycopg.Error, match=message) as raised:
        await site.create_vector_table(columns=COLUMNS, chunking=chunking)
    assert raised.value.sqlstate == "EBV01" and raised.value.diag.message_hint


async def test_the_default_sizes_are_512_and_an_eighth(site: Site) -> None:
    await site.create_source()
    await site.create_vector_table(columns=COLUMNS, chunking='{"strategy": "markdown"}')
    assert await site.one("select chunking from embedd.get_vector_table('articles')") == json.loads(
        '{"strategy": "markdown", "max_tokens": 512, "overlap_tokens": 64}'
    )


@both_stores
async def test_verify_finds_and_repairs_lost_passages(site: Site) -> None:
    await set_up(site, rows=4)
    async with site.worker() as running:
        await site.synced()
        loaded = "select embedd_internal.get_generation(max(id))::text from embedd.generations"
        generation = json.loads(await site.one(loaded))
        store = running.clients
        made = parse_generation(generation)
        await (await store.store(made)).delete(made.store.table, 2**60, [])
        await (await store.store(made)).drop(made.store.table)
        await site.do("select embedd.verify('articles')")
        await site.synced()
