"""Queries of a vector table (contract, section 2.8)."""

from __future__ import annotations

import asyncio
from typing import Any

import structlog

from embedd_api.auth import Needs
from embedd_api.bodies import Queries, Query
from embedd_api.operation import Call, Operation
from embedd_api.shapes import QueriesAnswers, QueryResults
from embedd_pg.errors import (
    ConfigurationError,
    EmbedderDeleted,
    EmbedderNotFound,
    EmbeddError,
    EmbeddingProviderError,
    StoreError,
    VectorTableNotFound,
    VectorTableNotReady,
)
from embedd_pg.search.search import search
from embedd_pg.search.texts import Together

log = structlog.get_logger(__name__)

#: Queries of one call that are carried out at once.
AT_ONCE = 8


async def query_vector_table(call: Call) -> dict[str, Any]:
    return await _answer(call, call.body(Query))


async def query_vector_table_together(call: Call) -> dict[str, Any]:
    """Answer several queries, each with its results or its error. Only an error of the vector table is one of all."""
    queries = call.body(Queries).queries
    together = Together([query.request() for query in queries])
    turns = asyncio.Semaphore(AT_ONCE)

    async def answer(query: Query) -> dict[str, Any]:
        async with turns:
            try:
                return await _answer(call, query, together)
            except (VectorTableNotFound, VectorTableNotReady):
                raise
            except EmbeddError as error:
                return _failure(error)

    try:
        async with asyncio.TaskGroup() as group:
            answers = [group.create_task(answer(query)) for query in queries]
    except ExceptionGroup as failed:
        raise failed.exceptions[0] from None
    return {"answers": [task.result() for task in answers]}


async def _answer(call: Call, query: Query, together: Together | None = None) -> dict[str, Any]:
    found = await search(
        call.clients,
        call.path["vector_table_id"],
        query.request(),
        actor=call.actor,
        seen=call.seen,
        together=together,
    )
    return found.as_json() | {"query": query.query, "model": found.model, "total_results": len(found.hits)}


def _failure(error: EmbeddError) -> dict[str, Any]:
    shown = error.for_users()
    if shown is not error:
        log.warning("query_failed", error=error.message)
    return {"error": {"code": shown.code, "message": shown.message, "resolution": shown.resolution}}


OPERATIONS = (
    Operation(
        name="query_vector_table",
        method="POST",
        path="/v1/vector-tables/{vector_table_id}/query",
        summary="Find the rows that match a text best, by meaning, by words or both, or rows like others.",
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
    Operation(
        name="query_vector_table_together",
        method="POST",
        path="/v1/vector-tables/{vector_table_id}/queries",
        summary="Carry out up to 32 queries, whose texts are embedded in one request.",
        needs=Needs.READ,
        searches="vector_table_id",
        counts=lambda body: len(body.queries),
        handler=query_vector_table_together,
        body=Queries,
        answer=QueriesAnswers,
        errors=(VectorTableNotFound, VectorTableNotReady),
    ),
)
