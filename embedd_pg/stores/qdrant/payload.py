"""Payloads of points in Qdrant: `_e` holds embedd's own fields, `d` the user's columns."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from embedd_pg.embedding.chunking import Span
from embedd_pg.filter_types import microseconds
from embedd_pg.stores.base import Hit, Mark, StoreTable, storable_metadata
from embedd_pg.stores.passage import passage_by_vector, passage_by_words
from embedd_pg.stores.qdrant.filter import decoded, encoded, path
from embedd_pg.stores.qdrant.numbers import kept, order

#: The fields of a mark.
MARK = ["_e.v", "_e.th", "_e.mh", "_e.dead", "_e.pk", "_e.n"]
#: The fields that `_e` of each point of embedd has.
OURS = frozenset({"v", "pk", "dead"})
#: The fields of `_e` that belong to the metadata: text of numbers that the server does not keep exactly, and positions.
BESIDE = frozenset({"x", "n"})


def is_ours(point: Any) -> bool:
    """Return whether embedd wrote a point. Other programs may add points, or empty them."""
    system = (point.get("payload") or {}).get("_e")
    return isinstance(system, dict) and system.keys() >= OURS


def scanned(table: StoreTable, point: Any) -> tuple[str, Mark]:
    """Return key and mark of a point; for a stray its id."""
    if not is_ours(point):
        return str(point["id"]), Mark(0, None, None, dead=False, stray=True)
    return key_of(point), mark(table, point)


def key_of(point: Any) -> str:
    return str(point["payload"]["_e"]["pk"])


def token_of(point: Any) -> int:
    return int(point["payload"]["_e"]["v"])


def mark_fields(table: StoreTable) -> list[str]:
    """Return the fields that `mark` reads."""
    return [*MARK, *(path(name) for name in floats(table))]


def mark(table: StoreTable, point: Any) -> Mark:
    """Return the mark of a point. Its metadata counts as changed if an earlier release wrote a float that the server
    does not keep exactly, so that verification writes it again."""
    system, columns = point["payload"]["_e"], point["payload"].get("d") or {}
    outdated = "n" not in system and not all(_comparable(columns.get(encoded(name))) for name in floats(table))
    return Mark(system["v"], system.get("th"), None if outdated else system.get("mh"), system["dead"])


def floats(table: StoreTable) -> list[str]:
    return [name for name, kind in table.fields.items() if kind == "float"]


def times(table: StoreTable) -> list[str]:
    return [name for name, kind in table.fields.items() if kind == "datetime"]


def payload(table: StoreTable, system: Mapping[str, Any], metadata: Mapping[str, Any]) -> dict[str, Any]:
    """Return the payload of a point: embedd's own fields, and the user's columns in their stored form.

    Columns with floats that the server does not keep exactly are repeated as JSON text in `x`, which results use. `n`
    has the position of such a float among all doubles, and the microseconds of each time: filters compare these.
    """
    columns = {encoded(name): value for name, value in storable_metadata(table, metadata).items()}
    changed = {name: value for name, value in columns.items() if not kept_value(value)}
    compared = {encoded(name) for name in floats(table)}
    places = {name: order(value) for name, value in columns.items() if name in compared and not _comparable(value)}
    moments = {name: microseconds(columns.get(name)) for name in map(encoded, times(table))}
    places |= {name: moment for name, moment in moments.items() if moment is not None}
    more: dict[str, Any] = {}
    if changed:
        more["x"] = json.dumps(changed, ensure_ascii=False)
    if places:
        more["n"] = places
    return {"_e": {**system, **more}, "d": columns}


def kept_value(value: Any) -> bool:
    """Return whether the server keeps every number of a JSON value exactly, as it keeps all integers."""
    if isinstance(value, dict):
        return all(map(kept_value, value.values()))
    if isinstance(value, list):
        return all(map(kept_value, value))
    return not isinstance(value, float) or kept(value)


def _comparable(value: Any) -> bool:
    """Return whether filters compare a value of a float column as it is: a number kept exactly, or no number."""
    return isinstance(value, bool) or not isinstance(value, int | float) or kept(float(value))


def hit(point: Any) -> Hit:
    """Return the search result of a point."""
    system = point["payload"]["_e"]
    exact = json.loads(system.get("x", "{}"))
    metadata = {decoded(name): exact.get(name, value) for name, value in point["payload"]["d"].items()}
    return Hit(system["pk"], point["score"], metadata, system["text"])


def spans_of(point: Any) -> list[Span]:
    """Return start and end of each passage of a point's text; none if it was not cut."""
    return [(start, end) for start, end in point["payload"]["_e"].get("pass") or []]


def nearest_passage(point: Any, vectors: Mapping[Any, NDArray[np.float32]], query: NDArray[np.float32]) -> str | None:
    """Return the passage nearest to the query, or None if its vectors are unknown. `vectors` are of whole points."""
    text, spans = point["payload"]["_e"]["text"], spans_of(point)
    if len(spans) == 1:
        return str(text[slice(*spans[0])])
    found = vectors.get(point["id"])
    return None if found is None else passage_by_vector(text, spans, found, query)


def same_text(point: Any, other: Any) -> bool:
    """Return whether both points have the same text, and hence the same vectors."""
    return is_ours(point) and point["payload"]["_e"].get("th") == other["payload"]["_e"]["th"]


def worded_passage(point: Any, query: str, language: str) -> str | None:
    """Return the passage with the most words of the query."""
    spans = spans_of(point)
    return passage_by_words(point["payload"]["_e"]["text"], spans, query, language) if spans else None


def nearest(point: Any) -> Hit:
    """Return the result of a vector search, whose score is a cosine, apart from rounding."""
    found = hit(point)
    return replace(found, score=max(-1.0, min(1.0, found.score)))
