"""The way from a stored embedder to its provider."""

from __future__ import annotations

import sys

import pytest

from embedd_pg.embedding.providers import open_provider
from embedd_pg.embedding.providers.base import EmbedderConfig
from embedd_pg.embedding.providers.registry import ADAPTERS
from embedd_pg.errors import ConfigurationError, ValidationError

KEY = "sk-secret-key"


@pytest.mark.parametrize(
    ("provider", "message"),
    [
        ("acme", "allowed are: cohere, gemini, jina, local, openai, tei, voyage"),
        ("tei", "needs a base_url"),
    ],
)
def test_a_provider_that_cannot_be_opened_says_why(provider: str, message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        open_provider(EmbedderConfig(provider, "m", 8, None, KEY))


@pytest.mark.parametrize(
    ("provider", "model", "base_url", "adapter"),
    [
        ("openai", "text-embedding-3-small", None, "OpenAIProvider"),
        ("openai", "a-model-of-tomorrow", None, "OpenAIProvider"),
        ("openai", "text-embedding-3-small", "http://own/v1", "OpenAIProvider"),
        ("openai", "nomic-embed-text", "http://own/v1", "CompatibleProvider"),
        ("voyage", "a-model-of-tomorrow", None, "VoyageProvider"),
        ("gemini", "a-model-of-tomorrow", None, "GeminiProvider"),
    ],
)
def test_an_unknown_model_is_requested_from_its_vendor(
    provider: str, model: str, base_url: str | None, adapter: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for other in ADAPTERS.values():
        monkeypatch.delenv(other.variable or "NOTHING", raising=False)
    assert type(open_provider(EmbedderConfig(provider, model, 8, base_url, KEY))).__name__ == adapter


@pytest.mark.parametrize("address", ["ftp://host", "host:80", "https://", "file:///etc/passwd"])
@pytest.mark.parametrize("provider", ["openai", "voyage", "gemini", "cohere", "jina"])
def test_an_address_that_is_not_http_is_refused(provider: str, address: str) -> None:
    with pytest.raises(ValidationError, match="base_url"):
        open_provider(EmbedderConfig(provider, "m", 8, address, KEY))


@pytest.mark.parametrize(
    ("name", "package"), [("openai", "openai"), ("voyage", "voyageai"), ("gemini", "google.genai")]
)
def test_a_missing_sdk_names_the_extra(name: str, package: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (f"embedd_pg.embedding.providers.{name}", "embedd_pg.embedding.providers.voyage_session"):
        monkeypatch.delitem(sys.modules, module, raising=False)
    monkeypatch.setitem(sys.modules, package, None)
    if package == "google.genai":
        import google

        monkeypatch.delattr(google, "genai", raising=False)
    with pytest.raises(ConfigurationError, match=rf"pip install embedd-pg\[{name}\]"):
        open_provider(EmbedderConfig(name, "m", 8, None, KEY))
