"""A task as the worker that claimed it knows it."""

from __future__ import annotations

from dataclasses import dataclass

from embedd_pg.errors import EmbeddError


@dataclass(frozen=True, slots=True)
class TaskState:
    """A claimed task and how far it is."""

    id: str
    task_type: str
    vector_table_id: str
    generation_id: int
    phase: str
    start_token: int
    last_processed_pk: str | None
    rows_processed: int
    rows_total: int | None
    #: Whether it may fill key ranges instead of queueing a job per key.
    ranged: bool


class TaskLost(EmbeddError):
    """The task was cancelled, started over, or is another worker's by now."""
