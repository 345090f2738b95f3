"""The package descriptions every Debian machine carries: backfilled with the local model, searched, changed at random
while the worker is killed and restarted. At the end the store equals the source.

EMBEDD_ACCEPTANCE_ROWS sets the number of rows (2,000 here; `make acceptance` takes 20,000).
"""

from __future__ import annotations

import asyncio
import os
import random
import shutil
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

from embedd_pg.search import search
from tests.support.worker import WorkerProcess, difference, open_clients, wait_until

ROWS = int(os.environ.get("EMBEDD_ACCEPTANCE_ROWS", "2000"))
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


def packages() -> Iterator[tuple[str, str, str, int]]:
    """(package, section, description, installed size) of what apt knows."""
    text = subprocess.run(["apt-cache", "dumpavail"], capture_output=True, text=True, check=True).stdout
    for paragraph in text.split("\n\n"):
        fields = dict(line.split(": ", 1) for line in paragraph.splitlines() if ": " in line and line[0] != " ")
        description = fields.get("Description") or fields.get("Description-en")
        if "Package" in fields and description:
            size = int(fields.get("Installed-Size", "0") or 0)
            yield fields["Package"], fields.get("Section", ""), description, size


@pytest.fixture(scope="module")
def rows() -> list[tuple[str, str, str, int]]:
    if shutil.which("apt-cache") is None:
        pytest.skip("apt-cache is not on this machine, and the rows are its package descriptions")
    found = list({row[0]: row for row in packages()}.values())
    random.Random(SEED).shuffle(found)
    return found[:ROWS]


def load(connection: psycopg.Connection[Any], rows: list[tuple[str, str, str, int]]) -> None:
    connection.execute(
        "create table packages (package text primary key, section text, description text, installed_size int)"
    )
    with connection.cursor().copy("copy packages from stdin") as copy:
        for row in rows:
            copy.write_row(row)


def change(connection: psycopg.Connection[Any], rows: list[tuple[str, str, str, int]], dice: random.Random) -> None:
    """One random insert, update or delete."""
    package = dice.choice(rows)[0]
    match dice.choice(["insert", "text", "metadata", "delete", "key"]):
        case "insert":
            name = f"{package}-new-{dice.randrange(10**9)}"
            connection.execute("insert into packages values (%s, 'new', %s, 1)", (name, f"A new kind of {package}"))
        case "text":
            connection.execute(
                "update packages set description = description || ' ' || %s where package = %s",
                (str(dice.randrange(1000)), package),
            )
        case "metadata":
            connection.execute("update packages set installed_size = installed_size + 1 where package = %s", (package,))
        case "delete":
            connection.execute("delete from packages where package = %s", (package,))
        case "key":
            connection.execute(
                "update packages set package = package || '-moved' where package = %s and not exists"
                " (select from packages p where p.package = %s)", (package, package + "-moved"),
            )  # fmt: skip


@pytest.mark.parametrize("store", ["qdrant", "pgvector"])
async def test_packages_stay_searchable_through_changes_and_kills(
    installed: str, tmp_path: Path, rows: list[tuple[str, str, str, int]], store: str
) -> None:
    dice = random.Random(SEED)
    with psycopg.connect(installed, autocommit=True) as connection:
        connection.execute("create extension if not exists vector")
        load(connection, rows)
        connection.execute(
            "select embedd.create_vector_table(name => 'packages', source_table => 'packages', columns => %s, mode => %s)",
            (COLUMNS, "platform" if store == "pgvector" else "managed"),
        )
        connection.execute("select embedd.backfill('packages')")

        def status() -> dict[str, Any]:
            cursor = connection.execute("select * from embedd.sync_status('packages')")
            assert cursor.description
            return dict(zip([c.name for c in cursor.description], cursor.fetchone() or (), strict=True))

        environment = {"EMBEDD_LEASE": "3"}
        with WorkerProcess(installed, data_dir=tmp_path, environment=environment) as worker:
            await wait_until(lambda: status()["sync_status"] == "synced", timeout=ROWS / 15 + 60)
            assert status()["synced_rows"] == status()["total_rows"] == len(rows)
        await look_at_answers(installed, tmp_path)

        worker = WorkerProcess(installed, data_dir=tmp_path, environment=environment).start()
        for number in range(CHANGES):
            change(connection, rows, dice)
            if number % (CHANGES // 4) == CHANGES // 8:
                worker.kill(signal.SIGKILL)
                worker = WorkerProcess(installed, data_dir=tmp_path, environment=environment).start()
            await asyncio.sleep(dice.uniform(0, 0.01))
        await wait_until(lambda: status()["rows_pending"] == 0, timeout=ROWS / 15 + 60)
        assert status()["dead_rows"] == 0
        worker.stop()
    assert await difference(installed, "packages", data_dir=tmp_path) == {}


async def look_at_answers(dsn: str, data_dir: Path) -> None:
    """Ten questions; with all packages there, each finds something to the point."""
    async with open_clients(dsn, data_dir=data_dir) as clients:
        for question, words in QUESTIONS.items():
            hits = (await search(clients, "packages", question, limit=5)).hits
            print(f"{question}: " + "; ".join(f"{hit.key} {hit.score:.2f}" for hit in hits))
            assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)
            text = " ".join(str(hit.metadata["description"]).lower() + hit.key for hit in hits)
            assert ROWS < 20_000 or any(word in text for word in words), question
