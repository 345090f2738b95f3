"""What a point in Qdrant carries, and reading it back: `_e` is ours, `d` the user's columns."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from embedd_pg.embedding.chunking import Span
from embedd_pg.stores.base import Hit, Mark, StoreTable, storable_metadata
from embedd_pg.stores.passage import passage_by_vector, passage_by_words
from embedd_pg.stores.qdrant.filter import decoded, encoded

#: What a mark is read from.
MARK = ["_e.v", "_e.th", "_e.mh", "_e.dead", "_e.pk"]
#: What each point of ours has in `_e`.
OURS = frozenset({"v", "pk", "dead"})


def is_ours(point: Any) -> bool:
    """Whether we wrote a point: somebody else may have put one there, or emptied one."""
    system = (point.payload or {}).get("_e")
    return isinstance(system, dict) and system.keys() >= OURS


def scanned(point: Any) -> tuple[str, Mark]:
    """Key and mark of a point; for a stray its id."""
    if not is_ours(point):
        return str(point.id), Mark(0, None, None, dead=False, stray=True)
    return point.payload["_e"]["pk"], mark(point.payload)


def mark(payload: Mapping[str, Any]) -> Mark:
    system = payload["_e"]
    return Mark(system["v"], system.get("th"), system.get("mh"), system["dead"])


def columns(table: StoreTable, metadata: Mapping[str, Any]) -> dict[str, Any]:
    """The user's columns as they are stored."""
    return {encoded(name): value for name, value in storable_metadata(table, metadata).items()}


def hit(point: Any) -> Hit:
    """A point that was found."""
    system = point.payload["_e"]
    metadata = {decoded(name): value for name, value in point.payload["d"].items()}
    return Hit(system["pk"], point.score, metadata, system["text"])


def spans_of(point: Any) -> list[Span]:
    """Where the passages of its text begin and end; none when it was not cut."""
    return [(start, end) for start, end in point.payload["_e"].get("pass") or []]


def nearest_passage(point: Any, vectors: Mapping[Any, NDArray[np.float32]], query: NDArray[np.float32]) -> str | None:
    """The passage nearest to the query; `vectors` of points that have several. None: they are not known."""
    text, spans = point.payload["_e"]["text"], spans_of(point)
    if len(spans) == 1:
        return str(text[slice(*spans[0])])
    found = vectors.get(point.id)
    return None if found is None else passage_by_vector(text, spans, found, query)


def same_text(point: Any, other: Any) -> bool:
    """Whether both are of the same text, hence have the same vectors."""
    return is_ours(point) and point.payload["_e"].get("th") == other.payload["_e"]["th"]


def worded_passage(point: Any, query: str, language: str) -> str | None:
    """The passage with most words of the query."""
    spans = spans_of(point)
    return passage_by_words(point.payload["_e"]["text"], spans, query, language) if spans else None


def nearest(point: Any) -> Hit:
    """A point that was found by its vector: its score is a cosine, but for rounding."""
    found = hit(point)
    return replace(found, score=max(-1.0, min(1.0, found.score)))
