"""Embedding of the texts of one request, even if the provider refuses some of them."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass

from embedd_pg.embedding.providers.base import InputRefused, ItemsRefused, Vectors
from embedd_pg.errors import EmbeddingProviderError


@dataclass(frozen=True, slots=True)
class Piece:
    """Texts, by position, with their vectors; or one text with the reason why it has none."""

    positions: Sequence[int]
    vectors: Vectors | None
    refused: EmbeddingProviderError | None = None


async def pieces(
    ask: Callable[[Sequence[str]], Awaitable[Vectors]], texts: Sequence[str], positions: Sequence[int] | None = None
) -> AsyncIterator[Piece]:
    """Yield all texts in pieces. A refused request is halved until the text at fault is alone: at most 2·log2(n)
    requests more."""
    positions = range(len(texts)) if positions is None else positions
    try:
        vectors, unusable = await ask([texts[position] for position in positions]), set[int]()
    except (InputRefused, ItemsRefused) as error:
        if len(positions) == 1:
            yield Piece(positions, None, error)
            return
        if isinstance(error, InputRefused):
            async for piece in _halves(ask, texts, positions):
                yield piece
            return
        vectors, unusable = error.vectors, set(error.positions)
    good = [place for place in range(len(positions)) if place not in unusable]
    if good:
        yield Piece([positions[place] for place in good], vectors[good])
    for place in sorted(unusable):
        async for piece in pieces(ask, texts, [positions[place]]):
            yield piece


async def _halves(
    ask: Callable[[Sequence[str]], Awaitable[Vectors]], texts: Sequence[str], positions: Sequence[int]
) -> AsyncIterator[Piece]:
    """Yield the pieces of a refused request. If its first half holds no fault, do not send the second half whole."""
    middle = len(positions) // 2
    found = False
    async for piece in pieces(ask, texts, positions[:middle]):
        found = found or piece.refused is not None
        yield piece
    rest = positions[middle:]
    split = _halves if len(rest) > 1 and not found else pieces
    async for piece in split(ask, texts, rest):
        yield piece
