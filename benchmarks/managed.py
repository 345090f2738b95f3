"""Backfill of a managed vector table: rows per second and per CPU second of the worker, beside a straight loop that
sends the same points to the same server by conditional writes, in turn.

Both are counted in two ways: steady, from the first rows that the server has, and whole, from the start of the process
with all that it imports.

EMBEDD_QDRANT_URL names a server (with EMBEDD_QDRANT_API_KEY); without it both write to `qdrant_sink.py`, which keeps
nothing, and the figures compare the cost of the two programs.
"""

from __future__ import annotations

import argparse
import json
import os
import socket
import statistics
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psutil  # type: ignore[import-untyped]
from qdrant_client import QdrantClient, models

from benchmarks.place import ROOT, NotMeasured, Place, Site
from benchmarks.report import LINE, OURS, Report, rate
from benchmarks.straight_line import batches, embedder

DIMENSIONS = 384
BATCH, CONCURRENCY = 256, 4
#: Each figure with its question, and what is wanted.
FIGURES = {
    "rows_s": ("Managed backfill, {} dimensions, into {}, rows/s, steady", "≥ 0.7 of the loop"),
    "rows_per_cpu_s": ("Managed backfill, {} dimensions, into {}, rows per CPU second, steady", "≥ 0.7 of the loop"),
    "whole_rows_s": ("Managed backfill, {} dimensions, into {}, rows/s with start-up", ""),
    "whole_rows_per_cpu_s": ("Managed backfill, {} dimensions, into {}, rows per CPU second with start-up", ""),
}
POSTS = {"content-type": "application/json"}


def measure(place: Place, report: Report, *, rows: int = 20_000, repeats: int = 3) -> None:
    found: dict[str, list[dict[str, float]]] = {"ours": [], "loop": []}
    with server() as (url, name):
        for _ in range(repeats):
            found["ours"].append(backfill(place, url, rows))
            found["loop"].append(straight_loop(place, url, rows))
    middle = {who: {n: statistics.median(one[n] for one in each) for n in each[0]} for who, each in found.items()}
    for figure, (question, wanted) in FIGURES.items():
        asked = question.format(DIMENSIONS, name)
        share = f"{middle['ours'][figure] / middle['loop'][figure]:.2f} of the loop"
        report.put(asked, OURS, f"{rate(middle['ours'][figure])}, {share}", wanted=wanted, repeats=found["ours"])
        report.put(asked, LINE, rate(middle["loop"][figure]), repeats=found["loop"])


def backfill(place: Place, url: str, rows: int) -> dict[str, float]:
    """Fill an empty collection by a worker started for it."""
    with place.site(rows=rows, dimensions=DIMENSIONS, register=False) as site:
        register_managed(site)
        before, started = points(url, site.table), time.perf_counter()
        worker = site.worker(drain=True, qdrant_url=url)
        seen: list[tuple[float, int, float]] = []

        def complete() -> bool:
            if done := points(url, site.table) - before:
                seen.append((time.perf_counter(), done, worker.used()))
            return done >= rows

        site.until(complete, f"backfill of {rows} rows", every=0.02)
        worker.wait(120)
        (began, first, used), (ended, _, spent) = seen[0], seen[-1]
        return {
            "rows_s": round((rows - first) / (ended - began)),
            "rows_per_cpu_s": round((rows - first) / (spent - used)),
            "whole_rows_s": round(rows / (ended - started)),
            "whole_rows_per_cpu_s": round(rows / worker.cpu),
        }


def register_managed(site: Site) -> None:
    """Register the vector table as the adapter says, but in mode managed."""
    steps = site.adapter["register"]
    if not any("'platform'" in step["sql"] for step in steps):
        raise NotMeasured("The adapter makes no vector table of mode platform.")
    for step in steps:
        step["sql"] = step["sql"].replace("'platform'", "'managed'")
    site.take("register")


def straight_loop(place: Place, url: str, rows: int) -> dict[str, float]:
    """Write the same rows without any sync, in a separate process."""
    with place.site(rows=rows, dimensions=DIMENSIONS, register=False) as site:
        command = [sys.executable, "-W", "ignore", "-m", "benchmarks.managed"]
        command += ["--database-url", site.url, "--stub", site.stub.url, "--qdrant-url", url]
        output = subprocess.run(command, check=True, capture_output=True, text=True, cwd=ROOT).stdout
        measured: dict[str, float] = json.loads(output)
        return measured


def points(url: str, collection: str | None) -> int:
    """Return the number of points of a collection; 0 if it does not exist yet."""
    request = urllib.request.Request(f"{url}/collections/{collection}/points/count", b'{"exact": true}', headers())
    try:
        with urllib.request.urlopen(request, timeout=30) as reply:
            return int(json.loads(reply.read())["result"]["count"])
    except urllib.error.HTTPError:
        return 0


def headers() -> dict[str, str]:
    key = os.environ.get("EMBEDD_QDRANT_API_KEY")
    return {**POSTS, "api-key": key} if key else POSTS


@contextmanager
def server() -> Iterator[tuple[str, str]]:
    """Return the address and the description of the server."""
    if url := os.environ.get("EMBEDD_QDRANT_URL"):
        yield url, "a Qdrant server"
        return
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    process = subprocess.Popen([sys.executable, "-m", "benchmarks.qdrant_sink", "--port", str(port)], cwd=ROOT)
    try:
        while process.poll() is None:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.05)
        yield f"http://127.0.0.1:{port}", "a server that keeps nothing"
    finally:
        process.terminate()
        process.wait()


def loop(database_url: str, stub_url: str, qdrant_url: str) -> dict[str, float]:
    """Write rows like a program without any sync: read, embed, upsert if the stored token is lower."""
    key, name = os.environ.get("EMBEDD_QDRANT_API_KEY"), f"straight_loop_{time.monotonic_ns()}"
    client = QdrantClient(url=qdrant_url, api_key=key, timeout=60, check_compatibility=False)
    size = models.VectorParams(size=DIMENSIONS, distance=models.Distance.COSINE)
    client.create_collection(name, vectors_config=size)
    older = models.Filter(must_not=[models.FieldCondition(key="token", range=models.Range(gte=5))])
    source, turn, done = batches(database_url, BATCH), threading.Lock(), list[int]()

    def work() -> None:
        embed = embedder(stub_url, DIMENSIONS)
        while True:
            with turn:
                rows = next(source, None)
            if rows is None:
                return
            vectors: list[Any] = embed([text for _, text, _ in rows]).tolist()
            made = [
                models.PointStruct(
                    id=int(id_), vector=vector, payload={"token": 5, "text": text, **json.loads(metadata)}
                )
                for (id_, text, metadata), vector in zip(rows, vectors, strict=True)
            ]
            client.upsert(name, made, update_filter=older, wait=True)
            done.append(len(rows))

    started, used = time.perf_counter(), time.process_time()
    threads = [threading.Thread(target=work) for _ in range(CONCURRENCY)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    wall, cpu = time.perf_counter() - started, time.process_time() - used
    lived = time.time() - psutil.Process().create_time()
    client.delete_collection(name)
    return {
        "rows_s": round(sum(done) / wall),
        "rows_per_cpu_s": round(sum(done) / cpu),
        "whole_rows_s": round(sum(done) / lived),
        "whole_rows_per_cpu_s": round(sum(done) / time.process_time()),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description="The straight loop by itself.")
    for name in ("--database-url", "--stub", "--qdrant-url"):
        parser.add_argument(name, required=True)
    given = parser.parse_args()
    print(json.dumps(loop(given.database_url, given.stub, given.qdrant_url)))


if __name__ == "__main__":
    main()
