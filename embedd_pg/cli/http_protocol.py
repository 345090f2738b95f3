"""HTTP connections that nobody can hold for nothing.

uvicorn answers requests; it does not bound how long one may take to arrive, and its limit on connections refuses the
newcomer, who is the honest one when the others are silent. So here is its protocol with a door before it: a request
arrives within seconds, an answer is taken within seconds, and when there are as many connections as may be, the one
that has gone longest without a whole request gives way. (hypercorn bounds neither the headers nor the connections;
granian bounds the headers, but stops accepting when it is full, and is a process of its own.)
"""

from __future__ import annotations

import asyncio
import resource
from collections import Counter
from collections.abc import Callable
from ipaddress import ip_address, ip_network
from typing import Any

from uvicorn.protocols.http.h11_impl import H11Protocol

from embedd_pg.settings import Settings

#: Seconds for a request's head to arrive, from the connection or its first byte on, and for an answer to be taken.
ARRIVAL, DEPARTURE = 10.0, 30.0
#: Connections accepted in one go, before any of them is looked at.
ACCEPTED_AT_ONCE = 16
#: Files a process has open besides: pools, stores, providers, logs, and what was accepted and not yet looked at.
OTHER_FILES = 112

_FULL = b"HTTP/1.1 503 Service Unavailable\r\nRetry-After: 1\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"


class Door:
    """The connections of a server: `most` in all, three quarters of that from one address unless it is a proxy's."""

    def __init__(self, most: int, *, proxies: tuple[str, ...] = ()) -> None:
        self._most = most
        self._proxies = [ip_network(proxy) for proxy in proxies]
        self._from: Counter[str] = Counter()
        #: Those without a whole request, the longest waiting first.
        self._waiting: dict[GuardedProtocol, None] = {}

    def let_in(self, connection: GuardedProtocol) -> bool:
        """Whether there is room, or has been made."""
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
        """Remember whether it has no whole request; it has just answered one if it did before."""
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
    """The door for the settings, and for the files this process may open."""
    files, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    room = settings.max_connections if files == resource.RLIM_INFINITY else max(8, files - OTHER_FILES)
    return Door(min(settings.max_connections, room), proxies=settings.trusted_proxies)


class GuardedProtocol(H11Protocol):
    """One connection."""

    def __init__(self, *args: Any, door: Door, **named: Any) -> None:
        super().__init__(*args, **named)
        self.address = ""
        self._door = door
        self._inside = False
        self._arrival: asyncio.TimerHandle | None = None
        self._departure: asyncio.TimerHandle | None = None

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
        super().data_received(data)
        self._look()

    def on_response_complete(self) -> None:
        super().on_response_complete()
        if self._inside:
            self._look()

    def pause_writing(self) -> None:
        super().pause_writing()
        self._departure = self._departure or self.loop.call_later(DEPARTURE, self.give_way)

    def resume_writing(self) -> None:
        super().resume_writing()
        self._departure = _cancelled(self._departure)

    def give_way(self) -> None:
        """End at once: whoever is at the other end has had its time, or others need the place."""
        self._leave()
        self.transport.abort()

    def _look(self) -> None:
        """Whether a request is here, and whole."""
        idle = self._idle()
        if not idle:
            self._arrival = _cancelled(self._arrival)
        self._door.note(self, waits=idle or self.cycle.more_body)

    def _idle(self) -> bool:
        return self.cycle is None or self.cycle.response_complete

    def _leave(self) -> None:
        if self._inside:
            self._inside = False
            self._door.let_out(self)
        self._arrival, self._departure = _cancelled(self._arrival), _cancelled(self._departure)


def _cancelled(timer: asyncio.TimerHandle | None) -> asyncio.TimerHandle | None:
    if timer is not None:
        timer.cancel()
    return None
