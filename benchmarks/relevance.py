"""The relevance of search results: Recall@10 and nDCG@10 of each search mode, as means over labelled questions.

Two data sets: the sample catalogue, in pgvector and in Qdrant's engine, and Debian's package descriptions as this
machine knows them, in pgvector. `relevance/*.tsv` hold the questions and say how the labels were made. All of it is the
product's own: its schema, worker, search and local model. Figures of the packages differ by 0.005 from run to run,
since no two HNSW indexes of them are the same.
"""

from __future__ import annotations

import asyncio
import json
import math
import random
import shutil
import statistics
import subprocess
import tempfile
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, get_args

import psycopg

from benchmarks.place import NotMeasured, Place
from benchmarks.report import OURS, Report
from embedd_pg.cli.demo_data import Mode, sample_data
from embedd_pg.cli.locate import open_clients
from embedd_pg.cli.logs import configure_logging
from embedd_pg.search.request import SearchMode, SearchRequest
from embedd_pg.search.search import search
from embedd_pg.settings import Settings
from embedd_pg.sources.csv_file import load_csv
from embedd_pg.sync.worker import Worker

DEPTH = 10
MODES: tuple[SearchMode, ...] = get_args(SearchMode)
STORES: dict[str, Mode] = {"pgvector": "platform", "Qdrant": "managed"}
#: A fixed seed, so that machines with the same package lists choose the same rows without label.
SEED = 20

Labels = Mapping[str, Collection[str]]
Session = psycopg.AsyncConnection[Any]
#: A function that creates the rows and their vector table, and returns the name of the vector table.
Load = Callable[[Session], Awaitable[str]]

_PACKAGES = """
    select embedd.create_vector_table(
      name => 'packages', source_table => 'public.packages', embedder => 'local', mode => 'platform', columns => %s)"""
_COLUMNS = [
    {"name": "package", "role": "embedding", "ordinal": 1},
    {"name": "description", "role": "embedding", "ordinal": 2},
]


def recall(found: Sequence[str], relevant: Collection[str], depth: int = DEPTH) -> float:
    """|first `depth` found ∩ relevant| / |relevant| (Manning, Raghavan and Schütze, 2008, section 8.3).

    With more than `depth` relevant ones it stays below 1.
    """
    return len(set(found[:depth]) & set(relevant)) / len(set(relevant))


def ndcg(found: Sequence[str], relevant: Collection[str], depth: int = DEPTH) -> float:
    """DCG / ideal DCG. DCG is the sum of gain / log2(place + 1) over the first `depth` places, counted from 1; the gain
    is 1 for a relevant one and else 0; ideally the first min(depth, |relevant|) places are relevant.

    Järvelin and Kekäläinen, ACM TOIS 20(4), 2002; the discount spares no place, as in Burges et al., ICML 2005.
    """
    wanted = set(relevant)
    gained = sum(discount(place) for place, key in enumerate(found[:depth], start=1) if key in wanted)
    return gained / sum(discount(place) for place in range(1, min(depth, len(wanted)) + 1))


def discount(place: int) -> float:
    return 1 / math.log2(place + 1)


def labels(name: str) -> dict[str, set[str]]:
    """Return the keys that answer each question. Raise ValueError, which names the invalid line."""
    found: dict[str, set[str]] = {}
    path = Path(__file__).with_name("relevance") / f"{name}.tsv"
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        if line.startswith("#"):
            continue
        query, _, keys = line.partition("\t")
        named = keys.split(",")
        if not query or "" in named or len(set(named)) < len(named) or query in found:
            raise ValueError(f"{path.name}, line {number}: not a new question, a tab and different keys: {line!r}")
        found[query] = set(named)
    return found


@dataclass(frozen=True)
class Quality:
    """The quality of the answers of one search mode, as means over the questions."""

    recall: float
    ndcg: float

    @classmethod
    def of(cls, answers: Mapping[str, Sequence[str]], expected: Labels) -> Quality:
        return cls(
            statistics.mean(recall(answers[query], keys) for query, keys in expected.items()),
            statistics.mean(ndcg(answers[query], keys) for query, keys in expected.items()),
        )

    def __str__(self) -> str:
        return f"{self.recall:.3f}, {self.ndcg:.3f}"


def measure(place: Place, report: Report, *, rows: int = 5_000) -> None:
    configure_logging(Settings.from_environment(), quiet=True)
    lines = [f"| recall@{DEPTH}, nDCG@{DEPTH} | " + " | ".join(MODES) + " |", "|---" * (len(MODES) + 1) + "|"]

    def put(what: str, store: str, expected: Labels, answers: Mapping[SearchMode, Mapping[str, Sequence[str]]]) -> None:
        qualities = {mode: Quality.of(answers[mode], expected) for mode in MODES}
        for mode, quality in qualities.items():
            report.put(
                f"Relevance, {what}, {store}, {mode}: recall@{DEPTH}, nDCG@{DEPTH}",
                OURS,
                str(quality),
                recall=quality.recall,
                ndcg=quality.ndcg,
                questions=len(expected),
            )
        lines.append(f"| {what}, {store} | " + " | ".join(str(qualities[mode]) for mode in MODES) + " |")

    expected = labels("catalogue")
    for store, mode in STORES.items():
        put("catalogue", store, expected, answered(place, catalogue(mode), expected))
    try:
        texts, expected = chosen_packages(rows)
        put(f"{len(texts):,} packages", "pgvector", expected, answered(place, packages(texts), expected))
    finally:
        print("\n" + "\n".join(lines) + "\n", flush=True)


def catalogue(mode: Mode) -> Load:
    """Load the sample catalogue and make it searchable, just as `embedd demo` does."""
    data = replace(sample_data([]), mode=mode)

    async def load(session: Session) -> str:
        await session.execute("drop table products")
        await load_csv(session, data.table)
        await session.execute(data.create_statement().encode())
        return data.name

    return load


def packages(texts: Mapping[str, str]) -> Load:
    """Descriptions by package, in pgvector."""

    async def load(session: Session) -> str:
        await session.execute("create table packages (package text primary key, description text)")
        async with session.cursor() as cursor, cursor.copy("copy packages from stdin") as copy:
            for row in texts.items():
                await copy.write_row(row)
        await session.execute(_PACKAGES, [json.dumps(_COLUMNS)])
        return "packages"

    return load


def chosen_packages(rows: int) -> tuple[dict[str, str], dict[str, set[str]]]:
    """Return the descriptions of this many packages, including all with a label, and the labels that this machine
    knows."""
    known = known_packages()
    everything = {query: names & known.keys() for query, names in labels("packages").items()}
    expected = {query: names for query, names in everything.items() if names}
    named = sorted(set().union(*expected.values()))
    if len(known) < rows or len(expected) < 0.9 * len(everything):
        raise NotMeasured(
            f"packages: apt-cache knows {len(known):,} packages, {rows:,} are wanted, and {len(expected)} of"
            f" {len(everything)} questions have an answer among them; on Debian, `apt-get update` brings them"
        )
    others = random.Random(SEED).sample(sorted(known.keys() - set(named)), rows - len(named))
    return {name: known[name] for name in named + others}, expected


def known_packages() -> dict[str, str]:
    """Return one-line descriptions of all packages that apt knows."""
    if shutil.which("apt-cache") is None:
        raise NotMeasured("packages: there is no apt-cache on this machine, and the rows are its package descriptions")
    told = subprocess.run(["apt-cache", "dumpavail"], capture_output=True, text=True, check=True).stdout
    found = {}
    for paragraph in told.split("\n\n"):
        fields = dict(line.split(": ", 1) for line in paragraph.splitlines() if ": " in line and line[0] != " ")
        description = fields.get("Description") or fields.get("Description-en")
        if "Package" in fields and description:
            found[fields["Package"]] = description
    return found


def answered(place: Place, load: Load, queries: Collection[str]) -> dict[SearchMode, dict[str, list[str]]]:
    """Return the keys that each search mode finds for each question, best first, in a separate database."""
    with place.site(rows=0, register=False) as site, tempfile.TemporaryDirectory(dir=place.directory) as directory:
        return asyncio.run(_answered(Settings(database_url=site.url, data_dir=Path(directory)), load, queries))


async def _answered(settings: Settings, load: Load, queries: Collection[str]) -> dict[SearchMode, dict[str, list[str]]]:
    url = str(settings.database_url)
    async with (
        await psycopg.AsyncConnection.connect(url, autocommit=True) as session,
        open_clients(settings) as clients,
    ):
        name = await load(session)
        await session.execute("select embedd.backfill(%s)", [name])
        await Worker(clients).run(asyncio.Event(), drain=True)
        status = await clients.database.row("sync_status", vector_table=name)
        if status is None or status["sync_status"] != "synced":
            raise NotMeasured(f"{name} did not get synced: {status}")
        # As autovacuum does within a minute.
        await session.execute("vacuum analyze")

        async def keys(query: str, mode: SearchMode) -> list[str]:
            return [
                hit.key for hit in (await search(clients, name, SearchRequest(query, DEPTH, search_mode=mode))).hits
            ]

        return {mode: {query: await keys(query, mode) for query in queries} for mode in MODES}
