"""Chunking: how a long text is cut into passages, each with a vector of its own."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from semantic_text_splitter import MarkdownSplitter, TextSplitter

from embedd_pg.embedding.providers.tokens import CHARACTERS_A_TOKEN, estimate_tokens

#: Passages of one row at most; a text with more is cut. One point of Qdrant holds at most so many numbers.
MAX_PASSAGES = 1_000
MAX_NUMBERS = 1_048_576

_LINE_BREAK = re.compile(r"[\r\n\v\f\x85\u2028\u2029]")

#: First character and the one behind the last, of a passage in its text.
Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Chunking:
    """`strategy`: `recursive` keeps paragraphs, then sentences, then words together; `sentences` takes line breaks for
    blanks; `markdown` goes by headings and blocks. Sizes in tokens, estimated."""

    strategy: str
    max_tokens: int
    overlap_tokens: int

    @classmethod
    def parse(cls, chunking: Mapping[str, Any]) -> Chunking | None:
        """From the JSON of embedd_internal.check_chunking(); None: one text, one vector."""
        return None if chunking["strategy"] == "none" else cls(**chunking)

    def fingerprint(self) -> str:
        """What of it decides the vectors of a text."""
        return f"{self.strategy}/{self.max_tokens}/{self.overlap_tokens}"

    def spans(self, text: str, *, max_tokens: int) -> list[Span]:
        """The passages of a text in order; none is longer than the `max_tokens` that the model takes."""
        if self.strategy == "sentences":
            text = _LINE_BREAK.sub(" ", text)
        size = min(self.max_tokens, max_tokens)
        splitter = _splitter(self.strategy, size, min(self.overlap_tokens, size // 2), text.isascii())
        return [(start, start + len(passage)) for start, passage in splitter.chunk_indices(text)]


def max_passages(dimensions: int) -> int:
    """How many passages a row may have."""
    return min(MAX_PASSAGES, MAX_NUMBERS // dimensions)


@lru_cache(maxsize=64)
def _splitter(strategy: str, size: int, overlap: int, ascii_only: bool) -> TextSplitter | MarkdownSplitter:
    kind = MarkdownSplitter if strategy == "markdown" else TextSplitter
    if ascii_only:
        # The same estimate, without asking Python for each piece.
        return kind(CHARACTERS_A_TOKEN * size, overlap=CHARACTERS_A_TOKEN * overlap)
    return kind.from_callback(estimate_tokens, size, overlap=overlap)
