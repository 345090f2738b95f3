"""The state of a task, as known to the worker that claimed it."""

from __future__ import annotations

from dataclasses import dataclass

from embedd_pg.errors import EmbeddError


@dataclass(frozen=True, slots=True)
class TaskState:
    """A claimed task and its progress."""

    id: str
    task_type: str
    vector_table_id: str
    generation_id: int
    phase: str
    start_token: int
    last_processed_pk: str | None
    rows_processed: int
    rows_total: int | None
    #: Whether the task may fill key ranges instead of queueing a job for each key.
    ranged: bool


class TaskLost(EmbeddError):
    """The task was cancelled or started over, or another worker holds it now."""
