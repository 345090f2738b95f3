"""Usage end to end: the provider's counts are recorded, and budgets and limits hold, on both kinds of stores."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from embedd_pg.sync.estimate import estimate
from tests.support.search import search
from tests.support.worker import Site, both_stores, wait_until


async def used(site: Site, kind: str = "document") -> tuple[int, int]:
    """Return the requests and tokens recorded so far."""
    row = (
        await site.do(
            "select coalesce(sum(requests), 0)::int as requests, coalesce(sum(tokens), 0)::int as tokens"
            " from embedd.daily_usage where kind = %s",
            kind,
        )
    )[0]
    return row["requests"], row["tokens"]


@both_stores
async def test_requests_and_tokens_of_the_provider_are_recorded(site: Site) -> None:
    await site.set_up(rows=250)
    async with site.worker(batch_size=100) as worker:
        await site.synced()

        async def whole() -> bool:
            return await used(site) == (site.stub.stats.requests, site.stub.stats.tokens)

        await wait_until(whole)
        assert (await used(site))[0] >= 3
        await site.do("update articles set price = 1")
        await site.quiet()
        await asyncio.sleep(1.2)
        assert await whole(), "metadata costs nothing"
        for text in ("a warm text", "a warm text", "another"):
            await search(worker.clients, "articles", text)
        await wait_until(lambda: _is(used(site, "query"), 2))


async def test_usage_is_recorded_when_a_process_ends(site: Site) -> None:
    await site.set_up(rows=20)
    async with site.worker():
        await site.synced()
    assert await used(site) == (site.stub.stats.requests, site.stub.stats.tokens)


@both_stores
async def test_a_budget_stops_embedding_but_neither_deletes_nor_metadata(site: Site) -> None:
    await site.set_up(rows=20)
    async with site.worker():
        await site.synced()
        await wait_until(lambda: _is(used(site), site.stub.stats.requests))
        await site.do("select embedd.set_token_budget('stub', 1)")
        requests = site.stub.stats.requests
        await site.do("update articles set body = 'new words' where id = 1")
        await site.do("update articles set price = 77 where id = 2")
        await site.do("delete from articles where id = 3")
        assert "token budget" in await site.error()
        await wait_until(lambda: _lacks(site, "3"))
        await wait_until(lambda: _waits(site, ["1"]))
        assert site.stub.stats.requests == requests
        row = (await site.do("select attempts, error_class, state from embedd.jobs"))[0]
        assert (row["attempts"], row["error_class"], row["state"]) == (0, "budget", "queued")
        await site.do("select embedd.set_token_budget('stub', null)")
        await site.synced()


@pytest.mark.parametrize("site", ["platform"], indirect=True)
async def test_a_limit_per_minute_holds_for_a_backfill_and_for_all_workers(site: Site) -> None:
    await site.create_source(rows=60)
    await site.create_vector_table()
    await site.do("select embedd.set_rate_limits('stub', 240, null)")
    loop = asyncio.get_running_loop()
    began = loop.time()
    await site.backfill()
    async with site.worker(batch_size=1), site.worker(batch_size=1):
        await wait_until(lambda: _reached(site, 45))
        allowed = 40 + 4 * (loop.time() - began) + 1
        assert site.stub.stats.requests <= allowed
        await site.do("select embedd.set_rate_limits('stub', null, null)")
        await site.synced(seconds=60)


async def test_an_estimate_counts_the_rows_and_samples_their_texts(site: Site) -> None:
    await site.create_source(rows=3000)
    await site.create_vector_table()
    await site.do("select embedd.set_price('openai', 'small', 2)")
    async with site.clients() as clients:
        found = await estimate(clients, "articles")
        assert (found.model, found.rows) == ("small", 3000)
        assert 6 * 3000 < found.tokens < 14 * 3000
        assert found.cost_usd is not None and abs(float(found.cost_usd) - found.tokens * 2e-6) < 1e-9
        await site.do("truncate articles; select embedd.set_price('openai', 'small', null)")
        found = await estimate(clients, "articles")
        assert (found.rows, found.tokens, found.cost_usd) == (0, 0, None)


async def _is(found: Any, requests: int) -> bool:
    return bool((await found)[0] == requests)


async def _reached(site: Site, requests: int) -> bool:
    return site.stub.stats.requests >= requests


async def _lacks(site: Site, key: str) -> bool:
    return key not in await site.live()


async def _waits(site: Site, keys: list[str]) -> bool:
    return [row["key"] for row in await site.do("select key from embedd.jobs order by key")] == keys
