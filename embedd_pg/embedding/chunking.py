"""Chunking: cutting a long text into passages, each with its own vector."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from embedd_pg.embedding.providers.tokens import CHARACTERS_A_TOKEN, estimate_tokens

if TYPE_CHECKING:
    from semantic_text_splitter import MarkdownSplitter, TextSplitter

#: The most passages of one row; a longer text is cut. One point of Qdrant holds at most this many numbers.
MAX_PASSAGES = 1_000
MAX_NUMBERS = 1_048_576

_LINE_BREAK = re.compile(r"[\r\n\v\f\x85\u2028\u2029]")

#: A passage's place in its text: its first character, and the one after its last.
Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Chunking:
    """A way to cut texts, with sizes in estimated tokens.

    `strategy` is `recursive`, which keeps paragraphs together, then sentences, then words; `sentences`, which treats
    line breaks as blanks; or `markdown`, which follows headings and blocks.
    """

    strategy: str
    max_tokens: int
    overlap_tokens: int

    @classmethod
    def parse(cls, chunking: Mapping[str, Any]) -> Chunking | None:
        """Return the chunking for the JSON of embedd_internal.check_chunking(). None: one vector for the whole text."""
        return None if chunking["strategy"] == "none" else cls(**chunking)

    def fingerprint(self) -> str:
        """Return the settings that determine the vectors of a text."""
        return f"{self.strategy}/{self.max_tokens}/{self.overlap_tokens}"

    def spans(self, text: str, *, max_tokens: int) -> list[Span]:
        """Return the passages of a text in order, none longer than the model's `max_tokens`."""
        if self.strategy == "sentences":
            text = _LINE_BREAK.sub(" ", text)
        size = min(self.max_tokens, max_tokens)
        splitter = _splitter(self.strategy, size, min(self.overlap_tokens, size // 2), text.isascii())
        return [(start, start + len(passage)) for start, passage in splitter.chunk_indices(text)]


def max_passages(dimensions: int) -> int:
    """Return how many passages a row may have."""
    return min(MAX_PASSAGES, MAX_NUMBERS // dimensions)


@lru_cache(maxsize=64)
def _splitter(strategy: str, size: int, overlap: int, ascii_only: bool) -> TextSplitter | MarkdownSplitter:
    # Few tables have passages, and a worker starts faster without the splitter.
    from semantic_text_splitter import MarkdownSplitter, TextSplitter

    kind = MarkdownSplitter if strategy == "markdown" else TextSplitter
    if ascii_only:
        # For ASCII text, characters give the same estimate without a call of Python for each piece.
        return kind(CHARACTERS_A_TOKEN * size, overlap=CHARACTERS_A_TOKEN * overlap)
    return kind.from_callback(estimate_tokens, size, overlap=overlap)
