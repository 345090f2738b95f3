"""TEI, Cohere and Jina: the peculiarities of their protocols."""

from __future__ import annotations

from typing import Any

import pytest

from embedd_pg.embedding.providers import open_provider
from embedd_pg.embedding.providers.base import EmbedderConfig, InputRefused, Provider, ProviderMisconfigured
from tests.support.providers import KEY, TEXTS, failure_of, shared_stub, stub
from tests.support.vendor_stub import Stub
from tests.support.vendor_wire import tokens_of

__all__ = ["shared_stub", "stub"]  # fixtures


def opened(stub: Stub, provider: str, model: str, dimensions: int, *, path: str | None = None) -> Provider:
    return open_provider(EmbedderConfig(provider, model, dimensions, stub.url, KEY, path))


async def sizes_asked(provider: Provider, stub: Stub, field: str) -> list[int | None]:
    """The sizes that two requests ask for, one after the other."""
    for _ in range(2):
        assert (await provider.embed(TEXTS, "document")).vectors.shape[0] == len(TEXTS)
    await provider.close()
    return [body.get(field) for body in stub.stats.bodies]


@pytest.mark.parametrize("path", ["/embeddings", "/v1/embeddings"])
async def test_tei_at_the_path_of_openai_is_called_in_that_protocol(stub: Stub, path: str) -> None:
    provider = opened(stub, "tei", "BAAI/bge-m3", 1536, path=path)
    _, tokens = await provider.embed(TEXTS, "document")
    assert tokens == tokens_of(TEXTS)
    assert stub.stats.paths == [path]
    assert stub.stats.bodies == [{"model": "BAAI/bge-m3", "encoding_format": "base64"}]
    assert provider.limits.max_items == 32
    await provider.close()


async def test_a_size_is_requested_from_tei_once_a_reply_has_another(stub: Stub) -> None:
    assert await sizes_asked(opened(stub, "tei", "m", 256), stub, "dimensions") == [None, 256, 256]
    assert set(stub.stats.paths) == {"/embed"}


@pytest.mark.parametrize("setting", ["honours_size", "refuses_size"])
async def test_a_tei_that_cannot_yield_the_size_is_misconfigured(stub: Stub, setting: str) -> None:
    setattr(stub.settings, setting, setting == "refuses_size")
    provider = opened(stub, "tei", "m", 256)
    assert type(await failure_of(provider)) is ProviderMisconfigured
    await provider.close()


@pytest.mark.parametrize(
    ("provider", "model", "count", "expected"),
    [("tei", "m", 33, InputRefused), ("cohere", "embed-v4.0", 97, InputRefused), ("jina", "m", 513, InputRefused)],
)
async def test_more_texts_than_the_vendor_takes_are_refused_and_can_be_halved(
    stub: Stub, provider: str, model: str, count: int, expected: type[Exception]
) -> None:
    asked = opened(stub, provider, model, 1536)
    assert type(await failure_of(asked, ["a"] * count)) is expected
    assert len((await asked.embed(["a"] * (count // 2), "document")).vectors) == count // 2
    await asked.close()


async def test_no_size_is_requested_from_the_third_generation_of_cohere(stub: Stub) -> None:
    stub.settings.dimensions = 1024
    asked = await sizes_asked(opened(stub, "cohere", "embed-english-v3.0", 1024), stub, "output_dimension")
    assert asked == [None, None]
    stub.settings.dimensions = 512
    provider = opened(stub, "cohere", "embed-english-v3.0", 1024)
    assert type(await failure_of(provider)) is ProviderMisconfigured
    assert "output_dimension" not in stub.stats.bodies[-1]
    await provider.close()


@pytest.mark.parametrize(
    ("provider", "model", "field"),
    [("cohere", "embed-next", "output_dimension"), ("jina", "jina-code-embeddings-0.5b", "dimensions")],
)
async def test_a_size_is_requested_from_an_unknown_model_only_if_needed(
    stub: Stub, provider: str, model: str, field: str
) -> None:
    assert await sizes_asked(opened(stub, provider, model, 700), stub, field) == [None, 700, 700]


async def test_both_requests_are_counted_if_two_were_needed(stub: Stub) -> None:
    provider = opened(stub, "cohere", "embed-next", 700)
    assert [(await provider.embed(TEXTS, "document")).tokens for _ in range(2)] == [
        2 * tokens_of(TEXTS),
        tokens_of(TEXTS),
    ]
    await provider.close()


@pytest.mark.parametrize(
    ("model", "task"),
    [
        ("jina-embeddings-v2-base-en", None),
        ("jina-embeddings-v3", "retrieval.query"),
        ("jina-embeddings-v10-nano", "retrieval.query"),
        ("jina-code-embeddings-0.5b", None),
    ],
)
async def test_jina_gets_the_kind_of_text_from_version_three_on(stub: Stub, model: str, task: str | None) -> None:
    stub.settings.dimensions = 768
    provider = opened(stub, "jina", model, 768)
    await provider.embed(TEXTS, "query")
    assert stub.stats.bodies[-1].get("task") == task
    await provider.close()


@pytest.mark.parametrize(
    "body",
    [
        b"[]",
        b"{}",
        b"[1, 2, 3, 4]",
        b'{"embeddings": {}}',
        b'{"data": [1]}',
        b"null",
        b'{"a": 1, "b": 2, "c": 3, "d": 4}',
    ],
)
@pytest.mark.parametrize("name", ["tei", "cohere", "jina"])
async def test_a_reply_that_is_not_the_vendors_is_reported(
    stub: Stub, name: str, body: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def answered(_self: Any, _body: dict[str, Any]) -> bytes:
        return body

    monkeypatch.setattr("embedd_pg.embedding.providers.http.HttpCarrier.post", answered)
    provider = opened(stub, name, "m", 8)
    failure = await failure_of(provider)
    if body == b"[1, 2, 3, 4]" and name == "tei":
        assert "unusable vectors for 4 of 4" in failure.message
    else:
        assert "cannot be read or is incomplete" in failure.message
    await provider.close()
