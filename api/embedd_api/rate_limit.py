"""Rate limits.

Requests of an organization are counted in PostgreSQL, for all processes together; an organization whose tier has no
limit is not counted. Failed authentications of an address are counted in this process. Each process also limits the
concurrent requests of an organization, whatever its tier.

An address over its limit is refused without a query to the database, unless its key was valid in this process before:
one client with a wrong key must not lock out the others behind the same proxy.
"""

from __future__ import annotations

import hashlib
import math
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from ipaddress import IPv4Address, ip_address
from typing import TypeVar

from starlette.datastructures import Headers

from embedd_api import audit, auth
from embedd_api.errors import RateLimitExceeded
from embedd_api.frame import Frame
from embedd_pg.database.call import Database
from embedd_pg.errors import KeyRevoked, OrganizationDeleting, Unauthorized
from embedd_pg.resources import access
from embedd_pg.resources.access import Principal, Sought
from embedd_pg.turns import QueueFull, Turns

K = TypeVar("K")
V = TypeVar("V")

#: Seconds since 1970.
Clock = Callable[[], float]

#: Failed authentications allowed per address and minute: far more than people cause, too few to load the database.
FAILURES_PER_MINUTE = 600
#: Concurrent requests of an organization, and the multiple of that number that may wait for a turn.
AT_ONCE, WAITING = 32, 3
#: The value of the headers without a limit: they are always present and always numbers.
UNLIMITED = 2_147_483_647
#: Tolerance for rounding errors of doubles, so that a wait of whole seconds does not become a second longer.
ROUNDING = 1e-6
#: The largest number of remembered addresses, and of keys; the oldest are dropped first.
REMEMBERED = 10_000


@dataclass(slots=True)
class _Window:
    """Two one-minute buckets of one address; the older one counts in proportion to its overlap with the last 60
    seconds."""

    minute: int
    current: int = 0
    previous: int = 0

    def advance(self, minute: int) -> None:
        if minute > self.minute:
            self.previous = self.current if minute == self.minute + 1 else 0
            self.minute, self.current = minute, 0

    def wait(self, now: float, limit: int) -> int:
        """Return the whole seconds until one more request fits; 0 if it fits now."""
        elapsed = max(0.0, now / 60 - self.minute)
        if self.previous * (1 - elapsed) + self.current + 1 <= limit + ROUNDING:
            return 0
        if self.current < limit:
            fits_at = 1 - (limit - 1 - self.current) / self.previous
        else:
            fits_at = 2 - (limit - 1) / self.current
        return max(1, math.ceil((fits_at - elapsed) * 60))


class RateLimits:
    """The limits of one process. `clock` replaces the clocks of this process and of the database."""

    def __init__(
        self,
        database: Database,
        *,
        clock: Clock | None = None,
        failures_per_minute: int = FAILURES_PER_MINUTE,
        at_once: int = AT_ONCE,
    ) -> None:
        self._database = database
        self._clock = clock
        self._failures_per_minute = failures_per_minute
        self._turns = Turns(at_once, waiting=WAITING * at_once)
        self._failures: dict[str, _Window] = {}
        self._good_keys: dict[bytes, None] = {}

    async def authenticate(self, headers: Headers, address: str, sought: Sought | None = None) -> Principal:
        """Return the principal of a request, and of a search what it looks for. Raise Unauthorized, KeyRevoked or
        OrganizationDeleting; RateLimitExceeded once its address has failed too often."""
        wait, digest = self._wait(address), None
        try:
            key = auth.key_of(headers)
            digest = hashlib.sha256(key.encode("utf-8", "surrogatepass")).digest()
            if wait and digest not in self._good_keys:
                raise Unauthorized
            principal = await access.authenticate(self._database, key, sought)
        except (Unauthorized, KeyRevoked, OrganizationDeleting) as error:
            if wait:
                message = "Too many requests without a valid API key came from this address."
                raise RateLimitExceeded(message, wait=wait) from error
            self._count_failure(address)
            if digest is not None:
                await audit.record_failed_login(self._database, address)
            raise
        _remember(self._good_keys, digest, None)
        return principal

    async def take(self, principal: Principal, frame: Frame) -> None:
        """Count the request and set the headers of the limit. Raise RateLimitExceeded over the limit."""
        limit = principal.requests_per_minute
        if limit is None:
            _set_headers(frame, UNLIMITED, remaining=UNLIMITED, reset_at=int(self._now()) + 60)
            return
        moment = datetime.fromtimestamp(self._clock(), UTC) if self._clock else None
        taken = await access.take_request(self._database, principal.organization_id, per_minute=limit, at=moment)
        _set_headers(frame, limit, remaining=taken.remaining, reset_at=taken.reset_at)
        if not taken.admitted:
            message = f"The organization has used up its {limit} requests per minute."
            raise RateLimitExceeded(message, wait=taken.wait_seconds)

    @asynccontextmanager
    async def turn(self, principal: Principal) -> AsyncIterator[None]:
        """Wait for one of the organization's concurrent slots. Raise RateLimitExceeded when too many requests wait."""
        try:
            async with self._turns.turn(principal.organization_id):
                yield
        except QueueFull:
            raise RateLimitExceeded("The organization has too many concurrent requests.") from None

    def _now(self) -> float:
        return self._clock() if self._clock else time.time()

    def _wait(self, address: str) -> int:
        window, now = self._failures.get(_caller(address)), self._now()
        if window is None:
            return 0
        window.advance(int(now // 60))
        return window.wait(now, self._failures_per_minute)

    def _count_failure(self, address: str) -> None:
        minute = int(self._now() // 60)
        window = self._failures.get(_caller(address)) or _Window(minute)
        window.advance(minute)
        window.current += 1
        _remember(self._failures, _caller(address), window)


def _caller(address: str) -> str:
    """Return the part of an address that identifies its owner: for IPv6 the first 64 bits, since the owner chooses the
    rest freely."""
    try:
        ip = ip_address(address)
    except ValueError:
        return address
    if isinstance(ip, IPv4Address):
        return address
    return str(ip.ipv4_mapped or int(ip) >> 64)


def _set_headers(frame: Frame, limit: int, *, remaining: int, reset_at: int) -> None:
    frame.headers |= {
        "X-RateLimit-Limit": str(limit),
        "X-RateLimit-Remaining": str(remaining),
        "X-RateLimit-Reset": str(reset_at),
    }


def _remember(things: dict[K, V], key: K, value: V) -> None:
    things[key] = value
    if len(things) > REMEMBERED:
        del things[next(iter(things))]
