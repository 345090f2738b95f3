"""`embedd diff` and `embedd apply`, with the example of the documentation and changes of it."""

from __future__ import annotations

import asyncio
import json
import os
import pty
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from psycopg.conninfo import conninfo_to_dict

from embedd_pg.credentials import new_key_text
from tests.support import command
from tests.support.environment import clean_environment
from tests.support.relay import relay_to
from tests.support.worker import Site

COMMAND = (sys.executable, "-m", "embedd_pg.cli")
DOCUMENTED = Path(__file__).parents[2] / "docs" / "how-to" / "declarative.md"
SECRET_KEY = new_key_text()


def surroundings(site: Site, **more: str) -> dict[str, str]:
    clean = clean_environment()
    url = "postgresql:///?" + urlencode(conninfo_to_dict(site.dsn))
    named = {
        "EMBEDD_DATABASE_URL": url,
        "COLUMNS": "250",
        "EMBEDD_SECRET_KEY": SECRET_KEY,
        "WAREHOUSE_PASSWORD": str(conninfo_to_dict(site.dsn)["password"]),
    }
    return clean | named | more


async def embedd(site: Site, *arguments: str | Path, **more: str) -> subprocess.CompletedProcess[str]:
    return await asyncio.to_thread(command.embedd, *arguments, environment=surroundings(site, **more))


@pytest.fixture
def file(tmp_path: Path) -> Callable[[dict[str, Any]], Path]:
    def write(content: dict[str, Any]) -> Path:
        path = tmp_path / "embedd.json"
        path.write_text(json.dumps(content))
        return path

    return write


def wanted(**changes: Any) -> dict[str, Any]:
    """The table of these tests, changed."""
    columns = [{"name": "title", "role": "embedding"}, {"name": "price", "role": "metadata", "filter_type": "float"}]
    usual = {
        "source_table": "public.articles",
        "embedder": "stub",
        "mode": "platform",
        "columns": columns,
        "embedding_model": "small",
        "embedding_dimensions": 64,
    }
    return {"vector_tables": {"articles": usual | changes}}


async def embedders(site: Site) -> list[str]:
    return [row["name"] for row in await site.do("select name from embedd.list_embedders() order by name")]


async def planned(site: Site, path: Path, *options: str) -> dict[str, Any]:
    done = await embedd(site, "diff", path, "--json", *options)
    found: dict[str, Any] = json.loads(done.stdout)
    assert done.returncode == (3 if found["steps"] else 0), done.stderr
    return found


async def test_the_documented_example_is_applied_and_then_there_is_nothing_to_do(site: Site, tmp_path: Path) -> None:
    await site.do("create table products (id int primary key, name text, description text, price numeric)")
    await site.do("create table reviews (id int primary key, body text)")
    (example,) = re.findall(r"```yaml\n(.*?)```", DOCUMENTED.read_text(), re.DOTALL)
    path = tmp_path / "embedd.yaml"
    async with relay_to(site.dsn) as relay:
        place = conninfo_to_dict(site.dsn)
        example = example.replace("db.example.com", "127.0.0.1").replace("5432", str(relay.port))
        example = example.replace("embedd_reader", str(place["user"]))
        path.write_text(example.replace("database: shop", f"database: {place['dbname']}"))
        diff = await embedd(site, "diff", path)
        assert (diff.returncode, diff.stderr) == (3, "")
        assert "+ connection warehouse" in diff.stdout
        assert diff.stdout.endswith("4 to create, 0 to change, 0 to delete.\n")
        assert await site.one("select count(*) from embedd.vector_tables") == 0
        done = await embedd(site, "apply", path, "--yes")
        assert (done.returncode, done.stderr) == (0, "")
        assert [line for line in done.stdout.splitlines() if line.startswith("done: ")] == [
            "done: create connection warehouse",
            "done: create embedder small",
            "done: create vector table products-search",
            "done: create vector table reviews-search",
        ]
        assert await site.one("select count(*) from embedd.tasks where task_type = 'backfill'") == 2
        assert await site.one("select secret_ref from embedd.embedders where name = 'small'") == "env:OPENAI_API_KEY"
        for command in (("diff",), ("apply", "--yes")):
            again = await embedd(site, *command, path)
            assert (again.returncode, again.stderr) == (0, "")
            assert "Nothing to do: everything is as in the file." in again.stdout
            assert "Not in the file and left unchanged: embedder stub. --prune deletes them." in again.stdout
        found = await planned(site, path)
        assert found == {"steps": [], "left": [{"kind": "embedder", "name": "stub"}]}
        changed = await embedd(site, "diff", path, WAREHOUSE_PASSWORD="another")
        assert "password: (another one) -> env:WAREHOUSE_PASSWORD" in changed.stdout
        missing = await embedd(site, "diff", path, WAREHOUSE_PASSWORD="")
        assert missing.returncode in (1, 3)
        assert "canary" not in missing.stdout


async def test_a_plan_lists_each_changed_field_and_its_effects(
    site: Site, file: Callable[[dict[str, Any]], Path]
) -> None:
    await site.create_source("articles", 3)
    assert (await embedd(site, "apply", file(wanted()), "--yes")).returncode == 0
    state: dict[str, Any] = {}
    async with site.worker():
        await site.synced()
        other = [{"name": "title", "role": "embedding"}, {"name": "body", "role": "embedding"}]
        metadata = [other[0], {"name": "id", "role": "metadata", "filter_type": "integer"}]
        for change, effect in (
            ({"sync_mode": "cdc"}, None),
            ({"where": "price>1"}, "rows are added and removed; only added ones are embedded"),
            ({"columns": metadata}, "metadata is written again; nothing is embedded"),
            ({"columns": other}, "all rows are embedded again, while the present vectors still answer queries"),
            (
                {"chunking": {"strategy": "recursive"}},
                "all rows are embedded again, while the present vectors still answer queries",
            ),
        ):
            state |= change
            path = file(wanted(**state))
            (step,) = (await planned(site, path))["steps"]
            assert (step["action"], step["kind"], step["name"]) == ("change", "vector table", "articles")
            assert [one["field"] for one in step["changes"]] == list(change)
            assert step["effects"] == ([effect] if effect else [])
            before = sum(site.texts().values())
            done = await embedd(site, "apply", path, "--yes")
            assert (done.returncode, done.stderr) == (0, "")
            await site.synced(seconds=60)
            again = effect is not None and effect.startswith("all rows")
            assert (sum(site.texts().values()) > before) == again, change
            assert (await planned(site, path))["steps"] == []
        lifted = await embedd(site, "apply", file(wanted(**(state | {"where": ""}))), "--yes")
        assert lifted.returncode == 0
        await site.synced(seconds=60)
    assert await site.one("select condition is null from embedd.vector_tables")


async def test_a_field_that_cannot_be_changed_stops_the_plan_before_its_first_step(
    site: Site, file: Callable[[dict[str, Any]], Path]
) -> None:
    await site.create_source("articles", 1)
    assert (await embedd(site, "apply", file(wanted()), "--yes", "--no-backfill")).returncode == 0
    assert await site.one("select count(*) from embedd.tasks") == 0
    other = wanted(language="german", source_table="public.others")
    path = file({"embedders": {"new": {"provider": "local"}}, **other})
    shown = await embedd(site, "diff", path)
    assert shown.returncode == 3
    assert "source_table, language cannot be changed: create another vector table under a new name" in shown.stdout
    refused = await embedd(site, "apply", path, "--yes")
    assert refused.returncode == 1
    assert "source_table, language cannot be changed" in refused.stderr
    assert await embedders(site) == ["local", "stub"]


async def test_the_first_failure_stops_the_plan_and_lists_the_steps_that_were_done(
    site: Site, file: Callable[[dict[str, Any]], Path]
) -> None:
    await site.create_source("articles", 1)
    content = {"embedders": {"one": {"provider": "local"}}, **wanted(source_table="public.absent")}
    content["vector_tables"]["later"] = wanted()["vector_tables"]["articles"]
    stopped = await embedd(site, "apply", file(content), "--yes")
    assert stopped.returncode == 1
    assert "done: create embedder one" in stopped.stdout
    assert "not done: create vector table articles" in stopped.stderr
    assert "not done: create vector table later" in stopped.stderr
    assert "1 steps were done, this one and 1 after it were not." in stopped.stderr
    content["vector_tables"]["articles"]["source_table"] = "public.articles"
    done = await embedd(site, "apply", file(content), "--yes", "--json")
    assert done.returncode == 0
    assert (json.loads(done.stdout)["done"], len(json.loads(done.stdout)["steps"])) == (2, 2)


async def test_only_prune_deletes_and_only_in_sections_that_the_file_has(
    site: Site, file: Callable[[dict[str, Any]], Path]
) -> None:
    await site.create_source("articles", 1)
    assert (await embedd(site, "apply", file(wanted()), "--yes")).returncode == 0
    empty = file({"vector_tables": {}})
    found = await planned(site, empty)
    assert found == {"steps": [], "left": [{"kind": "vector table", "name": "articles"}]}
    (step,) = (await planned(site, empty, "--prune"))["steps"]
    assert (step["action"], step["name"]) == ("delete", "articles")
    assert (await embedd(site, "apply", empty, "--yes")).returncode == 0
    assert await site.one("select count(*) from embedd.list_vector_tables()") == 1
    assert (await embedd(site, "apply", empty, "--yes", "--prune")).returncode == 0
    assert await site.one("select count(*) from embedd.list_vector_tables()") == 0
    assert await embedders(site) == ["local", "stub"]
    assert (await embedd(site, "apply", file({"embedders": {}}), "--yes", "--prune")).returncode == 0
    assert await embedders(site) == ["local"]


async def test_without_yes_apply_asks_and_without_a_terminal_it_does_nothing(
    site: Site, file: Callable[[dict[str, Any]], Path]
) -> None:
    path = file({"embedders": {"one": {"provider": "local"}}})
    refused = await embedd(site, "apply", path)
    assert refused.returncode == 1
    assert "The plan cannot be confirmed" in refused.stderr
    for answer, status, count in (("n", 1, 2), ("y", 0, 3)):
        ours, theirs = pty.openpty()
        process = await asyncio.create_subprocess_exec(
            *COMMAND, "apply", str(path), stdin=theirs, stdout=subprocess.PIPE, env=surroundings(site)
        )
        os.write(ours, f"{answer}\n".encode())
        said = (await process.communicate())[0].decode()
        os.close(ours)
        os.close(theirs)
        assert process.returncode == status
        assert said.index("+ embedder one") < said.index("Apply this plan?")
        assert await site.one("select count(*) from embedd.embedders") == count


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (wanted(embedder="absent"), "names the embedder absent, which is neither in the file nor exists"),
        (wanted(connection="absent"), "names the connection absent, which is neither in the file nor exists"),
        (
            {
                "connections": {
                    "c": {
                        "host": "h",
                        "database": "d",
                        "user": "u",
                        "mode": "managed",
                        "password": "env:ABSENT",
                    }
                }
            },
            "The password's reference env:ABSENT cannot be resolved.",
        ),
        ({"embedders": {"e": {"provider": "local", "api_key": "canary"}}}, "must name the place of the secret"),
    ],
)
async def test_a_reference_to_nothing_is_refused_by_the_plan(
    site: Site, file: Callable[[dict[str, Any]], Path], content: dict[str, Any], message: str
) -> None:
    for arguments in (("diff",), ("apply", "--yes")):
        refused = await embedd(site, *arguments, file(content))
        assert refused.returncode == 1
        assert message in refused.stderr
        assert "canary" not in refused.stderr + refused.stdout
