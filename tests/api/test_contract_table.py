"""The page docs/evidence/contract.md: every row names an existing test, or a reason why there is none."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

from tests.api.conftest import Service

ROOT = Path(__file__).parents[2]
TABLE = ROOT / "docs" / "evidence" / "contract.md"

_ROW = re.compile(r"\| (?P<id>[EG][0-9.]+-[0-9]+) \|(?P<rest>.*)\|")
_TEST = re.compile(r"`([\w/]+\.py)::(test_\w+)`")

#: The sections of the two contracts that hold rules.
SECTIONS = {
    *(f"E1.{n}" for n in range(1, 8)),
    *(f"E2.{n}" for n in range(1, 11)),
    *(f"E3.{n}" for n in range(1, 11)),
    "E4",
    "E5",
    "E7",
    *(f"G{n}" for n in (1, 2, 3, 4, 6, 7, 8, 9, 10, 11, 12)),
    *(f"G5.{n}" for n in range(1, 5)),
}
SOURCES = {"seed", "docs", "client", "inferred"}


@dataclass(frozen=True)
class Row:
    """One rule: its source, the requirement, the behaviour of embedd, and its tests or the reason for none."""

    id: str
    source: str
    rule: str
    here: str
    shown: str

    @property
    def tests(self) -> list[tuple[str, str]]:
        return _TEST.findall(self.shown)

    @property
    def reason(self) -> str:
        return self.shown.partition("not built: ")[2].strip()


def rows() -> list[Row]:
    found = []
    for line in TABLE.read_text().splitlines():
        if match := _ROW.fullmatch(line):
            cells = [cell.strip() for cell in match["rest"].split(" | ")]
            assert len(cells) == 4, line
            found.append(Row(match["id"], *cells))
    return found


@cache
def names_in(file: str) -> frozenset[str]:
    """The names of the test functions of a file under tests/."""
    path = ROOT / "tests" / file
    if not path.is_file():
        return frozenset()
    return frozenset(
        node.name
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name.startswith("test_")
    )


def test_every_section_has_rows_and_every_row_has_its_own_number() -> None:
    numbers = [row.id for row in rows()]
    assert len(numbers) == len(set(numbers))
    assert {number.rpartition("-")[0] for number in numbers} == SECTIONS
    # A malformed row would be a rule that no test checks.
    begun = re.findall(r"^\| [EG]\d.*", TABLE.read_text(), re.MULTILINE)
    assert len(begun) == len(numbers)


@pytest.mark.parametrize("row", rows(), ids=lambda row: row.id)
def test_a_row_names_tests_that_exist_or_a_reason(row: Row) -> None:
    assert row.source in SOURCES and row.rule and row.here
    assert row.tests or row.reason, "neither test nor reason"
    assert not (row.source == "seed" and row.reason), "what the seed says must hold"
    missing = [f"{file}::{name}" for file, name in row.tests if name not in names_in(file)]
    assert not missing
    assert row.shown.count("::") == len(row.tests), "a test that is not written as `file.py::test_name`"


async def test_the_catalogue_has_the_models_of_the_guide_with_their_dimensions(service: Service) -> None:
    listed = (await service.get("/v1/embedding-providers/models"))["data"]
    assert all(model.keys() == {"provider", "model", "dimensions"} for model in listed)
    sizes = {(model["provider"], model["model"]): model["dimensions"] for model in listed}
    assert (
        sizes.items()
        >= {
            ("openai", "text-embedding-3-small"): 1536,
            ("openai", "text-embedding-3-large"): 3072,
            ("openai", "text-embedding-ada-002"): 1536,
            ("gemini", "gemini-embedding-001"): 3072,
            ("gemini", "text-embedding-005"): 768,
            ("gemini", "text-embedding-004"): 768,
            ("voyage", "voyage-3.5"): 1024,
            ("voyage", "voyage-3.5-lite"): 512,
            ("voyage", "voyage-code-3"): 1024,
            ("voyage", "voyage-3-large"): 1024,
            ("voyage", "voyage-3-lite"): 512,
        }.items()
    )
