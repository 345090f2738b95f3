"""The physical limit: rows streamed out of PostgreSQL, embedded over HTTP, copied into pgvector. No sync at all.

    python -m benchmarks.straight_line --database-url URL --stub URL [--dimensions 384] [--concurrency 8]
                                       [--batch-size 512] [--bare] [--index]

Nothing is compared, retried, remembered or checked here; the time that a product takes beyond this is the price of its
sync. The stored form is what a product has to keep: key, vector, text and metadata. `--bare` keeps key and vector
alone. One thread a connection, as many as `--concurrency`; each takes the next batch, embeds it and copies it in its
own transaction. The source is the table `products` of the peer harness. Prints one line of JSON."""

from __future__ import annotations

import argparse
import base64
import http.client
import json
import struct
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from typing import Any
from urllib.parse import urlsplit

import numpy as np
import psycopg
from numpy.typing import NDArray

COPY_HEAD = b"PGCOPY\n\xff\r\n\0" + bytes(8)
COPY_TAIL = b"\xff\xff"
#: PostgreSQL composes the text and the metadata, because it is faster than Python.
ROWS = """
select id::text, name || chr(10) || description, jsonb_build_object('category', category, 'price', price)::text
from products"""

Row = tuple[str, str, str]
Vectors = NDArray[np.float32]


def embedder(stub_url: str, dimensions: int) -> Callable[[Sequence[str]], Vectors]:
    """Return a function from texts to an array (texts, dimensions) of big-endian floats, over one open connection."""
    address = urlsplit(stub_url)
    connection = http.client.HTTPConnection(address.hostname or "127.0.0.1", address.port)

    def embed(texts: Sequence[str]) -> Vectors:
        asked = {"model": "stub-embed", "input": texts, "dimensions": dimensions, "encoding_format": "base64"}
        body = json.dumps(asked, ensure_ascii=False).encode()
        connection.request("POST", "/v1/embeddings", body, {"content-type": "application/json"})
        items = json.loads(connection.getresponse().read())["data"]
        together = b"".join([base64.b64decode(item["embedding"]) for item in items])
        return np.frombuffer(together, "<f4").reshape(len(texts), dimensions).astype(">f4")

    return embed


def full_form(rows: Sequence[Row], vectors: Vectors) -> bytes:
    """COPY's binary format of (key text, embedding vector, embedded_text text, metadata jsonb)."""
    size = vectors.shape[1]
    pack = struct.Struct("!ihh").pack
    vector_head = pack(4 + 4 * size, size, 0)
    length = struct.Struct("!i").pack
    parts = [COPY_HEAD]
    for (key, text, metadata), vector in zip(rows, vectors, strict=True):
        k, t, m = key.encode(), text.encode(), metadata.encode()
        parts += (
            b"\0\4",
            length(len(k)),
            k,
            vector_head,
            vector.tobytes(),
            length(len(t)),
            t,
            length(len(m) + 1),
            b"\1",
            m,
        )
    return b"".join([*parts, COPY_TAIL])


def bare_form(rows: Sequence[Row], vectors: Vectors) -> bytes:
    """COPY's binary format of (key bigint, embedding vector), where every row has the same width."""
    size = vectors.shape[1]
    layout = [
        ("fields", ">i2"),
        ("key_length", ">i4"),
        ("key", ">i8"),
        ("length", ">i4"),
        ("size", ">i2"),
        ("unused", ">i2"),
        ("vector", ">f4", (size,)),
    ]
    table = np.zeros(len(rows), layout)
    table["fields"], table["key_length"], table["length"], table["size"] = 2, 8, 4 + 4 * size, size
    table["key"] = [int(row[0]) for row in rows]
    table["vector"] = vectors
    return COPY_HEAD + table.tobytes() + COPY_TAIL


def batches(url: str, size: int) -> Iterator[list[Row]]:
    """Yield the source in batches, from one server-side cursor."""
    with psycopg.connect(url) as connection, connection.cursor("straight_line") as cursor:
        cursor.itersize = size
        cursor.execute(ROWS)
        while rows := cursor.fetchmany(size):
            yield rows


def straight_line(
    url: str, stub_url: str, *, dimensions: int, concurrency: int, batch_size: int, bare: bool
) -> dict[str, Any]:
    """Create the table `straight_line` again and fill it. Return rows per second and per CPU second of this process."""
    form, key, more = (bare_form, "bigint", "") if bare else (full_form, "text", ", embedded_text text, metadata jsonb")
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("drop table if exists straight_line")
        connection.execute(f"create table straight_line (key {key} primary key, embedding vector({dimensions}){more})")
    source, turn, done = batches(url, batch_size), threading.Lock(), list[int]()

    def work() -> None:
        embed = embedder(stub_url, dimensions)
        with psycopg.connect(url, autocommit=True) as connection:
            while True:
                with turn:
                    rows = next(source, None)
                if rows is None:
                    return
                content = form(rows, embed([row[1] for row in rows]))
                with connection.cursor().copy("copy straight_line from stdin (format binary)") as copy:
                    copy.write(content)
                done.append(len(rows))

    started, used = time.perf_counter(), time.process_time()
    threads = [threading.Thread(target=work) for _ in range(concurrency)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    wall, cpu = time.perf_counter() - started, time.process_time() - used
    rows = sum(done)
    return {"rows": rows, "rows_s": round(rows / wall), "rows_per_cpu_s": round(rows / cpu), "wall_s": round(wall, 2)}


def indexed(url: str) -> float:
    """Return the seconds to build an HNSW index over the written rows afterwards."""
    started = time.perf_counter()
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("create index on straight_line using hnsw (embedding vector_cosine_ops)")
    return round(time.perf_counter() - started, 2)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--database-url", required=True)
    parser.add_argument("--stub", required=True, help="base URL of a server that speaks OpenAI's protocol, without /v1")
    parser.add_argument("--dimensions", type=int, default=384)
    parser.add_argument("--concurrency", type=int, default=8)
    parser.add_argument("--batch-size", type=int, default=512)
    parser.add_argument("--bare", action="store_true", help="key and vector alone")
    parser.add_argument("--index", action="store_true", help="then make an HNSW index, timed apart")
    given = vars(parser.parse_args())
    index, url, stub_url = given.pop("index"), given.pop("database_url"), given.pop("stub")
    measured = {**given, **straight_line(url, stub_url, **given)}
    print(json.dumps(measured | ({"index_s": indexed(url)} if index else {})))


if __name__ == "__main__":
    main()
