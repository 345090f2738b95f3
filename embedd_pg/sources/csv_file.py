"""CSV files as source tables: column types are derived from the rows, and COPY loads them.

A file that cannot be read as a table is refused, with its line and column; errors are never guessed away.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

from embedd_pg.errors import ValidationError

_TRUE, _FALSE = frozenset({"true", "t", "yes", "y"}), frozenset({"false", "f", "no", "n"})
#: A leading zero belongs to a code (a postcode, an article number), not to a number.
_INTEGER = re.compile(r"-?(0|[1-9]\d{0,17})")
_FLOAT = re.compile(r"[+-]?(0|[1-9]\d*|(?=\.\d))(\.\d+)?([eE][+-]?\d{1,3})?")
_SHAPE = "The first line names the columns, rows follow it."
#: The filter types that the fields of a file can be checked for.
FILTER_TYPES = ("keyword", "integer", "float", "boolean")
_POSTGRES = {"integer": "bigint", "float": "numeric", "boolean": "boolean", "text": "text"}
_FITS: dict[str, Callable[[str], bool]] = {
    "boolean": lambda value: value.lower() in _TRUE | _FALSE,
    "integer": lambda value: _INTEGER.fullmatch(value) is not None,
    "float": lambda value: _FLOAT.fullmatch(value) is not None,
}


@dataclass(frozen=True, slots=True)
class CsvTable:
    """A file as read. `key` is the column that identifies a row; `numbered`: this module added that column."""

    name: str
    columns: Mapping[str, str]
    rows: Sequence[tuple[str | None, ...]]
    key: str
    numbered: bool


def read_csv(path: Path, *, filters: Mapping[str, str] | None = None) -> CsvTable:
    """Read and check a file. `filters` maps columns to required types: keyword, integer, float, boolean."""
    lines, header = _lines(path)
    names = _names(header)
    for name in filters or {}:
        require_column(names, name, "--filter")
    rows: list[tuple[str | None, ...]] = []
    numbers: list[int] = []
    for number, fields in lines:
        if not any(field.strip() for field in fields):
            continue
        if len(fields) != len(names):
            raise ValidationError(
                f"{path.name}, line {number}: {len(fields)} fields where the header has {len(names)}.",
                resolution="Quote fields that contain the separator or line breaks.",
            )
        rows.append(tuple(field if field.strip() else None for field in fields))
        numbers.append(number)
    if not rows:
        raise ValidationError(f"{path.name} has no rows.", resolution=_SHAPE)
    types = _types(path, names, rows, numbers, filters or {})
    key = next((name for name in names if name.lower() == "id"), None)
    if key is None:
        numbered = [(str(number), *row) for number, row in enumerate(rows, 1)]
        return CsvTable(_table_name(path), {"id": "integer", **types}, numbered, "id", numbered=True)
    if types[key] not in ("integer", "text"):
        types[key] = "text"
    _check_key(path, key, [row[names.index(key)] for row in rows], numbers)
    return CsvTable(_table_name(path), types, rows, key, numbered=False)


def require_column(names: Sequence[str], name: str, option: str) -> None:
    """Raise ValidationError if an option names a column that the file does not have."""
    if name not in names:
        has = f"The file has: {', '.join(names)}."
        raise ValidationError(f"{option}: there is no column {name!r}.", resolution=has)


async def load_csv(conn: psycopg.AsyncConnection[Any], table: CsvTable) -> str:
    """Create the table in schema public and COPY the rows, in one transaction. Return its quoted name."""
    target = sql.Identifier("public", table.name)
    columns = sql.SQL(", ").join(
        sql.SQL("{} {}{}").format(
            sql.Identifier(name), sql.SQL(_POSTGRES[kind]), sql.SQL(" primary key" if name == table.key else "")
        )
        for name, kind in table.columns.items()
    )
    try:
        async with conn.transaction(), conn.cursor() as cursor:
            await cursor.execute(sql.SQL("create table {} ({})").format(target, columns))
            async with cursor.copy(sql.SQL("copy {} from stdin").format(target)) as copy:
                for row in table.rows:
                    await copy.write_row(row)
    except (psycopg.errors.DataError, psycopg.errors.IntegrityError, psycopg.ProgrammingError) as error:
        raise ValidationError(
            f"PostgreSQL refused the table {table.name}: {error.diag.message_primary}.",
            resolution="Fix the file, or rename the column.",
        ) from error
    return target.as_string(conn)


def _lines(path: Path) -> tuple[list[tuple[int, list[str]]], list[str]]:
    text = _text(path)
    first = text.splitlines()[0] if text.strip() else ""
    separator = max(",;\t|", key=re.sub(r'"[^"]*"', "", first).count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    lines, started = [], 1
    try:
        for fields in reader:
            lines.append((started, fields))
            started = reader.line_num + 1
    except csv.Error as error:
        raise ValidationError(
            f"{path.name}, line {started}: {error}.", resolution='Inside quotes, a quote is written twice: "".'
        ) from error
    if not lines:
        raise ValidationError(f"{path.name} is empty.", resolution=_SHAPE)
    return lines[1:], lines[0][1]


def _text(path: Path) -> str:
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise ValidationError(
            f"{path} cannot be read: {(error.strerror or '').lower()}.", resolution="Check the file's name."
        ) from error
    encoding = "utf-16" if raw[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    try:
        text = raw.decode(encoding)
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise ValidationError(
            f"{path.name}, line {line}: this is not UTF-8.",
            resolution=f"Convert it first: iconv -f WINDOWS-1252 -t UTF-8 {path.name}",
        ) from error
    if "\0" in text:
        line = text.count("\n", 0, text.index("\0")) + 1
        raise ValidationError(f"{path.name}, line {line}: there is a NUL character.", resolution="Choose a CSV file.")
    return text


def _names(header: list[str]) -> list[str]:
    names = [name.strip() for name in header]
    for number, name in enumerate(names, 1):
        if not name:
            raise ValidationError(f"Column {number} has no name.", resolution="The first line names the columns.")
        if len(name.encode()) > 63:
            raise ValidationError(f"Column {number}: the name is longer than 63 bytes.", resolution="Shorten it.")
        if name in names[: number - 1]:
            raise ValidationError(f"Column {number}: the name {name!r} is repeated.", resolution="Rename one of them.")
    return names


def _types(
    path: Path, names: list[str], rows: Sequence[tuple[str | None, ...]], numbers: list[int], filters: Mapping[str, str]
) -> dict[str, str]:
    types = {}
    for place, name in enumerate(names):
        wanted = filters.get(name, "keyword")
        if wanted in _FITS:
            for number, row in zip(numbers, rows, strict=True):
                value = row[place]
                if value is not None and not _FITS[wanted](value.strip()):
                    raise ValidationError(
                        f"{path.name}, line {number}, column {name}: {value[:40]!r} is not of type {wanted}.",
                        resolution="Fix that field, or filter the column as keyword.",
                    )
            types[name] = wanted
        else:
            values = [value.strip() for row in rows if (value := row[place]) is not None]
            fitting = (kind for kind, fits in _FITS.items() if values and all(map(fits, values)))
            types[name] = next(fitting, "text")
    return types


def _check_key(path: Path, key: str, values: Sequence[str | None], numbers: list[int]) -> None:
    seen: dict[str, int] = {}
    advice = "Every row needs its own id; rename the column to have the rows numbered."
    for number, value in zip(numbers, values, strict=True):
        if value is None:
            raise ValidationError(f"{path.name}, line {number}: the {key} is empty.", resolution=advice)
        if value.strip() in seen:
            raise ValidationError(
                f"{path.name}, line {number}: the {key} {value.strip()} is already on line {seen[value.strip()]}.",
                resolution=advice,
            )
        seen[value.strip()] = number


def _table_name(path: Path) -> str:
    return re.sub(r"[^a-z0-9]+", "_", path.stem.lower()).strip("_")[:50] or "rows"
