"""The choice of the passage that matches a query best, in a text that was found."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from embedd_pg.embedding.chunking import Span
from embedd_pg.stores.base import SEARCHED_CHARACTERS
from embedd_pg.stores.sparse import terms


def passage_by_vector(
    text: str, spans: Sequence[Span], vectors: NDArray[np.float32], query: NDArray[np.float32]
) -> str:
    """Return the passage nearest to the vector of a query; `vectors` has the shape (len(spans), dimensions)."""
    norms = np.linalg.norm(vectors, axis=1)
    start, end = spans[int(np.argmax(vectors @ query / np.where(norms > 0, norms, 1)))]
    return text[start:end]


def passage_by_words(text: str, spans: Sequence[Span], query: str, language: str) -> str:
    """Return the passage with the most words of the query, the first of equal ones, within the searched characters."""
    asked = set(terms(query, language))

    def found(span: Span) -> int:
        return len(asked.intersection(terms(text[slice(*span)], language)))

    known = [span for span in spans if span[0] < SEARCHED_CHARACTERS]
    start, end = max(known, key=found)
    return text[start:end]
