"""Query texts are embedded once."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import numpy as np
import pytest
from numpy.typing import NDArray

from embedd_pg.embedding.providers.base import Embedded, InputKind, Limits
from embedd_pg.embedding.query_vectors import QueryVectors
from embedd_pg.errors import EmbeddingProviderError


class Counting:
    limits = Limits(10, 1000, 100)

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.failure: Exception | None = None

    async def embed(self, texts: Sequence[str], kind: InputKind) -> Embedded:
        assert kind == "query"
        self.asked += texts
        await asyncio.sleep(0)
        if self.failure:
            raise self.failure
        return Embedded(np.full((len(texts), 4), len(texts[0]), np.float32), None)

    async def close(self) -> None: ...


async def vector(vectors: QueryVectors, provider: Counting, text: str) -> NDArray[np.float32]:
    async def ask(texts: Sequence[str]) -> list[NDArray[np.float32]]:
        return list((await provider.embed(texts, "query")).vectors)

    return (await vectors.vectors("org", provider, [text], ask))[0]


async def test_the_same_text_is_embedded_once_even_by_concurrent_queries() -> None:
    vectors, provider = QueryVectors(), Counting()
    found = await asyncio.gather(*(vector(vectors, provider, "warm") for _ in range(5)))
    assert [list(vector) for vector in found] == [[4.0] * 4] * 5
    assert list(await vector(vectors, provider, "warm")) == [4.0] * 4
    assert provider.asked == ["warm"]


async def test_each_provider_has_its_own_cached_vectors() -> None:
    vectors, one, other = QueryVectors(), Counting(), Counting()
    await vector(vectors, one, "warm")
    await vector(vectors, other, "warm")
    assert one.asked == other.asked == ["warm"]


async def test_a_failure_reaches_all_waiting_queries_and_is_not_cached() -> None:
    vectors, provider = QueryVectors(), Counting()
    provider.failure = EmbeddingProviderError("down")
    found = await asyncio.gather(*(vector(vectors, provider, "warm") for _ in range(2)), return_exceptions=True)
    assert all(isinstance(one, EmbeddingProviderError) for one in found)
    provider.failure = None
    assert list(await vector(vectors, provider, "warm")) == [4.0] * 4
    assert provider.asked == ["warm", "warm"]


async def test_a_cancelled_query_does_not_affect_the_others() -> None:
    vectors, provider = QueryVectors(), Counting()
    first = asyncio.create_task(vector(vectors, provider, "warm"))
    await asyncio.sleep(0)
    second = asyncio.create_task(vector(vectors, provider, "warm"))
    first.cancel()
    with pytest.raises(asyncio.CancelledError):
        await first
    assert list(await second) == [4.0] * 4
    assert provider.asked == ["warm"]


async def test_the_oldest_vectors_are_dropped_first() -> None:
    vectors, provider = QueryVectors(bytes_kept=2 * 16), Counting()
    for text in ("one", "two", "one", "three", "one", "two"):
        await vector(vectors, provider, text)
    assert provider.asked == ["one", "two", "three", "two"]


async def test_several_texts_are_asked_for_at_once_without_those_that_are_known() -> None:
    vectors, provider, asked = QueryVectors(), Counting(), list[list[str]]()

    async def ask(texts: Sequence[str]) -> list[NDArray[np.float32]]:
        asked.append(list(texts))
        await asyncio.sleep(0)
        return [np.full(4, len(text), np.float32) for text in texts]

    await vector(vectors, provider, "warm")
    for texts, lengths in ((["a", "warm", "bb"], [1, 4, 2]), (["bb", "ccc"], [2, 3])):
        assert [float(one[0]) for one in await vectors.vectors("org", provider, texts, ask)] == lengths
    assert asked == [["a", "bb"], ["ccc"]]
    assert await vectors.vectors("org", provider, ["a", "ccc"], ask) and len(asked) == 2
