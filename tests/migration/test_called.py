"""Programs of earlier releases can still call their functions: an upgrade of the schema stops none of them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from psycopg import sql
from psycopg.rows import DictRow, dict_row

from embedd_pg.database.migrate import script
from tests.migration.called import ROOT, called, signatures
from tests.migration.test_released import RELEASED, RELEASES, ordered
from tests.support.postgres import Cluster

#: The calls of programs from before internal functions had their own schema.
BEFORE_INTERNAL = "0.2.0-before-internal"


@pytest.fixture(scope="module")
def upgraded(cluster: Cluster) -> Iterator[psycopg.Connection[DictRow]]:
    """A session in a database that has been upgraded from the first release."""
    with cluster.fresh_database() as dsn, psycopg.connect(dsn, row_factory=dict_row) as connection:
        connection.execute((RELEASED / f"{min(RELEASES, key=ordered)}.sql").read_bytes())
        connection.execute(script().encode())
        yield connection


@pytest.mark.parametrize("version", [*RELEASES, BEFORE_INTERNAL])
def test_functions_of_earlier_programs_can_still_be_called(upgraded: psycopg.Connection[DictRow], version: str) -> None:
    """By the parameters' names; with the same columns first, and no others where sessions have prepared the call."""
    pg = upgraded
    called_then = json.loads((RELEASED / f"{version}.json").read_text(encoding="utf-8"))
    here = [function for function in signatures(pg) if function["schema"] == "embedd"]
    assert len(called_then) > 100
    assert [function["name"] for function in called_then if not _serves(here, function)] == []
    for then in called_then:
        for parameters in (then["parameters"], [one for one in then["parameters"] if one[2]]):
            pg.execute(_call(then["name"], parameters))


def _serves(here: list[dict[str, Any]], then: dict[str, Any]) -> bool:
    columns = then["columns"]
    return any(
        (now["name"], now["returns"], now["set"]) == (then["name"], then["returns"], then["set"])
        and now["columns"][: None if then["prepared"] else len(columns)] == columns
        and _takes(now, then)
        for now in here
    )


def _takes(now: dict[str, Any], then: dict[str, Any]) -> bool:
    """The same parameters are there, none is needed that was not, and none that was is."""
    before = {name: (kind, needed) for name, kind, needed in then["parameters"]}
    here = {name: (kind, needed) for name, kind, needed in now["parameters"]}
    return all(name in here and here[name][0] == kind for name, (kind, _) in before.items()) and all(
        not needed or (name in before and before[name][1]) for name, (_, needed) in here.items()
    )


def _call(function: str, parameters: list[Any]) -> sql.Composed:
    """It is only prepared: that finds the function, and finds it once, as the driver's untyped values do."""
    arguments = [sql.SQL("{} => null").format(sql.Identifier(name)) for name, _, _ in parameters]
    prepared = sql.SQL("prepare p as select * from embedd.{}({}); deallocate p")
    return prepared.format(sql.Identifier(function), sql.SQL(", ").join(arguments))


def test_the_schema_serves_programs_of_the_previous_release(pg: psycopg.Connection[DictRow]) -> None:
    oldest = {row["line"]: row["number"] for row in pg.execute("select * from embedd.oldest_program()").fetchall()}
    before = max(RELEASES, key=ordered)
    assert oldest in RELEASES.values(), "name a release, as releases.json has it"
    assert all(oldest[line] <= number for line, number in RELEASES[before].items())


def test_the_list_matches_the_calls_of_the_programs(pg: psycopg.Connection[DictRow]) -> None:
    """The reader of the programs finds what today's call, so it found what theirs did."""
    names = {function["name"] for function in called(ROOT, pg)}
    assert {"claim_jobs", "get_generation", "create_vector_table", "authenticate", "oldest_program"} <= names
    assert len(names) > 100
