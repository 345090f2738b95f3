"""The alias of a managed vector table names the active collection: after a backfill, after a switch, after a user moved
it, and until the vector table is dropped."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.support.qdrant_server import QdrantServer, running
from tests.support.worker import Site, wait_until

pytestmark = pytest.mark.parametrize("site", ["managed"], indirect=True)


@pytest.fixture
def server(site: Site) -> Iterator[QdrantServer]:
    with running() as server:
        site.qdrant_url = server.url
        yield server


async def named(site: Site) -> dict[str, str]:
    """Return collections by the aliases that name them."""
    async with site.clients() as clients:
        store = await (site.owner or clients).qdrant()
        return (await store.names())[1]


async def wanted(site: Site) -> dict[str, str]:
    """Return the expected alias of the vector table, with the collection of its active generation."""
    (row,) = await site.do("select vector_table_id, store_table from embedd.generations where state = 'active'")
    return {f"embedd_active_{row['vector_table_id']}": row["store_table"]}


@pytest.mark.parametrize("kind", ["local", "server"])
async def test_the_alias_follows_the_active_generation(site: Site, request: pytest.FixtureRequest, kind: str) -> None:
    if kind == "server":
        request.getfixturevalue("server")
    async with site.worker():
        await site.set_up(3)
        await site.synced()
        before = await wanted(site)
        await wait_until(lambda: follows(site), "the alias is there")
        await site.do("select embedd.update_vector_table('articles', embedding_model => 'other')")
        await site.synced()
        assert await wanted(site) != before
        await wait_until(lambda: follows(site), "the alias has moved")
        # The alias stays when the previous collection is removed.
        await site.do("update embedd.generations set retired_at = now() - interval '1 h' where state = 'draining'")
        await wait_until(lambda: site.one("select count(*) = 1 from embedd.generations"), "the old one is gone")
        assert await follows(site)
        await site.do("select embedd.drop_vector_table('articles')")
        await wait_until(lambda: site.one("select count(*) = 0 from embedd.generations"), "all are gone")
        assert await named(site) == {}


async def follows(site: Site) -> bool:
    return await named(site) == await wanted(site)


async def test_a_starting_worker_repairs_the_aliases(site: Site, server: QdrantServer) -> None:
    await site.set_up(3)
    async with site.worker():
        await site.synced()
    async with site.clients() as clients:
        store = await clients.qdrant()
        (alias,) = await wanted(site)
        await store.point_aliases({alias: "embedd_owners"})
        assert not await follows(site)
    async with site.worker():
        await wait_until(lambda: follows(site), "the alias is mended")


async def test_an_alias_moves_before_its_collection_is_removed(site: Site, server: QdrantServer) -> None:
    await site.set_up(3)
    async with site.worker():
        await site.synced()
        before = await wanted(site)
        # Neither the switch nor the upkeep can move it.
        for _ in range(20):
            server.fault(on="POST /collections/aliases", status=500)
        await site.do("select embedd.update_vector_table('articles', embedding_model => 'other')")
        await site.synced()
        await wait_until(lambda: len(server.settings.faults) < 20, "it was tried")
        assert await named(site) == before
        server.settings.faults.clear()
        await site.do("update embedd.generations set retired_at = now() - interval '1 h' where state = 'draining'")
        await wait_until(lambda: site.one("select count(*) = 1 from embedd.generations"), "the old one is gone")
        # The upkeep may read aliases at any time.
        asked = [request for request in server.requests if request.startswith(("POST /collections/aliases", "DELETE"))]
        assert asked[-1].startswith("DELETE /collections/embedd_vt_") and asked[-2] == "POST /collections/aliases"
        assert await follows(site)
