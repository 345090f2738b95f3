"""The stores and the main job against the Qdrant of docker/compose.yaml, one node and a cluster of three, in containers
of a Docker engine. Elsewhere these tests say why they are skipped."""

from __future__ import annotations

import asyncio
import json
import os
import random
import sys
from pathlib import Path
from typing import Any

import pytest

from embedd_pg.stores.base import Mark
from tests.docker.conftest import Server
from tests.support.difference import active
from tests.support.worker import Site, wait_until

ROOT = Path(__file__).parents[2]
managed = pytest.mark.parametrize("site", ["managed"], indirect=True)


async def test_the_suites_of_the_stores_hold_against_a_real_server(server: Server) -> None:
    named = {"EMBEDD_TEST_QDRANT_URL": server.url, "EMBEDD_TEST_QDRANT_GRPC_PORT": str(server.grpc_port)}
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", "pytest", "-q", "-x", "tests/conformance", "tests/sync/test_aliases.py"),
        *("tests/faults/test_store_faults.py", "tests/sync/test_state_machine.py"),
        env={**os.environ, **named},
        cwd=ROOT,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    said, _ = await process.communicate()
    assert process.returncode == 0, said.decode()[-10_000:]


async def change_at_random(site: Site, choice: random.Random) -> None:
    key = choice.randint(1, 400)
    statement = choice.choice(
        [
            "delete from articles where id = %s",
            "update articles set body = body || ' more' where id = %s",
            "update articles set price = random() where id = %s",
            "insert into articles values (%s, 'back', 'again', 1) on conflict do nothing",
        ]
    )
    await site.do(statement, key)


@managed
@pytest.mark.parametrize("grpc", ["0", "1"])
async def test_a_server_killed_under_writes_ends_equal_to_the_source(site: Site, server: Server, grpc: str) -> None:
    site.qdrant_url, choice = server.url, random.Random(5)
    site.environment |= {"EMBEDD_QDRANT_GRPC": grpc, "EMBEDD_QDRANT_GRPC_PORT": str(server.grpc_port)}
    await site.set_up(rows=400)
    site.process()
    await site.settled()
    for _ in range(3):
        for _ in range(100):
            await change_at_random(site, choice)
        server.kill()
        for _ in range(50):
            await change_at_random(site, choice)
        server.start()
        await wait_until(server.is_ready, "Qdrant is ready", seconds=60)
    await site.hurry()
    await site.synced()


@managed
async def test_a_cluster_that_loses_a_node_under_writes_ends_equal_on_all_replicas(
    site: Site, cluster_of_three: list[Server]
) -> None:
    first, _, last = cluster_of_three
    site.qdrant_url, choice = first.url, random.Random(6)
    copies = {"replication_factor": 3, "shard_number": 3}
    await site.set_up(rows=400, store_settings=json.dumps(copies))
    site.process()
    await site.settled()
    for node in (last, cluster_of_three[1]):
        node.kill()
        for _ in range(150):
            await change_at_random(site, choice)
        node.start()
        await wait_until(node.is_ready, "the node is ready", seconds=60)
    await site.hurry()
    await site.synced(seconds=120)
    name = await site.one("select store_table from embedd.generations")
    for node in cluster_of_three:
        await wait_until(lambda node=node: all_active(node, name), "all replicas are active", seconds=120)
    marks = await site.marks()
    for node in cluster_of_three:
        assert await marks_from(site, node) == marks


def all_active(node: Server, name: str) -> bool:
    state = node.get(f"/collections/{name}/cluster")
    shards = state["local_shards"] + state["remote_shards"]
    return not state["shard_transfers"] and all(shard["state"] == "Active" for shard in shards)


async def marks_from(site: Site, node: Server) -> dict[str, Mark]:
    """Return the marks that one node answers with: it has a copy of each shard."""
    async with site.clients(qdrant_url=node.url) as clients:
        generation: Any = await active(clients, "articles")
        store = await clients.store(generation)
        return {key: mark async for page in store.scan(generation.store.table) for key, mark in page}
