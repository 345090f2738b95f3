"""The cache of vectors: texts embedded before are not sent again, even if the provider refuses other texts."""

from __future__ import annotations

import pytest

from tests.support.worker import Site, both_stores


@both_stores
async def test_a_revert_and_a_rebuild_with_the_same_model_cost_nothing(site: Site) -> None:
    await site.set_up(rows=120)
    async with site.worker(batch_size=50, cache_mb=10):
        await site.synced()
        assert site.stub.stats.inputs == 120
        await site.do("update articles set body = 'other words' where id <= 10")
        await site.synced()
        asked = site.stub.stats.inputs
        await site.do("update articles set body = 'text of ' || id where id <= 10")
        await site.synced()
        await site.create_vector_table("again", "public.articles")
        await site.backfill("again")
        await site.quiet()
        assert (await site.status("again"))["synced_rows"] == 120
        assert site.stub.stats.inputs == asked
    assert await site.one("select count(*) from embedd.cached_vectors") == asked
    assert not await site.one("select count(*) from embedd.cached_vectors where octet_length(digest) <> 16")


async def test_a_text_that_many_rows_share_is_embedded_once(site: Site) -> None:
    await site.create_source(rows=100)
    await site.do("update articles set title = 'the same', body = 'in many rows'")
    await site.create_vector_table()
    await site.backfill()
    async with site.worker(cache_mb=10):
        await site.synced()
    assert site.stub.stats.inputs == 1


@pytest.mark.parametrize("rows", [1, 40])
async def test_a_refused_text_is_set_aside_alone_and_never_cached(site: Site, rows: int) -> None:
    await site.set_up(rows=rows)
    await site.do("update articles set body = 'POISON' where id = 1")
    site.stub.settings.refuse_marker = "POISON"
    async with site.worker(cache_mb=10):
        await site.quiet()
        assert (await site.status())["dead_rows"] == 1
        assert len(await site.live()) == rows - 1
        site.stub.settings.refuse_marker = ""
        await site.do("select embedd.retry_dead_letters('articles')")
        await site.synced()


@pytest.mark.parametrize("spoil", ["nan", "zero"])
async def test_an_unusable_vector_is_requested_again(site: Site, spoil: str) -> None:
    await site.set_up(rows=20)
    site.stub.fault(spoil=spoil, positions=[3, 7])
    async with site.worker(cache_mb=10):
        await site.synced()
    assert await site.one("select count(*) from embedd.cached_vectors") == 20


async def test_the_cache_has_a_limit_and_drops_the_least_recently_used(site: Site) -> None:
    await site.set_up(rows=40)
    async with site.worker(cache_mb=10) as worker:
        await site.synced()
        size = await site.one("select octet_length(vector) + 64 from embedd.cached_vectors limit 1")
        await site.do("update embedd.cached_vectors set used_on = used_on - 2")
        await site.do("update articles set body = 'asked today' where id = 1")
        await site.synced()
        await worker.clients.vector_cache.prune(size * 5)
        assert await site.one("select count(*) from embedd.cached_vectors") == 5
        assert await site.one("select count(distinct used_on) from embedd.cached_vectors") == 2, "today's among them"
        await worker.clients.vector_cache.prune(0)
        assert await site.one("select count(*) from embedd.cached_vectors") == 0
