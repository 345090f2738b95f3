"""`embedd worker` in its plain spelling is read without typer, with the same result."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from embedd_pg.cli import build
from embedd_pg.cli import worker as command
from embedd_pg.cli.plain import read_interval, worker_options

PLAIN = [
    [],
    ["--drain"],
    ["--concurrency", "64"],
    ["--data-dir", "some/place", "--drain", "--concurrency", "1"],
    ["--every", "10m", "--drain"],
]


@pytest.mark.parametrize("arguments", PLAIN, ids=" ".join)
def test_the_plain_spelling_means_what_it_means_to_typer(monkeypatch: pytest.MonkeyPatch, arguments: list[str]) -> None:
    called: list[dict[str, Any]] = []
    monkeypatch.setattr(command, "work", lambda **options: called.append(options))
    build(["worker"])(["worker", *arguments], standalone_mode=False)
    usual = {"drain": False, "every": None, "concurrency": None, "data_dir": None}
    plain = worker_options(arguments)
    assert plain is not None
    assert [usual | plain] == called


@pytest.mark.parametrize(
    "arguments",
    [
        ["--help"],
        ["--drain=1"],
        ["--concurrency"],
        ["--concurrency", "0"],
        ["--concurrency", "65"],
        ["--concurrency", "four"],
        ["--data-dir", "--drain"],
        ["--every", "10m"],
        ["--every", "10 minutes", "--drain"],
        ["more"],
    ],
    ids=" ".join,
)
def test_all_other_spellings_are_left_to_typer(arguments: list[str]) -> None:
    assert worker_options(arguments) is None


@pytest.mark.parametrize(
    ("text", "means"),
    [
        ("1m", timedelta(minutes=1)),
        ("36h", timedelta(hours=36)),
        ("31d", timedelta(days=31)),
        ("0m", None),
        ("32d", None),
        ("10", None),
        ("10s", None),
        ("1.5h", None),
        ("-5m", None),
        ("", None),
    ],
)
def test_an_interval_is_a_whole_number_with_its_unit(text: str, means: timedelta | None) -> None:
    assert read_interval(text) == means
