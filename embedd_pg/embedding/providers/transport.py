"""The one way in which requests to providers leave: to addresses that were checked, with replies of bounded size.

It is a transport below httpx or a vendor's SDK over it, so no client above it looks up a name, follows a redirect or
reads a reply by itself. A reply is read here whole, decoded here, and given up at the bound that the provider's own
code has set for the request under way.
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

#: What a reply may have besides its numbers, and what one number may take in it.
_ROOM, _NUMBER = 1_000_000, 32
#: The most of any reply.
_CEILING = 256_000_000
_bound: ContextVar[int] = ContextVar("bytes of a reply", default=_ROOM)


# At debug they write down the headers of replies, and a server may send back there what it was sent.
for _name in ("httpx", "httpx2", "httpcore", "httpcore2"):
    logging.getLogger(_name).setLevel(logging.WARNING)


class ReplyTooLarge(Exception):
    """The reply is larger than anything that was asked for."""


class ReplyUnreadable(Exception):
    """The reply is encoded in a way that nobody asked for, or is damaged."""


@contextmanager
def expecting(numbers: int) -> Iterator[None]:
    """Within it a reply may hold so many numbers."""
    token = _bound.set(min(numbers * _NUMBER + _ROOM, _CEILING))
    try:
        yield
    finally:
        _bound.reset(token)


def library_of(client: type[Any]) -> ModuleType:
    """The httpx that an SDK's client class is built on: of its two generations each has classes of its own."""
    homes = (base.__module__.partition(".")[0] for base in client.__mro__)
    return sys.modules[next(home for home in homes if home.startswith("httpx"))]


class Transport:
    """A pool of connections as httpx takes it. `library` is the httpx of whoever sits above."""

    def __init__(self, targets: Targets, *, tls: bool = True, library: Any = httpx) -> None:
        self._library = library
        # Without TLS there is nothing to verify, and loading the certificates for it takes as long as connecting.
        self._inner = library.AsyncHTTPTransport(
            verify=tls, trust_env=False, limits=library.Limits(max_connections=1000, max_keepalive_connections=100)
        )
        # The pool asks this for every new connection, and has no public way to be given another.
        pool = self._inner._pool
        pool._network_backend = _Network(pool._network_backend, targets, library)

    async def handle_async_request(self, request: Any) -> Any:
        # Whatever comes encoded all the same is decoded below, within the bound.
        request.headers["Accept-Encoding"] = "identity"
        answer = await self._inner.handle_async_request(request)
        try:
            content = await _read(answer, _bound.get())
        finally:
            await answer.aclose()
        # What the reply was wrapped in is gone.
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
    """Connects to the addresses that were checked, in turn. TLS and the Host header keep the name."""

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
        raise NotImplementedError("No provider is at a socket of this machine.")

    async def sleep(self, seconds: float) -> None:
        await self._inner.sleep(seconds)


async def _read(answer: Any, most: int) -> bytes:
    """The body, decoded. ReplyTooLarge as soon as it says or shows to be larger: no bomb is inflated beyond that.
    ReplyUnreadable."""
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
