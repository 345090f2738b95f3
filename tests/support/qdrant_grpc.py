"""Qdrant's gRPC API, as far as embedd's store uses it, over the engine of tests/support/qdrant_engine.py.

The client's own conversions read requests and write answers. Tests therefore check embedd's calls over gRPC, not the
conversions.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import grpc
from qdrant_client import grpc as wire
from qdrant_client.conversions.conversion import GrpcToRest, RestToGrpc
from qdrant_client.http import models

from tests.support.qdrant_engine import Engine, Refused
from tests.support.qdrant_server import VERSION, Fault

CODES = {
    400: grpc.StatusCode.INVALID_ARGUMENT,
    401: grpc.StatusCode.UNAUTHENTICATED,
    403: grpc.StatusCode.PERMISSION_DENIED,
    404: grpc.StatusCode.NOT_FOUND,
    409: grpc.StatusCode.ALREADY_EXISTS,
    429: grpc.StatusCode.RESOURCE_EXHAUSTED,
    500: grpc.StatusCode.INTERNAL,
    503: grpc.StatusCode.UNAVAILABLE,
}
Handler = Callable[[Engine, Any], Any]


class GrpcServer:
    """The services and their recorded requests. `faults` may be scripted while it runs, by method: `Points/Upsert`."""

    def __init__(self, *, version: str = VERSION, api_key: str = "") -> None:
        self.version, self.api_key = version, api_key
        self.requests: list[str] = []
        self.faults: deque[Fault] = deque()
        self.port = 0
        self._engine = Engine()

    def fault(self, **values: Any) -> None:
        """Script one fault: `hang`, `status` (as in REST) with `text`, or an `update` status."""
        self.faults.append(Fault(**values))

    def answer(self, method: str, handler: Handler, request: Any, context: grpc.ServicerContext) -> Any:
        self.requests.append(method)
        fault = next((one for one in self.faults if one.on in method), Fault())
        if fault in self.faults:
            self.faults.remove(fault)
        try:
            if self.api_key and dict(context.invocation_metadata()).get("api-key") != self.api_key:
                raise Refused(401, "Invalid API key or JWT")
            time.sleep(fault.hang)
            if fault.status:
                raise Refused(fault.status, fault.text)
            if fault.update:
                acted = wire.UpdateResult(status=wire.UpdateStatus.Value(fault.update))
                return wire.PointsOperationResponse(result=acted)
            return handler(self._engine, request)
        except Refused as refusal:
            context.abort(CODES.get(refusal.status, grpc.StatusCode.UNKNOWN), refusal.text)

    def check(self, request: Any, _context: grpc.ServicerContext) -> Any:
        """Answer a health check. Like a real server, require no key."""
        return wire.HealthCheckReply(title="qdrant - vector search engine", version=self.version)

    def close(self) -> None:
        self._engine.close()


@contextmanager
def running(certificate: Path | None = None, **options: Any) -> Iterator[GrpcServer]:
    """Run a server on a port of 127.0.0.1, in threads of this process. With files of a certificate and its key it uses
    TLS."""
    served = GrpcServer(**options)
    server = grpc.server(ThreadPoolExecutor(4))
    points, collections, root = wire.PointsServicer(), wire.CollectionsServicer(), wire.QdrantServicer()
    for service, name, methods in ((points, "Points", POINTS), (collections, "Collections", COLLECTIONS)):
        for method, handler in methods.items():
            setattr(service, method, partial(served.answer, f"{name}/{method}", handler))
    root.HealthCheck = served.check
    wire.add_PointsServicer_to_server(points, server)
    wire.add_CollectionsServicer_to_server(collections, server)
    wire.add_QdrantServicer_to_server(root, server)
    if certificate:
        pem = certificate.read_bytes()
        served.port = server.add_secure_port("127.0.0.1:0", grpc.ssl_server_credentials([(pem, pem)]))
    else:
        served.port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    try:
        yield served
    finally:
        server.stop(None).wait()
        served.close()


def _carried_out(engine: Engine, operation: Any, request: Any, body: Any, *, needs: bool = True) -> Any:
    return engine.run(operation, getattr(request, "collection_name", ""), body, needs=needs)


def _optional(request: Any, name: str, convert: Callable[[Any], Any]) -> Any:
    """Return the value of an optional field, or None."""
    return convert(getattr(request, name)) if request.HasField(name) else None


def _selected(request: Any) -> Any:
    """Return the requested parts of the payload."""
    return _optional(request, "with_payload", GrpcToRest.convert_with_payload_selector)


def _changed(result: dict[str, Any]) -> Any:
    return RestToGrpc.convert_update_result(models.UpdateResult(**result))


# Collections


def _list(engine: Engine, request: Any) -> Any:
    found = _carried_out(engine, Engine.collections, request, None, needs=False)["collections"]
    return wire.ListCollectionsResponse(collections=[wire.CollectionDescription(name=one["name"]) for one in found])


def _exists(engine: Engine, request: Any) -> Any:
    found = _carried_out(engine, Engine.exists, request, None, needs=False)["exists"]
    return wire.CollectionExistsResponse(result=wire.CollectionExists(exists=found))


def _info(engine: Engine, request: Any) -> Any:
    info = models.CollectionInfo(**_carried_out(engine, Engine.info, request, None))
    return wire.GetCollectionInfoResponse(result=RestToGrpc.convert_collection_info(info))


def _create(engine: Engine, request: Any) -> Any:
    numbers = ("shard_number", "replication_factor", "write_consistency_factor", "on_disk_payload")
    sparse = request.sparse_vectors_config.map.items()
    body = models.CreateCollection(
        vectors=GrpcToRest.convert_vectors_config(request.vectors_config),
        sparse_vectors={name: GrpcToRest.convert_sparse_vector_params(one) for name, one in sparse},
        hnsw_config=_optional(request, "hnsw_config", GrpcToRest.convert_hnsw_config_diff),
        quantization_config=_optional(request, "quantization_config", GrpcToRest.convert_quantization_config),
        **{name: _optional(request, name, lambda value: value) for name in numbers},
    )
    return _done(_carried_out(engine, Engine.create, request, body, needs=False))


def _update(engine: Engine, request: Any) -> Any:
    strict = _optional(request, "strict_mode_config", GrpcToRest.convert_strict_mode_config)
    return _done(_carried_out(engine, Engine.update, request, models.UpdateCollection(strict_mode_config=strict)))


def _drop(engine: Engine, request: Any) -> Any:
    return _done(_carried_out(engine, Engine.drop, request, None, needs=False))


def _aliases(engine: Engine, request: Any) -> Any:
    found = _carried_out(engine, Engine.aliases, request, None, needs=False)["aliases"]
    return wire.ListAliasesResponse(aliases=[wire.AliasDescription(**one) for one in found])


def _update_aliases(engine: Engine, request: Any) -> Any:
    actions = [GrpcToRest.convert_alias_operations(action) for action in request.actions]
    body = models.ChangeAliasesOperation(actions=actions)
    return _done(_carried_out(engine, Engine.update_aliases, request, body, needs=False))


def _done(result: bool) -> Any:
    return wire.CollectionOperationResponse(result=result)


# Points


def _index(engine: Engine, request: Any) -> Any:
    kind = wire.FieldType.Name(request.field_type).removeprefix("FieldType").lower()
    body = models.CreateFieldIndex(field_name=request.field_name, field_schema=models.PayloadSchemaType(kind))
    return _applied(engine, Engine.index, request, body)


def _upsert(engine: Engine, request: Any) -> Any:
    body = models.PointsList(
        points=[GrpcToRest.convert_point_struct(point) for point in request.points],
        update_filter=_optional(request, "update_filter", GrpcToRest.convert_filter),
        update_mode=_optional(request, "update_mode", GrpcToRest.convert_update_mode),
    )
    return _applied(engine, Engine.upsert, request, body)


def _delete(engine: Engine, request: Any) -> Any:
    return _applied(engine, Engine.delete, request, GrpcToRest.convert_points_selector(request.points))


def _applied(engine: Engine, operation: Any, request: Any, body: Any) -> Any:
    return wire.PointsOperationResponse(result=_changed(_carried_out(engine, operation, request, body)))


def _retrieve(engine: Engine, request: Any) -> Any:
    ids = [GrpcToRest.convert_point_id(one) for one in request.ids]
    vectors = _optional(request, "with_vectors", GrpcToRest.convert_with_vectors_selector)
    body = models.PointRequest(ids=ids, with_payload=_selected(request), with_vector=vectors)
    found = _carried_out(engine, Engine.retrieve, request, body)
    return wire.GetResponse(result=[_record(one) for one in found])


def _scroll(engine: Engine, request: Any) -> Any:
    body = models.ScrollRequest(
        filter=_optional(request, "filter", GrpcToRest.convert_filter),
        offset=_optional(request, "offset", GrpcToRest.convert_point_id),
        limit=request.limit,
        with_payload=_selected(request),
    )
    found = _carried_out(engine, Engine.scroll, request, body)
    offset = found["next_page_offset"]
    return wire.ScrollResponse(
        result=[_record(one) for one in found["points"]],
        next_page_offset=None if offset is None else RestToGrpc.convert_extended_point_id(offset),
    )


def _query(engine: Engine, request: Any) -> Any:
    body = models.QueryRequest(
        query=_optional(request, "query", GrpcToRest.convert_query),
        using=request.using or None,
        filter=_optional(request, "filter", GrpcToRest.convert_filter),
        params=_optional(request, "params", GrpcToRest.convert_search_params),
        limit=request.limit,
        score_threshold=_optional(request, "score_threshold", float),
        with_payload=_selected(request),
    )
    found = _carried_out(engine, Engine.query, request, body)["points"]
    return wire.QueryResponse(result=[RestToGrpc.convert_scored_point(models.ScoredPoint(**one)) for one in found])


def _record(one: dict[str, Any]) -> Any:
    return RestToGrpc.convert_record(models.Record(**({"payload": {}} | one)))


COLLECTIONS: dict[str, Handler] = {
    "List": _list,
    "CollectionExists": _exists,
    "Get": _info,
    "Create": _create,
    "Update": _update,
    "Delete": _drop,
    "ListAliases": _aliases,
    "UpdateAliases": _update_aliases,
}
POINTS: dict[str, Handler] = {
    "CreateFieldIndex": _index,
    "Upsert": _upsert,
    "Delete": _delete,
    "Get": _retrieve,
    "Scroll": _scroll,
    "Query": _query,
}
