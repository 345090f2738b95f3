"""Queries of a vector table (contract, section 2.8)."""

from __future__ import annotations

from typing import Any

from embedd_api.auth import Needs
from embedd_api.bodies import Query
from embedd_api.operation import Call, Operation
from embedd_api.shapes import QueryResults
from embedd_pg.errors import (
    ConfigurationError,
    EmbedderDeleted,
    EmbedderNotFound,
    EmbeddingProviderError,
    StoreError,
    VectorTableNotFound,
    VectorTableNotReady,
)
from embedd_pg.search.rerank import Rerank
from embedd_pg.search.search import search


async def query_vector_table(call: Call) -> dict[str, Any]:
    body = call.body(Query)
    found = await search(
        call.clients,
        call.path["vector_table_id"],
        body.query,
        actor=call.actor,
        limit=body.limit,
        min_similarity_score=body.min_similarity_score,
        filters=body.filters,
        search_mode=body.search_mode,
        rerank=Rerank(**body.rerank.model_dump()) if body.rerank else None,
        select=body.select,
        seen=call.seen,
    )
    return found.as_json() | {"query": body.query, "model": found.model, "total_results": len(found.hits)}


OPERATIONS = (
    Operation(
        name="query_vector_table",
        method="POST",
        path="/v1/vector-tables/{vector_table_id}/query",
        summary="Find the rows that match a text best, by meaning, by words or both.",
        # The operation changes nothing, so read_only keys may use it.
        needs=Needs.READ,
        searches="vector_table_id",
        handler=query_vector_table,
        body=Query,
        answer=QueryResults,
        errors=(
            VectorTableNotFound,
            VectorTableNotReady,
            EmbedderDeleted,
            EmbedderNotFound,
            EmbeddingProviderError,
            StoreError,
            ConfigurationError,
        ),
    ),
)
