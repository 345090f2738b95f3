"""A failure that repeats is logged when it begins, with a count from time to time, and when it is over."""

from __future__ import annotations

from structlog.testing import capture_logs

from embedd_pg.database.complaint import LONGEST, Complaint
from embedd_pg.database.connection import address_of
from embedd_pg.errors import DatabaseUnavailable


def test_a_repeated_failure_is_logged_seldom_and_pauses_longer() -> None:
    complaint = Complaint("broken", address="db:5432/shop")
    with capture_logs() as lines:
        rests = [complaint.failed(DatabaseUnavailable()) for _ in range(100)]
        complaint.over()
        complaint.over()
    assert [line.get("times") for line in lines] == [1, 2, 4, 8, 16, 32, 64, 100]
    assert {line["event"] for line in lines[:-1]} == {"broken"} and lines[-1]["event"] == "broken_over"
    assert {line["address"] for line in lines} == {"db:5432/shop"}
    assert rests == sorted(rests) and rests[0] < rests[-1] == LONGEST


def test_another_failure_is_logged_at_once() -> None:
    complaint = Complaint("broken")
    with capture_logs() as lines:
        for error in (DatabaseUnavailable(), DatabaseUnavailable(), DatabaseUnavailable("The disk is full.")):
            complaint.failed(error)
    assert [line["times"] for line in lines] == [1, 2, 1]


def test_an_address_has_no_secret() -> None:
    assert address_of("postgresql://ann:secret@db.example:6432/shop?sslmode=require") == "db.example:6432/shop"
    assert address_of("host=/run/pg dbname=shop password=secret") == "/run/pg:5432/shop"
    assert "secret" not in address_of("postgresql://ann:secret@[broken")
