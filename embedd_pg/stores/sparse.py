"""Sparse vectors of texts for lexical search: one dimension for each word, weighted as in BM25 (Robertson and Zaragoza,
2009, section 3.3), except for the rarity of words, which the store computes itself."""

from __future__ import annotations

import re
import zlib
from collections import Counter
from functools import cache, lru_cache
from typing import NamedTuple, Protocol

from embedd_pg.stores.base import SEARCHED_CHARACTERS

#: BM25's parameters: how soon the count of a word saturates, and how much less long texts count.
K1, B = 1.2, 0.75
#: The length of an average text in words. It sets where a text counts as long, and must be the same for all texts.
USUAL_LENGTH = 100
#: Words whose stem and dimension are kept in memory.
REMEMBERED = 100_000

_WORD = re.compile(r"\w+")
#: Stop words, which occur in every sentence. They mean nothing, even if they are rare in a small table.
_ENGLISH = (
    "a about above after again against all am an and any are as at be because been before being below between both"
    " but by can did do does doing don down during each few for from further had has have having he her here hers"
    " herself him himself his how i if in into is it its itself just me more most my myself no nor not now of off"
    " on once only or other our ours ourselves out over own s same she should so some such t than that the their"
    " theirs them themselves then there these they this those through to too under until up very was we were what"
    " when where which while who whom why will with you your yours yourself yourselves"
)
_STOP_WORDS = {"english": frozenset(_ENGLISH.split())}


class Sparse(NamedTuple):
    """Values by dimension, in ascending order; no dimension occurs twice."""

    indices: list[int]
    values: list[float]


def document_vector(text: str, language: str) -> Sparse:
    """Return the vector by which a text is found."""
    found = _dimensions(text, language)
    shortness = K1 * (1 - B + B * len(found) / USUAL_LENGTH)
    counts = Counter(found)
    weights = {count: count * (K1 + 1) / (count + shortness) for count in set(counts.values())}
    indices = sorted(counts)
    return Sparse(indices, [weights[counts[index]] for index in indices])


def query_vector(text: str, language: str) -> Sparse:
    """Return the vector of a query, in which each word counts once."""
    indices = sorted(set(_dimensions(text, language)))
    return Sparse(indices, [1.0] * len(indices))


def terms(text: str, language: str) -> list[str]:
    """Return the meaningful words at the start of a text, without case and endings."""
    return [_stem(language, word) for word in _words(text, language)]


def _dimensions(text: str, language: str) -> list[int]:
    """Return the dimension of each meaningful word. Among 100,000 words, two share one."""
    return [*map(_known(language).__getitem__, _words(text, language))]


def _words(text: str, language: str) -> list[str]:
    stop_words = _STOP_WORDS.get(language, frozenset())
    return [word for word in _WORD.findall(text[:SEARCHED_CHARACTERS].lower()) if word not in stop_words]


class _Stemmer(Protocol):
    maxCacheSize: int  # noqa: N815

    def stemWord(self, word: str) -> str: ...  # noqa: N802


class _Dimensions(dict[str, int]):
    """The dimensions of words of a language, computed when they are first met."""

    def __init__(self, language: str) -> None:
        self._language = language

    def __missing__(self, word: str) -> int:
        if len(self) >= REMEMBERED:
            self.clear()
        dimension = self[word] = zlib.crc32(_stem(self._language, word).encode("utf-8", "replace"))
        return dimension


_known = cache(_Dimensions)


@lru_cache(maxsize=REMEMBERED)
def _stem(language: str, word: str) -> str:
    # A stemmer has internal state, but all calls come from one event loop, never from two threads.
    stemmer = _stemmer(language)
    return word if stemmer is None else stemmer.stemWord(word)


@cache
def _stemmer(language: str) -> _Stemmer | None:
    """Return None for `simple`, which is no language, and for languages that only PostgreSQL supports."""
    # Only Qdrant needs stems from Python, and a worker starts faster without them.
    import snowballstemmer

    if language not in snowballstemmer.algorithms():
        return None
    made: _Stemmer = snowballstemmer.stemmer(language)
    made.maxCacheSize = 0  # _stem has its own cache, and this one is slow when it is full
    return made
