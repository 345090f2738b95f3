"""The order of lexical search in both stores: how much of pgvector's best 10 Qdrant's engine finds, and their nDCG@10.

python -m benchmarks.lexical_order --rows 5000

Two collections: Debian's one-line package descriptions with labelled questions (as in relevance.py), whose mean length
is a tenth of Qdrant's constant, and the texts of lexical.py with pieces of 18 words as questions. nDCG of the second
takes pgvector's scores as gains, because it has no labels.
"""

from __future__ import annotations

import argparse
import asyncio
import statistics
import tempfile
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path

from benchmarks.lexical import questions, texts
from benchmarks.relevance import DEPTH, chosen_packages, discount, ndcg
from embedd_pg.stores.base import Hit, Store
from tests.support.postgres import Cluster, running_cluster
from tests.support.stores import new_table, opened, point


async def answers(store: Store, rows: Mapping[str, str], asked: Collection[str]) -> dict[str, Sequence[Hit]]:
    """Return the best rows for each question."""
    table = new_table()
    await store.create(table)
    await store.upsert(table, 1, [point(key, text=text) for key, text in rows.items()])
    await store.index(table)
    found = {query: await store.search_lexical(table, query, limit=DEPTH) for query in asked}
    await store.drop(table)
    return found


async def both(cluster: Cluster, rows: Mapping[str, str], asked: Collection[str]) -> list[dict[str, Sequence[Hit]]]:
    found = []
    for kind in ("pgvector", "engine"):
        with tempfile.TemporaryDirectory() as directory:
            async with opened(kind, cluster=cluster, directory=Path(directory)) as store:
                found.append(await answers(store, rows, asked))
    return found


def graded(found: Sequence[Hit], gains: Mapping[str, float]) -> float:
    """Return DCG / ideal DCG with these gains."""
    gained = sum(gains.get(hit.key, 0) * discount(place) for place, hit in enumerate(found, start=1))
    ideal = sorted(gains.values(), reverse=True)
    return gained / sum(gain * discount(place) for place, gain in enumerate(ideal, start=1))


def compare(cluster: Cluster, name: str, rows: Mapping[str, str], asked: Collection[str]) -> list[dict[str, list[str]]]:
    """Print how far the orders agree, and return the keys that each store finds."""
    ours, theirs = asyncio.run(both(cluster, rows, asked))
    keys = [{query: [hit.key for hit in hits] for query, hits in store.items()} for store in (ours, theirs)]
    known = [query for query in asked if ours[query]]
    overlap = statistics.mean(len({*keys[0][q]} & {*keys[1][q]}) / len(keys[0][q]) for q in known)
    first = statistics.mean(keys[0][q][0] == keys[1][q][0] for q in known)
    agreement = statistics.mean(graded(theirs[q], {hit.key: hit.score for hit in ours[q]}) for q in known)
    print(
        f"{name}: {len(rows):,} rows, {len(known)} questions: {overlap:.2f} of the best {DEPTH} are the same,"
        f" {first:.2f} of the first; nDCG of Qdrant's order by pgvector's scores {agreement:.3f}",
        flush=True,
    )
    return keys


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=5_000)
    rows = parser.parse_args().rows
    with running_cluster() as cluster:
        given = texts(rows)
        compare(cluster, "texts", {str(n): text for n, text in enumerate(given)}, dict.fromkeys(questions(given)[1]))
        descriptions, labels = chosen_packages(rows)
        for store, found in zip(
            ("pgvector", "Qdrant"), compare(cluster, "packages", descriptions, labels), strict=True
        ):
            quality = statistics.mean(ndcg(found[query], keys) for query, keys in labels.items())
            print(f"packages, {store}: nDCG@{DEPTH} {quality:.3f}")


if __name__ == "__main__":
    main()
