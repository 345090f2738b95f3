"""The SQL files of this program: migrations, which run once, and functions and views, which are applied each time.

The folder of a function determines its schema. Functions below `internal` are in `embedd_internal`, for embedd's own
programs and functions; all others are in `embedd`, for users.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import takewhile
from pathlib import Path

import embedd_pg
from embedd_pg.errors import ConfigurationError

LINES = ("capture", "control")


@dataclass(frozen=True, slots=True)
class Migration:
    """One numbered file of a line, run once."""

    line: str
    number: int
    name: str
    sql: str


def sql_directory() -> Path:
    """Return the directory of the SQL files: inside the installed package, or at the top of a checkout."""
    package = Path(embedd_pg.__file__).parent
    for candidate in (package / "sql", package.parent / "sql"):
        if (candidate / "control").is_dir():
            return candidate
    raise ConfigurationError("The SQL files of embedd are missing from this installation.")


def migrations(lines: Sequence[str] = LINES) -> list[Migration]:
    """Return all migrations in the order in which they run."""
    found = []
    for line in lines:
        for path in sorted((sql_directory() / line / "migrations").glob("*.sql")):
            number, _, name = path.stem.partition("_")
            found.append(Migration(line, int(number), name, path.read_text(encoding="utf-8")))
    return found


def newest(lines: Sequence[str] = LINES) -> dict[str, int]:
    """Return the number of this program's newest migration in each line."""
    return {step.line: step.number for step in migrations(lines)}


def functions(lines: Sequence[str] = LINES) -> Iterator[str]:
    """Yield the text of each file of a function or procedure, with its header as its comment. The order does not
    matter, because bodies are not checked while they load."""
    for line in lines:
        for path in _function_files(line):
            yield with_comment("function", path)
        for path in procedure_files(line):
            yield with_comment("procedure", path)


def procedure_files(line: str) -> list[Path]:
    """Return the files of procedures. They are apart from functions, because an internal function may have the name."""
    return sorted((sql_directory() / line / "procedures").glob("*.sql"))


def schema_of(path: Path) -> str:
    """Return the schema of the object that a file creates: `embedd_internal` below a folder `internal`."""
    return "embedd_internal" if "internal" in path.parts else "embedd"


@cache
def qualify(function: str) -> str:
    """Return the name of a function with its schema, which follows from its file.

    A function without a file is in `embedd`: the optional helper in plpython3u, or one of another version.
    """
    return f"{_schemas().get(function, 'embedd')}.{function}"


@cache
def _schemas() -> dict[str, str]:
    return {path.stem: schema_of(path) for line in LINES for path in _function_files(line)}


def _function_files(line: str) -> list[Path]:
    return sorted((sql_directory() / line / "functions").rglob("*.sql"))


def function_text(name: str) -> str:
    """Return the text of a function's file."""
    (path,) = (path for line in LINES for path in _function_files(line) if path.stem == name)
    return path.read_text(encoding="utf-8")


def views(lines: Sequence[str] = LINES) -> Iterator[str]:
    """Yield the text of each view file. The order does not matter, because views read only tables."""
    for line in lines:
        for path in sorted((sql_directory() / line / "views").glob("*.sql")):
            yield with_comment("view", path)


def comments(lines: Sequence[str] = LINES) -> Iterator[str]:
    """Yield the comments on tables and their columns."""
    for line in lines:
        yield (sql_directory() / line / "comments.sql").read_text(encoding="utf-8")


def with_comment(kind: str, path: Path) -> str:
    """Return a file's text, with its leading comment as the comment on its object unless the file has its own."""
    text = path.read_text(encoding="utf-8")
    name = f"{schema_of(path)}.{path.stem}"
    if f"\ncomment on {kind} {name}" in text:
        return text
    said = takewhile(lambda line: line.startswith("--"), text.splitlines())
    sentence = " ".join(line.removeprefix("--").strip() for line in said).replace("'", "''")
    return f"{text}comment on {kind} {name} is '{sentence}';\n"


def part(name: str) -> str:
    """Return a statement from sql/install that goes around the migrations."""
    return (sql_directory() / "install" / f"{name}.sql").read_text(encoding="utf-8")
