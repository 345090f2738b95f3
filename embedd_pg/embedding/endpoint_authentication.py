"""Credentials in GoodMem's form (EndpointAuthentication): how they are compared, stored and used.

The whole document is encrypted in one envelope. Equal documents are recognised by a keyed digest of their normal form.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from embedd_pg.credentials import SecretBox
from embedd_pg.embedding.providers.base import ProviderMisconfigured
from embedd_pg.embedding.secret_references import REFERENCE, References, ReferenceUse
from embedd_pg.errors import ValidationError

#: The fingerprint of an embedder without credentials. No keyed digest equals it.
NO_CREDENTIALS = hashlib.sha256(b"no credentials").digest()

AUTHORIZATION, BEARER = "Authorization", "Bearer "

_HEADER = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]{1,100}")
#: Headers set by the HTTP client; other values would break the request or send it to another server.
_RESERVED = frozenset({"host", "content-length", "content-type", "transfer-encoding", "connection"})


@dataclass(frozen=True, slots=True)
class Access:
    """The credentials in a request to the endpoint: a key in a header, after a prefix."""

    key: str | None = field(default=None, repr=False)
    header: str = AUTHORIZATION
    prefix: str = field(default=BEARER, repr=False)


def check(document: Mapping[str, Any]) -> None:
    """Check the rules of section 5.2. Raise ValidationError, which never contains a value."""
    kind = document["kind"]
    given = [name for name in ("apiKey", "gcpAdc") if document.get(name) is not None]
    wanted = {"CREDENTIAL_KIND_API_KEY": ["apiKey"], "CREDENTIAL_KIND_GCP_ADC": ["gcpAdc"]}.get(kind, [])
    if given != wanted:
        raise ValidationError(f"credentials of the kind {kind} must hold {wanted[0] if wanted else 'nothing else'}.")
    key = document.get("apiKey")
    if key is None:
        return
    if (key.get("inlineSecret") is None) == (key.get("secretRef") is None):
        raise ValidationError("credentials.apiKey must hold either inlineSecret or secretRef.")
    if key.get("inlineSecret") is not None and not _fits_header(key["inlineSecret"]):
        raise ValidationError("credentials.apiKey.inlineSecret must be a text that fits into a header.")
    _check_header(key)
    if key.get("secretRef") is not None and not REFERENCE.fullmatch(key["secretRef"]["uri"]):
        raise ValidationError("credentials.apiKey.secretRef.uri must be env:NAME or file:/path.")


def check_reference(document: Mapping[str, Any], references: References, use: ReferenceUse) -> None:
    """Raise ValidationError if the credentials name a secret that the operator does not allow for this use."""
    named = (document.get("apiKey") or {}).get("secretRef")
    if named is not None and not references.allows(named["uri"], use):
        raise ValidationError(
            "credentials.apiKey.secretRef.uri is not allowed for this organization and address.",
            resolution="The operator lists allowed secrets in EMBEDD_SECRET_REFERENCES. Or send inlineSecret instead.",
        )


def fingerprint(box: SecretBox | None, document: Mapping[str, Any] | None, *, organization_id: str) -> bytes:
    """Return 32 bytes that are equal for equal credentials of one organization.

    This is an HMAC-SHA-256 instead of a plain SHA-256. Someone with a dump of the database but without
    EMBEDD_SECRET_KEY can neither test keys against it, nor see that two organizations use the same one.
    """
    if document is None or box is None:
        return NO_CREDENTIALS
    text = json.dumps(normal_form(document), sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return box.digest(f"{organization_id}\x1f{text}", "embedder credentials")


def normal_form(document: Mapping[str, Any]) -> dict[str, Any]:
    """Return the document without parts that make no difference: nulls, empty objects, default header, annotations."""
    found: dict[str, Any] = _without_empty({name: value for name, value in document.items() if name != "labels"})
    if str(found.get("apiKey", {}).get("headerName", "")).lower() == AUTHORIZATION.lower():
        del found["apiKey"]["headerName"]
    return found


def of_key(api_key: str) -> dict[str, Any]:
    """Return the document that is equivalent to a bare key."""
    return {"kind": "CREDENTIAL_KIND_API_KEY", "apiKey": {"inlineSecret": api_key}}


def to_text(document: Mapping[str, Any]) -> str:
    """Return the text to encrypt."""
    return json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def access_of(text: str, references: References, use: ReferenceUse) -> Access:
    """Return a request's credentials from the decrypted text. Raise ProviderMisconfigured or ConfigurationError."""
    document = json.loads(text)
    if document["kind"] == "CREDENTIAL_KIND_GCP_ADC":
        raise ProviderMisconfigured("Google's application default credentials cannot be used in this version.")
    key = document.get("apiKey")
    if key is None:
        return Access()
    secret = key.get("inlineSecret")
    if secret is None:
        secret = references.resolve(key["secretRef"]["uri"], use)
    header = key.get("headerName") or AUTHORIZATION
    prefix = key.get("prefix")
    if prefix is None:
        prefix = BEARER if header.lower() == AUTHORIZATION.lower() else ""
    return Access(secret, header, prefix)


def _check_header(key: Mapping[str, Any]) -> None:
    name, prefix = key.get("headerName"), key.get("prefix")
    if name is not None and (not _HEADER.fullmatch(name) or name.lower() in _RESERVED):
        raise ValidationError("credentials.apiKey.headerName must be the name of a header for credentials.")
    if prefix and not (prefix.isascii() and prefix.isprintable() and len(prefix) <= 100):
        raise ValidationError("credentials.apiKey.prefix must fit into a header.")


def _fits_header(text: str) -> bool:
    return bool(text.strip()) and text.isascii() and text.isprintable() and len(text) <= 10_000


def _without_empty(value: Any) -> Any:
    if not isinstance(value, Mapping):
        return value
    found = {name: _without_empty(inner) for name, inner in value.items() if inner is not None}
    return {name: inner for name, inner in found.items() if inner != {}}
