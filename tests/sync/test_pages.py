"""Pages and thresholds over both stores, in the service and in SQL, against a plain evaluation."""

from __future__ import annotations

import json
from typing import Any

import pytest

from embedd_pg.search.rerank import Rerank
from embedd_pg.stores.base import Hit
from tests.support.search import search
from tests.support.worker import Running, Site, both_stores
from tests.sync.test_prepared_search import prepare
from tests.sync.test_rerank import create_embedder, key
from tests.sync.test_search import COLUMNS, in_sql

__all__ = ["key"]  # a fixture

MODES: list[dict[str, Any]] = [
    {},
    {"search_mode": "lexical"},
    {"search_mode": "hybrid"},
    {"rerank": {"embedder": "ranks", "candidates": 100}},
]
QUERY = "text of lamp"


def served(options: dict[str, Any]) -> dict[str, Any]:
    return options | {"rerank": Rerank(**options["rerank"])} if "rerank" in options else options


async def hits(running: Running, **options: Any) -> list[Hit]:
    return (await search(running.clients, "articles", QUERY, **served(options))).hits


async def keys_in_sql(site: Site, **options: Any) -> list[str]:
    """Return what a prepared search finds in SQL."""
    named = {name: json.dumps(value) if isinstance(value, dict) else value for name, value in options.items()}
    await prepare(site, QUERY, **named)
    return [row["pk_value"] for row in await in_sql(site, query=QUERY, **named)]


async def one_page(running: Running, cursor: str, **options: Any) -> tuple[list[str], str | None]:
    """Return the keys of a page, and the cursor of the next one."""
    found = await search(running.clients, "articles", QUERY, cursor=cursor, **served(options))
    assert found.page is not None
    return [hit.key for hit in found.hits], found.page.cursor


async def all_pages(running: Running, cursor: str | None, **options: Any) -> list[list[str]]:
    """Return the pages from a cursor on."""
    shown = []
    while cursor is not None:
        keys, cursor = await one_page(running, cursor, **options)
        shown.append(keys)
    return shown


async def fill(site: Site) -> None:
    """Create 40 rows with words of the query, 15 of which have the same text."""
    await site.create_source(rows=25)
    await site.do("insert into articles select i, 'lamp', 'text', i, null from generate_series(26, 40) i")
    await create_embedder(site)
    await site.create_vector_table(columns=COLUMNS)
    await site.backfill()


@both_stores
async def test_pages_are_the_ranking_in_pieces(site: Site) -> None:
    await fill(site)
    async with site.worker() as running:
        await site.synced()
        for options in MODES:
            whole = [hit.key for hit in await hits(running, limit=50, **options)]
            shown = await all_pages(running, "*", limit=7, **options)
            assert [len(page) for page in shown[:-1]] == [7] * (len(shown) - 1)
            together = [key for page in shown for key in page]
            assert len(together) == len(set(together)) and set(together) == set(whole), options
            scores = {hit.key: hit.score for hit in await hits(running, limit=50, **options)}
            ordered = [scores[key] for key in together]
            assert ordered == pytest.approx(sorted(ordered, reverse=True), abs=1e-6), options
            # In SQL the next page leaves out the keys of those before.
            second = await keys_in_sql(site, limit=7, without=shown[0], **options)
            assert len(second) == 7 and not set(second) & set(shown[0])
            assert [scores[key] for key in second] == pytest.approx([scores[key] for key in shown[1]], abs=1e-6)


@both_stores
async def test_changes_between_pages_neither_repeat_nor_skip_a_row(site: Site) -> None:
    await fill(site)
    async with site.worker() as running:
        await site.synced()
        for number, options in enumerate(MODES):
            first, cursor = await one_page(running, "*", limit=5, **options)
            rest = {hit.key for hit in await hits(running, limit=30, **options)} - set(first)
            gone = {first[-1], min(rest)}
            better = 100 + number
            await site.do("delete from articles where id = any(%s)", [int(key) for key in gone])
            await site.do("insert into articles values (%s, 'text of lamp', null, 1, null)", better)
            await site.synced()
            later = [key for page in await all_pages(running, cursor, limit=5, **options) for key in page]
            assert len(later) == len(set(later)) and not set(later) & {*first, *gone}, options
            assert (rest - gone) | {str(better)} <= set(later), options


@both_stores
async def test_a_threshold_compares_the_score_of_every_mode(site: Site) -> None:
    await fill(site)
    async with site.worker() as running:
        await site.synced()
        for options in MODES:
            whole = await hits(running, limit=100, **options)
            for least in (whole[len(whole) // 2].score, whole[0].score + 1, -1e300):
                expected = [hit.key for hit in whole if hit.score >= least]
                some = await hits(running, limit=100, score_threshold=least, **options)
                assert {hit.key for hit in some} == set(expected), options
                found = await keys_in_sql(site, limit=100, score_threshold=least, **options)
                # Scores computed in SQL may differ in the last digits.
                assert abs(len(found) - len(expected)) <= sum(abs(hit.score - least) < 1e-6 for hit in whole)
        both = await hits(running, min_similarity_score=0.0, score_threshold=0.1)
        assert both and all(hit.score >= 0.1 for hit in both)
