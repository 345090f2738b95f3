"""The calls and accesses of SQL functions, read from their files: the functions and tables that a program needs.

The rules rely on the style of this repository: names are qualified, statements are lower case.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from embedd_pg.database.sql_files import LINES, procedure_files, sql_directory

WRITES = {"insert into": "insert", "update": "update", "delete from": "delete"}


@dataclass(frozen=True, slots=True)
class Body:
    """One function: the functions it calls, and the rights on tables and sequences that its caller needs."""

    calls: frozenset[str]
    tables: Mapping[str, frozenset[str]]
    #: The columns that it changes, for each table.
    changes: Mapping[str, frozenset[str]]


@cache
def bodies() -> dict[str, Body]:
    """Return all functions by name."""
    files = {path.stem: path for line in LINES for path in (sql_directory() / line / "functions").rglob("*.sql")}
    known = _tables()
    return {name: _body(name, re.sub(r"--.*", "", path.read_text()), files, known) for name, path in files.items()}


def procedure_calls(name: str) -> frozenset[str]:
    """Return the functions that a procedure calls with its caller's rights."""
    (path,) = (path for line in LINES for path in procedure_files(line) if path.stem == name)
    text = re.sub(r"--.*", "", path.read_text())
    return frozenset(re.findall(r"embedd(?:_internal)?\.(\w+)\(", text)) & bodies().keys() - {name}


def reached(entries: Iterable[str]) -> set[str]:
    """Return these functions and all that they call."""
    seen, todo = set[str](), list(entries)
    while todo:
        name = todo.pop()
        if name not in seen:
            seen.add(name)
            todo += bodies()[name].calls
    return seen


def tables(functions: Iterable[str]) -> dict[str, set[str]]:
    """Return the rights on tables and sequences that these functions need, without those that they call."""
    found: dict[str, set[str]] = {}
    for function in functions:
        for table, rights in bodies()[function].tables.items():
            found.setdefault(table, set()).update(rights)
    return found


def changed(functions: Iterable[str], table: str) -> set[str]:
    """Return the columns of a table that these functions change."""
    return {column for function in functions for column in bodies()[function].changes.get(table, ())}


def called_by(files: Iterable[Path]) -> set[str]:
    """Return functions that Python files name as the first argument of a call, that is, calls through the gateway."""
    return {
        str(node.args[0].value)
        for path in files
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call)
        and node.args
        and isinstance(node.args[0], ast.Constant)
        and node.args[0].value in bodies()
    }


def _tables() -> set[str]:
    text = "\n".join(
        path.read_text() for line in LINES for path in (sql_directory() / line / "migrations").glob("*.sql")
    )
    return set(re.findall(r"create (?:unlogged )?(?:table|sequence) embedd\.(\w+)", text)) | {"migrations"}


def _body(own: str, text: str, functions: Mapping[str, Path], known: set[str]) -> Body:
    calls = set(re.findall(r"(?<!insert into )embedd(?:_internal)?\.(\w+)\s*\(", text)) & set(functions) - {own}
    rights: dict[str, set[str]] = {}
    named = r"(?:from|join|using|,|update|insert into|delete from|only|')\s*embedd\.(\w+)"
    for table in set(re.findall(named, text)) & known:
        rights[table] = {"select"}
    for verb, table in re.findall(r"(insert into|update|delete from)\s+(?:only\s+)?embedd\.(\w+)", text):
        rights[table] |= {WRITES[verb]}
    for table in re.findall(r"insert into embedd\.(\w+)(?:(?!insert into|;).)*do update", text, re.DOTALL):
        rights[table] |= {"update"}
    # Locking a row needs the right to update it.
    for table in re.findall(r"embedd\.(\w+)(?:(?!embedd\.\w+ |;).)*for (?:no key )?(?:update|share)", text, re.DOTALL):
        if table in rights:
            rights[table] |= {"update"}
    if re.search(r"(next|set)val\('embedd\.fence'", text):
        rights.setdefault("fence", set()).update({"usage", *(["update"] if "setval" in text else [])})
    if "security definer set search_path" in text.partition("as $")[0]:
        return Body(frozenset(), {}, {})  # it has its owner's rights
    changes: dict[str, set[str]] = {}
    for update in re.finditer(r"update embedd\.(\w+)(?: (?!set)\w+)?\s+set\s", text):
        changes.setdefault(update[1], set()).update(_assigned(text[update.end() :]))
    return Body(
        frozenset(calls),
        {table: frozenset(found) for table, found in rights.items()},
        {table: frozenset(found) for table, found in changes.items()},
    )


def _assigned(text: str) -> set[str]:
    """Return the columns that an update assigns, given the text after SET up to the next clause: `a = ...`, `(a, b) =
    ...`."""
    depth, parts = 0, [""]
    for character in text:
        depth += (character == "(") - (character == ")")
        if depth < 0 or (depth == 0 and (character == ";" or re.search(r"\s(from|where|returning)$", parts[-1]))):
            break
        if depth == 0 and character == ",":
            parts.append("")
        else:
            parts[-1] += character
    targets = [re.match(r"\s*(?:(\w+)|\(([\w, ]+)\)) = ", part) for part in parts]
    return {name for target in targets if target for name in re.findall(r"\w+", target[1] or target[2])}
