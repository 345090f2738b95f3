"""Changing a vector table: new vectors are built while the old ones answer and are kept in sync until the switch."""

from __future__ import annotations

import json
from typing import Any

import psycopg
import pytest

from tests.support.search import search
from tests.support.worker import COLUMNS, Site, both_stores, wait_until

OTHER_TEXT = [{"name": "body", "role": "embedding"}, {"name": "price", "role": "metadata", "filter_type": "float"}]
OTHER_METADATA = [*COLUMNS, {"name": "notes", "role": "metadata", "filter_type": "keyword"}]


async def update(site: Site, **changes: Any) -> None:
    named = {key: json.dumps(value) if key == "columns" else value for key, value in changes.items()}
    arguments = ", ".join(f"{key} => %s" for key in named)
    await site.do(f"select embedd.update_vector_table('articles', {arguments})", *named.values())


async def texts_found(site: Site, query: str) -> list[str]:
    async with site.clients() as clients:
        return [hit.text for hit in (await search(site.owner or clients, "articles", query, limit=3)).hits]


@both_stores
async def test_other_embedded_columns_take_effect_when_complete(site: Site) -> None:
    async with site.worker():
        await site.set_up(20)
        await site.synced()
        before = await site.one("select id from embedd.generations where state = 'active'")
        site.stub.settings.latency_ms = 30
        await update(site, columns=OTHER_TEXT)
        assert (await site.status())["sync_status"] == "pending_rebackfill"
        assert all(text.startswith("Title: ") for text in await texts_found(site, "text of 3"))
        await site.insert("articles", 1, first=100, word="late")
        await site.synced()
        assert all(not text.startswith("Title: ") for text in await texts_found(site, "text of 3"))
        after = await site.do("select id, state from embedd.generations order by id")
        assert [row["state"] for row in after] == ["draining", "active"]
        assert after[0]["id"] == before
        # The old one is removed a moment later.
        await site.do("update embedd.generations set retired_at = now() - interval '1 h' where state = 'draining'")
        await wait_until(lambda: gone(site, before), "the old generation is removed")


async def gone(site: Site, generation: int) -> bool:
    return not await site.one("select count(*) from embedd.generations where id = %s", generation)


@both_stores
async def test_other_metadata_columns_embed_nothing(site: Site) -> None:
    async with site.worker():
        await site.set_up(20)
        await site.synced()
        sent = sum(site.texts().values())
        await site.do("update articles set notes = 'special' where id = 7")
        await update(site, columns=OTHER_METADATA)
        await site.synced()
        assert sum(site.texts().values()) == sent
        async with site.clients() as clients:
            found = await search(site.owner or clients, "articles", "text", filters={"notes": "special"})
        assert [hit.key for hit in found.hits] == ["7"]


async def test_another_size_of_vectors_is_another_generation(site: Site) -> None:
    async with site.worker():
        await site.set_up(5)
        await site.synced()
        await update(site, embedding_dimensions=32)
        await site.quiet()
        site.stub.settings.dimensions = 32
        await site.hurry()
        await wait_until(lambda: synced(site), "synced again", seconds=20)
        assert await site.one("select embedding_dimensions from embedd.generations where state = 'active'") == 32


async def synced(site: Site) -> bool:
    await site.hurry()
    return bool((await site.status())["sync_status"] == "synced")


async def test_a_provider_that_fails_midway_leaves_the_old_vectors_serving_and_syncing(site: Site) -> None:
    """Fault 61."""
    async with site.worker():
        await site.set_up(10)
        await site.synced()
        await site.create_embedder("broken", url="http://127.0.0.1:9/v1")
        await update(site, embedder="broken", embedding_model="other")
        await site.error()
        # The old generation's own embedder still works, so its changes arrive meanwhile.
        await site.insert("articles", 1, first=200, word="meanwhile")
        await wait_until(lambda: finds(site, "meanwhile of 200"), "the old vectors stay in sync")
        task = await site.one("select id from embedd.tasks where task_type = 'rebackfill'")
        await site.do("select embedd.cancel_task(%s)", task)
        assert (await site.status())["sync_status"] == "synced"
        assert await finds(site, "text of 3")


async def finds(site: Site, query: str) -> bool:
    return any(query in text for text in await texts_found(site, query))


async def test_a_table_that_was_never_filled_changes_at_once(site: Site) -> None:
    await site.create_source("articles", 3)
    await site.create_vector_table("articles")
    await update(site, columns=OTHER_TEXT)
    assert (await site.status())["sync_status"] == "pending"
    async with site.worker():
        await site.backfill()
        await site.synced()
        assert all(not text.startswith("Title: ") for text in await texts_found(site, "text of 3"))


async def test_a_name_changes_at_once_and_a_running_backfill_refuses_more(site: Site) -> None:
    await site.set_up(3)
    await update(site, name="renamed", sync_mode="cdc")
    await update_name_back(site)
    with pytest.raises(psycopg.Error, match="already running"):
        await update(site, columns=OTHER_TEXT)
    assert await site.one("select count(*) from embedd.generations") == 1


async def update_name_back(site: Site) -> None:
    await site.do("select embedd.update_vector_table('renamed', name => 'articles')")
