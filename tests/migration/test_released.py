"""Releases do not change: neither their script nor any migration in it."""

from __future__ import annotations

import hashlib
import json
import re
from pathlib import Path

import pytest

import embedd_pg
from embedd_pg.database.sql_files import migrations, sql_directory

RELEASED = Path(__file__).parent / "released"
RELEASES: dict[str, dict[str, int]] = json.loads((sql_directory() / "releases.json").read_text(encoding="utf-8"))


def ordered(version: str) -> tuple[int, ...]:
    return tuple(map(int, version.split(".")))


def test_each_release_has_its_script_and_the_next_version_is_under_way() -> None:
    assert sorted(path.stem for path in RELEASED.glob("*.sql")) == sorted(RELEASES)
    assert max(map(ordered, RELEASES)) < ordered(embedd_pg.__version__)


def test_the_files_of_released_versions_are_unchanged() -> None:
    kept = dict(line.split()[::-1] for line in (RELEASED / "sha256sums").read_text().splitlines())
    found = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in RELEASED.glob("*.*")}
    assert found == kept


@pytest.mark.parametrize("version", RELEASES)
def test_a_released_migration_is_unchanged(version: str) -> None:
    """A database that had it before does not get it again, so a change of it would never reach that."""
    text = (RELEASED / f"{version}.sql").read_text(encoding="utf-8")
    steps = re.findall(r"^execute \$embedd_(\w+)_(\d+)\$\n(.*?)\$embedd_\1_\2\$;$", text, re.DOTALL | re.MULTILINE)
    then = {(line, int(number)): body for line, number, body in steps}
    now = {(step.line, step.number): step.sql for step in migrations()}
    assert {line: max(number for at, number in then if at == line) for line, _ in then} == RELEASES[version]
    changed = [key for key, body in then.items() if now.get(key) != body]
    assert not changed, "a released migration never changes: write a new one"
