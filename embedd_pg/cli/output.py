"""The output of commands: tables for people or JSON for scripts on standard output; errors and progress on standard
error."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable
from datetime import datetime
from typing import Any, TypeVar

import typer
from rich.cells import cell_len
from rich.console import Console, ConsoleOptions, RenderableType, RenderResult
from rich.segment import Segment
from rich.style import StyleType
from rich.table import Column, Table
from rich.text import Text

from embedd_pg.cli.logs import CONTROL, hide_secrets, plain

T = TypeVar("T")
#: Rows from which a table is printed in plain columns.
LARGE = 100


class _Terminal(Console):
    """A console that prints only text: control characters in the output are replaced. It cuts no line off."""

    def print(self, *objects: Any, crop: bool = False, **how: Any) -> None:
        super().print(*objects, crop=crop, **how)

    def render(self, renderable: RenderableType, options: ConsoleOptions | None = None) -> Iterable[Segment]:
        for segment in super().render(renderable, options):
            text, style, control = segment
            yield segment if control else Segment(plain(text, lines=True), style)


console = _Terminal(highlight=False)
to_stderr = _Terminal(stderr=True, highlight=False)


def show_error(message: str, resolution: str) -> None:
    """Print an error in red, and its resolution."""
    to_stderr.print(Text(hide_secrets(message), style="bold red"), soft_wrap=True)
    if resolution:
        to_stderr.print(Text(hide_secrets(resolution)), soft_wrap=True)


def print_json(value: Any) -> None:
    """Print one line of JSON, with characters that a terminal would interpret escaped by their number."""
    text = json.dumps(value, default=_as_json, ensure_ascii=False)
    sys.stdout.write(CONTROL.sub(lambda found: f"\\u{ord(found[0]):04x}", text) + "\n")
    sys.stdout.flush()


def _as_json(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else str(value)


class _Table(Table):
    """A table whose cells are one line each, so that no cell looks like two rows."""

    def add_row(self, *cells: RenderableType | None, **how: Any) -> None:
        for cell in cells:
            if isinstance(cell, Text):
                cell.plain = plain(cell.plain)
        super().add_row(*(plain(cell) if isinstance(cell, str) else cell for cell in cells), **how)

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Fit a table to the width of a terminal. Print a long one, or one for another program, in plain columns: each
        row is one line, however wide, and is printed ten times as fast."""
        if self.row_count < LARGE and options.is_terminal:
            yield from super().__rich_console__(console, options)
            return
        columns = [_aligned(column) for column in self.columns]
        for cells in zip(*columns, strict=True):
            for number, (text, style) in enumerate(cells):
                yield Segment(text if number == 0 else f" {text}", console.get_style(style) if style else None)
            yield Segment.line()


def _aligned(column: Column) -> list[tuple[str, StyleType]]:
    """Return the header and the cells of a column, all of the same width, each with its style."""
    cells = [(str(column.header), column.header_style), *((str(cell), _style(cell)) for cell in column.cells)]
    lengths = [cell_len(text) for text, _ in cells]
    width = max(lengths)
    right = column.justify == "right"
    return [
        (" " * (width - length) + text if right else text + " " * (width - length), style)
        for (text, style), length in zip(cells, lengths, strict=True)
    ]


def _style(cell: RenderableType) -> StyleType:
    return cell.style if isinstance(cell, Text) else ""


def table(*columns: str, right: tuple[str, ...] = ()) -> Table:
    """Return an empty table in the style of all commands."""
    made = _Table(header_style="bold", box=None, pad_edge=False)
    for column in columns:
        made.add_column(column, justify="right" if column in right else "left", overflow="fold")
    return made


def show_losses(rows: list[dict[str, Any]], question: str, *, yes: bool, as_json: bool) -> bool:
    """Show the objects that a deletion removes. Return True if the user agrees or gave --yes."""
    if as_json:
        print_json(rows)
        return yes
    if rows:
        made = table(*rows[0])
        for row in rows:
            made.add_row(*(Text(str(value or "")) for value in row.values()))
        console.print(made)
    if yes:
        return True
    if not sys.stdin.isatty():
        console.print("Nothing was deleted. Add --yes to delete.")
        return False
    return typer.confirm(question)


def step(what: str) -> None:
    """Print a headline of a demonstration."""
    console.print()
    console.print(Text(f"▸ {what}", style="bold"), soft_wrap=True)


def show_statement(statement: str) -> str:
    """Print SQL and return it, so that the statement shown is the one that runs."""
    from rich.syntax import Syntax  # slow to import

    console.print(Syntax(statement, "sql", theme="ansi_dark", background_color="default", word_wrap=True))
    return statement
