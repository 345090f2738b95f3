"""HTTP connections with limits, so that clients cannot block or fill the server.

uvicorn answers requests, but bounds neither the time in which one must arrive nor, with httptools as its parser, the
size of a head. Its limit on connections refuses new clients, even if all others are idle. This module puts a door in
front of its protocol: a head must be small, a request must arrive within seconds, the client must take the answer
within seconds, and when all connections are in use, the one that has gone longest without a complete request is closed.
(hypercorn bounds neither headers nor connections. granian bounds headers, but stops accepting when it is full, and
needs its own process.)
"""

from __future__ import annotations

import asyncio
import resource
from collections import Counter
from collections.abc import Callable
from ipaddress import ip_address, ip_network
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from embedd_pg.settings import Settings

#: Seconds for the head of a request to arrive, from the connection or the first byte, and for an answer to be taken.
ARRIVAL, DEPARTURE = 10.0, 30.0
#: Bytes of a request's head, and of the trailers of its body.
MAX_HEAD = 65_536
#: Requests of one connection that may wait for the answer to an earlier one.
MAX_PIPELINED = 100
#: Connections accepted at once, before any of them is examined.
ACCEPTED_AT_ONCE = 16
#: Other files that a process has open: pools, stores, providers, logs, and connections not yet examined.
OTHER_FILES = 112

_FULL = b"HTTP/1.1 503 Service Unavailable\r\nRetry-After: 1\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"


class Door:
    """The connections of a server: `most` in all, and three quarters of that from one address that is not a proxy."""

    def __init__(self, most: int, *, proxies: tuple[str, ...] = ()) -> None:
        self._most = most
        self._proxies = [ip_network(proxy) for proxy in proxies]
        self._from: Counter[str] = Counter()
        #: Connections without a complete request, the longest waiting first.
        self._waiting: dict[GuardedProtocol, None] = {}

    def let_in(self, connection: GuardedProtocol) -> bool:
        """Admit a connection, if necessary in place of a waiting one. Return False if there is no room."""
        address = connection.address
        crowded = self._from[address] >= self._most * 3 // 4 and not self._is_proxy(address)
        if crowded and not self._make_room(lambda other: other.address == address):
            return False
        if self._from.total() >= self._most and not self._make_room(lambda _: True):
            return False
        self._from[address] += 1
        self._waiting[connection] = None
        return True

    def note(self, connection: GuardedProtocol, *, waits: bool) -> None:
        """Record whether a connection waits for a complete request. It joins the end of the queue after an answer."""
        if not waits:
            self._waiting.pop(connection, None)
        elif connection not in self._waiting:
            self._waiting[connection] = None

    def let_out(self, connection: GuardedProtocol) -> None:
        self._waiting.pop(connection, None)
        self._from[connection.address] -= 1
        if not self._from[connection.address]:
            del self._from[connection.address]

    def _make_room(self, suits: Callable[[GuardedProtocol], bool]) -> bool:
        leaving = next(filter(suits, self._waiting), None)
        if leaving is None:
            return False
        leaving.give_way()
        return True

    def _is_proxy(self, address: str) -> bool:
        return any(ip_address(address) in proxy for proxy in self._proxies) if self._proxies and address else False


def door(settings: Settings) -> Door:
    """Return the door for the settings and for the number of files that this process may open."""
    files, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    room = settings.max_connections if files == resource.RLIM_INFINITY else max(8, files - OTHER_FILES)
    return Door(min(settings.max_connections, room), proxies=settings.trusted_proxies)


class Unacceptable(Exception):
    """A request that is refused with status 400 before the application sees it."""


class GuardedProtocol(HttpToolsProtocol):
    """One connection, with its limits."""

    def __init__(self, *args: Any, door: Door, **named: Any) -> None:
        super().__init__(*args, **named)
        self.address = ""
        self._door = door
        self._inside = False
        self._arrival: asyncio.TimerHandle | None = None
        self._departure: asyncio.TimerHandle | None = None
        #: Whether a head is being read; the bytes of the latest data that may belong to it; and its bytes so far.
        self._in_head, self._given, self._unparsed = False, 0, 0

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self.address = self.client[0] if self.client else ""
        self._inside = self._door.let_in(self)
        if self._inside:
            self._arrival = self.loop.call_later(ARRIVAL, self.give_way)
        else:
            transport.write(_FULL)
            transport.close()

    def connection_lost(self, exc: Exception | None) -> None:
        self._leave()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        if not self._inside:
            return
        if self._arrival is None and self._idle():
            self._arrival = self.loop.call_later(ARRIVAL, self.give_way)
        self._given = len(data)
        super().data_received(data)
        if self._in_head and not self.transport.is_closing():
            # The parser keeps an incomplete line to itself, so count what it was given.
            self._unparsed += self._given
            if self._unparsed > MAX_HEAD:
                self.send_400_response("The head of the request is too large.")
        self._look()

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self._in_head, self._unparsed = True, 0

    def on_header(self, name: bytes, value: bytes) -> None:
        if self._in_head:
            super().on_header(name, value)
            return
        # Trailers are not headers: a proxy may have removed the header of that name.
        self._unparsed += len(name) + len(value)
        if self._unparsed > MAX_HEAD:
            raise Unacceptable

    def on_headers_complete(self) -> None:
        self._in_head, self._unparsed = False, 0
        names = [name for name, _ in self.headers]
        size = len(self.url) + sum(map(len, names)) + sum(len(value) for _, value in self.headers)
        hosts = names.count(b"host")
        if size > MAX_HEAD or len(self.pipeline) >= MAX_PIPELINED:
            raise Unacceptable
        if hosts > 1 or (hosts == 0 and self.parser.get_http_version() == "1.1"):
            raise Unacceptable
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        super().on_message_complete()
        self._given = 0

    def on_response_complete(self) -> None:
        super().on_response_complete()
        if self._inside:
            self._look()

    def pause_writing(self) -> None:
        super().pause_writing()
        self._departure = self._departure or self.loop.call_later(DEPARTURE, self.give_way)

    def resume_writing(self) -> None:
        super().resume_writing()
        self._departure = _cancel(self._departure)

    def give_way(self) -> None:
        """Close the connection at once: its time is up, or another connection needs its place."""
        self._leave()
        self.transport.abort()

    def _look(self) -> None:
        """Update the timer and the door: whether a request has arrived, and whether it is complete."""
        idle = self._idle()
        if not idle:
            self._arrival = _cancel(self._arrival)
        self._door.note(self, waits=idle or self.cycle.more_body)

    def _idle(self) -> bool:
        return self.cycle is None or self.cycle.response_complete

    def _leave(self) -> None:
        if self._inside:
            self._inside = False
            self._door.let_out(self)
        self._arrival, self._departure = _cancel(self._arrival), _cancel(self._departure)


def _cancel(timer: asyncio.TimerHandle | None) -> asyncio.TimerHandle | None:
    if timer is not None:
        timer.cancel()
    return None
