"""Shared helpers for tests of the SQL surface: calls of functions by name, and their effects."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import psycopg
import pytest
from psycopg import sql
from psycopg.rows import dict_row

from embedd_pg.database.sql_files import qualify

Pg = psycopg.Connection[dict[str, Any]]

#: The source table most tests use.
PRODUCTS = "create table products (id int primary key, name text, price numeric, stock int, note text)"
NAME_AND_PRICE = [
    {"name": "name", "role": "embedding"},
    {"name": "price", "role": "metadata", "filter_type": "float"},
]


@dataclass(frozen=True, slots=True)
class Refusal:
    """The error that a user gets when a call is refused."""

    sqlstate: str | None
    message: str | None
    hint: str | None


def rows(pg: Pg, function: str, /, **named: Any) -> list[dict[str, Any]]:
    """All rows of a function called with named parameters; lists and dicts travel as JSON."""
    statement = sql.SQL("select * from {}({})").format(
        sql.Identifier(*qualify(function).split(".")),
        sql.SQL(", ").join(sql.SQL("{} => {}").format(sql.Identifier(name), sql.Placeholder(name)) for name in named),
    )
    return pg.execute(statement, named).fetchall()


def row(pg: Pg, function: str, /, **named: Any) -> dict[str, Any]:
    """The only row."""
    (only,) = rows(pg, function, **named)
    return only


def value(pg: Pg, function: str, /, **named: Any) -> Any:
    """The only column of the only row."""
    (only,) = row(pg, function, **named).values()
    return only


def refused(pg: Pg, function: str, /, **named: Any) -> Refusal:
    """The refusal of a call that must fail, and leave nothing behind."""
    before = footprint(pg)
    with pytest.raises(psycopg.Error) as caught, pg.transaction():
        rows(pg, function, **named)
    assert footprint(pg) == before
    return Refusal(caught.value.sqlstate, caught.value.diag.message_primary, caught.value.diag.message_hint)


def footprint(pg: Pg) -> dict[str, Any]:
    """How much there is of everything a call can create."""
    tables = (
        "connections",
        "embedders",
        "vector_tables",
        "generations",
        "captures",
        "outbox",
        "jobs",
        "tasks",
        "api_keys",
    )
    counts = ", ".join(f"(select count(*) from embedd.{table}) as {table}" for table in tables)
    (counted,) = pg.execute(
        f"select {counts}, (select count(*) from pg_trigger where tgname like 'zz_embedd_%') as triggers,"
        " (select count(*) from pg_proc where pronamespace::regnamespace::text ~ '^embedd') as functions"
    ).fetchall()
    return counted


def embedding(*names: str) -> str:
    """Columns with the role embedding, as the JSON create_vector_table() takes."""
    return json.dumps([{"name": name, "role": "embedding"} for name in names])


def vector_table(pg: Pg, source_table: str = "products", columns: str | None = None, **named: Any) -> str:
    """Make a vector table, by default with `name` embedded and `price` to filter by; returns its id."""
    columns = columns or json.dumps(NAME_AND_PRICE)
    named = {"name": source_table, "source_table": source_table, "columns": columns} | named
    return str(value(pg, "create_vector_table", **named))


def generation_of(pg: Pg, vector_table_id: str) -> int:
    """The id of a vector table's only generation."""
    (found,) = pg.execute("select id from embedd.generations where vector_table_id = %s", [vector_table_id]).fetchall()
    return int(found["id"])


def checkpoint(pg: Pg, task: dict[str, Any], worker: str = "w", **named: Any) -> bool:
    """Note how far a claimed task is; by default nothing new."""
    named = {"p_phase": "source", "p_keys": [], "p_last": None, "p_rows_total": None, "p_lease": "1 min"} | named
    named = {"p_task": task["id"], "p_worker": worker, "p_start_token": task["start_token"]} | named
    return bool(value(pg, "checkpoint_task", **named))


def finish_task(pg: Pg) -> None:
    """Claim the next task and take it to its end, as if all its jobs were done."""
    task = row(pg, "claim_task", p_worker="w", p_stores=["qdrant"], p_lease="1 min")
    assert checkpoint(pg, task, p_phase="finish")
    value(pg, "complete_task", p_task=task["id"], p_worker="w")


def taken(pg: Pg) -> list[str]:
    """Empty the outbox: the keys in it, sorted, each once; T and R events by their letter."""
    found = pg.execute("delete from embedd.outbox returning kind, coalesce(keys, array[key]) as keys").fetchall()
    return sorted({key if event["kind"] == "k" else event["kind"] for event in found for key in event["keys"]})


def synced(pg: Pg) -> str:
    """A backfilled vector table named `v` over `products`; its id."""
    pg.execute(PRODUCTS)
    made = vector_table(pg, name="v")
    pg.execute("update embedd.vector_tables set sync_status = 'synced', last_synced_at = now()")
    return made


def ingest(pg: Pg, **named: Any) -> dict[str, Any]:
    """Take the events of the outbox."""
    return row(pg, "ingest", **({"p_limit": 1000} | named))


def jobs(pg: Pg) -> dict[str, dict[str, Any]]:
    """Their rows by key."""
    return {job["key"]: job for job in pg.execute("select * from embedd.jobs").fetchall()}


def change(pg: Pg, *keys: int) -> None:
    """Insert or change rows, and take the events."""
    for key in keys:
        pg.execute(
            "insert into products values (%s, 'a') on conflict (id) do update set name = products.name || 'a'", [key]
        )
    ingest(pg)


@contextmanager
def session(dsn: str, role: str | None = None) -> Iterator[Pg]:
    """One more session, as `role` if given. A statement that would hang fails."""
    with psycopg.connect(dsn, autocommit=True, row_factory=dict_row, options="-c statement_timeout=30s") as connection:
        if role:
            connection.execute(sql.SQL("set session authorization {}").format(sql.Identifier(role)))
        yield connection


def acting_as(pg: Pg, *, organization: str = "", environment: str = "") -> None:
    """Set the actor of this session; the default is the self-hosted organization in prod."""
    pg.execute(
        "select set_config('embedd.organization', %s, false), set_config('embedd.environment', %s, false)",
        [organization, environment],
    )


@contextmanager
def started(dsn: str, statement: str) -> Iterator[Started]:
    """Run a statement in a separate session; it must end before the block does."""
    with session(dsn) as connection, ThreadPoolExecutor(1) as threads:
        yield Started(connection.info.backend_pid, threads.submit(connection.execute, statement.encode()))


@dataclass(frozen=True, slots=True)
class Started:
    """A statement under way."""

    backend: int
    future: Future[Any]

    def is_blocked(self, pg: Pg) -> bool:
        """Does it wait for another session?"""
        (found,) = pg.execute("select pg_blocking_pids(%s) <> '{}' as blocked", [self.backend]).fetchall()
        return bool(found["blocked"])


def until(condition: Callable[[], bool], seconds: float = 20) -> None:
    """Wait for something to become true."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.01)
