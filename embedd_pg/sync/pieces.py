"""Embeds the texts of one request, whatever the provider thinks of single ones of them."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass

from embedd_pg.errors import EmbeddingProviderError
from embedd_pg.providers.base import InputRefused, ItemsRefused, Vectors


@dataclass(frozen=True, slots=True)
class Piece:
    """Texts, by position, with their vectors; or one text with the reason why it has none."""

    positions: Sequence[int]
    vectors: Vectors | None
    refused: EmbeddingProviderError | None = None


async def pieces(
    ask: Callable[[Sequence[str]], Awaitable[Vectors]], texts: Sequence[str], positions: Sequence[int] | None = None
) -> AsyncIterator[Piece]:
    """All texts in pieces. A refused request is halved until the culprit stands alone: 2·log2(n) requests more."""
    positions = range(len(texts)) if positions is None else positions
    try:
        vectors, unusable = await ask([texts[position] for position in positions]), set[int]()
    except (InputRefused, ItemsRefused) as error:
        if len(positions) == 1:
            yield Piece(positions, None, error)
            return
        if isinstance(error, InputRefused):
            middle = len(positions) // 2
            for half in (positions[:middle], positions[middle:]):
                async for piece in pieces(ask, texts, half):
                    yield piece
            return
        vectors, unusable = error.vectors, set(error.positions)
    good = [place for place in range(len(positions)) if place not in unusable]
    if good:
        yield Piece([positions[place] for place in good], vectors[good])
    for place in sorted(unusable):
        async for piece in pieces(ask, texts, [positions[place]]):
            yield piece
