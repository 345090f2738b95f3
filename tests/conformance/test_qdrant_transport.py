"""Connections to a Qdrant server: over TLS, with a key, and over gRPC, whose errors differ from those of REST."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from embedd_pg.errors import StoreError
from embedd_pg.stores.base import LEVELS, Mark
from embedd_pg.stores.qdrant.store import QdrantStore
from tests.support import qdrant_grpc
from tests.support.certificate import self_signed
from tests.support.qdrant_grpc import GrpcServer
from tests.support.qdrant_server import QdrantServer, Settings, serving
from tests.support.stores import found, new_table, point, scanned, update

SECRET = "sk-planted-secret"


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    """A file with the certificate of 127.0.0.1 and its key."""
    self_signed(tmp_path)
    return tmp_path / "server.pem"


@asynccontextmanager
async def closing(store: QdrantStore) -> AsyncIterator[QdrantStore]:
    try:
        yield store
    finally:
        await store.close()


@asynccontextmanager
async def connected_to(server: GrpcServer, **options: Any) -> AsyncIterator[QdrantStore]:
    options = {"url": "http://127.0.0.1:1", "prefer_grpc": True, "grpc_port": server.port, "timeout": 5} | options
    async with closing(QdrantStore.server(**options)) as store:
        yield store


# TLS


async def writes_and_reads(store: QdrantStore) -> None:
    table = new_table()
    await store.create(table)
    await store.upsert(table, 1, [point("1")])
    assert [hit.key for hit in await found(store, table)] == ["1"]


async def test_a_server_certificate_is_trusted_only_from_the_configured_authority(certificate: Path) -> None:
    server = QdrantServer(Settings(api_key=SECRET))
    with serving(server, certificate=certificate):
        async with closing(QdrantStore.server(server.url, api_key=SECRET)) as store:
            with pytest.raises(StoreError, match="its certificate is not signed by a trusted authority") as caught:
                await store.ping()
            assert "EMBEDD_QDRANT_CA_FILE" in caught.value.resolution
        assert server.requests == []
        async with closing(QdrantStore.server(server.url, api_key=SECRET, ca_file=certificate)) as store:
            await writes_and_reads(store)
        # The certificate is for another name.
        elsewhere = server.url.replace("127.0.0.1", "localhost")
        async with closing(QdrantStore.server(elsewhere, api_key=SECRET, ca_file=certificate)) as store:
            with pytest.raises(StoreError, match="not signed by a trusted"):
                await store.ping()
    server.close()


async def test_certificates_are_checked_over_grpc(certificate: Path) -> None:
    with qdrant_grpc.running(certificate, api_key=SECRET) as server:
        async with connected_to(server, url="https://127.0.0.1:1", api_key=SECRET) as store:
            with pytest.raises(StoreError, match="its certificate is not signed by a trusted authority"):
                await store.ping()
        assert server.requests == []
        async with connected_to(server, url="https://127.0.0.1:1", api_key=SECRET, ca_file=certificate) as store:
            await writes_and_reads(store)


@pytest.mark.parametrize("content", [None, "", "no certificate"])
def test_certificates_that_cannot_be_read_are_a_store_error(tmp_path: Path, content: str | None) -> None:
    path = tmp_path / "ca.pem"
    if content is not None:
        path.write_text(content)
    with pytest.raises(StoreError, match=r"CA certificates .* cannot be read") as caught:
        QdrantStore.server("https://127.0.0.1:1", ca_file=path)
    assert "EMBEDD_QDRANT_CA_FILE" in caught.value.resolution


# gRPC


@pytest.mark.parametrize(
    ("status", "reason"),
    [
        (401, "it refuses the API key"),
        (403, "it refuses the API key"),
        (429, "it accepts no more requests for now"),
        (503, "it cannot be reached, or the connection broke"),
        (500, "failed at upsert"),
        (400, "failed at upsert"),
    ],
)
async def test_each_refusal_over_grpc_is_a_store_error_without_the_words_of_the_server(
    status: int, reason: str
) -> None:
    with qdrant_grpc.running() as server:
        async with connected_to(server) as store:
            table = new_table()
            await store.create(table)
            server.fault(on="Points/Upsert", status=status, text=SECRET)
            with pytest.raises(StoreError, match=reason) as caught:
                await store.upsert(table, 1, [point("1")])
            assert SECRET not in caught.value.message + caught.value.resolution
            await store.upsert(table, 1, [point("1")])
            assert set(await scanned(store, table)) == {"1"}


async def test_a_wrong_key_an_old_server_and_no_server_have_different_errors_over_grpc() -> None:
    with qdrant_grpc.running(api_key=SECRET) as server:
        async with connected_to(server, api_key="sk-other") as store:
            with pytest.raises(StoreError, match="it refuses the API key") as caught:
                await store.ping()
            assert "EMBEDD_QDRANT_API_KEY" in caught.value.resolution
        async with connected_to(server, api_key=SECRET) as store:
            await store.ping()
    async with connected_to(server) as store:
        with pytest.raises(StoreError, match="cannot be reached"):
            await store.ping()
    with qdrant_grpc.running(version="1.18.9") as server:
        async with connected_to(server) as store:
            with pytest.raises(StoreError, match=r"1\.18\.9 is too old"):
                await store.upsert(new_table(), 1, [point("1")])
        assert server.requests == []


async def test_a_server_that_hangs_over_grpc_is_given_up() -> None:
    with qdrant_grpc.running() as server:
        async with connected_to(server, timeout=2) as store:
            await store.ping()
            server.fault(on="Collections/List", hang=6)
            with pytest.raises(StoreError, match="it did not answer in time"):
                await store.ping()


@pytest.mark.parametrize("status", ["Acknowledged", "WaitTimeout"])
async def test_no_write_over_grpc_counts_before_it_is_completed(status: str) -> None:
    table = new_table()
    with qdrant_grpc.running() as server:
        async with connected_to(server) as store:
            await store.create(table)
            await store.upsert(table, 5, [point("1")])
            for method, write in (
                ("Points/Upsert", lambda: store.upsert(table, 6, [point("1", text_hash="t2")])),
                ("Points/Upsert", lambda: store.update_metadata(table, 6, [update("1")])),
                ("Points/Delete", lambda: store.prune(table, 6)),
            ):
                server.fault(on=method, update=status)
                with pytest.raises(StoreError, match="not completed"):
                    await write()
                assert not server.faults
            assert await scanned(store, table) == {"1": Mark(5, "t1", "m1", False)}


async def test_numbers_and_nested_values_come_back_as_they_were_over_grpc() -> None:
    metadata: dict[str, Any] = {
        "a": 2**63 - 1,
        "b": -(2**63),
        "c": 2**53 + 1,
        "d": 1.0,
        "e": 1,
        "f": 5e-324,
        "g": None,
        "h": [True],
    }
    nested: Any = "deep"
    for _ in range(LEVELS):
        nested = {"a": nested}
    metadata["i"] = nested
    table = new_table()
    with qdrant_grpc.running() as server:
        async with connected_to(server) as store:
            await store.create(table)
            await store.upsert(table, 2**53 - 1, [point("1", metadata=metadata)])
            (hit,) = await found(store, table)
            assert json.dumps(hit.metadata, sort_keys=True) == json.dumps(metadata)
