"""The texts of rows to embed, each whole or cut into passages, and the collection of their vectors.

A row is written once, with the vectors of all its passages, so the protocol's guarantees for a row hold for passages.
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
    """The texts of a row to embed. Without `spans`, there is one: the whole text."""

    texts: Sequence[str]
    spans: Sequence[Span] = ()
    #: Whether the text has more passages than a row may hold.
    truncated: bool = False


async def cut(generation: Generation, texts: Sequence[str]) -> list[Passages]:
    """Return the passages of each text; no text may be empty."""
    if generation.embedding.chunking is None:
        return [Passages((text,)) for text in texts]
        # Cutting a long text takes a while. A thread does it, so that the heartbeat can renew leases.
    return await asyncio.to_thread(lambda: [passages(generation, text) for text in texts])


def passages(generation: Generation, text: str) -> Passages:
    """Return the passages of one text."""
    if generation.embedding.chunking is None:
        return Passages((text,))
    spans = generation.embedding.chunking.spans(text, max_tokens=generation.max_text_tokens()) or [(0, len(text))]
    kept = spans[: max_passages(generation.embedding.dimensions)]
    return Passages([text[start:end] for start, end in kept], kept, truncated=len(kept) < len(spans))


class Gathering:
    """A collector of vectors that arrive in pieces, until each row has all of its own."""

    def __init__(self, rows: Sequence[Passages]) -> None:
        self._rows = rows
        #: All texts to embed, row by row.
        self.texts = [text for row in rows for text in row.texts]
        #: The number of the row that each text belongs to.
        self.row_of = [number for number, row in enumerate(rows) for _ in row.texts]
        self._found: dict[int, dict[int, Vectors]] = {}

    def take(self, piece: Piece, start: int) -> Mapping[int, Vectors]:
        """Return the rows that this piece completes: a vector for a whole text, or a matrix with a row per passage.

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
