"""A real server that speaks OpenAI's protocol, at EMBEDD_TEST_OPENAI_URL (such as http://127.0.0.1:8181/v1).

Its model is EMBEDD_TEST_OPENAI_MODEL, or the first it lists. tests/support/tiny_model.py makes one without a download.
"""

from __future__ import annotations

import os

import httpx
import numpy as np
import pytest

from embedd_pg.embedding.providers import open_provider
from embedd_pg.embedding.providers.base import EmbedderConfig, Provider, ProviderMisconfigured
from tests.support.search import search
from tests.support.worker import COLUMNS, Site, both_stores

URL = os.environ.get("EMBEDD_TEST_OPENAI_URL")
pytestmark = pytest.mark.skipif(
    URL is None, reason="EMBEDD_TEST_OPENAI_URL names no server that speaks OpenAI's protocol"
)
TEXTS = ["coffee and tea", "a garden lamp", "a battery", "tea and coffee", "über Käse 漢字"]


@pytest.fixture(scope="module")
def model() -> str:
    named = os.environ.get("EMBEDD_TEST_OPENAI_MODEL")
    return named or str(httpx.get(f"{URL}/models", timeout=30).json()["data"][0]["id"])


@pytest.fixture(scope="module")
def dimensions(model: str) -> int:
    answer = httpx.post(f"{URL}/embeddings", json={"model": model, "input": ["one"]}, timeout=60).json()
    return len(answer["data"][0]["embedding"])


def opened(model: str, dimensions: int) -> Provider:
    return open_provider(EmbedderConfig("openai", model, dimensions, URL, None))


async def test_vectors_come_in_order_and_are_the_same_alone_and_together(model: str, dimensions: int) -> None:
    provider = opened(model, dimensions)
    together, tokens = await provider.embed(TEXTS, "document")
    assert together.shape == (len(TEXTS), dimensions) and together.dtype == np.float32
    assert tokens is None or tokens > 0
    for text, vector in zip(TEXTS, together, strict=True):
        alone, _ = await provider.embed([text], "query")
        assert float(alone[0] @ vector / np.linalg.norm(alone[0]) / np.linalg.norm(vector)) > 0.999
    await provider.close()


async def test_a_size_that_the_model_does_not_have_is_a_configuration_error(model: str, dimensions: int) -> None:
    provider = opened(model, dimensions + 1)
    with pytest.raises(ProviderMisconfigured):
        await provider.embed(TEXTS, "document")
    await provider.close()


@both_stores
async def test_a_table_is_filled_and_followed(site: Site, model: str, dimensions: int) -> None:
    await site.create_source(rows=30)
    await site.do(
        "select embedd.create_embedder(name => 'real', provider => 'openai', model => %s, base_url => %s)", model, URL
    )
    await site.create_vector_table(
        embedder="real", columns=COLUMNS, embedding_model=model, embedding_dimensions=dimensions
    )
    await site.backfill()
    async with site.worker() as running:
        await site.quiet()
        await site.do("update articles set title = 'coffee', body = 'and tea' where id = 7")
        await site.do("delete from articles where id = 8")
        await site.quiet()
        status = await site.status()
        assert (status["sync_status"], status["synced_rows"], status["dead_rows"]) == ("synced", 29, 0)
        first = (await search(running.clients, "articles", "Title: coffee\nand tea", limit=1)).hits[0]
        assert first.key == "7" and first.score > 0.999
