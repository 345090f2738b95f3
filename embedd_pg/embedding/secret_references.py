"""Secret references: which of the operator's secrets (env:NAME, file:/path) an organization may use, and where.

Without this check, a tenant could have any secret sent to its own server. EMBEDD_SECRET_REFERENCES is a list,
separated by commas, of `PATTERN[@ORGANIZATION][=ADDRESS]`. The pattern may contain *. The organization is
org_self_hosted if none is named; the address is the vendor's own if none is given. A reference set in SQL needs no
entry for the vendor's own address.
"""

from __future__ import annotations

import fnmatch
import posixpath
import re
from dataclasses import dataclass
from functools import lru_cache
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
    """The use of a secret: the organization of the embedder, and the address; the vendor's without base_url."""

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
    """The operator's list of allowed references."""

    entries: tuple[_Entry, ...] = ()

    @classmethod
    def read(cls, text: str | None) -> References:
        """Parse EMBEDD_SECRET_REFERENCES. Raise ConfigurationError for an invalid entry."""
        return cls(tuple(_entry(part.strip()) for part in (text or "").split(",") if part.strip()))

    @lru_cache(maxsize=1000)  # noqa: B019 - each process has one list
    def allows(self, reference: str, use: ReferenceUse, *, by_sql: bool = False) -> bool:
        vendor = VENDORS.get(use.provider)
        vendor = _origin(vendor) if vendor else None
        target = _origin(use.base_url) if use.base_url else vendor
        if by_sql and target is not None and target == vendor:
            return True
        plain = reference.startswith("env:") or posixpath.normpath(reference[5:]) == reference[5:]
        return plain and any(entry.binds(reference, use, target, vendor) for entry in self.entries)

    def resolve(self, reference: str, use: ReferenceUse, *, by_sql: bool = False) -> str:
        """Return the secret for this use. Raise ProviderMisconfigured if not allowed, ConfigurationError if missing."""
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
            f"EMBEDD_SECRET_REFERENCES: {text} is not a reference with its organization and address.",
            resolution="Write for example env:VENDOR_OPENAI@org_x=https://api.openai.com, separated by commas.",
        )
    return _Entry(parts[1], parts[2] or "org_self_hosted", origin)


def _origin(url: str) -> str | None:
    """Return scheme, host and port of an address in a normal form, or None if it is not an address."""
    try:
        parts = urlsplit(url)
        port = parts.port or _PORTS[parts.scheme]
    except (ValueError, KeyError):
        return None
    return f"{parts.scheme}://{parts.hostname}:{port}" if parts.hostname else None
