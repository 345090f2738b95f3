"""Secrets at rest open only with their key and in their place."""

from __future__ import annotations

import base64
import json
import secrets
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from embedd_pg.credentials import Place, SecretBox, new_key_text, resolve_reference
from embedd_pg.errors import ConfigurationError

PLACE = Place("org_1", "embedders", "emb_1", "credentials", "https://vendor")


@pytest.fixture
def box() -> SecretBox:
    return SecretBox.from_text(new_key_text())


@given(st.text())
def test_a_sealed_secret_opens_again(secret: str) -> None:
    box = SecretBox(b"k" * 32)
    if any("\ud800" <= character <= "\udfff" for character in secret):
        return
    assert box.open(box.seal(secret, PLACE), PLACE) == secret


def test_an_envelope_shows_nothing_and_is_never_twice_the_same(box: SecretBox) -> None:
    one, other = (json.dumps(box.seal("sk-very-secret", PLACE)) for _ in range(2))
    assert "secret" not in one
    assert one != other


@pytest.mark.parametrize("field", ["organization_id", "table", "id", "column", "address"])
def test_an_envelope_copied_to_another_place_does_not_open(box: SecretBox, field: str) -> None:
    envelope = box.seal("sk", PLACE)
    with pytest.raises(ConfigurationError, match="damaged, or belongs to another record or address"):
        box.open(envelope, replace(PLACE, **{field: "other"}))


def test_parts_of_a_place_are_kept_apart(box: SecretBox) -> None:
    envelope = box.seal("sk", Place("a", "bc", "d", "e", "f"))
    with pytest.raises(ConfigurationError):
        box.open(envelope, Place("ab", "c", "d", "e", "f"))


def test_another_key_is_reported_as_the_reason(box: SecretBox) -> None:
    envelope = SecretBox.from_text(new_key_text()).seal("sk", PLACE)
    with pytest.raises(ConfigurationError, match="sealed with another EMBEDD_SECRET_KEY"):
        box.open(envelope, PLACE)


@pytest.mark.parametrize("part", ["key", "data"])
@pytest.mark.parametrize(
    "spoil", [lambda b: b[:-1], lambda b: b[:-1] + bytes([b[-1] ^ 1]), lambda b: b"", lambda b: b[:5]]
)
def test_a_damaged_envelope_is_an_error_of_ours(box: SecretBox, part: str, spoil: object) -> None:
    envelope = box.seal("sk", PLACE)
    envelope[part] = base64.b64encode(spoil(base64.b64decode(envelope[part]))).decode()  # type: ignore[operator]
    with pytest.raises(ConfigurationError):
        box.open(envelope, PLACE)
    del envelope[part]
    with pytest.raises(ConfigurationError):
        box.open(envelope, PLACE)


def test_a_key_may_be_written_in_base64_or_hex() -> None:
    key = secrets.token_bytes(32)
    envelope = SecretBox.from_text(base64.b64encode(key).decode()).seal("sk", PLACE)
    assert SecretBox.from_text(key.hex()).open(envelope, PLACE) == "sk"


@pytest.mark.parametrize(
    "text", [None, "", "short", "=" * 44, "z" * 64, base64.b64encode(b"x" * 31).decode(), "ä" * 44]
)
def test_a_malformed_key_is_named_by_its_variable_and_not_shown(text: str | None) -> None:
    with pytest.raises(ConfigurationError, match="EMBEDD_SECRET_KEY") as caught:
        SecretBox.from_text(text)
    assert not text or text not in caught.value.message


def test_references_are_resolved_where_they_are_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TEST_KEY", "sk-env")
    (tmp_path / "key").write_text("sk-file\n")
    assert resolve_reference("env:TEST_KEY") == "sk-env"
    assert resolve_reference(f"file:{tmp_path}/key") == "sk-file"


@pytest.mark.parametrize("reference", ["env:TEST_MISSING", "file:/nowhere/key", "file:/"])
def test_a_missing_reference_is_named(reference: str) -> None:
    with pytest.raises(ConfigurationError, match="is missing or unreadable here") as caught:
        resolve_reference(reference)
    assert reference.partition(":")[2] in caught.value.message
