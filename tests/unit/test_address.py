"""The address of an embedder's requests."""

from __future__ import annotations

from dataclasses import replace

import pytest

from embedd_pg.embedding.providers.address import ADDRESS_VARIABLES, speaks_openai, target_of
from embedd_pg.embedding.providers.base import EmbedderConfig
from embedd_pg.embedding.providers.registry import ADAPTERS


@pytest.fixture(autouse=True)
def _no_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ADDRESS_VARIABLES.values():
        monkeypatch.delenv(name, raising=False)


@pytest.mark.parametrize(
    ("provider", "address", "path", "target"),
    [
        ("openai", "http://h/v1/", None, "http://h/v1/embeddings"),
        ("openai", "http://h", "/embeddings", "http://h/embeddings"),
        ("openai", "http://h", "/e?api-version=1", "http://h/e?api-version=1"),
        # An SQL embedder has no path, one of the GoodMem face has /embeddings when it was left out.
        ("cohere", None, None, "https://api.cohere.com/v2/embed"),
        ("cohere", "https://api.cohere.com", "/embeddings", "https://api.cohere.com/v2/embed"),
        ("cohere", "https://api.cohere.com/", "/v2/embed", "https://api.cohere.com/v2/embed"),
        ("cohere", "https://api.cohere.com/v2", "/embeddings", "https://api.cohere.com/v2/embed"),
        ("cohere", "https://api.cohere.com/v2", None, "https://api.cohere.com/v2/embed"),
        ("cohere", "https://gateway/cohere", None, "https://gateway/cohere/v2/embed"),
        ("jina", None, None, "https://api.jina.ai/v1/embeddings"),
        ("jina", "https://api.jina.ai/v1", "/embeddings", "https://api.jina.ai/v1/embeddings"),
        ("jina", "https://api.jina.ai", "/embeddings", "https://api.jina.ai/v1/embeddings"),
        ("jina", "https://api.jina.ai", "/v1/embeddings", "https://api.jina.ai/v1/embeddings"),
        ("jina", "https://gateway/jina", "/embeddings", "https://gateway/jina/embeddings"),
        ("tei", "http://h:8080", None, "http://h:8080/embed"),
        ("tei", "http://h:8080", "/embed", "http://h:8080/embed"),
    ],
)
def test_the_target_is_the_address_with_the_given_path_or_that_of_the_vendor(
    provider: str, address: str | None, path: str | None, target: str
) -> None:
    config = EmbedderConfig(provider, "m", 8, address, path=path)
    assert target_of(config) == target
    assert not speaks_openai(config)


@pytest.mark.parametrize("address", ["http://h", "http://h/", "http://h/v1", "http://h/v1/"])
@pytest.mark.parametrize("path", [None, "/embeddings"])
def test_the_version_of_a_path_of_several_parts_is_not_repeated(
    address: str, path: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(ADAPTERS, "jina", replace(ADAPTERS["jina"], path="/v1/embedding/text"))
    assert target_of(EmbedderConfig("jina", "m", 8, address, path=path)) == "http://h/v1/embedding/text"


@pytest.mark.parametrize(
    ("provider", "address", "path"),
    [
        ("tei", "http://h:8080", "/embeddings"),
        ("tei", "http://h:8080", "/v1/embeddings"),
        ("tei", "http://h:8080/v1", "/embeddings"),
        ("cohere", "https://api.cohere.ai/compatibility/v1", "/embeddings"),
        ("cohere", "https://api.cohere.ai", "/compatibility/v1/embeddings?x=1"),
    ],
)
def test_a_path_that_ends_like_that_of_openai_uses_its_protocol(provider: str, address: str, path: str) -> None:
    config = EmbedderConfig(provider, "m", 8, address, path=path)
    assert target_of(config) == address + path
    assert speaks_openai(config)
