"""The texts of rows that are embedded, each as a whole or cut into passages, and their vectors, put together again.

A row is written once, with the vectors of all its passages: whatever the protocol promises of a row holds for all.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from embedd_pg.embedding.chunking import Span, max_passages
from embedd_pg.embedding.providers.base import Vectors
from embedd_pg.generation import Generation
from embedd_pg.sync.row.pieces import Piece


@dataclass(frozen=True, slots=True)
class Passages:
    """What of a row is embedded. Without `spans` it is the text as a whole."""

    texts: Sequence[str]
    spans: Sequence[Span] = ()
    #: Whether the text has more passages than a row may have.
    truncated: bool = False


async def cut(generation: Generation, texts: Sequence[str]) -> list[Passages]:
    """The passages of each of these texts, none of which is empty."""
    if generation.embedding.chunking is None:
        return [Passages((text,)) for text in texts]
    # A long text takes a while, and leases must be renewed meanwhile.
    return await asyncio.to_thread(lambda: [passages(generation, text) for text in texts])


def passages(generation: Generation, text: str) -> Passages:
    """The passages of one text."""
    if generation.embedding.chunking is None:
        return Passages((text,))
    spans = generation.embedding.chunking.spans(text, max_tokens=generation.max_text_tokens()) or [(0, len(text))]
    kept = spans[: max_passages(generation.embedding.dimensions)]
    return Passages([text[start:end] for start, end in kept], kept, truncated=len(kept) < len(spans))


class Gathering:
    """Vectors of many rows as they come in pieces, until each row has all of its own."""

    def __init__(self, rows: Sequence[Passages]) -> None:
        self._rows = rows
        #: All that is to be embedded, row by row.
        self.texts = [text for row in rows for text in row.texts]
        #: Which row each of them belongs to.
        self.row_of = [number for number, row in enumerate(rows) for _ in row.texts]
        self._found: dict[int, dict[int, Vectors]] = {}

    def take(self, piece: Piece, start: int) -> Mapping[int, Vectors]:
        """The rows that this piece makes whole: of one text a vector, of passages a matrix with a row for each.

        Positions in the piece count from text number `start`.
        """
        if piece.vectors is None:
            return {}
        whole = {}
        for position, vector in zip(piece.positions, piece.vectors, strict=True):
            number = self.row_of[start + position]
            if not self._rows[number].spans:
                whole[number] = vector
                continue
            found = self._found.setdefault(number, {})
            found[start + position] = vector
            if len(found) == len(self._rows[number].texts):
                whole[number] = np.stack([found[place] for place in sorted(found)])
                del self._found[number]
        return whole
