"""The catalogue of models and the way from a stored embedder to its provider."""

from __future__ import annotations

import sys

import pytest

from embedd_pg.embedding.providers import catalogue, open_provider
from embedd_pg.embedding.providers.base import EmbedderConfig
from embedd_pg.errors import ConfigurationError, ValidationError

KEY = "sk-secret-key"


@pytest.mark.parametrize(
    ("provider", "model", "dimensions", "message"),
    [
        ("acme", "x", 1, "allowed are: openai, gemini, voyage, cohere, jina, local, tei"),
        ("voyage", "text-embedding-3-small", 1, "allowed are: voyage-3.5, voyage-3.5-lite"),
        ("openai", "text-embedding-ada-002", 512, "yields 1536 dimensions, not 512"),
        ("openai", "text-embedding-3-small", 1537, "not 1537"),
        ("voyage", "voyage-3.5", 300, "not 300"),
        ("local", "all-MiniLM-L6-v2", 128, "not 128"),
        ("cohere", "embed-v4.0", 700, "yields 1536 dimensions or certain other sizes, not 700"),
        ("cohere", "embed-english-v3.0", 512, "yields 1024 dimensions, not 512"),
        ("jina", "jina-embeddings-v3", 1025, "not 1025"),
        ("jina", "mine", 0, "the size of its vectors"),
        ("tei", "mine", 8, "needs a base_url"),
    ],
)
def test_what_the_catalogue_does_not_know_is_refused(
    provider: str, model: str, dimensions: int, message: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("OPENAI_BASE_URL", raising=False)
    with pytest.raises(ValidationError, match=message):
        open_provider(EmbedderConfig(provider, model, dimensions, None, KEY))


def test_the_catalogue_names_sizes_and_which_may_be_shortened() -> None:
    assert catalogue.model_of("openai", "text-embedding-3-large").dimensions == 3072
    assert catalogue.model_of("voyage", "voyage-3.5-lite").dimensions == 512
    shortened = {model.name for model in catalogue.models() if model.shortens}
    assert "text-embedding-3-small" in shortened
    assert not shortened & {"text-embedding-ada-002", "voyage-3-lite", "all-MiniLM-L6-v2"}
    catalogue.check_model("voyage", "voyage-3.5", dimensions=2048)
    catalogue.check_model("openai", "text-embedding-3-large", dimensions=256)
    catalogue.check_model("cohere", "embed-v4.0", dimensions=256)
    for provider in ("cohere", "jina", "tei"):
        limits = catalogue.check_model(provider, "a model nobody knows", dimensions=7, base_url="http://own")
        assert limits.max_items == {"cohere": 96, "jina": 512, "tei": 32}[provider]


@pytest.mark.parametrize("address", ["ftp://host", "host:80", "https://", "file:///etc/passwd"])
@pytest.mark.parametrize("provider", ["openai", "voyage", "gemini", "cohere", "jina"])
def test_an_address_that_is_not_http_is_refused(provider: str, address: str) -> None:
    with pytest.raises(ValidationError, match="base_url"):
        open_provider(_config(provider, address))


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
        open_provider(_config(name))


def _config(provider: str, base_url: str | None = None) -> EmbedderConfig:
    model = next(entry for entry in catalogue.models() if entry.provider == provider)
    return EmbedderConfig(provider, model.name, model.dimensions, base_url, KEY)
