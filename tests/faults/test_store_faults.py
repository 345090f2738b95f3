"""Faults of a vector store on a server: requests lost, late or repeated on the way, and refused requests (fault matrix,
by number)."""

from __future__ import annotations

import random
from collections.abc import AsyncIterator
from typing import Any

import pytest

from tests.support.qdrant_server import QdrantServer, running
from tests.support.request_relay import RequestRelay, request_relay
from tests.support.worker import Site, wait_until

pytestmark = pytest.mark.parametrize("site", ["managed"], indirect=True)

TEXT = "update articles set body = '{}' where id = 1"
PRICE = "update articles set price = {} where id = 1"
DELETE = "delete from articles where id = 1"
INSERT = "insert into articles values (1, 'title', 'is back', 1)"
#: Requests that write points, also those with new metadata, or tombstones.
WRITES = "PUT /collections/[^/]+/points[? ]"


@pytest.fixture
async def server(site: Site) -> AsyncIterator[QdrantServer]:
    """Return the server of the site, which has three rows of it."""
    with running() as server:
        site.qdrant_url = server.url
        await site.set_up(rows=3)
        async with site.worker():
            await site.synced()
        yield server


@pytest.fixture
async def relay(server: QdrantServer) -> AsyncIterator[RequestRelay]:
    async with request_relay(server.url) as relay:
        yield relay


@pytest.mark.parametrize(
    ("late", "newer"),
    [
        (TEXT.format("late"), TEXT.format("newer")),
        (TEXT.format("late"), DELETE),
        (DELETE, INSERT),
        (PRICE.format(7), PRICE.format(8)),
        (PRICE.format(7), DELETE),
    ],
)
async def test_07_a_write_that_is_under_way_until_another_worker_is_done_is_refused(
    site: Site, relay: RequestRelay, late: str, newer: str
) -> None:
    relay.hold = WRITES
    await site.do(late)
    sender = site.process(EMBEDD_QDRANT_URL=relay.url)
    await wait_until(lambda: relay.held, "a write is on its way")
    await sender.kill()
    await site.do(newer)
    async with site.worker():
        await site.synced()
        expected = await site.marks()
        relay.release()
        await wait_until(lambda: relay.released == relay.held, "it has arrived")
        assert await site.marks() == expected
        await site.synced()


@pytest.mark.parametrize("change", [TEXT.format("other"), PRICE.format(7), DELETE])
async def test_08_a_write_whose_answer_is_lost_is_made_again_without_harm_or_cost(
    site: Site, relay: RequestRelay, change: str
) -> None:
    relay.lose, relay.losses = WRITES, 2
    async with site.worker(qdrant_url=relay.url):
        await site.do(change)
        await wait_until(lambda: not relay.losses, "two answers are lost")
        await site.synced()
    assert max(site.texts().values()) <= 2, "a text is embedded once more at most: a lost write may not be there"


async def test_09_requests_that_arrive_twice_at_once_or_much_later_change_nothing(
    site: Site, relay: RequestRelay
) -> None:
    relay.twice = WRITES
    async with site.worker(qdrant_url=relay.url):
        for round_ in range(3):
            await site.do("update articles set body = 'round ' || %s where id = 1", round_)
            await site.do("update articles set price = price + 10 where id = 2")
            await site.do("delete from articles where id = 3")
            await site.synced()
            await site.insert("articles", 1, first=3)
            await site.synced()
        expected = await site.marks()
        again = list(relay.seen)
        random.Random(9).shuffle(again)
        for request in again:
            await relay.deliver(request)
        assert await site.marks() == expected
        await site.synced()


REFUSALS: list[tuple[dict[str, Any], str]] = [
    ({"status": 429, "retry_after": "1"}, "accepts no more requests"),
    ({"status": 507}, "storage is full"),
    ({"status": 400, "text": "Bad request: strict mode"}, "status 400"),
]


@pytest.mark.parametrize(("fault", "said"), REFUSALS)
async def test_41_a_store_that_refuses_writes_gets_a_rest_and_the_status_shows_it(
    site: Site, server: QdrantServer, fault: dict[str, Any], said: str
) -> None:
    server.fault(on="/points", times=1000, **fault)
    async with site.worker():
        await site.do(TEXT.format("waits"))
        await site.do("delete from articles where id = 2")
        before = len(server.requests)
        assert said in await site.error()
        written = [request for request in server.requests[before:] if request.endswith("/points")]
        assert len(written) <= 3
        rows = await site.do("select state, attempts, error_class from embedd.jobs where error_class is not null")
        assert {(row["state"], row["attempts"], row["error_class"]) for row in rows} == {("queued", 0, "transient")}
        server.settings.faults.clear()
        await site.hurry()
        await site.synced()


@pytest.mark.parametrize("status", ["acknowledged", "wait_timeout"])
@pytest.mark.parametrize("change", [TEXT.format("other"), PRICE.format(7), DELETE])
async def test_42_a_write_that_is_not_completed_keeps_its_job(
    site: Site, server: QdrantServer, status: str, change: str
) -> None:
    collection = await site.one("select store_table from embedd.generations")
    server.fault(on=f"PUT /collections/{collection}/points", times=1000, update=status)
    async with site.worker():
        await site.do(change)
        assert status in await site.error()
        assert await site.one("select count(*) from embedd.jobs where state = 'queued'") == 1
        server.settings.faults.clear()
        await site.hurry()
        await site.synced()


async def test_45_nothing_is_written_to_a_server_that_can_bring_deleted_rows_back(
    site: Site, server: QdrantServer
) -> None:
    before = await site.marks()
    server.settings.version = "1.18.5"
    seen = len(server.requests)
    async with site.worker():
        await site.do(TEXT.format("waits"))
        assert "1.18.5 is too old" in await site.error()
        assert not server.requests[seen:]
        server.settings.version = "1.19.0"
        assert await site.marks() == before
        await site.hurry()
        await site.synced()
