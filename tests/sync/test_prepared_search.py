"""Searches in SQL that a worker prepares: embedd.prepare_search(), over both stores, with the real worker."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from typing import Any

import pytest

from embedd_pg.search.search import search
from tests.support.worker import Running, Site, both_stores
from tests.sync.test_search import COLUMNS, ROWS, in_sql


@pytest.fixture
async def running(site: Site) -> AsyncIterator[Running]:
    """A worker, with the rows of tests/sync/test_search.py in a vector table."""
    await site.create_source()
    for row in ROWS:
        await site.do("insert into articles (id, title, body, price, notes) values (%s, %s, %s, %s, %s)", *row)
    await site.create_vector_table(columns=COLUMNS)
    await site.backfill()
    async with site.worker() as running:
        await site.synced()
        yield running


async def prepare(site: Site, query: str | None = "lamp", **named: Any) -> None:
    arguments = "".join(f', "{name}" => %s' for name in named)
    await site.do(f"call embedd.prepare_search('articles', %s{arguments})", query, *named.values())


@both_stores
@pytest.mark.parametrize(
    "options",
    [
        {},
        {"limit": 2, "filters": '{"price": {"lt": 100}}'},
        {"search_mode": "hybrid"},
        {"search_mode": "lexical"},
        {"min_similarity_score": 0.2},
    ],
)
async def test_a_prepared_search_finds_what_the_service_finds(
    site: Site, running: Running, options: dict[str, Any]
) -> None:
    await prepare(site, "lamp for the garden", **options)
    found = await in_sql(site, query="lamp for the garden", **options)
    same = {name: json.loads(value) if name == "filters" else value for name, value in options.items()}
    hits = (await search(running.clients, "articles", "lamp for the garden", **same)).hits
    assert hits and [row["pk_value"] for row in found] == [hit.key for hit in hits]
    assert [row["score"] for row in found] == pytest.approx([hit.score for hit in hits], abs=1e-6)
    assert [row["embedded_text"] for row in found] == [hit.text for hit in hits]
    for row, hit in zip(found, hits, strict=True):
        assert {name: row["metadata"].get(name) for name in hit.metadata} == hit.metadata
