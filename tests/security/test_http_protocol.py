"""Requests that programs in front of the API may read in another way are refused, and a head has a bound."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from embedd_pg.cli.http_protocol import MAX_HEAD, MAX_PIPELINED
from tests.api.conftest import Service
from tests.security.test_requests import listening

GET = b"GET /health HTTP/1.1\r\nHost: x\r\n"
POST = b"POST /health HTTP/1.1\r\nHost: x\r\n"
CHUNKED = POST + b"Transfer-Encoding: chunked\r\nConnection: close\r\n\r\n2\r\n{}\r\n0\r\n"

REFUSED = {
    "no host": b"GET /health HTTP/1.1\r\n\r\n",
    "two hosts": GET + b"Host: y\r\n\r\n",
    "a length and chunks": POST + b"Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "two lengths": POST + b"Content-Length: 2\r\nContent-Length: 3\r\n\r\n{} ",
    "a negative length": POST + b"Content-Length: -1\r\n\r\n",
    "an unknown encoding": POST + b"Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
    "a space before the colon": POST + b"Content-Length : 2\r\n\r\n{}",
    "a continued line": GET + b"X: a\r\n b\r\n\r\n",
    "lines without return": b"GET /health HTTP/1.1\nHost: x\n\n",
    "a negative chunk": POST + b"Transfer-Encoding: chunked\r\n\r\n-1\r\n\r\n",
    "a large head at once": GET + b"X: " + b"x" * MAX_HEAD + b"\r\n\r\n",
    "many headers": GET + b"".join(b"X-%d: %s\r\n" % (n, b"x" * 100) for n in range(MAX_HEAD // 100)) + b"\r\n",
    "a large address": b"GET /" + b"x" * MAX_HEAD + b" HTTP/1.1\r\nHost: x\r\n\r\n",
}


@pytest.fixture
async def port(service: Service) -> AsyncIterator[int]:
    async with listening(service.clients) as port, asyncio.timeout(60):
        yield port


async def answers(port: int, *sent: bytes) -> bytes:
    """Return everything that the server answers until it closes the connection."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    for part in sent:
        writer.write(part)
        await writer.drain()
    received = b""
    try:
        while part := await reader.read(100_000):
            received += part
    except ConnectionResetError:
        pass
    writer.close()
    return received


async def test_row_27_a_request_that_can_be_read_in_two_ways_is_refused(port: int) -> None:
    read = {name: await answers(port, sent) for name, sent in REFUSED.items()}
    assert {name: answer for name, answer in read.items() if not answer.startswith(b"HTTP/1.1 400")} == {}
    assert [name for name, answer in read.items() if answer.count(b"HTTP/1.1") != 1] == []


async def test_row_27_trailers_are_not_headers_and_have_a_bound(port: int) -> None:
    answer = await answers(port, CHUNKED, b"X-Request-Id: from-a-trailer\r\n\r\n")
    assert answer.startswith(b"HTTP/1.1 405") and b"from-a-trailer" not in answer
    at_once = await answers(port, CHUNKED + b"X-Request-Id: from-a-trailer\r\n\r\n")
    assert at_once.startswith(b"HTTP/1.1 405") and b"from-a-trailer" not in at_once
    endless = b"".join(b"X-%d: %s\r\n" % (n, b"x" * 1000) for n in range(MAX_HEAD // 500))
    keyed = POST.replace(b"/health", b"/v1/api-keys") + b"Transfer-Encoding: chunked\r\n\r\n0\r\n"
    refused = await answers(port, keyed, endless)
    assert b"Invalid HTTP request received." in refused


async def test_row_27_requests_may_follow_each_other_without_waiting_up_to_a_bound(port: int) -> None:
    last = GET + b"Connection: close\r\n\r\n"
    few = await answers(port, (GET + b"\r\n") * 50 + last)
    assert few.count(b"HTTP/1.1 200") == 51
    many = await answers(port, (GET + b"\r\n") * (2 * MAX_PIPELINED) + last)
    assert many.count(b"HTTP/1.1 200") <= MAX_PIPELINED + 1


async def test_row_27_a_large_body_before_a_slow_head_is_not_counted_as_a_head(port: int) -> None:
    body = POST + b"Content-Length: %d\r\n\r\n" % (2 * MAX_HEAD) + b"x" * 2 * MAX_HEAD
    answer = await answers(port, body + b"GET /hea", b"lth HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
    assert answer.count(b"HTTP/1.1 405") == 1 and answer.count(b"HTTP/1.1 200") == 1
