"""Secrets at rest: AES-256-GCM envelopes, whose key is never in the database.

Each record has its own data key, encrypted by the key in EMBEDD_SECRET_KEY. The associated data binds an envelope to
its place (organization, table, id, column, key id) and to the address to which the secret is sent. An envelope that is
copied to another row, or whose row gets another address, cannot be opened. Envelopes of version 1 are not bound to
addresses. Secrets may also be references, `env:NAME` or `file:/path`, which are resolved where they are used.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import os
import secrets
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from embedd_pg.errors import ConfigurationError

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

_NONCE = 12
#: The version of new envelopes.
VERSION = 2


@dataclass(frozen=True, slots=True)
class Place:
    """The place of an envelope, and the address to which its secret is sent. The envelope opens for no other."""

    organization_id: str
    table: str
    id: str
    column: str
    address: str

    def bound_to(self, key_id: str, version: int) -> bytes:
        parts = (self.organization_id, self.table, self.id, self.column, key_id)
        return "\x1f".join(parts if version == 1 else (f"v{version}", *parts, self.address)).encode()


def version_of(envelope: Mapping[str, Any]) -> int:
    """Return the version that an envelope claims. With a wrong claim it cannot be opened."""
    version = envelope.get("v", 1)
    return version if version in (1, VERSION) else 0


class SecretBox:
    """A key of 32 bytes that seals envelopes, and opens those of this key and of the previous one."""

    def __init__(self, key: bytes, previous: bytes | None = None) -> None:
        if len(key) != 32 or (previous is not None and len(previous) != 32):
            raise ConfigurationError("EMBEDD_SECRET_KEY must be 32 bytes, written in base64 or hex.")
        self._key = _cipher(key)
        self._key_id = _key_id(key)
        self._keys = {_key_id(k): _cipher(k) for k in (previous, key) if k is not None}
        self._digest_key = hmac.digest(key, b"embedd digest key", "sha256")

    @classmethod
    def from_text(cls, text: str | None, previous: str | None = None) -> SecretBox:
        """Return a box for keys in base64 (44 characters) or hex (64 characters), as in `EMBEDD_SECRET_KEY`."""
        if not text:
            raise ConfigurationError(
                "EMBEDD_SECRET_KEY is not set, and without it no credentials can be stored or read.",
                resolution="Set it to 32 random bytes in base64, for example from: openssl rand -base64 32",
            )
        return cls(_key(text), _key(previous) if previous else None)

    def is_present(self, envelope: dict[str, Any]) -> bool:
        """Return whether the envelope has the present key and format."""
        return envelope.get("kid") == self._key_id and version_of(envelope) == VERSION

    def seal(self, secret: str, place: Place) -> dict[str, Any]:
        """Return the envelope of a secret, as JSON to store."""
        bound = place.bound_to(self._key_id, VERSION)
        data_key = secrets.token_bytes(32)
        wrap_nonce, nonce = secrets.token_bytes(_NONCE), secrets.token_bytes(_NONCE)
        wrapped = wrap_nonce + self._key.encrypt(wrap_nonce, data_key, bound)
        sealed = nonce + _cipher(data_key).encrypt(nonce, secret.encode(), bound)
        return {
            "v": VERSION,
            "kid": self._key_id,
            "key": base64.b64encode(wrapped).decode(),
            "data": base64.b64encode(sealed).decode(),
        }

    def digest(self, secret: str, purpose: str) -> bytes:
        """Return an HMAC-SHA-256. Equal secrets have equal digests, which are useless for guessing without the key."""
        return hmac.digest(self._digest_key, f"{purpose}\x1f{secret}".encode(), "sha256")

    def open(self, envelope: Mapping[str, Any], *places: Place) -> str:
        """Return the secret. Raise ConfigurationError unless the key and one of the places are the envelope's."""
        from cryptography.exceptions import InvalidTag

        key_id = str(envelope.get("kid"))
        if key_id not in self._keys:
            raise ConfigurationError("A stored credential was sealed with another EMBEDD_SECRET_KEY.")
        for place in places:
            bound = place.bound_to(key_id, version_of(envelope))
            with suppress(InvalidTag, KeyError, ValueError, TypeError):
                wrapped, sealed = base64.b64decode(envelope["key"]), base64.b64decode(envelope["data"])
                data_key = self._keys[key_id].decrypt(wrapped[:_NONCE], wrapped[_NONCE:], bound)
                return _cipher(data_key).decrypt(sealed[:_NONCE], sealed[_NONCE:], bound).decode()
        raise ConfigurationError(
            "A stored credential is damaged, or belongs to another record or address.",
            resolution="Send the password or the key again, for its present address.",
        )


def _cipher(key: bytes) -> AESGCM:
    # A process without EMBEDD_SECRET_KEY starts faster without the library.
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    return AESGCM(key)


def _key(text: str) -> bytes:
    """Return the bytes of a key, or none if the text is not a key."""
    try:
        return bytes.fromhex(text) if len(text) == 64 else base64.b64decode(text, validate=True)
    except (ValueError, binascii.Error):
        return b""


def _key_id(key: bytes) -> str:
    return hashlib.sha256(b"embedd key id" + key).hexdigest()[:12]


def resolve_reference(reference: str) -> str:
    """Return the secret that `env:NAME` or `file:/path` names. Raise ConfigurationError, which names it, if missing."""
    kind, _, name = reference.partition(":")
    try:
        value = os.environ[name] if kind == "env" else Path(name).read_text(encoding="utf-8").strip()
    except (KeyError, OSError, UnicodeDecodeError) as error:
        what = f"The environment variable {name}" if kind == "env" else f"The file {name}"
        raise ConfigurationError(f"{what}, named as the key of an embedder, is missing or unreadable here.") from error
    return value


def new_key_text() -> str:
    """Return a new value for EMBEDD_SECRET_KEY."""
    return base64.b64encode(secrets.token_bytes(32)).decode()
