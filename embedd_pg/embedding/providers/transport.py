"""The transport of all requests to providers: only to checked addresses, with replies of bounded size.

It sits below httpx, or below a vendor's SDK on top of httpx, so that no client resolves a name, follows a redirect or
reads a reply by itself. The transport reads and decodes a whole reply, and stops at the bound that the provider's code
has set for the request.
"""

from __future__ import annotations

import logging
import sys
import zlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from types import ModuleType
from typing import Any

import httpx

from embedd_pg.targets import Targets, TargetUnknown

#: Bytes that a reply may have besides its numbers, and bytes for each number.
_ROOM, _NUMBER = 1_000_000, 32
#: The largest bound of any reply.
_CEILING = 256_000_000
_bound: ContextVar[int] = ContextVar("bytes of a reply", default=_ROOM)


# At debug these libraries log the headers of replies, and a server may return the request's secrets in them.
for _name in ("httpx", "httpx2", "httpcore", "httpcore2"):
    logging.getLogger(_name).setLevel(logging.WARNING)


class ReplyTooLarge(Exception):
    """The reply is larger than the request allows."""


class ReplyUnreadable(Exception):
    """The reply is damaged, or encoded in a way that was not requested."""


@contextmanager
def expecting(numbers: int) -> Iterator[None]:
    """Allow replies with this many numbers inside the block."""
    token = _bound.set(min(numbers * _NUMBER + _ROOM, _CEILING))
    try:
        yield
    finally:
        _bound.reset(token)


def library_of(client: type[Any]) -> ModuleType:
    """Return the httpx module on which an SDK's client class is built: its two generations have separate classes."""
    homes = (base.__module__.partition(".")[0] for base in client.__mro__)
    return sys.modules[next(home for home in homes if home.startswith("httpx"))]


class Transport:
    """A pool of connections in httpx's interface. `library` is the httpx module of the client that uses it."""

    def __init__(self, targets: Targets, *, tls: bool = True, library: Any = httpx) -> None:
        self._library = library
        # Without TLS there is nothing to verify, and loading certificates takes as long as connecting.
        self._inner = library.AsyncHTTPTransport(
            verify=tls, trust_env=False, limits=library.Limits(max_connections=1000, max_keepalive_connections=100)
        )
        # The pool uses its backend for every new connection, and offers no public way to replace it.
        pool = self._inner._pool
        pool._network_backend = _Network(pool._network_backend, targets, library)

    async def handle_async_request(self, request: Any) -> Any:
        # A reply that is encoded anyway is decoded below, within the bound.
        request.headers["Accept-Encoding"] = "identity"
        answer = await self._inner.handle_async_request(request)
        try:
            content = await _read(answer, _bound.get())
        finally:
            await answer.aclose()
        # The content is decoded, so these headers no longer apply.
        kept = [
            (name, value)
            for name, value in answer.headers.multi_items()
            if name.lower() not in ("content-encoding", "content-length", "transfer-encoding")
        ]
        return self._library.Response(
            answer.status_code, headers=kept, content=content, extensions=answer.extensions, request=request
        )

    async def aclose(self) -> None:
        await self._inner.aclose()

    async def __aenter__(self) -> Transport:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.aclose()


class _Network:
    """A network backend that connects to the checked addresses, in turn. TLS and the Host header keep the name."""

    def __init__(self, inner: Any, targets: Targets, library: Any) -> None:
        self._inner = inner
        self._targets = targets
        self._library = library

    async def connect_tcp(self, host: str, port: int, **named: Any) -> Any:
        try:
            addresses = await self._targets.addresses(host, port)
        except TargetUnknown as error:
            raise self._library.ConnectError("The host name is not known.") from error
        for address in addresses[:-1]:
            with suppress(Exception):
                return await self._inner.connect_tcp(address, port, **named)
        return await self._inner.connect_tcp(addresses[-1], port, **named)

    async def connect_unix_socket(self, *_: Any, **__: Any) -> Any:
        raise NotImplementedError("Providers cannot be reached through Unix sockets.")

    async def sleep(self, seconds: float) -> None:
        await self._inner.sleep(seconds)


async def _read(answer: Any, most: int) -> bytes:
    """Return the decoded body. Raise ReplyTooLarge as soon as it exceeds the bound, so that no compressed bomb is
    inflated further, or ReplyUnreadable."""
    declared = answer.headers.get("content-length", "")
    if declared.isdigit() and int(declared) > most:
        raise ReplyTooLarge
    encoding = answer.headers.get("content-encoding", "identity").strip().lower()
    if encoding not in ("", "identity", "gzip", "deflate"):
        raise ReplyUnreadable
    inflate = zlib.decompressobj(47) if encoding in ("gzip", "deflate") else None
    body, arrived = bytearray(), 0
    async for chunk in answer.stream:
        arrived += len(chunk)
        try:
            body += inflate.decompress(chunk, most - len(body) + 1) if inflate else chunk
        except zlib.error as error:
            raise ReplyUnreadable from error
        if max(arrived, len(body)) > most:
            raise ReplyTooLarge
    return bytes(body)
