"""What only the Qdrant store has to get right: the version gate, statuses, what it sends, and the local lock.

The server here is a few lines that answer as told; test_stores.py runs against a real one when there is one.
"""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from structlog.testing import capture_logs

from embedd_pg.errors import StoreBusyElsewhere, StoreError
from embedd_pg.stores.qdrant import QdrantStore
from tests.support.stores import new_table, point, update

SECRET = "sk-planted-secret"


class Stub:
    """Answers GET / with a version and anything else with one result; keeps what it was asked."""

    def __init__(self, version: str, result: Any = None, status: int = 200) -> None:
        self.version, self.result, self.status = version, result, status
        self.requests: list[tuple[str, str, Any]] = []

    async def handle(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode().lower()
        method, path, _ = head.split("\r\n")[0].split(" ")
        length = head.partition("content-length: ")[2].split("\r\n")[0]
        body = json.loads(await reader.readexactly(int(length))) if length else None
        if path == "/":
            answer, status = {"title": "qdrant", "version": self.version}, 200
        else:
            self.requests.append((method, path, body))
            answer, status = {"result": self.result, "status": "ok", "time": 0.0}, self.status
        content = json.dumps(answer).encode()
        writer.write(
            f"HTTP/1.1 {status} X\r\ncontent-type: application/json\r\nconnection: close\r\n"
            f"content-length: {len(content)}\r\n\r\n".encode()
            + content
        )
        await writer.drain()
        writer.close()


@asynccontextmanager
async def store_on(stub: Stub) -> AsyncIterator[QdrantStore]:
    server = await asyncio.start_server(stub.handle, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    store = QdrantStore.server(f"http://127.0.0.1:{port}")
    try:
        yield store
    finally:
        await store.close()
        server.close()
        await server.wait_closed()


@pytest.mark.parametrize("version", ["1.15.9", "0.11.7", "1.9.0", "unknown"])
async def test_a_server_that_would_ignore_the_update_filter_is_refused(version: str) -> None:
    stub = Stub(version)
    async with store_on(stub) as store:
        with pytest.raises(StoreError, match="update_filter") as caught:
            await store.upsert(new_table(), 1, [point("1")])
    assert "1.16" in caught.value.resolution
    assert stub.requests == []


@pytest.mark.parametrize("version", ["1.16.0", "1.17.2-dev", "2.0.0"])
async def test_what_is_written_waits_and_carries_the_condition_on_the_token(version: str) -> None:
    stub = Stub(version, {"operation_id": 1, "status": "completed"})
    async with store_on(stub) as store:
        await store.upsert(new_table(), 7, [point("1")])
        await store.delete(new_table(), 8, ["1"])
    for (method, path, body), token in zip(stub.requests, (7, 8), strict=True):
        assert (method, "wait=true" in path, "ordering=strong" in path) == ("put", True, True)
        assert body["update_filter"] == {"must_not": [{"key": "_e.v", "range": {"gte": token}}]}
        assert body["points"][0]["payload"]["_e"]["v"] == token
    assert stub.requests[1][2]["points"][0]["vector"] == {}


@pytest.mark.parametrize("status", ["acknowledged", "wait_timeout"])
async def test_only_completed_counts_as_written(status: str) -> None:
    stub = Stub("1.16.0", {"operation_id": 1, "status": status})
    async with store_on(stub) as store:
        with pytest.raises(StoreError, match=f"not completed upsert: its status is {status}"):
            await store.upsert(new_table(), 1, [point("1")])
        with pytest.raises(StoreError, match="not completed delete"):
            await store.prune(new_table(), 5)


async def test_metadata_is_overwritten_only_where_text_and_token_allow_it() -> None:
    system = {"v": 3, "th": "t1", "mh": "m1", "pk": "1", "dead": False, "trunc": True, "text": "kept"}
    table = new_table()
    stub = Stub("1.16.0", [{"id": 1, "payload": {"_e": system, "d": {}}}])
    async with store_on(stub) as store:
        # The stub has one answer for everything, and that is no status.
        with pytest.raises(StoreError):
            await store.update_metadata(table, 7, [update("1")])
    (operation,) = stub.requests[1][2]["operations"]
    written = operation["overwrite_payload"]
    assert written["payload"] == {"_e": system | {"v": 7, "mh": "m2"}, "d": {"word": "new"}}
    has_id, text = written["filter"]["must"]
    assert len(has_id["has_id"]) == 1
    assert text == {"key": "_e.th", "match": {"value": "t1"}}
    assert written["filter"]["must_not"] == [{"key": "_e.v", "range": {"gte": 7}}]


async def test_what_the_server_says_stays_out_of_the_message() -> None:
    stub = Stub("1.16.0", SECRET, status=500)
    async with store_on(stub) as store:
        with pytest.raises(StoreError) as caught:
            await store.marks(new_table(), [SECRET])
    assert caught.value.message == "The vector store (Qdrant) failed at retrieve."
    assert SECRET in str(caught.value.__cause__)


async def test_an_unreachable_server_is_a_store_error() -> None:
    store = QdrantStore.server("http://127.0.0.1:9", timeout=2)
    with pytest.raises(StoreError, match="failed at"):
        await store.create(new_table())
    await store.close()


async def test_a_directory_has_one_owner_in_this_process(tmp_path: Path) -> None:
    first, second, table = QdrantStore.local(tmp_path), QdrantStore.local(tmp_path), new_table()
    await first.create(table)
    with pytest.raises(StoreBusyElsewhere, match="another process"):
        await second.create(table)
    await first.close()
    await first.close()
    assert await second.marks(table, ["1"]) == {}
    await second.close()


async def test_a_directory_has_one_owner_among_processes(tmp_path: Path) -> None:
    program = "import sys; from qdrant_client import QdrantClient\nkept = QdrantClient(path=sys.argv[1])\n"
    program += "print('ready', flush=True); sys.stdin.read(); kept.close()"
    other = await asyncio.create_subprocess_exec(
        sys.executable,
        "-c",
        program,
        str(tmp_path),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    assert other.stdout is not None
    assert await other.stdout.readline() == b"ready\n"
    store = QdrantStore.local(tmp_path)
    with pytest.raises(StoreBusyElsewhere) as caught:
        await store.create(new_table())
    assert "EMBEDD_QDRANT_URL" in caught.value.resolution
    await other.communicate(b"")
    await store.create(new_table())
    await store.close()


async def test_what_was_written_is_there_after_reopening(tmp_path: Path) -> None:
    table = new_table()
    for token in (1, 2):
        store = QdrantStore.local(tmp_path)
        await store.create(table)
        assert {key: mark.token for key, mark in (await store.marks(table, ["1"])).items()} == (
            {} if token == 1 else {"1": 1}
        )
        await store.upsert(table, token, [point("1")])
        await store.close()


async def test_a_large_local_collection_is_pointed_out_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("embedd_pg.stores.qdrant.LOCAL_LIMIT", 2)
    store, table = QdrantStore.local(tmp_path), new_table()
    await store.create(table)
    with capture_logs() as logs:
        for token in (1, 2):
            await store.upsert(table, token, [point(str(token))])
        assert logs == []
        for token in (3, 4):
            await store.upsert(table, token, [point(str(token))])
    await store.close()
    assert [entry["event"] for entry in logs] == ["local_store_large"]
    assert "EMBEDD_QDRANT_URL" in logs[0]["advice"]
    assert "platform mode" in logs[0]["advice"]


async def test_many_calls_at_once_on_local_mode_do_not_disturb_each_other(tmp_path: Path) -> None:
    store, table = QdrantStore.local(tmp_path), new_table()
    await store.create(table)
    await asyncio.gather(*(store.upsert(table, 1, [point(f"{i}-{j}") for j in range(5)]) for i in range(20)))
    names = [f"{i}-{j}" for i in range(20) for j in range(5)]
    assert set(await store.marks(table, names)) == set(names)
    await store.close()
