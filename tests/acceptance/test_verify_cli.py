"""`embedd verify` as people and scripts use it: its output and its exit status."""

from __future__ import annotations

import asyncio
import json
import signal
import subprocess
import sys
from functools import partial
from typing import Any
from urllib.parse import urlencode

import pytest
from psycopg.conninfo import conninfo_to_dict

from tests.support import command
from tests.support.environment import clean_environment
from tests.support.worker import Site, both_stores, wait_until

COMMAND = (sys.executable, "-m", "embedd_pg.cli")


async def embedd(site: Site, *arguments: str) -> subprocess.CompletedProcess[str]:
    clean = clean_environment()
    settings = {"EMBEDD_DATABASE_URL": as_url(site.dsn), "COLUMNS": "200"}
    return await asyncio.to_thread(command.embedd, *arguments, environment=clean | settings)


def as_url(dsn: str) -> str:
    return "postgresql:///?" + urlencode(conninfo_to_dict(dsn))


async def lose(site: Site, key: str) -> None:
    """A row of the ledger's belief that the store does not hold: as if its point were gone."""
    table = await site.one("select format('%I.%I', store_schema, store_table) from embedd.generations")
    await site.do(f"delete from {table} where pk_value = %s", key)


async def results(site: Site, *arguments: str) -> tuple[int, list[dict[str, Any]]]:
    done = await embedd(site, "verify", *arguments, "--json")
    return done.returncode, json.loads(done.stdout)


@both_stores
async def test_equal_tables_have_status_0_and_need_no_access_to_the_store(site: Site) -> None:
    await site.set_up(rows=5)
    await site.create_source("others", 2)
    await site.create_vector_table("others")
    async with site.worker():
        await site.synced()
        shown = await embedd(site, "verify")
        assert (shown.returncode, shown.stderr.strip()) == (0, "")
        assert "articles" in shown.stdout
        assert "equal" in shown.stdout
        assert "others" not in shown.stdout, "it was never filled"
        code, (row,) = await results(site, "articles", "--strict")
        assert (code, row["rows_compared"], row["equal"], row["left"]) == (0, 5, True, 0)


async def test_differences_have_status_1_are_named_and_repaired_when_asked(site: Site) -> None:
    await site.set_up(rows=5)
    async with site.worker():
        await site.synced()
        await lose(site, "3")
        shown = await embedd(site, "verify", "articles")
        assert shown.returncode == 1
        assert "articles: missing 3" in shown.stdout
        assert "different" in shown.stdout
        code, (row,) = await results(site, "--repair")
        assert (code, row["missing"], row["repaired"], row["left"], row["equal"]) == (0, 1, 1, 0, True)
        assert row["examples"] == {"missing": ["3"]}
        assert (await results(site))[0] == 0
        (status,) = json.loads((await embedd(site, "status", "--json")).stdout)
        assert (status["difference"], status["total_difference"], status["total_repaired"]) == (0, 2, 1)
        assert "drift" in (await embedd(site, "status")).stdout
        await site.synced()


async def test_a_repair_that_does_not_help_has_status_1(site: Site) -> None:
    await site.set_up(rows=5)
    async with site.worker():
        await site.synced()
        # A token from the future: the store refuses every write.
        table = await site.one("select format('%I.%I', store_schema, store_table) from embedd.generations")
        await site.do(f"update {table} set token = 9e15, text_hash = 'x' where pk_value = '3'")
        code, (row,) = await results(site, "--repair")
        assert (code, row["stale"], row["left"]) == (1, 1, 1)


async def test_dead_rows_are_a_difference_only_with_strict(site: Site) -> None:
    await site.set_up(rows=5)
    site.stub.settings.refuse_marker = "text of 5"
    async with site.worker():
        await site.quiet()
        code, (row,) = await results(site)
        assert (code, row["dead"]) == (0, 1)
        assert (await results(site, "--strict"))[0] == 1


async def test_a_table_that_cannot_be_compared_has_status_2_and_a_reason(site: Site) -> None:
    await site.set_up(rows=3)
    async with site.worker():
        await site.synced()
    for arguments, says in (
        (("articles", "--wait", "0.5"), "No worker has started the verification"),
        (("nope",), "nope"),
        (("--repair", "--wait", "-1"), "--wait"),
    ):
        failed = await embedd(site, "verify", *arguments)
        assert failed.returncode == 2, failed.stderr
        assert says in failed.stderr
        assert "Traceback" not in failed.stderr
    assert await site.one("select status from embedd.tasks where task_type = 'verify'") == "cancelled"
    await site.do("select embedd.pause_sync('articles')")
    code, (row,) = await results(site, "articles")
    assert (code, row["error"], row["equal"]) == (2, "Sync of this vector table is paused.", False)
    assert await results(site) == (0, [])
    assert (await embedd(site, "verify")).stdout.startswith("There is no vector table to compare")
    await site.do("select embedd.resume_sync('articles')")
    await site.do("alter table articles rename to elsewhere")
    async with site.worker():
        verifying = asyncio.create_task(results(site, "articles"))
        while not verifying.done():
            await site.hurry()
            await asyncio.sleep(0.1)
        code, (row,) = await verifying
        assert code == 2
        assert "gone" in row["error"]


async def test_an_interrupted_command_leaves_no_verification_behind(site: Site) -> None:
    await site.set_up(rows=3)
    async with site.worker():
        await site.synced()
    clean = clean_environment()
    process = await asyncio.create_subprocess_exec(
        *COMMAND,
        "verify",
        "articles",
        env=clean | {"EMBEDD_DATABASE_URL": as_url(site.dsn)},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        # Who runs the tests in the background of a shell ignores the signal, and children inherit that.
        preexec_fn=partial(signal.signal, signal.SIGINT, signal.SIG_DFL),
    )
    await wait_until(lambda: site.one("select exists (select from embedd.tasks where task_type = 'verify')"))
    process.send_signal(signal.SIGINT)
    out, err = await process.communicate()
    assert process.returncode == 130, (process.returncode, out, err)
    assert await site.one("select status from embedd.tasks where task_type = 'verify'") == "cancelled"


@pytest.mark.parametrize("site", ["managed"], indirect=True)
async def test_a_table_in_a_data_directory_is_compared_by_the_process_that_owns_it(site: Site) -> None:
    await site.set_up(rows=3)
    async with site.worker() as worker:
        await site.synced()
        generation = (await site.do("select store_table, vector_table_id from embedd.generations"))[0]
        store = await worker.clients.qdrant()
        await store._engine.call("delete_collection", generation["store_table"])
        code, (row,) = await results(site, "--repair")
        assert (code, row["missing"], row["left"]) == (0, 3, 0)
        await site.synced()
