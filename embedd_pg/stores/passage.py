"""Which passage of a text that was found answers best."""

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
    """The passage nearest to the vector of a query; `vectors` of shape (len(spans), dimensions)."""
    norms = np.linalg.norm(vectors, axis=1)
    start, end = spans[int(np.argmax(vectors @ query / np.where(norms > 0, norms, 1)))]
    return text[start:end]


def passage_by_words(text: str, spans: Sequence[Span], query: str, language: str) -> str:
    """The passage with most words of the query, the first of equal ones; of those that searches by words know."""
    asked = set(terms(query, language))

    def found(span: Span) -> int:
        return len(asked.intersection(terms(text[slice(*span)], language)))

    known = [span for span in spans if span[0] < SEARCHED_CHARACTERS]
    start, end = max(known, key=found)
    return text[start:end]
