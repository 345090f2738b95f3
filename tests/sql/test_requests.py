"""Records of requests: their number in the last minute, and the audit log."""

from __future__ import annotations

import datetime as dt
from typing import Any

import psycopg
import pytest

from tests.sql.calls import Pg, acting_as, row, rows, value


def taken(pg: Pg, seconds: float, limit: int = 25) -> tuple[Any, ...]:
    at = dt.datetime.fromtimestamp(6_000_000 + seconds, dt.UTC)
    return tuple(row(pg, "take_request", p_organization_id="org_x", p_limit=limit, p_at=at).values())


def test_a_full_window_refuses_says_how_long_and_lets_in_again_then(pg: Pg) -> None:
    assert [taken(pg, 30 + n / 100) for n in range(25)] == [(True, 24 - n, 6_000_060, 0) for n in range(25)]
    admitted, remaining, reset_at, wait = taken(pg, 40)
    assert (admitted, remaining) == (False, 0)
    assert reset_at == 6_000_040 + wait
    assert taken(pg, 40 + wait - 1.1)[0] is False
    assert taken(pg, 40 + wait)[0] is True
    assert taken(pg, 240) == (True, 24, 6_000_300, 0)


def test_refused_requests_are_not_counted(pg: Pg) -> None:
    for n in range(300):
        taken(pg, n / 10)
    assert [taken(pg, 90)[0] for _ in range(20)].count(True) == 12, "half of the minute before counts"


def test_a_clock_that_lags_behind_changes_nothing(pg: Pg) -> None:
    for _ in range(25):
        taken(pg, 70)
    assert taken(pg, 59)[0] is False
    assert taken(pg, 59, limit=26)[:2] == (True, 0)


def test_counting_starts_over_when_the_clock_was_set_back(pg: Pg) -> None:
    for _ in range(25):
        taken(pg, 3_700)
    assert taken(pg, 100)[:2] == (True, 24)
    assert [taken(pg, 101)[0] for _ in range(25)].count(True) == 24


def test_the_audit_log_only_grows(alone: Pg) -> None:
    named = {"p_operation": "delete_x", "p_target": "x", "p_result": "ok", "p_address": "::1", "p_request_id": "r"}
    value(alone, "record_audit", p_key_id="key_1", **named)
    value(alone, "record_audit", p_key_id="key_2", **named)
    found = rows(alone, "list_audit")
    assert [entry["key_id"] for entry in found] == ["key_2", "key_1"]
    assert found[0]["user_id"] == value(alone, "acting_user")
    for change in ("update {} set result = 'x'", "delete from {}", "truncate {}", "delete from {} where false"):
        with pytest.raises(psycopg.errors.InsufficientPrivilege, match="added, never changed"):
            alone.execute(change.format("embedd.audit_log").encode())
    assert rows(alone, "list_audit", limit=1) == found[:1]
    acting_as(alone, organization=value(alone, "create_organization", name="acme"))
    assert rows(alone, "list_audit") == []
