"""A ranking by meaning and one by words as one: a weighed mean of both scores, each brought to 0 to 1.

Reciprocal ranks would not do: a row that is somewhere in both rankings, however far down, would come before the first
of either. A combination of scores keeps apart what the rankings do (Bruch, Gai and Ingber, "An Analysis of Fusion
Functions for Hybrid Retrieval", 2023).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from embedd_pg.stores.base import Hit
from embedd_pg.stores.sparse import terms


def fused(
    by_vector: Sequence[Hit], by_words: Sequence[Hit], query: str, *, language: str, limit: int, meaning: float
) -> list[Hit]:
    """Find the `limit` best hits of both, each with its score of 0 to 1, of which meaning has the share `meaning`.

    By meaning a hit counts from 0, the least similar of `by_vector`, to 1, the most similar; by words its score as a
    share of the best one's, times the square of the share of the query's words that it has: one word is no answer to a
    sentence.
    """
    scores = dict.fromkeys((hit.key for hit in (*by_vector, *by_words)), 0.0)
    if by_vector:
        highest, lowest = by_vector[0].score, by_vector[-1].score
        for hit in by_vector:
            scores[hit.key] += meaning * ((hit.score - lowest) / (highest - lowest) if highest > lowest else 1)
    asked = set(terms(query, language))
    for hit in by_words:
        share = len(asked.intersection(terms(hit.text, language))) / max(1, len(asked))
        scores[hit.key] += (1 - meaning) * hit.score / by_words[0].score * share**2
    hits = {hit.key: hit for hit in (*by_words, *by_vector)}
    best = sorted(scores, key=lambda key: (-scores[key], key))[:limit]
    return [replace(hits[key], score=scores[key]) for key in best]
