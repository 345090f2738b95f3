"""Points as they are sent to Qdrant.

They are not validated again: the client's models would look at each number of each vector several times.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from qdrant_client import models

from embedd_pg.ids import point_id
from embedd_pg.stores.base import (
    MetadataUpdate,
    Point,
    StoreTable,
    checked_vector,
    checked_vectors,
    storable_text,
)
from embedd_pg.stores.qdrant.filter import Condition, equal
from embedd_pg.stores.qdrant.payload import BESIDE, payload, spans_of, token_of
from embedd_pg.stores.sparse import document_vector

#: The name of the sparse vector. The dense vector has none.
WORDS = "words"


def whole(table: StoreTable, token: int, point: Point, *, worded: bool) -> models.PointStruct:
    """Return a point of a source row; `worded`: with the vector of its words."""
    system: dict[str, Any] = {
        "v": token,
        "th": point.text_hash,
        "mh": point.metadata_hash,
        "pk": point.key,
        "dead": False,
        "trunc": point.truncated,
        "text": storable_text(point.text),
    }
    vector: dict[str, Any] = {}
    if point.vector is not None and table.chunked:
        vector[""] = checked_vectors(table, list(point.vector)).tolist()
        system["pass"] = [list(span) for span in point.spans]
    elif point.vector is not None:
        vector[""] = checked_vector(table, point.vector).tolist()
    if vector and worded:
        words = document_vector(point.text, table.language)
        vector[WORDS] = models.SparseVector.model_construct(indices=words.indices, values=words.values)
    return _made(point_id(table.vector_table_id, point.key), vector, payload(table, system, point.metadata))


def tombstone(table: StoreTable, token: int, key: str) -> models.PointStruct:
    system = {"v": token, "th": None, "mh": None, "pk": key, "dead": True, "trunc": False, "text": ""}
    return _made(point_id(table.vector_table_id, key), {}, {"_e": system, "d": {}})


def writable(stored: Any, token: int, wanted: Mapping[str, MetadataUpdate]) -> bool:
    """Return whether a stored point takes new metadata: its text is the same and its token is lower."""
    system = stored.payload["_e"]
    return bool(system["v"] < token and system["th"] == wanted[system["pk"]].text_hash)


def with_metadata(
    table: StoreTable, token: int, stored: Any, vector: Any, update: MetadataUpdate
) -> models.PointStruct:
    """Return a stored point with new metadata. Text and truncation belong to the vector and stay with it."""
    kept = {name: value for name, value in stored.payload["_e"].items() if name not in BESIDE}
    system = kept | {"v": token, "mh": update.metadata_hash}
    return _made(stored.id, vector or {}, payload(table, system, update.metadata))


def unchanged(stored: Iterable[Any]) -> Condition:
    """Return a condition for points that still have the token with which they were read, each its own."""
    ids: defaultdict[int, list[Any]] = defaultdict(list)
    for point in stored:
        ids[token_of(point)].append(point.id)
    return {"should": [{"must": [{"has_id": some}, equal("_e.v", token)]} for token, some in ids.items()]}


def weight(table: StoreTable, stored: Any) -> int:
    """Return the approximate size of a stored point as JSON."""
    passages = max(1, len(spans_of(stored)))
    return 512 + 12 * table.dimensions * passages + 6 * len(stored.payload["_e"]["text"])


def _made(id_: Any, vector: Any, payload: dict[str, Any]) -> models.PointStruct:
    return models.PointStruct.model_construct(id=id_, vector=vector, payload=payload)
