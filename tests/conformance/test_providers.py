"""One suite for every embedding provider: the real local model, and the vendors' own SDKs, or plain HTTP without one,
against the stub.

Section 11 of the sync protocol says what a failure means for a row; here each sign must lead to its class.
"""

from __future__ import annotations

import asyncio
import logging
import socket
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from embedd_pg.embedding.providers import open_provider, reply
from embedd_pg.embedding.providers.address import ADDRESS_VARIABLES
from embedd_pg.embedding.providers.base import (
    EmbedderConfig,
    InputRefused,
    ItemsRefused,
    Provider,
    ProviderBusy,
    ProviderMisconfigured,
    ProviderQuotaExhausted,
    ProviderUnavailable,
)
from embedd_pg.errors import EmbeddingProviderError, ValidationError
from tests.support.certificate import self_signed
from tests.support.providers import KEY, TEXTS, VENDORS, Vendor, config, failure_of, shared_stub, stub
from tests.support.vendor_stub import Stub, vector_of
from tests.support.vendor_wire import tokens_of

__all__ = ["shared_stub", "stub"]  # fixtures


@pytest.fixture(params=VENDORS)
def vendor(request: pytest.FixtureRequest) -> Vendor:
    return VENDORS[request.param]


@pytest.fixture
async def provider(vendor: Vendor, stub: Stub) -> AsyncIterator[Provider]:
    opened = open_provider(config(vendor, stub))
    yield opened
    await opened.close()


@pytest.fixture(params=[*VENDORS, "local"])
async def any_provider(request: pytest.FixtureRequest, stub: Stub) -> AsyncIterator[Provider]:
    if request.param == "local":
        opened = open_provider(EmbedderConfig("local", "all-MiniLM-L6-v2", 384))
    else:
        opened = open_provider(config(VENDORS[request.param], stub))
    yield opened
    await opened.close()


# What every provider does


async def test_vectors_come_in_order_with_their_size(any_provider: Provider) -> None:
    vectors, _ = await any_provider.embed(TEXTS, "document")
    assert vectors.dtype == np.float32
    assert vectors.shape[0] == len(TEXTS)
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
    near = vectors @ vectors.T
    assert near[0, 3] > max(near[0, 1], near[0, 2])


async def test_a_text_has_the_same_vector_in_any_batch(any_provider: Provider) -> None:
    together, _ = await any_provider.embed(TEXTS, "document")
    alone = np.concatenate([(await any_provider.embed([text], "document")).vectors for text in TEXTS])
    reverse = (await any_provider.embed(TEXTS[::-1], "document")).vectors[::-1]
    assert np.abs(together - alone).max() < 1e-5
    assert np.abs(together - reverse).max() < 1e-5


async def test_an_empty_batch_needs_no_request(any_provider: Provider, stub: Stub) -> None:
    vectors, tokens = await any_provider.embed([], "query")
    assert vectors.shape[0] == 0
    assert tokens is None
    assert stub.stats.requests == 0


async def test_a_query_finds_its_document(any_provider: Provider) -> None:
    documents, _ = await any_provider.embed(TEXTS, "document")
    query, _ = await any_provider.embed(["knife for the kitchen"], "query")
    assert int(np.argmax(documents @ query[0])) == 1


async def test_a_provider_has_the_configured_limits(provider: Provider, vendor: Vendor, stub: Stub) -> None:
    assert provider.limits == config(vendor, stub).limits and provider.limits.max_items == vendor.items


# What the vendors count

COUNTS_NOTHING = ("gemini", "tei")  # their replies hold no count


async def test_the_vendors_count_of_tokens_comes_with_the_vectors(provider: Provider, vendor: Vendor) -> None:
    _, tokens = await provider.embed(TEXTS, "document")
    assert tokens == (None if vendor.provider in COUNTS_NOTHING else tokens_of(TEXTS))


async def test_the_local_model_counts_nothing() -> None:
    opened = open_provider(EmbedderConfig("local", "all-MiniLM-L6-v2", 384))
    assert (await opened.embed(["a"], "document")).tokens is None


@pytest.mark.parametrize("written", ["null", "-1", "1.5", "true", '"7"', "[7]", "{}", "99999999999999999999"])
async def test_an_invalid_token_count_does_no_harm(provider: Provider, stub: Stub, written: str) -> None:
    stub.fault(tokens=written)
    vectors, tokens = await provider.embed(TEXTS, "document")
    assert len(vectors) == len(TEXTS)
    assert tokens is None


# What the vendors are asked


async def test_a_request_carries_model_size_and_kind(provider: Provider, vendor: Vendor, stub: Stub) -> None:
    await provider.embed(["a"], "document")
    await provider.embed(["a"], "query")
    expected: dict[str, list[dict[str, Any]]] = {
        "text-embedding-3-small": [{"model": vendor.model, "dimensions": 1536, "encoding_format": "base64"}] * 2,
        # A size is asked for only once a reply has another.
        "nomic-embed-text": [{"model": vendor.model, "encoding_format": "base64"}] * 2,
        "voyage-3.5-lite": [{"output_dimension": 512, "input_type": kind} for kind in ("document", "query")],
        "gemini-embedding-001": [
            {"outputDimensionality": 3072, "taskType": f"RETRIEVAL_{kind}"} for kind in ("DOCUMENT", "QUERY")
        ],
        "BAAI/bge-m3": [{"truncate": False, "normalize": True}] * 2,  # a server has one model, and no kinds
        "embed-v4.0": [
            {
                "model": vendor.model,
                "output_dimension": 1024,
                "input_type": f"search_{kind}",
                "truncate": "NONE",
                "embedding_types": ["float"],
            }
            for kind in ("document", "query")
        ],
        "jina-embeddings-v3": [
            {
                "model": vendor.model,
                "dimensions": 1024,
                "task": f"retrieval.{kind}",
                "truncate": False,
                "embedding_type": "base64",
            }
            for kind in ("passage", "query")
        ],
    }
    for sent, wanted in zip(stub.stats.bodies, expected[vendor.model], strict=True):
        assert wanted.items() <= sent.items()
    assert stub.stats.authorizations == [KEY if vendor.provider == "gemini" else f"Bearer {KEY}"]


async def test_a_full_batch_is_one_request(provider: Provider, vendor: Vendor, stub: Stub) -> None:
    texts = [f"product {number}" for number in range(provider.limits.max_items)]
    vectors, _ = await provider.embed(texts, "document")
    assert stub.stats.requests == 1
    assert stub.stats.texts == texts
    assert np.allclose(vectors[-1], vector_of(texts[-1], vendor.dimensions), atol=1e-6)


async def test_the_environment_variable_of_the_vendor_sets_the_address(
    vendor: Vendor, stub: Stub, monkeypatch: pytest.MonkeyPatch
) -> None:
    if vendor.provider == "tei":  # there is no server but one's own
        with pytest.raises(ValidationError, match="needs a base_url"):
            open_provider(config(vendor, stub, base_url=None))
        return
    monkeypatch.setenv(ADDRESS_VARIABLES[vendor.provider], stub.url + vendor.path)
    opened = open_provider(config(vendor, stub, base_url=None))
    assert (await opened.embed(["a"], "query")).vectors.shape == (1, vendor.dimensions)
    await opened.close()


async def test_a_proxy_of_the_environment_is_not_used(
    vendor: Vendor, stub: Stub, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    opened = open_provider(config(vendor, stub))
    await opened.embed(["a"], "query")
    await opened.close()


async def test_without_a_key_none_is_taken_from_the_environment(
    vendor: Vendor, stub: Stub, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("OPENAI", "VOYAGE", "GEMINI", "GOOGLE", "CO", "COHERE", "JINA", "HF"):
        monkeypatch.setenv(f"{name}_API_KEY", "sk-of-somebody-else")
    if vendor.provider in ("openai", "tei"):  # a server of one's own may need no key
        opened = open_provider(config(vendor, stub, api_key=None))
        await opened.embed(["a"], "query")
        await opened.close()
        assert stub.stats.authorizations == ["Bearer none" if vendor == VENDORS["openai"] else ""]
    else:
        with pytest.raises(ProviderMisconfigured, match="needs an API key"):
            open_provider(config(vendor, stub, api_key=None))
    with pytest.raises(ProviderMisconfigured, match="characters that no key"):
        open_provider(config(vendor, stub, api_key="sk\n1"))


# Failures, one row of the protocol's table after the other

ROWS: list[tuple[int, type[EmbeddingProviderError]]] = [
    (429, ProviderBusy),
    (402, ProviderQuotaExhausted),
    (401, ProviderMisconfigured),
    (403, ProviderMisconfigured),
    (404, ProviderMisconfigured),
    (405, ProviderMisconfigured),
    (307, ProviderMisconfigured),
    (400, InputRefused),
    (413, InputRefused),
    (422, InputRefused),
    (408, ProviderUnavailable),
    (424, ProviderUnavailable),
    (499, ProviderUnavailable),
    (500, ProviderUnavailable),
    (502, ProviderUnavailable),
    (503, ProviderUnavailable),
    (504, ProviderUnavailable),
]


@pytest.mark.parametrize(("status", "expected"), ROWS)
async def test_each_status_becomes_the_right_failure(
    provider: Provider, vendor: Vendor, stub: Stub, status: int, expected: type[EmbeddingProviderError]
) -> None:
    stub.fault(status=status, headers={"location": stub.url} if status == 307 else {})
    failure = await failure_of(provider)
    assert type(failure) is expected
    assert f"provider {vendor.provider}, model {vendor.model}," in failure.message
    assert f"(HTTP {status})" in failure.message
    assert stub.stats.requests == 1  # the SDKs' own retries are off
    assert (await provider.embed(TEXTS, "document")).vectors.shape == (len(TEXTS), vendor.dimensions)


@pytest.mark.parametrize("status", [429, 503])
async def test_retry_after_is_passed_on(provider: Provider, stub: Stub, status: int) -> None:
    then = format_datetime(datetime.now(UTC) + timedelta(seconds=90), usegmt=True)
    for headers, low, high in (
        ({"retry-after": "7"}, 7, 7),
        ({"retry-after-ms": "1500", "retry-after": "2"}, 1.5, 1.5),
        ({"retry-after": then}, 80, 90),
    ):
        stub.fault(status=status, headers=headers)
        failure = await failure_of(provider)
        assert isinstance(failure, ProviderBusy)
        assert failure.retry_after is not None
        assert low <= failure.retry_after <= high


@pytest.mark.parametrize("value", ["", "soon", "-3", "nan", "inf"])
async def test_an_unusable_retry_after_is_ignored(value: str) -> None:
    assert reply.retry_after({"Retry-After": value}) is None


QUOTA = [{"@type": "QuotaFailure", "violations": [{"quotaId": "EmbedRequestsPerDayPerProject"}]}]
TRIAL = "You are using a Trial key, which is limited to {}."
VENDOR_SIGNS: list[tuple[str, dict[str, Any], type[EmbeddingProviderError]]] = [
    ("openai", {"status": 429, "code": "insufficient_quota"}, ProviderQuotaExhausted),
    ("openai", {"status": 400, "param": "dimensions"}, ProviderMisconfigured),
    ("openai", {"status": 400, "code": "model_not_found"}, ProviderMisconfigured),
    ("gemini", {"status": 400, "details": [{"reason": "API_KEY_INVALID"}]}, ProviderMisconfigured),
    ("gemini", {"status": 400, "code": "FAILED_PRECONDITION"}, ProviderMisconfigured),
    ("gemini", {"status": 429, "details": QUOTA}, ProviderQuotaExhausted),
    ("cohere", {"status": 498}, InputRefused),
    ("cohere", {"status": 429, "message": TRIAL.format("1000 API calls / month")}, ProviderQuotaExhausted),
    ("cohere", {"status": 429, "message": TRIAL.format("40 API calls / minute")}, ProviderBusy),
    ("jina", {"status": 422, "param": "dimensions"}, ProviderMisconfigured),
    ("jina", {"status": 422, "param": "input"}, InputRefused),
    ("openai", {"status": 498}, ProviderMisconfigured),
]


@pytest.mark.parametrize(("name", "fault", "expected"), VENDOR_SIGNS)
async def test_the_vendors_own_error_codes_are_understood(
    stub: Stub, name: str, fault: dict[str, Any], expected: type[EmbeddingProviderError]
) -> None:
    opened = open_provider(config(VENDORS[name], stub))
    stub.fault(**fault)
    assert type(await failure_of(opened)) is expected
    await opened.close()


async def test_the_second_generation_of_gemini_gets_the_purpose_in_the_text(stub: Stub) -> None:
    opened = open_provider(replace(config(VENDORS["gemini"], stub), model="gemini-embedding-2"))
    for kind in ("document", "query"):
        await opened.embed(["a"], kind)
    assert stub.stats.texts == ["title: none | text: a", "task: search result | query: a"]
    await opened.close()


async def test_a_vector_of_another_size_is_reported_with_both_sizes(stub: Stub) -> None:
    opened = open_provider(config(VENDORS["voyage"], stub))
    stub.fault(spoil="all-sizes")
    assert "yields 511 dimensions, not 512" in (await failure_of(opened)).message
    await opened.close()


async def test_geminis_retry_delay_is_a_retry_after(stub: Stub) -> None:
    opened = open_provider(config(VENDORS["gemini"], stub))
    stub.fault(status=429, details=[{"@type": "RetryInfo", "retryDelay": "7s"}])
    failure = await failure_of(opened)
    assert isinstance(failure, ProviderBusy)
    assert failure.retry_after == 7
    await opened.close()


async def test_a_hanging_vendor_is_unavailable(provider: Provider, stub: Stub, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reply, "TOTAL_SECONDS", 0.2)
    stub.fault(hang=2.0)
    failure = await failure_of(provider)
    assert type(failure) is ProviderUnavailable
    assert "did not answer in time" in failure.message


async def test_a_refused_connection_is_unavailable(vendor: Vendor, stub: Stub) -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        address = f"http://127.0.0.1:{closed.getsockname()[1]}{vendor.path}"
    opened = open_provider(config(vendor, stub, base_url=address))
    assert type(await failure_of(opened)) is ProviderUnavailable
    await opened.close()


# Voyage's SDK reports it by a method of logging that Python has deprecated.
@pytest.mark.filterwarnings("ignore:The 'warn' method is deprecated:DeprecationWarning")
async def test_a_server_with_an_unsigned_certificate_gets_no_request(
    vendor: Vendor, stub: Stub, tmp_path: Path
) -> None:
    received = []

    async def listen(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        received.append(await reader.read(65536))
        writer.close()

    async with await asyncio.start_server(listen, "127.0.0.1", 0, ssl=self_signed(tmp_path)) as server:
        address = f"https://127.0.0.1:{server.sockets[0].getsockname()[1]}{vendor.path}"
        opened = open_provider(config(vendor, stub, base_url=address))
        assert type(await failure_of(opened)) is ProviderUnavailable
        await opened.close()
    assert not any(received)


@pytest.mark.filterwarnings("ignore:The 'warn' method is deprecated:DeprecationWarning")
async def test_a_connection_that_breaks_during_the_reply_is_unavailable(vendor: Vendor, stub: Stub) -> None:
    async def cut(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(65536)
        writer.write(b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 999\r\n\r\n{")
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(cut, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    opened = open_provider(config(vendor, stub, base_url=f"http://127.0.0.1:{port}{vendor.path}"))
    assert type(await failure_of(opened)) is ProviderUnavailable
    await opened.close()
    server.close()


@pytest.mark.parametrize("spoil", ["short", "garbage"])
async def test_a_short_or_bad_reply_is_unavailable(provider: Provider, stub: Stub, spoil: str) -> None:
    stub.fault(spoil=spoil)
    assert type(await failure_of(provider)) is ProviderUnavailable


# The replies of Gemini, TEI and Cohere carry no index: their order is the request's.
indexed = pytest.mark.parametrize("vendor", ["openai", "compatible", "voyage", "jina"], indirect=True)


@indexed
async def test_a_reply_with_an_index_twice_is_unavailable(provider: Provider, stub: Stub) -> None:
    stub.fault(spoil="duplicate")
    assert type(await failure_of(provider)) is ProviderUnavailable


@indexed
async def test_vectors_are_placed_by_index(vendor: Vendor, provider: Provider, stub: Stub) -> None:
    stub.fault(spoil="shuffled")
    texts = [f"word{number}" for number in range(20)]
    vectors, _ = await provider.embed(texts, "document")
    expected = np.array([vector_of(text, vendor.dimensions) for text in texts])
    assert np.allclose(vectors, expected, atol=1e-6)


@pytest.mark.parametrize("spoil", ["nan", "zero", "size"])
async def test_unusable_vectors_are_named_and_the_rest_is_kept(
    provider: Provider, vendor: Vendor, stub: Stub, spoil: str
) -> None:
    stub.fault(spoil=spoil, positions=[1, 3])
    failure = await failure_of(provider)
    assert isinstance(failure, ItemsRefused)
    assert failure.positions == (1, 3)
    assert not failure.vectors[[1, 3]].any()
    for row in (0, 2):
        assert np.allclose(failure.vectors[row], vector_of(TEXTS[row], vendor.dimensions), atol=1e-6)
    assert failure.tokens == (None if vendor.provider in COUNTS_NOTHING else tokens_of(TEXTS))


async def test_a_reply_with_only_vectors_of_another_size_is_a_configuration_error(
    provider: Provider, vendor: Vendor, stub: Stub
) -> None:
    asked_again = vendor.provider == "tei" or vendor == VENDORS["compatible"]  # now with the size
    if asked_again:
        stub.fault(spoil="all-sizes")
    stub.fault(spoil="all-sizes")
    assert type(await failure_of(provider)) is ProviderMisconfigured
    if asked_again:
        stub.fault(spoil="all-sizes")
    stub.fault(spoil="all-sizes")
    assert type(await failure_of(provider, ["one"])) is ItemsRefused


async def test_a_refused_text_is_found_by_halving(provider: Provider, stub: Stub) -> None:
    stub.settings.refuse_marker = "POISON"
    assert type(await failure_of(provider, ["a", "POISON", "b"])) is InputRefused
    assert (await provider.embed(["a", "b"], "document")).vectors.shape[0] == 2
    assert type(await failure_of(provider, ["POISON"])) is InputRefused


async def test_a_text_that_is_not_unicode_is_an_input_fault(provider: Provider, stub: Stub) -> None:
    assert type(await failure_of(provider, ["a \ud800"])) is InputRefused
    assert stub.stats.requests == 0


async def test_no_log_holds_a_text_or_the_key(provider: Provider, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    await provider.embed(["a private text"], "document")
    assert "private" not in caplog.text
    assert KEY not in caplog.text


async def test_requests_are_not_logged(provider: Provider, caplog: pytest.LogCaptureFixture) -> None:
    await provider.embed(["a"], "document")
    assert not caplog.records


async def test_the_key_shows_in_no_repr(vendor: Vendor, provider: Provider, stub: Stub) -> None:
    assert KEY not in repr(config(vendor, stub))
    assert KEY not in repr(provider)


# The local provider


async def test_the_event_loop_runs_while_the_local_model_computes() -> None:
    opened = open_provider(EmbedderConfig("local", "all-MiniLM-L6-v2", 384))
    await opened.embed(["warm"], "query")
    backlog = [asyncio.ensure_future(opened.embed(["word " * 200] * 16, "document")) for _ in range(4)]
    await asyncio.sleep(0)
    await opened.embed(["a query in the middle"], "query")
    assert not backlog[-1].done()  # the query did not stand behind the backlog
    await asyncio.gather(*backlog)


async def test_damaged_local_weights_are_a_configuration_error(tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from embedd_pg.embedding.providers import local

    monkeypatch.setattr(local, "_loaded", [])
    monkeypatch.setenv("EMBEDD_LOCAL_MODEL_DIR", str(tmp_path))
    opened = open_provider(EmbedderConfig("local", "all-MiniLM-L6-v2", 384))
    with pytest.raises(ProviderMisconfigured, match="cannot be read"):
        await opened.embed(["a"], "query")
