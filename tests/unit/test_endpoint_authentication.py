"""Credentials of the GoodMem face: their equality, and the header of a request."""

from __future__ import annotations

import hashlib
from typing import Any

import pytest

from embedd_pg.credentials import SecretBox
from embedd_pg.embedding.endpoint_authentication import (
    NO_CREDENTIALS,
    Access,
    access_of,
    fingerprint,
    normal_form,
    of_key,
    to_text,
)
from embedd_pg.embedding.providers.base import ProviderMisconfigured
from embedd_pg.embedding.secret_references import References, ReferenceUse

KEY = {"kind": "CREDENTIAL_KIND_API_KEY", "apiKey": {"inlineSecret": "s"}}
BOX = SecretBox(b"k" * 32)
USE = ReferenceUse("org_self_hosted", "openai", None)


def digest(document: Any, box: SecretBox = BOX, organization: str = "org") -> bytes:
    return fingerprint(box, document, organization_id=organization)


@pytest.mark.parametrize(
    "same",
    [
        {"apiKey": {"inlineSecret": "s"}, "kind": "CREDENTIAL_KIND_API_KEY"},
        KEY | {"gcpAdc": None, "labels": {"note": "x"}},
        KEY | {"apiKey": {"inlineSecret": "s", "headerName": "Authorization", "prefix": None, "secretRef": {}}},
        KEY | {"apiKey": {"inlineSecret": "s", "headerName": "authorization"}},
        of_key("s"),
    ],
)
def test_irrelevant_fields_are_left_out_of_the_fingerprint(same: dict[str, Any]) -> None:
    assert normal_form(same) == KEY
    assert digest(same) == digest(KEY)


@pytest.mark.parametrize(
    "other",
    [
        {"inlineSecret": "S"},
        {"inlineSecret": "s", "headerName": "x-key"},
        {"inlineSecret": "s", "prefix": ""},
        {"inlineSecret": "s", "prefix": "Bearer "},
        {"secretRef": {"uri": "env:s"}},
    ],
)
def test_relevant_fields_are_in_the_fingerprint(other: dict[str, Any]) -> None:
    assert digest(KEY | {"apiKey": other}) != digest(KEY)


def test_a_fingerprint_is_of_no_use_without_the_key() -> None:
    found = {
        digest(KEY),
        digest(KEY, SecretBox(b"l" * 32)),
        digest(KEY, organization="other"),
        digest(None),
        hashlib.sha256(to_text(KEY).encode()).digest(),
        hashlib.sha256(b"s").digest(),
    }
    assert len(found) == 6 and all(len(one) == 32 for one in found)
    assert digest(None) == digest(None, SecretBox(b"l" * 32)) == NO_CREDENTIALS
    assert digest({"kind": "CREDENTIAL_KIND_UNSPECIFIED"}) != NO_CREDENTIALS


@pytest.mark.parametrize(
    ("api_key", "carried"),
    [
        ({"inlineSecret": "s"}, Access("s", "Authorization", "Bearer ")),
        ({"inlineSecret": "s", "headerName": "authorization"}, Access("s", "authorization", "Bearer ")),
        ({"inlineSecret": "s", "prefix": ""}, Access("s", "Authorization", "")),
        ({"inlineSecret": "s", "headerName": "x-key"}, Access("s", "x-key", "")),
        ({"inlineSecret": "s", "headerName": "x-key", "prefix": "Tok "}, Access("s", "x-key", "Tok ")),
    ],
)
def test_a_key_is_sent_in_its_header_after_its_prefix(api_key: dict[str, Any], carried: Access) -> None:
    assert access_of(to_text(KEY | {"apiKey": api_key}), References(), USE) == carried
    assert "inlineSecret" not in repr(carried) and "'s'" not in repr(carried)


def test_unusable_credentials_are_refused_with_the_reason() -> None:
    assert access_of('{"kind": "CREDENTIAL_KIND_UNSPECIFIED"}', References(), USE) == Access()
    for document in (
        {"kind": "CREDENTIAL_KIND_GCP_ADC", "gcpAdc": {}},
        KEY | {"apiKey": {"secretRef": {"uri": "env:HOME"}}},
    ):
        with pytest.raises(ProviderMisconfigured):
            access_of(to_text(document), References(), USE)
