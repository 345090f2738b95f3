"""Answers, field by field (contract, sections 2.3 to 2.10). They document the API and select the fields of a row that
an answer contains: a field that is not declared here is never sent."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from embedd_api.bodies import Column
from embedd_pg.search.search import Partial, Result

Time = Annotated[str, Field(json_schema_extra={"format": "date-time"}, examples=["2026-03-13T10:00:00Z"])]


class Shape(BaseModel):
    """The base class of answers."""

    model_config = ConfigDict(extra="forbid")


def select_fields(shape: type[Shape]) -> Callable[[Mapping[str, Any]], dict[str, Any]]:
    """Return a function that selects the fields of an answer from a row."""
    names = tuple(shape.model_fields)
    return lambda row: {name: row[name] for name in names}


class Pagination(Shape):
    limit: int
    has_more: bool
    next_cursor: str | None


class Connection(Shape):
    id: str
    name: str
    provider: Literal["postgresql"]
    mode: Literal["managed", "platform"] | None
    status: Literal["created", "connected", "failed"]
    created_at: Time
    org_id: str
    environment_id: str
    last_tested_at: Time | None


class ConnectionList(Shape):
    data: list[Connection]
    pagination: Pagination


class ConnectionWorks(Shape):
    """A connection that works.

    `capture` names how changes are detected: by triggers in embedd's own database, by triggers in the remote source
    database, or by polling. `capture_refused` gives the reason why remote triggers cannot be used. `warnings` lists
    risks, such as a password that is sent without TLS.
    """

    status: Literal["ok"]
    latency_ms: int
    server_version: str
    capture: Literal["trigger", "remote_trigger", "poll"]
    readable_tables: int
    capture_refused: str | None = None
    warnings: list[str] | None = None


class ConnectionFails(Shape):
    status: Literal["failed"]
    error: str
    resolution: str


class EmbeddingProvider(Shape):
    id: str
    name: str
    provider: str
    default_model: str | None
    created_at: Time
    org_id: str
    environment_id: str
    base_url: str | None


class EmbeddingProviderList(Shape):
    data: list[EmbeddingProvider]
    pagination: Pagination


class Model(Shape):
    provider: str
    model: str
    dimensions: int


class ModelList(Shape):
    data: list[Model]


class VectorTable(Shape):
    id: str
    name: str
    connection_id: str
    embedding_provider_id: str | None = Field(description="null when the embedding provider was deleted.")
    source_table: str
    primary_key_column: str
    mode: Literal["managed", "platform"]
    sync_mode: Literal["batch", "cdc"]
    sync_status: Literal["pending", "backfilling", "synced", "paused", "error", "pending_rebackfill"]
    embedding_model: str
    embedding_dimensions: int
    columns: list[Column]
    where: str | None = Field(description="Only rows for which it is true are mirrored; null mirrors all rows.")
    language: str
    chunking: dict[str, Any]
    store_settings: dict[str, Any]
    created_at: Time
    org_id: str
    environment_id: str


class MadeVectorTable(VectorTable):
    """A vector table just created or changed. `warnings` concern its model, for example that it is retired or not in
    the catalogue; the field is absent without any."""

    warnings: list[str] | None = None


class VectorTableList(Shape):
    data: list[VectorTable]
    pagination: Pagination


class SchemaColumn(Column):
    operators: list[str]


class Schema(Shape):
    vector_table_id: str
    source_table: str
    primary_key_column: str
    columns: list[SchemaColumn]


class BackfillRequested(Shape):
    task_id: str
    id: str
    task_type: Literal["backfill"]
    target_id: str
    status: Literal["pending"]
    created_at: Time


class SyncStatus(Shape):
    vector_table_id: str
    sync_status: Literal["pending", "backfilling", "synced", "paused", "error", "pending_rebackfill"]
    synced_rows: int
    total_rows: int
    last_synced_at: Time | None
    last_sync_at: Time | None
    rows_pending: int
    staleness_secs: int | None
    last_error: str | None
    last_error_at: Time | None
    dead_rows: int
    skipped_rows: int


class SyncChanged(Shape):
    vector_table_id: str
    sync_status: Literal["paused", "synced"]
    message: str


class QueryResults(Shape):
    """The rows found. `partial` is present only while the backfill runs that supplies the vectors or metadata that
    answer: rows it has not processed may be missing. `cursor` is present only if the request has one: that of the next
    page, null after the last."""

    results: list[Result]
    #: null if the request has none.
    query: str | None
    model: str
    total_results: int
    partial: Partial | None = None
    cursor: str | None = None


class QueryFailed(Shape):
    """The error of one of several queries."""

    class Failure(Shape):
        code: str
        message: str
        resolution: str

    error: Failure


class QueriesAnswers(Shape):
    """The answers of several queries, in the order of the queries."""

    answers: list[QueryResults | QueryFailed]


class Progress(Shape):
    """The progress of a task. `rate` is in rows per second since the start; `estimated_end` is extrapolated from it."""

    last_processed_pk: str | None
    rows_processed: int
    rows_total: int | None
    rate: float | None
    estimated_end: Time | None


class Task(Shape):
    id: str
    org_id: str
    task_type: str
    target_id: str
    status: Literal["pending", "running", "completed", "failed", "cancelled"]
    priority: int
    progress: Progress
    attempts: int
    max_attempts: int
    last_error: str | None
    created_at: Time
    started_at: Time | None
    finished_at: Time | None


class TaskList(Shape):
    data: list[Task]
    pagination: Pagination


class AuditEntry(Shape):
    """An operation or an attempt at one, and its user. `result` is `ok` or the code of the error. `door` is the
    interface used and `role` the database role behind it. Failed logins are counted by address and minute, in
    `attempts`."""

    id: str
    created_at: Time
    user_id: str | None
    key_id: str | None
    operation: str
    target: str | None
    result: str
    address: str | None
    request_id: str | None
    door: Literal["rest", "cli", "sql"]
    role: str | None
    attempts: int


class AuditLog(Shape):
    data: list[AuditEntry]
    pagination: Pagination


class Embedding(Shape):
    """The vector of a text."""

    embedding: list[float]
    model: str
    dimensions: int


class Usage(Shape):
    """The requests of one day to an embedding provider for one vector table. `vector_table_id` is empty for texts that
    were embedded without a vector table. Names are null for deleted objects, `cost_usd` is null for a model without a
    known price."""

    day: Annotated[str, Field(json_schema_extra={"format": "date"}, examples=["2026-03-13"])]
    vector_table_id: str
    vector_table_name: str | None
    embedding_provider_id: str
    embedding_provider_name: str | None
    provider: str
    model: str
    kind: Literal["document", "query", "rerank"]
    requests: int
    tokens: int
    cost_usd: float | None


class UsageList(Shape):
    data: list[Usage]


class Environment(Shape):
    id: str
    org_id: str
    name: str
    created_at: Time


class EnvironmentList(Shape):
    data: list[Environment]
    pagination: Pagination


class ApiKey(Shape):
    id: str
    org_id: str
    name: str
    key_prefix: str
    permission: Literal["full", "read_only"]
    created_by: str
    created_at: Time
    revoked_at: Time | None
    expires_at: Time | None
    minted_by: str | None


class ApiKeyCreated(Shape):
    """A key just created. `key` is shown only in this answer."""

    key: str
    api_key: ApiKey


class ApiKeyList(Shape):
    data: list[ApiKey]
    pagination: Pagination


class Health(Shape):
    status: Literal["ok"]


class Readiness(Shape):
    status: Literal["ready"]


class ErrorDetail(Shape):
    code: str
    message: str
    resolution: str
    docs_url: str
    request_id: str


class Error(Shape):
    error: ErrorDetail
