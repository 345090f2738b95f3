"""Says which secrets of the operator may be named by a reference (env:NAME, file:/path), by whom, and where they go.

Otherwise whoever makes an embedder could have any of them sent to a server of theirs. EMBEDD_SECRET_REFERENCES lists,
between commas, `PATTERN[@ORGANIZATION][=ADDRESS]`: the pattern may hold *, the organization is org_self_hosted where
none is named, the address is the vendor's own where none is given. What SQL has named needs no entry at the vendor's
own address.
"""

from __future__ import annotations

import fnmatch
import posixpath
import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from embedd_pg.credentials import resolve_reference
from embedd_pg.embedding.providers.address import VENDORS
from embedd_pg.embedding.providers.base import ProviderMisconfigured
from embedd_pg.errors import ConfigurationError

REFERENCE = re.compile(r"env:[A-Za-z_][A-Za-z0-9_]*|file:/[^\0]+")
_ENTRY = re.compile(r"(env:[A-Za-z0-9_*]+|file:/[^=]*?)(?:@(org_\w+|\*))?(?:=(https?://[^=]+))?")
_PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True, slots=True)
class ReferenceUse:
    """Whose embedder wants a secret, and where it would be sent; without base_url to the vendor."""

    organization_id: str
    provider: str
    base_url: str | None


@dataclass(frozen=True, slots=True)
class _Entry:
    pattern: str
    organization: str
    origin: str | None

    def binds(self, reference: str, use: ReferenceUse, target: str | None, vendor: str | None) -> bool:
        return (
            fnmatch.fnmatchcase(reference, self.pattern)
            and self.organization in (use.organization_id, "*")
            and target is not None
            and target == (self.origin or vendor)
        )


@dataclass(frozen=True, slots=True)
class References:
    """The operator's list."""

    entries: tuple[_Entry, ...] = ()

    @classmethod
    def read(cls, text: str | None) -> References:
        """ConfigurationError for an entry that is none."""
        return cls(tuple(_entry(part.strip()) for part in (text or "").split(",") if part.strip()))

    def allows(self, reference: str, use: ReferenceUse, *, by_sql: bool = False) -> bool:
        vendor = VENDORS.get(use.provider)
        vendor = _origin(vendor) if vendor else None
        target = _origin(use.base_url) if use.base_url else vendor
        if by_sql and target is not None and target == vendor:
            return True
        plain = reference.startswith("env:") or posixpath.normpath(reference[5:]) == reference[5:]
        return plain and any(entry.binds(reference, use, target, vendor) for entry in self.entries)

    def resolve(self, reference: str, use: ReferenceUse, *, by_sql: bool = False) -> str:
        """The secret, for this use. ProviderMisconfigured if it is not allowed, ConfigurationError if it is missing."""
        if not self.allows(reference, use, by_sql=by_sql):
            where = use.base_url or VENDORS.get(use.provider, "")
            raise ProviderMisconfigured(
                f"The key that {reference} names may not be sent to {where}.",
                resolution="The operator may bind it there:"
                f" EMBEDD_SECRET_REFERENCES={reference}@{use.organization_id}={where}",
            )
        return resolve_reference(reference)


def _entry(text: str) -> _Entry:
    parts = _ENTRY.fullmatch(text)
    origin = _origin(parts[3]) if parts and parts[3] else None
    if parts is None or (parts[3] and origin is None):
        raise ConfigurationError(
            f"EMBEDD_SECRET_REFERENCES: {text} is no reference with its organization and address.",
            resolution="Write for example env:VENDOR_OPENAI@org_x=https://api.openai.com, between commas.",
        )
    return _Entry(parts[1], parts[2] or "org_self_hosted", origin)


def _origin(url: str) -> str | None:
    """Scheme, host and port of an address, in one spelling; None if it has none."""
    try:
        parts = urlsplit(url)
        port = parts.port or _PORTS[parts.scheme]
    except (ValueError, KeyError):
        return None
    return f"{parts.scheme}://{parts.hostname}:{port}" if parts.hostname else None
