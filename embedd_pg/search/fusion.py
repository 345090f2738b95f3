"""Fusion of a ranking by meaning and a ranking by words: a weighted mean of both scores, each scaled to 0 to 1.

Reciprocal rank fusion is not suitable: a row far down in both rankings would come before the first row of either. A
mean of scores preserves the distances within each ranking (Bruch, Gai and Ingber, "An Analysis of Fusion Functions for
Hybrid Retrieval", 2023).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from embedd_pg.stores.base import Hit
from embedd_pg.stores.sparse import terms


def fuse(
    by_vector: Sequence[Hit], by_words: Sequence[Hit], query: str, *, language: str, limit: int, meaning: float
) -> list[Hit]:
    """Return the `limit` best hits of both rankings, with scores of 0 to 1. `meaning` is the weight of the first
    ranking.

    The score by meaning runs from 0 for the least similar hit of `by_vector` to 1 for the most similar. The score by
    words is relative to the best one, times the square of the share of query words that the text contains: a single
    word does not answer a sentence.
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
