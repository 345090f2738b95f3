"""A Qdrant server over gRPC, by Qdrant's client, whose import takes a second."""

from __future__ import annotations

import asyncio
import math
import warnings
from collections.abc import Mapping
from typing import Any

import numpy as np
from pydantic import TypeAdapter
from qdrant_client import AsyncQdrantClient, models
from qdrant_client.common.client_exceptions import ResourceExhaustedResponse

from embedd_pg.stores.qdrant.engine import Answered, require_version

#: The bodies of operations, and of the parameters of the address, as the client knows them.
_BODIES: dict[str, TypeAdapter[Any]] = {
    "update_collection_aliases": TypeAdapter(models.ChangeAliasesOperation),
    "create_collection": TypeAdapter(models.CreateCollection),
    "update_collection": TypeAdapter(models.UpdateCollection),
    "create_payload_index": TypeAdapter(models.CreateFieldIndex),
    "delete": TypeAdapter(models.FilterSelector | models.PointIdsList),
    "retrieve": TypeAdapter(models.PointRequest),
    "scroll": TypeAdapter(models.ScrollRequest),
    "query_points": TypeAdapter(models.QueryRequest),
    "count": TypeAdapter(models.CountRequest),
}
_PARAMETERS: dict[str, TypeAdapter[Any]] = {
    "wait": TypeAdapter(bool),
    "ordering": TypeAdapter(models.WriteOrdering),
    "consistency": TypeAdapter(models.ReadConsistencyType),
}
#: Fields of a body whose argument of the client has another name.
_NAMES = {
    "actions": "change_aliases_operations",
    "filter": "query_filter",
    "params": "search_params",
    "sparse_vectors": "sparse_vectors_config",
    "vectors": "vectors_config",
    "with_vector": "with_vectors",
}


class GrpcEngine:
    """A server. Version and time are bounded as in RestEngine."""

    local = False

    def __init__(self, client: AsyncQdrantClient, timeout: float) -> None:
        self._client, self._timeout = client, timeout
        self._checked = False

    async def call(
        self, operation: str, collection: str = "", body: Mapping[str, Any] | None = None, **parameters: str
    ) -> Any:
        try:
            given = arguments(operation, collection, body, parameters)
            async with asyncio.timeout(self._timeout):
                if not self._checked:
                    require_version((await self._client.info()).version)
                    self._checked = True
                return plain(operation, await getattr(self._client, operation)(**given))
        except ResourceExhaustedResponse as error:
            self._checked = False
            raise Answered(429) from error
        except Exception:
            self._checked = False
            raise

    async def close(self) -> None:
        await self._client.close()


def connected(url: str, *, api_key: str | None, port: int, authorities: bytes | None, timeout: float) -> GrpcEngine:
    """Return a server. `authorities` are CA certificates (PEM). Raise ValueError if address or key is malformed."""
    # embedd gives this warning itself at start, except for servers on this machine (database/transit.py).
    warnings.filterwarnings("ignore", message="Api key is used with an insecure connection")
    options: dict[str, Any] = {"grpc_options": {"root_certificates": authorities}} if authorities else {}
    client = AsyncQdrantClient(
        url=url,
        api_key=api_key,
        prefer_grpc=True,
        grpc_port=port,
        timeout=math.ceil(timeout),
        # The client's own check blocks and only warns. That of GrpcEngine refuses.
        check_compatibility=False,
        **options,
    )
    return GrpcEngine(client, timeout)


def arguments(
    operation: str, collection: str, body: Mapping[str, Any] | None, parameters: Mapping[str, str]
) -> dict[str, Any]:
    """Return the arguments of the client's method."""
    given = {"collection_name": collection} if collection else {}
    given |= {name: _PARAMETERS[name].validate_python(value) for name, value in parameters.items()}
    if body is None:
        return given
    if operation == "upsert":
        return given | _upsert(body)
    request = _BODIES[operation].validate_python(_listed(body))
    if operation == "delete":
        return given | {"points_selector": request}
    return given | {_NAMES.get(name, name): getattr(request, name) for name in request.model_fields_set}


def plain(operation: str, result: Any) -> Any:
    """Return the result of the client's method as REST has it."""
    match operation:
        case "retrieve":
            return [_point(record) for record in result]
        case "scroll":
            return {"points": [_point(record) for record in result[0]], "next_page_offset": result[1]}
        case "query_points":
            return {"points": [_point(point) | {"score": point.score} for point in result.points]}
        case "collection_exists":
            return {"exists": result}
    return result if isinstance(result, bool) else result.model_dump(mode="json", exclude_none=True)


def _upsert(body: Mapping[str, Any]) -> dict[str, Any]:
    """Return the arguments of upsert(), without checks of each number."""
    given: dict[str, Any] = {"points": [_struct(point) for point in body["points"]]}
    if condition := body.get("update_filter"):
        given["update_filter"] = models.Filter.model_validate(condition)
    if mode := body.get("update_mode"):
        given["update_mode"] = models.UpdateMode(mode)
    return given


def _struct(point: Mapping[str, Any]) -> models.PointStruct:
    vectors = _listed(point["vector"])
    if isinstance(vectors, dict):
        vectors = {
            name: models.SparseVector.model_construct(**one) if isinstance(one, dict) else one
            for name, one in vectors.items()
        }
    return models.PointStruct.model_construct(id=point["id"], vector=vectors, payload=point["payload"])


def _point(record: Any) -> dict[str, Any]:
    vector = record.vector
    if isinstance(vector, dict):
        vector = {
            name: one.model_dump() if isinstance(one, models.SparseVector) else one for name, one in vector.items()
        }
    return {"id": record.id, "payload": record.payload, "vector": vector}


def _listed(value: Any) -> Any:
    """Return a JSON value with arrays as lists."""
    if isinstance(value, Mapping):
        return {name: _listed(one) for name, one in value.items()}
    if isinstance(value, list):
        return [_listed(one) for one in value]
    return value.tolist() if isinstance(value, np.ndarray) else value
