"""Shared parts of the provider suites: a stub of the vendors, and a configuration for each."""

from __future__ import annotations

import traceback
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import pytest

from embedd_pg.embedding.providers.base import EmbedderConfig, Limits, Provider
from embedd_pg.errors import EmbeddingProviderError
from tests.support.vendor_stub import Stub, running

KEY = "sk-secret-key"
TEXTS = ["red leather boots", "blue kitchen knife", "a tent for four", "boots of red leather"]


@dataclass(frozen=True)
class Vendor:
    provider: str
    model: str
    dimensions: int
    path: str
    #: The most texts of one request.
    items: int


VENDORS = {
    "openai": Vendor("openai", "text-embedding-3-small", 1536, "/v1", 2048),
    "compatible": Vendor("openai", "nomic-embed-text", 1536, "/v1", 256),
    "voyage": Vendor("voyage", "voyage-3.5-lite", 512, "/v1", 1000),
    "gemini": Vendor("gemini", "gemini-embedding-001", 3072, "", 100),
    "tei": Vendor("tei", "BAAI/bge-m3", 1536, "", 32),
    "cohere": Vendor("cohere", "embed-v4.0", 1024, "", 96),
    "jina": Vendor("jina", "jina-embeddings-v3", 1024, "/v1", 512),
}


@pytest.fixture(scope="module")
def shared_stub() -> Iterator[Stub]:
    with running() as stub:
        yield stub


@pytest.fixture
def stub(shared_stub: Stub) -> Stub:
    shared_stub.reset()
    return shared_stub


def config(vendor: Vendor, stub: Stub, **changes: Any) -> EmbedderConfig:
    usual = EmbedderConfig(vendor.provider, vendor.model, vendor.dimensions, stub.url + vendor.path, KEY)
    return replace(usual, limits=Limits(vendor.items, 100_000, 8192), **changes)


async def failure_of(provider: Provider, texts: list[str] | None = None) -> EmbeddingProviderError:
    """Return the failure, after checking that it shows neither the vendor's text nor the key."""
    with pytest.raises(EmbeddingProviderError) as caught:
        await provider.embed(texts or TEXTS, "document")
    printed = "".join(traceback.format_exception(caught.value)) + repr(vars(caught.value))
    assert "SECRET" not in printed
    assert KEY not in printed
    return caught.value
