"""How values of a filter type are made from what PostgreSQL writes."""

from __future__ import annotations

import pytest

from embedd_pg.filter_types import flat, microseconds, stored_time


@pytest.mark.parametrize(
    ("written", "stored"),
    [
        ("2026-03-13", "2026-03-13T00:00:00.000000Z"),
        ("2026-03-13 10:00:00", "2026-03-13T10:00:00.000000Z"),
        ("2026-03-13 10:00:00.5", "2026-03-13T10:00:00.500000Z"),
        ("2026-03-13 10:00:00.000001+00", "2026-03-13T10:00:00.000001Z"),
        ("0001-01-01", "0001-01-01T00:00:00.000000Z"),
        ("9999-12-31 23:59:59.999999+00", "9999-12-31T23:59:59.999999Z"),
    ],
)
def test_a_time_is_stored_in_one_form(written: str, stored: str) -> None:
    assert stored_time(written) == stored
    assert microseconds(stored) is not None


@pytest.mark.parametrize(
    "written", ["infinity", "-infinity", "0044-03-15 BC", "0001-12-31 10:00:00+00 BC", "10000-01-01", "5874897-12-31"]
)
def test_a_time_outside_the_order_stays_as_it_is_written(written: str) -> None:
    assert stored_time(written) == written
    assert microseconds(written) is None


def test_microseconds_are_counted_exactly_from_1970() -> None:
    assert microseconds("1970-01-01T00:00:00.000000Z") == 0
    assert microseconds("1969-12-31T23:59:59.999999Z") == -1
    assert microseconds("9999-12-31T23:59:59.999999Z") == 253_402_300_799_999_999
    assert microseconds(None) is microseconds(5) is microseconds("2026-03-13") is None


def test_an_array_of_any_dimensions_is_a_list_without_nulls() -> None:
    assert flat([["a", None], ["b", "a"]]) == ["a", "b", "a"]
    assert flat([]) == flat([None]) == []
