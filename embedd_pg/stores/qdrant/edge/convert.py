"""Conversion between a Qdrant client's JSON and the types of Qdrant's engine.

A boolean is stored a second time as a word below `_b`: the engine matches a boolean with the integers 0 and 1, and
therefore finds none.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import qdrant_edge as edge

SCHEMAS = {
    "keyword": edge.PayloadSchemaType.Keyword,
    "integer": edge.PayloadSchemaType.Integer,
    "float": edge.PayloadSchemaType.Float,
    "bool": edge.PayloadSchemaType.Keyword,
}
MODES = {
    None: edge.UpdateMode.Upsert,
    "update_only": edge.UpdateMode.UpdateOnly,
    "insert_only": edge.UpdateMode.InsertOnly,
}
#: The part of a payload that has booleans as words.
_WORDS = "_b"


def config_of(layout: Mapping[str, Any]) -> edge.EdgeConfig:
    """Return the configuration of a shard from the arguments of create_collection()."""
    vectors = layout["vectors_config"]
    several = edge.MultiVectorConfig(edge.MultiVectorComparator.MaxSim) if vectors.get("multivector_config") else None
    dense = edge.EdgeVectorParams(size=vectors["size"], distance=edge.Distance.Cosine, multivector_config=several)
    sparse = {name: edge.EdgeSparseVectorParams(modifier=edge.Modifier.Idf) for name in layout["sparse_vectors_config"]}
    return edge.EdgeConfig(vectors=dense, sparse_vectors=sparse)


def index_of(path: str, schema: str) -> edge.UpdateOperation:
    """Return the operation that creates a payload index."""
    return edge.UpdateOperation.create_field_index(f"{_WORDS}.{path}" if schema == "bool" else path, SCHEMAS[schema])


def point_of(point: Mapping[str, Any]) -> edge.Point:
    vectors = {name: vector_of(one) for name, one in point["vector"].items()}
    return edge.Point(id_of(point["id"]), vectors, _with_words(point["payload"]))


def vector_of(vector: Any) -> Any:
    return edge.SparseVector(vector["indices"], vector["values"]) if isinstance(vector, dict) else vector


def id_of(id_: Any) -> Any:
    """Return the id of a point: a number, or the text of a UUID."""
    return int(id_) if isinstance(id_, str) and id_.isdecimal() else id_


def json_of(record: Any) -> dict[str, Any]:
    """Return a stored point as a client gets it."""
    payload = {name: value for name, value in (record.payload or {}).items() if name != _WORDS}
    return {"id": json_id(record.id), "payload": payload, "vector": _json_vector(record.vector)}


def json_id(id_: Any) -> Any:
    return id_ if isinstance(id_, int) else str(id_)


def filter_of(condition: Mapping[str, Any]) -> edge.Filter:
    """Return a filter in the engine's form."""

    def part(name: str) -> list[Any] | None:
        listed = condition.get(name)
        if listed is None:
            return None
        return [_condition(one) for one in (listed if isinstance(listed, list) else [listed])]

    return edge.Filter(must=part("must"), should=part("should"), must_not=part("must_not"))


def _condition(condition: Mapping[str, Any]) -> Any:
    if "has_id" in condition:
        return edge.HasIdCondition({id_of(one) for one in condition["has_id"]})
    if "is_empty" in condition:
        return edge.IsEmptyCondition(condition["is_empty"]["key"])
    if "key" not in condition:
        return filter_of(condition)
    key = condition["key"]
    if bounds := condition.get("range"):
        return edge.FieldCondition(key, range=edge.RangeFloat(**bounds))
    match = condition["match"]
    if "any" in match:
        return edge.FieldCondition(key, match=edge.MatchAny(match["any"]))
    if isinstance(match["value"], bool):
        return edge.FieldCondition(f"{_WORDS}.{key}", match=edge.MatchValue(str(match["value"])))
    return edge.FieldCondition(key, match=edge.MatchValue(match["value"]))


def _with_words(payload: dict[str, Any]) -> dict[str, Any]:
    """Return a payload with its booleans as words in addition."""
    words: dict[str, Any] = {}
    for part, columns in payload.items():
        if isinstance(columns, dict):
            named = {name: str(value) for name, value in columns.items() if isinstance(value, bool)}
            words |= {part: named} if named else {}
    return {**payload, _WORDS: words} if words else payload


def _json_vector(vector: Any) -> Any:
    if isinstance(vector, dict):
        return {name: _json_vector(one) for name, one in vector.items()}
    if isinstance(vector, edge.SparseVector):
        return {"indices": list(vector.indices), "values": list(vector.values)}
    return vector
