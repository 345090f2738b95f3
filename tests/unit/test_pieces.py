"""Embedding the texts of a request although the provider refuses some of them."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import numpy as np
import pytest

from embedd_pg.embedding.providers.base import InputRefused, ItemsRefused, Vectors
from embedd_pg.sync.row.pieces import pieces


async def embedded(
    texts: Sequence[str], refuses: Callable[[Sequence[str]], bool]
) -> tuple[dict[str, float], set[str], int]:
    """Vectors by text, texts refused, requests made; a text's vector is its length."""
    requests = 0

    async def ask(some: Sequence[str]) -> Vectors:
        nonlocal requests
        requests += 1
        if refuses(some):
            raise InputRefused("refused")
        return np.array([[len(text)] for text in some], np.float32)

    vectors: dict[str, float] = {}
    refused: set[str] = set()
    async for piece in pieces(ask, texts):
        mine = [texts[position] for position in piece.positions]
        if piece.vectors is None:
            refused.update(mine)
        else:
            vectors.update((text, float(vector[0])) for text, vector in zip(mine, piece.vectors, strict=True))
    return vectors, refused, requests


@pytest.mark.parametrize("count", [1, 2, 3, 7, 8, 64, 100])
async def test_one_refused_text_costs_at_most_twice_the_logarithm_in_requests(count: int) -> None:
    texts = ["x" * (n + 1) for n in range(count)]
    for culprit in texts:
        vectors, refused, requests = await embedded(texts, lambda some, culprit=culprit: culprit in some)  # type: ignore[misc]
        assert refused == {culprit}
        assert vectors == {text: len(text) for text in texts if text != culprit}
        assert requests - 1 <= 2 * math.ceil(math.log2(count))


async def test_the_half_that_must_contain_the_refused_text_is_not_sent_whole() -> None:
    texts = [f"text {n:03}" for n in range(256)]
    _, _, requests = await embedded(texts, lambda some: texts[-1] in some)
    assert requests == 1 + 8 + 1


async def test_several_refused_texts_are_found_and_the_others_embedded() -> None:
    texts = [f"text {n:03}" for n in range(50)]
    culprits = {texts[n] for n in (0, 1, 24, 25, 49)}
    vectors, refused, _ = await embedded(texts, lambda some: bool(culprits & set(some)))
    assert refused == culprits
    assert vectors.keys() == set(texts) - culprits


async def test_a_request_refused_for_its_size_blames_no_text() -> None:
    texts = [f"text {n:03}" for n in range(50)]
    vectors, refused, _ = await embedded(texts, lambda some: len(some) > 4)
    assert not refused
    assert vectors.keys() == set(texts)


async def test_texts_that_the_answer_leaves_out_are_requested_alone() -> None:
    asked: list[list[str]] = []

    async def ask(some: Sequence[str]) -> Vectors:
        asked.append(list(some))
        if len(some) > 1:
            raise ItemsRefused("one is missing", vectors=np.zeros((len(some), 1), np.float32), positions=[1])
        raise InputRefused("refused")

    found = [(list(piece.positions), piece.vectors is None) async for piece in pieces(ask, ["a", "b", "c"])]
    assert found == [([0, 2], False), ([1], True)]
    assert asked == [["a", "b", "c"], ["b"]]
