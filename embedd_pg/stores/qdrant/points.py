"""Points as they are sent to Qdrant: plain JSON with arrays as vectors."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from embedd_pg.ids import point_id
from embedd_pg.stores.base import (
    MetadataUpdate,
    Point,
    StoreTable,
    check_vectors,
    storable_text,
)
from embedd_pg.stores.qdrant.filter import Condition, equal
from embedd_pg.stores.qdrant.payload import BESIDE, payload, spans_of, token_of
from embedd_pg.stores.sparse import document_vector

#: The name of the sparse vector. The dense vector has none.
WORDS = "words"


def whole(table: StoreTable, token: int, points: Sequence[Point], *, worded: bool) -> list[dict[str, Any]]:
    """Return the points of source rows, if `worded` with sparse vectors of their words."""
    given = [point.vector for point in points if point.vector is not None]
    checked = (check_vectors(table, list(one)) for one in given) if table.chunked else iter(check_vectors(table, given))
    return [
        _whole(table, token, point, None if point.vector is None else next(checked), worded=worded) for point in points
    ]


def _whole(table: StoreTable, token: int, point: Point, checked: Any, *, worded: bool) -> dict[str, Any]:
    system: dict[str, Any] = {
        "v": token,
        "th": point.text_hash,
        "mh": point.metadata_hash,
        "pk": point.key,
        "dead": False,
        "trunc": point.truncated,
        "text": storable_text(point.text),
    }
    vector: dict[str, Any] = {} if checked is None else {"": checked}
    if vector and table.chunked:
        system["pass"] = [list(span) for span in point.spans]
    if vector and worded:
        words = document_vector(point.text, table.language)
        vector[WORDS] = {"indices": words.indices, "values": words.values}
    return _made(point_id(table.vector_table_id, point.key), vector, payload(table, system, point.metadata))


def tombstone(table: StoreTable, token: int, key: str) -> dict[str, Any]:
    system = {"v": token, "th": None, "mh": None, "pk": key, "dead": True, "trunc": False, "text": ""}
    return _made(point_id(table.vector_table_id, key), {}, {"_e": system, "d": {}})


def writable(stored: Any, token: int, wanted: Mapping[str, MetadataUpdate]) -> bool:
    """Return whether a stored point takes new metadata: its text is the same and its token is lower."""
    system = stored["payload"]["_e"]
    return bool(system["v"] < token and system["th"] == wanted[system["pk"]].text_hash)


def with_metadata(table: StoreTable, token: int, stored: Any, vector: Any, update: MetadataUpdate) -> dict[str, Any]:
    """Return a stored point with new metadata. Text and truncation belong to the vector and stay with it."""
    kept = {name: value for name, value in stored["payload"]["_e"].items() if name not in BESIDE}
    system = kept | {"v": token, "mh": update.metadata_hash}
    named = {"": vector} if isinstance(vector, list) else vector
    return _made(stored["id"], named or {}, payload(table, system, update.metadata))


def unchanged(stored: Iterable[Any]) -> Condition:
    """Return the condition that each point still has the token it was read with."""
    ids: defaultdict[int, list[Any]] = defaultdict(list)
    for point in stored:
        ids[token_of(point)].append(point["id"])
    return {"should": [{"must": [{"has_id": some}, equal("_e.v", token)]} for token, some in ids.items()]}


def weight(table: StoreTable, stored: Any) -> int:
    """Return the approximate size of a stored point as JSON."""
    passages = max(1, len(spans_of(stored)))
    return 512 + 12 * table.dimensions * passages + 6 * len(stored["payload"]["_e"]["text"])


def _made(id_: Any, vector: Any, payload: dict[str, Any]) -> dict[str, Any]:
    return {"id": id_, "vector": vector, "payload": payload}
