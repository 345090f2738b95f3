"""`embedd uninstall`: external objects are removed first, only those of this installation, and none without being
shown."""

from __future__ import annotations

import asyncio
import json
import subprocess
from collections.abc import AsyncIterator
from urllib.parse import quote, urlencode

import pytest
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from embedd_pg.database.migrate import script
from embedd_pg.errors import SchemaVersionError
from embedd_pg.stores.qdrant.store import QdrantStore
from tests.sql.test_uninstall import dumped
from tests.support.command import embedd
from tests.support.environment import clean_environment
from tests.support.postgres import Cluster
from tests.support.remote import PASSWORD, Remote, remote_with_capture
from tests.support.worker import Site, both_stores, wait_until
from tests.sync.test_remote_capture import connected, made

managed = pytest.mark.parametrize("site", ["managed"], indirect=True)


def url_of(dsn: str) -> str:
    return "postgresql:///?" + urlencode(conninfo_to_dict(dsn), quote_via=quote)


async def uninstall(site: Site, *arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
    return await command(site, "uninstall", *arguments, **more)


async def command(site: Site, *arguments: str, answer: str = "", **settings: str) -> subprocess.CompletedProcess[str]:
    clean = clean_environment()
    usual = {"EMBEDD_DATABASE_URL": url_of(site.dsn), "COLUMNS": "250", **site.environment}
    if site.mode == "managed":
        usual["EMBEDD_DATA_DIR"] = str(site.directory)
    return await asyncio.to_thread(embedd, *arguments, environment=clean | usual | settings, answer=answer)


async def filled(site: Site) -> None:
    """A vector table whose vectors are there; no worker runs any more."""
    await site.set_up(rows=4)
    async with site.worker():
        await site.synced()


def opened(site: Site) -> QdrantStore:
    return QdrantStore.server(site.qdrant_url) if site.qdrant_url else QdrantStore.local(site.directory / "vectors")


async def names(site: Site) -> set[str]:
    """Collections and aliases of the managed store."""
    store = opened(site)
    try:
        collections, aliases = await store.names()
        return collections | set(aliases)
    finally:
        await store.close()


async def installed(site: Site) -> bool:
    return bool(await site.one("select to_regnamespace('embedd') is not null"))


@both_stores
async def test_uninstall_shows_its_plan_asks_and_leaves_the_sources_unchanged(site: Site) -> None:
    await site.create_source(rows=4)
    before = dumped(site.dsn)
    await site.create_vector_table()
    await site.backfill()
    async with site.worker():
        await site.synced()
    refused = await uninstall(site, answer="n\n")
    assert refused.returncode == 1
    assert "trigger" in refused.stdout
    assert await installed(site)
    assert not await site.difference()
    done = await uninstall(site, answer="y\n")
    assert (done.returncode, done.stderr) == (0, "")
    assert not await installed(site)
    assert dumped(site.dsn) == before
    if site.mode == "managed":
        assert not await names(site)
    again = await uninstall(site, "--yes")
    assert (again.returncode, "nothing of embedd" in again.stdout) == (0, True)


async def test_uninstall_prints_json_for_scripts(site: Site) -> None:
    await filled(site)
    assert (await uninstall(site, "--json")).returncode == 2
    told = json.loads((await uninstall(site, "--json", "--yes")).stdout)
    kinds = {part["kind"] for part in told["removed"]}
    assert {"trigger", "vectors", "schema"} <= kinds
    assert all(set(part) == {"kind", "name", "removed", "note"} for part in told["left"])


@managed
async def test_collections_of_others_in_the_same_store_stay(site: Site) -> None:
    await filled(site)
    store = opened(site)
    described = {"vectors": {"size": 4, "distance": "Cosine"}, "sparse_vectors": {}}
    await store._engine.call("create_collection", "theirs", described)
    await store.close()
    assert (await uninstall(site, "--yes")).returncode == 0
    assert await names(site) == {"theirs"}


async def test_uninstall_refuses_while_workers_run(site: Site) -> None:
    await site.set_up(rows=2)
    async with site.worker() as running:
        await site.synced()
        await wait_until(lambda: running.worker._listener.heard)
        refused = await uninstall(site, "--yes")
    assert (refused.returncode, "Stop them first" in refused.stderr) == (1, True)
    assert await installed(site)


@both_stores
async def test_a_worker_that_is_still_running_stops_and_says_why(site: Site) -> None:
    await site.set_up(rows=2)
    with pytest.raises(SchemaVersionError, match="no longer has a schema embedd"):
        async with site.worker() as running:
            await site.synced()
            await site.do("select embedd.uninstall(confirm => true)")
            await asyncio.wait({running.task}, timeout=20)
            running.stop.set()
    assert not await site.one("select count(*) from pg_class where relname like 'embedd%'")


@managed
async def test_an_unreachable_store_stops_the_removal_unless_it_is_skipped(site: Site) -> None:
    await filled(site)
    nowhere = {"EMBEDD_QDRANT_URL": "http://127.0.0.1:9"}
    refused = await uninstall(site, "--yes", **nowhere)
    assert (refused.returncode, "--skip-unreachable" in refused.stderr) == (1, True)
    assert await installed(site)
    skipped = await uninstall(site, "--yes", "--skip-unreachable", **nowhere)
    assert skipped.returncode == 0
    assert "embedd_vt_" in skipped.stdout
    assert not await installed(site)
    assert any(name.startswith("embedd_vt_") for name in await names(site))


@managed
async def test_a_copy_leaves_the_objects_of_its_original(site: Site) -> None:
    await filled(site)
    before = await names(site)
    await site.do("update embedd.instance set database_oid = 1")
    done = await uninstall(site, "--yes")
    assert (done.returncode, "copied from" in done.stdout) == (0, True)
    assert await names(site) == before
    assert not await installed(site)


@managed
async def test_nothing_is_removed_where_another_database_left_its_mark(site: Site) -> None:
    await filled(site)
    before = await names(site)
    await site.do("update embedd.instance set beats = '{}'")
    refused = await uninstall(site, "--yes")
    assert (refused.returncode, "Another database left its mark" in refused.stdout) == (1, True)
    assert (await uninstall(site, "--yes", "--skip-unreachable")).returncode == 0
    assert await names(site) == before


async def test_a_broken_schema_leaves_external_objects(site: Site) -> None:
    await filled(site)
    await site.do("update embedd.generations set store = 'qdrant'; drop sequence embedd.fence")
    refused = await uninstall(site, "--yes")
    assert (refused.returncode, "too broken to determine" in refused.stdout) == (1, True)
    assert (await uninstall(site, "--yes", "--skip-unreachable")).returncode == 0


# Other databases.


@pytest.fixture
async def remote(cluster: Cluster, database: str) -> AsyncIterator[Remote]:
    async with remote_with_capture(cluster, database) as there:
        yield there


@managed
async def test_triggers_in_another_database_are_removed(site: Site, remote: Remote) -> None:
    before = dumped(remote.relay.dsn, data=False)
    await connected(site, remote)
    await made(site)
    async with site.worker():
        await site.synced()
        await wait_until(remote.triggers)
    done = await uninstall(site, "--yes")
    assert (done.returncode, "remote triggers" in done.stdout) == (0, True)
    assert await remote.triggers() == 0
    assert await remote.one("select count(*) from embedd.consumer") == 0
    url = url_of(make_conninfo(remote.session.info.dsn, password=PASSWORD))
    there = await uninstall(site, "--capture-only", "--yes", "--database-url", url)
    assert (there.returncode, there.stderr) == (0, "")
    assert await remote.one("select to_regnamespace('embedd') is null")
    assert dumped(remote.relay.dsn, data=False) == before


@managed
async def test_an_unreachable_database_stops_the_removal_before_anything_is_removed(site: Site, remote: Remote) -> None:
    await connected(site, remote)
    await made(site)
    async with site.worker():
        await site.synced()
        await wait_until(remote.triggers)
    site.environment.pop("EMBEDD_SECRET_KEY")
    refused = await uninstall(site, "--yes")
    assert (refused.returncode, "end_capture" in refused.stdout) == (1, True)
    assert await installed(site)
    assert await remote.triggers()


async def test_capture_only_refuses_a_complete_installation(site: Site) -> None:
    refused = await uninstall(site, "--capture-only", "--yes")
    assert (refused.returncode, "complete installation" in refused.stderr) == (1, True)
    assert await installed(site)


async def test_dependent_objects_of_users_stop_the_removal_before_anything_is_removed(site: Site) -> None:
    await site.do("create view mine as select name from embedd.vector_tables")
    refused = await uninstall(site, "--yes")
    assert (refused.returncode, "view public.mine" in refused.stderr) == (1, True)
    assert await installed(site)


async def test_an_installation_that_stopped_midway_is_removed(site: Site, database: str) -> None:
    await site.do("drop schema embedd, embedd_internal cascade")
    await site.do(script(only_first=9))
    assert (await uninstall(site, "--yes")).returncode == 0
    assert not await installed(site)
