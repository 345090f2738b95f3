"""Allowed targets: the addresses that embedd connects to when a user names the host of a source database or provider.

A host is looked up once. Every address found must be allowed, and the connection is made to exactly these addresses, so
a later change of the name has no effect. Metadata services of clouds are never allowed. With EMBEDD_HOSTED=1, addresses
that are not globally routable are refused as well, unless the operator lists them in EMBEDD_ALLOWED_TARGETS.
"""

from __future__ import annotations

import asyncio
import fnmatch
import ipaddress
import re
import socket
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass

from embedd_pg.errors import ConfigurationError

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network
#: A function that finds the addresses of a host and port, as texts.
Lookup = Callable[[str, int], Awaitable[list[str]]]

#: The most addresses of one name that are tried.
MOST = 4

#: Metadata services, where clouds give a machine its credentials, outside of 169.254.0.0/16 and fe80::/10, which are
#: refused as a whole: Alibaba, Azure, Oracle, Equinix; AWS (instances, containers), Google, Scaleway.
_METADATA = frozenset(
    ipaddress.ip_address(text)
    for text in (
        "100.100.100.200",
        "168.63.129.16",
        "192.0.0.192",
        "192.80.8.124",
        "fd00:ec2::254",
        "fd00:ec2::23",
        "fd20:ce::254",
        "fd00:42::42",
    )
)
_NAT64 = (ipaddress.IPv6Network("64:ff9b::/96"), ipaddress.IPv6Network("64:ff9b:1::/48"))
_COMPATIBLE = ipaddress.IPv6Network("::/96")
_GLOBAL_UNICAST = ipaddress.IPv6Network("2000::/3")
#: Relays of 6to4, from which the final destination of a packet is not known.
_RELAYS = ipaddress.IPv4Network("192.88.99.0/24")


class TargetRefused(Exception):
    """The address is not an allowed target."""


class TargetUnknown(Exception):
    """The host name is not known."""


@dataclass(frozen=True, slots=True)
class Exemption:
    """An exception to the rules: a name (`*` stands for any part of it) or a network, for one port or for all."""

    name: str | None
    network: Network | None
    port: int | None

    def covers(self, host: str, ip: Address, port: int) -> bool:
        if self.port not in (None, port):
            return False
        if self.network is not None:
            return ip in self.network
        return self.name is not None and fnmatch.fnmatchcase(host.lower().rstrip("."), self.name)


async def look_up(host: str, port: int) -> list[str]:
    """Ask the system's resolver. Raise TargetUnknown."""
    try:
        found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise TargetUnknown from error
    return [str(entry[4][0]) for entry in found]


@dataclass(frozen=True, slots=True)
class Targets:
    """The lookup of hosts, limited to allowed addresses."""

    hosted: bool = False
    exemptions: tuple[Exemption, ...] = ()
    look_up: Lookup = look_up

    async def addresses(self, host: str, port: int) -> list[str]:
        """Return the addresses of a host, in order of use. Raise TargetUnknown, or TargetRefused if one is refused."""
        found = list(dict.fromkeys(await self.look_up(host, port)))
        if not found:
            raise TargetUnknown
        for text in found:
            ip = ipaddress.ip_address(text.partition("%")[0])
            if not self._allows(host, ip, port):
                raise TargetRefused
        return found[:MOST]

    def _allows(self, host: str, ip: Address, port: int) -> bool:
        meant = list(_meant(ip))
        if any(one in _METADATA or one.is_link_local or one.is_unspecified for one in (ip, *meant)):
            return False
        return not self.hosted or all(
            _is_public(one) or any(exemption.covers(host, one, port) for exemption in self.exemptions) for one in meant
        )


#: The rules for installations of a single operator.
SELF_HOSTED = Targets()


def read_exemptions(text: str | None) -> tuple[Exemption, ...]:
    """Parse EMBEDD_ALLOWED_TARGETS: names, addresses and networks separated by commas, each with an optional `:port`.

    An IPv6 address or network is written in brackets. Raise ConfigurationError for an invalid entry.
    """
    return tuple(_exemption(entry.strip()) for entry in (text or "").split(",") if entry.strip())


def _exemption(entry: str) -> Exemption:
    parts = re.fullmatch(r"(?:\[([0-9A-Fa-f:./]+)\]|([A-Za-z0-9_.*/-]+))(?::(\d{1,5}))?", entry)
    if parts is None or (parts[3] and not 1 <= int(parts[3]) <= 65535):
        raise ConfigurationError(
            f"EMBEDD_ALLOWED_TARGETS: {entry} is neither a name nor an address nor a network.",
            resolution="Write for example: db.internal, *.corp.example:5432, 10.1.0.0/16, [fd12:3456::/32]:443",
        )
    port = int(parts[3]) if parts[3] else None
    try:
        return Exemption(None, ipaddress.ip_network(parts[1] or parts[2]), port)
    except ValueError:
        if parts[1] or "/" in parts[2]:
            raise ConfigurationError(f"EMBEDD_ALLOWED_TARGETS: {entry} is not a network.") from None
        return Exemption(parts[2].lower(), None, port)


def _meant(ip: Address) -> Iterator[Address]:
    """Yield the final destinations of an address: IPv6 forms that contain an IPv4 address lead to that one."""
    if isinstance(ip, ipaddress.IPv4Address):
        yield ip
    elif ip.teredo:
        yield from ip.teredo
    elif (inner := ip.ipv4_mapped or ip.sixtofour) is not None:
        yield inner
    elif any(ip in network for network in _NAT64) or (ip in _COMPATIBLE and int(ip) > 1):
        yield ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
    else:
        yield ip


def _is_public(ip: Address) -> bool:
    if isinstance(ip, ipaddress.IPv6Address):
        return ip in _GLOBAL_UNICAST and ip.is_global
    return ip.is_global and not ip.is_multicast and ip not in _RELAYS
