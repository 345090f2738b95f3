"""Requests to one HTTP server over connections that stay open.

A general client takes half a millisecond of CPU for a request, several times as much as the rest of a search, and the
more of them wait, the more each takes. A server behind a proxy is reached by such a client nevertheless.
"""

from __future__ import annotations

import asyncio
import ssl
import time
from typing import Protocol
from urllib.parse import SplitResult
from urllib.request import getproxies, proxy_bypass

import httptools

#: The seconds for which an unused connection stays open: fewer than the five after which a server closes it.
IDLE = 3.0


class Client(Protocol):
    async def ask(self, method: str, path: str, content: bytes) -> tuple[int, bytes]:
        """Send a request, and return status and body of the answer. Raise OSError if there is none."""
        ...

    async def close(self) -> None: ...


def client_of(address: SplitResult, headers: dict[str, str], trust: ssl.SSLContext | None) -> Client:
    """Return a client of the server at an address with a port. Raise ValueError if a header is malformed."""
    sent = {"content-type": "application/json", "user-agent": "embedd-pg", **headers}
    if any(not value.isascii() or not value.isprintable() for value in sent.values()):
        raise ValueError("a header has characters that it cannot have")
    if getproxies().get(address.scheme) and not proxy_bypass(address.hostname or ""):
        return Proxied(address, sent, trust)
    return Connections(address, sent, trust)


class Connections:
    """Connections to a server, one for each request at the same time."""

    def __init__(self, address: SplitResult, headers: dict[str, str], trust: ssl.SSLContext | None) -> None:
        self._host, self._port = address.hostname or "", address.port or 0
        self._trust = (trust or _public()) if address.scheme == "https" else None
        self._head = "".join(f"{name}: {value}\r\n" for name, value in {"host": address.netloc, **headers}.items())
        #: Unused connections, and when each was last used.
        self._idle: list[tuple[_Connection, float]] = []

    async def ask(self, method: str, path: str, content: bytes) -> tuple[int, bytes]:
        length = f"content-length: {len(content)}\r\n" if content else ""
        head = f"{method} {path} HTTP/1.1\r\n{self._head}{length}\r\n"
        connection = self._unused() or await self._connect()
        try:
            answer = await connection.ask(head.encode() + content)
        except BaseException:
            connection.close()  # a late answer would be taken for that of the next request
            raise
        if not connection.closed:
            self._idle.append((connection, time.monotonic()))
        return answer

    async def close(self) -> None:
        for connection, _ in self._idle:
            connection.close()
        self._idle.clear()

    def _unused(self) -> _Connection | None:
        while self._idle:
            connection, used = self._idle.pop()
            if not connection.closed and time.monotonic() < used + IDLE:
                return connection
            connection.close()
        return None

    async def _connect(self) -> _Connection:
        loop = asyncio.get_running_loop()
        return (await loop.create_connection(_Connection, self._host, self._port, ssl=self._trust))[1]


class _Connection(asyncio.Protocol):
    """One connection, with one request at a time."""

    def __init__(self) -> None:
        self.closed = False
        self._answer: asyncio.Future[tuple[int, bytes]] | None = None
        self._parts: list[bytes] = []

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        self._transport = transport

    def ask(self, request: bytes) -> asyncio.Future[tuple[int, bytes]]:
        self._answer, self._parts = asyncio.get_running_loop().create_future(), []
        self._parser = httptools.HttpResponseParser(self)
        self._transport.write(request)
        return self._answer

    def data_received(self, data: bytes) -> None:
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserError as error:
            self._fail(ConnectionError(f"no answer in HTTP: {type(error).__name__}"))

    def on_body(self, body: bytes) -> None:
        self._parts.append(body)

    def on_message_complete(self) -> None:
        if self._answer and not self._answer.done():
            self._answer.set_result((self._parser.get_status_code(), b"".join(self._parts)))
        if not self._parser.should_keep_alive():
            self.close()

    def connection_lost(self, exc: Exception | None) -> None:
        self._fail(ConnectionError("the connection was closed") if exc is None else exc)

    def close(self) -> None:
        self.closed = True
        self._transport.close()

    def _fail(self, error: Exception) -> None:
        if self._answer and not self._answer.done():
            self._answer.set_exception(error)
        self.close()


class Proxied:
    """A server behind the proxy that HTTPS_PROXY or HTTP_PROXY names."""

    def __init__(self, address: SplitResult, headers: dict[str, str], trust: ssl.SSLContext | None) -> None:
        import httpx

        self._root = f"{address.scheme}://{address.netloc}"
        self._client = httpx.AsyncClient(headers=headers, verify=trust or True, timeout=None)  # noqa: S113

    async def ask(self, method: str, path: str, content: bytes) -> tuple[int, bytes]:
        import httpx

        try:
            response = await self._client.request(method, self._root + path, content=content)
        except httpx.TransportError as error:
            raise ConnectionError(str(error)) from error
        return response.status_code, response.content

    async def close(self) -> None:
        await self._client.aclose()


def _public() -> ssl.SSLContext:
    """Return the trust in the public certificate authorities."""
    import httpx

    return httpx.create_ssl_context()
