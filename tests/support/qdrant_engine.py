"""The operations of Qdrant that embedd's store uses, on the local engine of the Qdrant client.

Where a real server differs from that engine, these behave like the server: of two points with one id in a write the
last is kept, and the text of a number is read with two roundings, also that of a stored payload.
"""

from __future__ import annotations

import itertools
import threading
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
from pydantic_core import to_jsonable_python
from qdrant_client import QdrantClient
from qdrant_client.http import models


class Refused(Exception):
    """An error response: a status and its text."""

    def __init__(self, status: int, text: str) -> None:
        super().__init__(text)
        self.status, self.text = status, text


def read_number(text: str) -> float:
    """Return the number that a server reads: the digits are rounded to a double, and their product is rounded again."""
    sign, digits, exponent = Decimal(text).as_tuple()
    whole = float(int("".join(map(str, digits))))
    assert isinstance(exponent, int)
    # Powers beyond 10^308, of the smallest doubles, are taken in two steps.
    while exponent < -308:
        whole, exponent = whole / 1e308, exponent + 308
    number = whole * float(f"1e{exponent}") if exponent >= 0 else whole / float(f"1e{-exponent}")
    return -number if sign else number


def reread(value: Any) -> Any:
    """Return a stored JSON value after the server has read its text again, as it does when it rebuilds a segment."""
    if isinstance(value, float):
        return read_number(repr(value))
    if isinstance(value, dict):
        return {name: reread(item) for name, item in value.items()}
    return [reread(item) for item in value] if isinstance(value, list) else value


class Engine:
    """The operations on the local engine. Each takes the collection's name and the body, and returns the result."""

    def __init__(self, path: Path | None = None) -> None:
        # Requests run in any free thread. The lock admits one at a time.
        options: dict[str, Any] = {"path": str(path), "force_disable_check_same_thread": True}
        self._client = QdrantClient(**options) if path else QdrantClient(":memory:")
        self._lock = threading.Lock()
        self._indexes: dict[str, dict[str, models.PayloadIndexInfo]] = {}
        self._layouts: dict[str, models.CreateCollection] = {}
        self._strict: dict[str, models.StrictModeConfig] = {}
        self._operations = itertools.count(1)

    def run(self, operation: Callable[[Engine, str, Any], Any], name: str, body: Any, *, needs: bool) -> Any:
        with self._lock:
            if needs and not self._client.collection_exists(name):
                raise Refused(404, f"Not found: Collection `{name}` doesn't exist!")
            try:
                return operation(self, name, body)
            except ValueError as error:
                raise Refused(400, f"Wrong input: {str(error).removeprefix('Wrong input: ')}") from error
            except KeyError as error:
                raise Refused(404, f"Not found: No point with id {error} found") from error

    def close(self) -> None:
        with self._lock:
            self._client.close()

    def collections(self, _name: str, _body: None) -> Any:
        return self._client.get_collections().model_dump(mode="json")

    def exists(self, name: str, _body: None) -> Any:
        return {"exists": self._client.collection_exists(name)}

    def info(self, name: str, _body: None) -> Any:
        info = self._client.get_collection(name)
        info.payload_schema = self._indexes.get(name, {})
        info.config.strict_mode_config = self._strict.get(name)
        if layout := self._layouts.get(name):
            for field_name in ("shard_number", "replication_factor", "write_consistency_factor", "on_disk_payload"):
                setattr(info.config.params, field_name, getattr(layout, field_name))
            info.config.params.vectors = layout.vectors
            info.config.quantization_config = layout.quantization_config
            if layout.hnsw_config:
                info.config.hnsw_config = models.HnswConfig(
                    **{"m": 16, "ef_construct": 100, "full_scan_threshold": 10_000}
                    | layout.hnsw_config.model_dump(exclude_none=True)
                )
        return info.model_dump(mode="json", exclude_none=True)

    def create(self, name: str, body: models.CreateCollection) -> Any:
        if self._client.collection_exists(name):
            raise Refused(409, f"Wrong input: Collection `{name}` already exists!")
        self._layouts[name] = body
        self._strict[name] = (body.strict_mode_config or models.StrictModeConfig()).model_copy()
        return self._client.create_collection(
            name, vectors_config=body.vectors, sparse_vectors_config=body.sparse_vectors
        )

    def update(self, name: str, body: models.UpdateCollection) -> Any:
        if body.strict_mode_config:
            changed = body.strict_mode_config.model_dump(exclude_none=True)
            self._strict[name] = self._strict.get(name, models.StrictModeConfig()).model_copy(update=changed)
        return True

    def aliases(self, _name: str, _body: None) -> Any:
        return self._client.get_aliases().model_dump(mode="json")

    def update_aliases(self, _name: str, body: models.ChangeAliasesOperation) -> Any:
        return self._client.update_collection_aliases(body.actions)

    def drop(self, name: str, _body: None) -> Any:
        for kept in (self._indexes, self._layouts, self._strict):
            kept.pop(name, None)
        return self._client.delete_collection(name)

    def index(self, name: str, body: models.CreateFieldIndex) -> Any:
        # The local engine has none and would warn about it.
        schema = body.field_schema
        kind = schema if isinstance(schema, models.PayloadSchemaType) else getattr(schema, "type", None)
        if kind is None:
            raise ValueError("Field type cannot be detected")
        info = models.PayloadIndexInfo(data_type=models.PayloadSchemaType(kind), points=0)
        self._indexes.setdefault(name, {})[body.field_name] = info
        return self._completed()

    def upsert(self, name: str, body: models.PointsList) -> Any:
        last = {point.id: point.model_copy(update={"payload": reread(point.payload)}) for point in body.points}
        points = list(last.values())
        self._client.upsert(name, points, update_filter=body.update_filter, update_mode=body.update_mode)
        return self._completed()

    def delete(self, name: str, body: models.PointIdsList | models.FilterSelector) -> Any:
        self._check_strict(name, getattr(body, "filter", None), write=True)
        self._client.delete(name, body)
        return self._completed()

    def retrieve(self, name: str, body: models.PointRequest) -> Any:
        records = self._client.retrieve(
            name,
            body.ids,
            with_payload=True if body.with_payload is None else body.with_payload,
            with_vectors=body.with_vector or False,
        )
        return [_record(record) for record in records]

    def scroll(self, name: str, body: models.ScrollRequest) -> Any:
        self._check_strict(name, body.filter)
        records, offset = self._client.scroll(
            name,
            scroll_filter=body.filter,
            limit=10 if body.limit is None else body.limit,
            offset=body.offset,
            with_payload=True if body.with_payload is None else body.with_payload,
            with_vectors=body.with_vector or False,
        )
        return {"points": [_record(record) for record in records], "next_page_offset": offset}

    def query(self, name: str, body: models.QueryRequest) -> Any:
        self._check_strict(name, body.filter)
        response = self._client.query_points(
            name,
            query=body.query,
            using=body.using,
            query_filter=body.filter,
            limit=10 if body.limit is None else body.limit,
            offset=body.offset,
            score_threshold=body.score_threshold,
            with_payload=body.with_payload or False,
            with_vectors=body.with_vector or False,
        )
        return {"points": [_record(point) | {"score": _float32(point.score)} for point in response.points]}

    def count(self, name: str, body: models.CountRequest) -> Any:
        self._check_strict(name, body.filter)
        return {"count": int(self._client.count(name, body.filter).count)}

    def _check_strict(self, name: str, asked: models.Filter | None, *, write: bool = False) -> None:
        """Refuse what a server's strict mode refuses. An alias has the strict mode of its collection."""
        aliases = {alias.alias_name: alias.collection_name for alias in self._client.get_aliases().aliases}
        name = aliases.get(name, name)
        strict = self._strict.get(name, models.StrictModeConfig())
        allowed = strict.unindexed_filtering_update if write else strict.unindexed_filtering_retrieve
        if not strict.enabled or allowed is not False or asked is None:
            return
        for path in _filtered_by(asked.model_dump(exclude_none=True)):
            if path not in self._indexes.get(name, {}):
                text = f'Index required but not found for "{path}" of one of the following types: [any]'
                raise Refused(400, f"Bad request: {text}. Help: Create an index for this key.")

    def _completed(self) -> dict[str, Any]:
        return {"operation_id": next(self._operations), "status": "completed"}


def _record(record: Any) -> dict[str, Any]:
    """Return a point as the server writes it: unrequested parts are missing, but nulls in the payload are kept."""
    shown = {"id": record.id, "payload": record.payload, "vector": to_jsonable_python(record.vector)}
    if isinstance(record, models.ScoredPoint):
        shown["version"] = record.version
    return {name: value for name, value in shown.items() if value is not None}


def _float32(number: float) -> float:
    """Return the shortest decimal of a single-precision number, as the server writes scores."""
    return float(str(np.float32(number)))


def _filtered_by(condition: Any) -> Iterator[str]:
    """Return the payload paths that a filter uses."""
    if isinstance(condition, dict):
        if isinstance(condition.get("key"), str):
            yield condition["key"]
        for part in condition.values():
            yield from _filtered_by(part)
    elif isinstance(condition, list):
        for part in condition:
            yield from _filtered_by(part)
