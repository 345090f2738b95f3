"""Replies of providers are bounded: in the declared size, in the received size and in the decoded size."""

from __future__ import annotations

import asyncio
import gzip
import json
import tracemalloc
import zlib
from functools import cache
from typing import Any

import pytest

from tests.api.conftest import Service
from tests.security.test_targets import asked, embedder_at
from tests.support.false_servers import Answer, FakeHttp, fake_http, replying

#: Every way in which a provider's reply is read here: plain HTTP and the three SDKs.
WAYS = {
    "tei": ("own", 8),
    "openai": ("text-embedding-3-small", 8),
    "voyage": ("voyage-3.5", 256),
    "gemini": ("gemini-embedding-001", 128),
}
#: What may be held of a reply, with what reading it takes besides.
MOST = 40_000_000


@cache
def bomb() -> bytes:
    """200 MB of blanks, as 200 KB."""
    press = zlib.compressobj(9, wbits=31)
    return b"".join(press.compress(b" " * 1_000_000) for _ in range(200)) + press.flush()


async def exploding(fake: FakeHttp, writer: asyncio.StreamWriter) -> None:
    await replying(bomb(), Content_Encoding="gzip")(fake, writer)


async def endless(fake: FakeHttp, writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n")
    while True:
        await fake.send(writer, b"10000\r\n" + b" " * 65536 + b"\r\n")


async def declared(fake: FakeHttp, writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100000000000\r\n\r\n")
    while True:
        await fake.send(writer, b" " * 65536)


HOSTILE: dict[str, Answer] = {
    "a gzip bomb": exploding,
    "an endless body": endless,
    "a huge declared length": declared,
}


@pytest.mark.parametrize("provider", WAYS)
@pytest.mark.parametrize("what", HOSTILE)
async def test_point_09_row_14_an_endless_reply_is_cut_off_at_the_limit(
    service: Service, provider: str, what: str
) -> None:
    model, dimensions = WAYS[provider]
    async with fake_http(HOSTILE[what]) as hostile:
        made = await embedder_at(service, hostile.url, provider, api_key="sk-canary")
        tracemalloc.start()
        try:
            async with asyncio.timeout(20):
                answer = await asked(service, made, model=model, dimensions=dimensions)
            _, peak = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()
        await asyncio.wait_for(hostile.ended.wait(), 10)
    assert answer.status_code == 502 and answer.json()["error"]["code"] == "embedding_provider_error"
    assert "larger than it may be" in answer.text
    assert peak < MOST and hostile.sent < MOST, (peak, hostile.sent)


@pytest.mark.parametrize("encoding", ["br", "zstd", "gzip, gzip", "nonsense"])
async def test_point_09_an_encoding_that_was_not_requested_is_an_error_of_the_provider(
    service: Service, encoding: str
) -> None:
    async with fake_http(replying(b"{}", Content_Encoding=encoding)) as hostile:
        made = await embedder_at(service, hostile.url, "tei")
        answer = await asked(service, made)
    assert answer.status_code == 502 and "cannot be read" in answer.text
    assert "accept-encoding: identity" in hostile.heads[0].lower()


@pytest.mark.parametrize("damaged", [False, True])
async def test_point_09_an_encoded_reply_is_decoded_within_the_limit(service: Service, damaged: bool) -> None:
    body: Any = gzip.compress(json.dumps([[0.5] * 8]).encode())
    body = b"\x1f\x8b" + b"no gzip at all" if damaged else body
    async with fake_http(replying(body, Content_Encoding="gzip")) as server:
        made = await embedder_at(service, server.url, "tei")
        answer = await asked(service, made)
    assert answer.status_code == (502 if damaged else 200), answer.text
