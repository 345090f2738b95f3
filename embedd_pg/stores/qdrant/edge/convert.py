"""Conversion between the JSON of Qdrant's REST API and the types of Qdrant's engine.

A stored payload has the whole payload as JSON text, which answers repeat unread, and beside it what conditions compare,
each under its path with `-` for dots: the engine takes 10 µs to read a text from Python, and 20 µs for an object. The
engine matches a boolean with the integers 0 and 1, and therefore finds none, so booleans are stored as these integers,
under a name of their own.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Mapping
from typing import Any

import orjson
import pybase64
import qdrant_edge as edge

SCHEMAS = {
    "keyword": edge.PayloadSchemaType.Keyword,
    "integer": edge.PayloadSchemaType.Integer,
    "float": edge.PayloadSchemaType.Float,
    "bool": edge.PayloadSchemaType.Integer,
}
MODES = {
    None: edge.UpdateMode.Upsert,
    "update_only": edge.UpdateMode.UpdateOnly,
    "insert_only": edge.UpdateMode.InsertOnly,
}
#: The field with the whole payload.
WHOLE = "whole"
#: Those of embedd's own fields that conditions compare. Of the key, a condition only asks whether there is one.
_OWN = ("v", "dead")
_KEY = "pk"


def config_of(layout: Mapping[str, Any]) -> edge.EdgeConfig:
    """Return the configuration of a shard from the description of a collection."""
    vectors = layout["vectors"]
    several = edge.MultiVectorConfig(edge.MultiVectorComparator.MaxSim) if vectors.get("multivector_config") else None
    dense = edge.EdgeVectorParams(size=vectors["size"], distance=edge.Distance.Cosine, multivector_config=several)
    sparse = {name: edge.EdgeSparseVectorParams(modifier=edge.Modifier.Idf) for name in layout["sparse_vectors"]}
    # A shard has one segment, so more threads would only pass the work on.
    return edge.EdgeConfig(vectors=dense, sparse_vectors=sparse, max_search_threads=1)


def index_of(path: str, schema: Any) -> edge.UpdateOperation:
    """Return the operation that creates a payload index. `schema` is its type, or an object with type and options."""
    if isinstance(schema, Mapping):
        return edge.UpdateOperation.create_field_index(_name(path), edge.KeywordIndexParams(prefix=schema["prefix"]))
    return edge.UpdateOperation.create_field_index(_flag(path) if schema == "bool" else _name(path), SCHEMAS[schema])


def point_of(point: Mapping[str, Any]) -> edge.Point:
    vectors, payload = point["vector"], point["payload"]
    named = vectors if isinstance(vectors, Mapping) else {"": vectors}
    compared = {WHOLE: orjson.dumps(payload).decode(), **_compared(payload)}
    return edge.Point(id_of(point["id"]), {name: vector_of(one) for name, one in named.items()}, compared)


def vector_of(vector: Any) -> Any:
    """Return a vector from JSON: numbers, or the text of packed numbers, or a list of such for several passages."""
    if isinstance(vector, dict):
        return edge.SparseVector(vector["indices"], vector["values"])
    if isinstance(vector, str):
        return array("f", pybase64.b64decode(vector))
    return [vector_of(one) for one in vector] if vector and isinstance(vector[0], str) else vector


def id_of(id_: Any) -> Any:
    """Return the id of a point: a number, or the text of a UUID."""
    return int(id_) if isinstance(id_, str) and id_.isdecimal() else id_


def reader(wanted: Any) -> Callable[[Any], dict[str, Any]]:
    """Return a function that returns a stored point as JSON. `wanted` are the paths of its payload, or True for all."""

    def read(record: Any) -> dict[str, Any]:
        text = (record.payload or {}).get(WHOLE, "{}")
        payload = orjson.Fragment(text) if wanted is True else _chosen(orjson.loads(text), wanted)
        return {"id": json_id(record.id), "payload": payload, "vector": _json_vector(record.vector)}

    return read


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
        path = condition["is_empty"]["key"]
        return edge.Filter(must=[edge.IsEmptyCondition(_name(path)), edge.IsEmptyCondition(_flag(path))])
    if "key" not in condition:
        return filter_of(condition)
    path = condition["key"]
    if bounds := condition.get("range"):
        return edge.FieldCondition(_name(path), range=edge.RangeFloat(**bounds))
    match = condition["match"]
    if "prefix" in match:
        return edge.FieldCondition(_name(path), match=edge.MatchPrefix(match["prefix"]))
    if "any" in match:
        return edge.FieldCondition(_name(path), match=edge.MatchAny(match["any"]))
    if isinstance(match["value"], bool):
        return edge.FieldCondition(_flag(path), match=edge.MatchValue(int(match["value"])))
    return edge.FieldCondition(_name(path), match=edge.MatchValue(match["value"]))


def _name(path: str) -> str:
    """Return the field of a stored payload for a path. Names of columns have no `-` of their own (`filter.encoded`)."""
    return path.replace(".", "-")


def _flag(path: str) -> str:
    return f"{_name(path)}-flag"


def _compared(payload: Mapping[str, Any]) -> dict[str, Any]:
    """Return what conditions compare: the user's columns, and some of embedd's own fields."""
    own, columns = payload.get("_e") or {}, payload.get("d") or {}
    paths = {f"_e.{name}": own[name] for name in _OWN if name in own}
    paths |= {f"_e.n.{name}": place for name, place in own.get("n", {}).items()}
    paths |= {f"d.{name}": value for name, value in columns.items() if value is not None}
    compared = {
        (_flag(path) if isinstance(value, bool) else _name(path)): int(value) if isinstance(value, bool) else value
        for path, value in paths.items()
    }
    return compared | ({_name(f"_e.{_KEY}"): 1} if _KEY in own else {})


def _chosen(payload: dict[str, Any], paths: Any) -> dict[str, Any]:
    """Return the parts of a payload at some paths, as of `d` and `d.column`; none if there are no paths."""
    chosen: dict[str, Any] = {}
    for path in paths or ():
        part, _, name = path.partition(".")
        if not name and part in payload:
            chosen[part] = payload[part]
        elif name in payload.get(part, {}):
            chosen.setdefault(part, {})[name] = payload[part][name]
    return chosen


def _json_vector(vector: Any) -> Any:
    if isinstance(vector, dict):
        return {name: _json_vector(one) for name, one in vector.items()}
    if isinstance(vector, edge.SparseVector):
        return {"indices": list(vector.indices), "values": list(vector.values)}
    return vector
