"""One suite for every vendor's reranker, against the stub: scores for all texts in order, and the same failures as
embedding."""

from __future__ import annotations

import asyncio
import logging
import socket
import sys
import traceback
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import pytest

from embedd_pg.embedding.providers import reply
from embedd_pg.embedding.providers.base import (
    EmbedderConfig,
    InputRefused,
    ProviderBusy,
    ProviderMisconfigured,
    ProviderQuotaExhausted,
    ProviderUnavailable,
)
from embedd_pg.embedding.rerankers import DEFAULT_MODELS, open_reranker
from embedd_pg.embedding.rerankers.base import MAX_TEXTS, Reranker
from embedd_pg.errors import ConfigurationError, EmbeddingProviderError, ValidationError
from tests.support.providers import KEY, TEXTS, shared_stub, stub
from tests.support.rerank_wire import counted_of, relevance_of
from tests.support.vendor_stub import Stub

__all__ = ["shared_stub", "stub"]  # fixtures

QUERY = "boots made of leather"
MODEL = "some-reranker"
EXPECTED = [relevance_of(QUERY, text) for text in TEXTS]
ADDRESS = {"voyage": "/v1", "cohere": "", "jina": "/v1"}


def config(provider: str, stub: Stub, **changes: Any) -> EmbedderConfig:
    usual = EmbedderConfig(provider, "", 0, stub.url + ADDRESS[provider], KEY)
    return replace(usual, **changes)


@pytest.fixture(params=ADDRESS)
def provider(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
async def reranker(provider: str, stub: Stub) -> AsyncIterator[Reranker]:
    opened = open_reranker(config(provider, stub))
    yield opened
    await opened.close()


async def failure_of(reranker: Reranker, query: str = QUERY) -> EmbeddingProviderError:
    """The failure, after a look that nothing of the vendor's text, the key or the texts shows anywhere in it."""
    with pytest.raises(EmbeddingProviderError) as caught:
        await reranker.rerank(MODEL, query, TEXTS)
    printed = "".join(traceback.format_exception(caught.value)) + repr(vars(caught.value))
    assert not any(text in printed for text in ("SECRET", KEY, QUERY, TEXTS[0]))
    return caught.value


async def test_every_text_has_its_score_in_the_order_given(reranker: Reranker, provider: str, stub: Stub) -> None:
    for spoil in ("", "shuffled"):
        stub.fault(spoil=spoil)
        scores, tokens = await reranker.rerank(MODEL, QUERY, TEXTS)
        assert scores == pytest.approx(EXPECTED)
        assert tokens == (None if provider == "cohere" else counted_of(QUERY, TEXTS))


async def test_a_request_carries_model_query_and_key(reranker: Reranker, provider: str, stub: Stub) -> None:
    await reranker.rerank(MODEL, QUERY, TEXTS)
    own = {"voyage": {"truncation": True}, "cohere": {"top_n": 4}, "jina": {"top_n": 4, "return_documents": False}}
    assert stub.stats.bodies == [{"model": MODEL, "query": QUERY, **own[provider]}]
    assert stub.stats.paths == ["/v2/rerank" if provider == "cohere" else "/v1/rerank"]
    assert (stub.stats.authorizations, stub.stats.texts) == ([f"Bearer {KEY}"], TEXTS)


PLACES = [
    ("voyage", "/v1", "/embeddings", "/v1/rerank"),
    ("voyage", "", "/v1/embeddings", "/v1/rerank"),
    ("cohere", "", "/embeddings", "/v2/rerank"),
    ("cohere", "/v2", None, "/v2/rerank"),
    ("cohere", "/compatibility/v1", "/embeddings", "/v2/rerank"),
    ("cohere", "", "/v2/embed", "/v2/rerank"),
    ("jina", "", "/embeddings", "/v1/rerank"),
    ("jina", "/v1/", None, "/v1/rerank"),
    ("jina", "", "/v1/embeddings", "/v1/rerank"),
]


@pytest.mark.parametrize(("provider", "address", "path", "asked"), PLACES)
async def test_the_reranker_is_called_next_to_the_embedding_endpoint(
    provider: str, address: str, path: str | None, asked: str, stub: Stub
) -> None:
    opened = open_reranker(config(provider, stub, base_url=stub.url + address, path=path))
    await opened.rerank(MODEL, QUERY, TEXTS)
    await opened.close()
    assert stub.stats.paths == [asked]


@pytest.mark.parametrize("written", ["null", "-1", "1.5", "true", '"7"'])
async def test_an_invalid_token_count_does_no_harm(reranker: Reranker, stub: Stub, written: str) -> None:
    stub.fault(tokens=written)
    assert (await reranker.rerank(MODEL, QUERY, TEXTS)).tokens is None


@pytest.mark.parametrize(("query", "text"), [("q " * 40_000, "a long text " * 4_000), ("語" * 20_000, "語" * 40_000)])
async def test_long_texts_are_cut_to_the_limit_of_the_vendor(
    reranker: Reranker, stub: Stub, query: str, text: str
) -> None:
    for count in (1, 50, MAX_TEXTS):
        stub.reset()
        texts = [f"{number} {text}" for number in range(count)]
        assert len((await reranker.rerank(MODEL, query, texts)).scores) == count
        sent, (body,) = stub.stats.texts, stub.stats.bodies
        assert len(sent) == count and query.startswith(body["query"]) and len(body["query"]) > 20
        assert all(len(cut) > 50 and whole.startswith(cut) for cut, whole in zip(sent, texts, strict=True))


async def test_texts_that_fit_are_sent_whole(reranker: Reranker, stub: Stub) -> None:
    texts = ["a text of a usual length " * 10] * 50
    await reranker.rerank(MODEL, "a usual query", texts)
    assert stub.stats.texts == texts and stub.stats.bodies[0]["query"] == "a usual query"


ROWS: list[tuple[int, type[EmbeddingProviderError]]] = [
    (429, ProviderBusy),
    (402, ProviderQuotaExhausted),
    (401, ProviderMisconfigured),
    (404, ProviderMisconfigured),
    (307, ProviderMisconfigured),
    (400, InputRefused),
    (422, InputRefused),
    (500, ProviderUnavailable),
    (503, ProviderUnavailable),
]


@pytest.mark.parametrize(("status", "expected"), ROWS)
async def test_each_status_becomes_the_right_failure(
    reranker: Reranker, provider: str, stub: Stub, status: int, expected: type[EmbeddingProviderError]
) -> None:
    stub.fault(status=status, headers={307: {"location": stub.url}, 429: {"retry-after": "7"}}.get(status, {}))
    failure = await failure_of(reranker)
    assert type(failure) is expected
    assert f"provider {provider}, model {MODEL}," in failure.message and f"(HTTP {status})" in failure.message
    if isinstance(failure, ProviderBusy):
        assert failure.retry_after == 7
    assert stub.stats.requests == 1
    assert (await reranker.rerank(MODEL, QUERY, TEXTS)).scores == pytest.approx(EXPECTED)


@pytest.mark.parametrize(
    ("provider", "fault", "expected"),
    [
        ("cohere", {"status": 429, "message": "limited to 1000 API calls / month."}, ProviderQuotaExhausted),
        ("cohere", {"status": 498}, InputRefused),
        ("jina", {"status": 422, "param": "model"}, ProviderMisconfigured),
    ],
)
async def test_the_vendors_own_error_codes_are_understood(
    provider: str, fault: dict[str, Any], expected: type[EmbeddingProviderError], stub: Stub
) -> None:
    opened = open_reranker(config(provider, stub))
    stub.fault(**fault)
    assert type(await failure_of(opened)) is expected
    await opened.close()


SPOILS = [
    "garbage",
    "short",
    "duplicate",
    "one-more",
    "odd-index",
    "beyond",
    "no-index",
    "nan",
    "null",
    "text",
    "huge",
    "true",
]


@pytest.mark.parametrize("spoil", SPOILS)
async def test_a_bad_reply_is_unavailable(reranker: Reranker, stub: Stub, spoil: str) -> None:
    stub.fault(spoil=spoil)
    failure = await failure_of(reranker)
    assert type(failure) is ProviderUnavailable and "cannot be read" in failure.message


async def test_a_hanging_vendor_is_unavailable(reranker: Reranker, stub: Stub, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reply, "TOTAL_SECONDS", 0.2)
    stub.fault(hang=2.0)
    failure = await failure_of(reranker)
    assert type(failure) is ProviderUnavailable and "did not answer in time" in failure.message


async def test_a_refused_connection_is_unavailable(provider: str, stub: Stub) -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        address = f"http://127.0.0.1:{closed.getsockname()[1]}{ADDRESS[provider]}"
    opened = open_reranker(config(provider, stub, base_url=address))
    assert type(await failure_of(opened)) is ProviderUnavailable
    await opened.close()


async def test_a_text_that_is_not_unicode_is_an_input_fault(reranker: Reranker, stub: Stub) -> None:
    assert type(await failure_of(reranker, "a \ud800")) is InputRefused
    assert stub.stats.requests == 0


async def test_without_a_key_none_is_taken_from_the_environment(
    provider: str, stub: Stub, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("VOYAGE", "CO", "COHERE", "JINA"):
        monkeypatch.setenv(f"{name}_API_KEY", "sk-of-somebody-else")
    with pytest.raises(ProviderMisconfigured, match="needs an API key"):
        open_reranker(config(provider, stub, api_key=None))


async def test_concurrent_requests_do_not_mix(reranker: Reranker) -> None:
    queries = [f"query {number}" for number in range(20)]
    found = await asyncio.gather(*(reranker.rerank(MODEL, query, TEXTS) for query in queries))
    for query, (scores, _) in zip(queries, found, strict=True):
        assert scores == pytest.approx([relevance_of(query, text) for text in TEXTS])


async def test_no_log_holds_a_text_or_the_key(reranker: Reranker, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    await reranker.rerank(MODEL, "a private query", ["a private text"])
    assert "private" not in caplog.text and KEY not in caplog.text
    assert KEY not in repr(reranker)


@pytest.mark.parametrize("provider", ["openai", "local", "gemini", "tei"])
def test_other_providers_cannot_rerank_and_the_error_names_those_that_can(provider: str) -> None:
    with pytest.raises(ValidationError, match=f"{provider} cannot rerank; voyage, cohere, jina can"):
        open_reranker(EmbedderConfig(provider, "", 0, None, KEY))


def test_the_suite_knows_every_vendor() -> None:
    assert set(ADDRESS) == set(DEFAULT_MODELS)


def test_a_missing_sdk_names_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in ("rerankers.voyage", "providers.voyage_session"):
        monkeypatch.delitem(sys.modules, f"embedd_pg.embedding.{module}", raising=False)
    monkeypatch.setitem(sys.modules, "voyageai", None)
    with pytest.raises(ConfigurationError, match=r"pip install embedd-pg\[voyage\]"):
        open_reranker(EmbedderConfig("voyage", "", 0, None, KEY))
