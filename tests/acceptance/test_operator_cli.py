"""Commands for an operator in unusual situations: `dead-letters`, `adopt`, `detach`; and `status`."""

from __future__ import annotations

import asyncio
import json
import subprocess
from urllib.parse import urlencode

import pytest
from psycopg.conninfo import conninfo_to_dict

from tests.support import command
from tests.support.environment import clean_environment
from tests.support.rerank_wire import relevance_of
from tests.support.worker import Site, wait_until


async def embedd(site: Site, *arguments: str, dsn: str | None = None) -> subprocess.CompletedProcess[str]:
    clean = clean_environment()
    url = "postgresql:///?" + urlencode(conninfo_to_dict(dsn or site.dsn))
    settings = {"EMBEDD_DATABASE_URL": url, "COLUMNS": "250", **site.environment}
    return await asyncio.to_thread(command.embedd, *arguments, environment=clean | settings)


async def test_dead_letters_are_listed_counted_and_retried(site: Site) -> None:
    await site.set_up(rows=4)
    site.stub.settings.refuse_marker = "text of 3"
    async with site.worker():
        await site.quiet()
        shown = await embedd(site, "dead-letters")
        assert (shown.returncode, shown.stderr) == (0, "")
        assert "articles" in shown.stdout
        assert "text of 3" not in shown.stdout
        (letter,) = json.loads((await embedd(site, "dead-letters", "articles", "--json")).stdout)
        assert (letter["key"], letter["reason"], letter["attempts"]) == ("3", "row", 1)
        (row,) = json.loads((await embedd(site, "status", "--json")).stdout)
        assert row["dead_rows"] == 1
        site.stub.settings.refuse_marker = ""
        assert "1 rows will be retried" in (await embedd(site, "dead-letters", "articles", "--retry")).stdout
        await site.synced()
        assert "No row is set aside" in (await embedd(site, "dead-letters", "articles")).stdout
        again = await embedd(site, "dead-letters", "articles", "--retry", "--json")
        assert json.loads(again.stdout) == {"retried": 0}
    wrong = await embedd(site, "dead-letters", "--retry")
    assert wrong.returncode == 2
    unknown = await embedd(site, "dead-letters", "nothing")
    assert (unknown.returncode, "no vector table" in unknown.stderr) == (1, True)


@pytest.mark.parametrize("choice", ["adopt", "detach"])
async def test_a_copy_is_reported_and_can_be_adopted_or_detached(site: Site, choice: str) -> None:
    await site.set_up(rows=2)
    async with site.worker():
        await site.synced()
    refused = await embedd(site, "detach")
    assert (refused.returncode, "owns its stores" in refused.stderr) == (1, True)
    assert "owns its stores already" in (await embedd(site, "adopt")).stdout
    await site.do("update embedd.instance set database_oid = 1")
    assert "This database is a copy" in (await embedd(site, "status")).stdout
    done = await embedd(site, choice)
    assert (done.returncode, done.stderr) == (0, "")
    status = (await embedd(site, "status")).stdout
    assert "This database is a copy" not in status
    assert ("took over" if choice == "adopt" else "was detached") in status
    if choice == "detach":
        await site.backfill()
    async with site.worker():
        await site.synced()


async def test_a_worker_asked_to_drain_a_copy_ends_with_the_reason(site: Site) -> None:
    await site.set_up(rows=2)
    async with site.worker():
        await site.synced()
    await site.do("update embedd.instance set database_oid = 1")
    ended = await embedd(site, "worker", "--drain", dsn=site.worker_dsn)
    assert ended.returncode == 1
    assert "is a copy" in ended.stderr
    assert "embedd adopt" in ended.stderr


async def test_the_status_shows_notices(site: Site) -> None:
    site.role = None  # only the owner of a table mends its triggers
    await site.set_up(rows=2)
    async with site.worker(audit_interval=0.3):
        await site.synced()
        await wait_until(lambda: site.one("select min(audited_at) > '-infinity' from embedd.capture_audits"))
        await site.do("drop trigger zz_embedd_1_insert on articles")
        await wait_until(lambda: site.one("select count(*) > 0 from embedd.notices('articles')"))
        assert "The trigger zz_embedd_1_insert on public.articles was dropped." in (await embedd(site, "status")).stdout


async def test_usage_is_shown_with_its_sum_and_a_backfill_is_estimated(site: Site) -> None:
    assert "Nothing was embedded" in (await embedd(site, "usage")).stdout
    await site.set_up(rows=30)
    async with site.worker():
        await site.synced()
    await site.do("select embedd.set_price('openai', 'small', 1000)")
    shown = await embedd(site, "usage", "articles")
    assert (shown.returncode, shown.stderr) == (0, "")
    assert "in all" in shown.stdout and "articles" in shown.stdout
    (row,) = json.loads((await embedd(site, "usage", "--json")).stdout)
    assert (row["kind"], row["tokens"]) == ("document", site.stub.stats.tokens)
    assert row["cost_usd"] == pytest.approx(row["tokens"] / 1000)
    await site.do("select embedd.set_price('openai', 'small', null)")
    assert "models without a price" in (await embedd(site, "usage")).stdout
    said = (await embedd(site, "backfill", "articles", "--estimate")).stdout
    assert "30 rows, about" in said and "no price known" in said
    found = json.loads((await embedd(site, "backfill", "articles", "--estimate", "--json")).stdout)
    assert (found["rows"], found["cost_usd"]) == (30, None) and found["tokens"] > 30
    wrong = await embedd(site, "usage", "--from", "2026-02-01", "--to", "2026-01-01")
    assert (wrong.returncode, "from must not be after to" in wrong.stderr) == (1, True)


async def test_a_query_is_reranked_without_a_running_api(site: Site) -> None:
    await site.set_up(rows=4)
    async with site.worker():
        await site.synced()
    made = "select embedd.create_embedder(name => 'ranks', provider => 'jina', api_key_ref => %s, base_url => %s)"
    await site.do(made, f"file:{__file__}", site.stub.url)
    refused = await embedd(site, "query", "articles", "text", "--rerank", "ranks")
    assert (refused.returncode, "no key contains" in refused.stderr) == (1, True)
    (site.directory / "key").write_text("sk-rerank")
    await site.do("select embedd.update_embedder('ranks', api_key_ref => %s)", f"file:{site.directory / 'key'}")
    done = await embedd(site, "query", "articles", "text", "--search-mode", "lexical", "--rerank", "ranks", "--json")
    found = json.loads(done.stdout)["results"]
    expected = {text: round(relevance_of("text", text), 6) for text in site.stub.stats.texts[-4:]}
    assert [row["score"] for row in found] == pytest.approx(sorted(expected.values(), reverse=True))
    assert await site.one("select requests from embedd.list_usage() where kind = 'rerank'") == 1
