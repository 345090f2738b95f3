"""Servers that speak OpenAI's protocol with their own models and peculiarities."""

from __future__ import annotations

import asyncio

import numpy as np
import pytest

from embedd_pg.embedding.providers import open_provider
from embedd_pg.embedding.providers.base import EmbedderConfig, Provider, ProviderMisconfigured
from tests.support.providers import TEXTS, failure_of, shared_stub, stub
from tests.support.vendor_stub import Stub, vector_of

__all__ = ["shared_stub", "stub"]  # fixtures


async def compatible(stub: Stub, dimensions: int, model: str = "nomic-embed-text") -> Provider:
    return open_provider(EmbedderConfig("openai", model, dimensions, stub.url + "/v1", None))


async def test_a_compatible_server_may_have_any_model_and_size(stub: Stub) -> None:
    stub.settings.dimensions = 77
    opened = await compatible(stub, 77)
    assert (await opened.embed(TEXTS, "document")).vectors.shape == (4, 77)
    assert "dimensions" not in stub.stats.bodies[0]
    await opened.close()


@pytest.mark.parametrize("spoil", ["float", "no-index"])
async def test_a_compatible_server_may_answer_in_floats_or_without_index(stub: Stub, spoil: str) -> None:
    stub.settings.dimensions = 77
    opened = await compatible(stub, 77)
    stub.fault(spoil=spoil)
    vectors, _ = await opened.embed(TEXTS, "document")
    assert np.allclose(vectors[2], vector_of(TEXTS[2], 77), atol=1e-6)
    await opened.close()


async def test_a_size_is_requested_once_a_reply_has_another(stub: Stub) -> None:
    opened = await compatible(stub, 256)
    assert (await opened.embed(TEXTS, "document")).vectors.shape == (4, 256)
    assert (await opened.embed(TEXTS, "document")).vectors.shape == (4, 256)
    assert [body.get("dimensions") for body in stub.stats.bodies] == [None, 256, 256]
    await opened.close()


async def test_requests_under_way_are_repeated_once_a_size_turns_out_to_be_needed(stub: Stub) -> None:
    opened = await compatible(stub, 256)
    stub.fault(hang=0.3)  # the first one; the others come back meanwhile and settle it
    found = await asyncio.gather(*(opened.embed(TEXTS, "document") for _ in range(4)))
    assert [vectors.shape for vectors, _ in found] == [(4, 256)] * 4
    await opened.close()


@pytest.mark.parametrize("setting", ["honours_size", "refuses_size"])
async def test_a_server_that_cannot_yield_the_size_is_misconfigured(stub: Stub, setting: str) -> None:
    setattr(stub.settings, setting, setting == "refuses_size")
    opened = await compatible(stub, 256)
    assert type(await failure_of(opened)) is ProviderMisconfigured
    await opened.close()


async def test_no_size_is_requested_from_ada(stub: Stub) -> None:
    opened = await compatible(stub, 256, "text-embedding-ada-002")
    assert type(await failure_of(opened)) is ProviderMisconfigured
    assert ["dimensions" in body for body in stub.stats.bodies] == [False]
    await opened.close()
