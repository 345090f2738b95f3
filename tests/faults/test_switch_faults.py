"""Vector tables that are created, changed and dropped while processes die (fault matrix, by number)."""

from __future__ import annotations

import asyncio
import json
import os
import random
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass

import httpx
import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict

from embedd_pg.resources import access
from tests.support.qdrant_server import QdrantServer, running
from tests.support.search import search
from tests.support.worker import COLUMNS, DIMENSIONS, ROOT, Site, wait_until

OTHER_TEXT = [{"name": "body", "role": "embedding"}, {"name": "price", "role": "metadata", "filter_type": "float"}]
ACTIVE = "select embedding_model = 'other' from embedd.generations where state = 'active'"


@asynccontextmanager
async def observed(site: Site) -> AsyncIterator[list[str]]:
    """Change and search for rows all the time. Return the models that answered. One query is answered by one model and
    only with its texts."""
    models: list[str] = []

    async def observe() -> None:
        async with site.clients() as clients:
            while True:
                number = len(models)
                await site.do("update articles set body = 'text ' || %s where id = %s", number, number % 30 + 1)
                found = await search(clients, "articles", "text", limit=100)
                assert found.hits
                assert {hit.text.startswith("Title: ") for hit in found.hits} == {found.model == "small"}
                models.append(found.model)
                await asyncio.sleep(0.02)

    observing = asyncio.create_task(observe())
    try:
        yield models
    finally:
        observing.cancel()
        with suppress(asyncio.CancelledError):
            await observing  # raises what it found wrong


async def switch_under_kills(site: Site, failpoints: list[str], chance: random.Random) -> None:
    """Switch to another model and another text by workers that die at the failpoints or after a while, then by one that
    survives."""
    await site.set_up(rows=30)
    async with site.worker():
        await site.synced()
    async with observed(site) as models:
        await site.do(
            "select embedd.update_vector_table('articles', columns => %s, embedding_model => 'other')",
            json.dumps(OTHER_TEXT),
        )
        for failpoint in failpoints:
            doomed = site.process(failpoint)
            if failpoint:
                await doomed.gone()
            else:
                await asyncio.sleep(chance.uniform(0.1, 1.0))
                await doomed.kill()
        living = site.process()
        await wait_until(lambda: site.one(ACTIVE), "switched", seconds=40)
        seen = len(models)
        await wait_until(lambda: len(models) > seen + 3)
    await living.kill()
    assert models == sorted(models, reverse=True), "first small, from some moment on other"
    assert set(models) == {"small", "other"}
    async with site.worker():
        await site.synced()
        await site.do("update embedd.generations set retired_at = now() - interval '1 h' where state = 'draining'")
        await wait_until(lambda: site.one("select count(*) = 1 from embedd.generations"), "the former one is gone")


@pytest.mark.parametrize("step", ["after_claim", "after_read", "after_embed", "before_ack", "backfill_page"])
async def test_60_a_switch_of_models_outlives_a_kill_at_each_step(site: Site, step: str) -> None:
    await switch_under_kills(site, [f"{step}=exit"], random.Random(60))
    # One table of vectors and its two of words.
    assert await site.one("select count(*) from pg_class where relkind = 'r' and relname like 'embedd\\_vt%%'") == 3


@pytest.mark.parametrize("site", ["managed"], indirect=True)
async def test_60_a_switch_of_models_outlives_kills_at_any_time(site: Site, server: QdrantServer) -> None:
    # Rows that kill three workers are set aside.
    await switch_under_kills(site, [""] * 2, random.Random())
    assert len(collections(server)) == 1


@pytest.mark.parametrize("site", ["managed"], indirect=True)
async def test_60_rows_that_change_during_the_rebackfill_are_current_at_the_switch(site: Site) -> None:
    """Their jobs are in the live lane from then on, and the switch must wait for them nevertheless."""
    await site.set_up(rows=30)
    async with site.worker(batch_size=5, concurrency=1):
        await site.synced()
        site.stub.settings.latency_ms = 300
        await site.do("select embedd.update_vector_table('articles', embedding_model => 'other')")
        await wait_until(lambda: site.one("select count(*) = 30 from embedd.jobs where lane = 'backfill'"))
        await site.do("update articles set body = 'changed'")
        await wait_until(lambda: site.one(ACTIVE), "switched")
        held = "select count(*) from embedd.row_states join embedd.generations g on g.id = generation_id"
        assert await site.one(f"{held} where g.state = 'active'") == 30
        await site.synced()


# Creating and deleting through an API that dies.


@pytest.fixture
def server(site: Site) -> Iterator[QdrantServer]:
    with running() as server:
        site.qdrant_url = server.url
        yield server


def collections(server: QdrantServer) -> list[str]:
    """Return the collections of vector tables."""
    found = httpx.get(f"{server.url}/collections", trust_env=False).json()["result"]["collections"]
    return [one["name"] for one in found if one["name"].startswith("embedd_vt_")]


@dataclass
class Api:
    """An API in a separate process, with a key."""

    process: subprocess.Popen[str]
    url: str
    key: str

    async def call(self, method: str, path: str, body: object = None) -> httpx.Response:
        async with httpx.AsyncClient(trust_env=False, headers={"Authorization": f"Bearer {self.key}"}) as http:
            return await http.request(method, f"{self.url}/v1/vector-tables{path}", json=body, timeout=60)


@contextmanager
def serving(site: Site, key: str, failpoints: str = "") -> Iterator[Api]:
    place = conninfo_to_dict(site.dsn)
    environment = {
        "EMBEDD_DATABASE_URL": "postgresql://{user}@/{dbname}?host={host}".format(**place),
        "EMBEDD_QDRANT_URL": site.qdrant_url or "",
        "EMBEDD_FAILPOINTS": failpoints,
        "EMBEDD_ALLOW_SUPERUSER": "1",
    }
    command = [sys.executable, "-m", "embedd_pg.cli", "serve", "--port", "0"]
    with subprocess.Popen(
        command, stderr=subprocess.PIPE, text=True, cwd=ROOT, env=os.environ | environment
    ) as process:
        assert process.stderr is not None
        try:
            said = next(line for line in process.stderr if "listens on" in line)
            yield Api(process, said.split()[4].rstrip("."), key)
        finally:
            process.kill()


async def made_key(site: Site) -> str:
    async with site.clients() as clients:
        return (await access.create_api_key(clients.database, name="test")).key


@pytest.mark.parametrize("site", ["managed"], indirect=True)
async def test_67_an_api_killed_while_it_creates_or_deletes_leaves_nothing_behind(
    site: Site, server: QdrantServer
) -> None:
    await site.create_source(rows=5)
    key = await made_key(site)
    body = {
        "name": "articles",
        "source_table": "public.articles",
        "columns": COLUMNS,
        "primary_key_column": "id",
        "connection_id": await site.one("select id from embedd.connections"),
        "embedding_provider_id": await site.one("select id::text from embedd.embedders where name = 'stub'"),
        "embedding_model": "small",
        "embedding_dimensions": DIMENSIONS,
    }
    with serving(site, key, "create_store=exit") as api:
        with pytest.raises(httpx.HTTPError):
            await api.call("POST", "", body)
        assert api.process.wait(10) == -signal.SIGKILL
    assert not collections(server)
    with serving(site, key) as api:
        (table,) = (await api.call("GET", "")).json()["data"]
        assert table["name"] == "articles", "it is there, whole, and can be used or deleted"
        await api.call("POST", f"/{table['id']}/backfill")
        async with site.worker():
            await site.synced()
            await site.do("update articles set body = 'changed'")
            await site.synced()
        async with await psycopg.AsyncConnection.connect(site.dsn) as writer:
            await writer.execute("update articles set body = 'being written'")
            deleting = asyncio.create_task(api.call("DELETE", f"/{table['id']}"))
            blocked = "select exists (select from pg_stat_activity where wait_event_type = 'Lock')"
            await wait_until(lambda: site.one(blocked))
            api.process.kill()
            with pytest.raises(httpx.HTTPError):
                await deleting
            await writer.commit()
    with serving(site, key) as api:
        again = await api.call("DELETE", f"/{table['id']}")
        assert again.status_code in (200, 204, 404)
    await site.process("store_dropped=exit", EMBEDD_LEASE="1").gone()
    assert await site.one("select count(*) from embedd.vector_tables") == 1, "killed before it was forgotten"
    async with site.worker():
        await wait_until(lambda: site.one("select count(*) = 0 from embedd.vector_tables"))
    assert not collections(server)
    assert await site.one("select count(*) from pg_trigger where tgname like 'zz\\_embedd%%'") == 0
    assert await site.one("select count(*) from pg_proc where proname ~ '^capture_[0-9]+$'") == 0
