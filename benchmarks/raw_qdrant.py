"""The same searches without embedd: the calls of Qdrant's async client.

    python -m benchmarks.raw_qdrant --url URL --stub URL --table COLLECTION --clients 16 --text '...' ...

The vectors of the texts are at hand, the event loop is uvloop's, and the points come with their payloads. The calls ask
for the ten nearest, with `--category` those of a category. Prints one line of JSON.
"""

from __future__ import annotations

import argparse
import os

import numpy as np
from qdrant_client import AsyncQdrantClient, models

from benchmarks.raw_queries import repeat, start
from benchmarks.straight_line import embedder

CATEGORY = models.FieldCondition(key="d.category", match=models.MatchValue(value="cat7"))


async def load(given: argparse.Namespace) -> dict[str, float]:
    vectors = [vector.tolist() for vector in embedder(given.stub, 384)(given.text).astype(np.float32)]
    chosen = models.Filter(must=[CATEGORY]) if given.category else None
    key = os.environ.get("EMBEDD_QDRANT_API_KEY")
    client = AsyncQdrantClient(url=given.url, api_key=key, timeout=60, check_compatibility=False)

    async def search(number: int) -> int:
        vector = vectors[number % len(vectors)]
        found = await client.query_points(given.table, query=vector, query_filter=chosen, limit=10, with_payload=True)
        return len(found.points)

    try:
        return await repeat(search, given.clients, given.seconds)
    finally:
        await client.close()


if __name__ == "__main__":
    start(load, "--url", "The same searches without embedd, in Qdrant.")
