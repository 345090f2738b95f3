"""Properties of the Qdrant store alone: the version check, statuses, its requests, and the local lock.

Two servers are used: `Stub`, a few lines with scripted answers, and tests/support/qdrant_server.py, which stores points
and has scripted faults."""

from __future__ import annotations

import asyncio
import json
import random
import socket
import sys
import traceback
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
import uvloop

from embedd_pg.errors import StoreError
from embedd_pg.stores.base import Mark, StoreTable
from embedd_pg.stores.qdrant.store import QdrantStore
from tests.support.qdrant_server import QdrantServer, running, serving
from tests.support.stores import axis, connected_to, found, keys, new_table, point, scanned, update

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


@pytest.mark.parametrize("version", ["1.18.4", "1.16.3", "0.11.7", "1.9.0", "unknown"])
async def test_a_server_that_can_bring_deleted_rows_back_is_refused(version: str) -> None:
    stub = Stub(version)
    async with store_on(stub) as store:
        with pytest.raises(StoreError, match=r"too old: .* deleted rows can come back") as caught:
            await store.upsert(new_table(), 1, [point("1")])
    assert "1.19" in caught.value.resolution
    assert stub.requests == []


@pytest.mark.parametrize("version", ["1.19.0", "1.20.2-dev", "2.0.0"])
async def test_a_write_waits_for_completion_and_carries_the_condition_on_the_token(version: str) -> None:
    stub = Stub(version, {"operation_id": 1, "status": "completed"})
    async with store_on(stub) as store:
        await store.upsert(new_table(), 7, [point("1")])
        await store.delete(new_table(), 8, ["1"])
    for (method, path, body), token in zip(stub.requests, (7, 8), strict=True):
        assert (method, "wait=true" in path, "ordering=strong" in path) == ("put", True, True)
        assert body["update_filter"] == {"must_not": [{"key": "_e.v", "range": {"gte": token}}]}
        assert body["points"][0]["payload"]["_e"]["v"] == token
    assert stub.requests[1][2]["points"][0]["vector"] == {}


async def test_metadata_is_written_back_in_one_request_unless_the_point_was_written_meanwhile() -> None:
    system = {"v": 3, "th": "t1", "mh": "m1", "pk": "1", "dead": False, "trunc": True, "text": "kept"}
    vector = {"": [1.0] * 8, "words": {"indices": [5], "values": [1.5]}}
    records = [
        {"id": id_, "payload": {"_e": system | {"pk": key, "v": token}, "d": {}}, "vector": vector}
        for id_, key, token in ((1, "1", 3), (2, "2", 4), (3, "3", 3), (4, "late", 7))
    ]
    stub = Stub("1.19.0", records)
    async with store_on(stub) as store:
        # The stub has one answer for everything, and that is no status.
        with pytest.raises(StoreError):
            await store.update_metadata(new_table(), 7, [update(key) for key in ("1", "2", "3", "late")])
    (written,) = [body for method, _, body in stub.requests if method == "put"]
    payload = {"_e": system | {"v": 7, "mh": "m2"}, "d": {"word": "new"}}
    assert written["points"][0] == {"id": 1, "payload": payload, "vector": vector}
    assert [one["id"] for one in written["points"]] == [1, 2, 3]
    assert written["update_mode"] == "update_only"
    assert written["update_filter"]["should"] == [
        {"must": [{"has_id": ids}, {"key": "_e.v", "match": {"value": token}}]}
        for ids, token in (([1, 3], 3), ([2], 4))
    ]


async def test_the_words_of_the_server_stay_out_of_the_message() -> None:
    stub = Stub("1.19.0", SECRET, status=500)
    async with store_on(stub) as store:
        with pytest.raises(StoreError) as caught:
            await store.marks(new_table(), [SECRET])
    assert caught.value.message == "The vector store (Qdrant) failed at retrieve: it answered with status 500."
    assert SECRET in str(caught.value.__cause__)


# A server that keeps what it is sent


async def until(holds: Callable[[], bool]) -> None:
    for _ in range(1000):
        if holds():
            return
        await asyncio.sleep(0.01)
    raise AssertionError("it never came to that")


@pytest.mark.parametrize("key", [None, "sk-wrong-key"])
async def test_a_wrong_api_key_is_reported_and_not_shown(qdrant: QdrantServer, key: str | None) -> None:
    qdrant.settings.api_key = SECRET
    table = new_table()
    async with connected_to(qdrant, api_key=key) as store:
        with pytest.raises(StoreError) as caught:
            await store.create(table)
    assert caught.value.message == "The vector store (Qdrant) failed at collection_exists: it refuses the API key."
    assert "EMBEDD_QDRANT_API_KEY" in caught.value.resolution
    shown = "".join(traceback.format_exception(caught.value))
    assert SECRET not in shown
    assert "sk-wrong-key" not in shown
    async with connected_to(qdrant, api_key=SECRET) as store:
        await store.create(table)
        await store.upsert(table, 1, [point("1")])
        assert await keys(store, table) == {"1"}


@pytest.mark.parametrize(
    ("url", "key"),
    [("ftp://127.0.0.1:6333", None), ("http://127.0.0.1:x", None), ("http://127.0.0.1:1", "sk-grün")],
)
async def test_a_malformed_address_or_key_is_a_store_error(url: str, key: str | None) -> None:
    with pytest.raises(StoreError, match="malformed") as caught:
        QdrantStore.server(url, api_key=key)
    assert "EMBEDD_QDRANT_URL" in caught.value.resolution
    assert "sk-" not in "".join(traceback.format_exception(caught.value))


@pytest.mark.parametrize(
    ("url", "root"),
    [
        ("http://qdrant", "http://qdrant:6333"),
        ("https://qdrant/", "https://qdrant:6333"),
        ("https://qdrant:443", "https://qdrant:443"),
        ("qdrant:7000", "http://qdrant:7000"),
        ("http://qdrant:80/below/", "http://qdrant:80/below"),
        ("http://[::1]:6333", "http://[::1]:6333"),
    ],
)
async def test_an_address_without_port_has_that_of_qdrant(url: str, root: str) -> None:
    store = QdrantStore.server(url)
    assert store._engine._address.geturl() == root  # type: ignore[attr-defined]
    await store.close()


async def test_a_server_that_comes_back_is_used_again_unless_it_is_older() -> None:
    server, table = QdrantServer(), new_table()
    with serving(server):
        store = QdrantStore.server(server.url, timeout=5)
        await store.create(table)
        await store.upsert(table, 5, [point("1")])
    port = int(server.url.rpartition(":")[2])
    for call in (store.marks(table, ["1"]), store.upsert(table, 6, [point("1")]), store.ping()):
        with pytest.raises(StoreError, match="cannot be reached"):
            await call
    with serving(server, port):
        assert (await store.marks(table, ["1"]))["1"].token == 5
        await store.upsert(table, 6, [point("1")])
    with pytest.raises(StoreError, match="cannot be reached"):
        await store.ping()
    server.settings.version = "1.18.5"
    with serving(server, port), pytest.raises(StoreError, match=r"1\.18\.5 is too old"):
        await store.upsert(table, 7, [point("1")])
    await store.close()
    server.close()


def calls(store: QdrantStore, table: StoreTable, token: int) -> list[tuple[str, Callable[[], Any]]]:
    """Each thing a store does, with the request in which it may fail; those that write come first."""
    collection = f"/collections/{table.name}"
    return [
        (f"PUT {collection}/points", lambda: store.upsert(table, token, [point("1", text="new", text_hash="t2")])),
        (f"PUT {collection}/points", lambda: store.delete(table, token, ["1"])),
        (f"PUT {collection}/points", lambda: store.update_metadata(table, token, [update("1")])),
        (f"POST {collection}/points/delete", lambda: store.prune(table, token)),
        (f"PUT {collection}/index", lambda: store.create(table)),
        (f"POST {collection}/points", lambda: store.marks(table, ["1"])),
        (f"POST {collection}/points/query", lambda: found(store, table)),
        (f"POST {collection}/points/scroll", lambda: scanned(store, table)),
    ]


REFUSALS = [
    ({"status": 429}, "it accepts no more requests for now"),
    ({"status": 429, "retry_after": "7"}, "it accepts no more requests for now"),
    ({"status": 507}, "its storage is full"),
    ({"status": 500}, "it answered with status 500"),
    ({"cut": True}, "it cannot be reached, or the connection broke"),
]


@pytest.mark.parametrize(("fault", "reason"), REFUSALS)
async def test_a_server_that_refuses_is_a_store_error_and_nothing_is_lost(
    qdrant: QdrantServer, fault: dict[str, Any], reason: str
) -> None:
    table = new_table()
    async with connected_to(qdrant) as store:
        await store.create(table)
        await store.upsert(table, 4, [point("1"), point("2")])
        await store.delete(table, 5, ["2"])
        before = await scanned(store, table)
        for request, call in calls(store, table, 6):
            times = 2 if "cut" in fault and request.startswith("PUT") else 1  # a broken PUT is repeated once
            qdrant.fault(on=request, text=SECRET, times=times, **fault)
            with pytest.raises(StoreError, match=reason) as caught:
                await call()
            assert SECRET not in caught.value.message + caught.value.resolution
            assert not qdrant.settings.faults
        assert await scanned(store, table) == before
        for _, call in calls(store, table, 7):
            await call()
        assert await scanned(store, table) == {"1": Mark(7, "t2", "m1", False)}


@pytest.mark.parametrize("status", ["acknowledged", "wait_timeout"])
async def test_no_kind_of_write_counts_before_it_is_completed(qdrant: QdrantServer, status: str) -> None:
    table = new_table()
    async with connected_to(qdrant) as store:
        await store.create(table)
        await store.upsert(table, 5, [point("1")])
        before = await scanned(store, table)
        for request, call in calls(store, table, 6)[:5]:
            qdrant.fault(on=request, update=status)
            with pytest.raises(StoreError, match=f"not completed .* its status is {status}"):
                await call()
        assert await scanned(store, table) == before
        assert await store.update_metadata(table, 6, [update("1")]) == set()
        assert (await store.marks(table, ["1"]))["1"] == Mark(6, "t1", "m2", False)


async def test_a_write_whose_answer_is_lost_is_safe_to_repeat(qdrant: QdrantServer) -> None:
    table = new_table()
    async with connected_to(qdrant) as store:
        await store.create(table)
        for token, which in ((5, 0), (7, 2), (9, 1)):
            await store.upsert(table, token - 1, [point("1")])
            request, call = calls(store, table, token)[which]
            qdrant.fault(on=request, cut=True, applied=True, times=2)  # a broken PUT is repeated once
            with pytest.raises(StoreError, match="the connection broke"):
                await call()
            assert (await store.marks(table, ["1"]))["1"].token == token
            assert not await call()
        assert (await store.marks(table, ["1"]))["1"] == Mark(9, None, None, True)


async def test_a_server_that_hangs_is_given_up_in_time_and_its_late_write_is_refused(qdrant: QdrantServer) -> None:
    table = new_table()
    async with connected_to(qdrant, timeout=1) as slow, connected_to(qdrant) as other:
        await other.create(table)
        await slow.ping()
        qdrant.fault(on="PUT", hang=4)
        with pytest.raises(StoreError, match="failed at upsert: it did not answer in time"):
            await slow.upsert(table, 5, [point("1", text="late")])
        assert qdrant.in_flight == 1
        await other.upsert(table, 6, [point("1", text="new")])
        await until(lambda: qdrant.in_flight == 0)
        assert [hit.text for hit in await found(other, table)] == ["new"]
        assert (await other.marks(table, ["1"]))["1"].token == 6


async def test_a_server_that_answers_byte_by_byte_is_given_up_in_time() -> None:
    async def drip(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\n")
        for _ in range(40):
            writer.write(b" ")
            await asyncio.sleep(0.05)
        writer.close()

    server = await asyncio.start_server(drip, "127.0.0.1", 0)
    store = QdrantStore.server(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}", timeout=0.4)
    with pytest.raises(StoreError, match="it did not answer in time"):
        await store.ping()
    await store.close()
    server.close()


@asynccontextmanager
async def answering(content: bytes) -> AsyncIterator[tuple[int, list[bytes]]]:
    """A server with one answer for everything; returns its port and the first line of each request."""
    asked: list[bytes] = []

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked.append((await reader.readuntil(b"\r\n\r\n")).split(b"\r\n")[0])
        writer.write(content)
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    try:
        yield server.sockets[0].getsockname()[1], asked
    finally:
        server.close()


CHUNKS = [b'{"version": "1.19.0", "result": {"coll', b'ections": [], "aliases": []}}', b""]
CHUNKED = b"HTTP/1.1 200 OK\r\nconnection: close\r\ntransfer-encoding: chunked\r\n\r\n" + b"".join(
    b"%x\r\n%b\r\n" % (len(part), part) for part in CHUNKS
)


async def test_an_answer_in_chunks_is_read_whole() -> None:
    async with answering(CHUNKED) as (port, _):
        store = QdrantStore.server(f"http://127.0.0.1:{port}")
        assert await store.names() == (set(), {})
        await store.close()


@pytest.mark.parametrize("content", [b"", b"HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n{", b"SSH-2.0-OpenSSH\r\n\r\n"])
async def test_what_is_no_answer_is_a_broken_connection(content: bytes) -> None:
    async with answering(content) as (port, _):
        store = QdrantStore.server(f"http://127.0.0.1:{port}")
        with pytest.raises(StoreError, match="the connection broke"):
            await store.ping()
        await store.close()


async def test_a_server_behind_a_proxy_is_reached_through_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("no_proxy", "")
    async with answering(CHUNKED) as (port, asked):
        monkeypatch.setenv("http_proxy", f"http://127.0.0.1:{port}")
        store = QdrantStore.server("http://qdrant.invalid")
        await store.ping()
        assert asked[-1] == b"GET http://qdrant.invalid:6333/collections HTTP/1.1"
    with pytest.raises(StoreError, match="cannot be reached"):
        await store.ping()
    await store.close()


def test_the_event_loop_of_the_api_reaches_a_server_and_a_directory(tmp_path: Path) -> None:
    async def searched(url: str) -> None:
        for store in (QdrantStore.server(url), QdrantStore.local(tmp_path)):
            table = new_table()
            await store.create(table)
            await store.upsert(table, 1, [point("1")])
            assert await keys(store, table) == {"1"}
            await store.close()

    with running() as server:
        uvloop.run(searched(server.url))


async def test_numbers_keep_their_type_and_digits_over_http(qdrant: QdrantServer) -> None:
    metadata = {"a": 2**63 - 1, "b": -(2**63), "c": 2**53 + 1, "d": 1.0, "e": 1, "f": 5e-324, "g": None, "h": [True]}
    table = new_table()
    async with connected_to(qdrant) as store:
        await store.create(table)
        await store.upsert(table, 2**53 - 1, [point("1", metadata=metadata, vector=axis(0) / 3 + axis(1))])
        (hit,) = await found(store, table, vector=axis(0) / 3 + axis(1))
    assert json.dumps(hit.metadata, sort_keys=True) == json.dumps(metadata)
    assert hit.score == pytest.approx(1.0)


# Several writers at once


async def test_of_two_writers_on_one_key_the_higher_token_always_wins(connected: Callable[[], QdrantStore]) -> None:
    first, second, table, choice = connected(), connected(), new_table(), random.Random(5)
    await first.create(table)

    async def write(store: QdrantStore, token: int) -> None:
        await asyncio.sleep(choice.random() * 0.004)
        if token % 5 == 0:
            await store.delete(table, token, ["1"])
        elif token % 5 == 1 and not await store.update_metadata(
            table, token, [update("1", metadata_hash=str(token), metadata={"count": token})]
        ):
            return
        else:
            # As a worker does with a key that an update of metadata hands back.
            values = {"metadata_hash": str(token), "metadata": {"count": token}}
            await store.upsert(table, token, [point("1", vector=axis(token % 2), **values)])

    for turn in range(60):
        tokens = list(range(4 * turn + 1, 4 * turn + 5))
        choice.shuffle(tokens)
        writers = [first, second, first, second]
        await asyncio.gather(*(write(store, token) for store, token in zip(writers, tokens, strict=True)))
        top = 4 * turn + 4
        mark = (await second.marks(table, ["1"]))["1"]
        hits = await found(first, table, vector=axis(0))
        if top % 5 == 0:
            assert (mark, hits) == (Mark(top, None, None, True), [])
        else:
            assert mark == Mark(top, "t1", str(top), False)
            assert [hit.metadata for hit in hits] == [{"count": top}]
    await first.drop(table)
    await first.close()
    await second.close()


async def test_a_server_killed_while_writing_keeps_confirmed_points(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    url, table = f"http://127.0.0.1:{port}", new_table()
    store = QdrantStore.server(url, timeout=5)
    process = await _server_process(port, tmp_path)
    written: list[str] = []

    async def write(lane: int) -> None:
        for number in range(1000):
            await store.upsert(table, 5, [point(f"{lane}-{number}")])
            written.append(f"{lane}-{number}")

    try:
        await store.create(table)
        lanes = [asyncio.create_task(write(lane)) for lane in range(4)]
        await until(lambda: len(written) >= 20)
        process.kill()
        await process.wait()
        assert {type(error) for error in await asyncio.gather(*lanes, return_exceptions=True)} == {StoreError}
        process = await _server_process(port, tmp_path)
        assert set(await store.marks(table, written)) == set(written)
        await store.upsert(table, 5, [point(name) for name in written])
        async with httpx.AsyncClient() as client:
            await client.post(f"{url}/_config", json={"faults": [{"status": 503}], "version": "1.19.9"})
        with pytest.raises(StoreError, match="status 503"):
            await store.ping()
        await store.ping()
    finally:
        process.kill()
        await process.wait()
        await store.close()


async def _server_process(port: int, directory: Path) -> asyncio.subprocess.Process:
    program = [sys.executable, "-m", "tests.support.qdrant_server", "--port", str(port), "--path", str(directory)]
    process = await asyncio.create_subprocess_exec(*program)
    store = QdrantStore.server(f"http://127.0.0.1:{port}", timeout=5)
    for _ in range(400):
        try:
            await store.ping()
            break
        except StoreError:
            await asyncio.sleep(0.05)
    await store.close()
    return process


# The local directory


async def test_written_points_exist_after_reopening(tmp_path: Path) -> None:
    table = new_table()
    for token in (1, 2):
        store = QdrantStore.local(tmp_path)
        await store.create(table)
        assert {key: mark.token for key, mark in (await store.marks(table, ["1"])).items()} == (
            {} if token == 1 else {"1": 1}
        )
        await store.upsert(table, token, [point("1")])
        await store.close()


async def test_many_calls_at_once_on_local_mode_do_not_disturb_each_other(tmp_path: Path) -> None:
    store, table = QdrantStore.local(tmp_path), new_table()
    await store.create(table)
    await asyncio.gather(*(store.upsert(table, 1, [point(f"{i}-{j}") for j in range(5)]) for i in range(20)))
    names = [f"{i}-{j}" for i in range(20) for j in range(5)]
    assert set(await store.marks(table, names)) == set(names)
    await store.close()
