"""The package descriptions every Debian machine carries: backfilled with the local model, searched, changed at random
while the worker is killed and restarted. At the end the store equals the source.

EMBEDD_ACCEPTANCE_ROWS sets the number of rows (1,000 here; `make acceptance` takes 20,000).
"""

from __future__ import annotations

import asyncio
import os
import random
import shutil
import subprocess
from collections.abc import Iterator

import pytest

from embedd_pg.clients import Clients
from tests.support.difference import difference
from tests.support.search import search
from tests.support.worker import Site, both_stores

Package = tuple[str, str, str, int]
ROWS = int(os.environ.get("EMBEDD_ACCEPTANCE_ROWS", "1000"))
CHANGES = ROWS // 20
SEED = int(os.environ.get("EMBEDD_SEED", "20"))

COLUMNS = """[{"name": "package", "role": "embedding", "ordinal": 1},
 {"name": "description", "role": "embedding", "ordinal": 2},
 {"name": "section", "role": "metadata", "filter_type": "keyword"},
 {"name": "installed_size", "role": "metadata", "filter_type": "integer"}]"""

#: A question, and words of which at least one result in the top five should hold one.
QUESTIONS = {
    "edit photographs": ("image", "photo", "picture"),
    "play chess against the computer": ("chess",),
    "web server": ("http", "web", "server"),
    "learn the keyboard by typing": ("typing", "keyboard", "typist"),
    "database that keeps everything in memory": ("memory", "database", "cache"),
    "listen to music": ("music", "audio", "player"),
    "fonts for japanese": ("japan", "font", "kanji"),
    "check spelling": ("spell", "dictionary", "aspell", "hunspell"),
    "compress files": ("compress", "zip", "archive"),
    "draw graphs and plots": ("plot", "graph", "chart"),
}


def packages() -> Iterator[Package]:
    """(package, section, description, installed size) of what apt knows."""
    text = subprocess.run(["apt-cache", "dumpavail"], capture_output=True, text=True, check=True).stdout
    for paragraph in text.split("\n\n"):
        fields = dict(line.split(": ", 1) for line in paragraph.splitlines() if ": " in line and line[0] != " ")
        description = fields.get("Description") or fields.get("Description-en")
        if "Package" in fields and description:
            size = int(fields.get("Installed-Size", "0") or 0)
            yield fields["Package"], fields.get("Section", ""), description, size


@pytest.fixture(scope="module")
def rows() -> list[Package]:
    if shutil.which("apt-cache") is None:
        pytest.skip("apt-cache is not on this machine, and the rows are its package descriptions")
    found = list({row[0]: row for row in packages()}.values())
    random.Random(SEED).shuffle(found)
    return found[:ROWS]


async def change(site: Site, rows: list[Package], dice: random.Random) -> None:
    """One random insert, update of text or metadata, delete, or change of a key."""
    package = dice.choice(rows)[0]
    match dice.choice(["insert", "text", "metadata", "delete", "key"]):
        case "insert":
            name = f"{package}-new-{dice.randrange(10**9)}"
            await site.do("insert into packages values (%s, 'new', %s, 1)", name, f"A new kind of {package}")
        case "text":
            await site.do(
                "update packages set description = description || ' ' || %s where package = %s",
                str(dice.random()),
                package,
            )
        case "metadata":
            await site.do("update packages set installed_size = installed_size + 1 where package = %s", package)
        case "delete":
            await site.do("delete from packages where package = %s", package)
        case "key":
            await site.do("update packages set package = package || '-moved' where package = %s", package)


@both_stores
async def test_packages_stay_searchable_through_changes_and_kills(site: Site, rows: list[Package]) -> None:
    dice = random.Random(SEED)
    await site.do(
        "create table packages (package text primary key, section text, description text, installed_size int)"
    )
    async with site.sql.cursor() as cursor, cursor.copy("copy packages from stdin") as copy:
        for row in rows:
            await copy.write_row(row)
    await site.do(
        "select embedd.create_vector_table(name => 'packages', source_table => 'packages', columns => %s, mode => %s)",
        COLUMNS,
        site.mode,
    )
    await site.backfill("packages")
    worker = site.process(EMBEDD_LEASE="3")
    await site.quiet(seconds=ROWS / 15 + 60)
    status = await site.status("packages")
    assert (status["sync_status"], status["synced_rows"], status["total_rows"]) == ("synced", len(rows), len(rows))

    for number in range(CHANGES):
        await change(site, rows, dice)
        if number % (CHANGES // 4) == CHANGES // 8:
            await worker.kill()
            worker = site.process(EMBEDD_LEASE="3")
        await asyncio.sleep(dice.uniform(0, 0.01))
    await site.quiet(seconds=ROWS / 15 + 60)
    await worker.kill()
    assert (await site.status("packages"))["dead_rows"] == 0
    async with site.clients() as clients:
        await look_at_answers(clients)
        assert await difference(clients, "packages") == []


async def look_at_answers(clients: Clients) -> None:
    """Ten questions; with all packages there, each finds something to the point."""
    for question, words in QUESTIONS.items():
        hits = (await search(clients, "packages", question, limit=5)).hits
        print(f"{question}: " + "; ".join(f"{hit.key} {hit.score:.2f}" for hit in hits))
        assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)
        text = " ".join(str(hit.metadata["description"]).lower() + hit.key for hit in hits)
        assert ROWS < 20_000 or any(word in text for word in words), question
