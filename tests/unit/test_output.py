"""Tables of commands: fitted to a terminal, or one plain line for each row."""

from __future__ import annotations

import io

import pytest
from rich.text import Text

from embedd_pg.cli import output

WIDE = "a name of many words " * 10 + "."


def printed(rows: int, *, terminal: bool) -> list[str]:
    console = output._Terminal(file=io.StringIO(), force_terminal=terminal, color_system=None, width=80)
    made = output.table("name", "rows", right=("rows",))
    for number in range(rows):
        made.add_row(Text(WIDE, style="bold"), str(number))
    console.print(made)
    return console.file.getvalue().splitlines()  # type: ignore[attr-defined, no-any-return]


def test_a_short_table_is_fitted_to_the_terminal() -> None:
    lines = printed(3, terminal=True)
    assert max(len(line) for line in lines) <= 80
    assert len(lines) > 4


@pytest.mark.parametrize(("rows", "terminal"), [(3, False), (output.LARGE, True)])
def test_a_long_table_and_one_for_another_program_have_a_line_for_each_row(rows: int, terminal: bool) -> None:
    lines = printed(rows, terminal=terminal)
    assert len(lines) == 1 + rows
    assert lines[0].split() == ["name", "rows"]
    assert lines[-1] == f"{WIDE} {rows - 1:>4}"


def test_wide_characters_keep_the_columns_aligned() -> None:
    console = output._Terminal(file=io.StringIO(), force_terminal=False, width=80)
    made = output.table("name", "rows")
    for name in ("世界", "abcd"):
        made.add_row(name, "1")
    console.print(made)
    assert console.file.getvalue().splitlines() == ["name rows", "世界 1   ", "abcd 1   "]  # type: ignore[attr-defined]
