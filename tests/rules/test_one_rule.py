"""A rule that exists in two places is listed in the architecture with its reason, and a test keeps the two equal."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "explanation" / "architecture.md").read_text(encoding="utf-8")
TWICE = [
    [cell.strip() for cell in line.strip("|").split("|")]
    for line in PAGE.partition("| Rule | The two places | Why | Held by |\n")[2].partition("\n\n")[0].splitlines()[1:]
]


@pytest.mark.parametrize("row", TWICE, ids=lambda row: row[0])
def test_a_rule_in_two_places_has_a_reason_and_a_test(row: list[str]) -> None:
    rule, places, reason, test = row
    paths = re.findall(r"`([^`]+)`", f"{places} {test}")
    assert len(paths) == 3 and all((ROOT / path).is_file() for path in paths), paths
    assert len(reason) > 40, f"say why {rule} cannot stand in one place"


def test_no_other_rule_is_in_two_places() -> None:
    """House rule: the list gets shorter. A new row needs the same argument as those that are there."""
    assert 0 < len(TWICE) <= 8
